//! Tables that are looked in for an address: every one that has rows, by every network that its rows name.

use std::net::{IpAddr, Ipv6Addr};

use opndex::ask::Query;
use opndex::sim::{SimOptions, Simulator};
use opndex::store::{DeviceSelection, Needle, Sought, Store};
use opndex::types::{Clock, Timestamp};
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
        let all = if ip.is_ipv4() { "0.0.0.0/0" } else { "::/0" };
        for condition in [format!("{field} covers {ip}"), format!("{field} in {all}")] {
            let query = Query {
                domain: domain.clone(),
                filters: vec![condition.clone()],
                count_only: true,
                ..Query::default()
            };
            let total = network.ask.query(&query).await.unwrap().total;
            assert!(total > 0, "{domain} {condition}");
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
