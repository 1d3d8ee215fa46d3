//! Sources that take several requests, and how many of them are in flight.

use std::collections::BTreeSet;

use super::*;
use crate::domain::{Items, Place, field};
use crate::opnsense::PullError;

const LIST: &str = r#"{
    "floating": {"label": "Floating", "items": [{"value": "__floating", "label": "Floating"}]},
    "groups": {"label": "Groups", "items": [{"value": "wireguard", "label": "WireGuard (Group)"}]},
    "interfaces": {"label": "Interfaces", "items": [{"value": "lan", "label": "LAN"}, {"value": "opt1", "label": "GUEST"}]},
    "any": {"label": "Any", "items": [{"value": "__any", "label": "All rules"}]}
}"#;
const EACH: Source = RULES.with(&[("show_all", "1")]).each_interface();

/// Says in each body for which interface it was asked.
fn rules(seen: &Seen, _: usize) -> (u16, String) {
    match seen.path.as_str() {
        "firewall/filter/get_interface_list" => (200, LIST.to_owned()),
        _ => (200, seen.body.clone()),
    }
}

fn labels(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, label)| ((*key).to_owned(), (*label).to_owned())).collect()
}

#[tokio::test]
async fn a_source_per_interface_has_one_body_for_all_and_one_for_each() {
    let server = Server::answering(rules).await;
    let pulled = server.client().pull(&EACH, NEW, &never()).await.unwrap();
    assert_eq!(
        pulled.interfaces,
        Some(labels(&[("lan", "LAN"), ("opt1", "GUEST"), ("wireguard", "WireGuard (Group)")]))
    );
    let common = r#"{"current":1,"rowCount":-1,"searchPhrase":"","sort":{},"show_all":"1""#;
    let expected =
        ["", r#","interface":"lan""#, r#","interface":"opt1""#, r#","interface":"wireguard""#];
    let bodies: Vec<_> =
        pulled.bodies.iter().map(|body| String::from_utf8_lossy(body).into_owned()).collect();
    assert_eq!(bodies, expected.map(|interface| format!("{common}{interface}}}")));
}

#[tokio::test]
async fn the_interface_list_is_fetched_once_per_run() {
    let server = Server::answering(rules).await;
    let client = server.client();
    let lists = || server.paths().iter().filter(|path| path.contains("list")).count();
    let source = RULES.labels("interface", "legacy");
    let cancel = never();
    let (one, other) =
        tokio::join!(client.pull(&source, NEW, &cancel), client.pull(&EACH, NEW, &cancel));
    assert_eq!(one.unwrap().interfaces, other.unwrap().interfaces);
    assert_eq!(lists(), 1);
    client.reset();
    client.pull(&source, NEW, &never()).await.unwrap();
    assert_eq!(lists(), 2);
}

#[tokio::test]
async fn before_there_was_a_list_the_overview_names_the_interfaces() {
    let overview = r#"{"rows":[{"identifier":"lan","description":"LAN"},{"identifier":"","description":"Unassigned"}]}"#;
    let server = Server::answering(move |seen, _| match seen.path.as_str() {
        "firewall/filter/getInterfaceList" => (404, ""),
        "interfaces/overview/interfacesInfo" => (200, overview),
        _ => (200, "{}"),
    });
    let server = server.await;
    let pulled = server.client().pull(&EACH, OLD, &never()).await.unwrap();
    assert_eq!((pulled.bodies.len(), pulled.interfaces), (2, Some(labels(&[("lan", "LAN")]))));
}

#[tokio::test]
async fn a_list_that_is_none_is_no_empty_list() {
    for body in ["", "[]", "{}", "<html>"] {
        let server = Server::answering(move |_, _| (200, body)).await;
        let error = server.client().pull(&EACH, NEW, &never()).await.unwrap_err();
        assert!(matches!(error, PullError::Protocol { .. }), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn one_interface_that_fails_fails_the_pull() {
    let server = Server::answering(|seen, before| match rules(seen, before) {
        (_, body) if body.contains("opt1") && body.contains("show_all") => (400, String::new()),
        fine => fine,
    });
    let server = server.await;
    let error = server.client().pull(&EACH, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::Status { status: 400, .. }), "{error:?}");
}

static TABLES: Items = Items {
    list: Source::map("tables", "firewall/alias/get_table_size", "details", "p").keyed("name"),
    fields: &[field("name"), field("count")],
    place: Place::Segment,
    into: "name",
    most_rows: 100,
    most: 3,
};
const CONTENTS: Source = Source::grid("list", "firewall/alias_util/list", "p").each_item(&TABLES);

/// Says in each body at which path it was asked.
fn tables(seen: &Seen, _: usize) -> (u16, String) {
    let details = r#"{"details":{"d":{"count":3},"b c":{"count":"2"},"geo":{"count":101},"a/../../x":{},"e":{"count":null},"empty":{"count":0},"..":{}}}"#;
    match seen.path.as_str() {
        "firewall/alias/get_table_size" => (200, details.to_owned()),
        path => (200, path.to_owned()),
    }
}

#[tokio::test]
async fn items_are_asked_by_name_and_those_that_are_not_are_named() {
    let server = Server::answering(tables).await;
    let pulled = server.client().pull(&CONTENTS, NEW, &never()).await.unwrap();
    assert_eq!(pulled.items, ["a/../../x", "b c", "d"]);
    let bodies: Vec<_> =
        pulled.bodies.iter().map(|body| String::from_utf8_lossy(body).into_owned()).collect();
    // A name stays one part of the path, whatever it holds.
    let expected = ["a%2F..%2F..%2Fx", "b%20c", "d"];
    assert_eq!(bodies, expected.map(|name| format!("firewall/alias_util/list/{name}")));
    assert_eq!(pulled.cut.as_deref(), Some("2 of 5 were not read: geo (101 rows), e"));
}

#[tokio::test]
async fn a_list_of_items_that_is_none_fails_the_pull() {
    let server = Server::answering(|_, _| (200, r#"{"status":"failed"}"#)).await;
    let error = server.client().pull(&CONTENTS, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::Protocol { .. }), "{error:?}");
}

/// Twenty pulls at once against a firewall that takes its time.
async fn most_in_flight(in_flight: Option<usize>, release: Release) -> usize {
    let server =
        Server::answering(|_, _| Reply::from((200, "{}")).after(Duration::from_millis(10))).await;
    let client = client(Connection { in_flight, ..connection(&server.url) });
    let mut pulls = JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        pulls.spawn(async move { client.pull(&RULES, release, &never()).await.unwrap() });
    }
    pulls.join_all().await;
    server.most_in_flight.load(Ordering::SeqCst)
}

#[tokio::test]
async fn the_cap_is_used_and_never_exceeded() {
    assert_eq!(most_in_flight(None, OLD).await, 2);
    assert_eq!(most_in_flight(None, NEW).await, 4);
    assert_eq!(most_in_flight(Some(1), NEW).await, 1);
    assert_eq!(most_in_flight(Some(7), OLD).await, 7);
}

#[tokio::test]
async fn interfaces_are_asked_within_the_cap_too() {
    let server = Server::answering(|seen, before| {
        Reply::from(rules(seen, before)).after(Duration::from_millis(10))
    })
    .await;
    let client = client(Connection { in_flight: Some(2), ..connection(&server.url) });
    let pulled = client.pull(&EACH, NEW, &never()).await.unwrap();
    assert_eq!(pulled.bodies.iter().collect::<BTreeSet<_>>().len(), 4);
    assert_eq!(server.most_in_flight.load(Ordering::SeqCst), 2);
}
