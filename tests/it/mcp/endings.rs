//! How a session ends: at once, whoever ends it and whatever runs.

use std::time::Duration;

use opndex::mcp::Server;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio_util::sync::CancellationToken;

use super::index::index;
use super::wire::{PIPE, QUICK, text};

#[tokio::test]
async fn the_session_ends_at_once_even_while_a_refresh_runs() {
    let index = index().await;
    index.sim.set_latency(Duration::from_secs(30));
    // Stopped from our side.
    let mut wire = index.client().await;
    let id = wire.send("tools/call", json!({ "name": "refresh", "arguments": {} })).await;
    wire.ask("ping", json!({})).await;
    wire.cancel.cancel();
    let said = wire.answer(id).await["result"].clone();
    assert_eq!(
        (said["isError"].as_bool(), text(&said).as_str()),
        (Some(true), "opndex is stopping")
    );
    assert!(wire.ended().await < QUICK);
    // The client goes.
    let mut wire = index.client().await;
    wire.send("tools/call", json!({ "name": "refresh", "arguments": {} })).await;
    wire.ask("ping", json!({})).await;
    wire.write.shutdown().await.unwrap();
    assert!(wire.ended().await < QUICK);
    // The client cancels the call, and goes on asking.
    let mut wire = index.client().await;
    let id = wire.send("tools/call", json!({ "name": "refresh", "arguments": {} })).await;
    wire.write(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } })).await;
    assert_eq!(wire.data("query", json!({ "domain": "vlans" })).await["domain"], "vlans");
    drop(wire.write);
    // A client that does not even begin.
    let (_near, far) = tokio::io::duplex(PIPE);
    let cancel = CancellationToken::new();
    cancel.cancel();
    Server::new(index.ask.clone(), None).serve(far, cancel).await.unwrap();
}

/// An open `subscriptions/listen` is a request without an answer; rmcp waits for answers.
#[tokio::test]
async fn a_client_that_listens_does_not_hold_the_session_up() {
    let index = index().await;
    // With and without a firewall to hear of.
    for refresher in [Some(index.worker.refresher()), None] {
        let (near, far) = tokio::io::duplex(PIPE);
        let (read, mut write) = tokio::io::split(near);
        let server = Server::new(index.ask.clone(), refresher);
        let serving = server.serve(far, CancellationToken::new());
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "it", "version": "0" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let params = json!({ "_meta": meta, "notifications": { "resourcesListChanged": true } });
        let listen = json!({ "jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": params });
        let client = async {
            write.write_all(format!("{listen}\n").as_bytes()).await.unwrap();
            let mut lines = BufReader::new(read).lines();
            let accepted: Value =
                serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
            assert_eq!(accepted["params"]["notifications"]["resourcesListChanged"], true);
            // From here on only our own patience passes time.
            tokio::time::pause();
            write.shutdown().await.unwrap();
            tokio::time::Instant::now()
        };
        let (ended, left) = tokio::join!(serving, client);
        ended.unwrap();
        assert_eq!(left.elapsed(), Duration::ZERO);
        tokio::time::resume();
    }
}
