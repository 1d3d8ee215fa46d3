//! Tables that are looked in for an address: every one that has rows, by every network that its rows name.

use std::collections::BTreeSet;
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
        let ranges: Vec<(String, [u8; 16], [u8; 16])> = connection
            .prepare(
                "SELECT row_key, first, last FROM address_ranges WHERE domain = ? AND field = ?",
            )
            .unwrap()
            .query_map([&domain, &field], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let of_family =
            ranges.iter().filter(|(_, start, _)| address(*start).is_ipv4() == ip.is_ipv4());
        let inside: BTreeSet<&str> = of_family.clone().map(|(key, ..)| &**key).collect();
        let around: BTreeSet<&str> = of_family
            .filter(|(_, start, end)| (*start..=*end).contains(&first))
            .map(|(key, ..)| &**key)
            .collect();
        let all = if ip.is_ipv4() { "0.0.0.0/0" } else { "::/0" };
        for (condition, expected) in
            [(format!("{field} covers {ip}"), around), (format!("{field} in {all}"), inside)]
        {
            let query = Query {
                domain: domain.clone(),
                filters: vec![condition.clone()],
                count_only: true,
                ..Query::default()
            };
            let total = network.ask.query(&query).await.unwrap().total;
            assert!(total > 0, "{domain} {condition}");
            assert_eq!(total, u64::try_from(expected.len()).unwrap(), "{domain} {condition}");
        }
        let hits = network.store.look().locate(&Needle::Ip(ip), None, 1_000).await.unwrap();
        let is_found = hits.iter().any(|hit| {
            hit.domain.name() == domain && hit.column == field && hit.how == Sought::Covers
        });
        assert!(is_found, "{domain}.{field} {ip}");
    }
}

/// Among the bytes that sort, IPv4 addresses lie within `::/0`: a `locate` of 192.168.30.16 told of the IPv6 default
/// route, and `ip in ::/0` of every IPv4 neighbour.
#[tokio::test]
async fn an_ipv4_address_is_not_within_the_default_route_of_ipv6() {
    let network = network(30).await;
    let connection = Connection::open(network.store.path()).unwrap();
    let ip: String =
        connection.query_row("SELECT ip FROM arp LIMIT 1", [], |row| row.get(0)).unwrap();
    let needle = Needle::Ip(ip.parse().unwrap());
    let hits = network.store.look().locate(&needle, None, 1_000).await.unwrap();
    let families = |family: &str| {
        hits.iter().filter(|h| h.domain.name() == "routes" && h.row["family"] == family).count()
    };
    assert!(families("inet") > 0 && families("inet6") == 0, "{hits:#?}");
    for (domain, condition, some) in [
        ("routes", format!("network covers {ip}"), true),
        ("arp", "ip in ::/0".to_owned(), false),
        ("arp", "ip in 0.0.0.0/0".to_owned(), true),
        ("ndp", "ip in ::/0".to_owned(), true),
    ] {
        let filters = vec![condition.clone()];
        let query = Query { domain: domain.to_owned(), filters, ..Query::default() };
        let answer = network.ask.query(&query).await.unwrap();
        assert_eq!(answer.total > 0, some, "{domain} {condition}");
        let family = answer.columns.iter().position(|column| *column == "family");
        let is_inet6 = |row: &Vec<serde_json::Value>| family.is_some_and(|i| row[i] == "inet6");
        assert!(!answer.rows.iter().any(is_inet6), "{domain} {condition}");
    }
    let devices = |range: &str| {
        let ranges = vec![range.parse().unwrap()];
        let selection = DeviceSelection { ranges, limit: 1_000, ..DeviceSelection::default() };
        let look = network.store.look();
        async move { look.devices(&selection).await.unwrap() }
    };
    let (ipv4, ipv6) = (devices("0.0.0.0/0").await, devices("::/0").await);
    assert!(!ipv6.devices.is_empty() && ipv6.devices.len() < ipv4.devices.len());
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

fn is_ipv4(address: u128) -> bool {
    address >> 32 == 0xffff
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
            let holds = (*first..=*last).contains(&address);
            if holds && (!is_ipv4(address) || is_ipv4(*first) && is_ipv4(*last)) {
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
