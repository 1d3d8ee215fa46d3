//! Pages of an answer: every row once, in an order that an index gives, whatever was filtered.

use std::collections::BTreeSet;
use std::time::Duration;

use opndex::ask::{Ask, Query};
use opndex::sim::{SimOptions, Simulator};

use crate::support::index::{Index, run};

/// Reads all pages of seven rows; the rows in the order they came, and the total of the first page.
async fn pages(ask: &Ask, filter: &str) -> (Vec<Vec<serde_json::Value>>, u64) {
    let mut query = Query {
        domain: "dhcp_leases".to_owned(),
        filters: vec![filter.to_owned()],
        columns: ["hostname", "ip", "backend", "expires", "duplicate", "type"]
            .map(str::to_owned)
            .to_vec(),
        limit: Some(7),
        ..Query::default()
    };
    let (mut rows, mut total) = (Vec::new(), None);
    loop {
        let page = ask.query(&query).await.unwrap();
        total.get_or_insert(page.total);
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return (rows, total.unwrap()),
        }
    }
}

#[tokio::test]
async fn pages_of_a_range_filter_give_every_row_once_in_the_order_of_its_index() {
    let sim = Simulator::start(SimOptions { devices: 300, ..SimOptions::default() }).await.unwrap();
    sim.set_latency(Duration::ZERO);
    let index = Index::new().await;
    run(&index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose())).await;
    let ask = index.ask();
    for filter in [
        "hostname = l*",
        "hostname = *",
        "ip in 10.0.0.0/8",
        "ip > 0.0.0.0",
        "expires > 2000-01-01T00:00:00Z",
    ] {
        let (rows, total) = pages(&ask, filter).await;
        assert_eq!(u64::try_from(rows.len()).unwrap(), total, "{filter}");
        let distinct: BTreeSet<String> =
            rows.iter().map(|row| serde_json::to_string(&row[1..]).unwrap()).collect();
        assert_eq!(distinct.len(), rows.len(), "{filter}: a row came twice");
        if filter.starts_with("hostname = l") {
            assert!(rows.len() > 7, "{filter}: one page proves nothing");
            let names: Vec<String> =
                rows.iter().map(|r| r[0].as_str().unwrap().to_lowercase()).collect();
            assert!(names.is_sorted(), "{filter}: {names:?}");
        }
    }
    sim.stop().await;
}

/// Counting on would make a page slower the more rows match.
#[tokio::test]
async fn a_page_counts_to_a_thousand_and_a_count_counts_all() {
    let options = SimOptions { devices: 1_500, ..SimOptions::default() };
    let sim = Simulator::start(options).await.unwrap();
    let index = Index::new().await;
    run(&index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose())).await;
    let mut query = Query {
        domain: "dhcp_leases".to_owned(),
        filters: vec!["ip in 0.0.0.0/0".to_owned()],
        ..Query::default()
    };
    let page = index.ask().query(&query).await.unwrap();
    assert!(page.total_is_at_least && page.total == 1_000, "{}", page.total);
    query.count_only = true;
    let counted = index.ask().query(&query).await.unwrap();
    assert!(!counted.total_is_at_least && counted.total > 1_200, "{}", counted.total);
    sim.stop().await;
}
