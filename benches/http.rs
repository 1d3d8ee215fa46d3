//! 200 clients over HTTP in a closed loop: calls a second, latency by tool, errors, resident memory. On leases alone,
//! and on all that a firewall tells, where an address is mentioned in a dozen domains.
//!
//! `cargo bench --bench http [-- ROWS]`
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench prints, stops at the first surprise, and indexes what it made itself"
)]

#[expect(dead_code, reason = "each bench uses its part")]
mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use opndex::sim::{SimOptions, Simulator};
use opndex::store::{Batch, SourceState, State, Store};
use opndex::types::Timestamp;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use support::{connection, firewall, lease_body, leases, sizes, state, sync};

/// Leases, neighbours, reservations, records and what else a simulated network has, by the number of its devices.
const ROWS_OF_A_DEVICE: usize = 4;

const CLIENTS: usize = 200;
const WARM_UP: Duration = Duration::from_secs(3);
const MEASURED: Duration = Duration::from_mins(1);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    for size in sizes(&[100_000]) {
        for world in ["leases", "network"] {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("opndex.db");
            match world {
                "leases" => runtime.block_on(fill_leases(&path, &lease_body(size))),
                _ => runtime.block_on(fill_network(&path, size / ROWS_OF_A_DEVICE)),
            }
            let server = Server::start(&path);
            let before = server.resident();
            let tallies = runtime.block_on(load(&server.address, Arc::new(addresses(&path))));
            println!("{size} rows of {world}, {CLIENTS} clients in a closed loop:");
            report(&tallies, before, server.resident());
        }
    }
}

/// One firewall that told nothing but its leases.
async fn fill_leases(path: &Path, body: &[u8]) {
    let store = Store::open(path).await.expect("a store");
    let at = Timestamp::from_seconds(1_795_475_000);
    let firewall = store.firewall("fw", "http://fw", at).await.expect("a firewall");
    let run = store.run_begin(firewall, at).await.expect("a run");
    let rows = state(body);
    let sources = vec![SourceState {
        name: "kea4",
        state: State::Fresh,
        reason: None,
        gap: None,
        rows: rows.len(),
        body_hash: None,
        empty: None,
    }];
    store
        .apply(Batch { firewall, domain: leases(), run, at, rows, sources })
        .await
        .expect("applied");
    store.close().await;
}

/// Everything that a simulated firewall tells.
async fn fill_network(path: &Path, devices: usize) {
    let options = SimOptions { devices, ..SimOptions::default() };
    let sim = Simulator::start(options).await.expect("a simulator");
    let connection = connection(&sim.url(), sim.key(), sim.secret());
    let firewall = firewall(connection, path).await;
    sync(&firewall).await;
    sim.stop().await;
}

fn addresses(path: &Path) -> Vec<String> {
    let reader = rusqlite::Connection::open(path).expect("a connection");
    let mut statement =
        reader.prepare("SELECT ip FROM dhcp_leases ORDER BY mac LIMIT 5000").expect("a statement");
    statement.query_map([], |r| r.get(0)).and_then(Iterator::collect).expect("addresses")
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(path: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_opndex"))
            .args(["serve", "--http", "127.0.0.1:0", "--database"])
            .arg(path)
            .env_clear()
            .env("HOME", path.parent().expect("a folder"))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        let log = BufReader::new(child.stderr.take().expect("stderr"));
        let url = log
            .lines()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("http://")?.1.to_owned()))
            .expect("it says where it listens");
        let address = url.split('/').next().unwrap_or_default().to_owned();
        Self { child, address }
    }

    /// Resident memory in MiB (Linux).
    fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .unwrap_or_default();
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap_or("VmRSS: 0");
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whether it still ran or not, it is gone afterwards.
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Times of the calls of one tool, and how many went wrong.
#[derive(Default)]
struct Tally {
    times: Vec<Duration>,
    errors: usize,
}

type Tallies = BTreeMap<&'static str, Tally>;

async fn load(address: &str, addresses: Arc<Vec<String>>) -> Tallies {
    let mut clients = JoinSet::new();
    let began = Instant::now();
    for number in 0..CLIENTS {
        clients.spawn(client(address.to_owned(), Arc::clone(&addresses), number, began));
    }
    let mut all = Tallies::new();
    while let Some(done) = clients.join_next().await {
        for (tool, tally) in done.expect("a client") {
            let sum = all.entry(tool).or_default();
            sum.times.extend(tally.times);
            sum.errors += tally.errors;
        }
    }
    all
}

async fn client(
    address: String,
    addresses: Arc<Vec<String>>,
    number: usize,
    began: Instant,
) -> Tallies {
    let mut stream = TcpStream::connect(&address).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let mut tallies = Tallies::new();
    for turn in number.. {
        let (tool, arguments) = call(turn, &addresses);
        let request = request(&address, tool, &arguments);
        let asked = Instant::now();
        stream.write_all(request.as_bytes()).await.expect("written");
        let is_well = Box::pin(answered(&mut stream)).await;
        if began.elapsed() > WARM_UP + MEASURED {
            return tallies;
        }
        if began.elapsed() > WARM_UP {
            let tally = tallies.entry(tool).or_default();
            tally.times.push(asked.elapsed());
            tally.errors += usize::from(!is_well);
        }
    }
    tallies
}

/// Mostly questions about one device, some lists, a little of the rest.
fn call(turn: usize, addresses: &[String]) -> (&'static str, Value) {
    let ip = &addresses[turn * 7919 % addresses.len()];
    match turn % 10 {
        0..=3 => ("query", json!({ "domain": "dhcp_leases", "where": [format!("ip = {ip}")] })),
        4..=6 => ("locate", json!({ "what": ip })),
        7 => (
            "query",
            json!({ "domain": "dhcp_leases", "where": ["hostname = laptop*"], "limit": 20 }),
        ),
        8 => ("status", json!({})),
        _ => (
            "sql",
            json!({ "statement": format!("SELECT mac FROM dhcp_leases WHERE hostname = 'nas' LIMIT {}", 1 + turn % 5) }),
        ),
    }
}

fn request(address: &str, tool: &str, arguments: &Value) -> String {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "name": tool, "arguments": arguments, "_meta": meta });
    let body =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
    format!(
        "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
         MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: {tool}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads one answer; whether it is the answer of a tool that succeeded.
async fn answered(stream: &mut TcpStream) -> bool {
    let (mut bytes, mut chunk) = (Vec::new(), [0_u8; 16_384]);
    loop {
        let read = stream.read(&mut chunk).await.expect("read");
        assert!(read > 0, "the server closed the connection");
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|length| length.parse().ok()).expect("a length");
        if body.len() >= length {
            return head.starts_with("HTTP/1.1 200") && body.contains("\"isError\":false");
        }
    }
}

fn report(tallies: &Tallies, before: f64, after: f64) {
    println!(
        "{:<8} {:>9} {:>8} {:>8} {:>8} {:>7}",
        "tool", "calls/s", "p50 ms", "p95 ms", "p99 ms", "errors"
    );
    let mut all = Tally::default();
    for (tool, tally) in tallies {
        line(tool, tally);
        all.times.extend(&tally.times);
        all.errors += tally.errors;
    }
    line("all", &all);
    println!("resident before {before:.1} MiB, after {after:.1} MiB");
}

fn line(tool: &str, tally: &Tally) {
    let mut times = tally.times.clone();
    times.sort_unstable();
    let at = |share: usize| {
        let index = times.len().saturating_sub(1) * share / 100;
        times.get(index).map_or(0.0, Duration::as_secs_f64) * 1e3
    };
    let calls = u32::try_from(times.len()).map_or(0.0, f64::from);
    println!(
        "{tool:<8} {:>9.0} {:>8.2} {:>8.2} {:>8.2} {:>7}",
        calls / MEASURED.as_secs_f64(),
        at(50),
        at(95),
        at(99),
        tally.errors
    );
}
