//! What a device is called is what it is found by, and what `named` means.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

use opndex::ask::{Ask, DevicesQuery};
use opndex::types::sort_key;

use super::support::index::{Index, run};
use super::support::network::network;
use super::support::replay::{RELEASES, Replay, recorded};

/// Identifier and names of every device that `is` so.
async fn named(ask: &Ask, is: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    paged(ask, is, 1_000).await
}

/// The same by pages of so many.
async fn paged(ask: &Ask, is: &[&str], limit: u32) -> BTreeMap<String, BTreeSet<String>> {
    let mut query = DevicesQuery {
        is: is.iter().map(|&word| word.to_owned()).collect(),
        columns: vec!["mac".to_owned(), "names".to_owned()],
        limit: Some(limit),
        ..DevicesQuery::default()
    };
    let mut found = BTreeMap::new();
    loop {
        let page = ask.devices(&query).await.unwrap();
        for row in page.rows {
            let names = row[1].as_str().unwrap_or_default().split(", ");
            let names = names.filter(|name| !name.is_empty()).map(str::to_owned).collect();
            let twice = found.insert(row[0].as_str().unwrap().to_owned(), names);
            assert!(twice.is_none(), "{row:?} is on two pages");
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return found,
        }
    }
}

async fn agree(ask: &Ask, about: &str) -> BTreeMap<String, BTreeSet<String>> {
    let all = named(ask, &[]).await;
    let with_names: BTreeMap<_, _> =
        all.clone().into_iter().filter(|(_, names)| !names.is_empty()).collect();
    assert!(!with_names.is_empty(), "{about}");
    assert_eq!(named(ask, &["named"]).await, with_names, "{about}");
    for (id, names) in &with_names {
        for name in names {
            let query = DevicesQuery {
                name: Some(name.clone()),
                columns: vec!["mac".to_owned()],
                limit: Some(1_000),
                ..DevicesQuery::default()
            };
            let found = ask.devices(&query).await.unwrap();
            let is_there = found.rows.iter().any(|row| row[0].as_str() == Some(id));
            assert!(
                is_there,
                "{about}: {id} is called {name}, by which are found {:?}",
                found.rows
            );
        }
    }
    let count = DevicesQuery { count_only: true, ..DevicesQuery::default() };
    let count = ask.devices(&count).await.unwrap().total;
    assert_eq!(count, u64::try_from(all.len()).unwrap(), "{about}");
    assert_eq!(paged(ask, &[], 3).await, all, "{about}: by pages of three");
    all
}

fn write_names_of_every_kind(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let key = |ip: &str| sort_key(ip.parse::<IpAddr>().unwrap()).to_vec();
    let arp = |ip: &str, mac: &str| {
        let sql =
            "INSERT INTO arp (firewall_id, ip, ip_sort, device, mac) VALUES (1, ?, ?, 'igc0', ?)";
        connection.execute(sql, (ip, key(ip), mac)).unwrap();
    };
    let ndp = |ip: &str, mac: &str| {
        let sql =
            "INSERT INTO ndp (firewall_id, ip, ip_sort, device, mac) VALUES (1, ?, ?, 'igc0', ?)";
        connection.execute(sql, (ip, key(ip), mac)).unwrap();
    };
    let lease = |ip: &str, mac: Option<&str>, duid: &str, name: Option<&str>| {
        let sql = "INSERT INTO dhcp_leases (firewall_id, ip, ip_sort, backend, type, duplicate, mac, duid, hostname, state)
            VALUES (1, ?, ?, 'kea6', 'IA_NA', 0, ?, ?, ?, 'active')";
        connection.execute(sql, (ip, key(ip), mac, duid, name)).unwrap();
    };
    let dns = |name: &str, ip: &str, enabled: bool| {
        let sql = "INSERT INTO dns_records (firewall_id, name, type, backend, uuid, item, ip, ip_sort, enabled)
            VALUES (1, ?1, 'A', 'unbound', ?1, 0, ?2, ?3, ?4)";
        connection.execute(sql, (name, ip, key(ip), enabled)).unwrap();
    };
    // A lease for a DUID, and the neighbour with its address.
    ndp("2001:db8:9::77", "02:00:00:00:09:01");
    lease("2001:db8:9::77", None, "00:04:aa:01", Some("by-neighbour"));
    // A second lease of a DUID that another lease knows by its hardware address.
    lease("2001:db8:9::78", Some("02:00:00:00:09:02"), "00:04:aa:02", None);
    lease("2001:db8:9::79", None, "00:04:aa:02", Some("by-other-lease"));
    // Known by a DUID alone; one is as long as a hardware address, as nobody honest makes them.
    lease("2001:db8:9::81", None, "00:01:00:01:2c:aa:bb:cc:00:11:22:33:44:55", Some("duid-alone"));
    lease("2001:db8:9::82", None, "00:09:aa:bb:cc:dd", None);
    lease("2001:db8:9::83", None, "ff:09:aa:bb:cc:de", None);
    // Of these only the discovery daemon or the neighbour table knows the address.
    let sql = "INSERT INTO host_discovery (firewall_id, ip, ip_sort, mac, interface) VALUES (1, ?, ?, '02:00:00:00:09:03', 'LAN')";
    connection.execute(sql, ("10.99.0.3", key("10.99.0.3"))).unwrap();
    dns("discovered.example.net", "10.99.0.3", true);
    ndp("2001:db8:9::80", "02:00:00:00:09:04");
    dns("aaaa.example.net", "2001:db8:9::80", true);
    // Names that nobody gets an answer for, and a label without a name.
    arp("10.99.0.5", "02:00:00:00:09:05");
    dns("switched-off.example.net", "10.99.0.5", false);
    arp("10.99.0.6", "02:00:00:00:09:06");
    dns("*.example.net", "10.99.0.6", true);
    arp("10.99.0.7", "02:00:00:00:09:07");
    let sql =
        "INSERT INTO labels (client, owner, changed_at) VALUES ('02:00:00:00:09:07', 'Anna', 0)";
    connection.execute(sql, ()).unwrap();
}

#[tokio::test]
async fn a_device_is_found_by_each_of_its_names() {
    let network = network(120).await;
    agree(&network.ask, "simulated").await;
    write_names_of_every_kind(network.store.path());
    let all = agree(&network.ask, "with names of every kind").await;
    assert!(
        all.contains_key("00:09:aa:bb:cc:dd") && all.contains_key("ff:09:aa:bb:cc:de"),
        "{all:?}"
    );
    let names = |n: u8| all[&format!("02:00:00:00:09:0{n}")].iter().cloned().collect::<Vec<_>>();
    let expected = ["by-neighbour", "by-other-lease", "discovered.example.net", "aaaa.example.net"];
    for (n, name) in (1..).zip(expected) {
        assert_eq!(names(n), [name]);
    }
    assert_eq!([names(5), names(6), names(7)], [const { Vec::<String>::new() }; 3]);
    let off = DevicesQuery {
        name: Some("switched-off.example.net".to_owned()),
        ..DevicesQuery::default()
    };
    let found = network.ask.devices(&off).await;
    assert!(found.is_err() || found.unwrap().rows.is_empty(), "no resolver answers it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorded_device_is_found_by_each_of_its_names() {
    if recorded().is_none() {
        return;
    }
    for release in RELEASES {
        let replay = Replay::start(release, &[]);
        let index = Index::new().await;
        run(&index.firewall(&replay.url, "w1key", "w1secret")).await;
        agree(&index.ask(), release).await;
    }
}
