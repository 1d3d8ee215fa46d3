//! What a client sees on the wire, through the smallest client there is.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::options;
use crate::sim::{Fault, SimOptions, Simulator};

/// Status, the head in lower case, and the body; `None` when the connection ended
/// without one byte.
async fn raw(sim: &Simulator, request: String) -> Option<(u16, String, Vec<u8>)> {
    let address: SocketAddr = sim.url().strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset and an early end are the same to a client.
    let ended = stream.read_to_end(&mut answer).await;
    if answer.is_empty() {
        return None;
    }
    ended.unwrap();
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Some((status, head, answer[end + 4..].to_vec()))
}

fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: sim\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
}

fn basic(sim: &Simulator) -> String {
    let pair = BASE64_STANDARD.encode(format!("{}:{}", sim.key().expose(), sim.secret().expose()));
    format!("Authorization: Basic {pair}\r\n")
}

async fn get(sim: &Simulator, path: &str) -> Option<(u16, String, Vec<u8>)> {
    raw(sim, request("GET", path, &basic(sim), "")).await
}

async fn post(sim: &Simulator, path: &str, body: &Value) -> Value {
    let headers = format!("{}Content-Type: application/json\r\n", basic(sim));
    let (status, _, body) =
        raw(sim, request("POST", path, &headers, &body.to_string())).await.unwrap();
    assert_eq!(status, 200);
    serde_json::from_slice(&body).unwrap()
}

async fn start() -> Simulator {
    Simulator::start(options()).await.unwrap()
}

const ARP: &str = "/api/diagnostics/interface/search_arp";

#[tokio::test]
async fn both_spellings_answer_with_the_body_of_the_world() {
    let sim = start().await;
    for path in
        ["/api/interfaces/vlan_settings/search_item", "/api/interfaces/vlanSettings/searchItem"]
    {
        let (status, head, body) = get(&sim, path).await.unwrap();
        assert_eq!((status, head.contains("application/json")), (200, true));
        assert_eq!(Some(body), sim.change(|world| world.body(path, &BTreeMap::new())));
    }
    assert_eq!(
        sim.stats().by_path,
        BTreeMap::from([("interfaces/vlan_settings/search_item".to_owned(), 2)])
    );
    sim.reset_stats();
    assert_eq!(sim.stats().requests, 0);
    sim.stop().await;
}

#[tokio::test]
async fn who_is_not_known_is_sent_away_in_three_ways() {
    let sim = start().await;
    let (status, head, _) = raw(&sim, request("GET", ARP, "", "")).await.unwrap();
    assert_eq!(status, 302);
    assert!(head.contains("location: /?url=/api/diagnostics/interface/search_arp"), "{head}");
    for wrong in ["Basic d3Jvbmc6d3Jvbmc=", "Bearer x", "Basic %"] {
        let (status, _, body) =
            raw(&sim, request("GET", ARP, &format!("Authorization: {wrong}\r\n"), ""))
                .await
                .unwrap();
        assert_eq!(
            (status, &*body),
            (401, &br#"{"status":401,"message":"Authentication Failed"}"#[..])
        );
    }
    for unknown in ["/api/nosuch/thing/get", "/api/dhcpv4/leases/search_lease", "/elsewhere"] {
        let (status, _, body) = raw(&sim, request("GET", unknown, "", "")).await.unwrap();
        assert_eq!((status, &*body), (404, &br#"{"errorMessage":"Endpoint not found"}"#[..]));
    }
    let headers = format!("{}Content-Type: application/json\r\n", basic(&sim));
    let (status, ..) = raw(&sim, request("GET", ARP, &headers, "")).await.unwrap();
    assert_eq!(status, 400);
}

#[tokio::test]
async fn pages_are_cut_as_each_engine_cuts_them() {
    let sim = start().await;
    let whole = post(&sim, ARP, &json!({"rowCount": -1})).await["rows"].as_array().unwrap().clone();
    let second = post(&sim, ARP, &json!({"rowCount": 10, "current": 2})).await;
    assert_eq!(
        (second["rows"].as_array().unwrap(), &second["total"]),
        (&whole[10..20].to_vec(), &json!(whole.len()))
    );
    let beyond = post(&sim, ARP, &json!({"rowCount": 10, "current": 9999})).await;
    assert_eq!((&beyond["rows"], &beyond["rowCount"]), (&json!([]), &json!(0)));
    assert_eq!(
        post(&sim, ARP, &json!({"rowCount": -1, "current": 2})).await["rows"],
        json!([]),
        "a recordset has no second page of all"
    );
    assert_eq!(post(&sim, ARP, &json!({"rowCount": 0})).await["rows"], json!([]));
    let vlans = "/api/interfaces/vlan_settings/search_item";
    assert_eq!(
        post(&sim, vlans, &json!({"rowCount": -1, "current": 2})).await["rowCount"],
        5,
        "a model grid starts over"
    );
    assert_eq!(post(&sim, &format!("{vlans}?rowCount=2"), &json!({})).await["rowCount"], 2);
    assert_eq!(
        post(&sim, &format!("{ARP}?rowCount=2"), &json!({})).await["rowCount"],
        whole.len(),
        "a recordset ignores the query string"
    );
    assert_eq!(post(&sim, vlans, &json!({"searchPhrase": "GUEST wifi"})).await["total"], 1);
}

#[tokio::test]
async fn a_get_of_a_large_recordset_stops_at_9999_rows() {
    let sim = Simulator::start(SimOptions { devices: 20_000, ..options() }).await.unwrap();
    let body: Value = serde_json::from_slice(&get(&sim, ARP).await.unwrap().2).unwrap();
    assert_eq!(body["rowCount"], 9999);
    assert!(body["total"].as_u64().unwrap() > 12_000);
}

#[tokio::test]
async fn each_fault_breaks_its_path_in_its_own_way() {
    let sim = start().await;
    let (_, _, right) = get(&sim, ARP).await.unwrap();
    for (word, status, body) in [
        ("500", 500, r#"{"errorMessage":"Unexpected error, check log for details"}"#),
        ("404", 404, r#"{"errorMessage":"Endpoint not found"}"#),
        ("403", 403, r#"{"status":403,"message":"Forbidden"}"#),
        ("401", 401, r#"{"status":401,"message":"Authentication Failed"}"#),
        ("truncate", 200, std::str::from_utf8(&right[..right.len() / 2]).unwrap()),
        ("html", 200, "<html><body><h1>503 Service Not Available</h1></body></html>"),
        ("empty", 200, ""),
        ("wrongtype", 200, r#"{"rows":"none","rowCount":"x","total":null,"current":1}"#),
        ("emptyrows", 200, r#"{"total":0,"rowCount":0,"current":1,"rows":[]}"#),
    ] {
        sim.clear_faults();
        sim.fault("leases4|search_arp", word.parse().unwrap());
        let (got, _, text) = get(&sim, ARP).await.unwrap();
        assert_eq!((got, std::str::from_utf8(&text).unwrap()), (status, body), "{word}");
        assert_eq!(
            get(&sim, "/api/core/service/search").await.unwrap().0,
            200,
            "{word} hit a healthy path"
        );
    }
    sim.clear_faults();
    assert_eq!(get(&sim, ARP).await.unwrap().2, right);
    assert!("lost".parse::<Fault>().unwrap_err().to_string().contains("faults: "));
}

#[tokio::test]
async fn a_reset_connection_ends_before_the_first_byte() {
    let sim = start().await;
    sim.fault("search_arp", Fault::Reset);
    assert_eq!(get(&sim, ARP).await, None);
    assert_eq!(get(&sim, "/api/core/service/search").await.unwrap().0, 200);
}

#[tokio::test]
async fn slowness_delays_and_does_not_hold_up_the_others_nor_the_end() {
    let sim = start().await;
    sim.fault("search_arp", Fault::Slow(Duration::from_millis(300)));
    let begun = std::time::Instant::now();
    let (slow, quick) = tokio::join!(get(&sim, ARP), async {
        let answer = get(&sim, "/api/core/service/search").await;
        (answer, begun.elapsed())
    });
    assert!(begun.elapsed() >= Duration::from_millis(300) && quick.1 < Duration::from_millis(300));
    assert_eq!((slow.unwrap().0, quick.0.unwrap().0, sim.stats().most_in_flight), (200, 200, 2));
    sim.clear_faults();
    sim.fault("search_arp", "slow".parse().unwrap());
    let asked = request("GET", ARP, &basic(&sim), "");
    let address: SocketAddr = sim.url().strip_prefix("http://").unwrap().parse().unwrap();
    let mut waiting = TcpStream::connect(address).await.unwrap();
    waiting.write_all(asked.as_bytes()).await.unwrap();
    while sim.stats().requests < 3 {
        tokio::task::yield_now().await;
    }
    sim.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "stopping waits for no sleeper");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn latency_is_added_to_every_answer() {
    let sim = start().await;
    sim.set_latency(Duration::from_millis(50));
    let begun = std::time::Instant::now();
    get(&sim, ARP).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(50));
}
