//! Tables that are looked in for an address: every one that has rows, by every network that its rows name.

use std::net::{IpAddr, Ipv6Addr};

use opndex::ask::Query;
use opndex::sim::{SimOptions, Simulator};
use opndex::store::{DeviceSelection, Needle, Sought, Store};
use opndex::types::{Clock, Timestamp};
use proptest::prelude::*;
use rusqlite::Connection;

use super::support::network::{network, sync};

fn address(sortable: [u8; 16]) -> IpAddr {
    IpAddr::V6(Ipv6Addr::from(sortable)).to_canonical()
}

/// Rows of `interface_addresses` and `virtual_ips` are keyed by an address. `locate` never found their networks, and
/// a condition on them ended in "JSON cannot hold BLOB values".
#[tokio::test]
async fn an_address_is_found_in_every_column_that_names_a_network_around_it() {
    let network = network(30).await;
    let connection = Connection::open(network.store.path()).unwrap();
    let mut statement = connection
        .prepare("SELECT domain, field, first FROM address_ranges GROUP BY domain, field")
        .unwrap();
    let columns: Vec<(String, String, [u8; 16])> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(columns.iter().any(|(domain, ..)| domain == "interface_addresses"), "{columns:?}");
    assert!(columns.iter().any(|(domain, ..)| domain == "virtual_ips"), "{columns:?}");
    for (domain, field, first) in columns {
        let ip = address(first);
        let (lowest, highest) = if ip.is_ipv4() {
            ("::ffff:0.0.0.0", "::ffff:255.255.255.255")
        } else {
            ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
        };
        let bytes = |ip: &str| ip.parse::<Ipv6Addr>().unwrap().octets();
        let all = if ip.is_ipv4() { "0.0.0.0/0" } else { "::/0" };
        let conditions = [
            (format!("{field} covers {ip}"), "first <= ?3 AND last >= ?4", (first, first)),
            (
                format!("{field} in {all}"),
                "first >= ?3 AND last <= ?4",
                (bytes(lowest), bytes(highest)),
            ),
        ];
        for (condition, said, (low, high)) in conditions {
            let query = Query {
                domain: domain.clone(),
                filters: vec![condition.clone()],
                count_only: true,
                ..Query::default()
            };
            let total = network.ask.query(&query).await.unwrap().total;
            let text = format!(
                "SELECT count(DISTINCT row_key) FROM address_ranges WHERE domain = ?1 AND field = ?2 AND {said}"
            );
            let expected: i64 =
                connection.query_row(&text, (&domain, &field, low, high), |r| r.get(0)).unwrap();
            assert!(total > 0, "{domain} {condition}");
            assert_eq!(total, u64::try_from(expected).unwrap(), "{domain} {condition}");
        }
        let hits = network.store.look().locate(&Needle::Ip(ip), None, 1_000).await.unwrap();
        let is_found = hits.iter().any(|hit| {
            hit.domain.name() == domain && hit.column == field && hit.how == Sought::Covers
        });
        assert!(is_found, "{domain}.{field} {ip}");
    }
}

/// Statements leave out tables without rows; a look that was taken before they were filled must not.
#[tokio::test]
async fn rows_that_came_after_a_look_are_found_by_it() {
    let clock = Clock::manual(Timestamp::from_seconds(1_795_500_000));
    let options = SimOptions { devices: 12, clock: clock.clone(), ..SimOptions::default() };
    let sim = Simulator::start(options).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("opndex.db")).await.unwrap();
    let everyone = DeviceSelection { limit: 5, ..DeviceSelection::default() };
    let named = Needle::Name("nas".to_owned());
    let look = store.look();
    assert!(look.locate(&named, None, 10).await.unwrap().is_empty());
    assert!(look.devices(&everyone).await.unwrap().devices.is_empty());
    sync("edge", &sim, &store, &clock).await;
    assert!(!look.locate(&named, None, 10).await.unwrap().is_empty());
    let page = look.devices(&everyone).await.unwrap();
    assert_eq!(page.devices.len(), 5);
    assert!(!page.sightings.is_empty() && !page.sources.is_empty());
    sim.stop().await;
}

/// What `locate` reads first: the ranges that hold ?1.
fn covering() -> String {
    let [by_address, ..] = Store::locate_statements();
    let (covering, _) = by_address.split_once("SELECT '['").unwrap();
    format!("{covering} SELECT range_key FROM covering ORDER BY 1")
}

/// Ends of a range: of any size, aligned or not, within IPv4, IPv6, or across all of it.
fn range() -> impl Strategy<Value = (u128, u128)> {
    let within_ipv4 = any::<u32>().prop_map(|a| 0xffff_0000_0000 | u128::from(a));
    let begins = prop_oneof![within_ipv4, any::<u128>(), 0_u128..4];
    (begins, 0_u32..128, any::<bool>()).prop_map(|(at, bits, aligned)| {
        let size = (1_u128 << bits) - 1;
        if aligned { (at & !size, at | size) } else { (at, at.saturating_add(size)) }
    })
}

/// The index by bytes in common finds what comparing every range finds.
#[tokio::test]
async fn ranges_around_an_address_are_those_that_begin_before_it_and_end_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("opndex.db");
    Store::open(&path).await.unwrap().close().await;
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    let text = covering();
    let plan: Vec<String> = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {text}"))
        .unwrap()
        .query_map([[0_u8; 16]], |row| row.get(3))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let by_common = "INDEX address_ranges_common (common=? AND first>? AND first<?)";
    assert!(plan.iter().any(|line| line.contains(by_common)), "{plan:#?}");
    let insert = "INSERT INTO address_ranges (firewall_id, domain, row_key, field, first, last) VALUES (1, 'aliases', ?, 'content', ?, ?)";
    let ranges = proptest::collection::vec(range(), 1..40);
    let cases = ProptestConfig::with_cases(200);
    proptest!(cases, |(ranges in ranges, near: prop::sample::Index, off in -1_i8..=1, end: bool)| {
        let (first, last) = *near.get(&ranges);
        let address = if end { last } else { first }.wrapping_add_signed(off.into());
        let mut expected = Vec::new();
        let transaction = connection.unchecked_transaction().unwrap();
        for (number, (first, last)) in ranges.iter().enumerate() {
            let key = format!("[{number:03}]");
            transaction
                .execute(insert, (&key, first.to_be_bytes(), last.to_be_bytes()))
                .unwrap();
            if (*first..=*last).contains(&address) {
                expected.push(key);
            }
        }
        let found: Vec<String> = transaction
            .prepare_cached(&text)
            .unwrap()
            .query_map([address.to_be_bytes()], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        prop_assert_eq!(found, expected);
    });
}
