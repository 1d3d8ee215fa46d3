//! The same server over HTTP, asked by friends and by strangers.

mod client;
mod misuse;

use std::time::{Duration, Instant};

use opndex::sim::Fault;
use opndex::web::Limits;
use serde_json::{Value, json};

use super::index::index;
use client::{Door, message, post, status};

/// Long enough for a loaded machine; nothing here waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

fn initialize(version: &str) -> String {
    let client = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "it", "version": "0" } });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client }).to_string()
}

#[tokio::test]
async fn a_modern_client_needs_no_session_and_gets_plain_json() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    let call = json!({ "name": "query", "arguments": { "domain": "vlans" } });
    let answer = door.ask("tools/call", &call, &[]).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("application/json"), "{answer}");
    let result = message(&answer)["result"].clone();
    assert_eq!(result["structuredContent"]["total"], 5, "{answer}");
    assert!(!answer.to_lowercase().contains("mcp-session-id"), "{answer}");
}

#[tokio::test]
async fn an_older_client_gets_a_session_until_it_says_goodbye() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    let answer = door.raw(&post(&initialize("2025-11-25"), &[])).await;
    let session = client::header(&answer, "mcp-session-id").expect(&answer);
    assert_eq!(message(&answer)["result"]["protocolVersion"], "2025-11-25");
    let with = [("mcp-session-id", session.as_str()), ("mcp-protocol-version", "2025-11-25")];
    let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert_eq!(status(&door.raw(&post(ready, &with)).await), 202);
    let listed = message(&door.raw(&post(LIST, &with)).await);
    assert!(listed["result"]["tools"].as_array().unwrap().len() >= 6, "{listed}");
    let delete = client::request("DELETE", "/mcp", &with, "");
    assert_eq!(status(&door.raw(&delete).await), 204);
    assert_eq!(status(&door.raw(&post(LIST, &with)).await), 404);
}

#[tokio::test]
async fn sessions_that_are_not_there_open_nothing() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    let old = ("mcp-protocol-version", "2025-11-25");
    for session in ["made-up", "6f868404-47a5-4a47-b044-a803757b34fd", "../../etc", "' OR 1=1"] {
        let with = [("mcp-session-id", session), old];
        assert_eq!(status(&door.raw(&post(LIST, &with)).await), 404, "{session}");
        let get = client::request("GET", "/mcp", &with, "");
        assert_eq!(status(&door.raw(&get).await), 404, "{session}");
    }
    assert_eq!(status(&door.raw(&post(LIST, &[old])).await), 400);
    assert_eq!(status(&door.raw(&client::request("GET", "/mcp", &[old], "")).await), 400);
    assert_eq!(status(&door.raw(&client::request("PUT", "/mcp", &[old], LIST)).await), 405);
    assert_eq!(status(&door.raw(&post(&initialize("1999-01-01"), &[])).await), 200);
    door.still_answers().await;
}

#[tokio::test]
async fn another_name_for_this_machine_opens_nothing() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    let port = door.address.port();
    let here = format!("127.0.0.1:{port}");
    for (host, opens) in [
        (here.clone(), true),
        (format!("localhost:{port}"), true),
        (format!("[::1]:{port}"), true),
        (format!("nas.lan:{port}"), true),
        ("evil.example".to_owned(), false),
        (format!("{here}.evil.example"), false),
        (format!("localhost.evil.example:{port}"), false),
        (format!("evil.example@{here}"), false),
        ("192.168.1.5".to_owned(), false),
        (String::new(), false),
    ] {
        let request = format!("GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = door.raw(&request).await;
        assert_eq!(status(&answer) == 200, opens, "{host}: {answer}");
        let listing = door.modern("tools/list", &json!({}), &[]);
        let request = listing.replace(&format!("Host: {here}"), &format!("Host: {host}"));
        assert_eq!(status(&door.raw(&request).await) == 200, opens, "{host}");
    }
    for request in [
        format!(
            "GET /health HTTP/1.1\r\nHost: {here}\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        ),
        format!(
            "GET http://evil.example/health HTTP/1.1\r\nHost: {here}\r\nConnection: close\r\n\r\n"
        ),
        "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
        "GET /health HTTP/1.0\r\n\r\n".to_owned(),
    ] {
        assert!(matches!(status(&door.raw(&request).await), 400 | 403), "{request}");
    }
    for (origin, opens) in [
        (format!("http://{here}"), true),
        ("http://evil.example".to_owned(), false),
        (format!("http://{here}.evil.example"), false),
        ("http://localhost:3000".to_owned(), false),
        ("null".to_owned(), false),
        ("file://".to_owned(), false),
    ] {
        let answer = door.ask("tools/list", &json!({}), &[("origin", &origin)]).await;
        assert_eq!(status(&answer), if opens { 200 } else { 403 }, "{origin}");
        assert!(!answer.to_lowercase().contains("access-control-allow"), "{answer}");
    }
    door.still_answers().await;
}

#[tokio::test]
async fn the_token_opens_and_nothing_else_does() {
    let index = index().await;
    let door = Door::open(&index, true, Limits::default()).await;
    let right = format!("Bearer {}", door.token);
    let (short, long) = (&right[..right.len() - 1], format!("{right}0"));
    for (given, opens) in [
        (None, false),
        (Some(""), false),
        (Some("Bearer"), false),
        (Some("Bearer "), false),
        (Some(short), false),
        (Some(long.as_str()), false),
        (Some(&door.token[..]), false),
        (Some("Basic b3BuZGV4"), false),
        (Some(right.as_str()), true),
    ] {
        let with: Vec<_> = given.map(|given| ("authorization", given)).into_iter().collect();
        let answer = door.ask("tools/list", &json!({}), &with).await;
        assert_eq!(status(&answer), if opens { 200 } else { 401 }, "{given:?}");
        assert_eq!(client::header(&answer, "www-authenticate").is_some(), !opens, "{answer}");
        let metrics = door.raw(&client::request("GET", "/metrics", &with, "")).await;
        assert_eq!(status(&metrics), if opens { 200 } else { 401 }, "{given:?}");
    }
    // A watchdog needs none, and learns nothing.
    let health = door.raw(&client::request("GET", "/health", &[], "")).await;
    assert!(health.ends_with(r#"{"status":"ok"}"#), "{health}");
    // Where it is optional, a wrong one is still a mistake.
    let door = Door::open(&index, false, Limits::default()).await;
    let wrong = [("authorization", "Bearer 0000")];
    assert_eq!(status(&door.ask("tools/list", &json!({}), &wrong).await), 401);
    door.still_answers().await;
}

#[tokio::test]
async fn bodies_that_are_no_message_are_told_so() {
    let index = index().await;
    let door = Door::open(&index, false, Limits { body: 4_096, ..Limits::default() }).await;
    for (body, code) in [
        ("", -32_700),
        ("{", -32_700),
        ("hello", -32_700),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"} trailing", -32_700),
        ("[]", -32_600),
        ("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}]", -32_600),
        ("7", -32_600),
        ("{}", -32_600),
        ("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"tools/list\"}", -32_600),
        ("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"tools/list\"}", -32_600),
    ] {
        let answer = door.raw(&post(body, &[])).await;
        assert_eq!(status(&answer), 400, "{body}: {answer}");
        assert_eq!(message(&answer)["error"]["code"], code, "{body}: {answer}");
    }
    let deep = "[".repeat(3_000);
    let deep = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":{{\"a\":{deep}");
    assert_eq!(status(&door.raw(&post(&deep, &[])).await), 400);
    assert_eq!(status(&door.raw(&post("\u{0}\u{1}", &[])).await), 400);
    // Too much of it, declared or not.
    let large = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{}\"}}", "x".repeat(5_000));
    assert_eq!(status(&door.raw(&post(&large, &[])).await), 413);
    let head = |rest: &str| {
        format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n{rest}\r\n"
        )
    };
    let answer = door.raw(&head("Content-Length: 1099511627776\r\n")).await;
    assert_eq!(status(&answer), 413, "{answer}");
    let chunks = format!("2000\r\n{}\r\n0\r\n\r\n", "x".repeat(0x2000));
    let answer = door.raw(&(head("Transfer-Encoding: chunked\r\n") + &chunks)).await;
    assert_eq!(status(&answer), 413, "{answer}");
    let broken = door.raw(&(head("Transfer-Encoding: chunked\r\n") + "zz\r\nhello\r\n")).await;
    assert_eq!(status(&broken), 400, "{broken}");
    // Smuggling: two lengths, or a length and chunks.
    let two = door.raw(&(head("Content-Length: 2\r\nContent-Length: 4\r\n") + "{}  ")).await;
    assert_eq!(status(&two), 400, "{two}");
    // The wrong kind.
    let text =
        post(LIST, &[]).replace("Content-Type: application/json", "Content-Type: text/plain");
    assert_eq!(status(&door.raw(&text).await), 415);
    let plain = post(LIST, &[]).replace("application/json, text/event-stream", "text/html");
    assert_eq!(status(&door.raw(&plain).await), 406);
    // Headers without end.
    let many = client::request("GET", "/health", &[("x-filler", &"x".repeat(100_000))], "");
    assert!(matches!(status(&door.raw(&many).await), 0 | 431), "closed, or told why");
    door.still_answers().await;
}

#[tokio::test]
async fn whoever_dawdles_is_let_go() {
    let index = index().await;
    let brief = Duration::from_millis(300);
    let limits =
        Limits { headers_within: brief, body_within: brief, connections: 2, ..Limits::default() };
    let door = Door::open(&index, false, limits).await;
    for half in ["", "POST /mcp HT", "POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-"] {
        let answer = door.raw(half).await;
        assert!(matches!(status(&answer), 0 | 408), "{half}: {answer}");
    }
    for rest in ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{"] {
        let half = format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n{rest}"
        );
        let answer = door.raw(&half).await;
        assert_eq!(status(&answer), 408, "{answer}");
    }
    // Two who hold every connection keep a third waiting, not out.
    let (first, second) = (door.connect().await, door.connect().await);
    door.still_answers().await;
    drop((first, second));
}

#[tokio::test]
async fn clients_are_told_of_what_a_sync_changed() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    // One with a session.
    let answer = door.raw(&post(&initialize("2025-11-25"), &[])).await;
    let session = client::header(&answer, "mcp-session-id").unwrap();
    let with = [("mcp-session-id", session.as_str()), ("mcp-protocol-version", "2025-11-25")];
    let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert_eq!(status(&door.raw(&post(ready, &with)).await), 202);
    for uri in ["opndex://status", "opndex://device/nas"] {
        let subscribe = json!({ "jsonrpc": "2.0", "id": 2, "method": "resources/subscribe", "params": { "uri": uri } });
        let answer = message(&door.raw(&post(&subscribe.to_string(), &with)).await);
        assert_eq!(answer["result"], json!({}), "{answer}");
    }
    let mut older = door.stream(&client::request("GET", "/mcp", &with, "")).await;
    // One of today.
    let wanted = json!({ "notifications": { "resourceSubscriptions": ["opndex://status", "file:///etc/passwd"], "resourcesListChanged": true, "toolsListChanged": true } });
    let mut modern = door.stream(&door.modern("subscriptions/listen", &wanted, &[])).await;
    let accepted = modern.next().await;
    assert_eq!(
        accepted["params"]["notifications"],
        json!({ "resourceSubscriptions": ["opndex://status"], "resourcesListChanged": true }),
        "{accepted}"
    );
    index.sim.fault("arp", Fault::Status(500));
    index.sim.change(|world| world.join(5));
    index.clock.advance(60);
    let report =
        index.worker.refresher().refresh(None, opndex::sync::Due::All, None).await.unwrap();
    assert!(report[0].changed() > 0, "{report:?}");
    let heard: Vec<Value> =
        [older.next().await, older.next().await, older.next().await, older.next().await].into();
    let updated = |uri: &str| {
        heard
            .iter()
            .any(|n| n["method"] == "notifications/resources/updated" && n["params"]["uri"] == uri)
    };
    assert!(updated("opndex://status") && updated("opndex://device/nas"), "{heard:?}");
    assert!(
        heard.iter().any(|n| n["method"] == "notifications/resources/list_changed"),
        "{heard:?}"
    );
    let logged = heard.iter().find(|n| n["method"] == "notifications/message").unwrap();
    assert_eq!(
        (&logged["params"]["level"], &logged["params"]["data"]["not_read"]),
        (&json!("warning"), &json!(["arp"]))
    );
    let told = [modern.next().await, modern.next().await];
    let methods: Vec<_> = told.iter().map(|n| n["method"].as_str().unwrap()).collect();
    assert_eq!(
        methods,
        ["notifications/resources/updated", "notifications/resources/list_changed"]
    );
}

#[tokio::test]
async fn stopping_takes_no_time_even_while_calls_run() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    let mut idle = door.connect().await;
    client::send(&mut idle, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let wanted = json!({ "notifications": { "resourcesListChanged": true } });
    let mut listening = door.stream(&door.modern("subscriptions/listen", &wanted, &[])).await;
    listening.next().await;
    index.sim.set_latency(Duration::from_secs(30));
    let refresh = json!({ "name": "refresh", "arguments": {}, "_meta": { "progressToken": "t" } });
    let mut running = door.stream(&door.modern("tools/call", &refresh, &[])).await;
    let began = Instant::now();
    door.stop().await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    // Whoever waited is told, or the connection is closed.
    tokio::time::timeout(PATIENCE, running.end()).await.unwrap();
}

#[tokio::test]
async fn metrics_are_those_of_the_index_and_of_the_calls() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    door.ask("tools/call", &json!({ "name": "query", "arguments": { "domain": "vlans" } }), &[])
        .await;
    door.ask("tools/call", &json!({ "name": "query", "arguments": { "domain": "vlan" } }), &[])
        .await;
    index.clock.advance(90);
    let metrics = door.raw(&client::request("GET", "/metrics", &[], "")).await;
    for line in [
        "opndex_domain_rows{firewall=\"edge\",domain=\"vlans\"} 5\n",
        "opndex_domain_age_seconds{firewall=\"edge\",domain=\"arp\"} 90\n",
        "opndex_domain_stale{firewall=\"edge\",domain=\"arp\"} 0\n",
        "opndex_calls_total{tool=\"query\",outcome=\"answered\"} 1\n",
        "opndex_calls_total{tool=\"query\",outcome=\"refused\"} 1\n",
        "# TYPE opndex_calls_total counter\n",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert_eq!(status(&door.raw(&client::request("GET", "/", &[], "")).await), 404);
}

#[tokio::test]
async fn with_a_certificate_it_speaks_https() {
    let index = index().await;
    let (door, roots) = Door::with_certificate(&index).await;
    let answer = door.over_tls(roots, &client::request("GET", "/health", &[], "")).await;
    assert!(answer.ends_with(r#"{"status":"ok"}"#), "{answer}");
    // Plain HTTP gets no answer, and does no harm.
    let plain = door.raw(&client::request("GET", "/health", &[], "")).await;
    assert_eq!(status(&plain), 0, "{plain}");
}
