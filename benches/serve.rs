//! The program as an agent meets it: start to answered `initialize`, calls over stdio on a large store,
//! resident memory, time to exit.
//!
//! `cargo bench --bench serve [-- ROWS...]`
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a bench prints, stops at the first surprise, and indexes what it made itself"
)]

#[expect(dead_code, reason = "each bench uses its part")]
mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use opndex::store::{Batch, SourceState, State, Store};
use opndex::types::Timestamp;
use serde_json::{Value, json};

use support::{lease_body, leases, sizes, state};

const CALLS: usize = 2_000;
const WARM_UP: usize = 200;
const STARTS: usize = 20;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    println!("{:>9}  {:<28} {:>8} {:>8} {:>8}", "rows", "call", "p50 ms", "p99 ms", "max ms");
    for size in sizes(&[10_000, 1_000_000]) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("opndex.db");
        let body = lease_body(size);
        let (rows, addresses) = runtime.block_on(fill(&path, &body));
        drop(body);
        calls(&path, rows, &addresses);
        start(&path, rows);
    }
}

/// Fills a database with one firewall's leases; their addresses.
async fn fill(path: &Path, body: &[u8]) -> (usize, Vec<String>) {
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
    let applied = store
        .apply(Batch { firewall, domain: leases(), run, at, rows, sources })
        .await
        .expect("applied");
    store.close().await;
    let reader = rusqlite::Connection::open(path).expect("a connection");
    let mut statement =
        reader.prepare("SELECT ip FROM dhcp_leases ORDER BY mac LIMIT 5000").expect("a statement");
    let addresses =
        statement.query_map([], |r| r.get(0)).and_then(Iterator::collect).expect("addresses");
    (usize::try_from(applied.rows).expect("a count"), addresses)
}

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    id: u64,
}

impl Server {
    fn start(path: &Path) -> (Self, Duration) {
        let began = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_opndex"))
            .args(["serve", "--log-level", "error", "--database"])
            .arg(path)
            .env_clear()
            .env("HOME", path.parent().expect("a folder"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program");
        let (input, output) =
            (child.stdin.take().expect("stdin"), child.stdout.take().expect("stdout"));
        let mut server = Self { child, input, output: BufReader::new(output), id: 0 };
        let client = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}});
        server.ask("initialize", client);
        let took = began.elapsed();
        writeln!(
            server.input,
            "{}",
            json!({"jsonrpc": "2.0", "method": "notifications/initialized"})
        )
        .expect("written");
        (server, took)
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.id += 1;
        let line = json!({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params});
        writeln!(self.input, "{line}").expect("written");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("read");
        serde_json::from_str(&answer).expect("JSON")
    }

    fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let answer = self.ask("tools/call", json!({"name": tool, "arguments": arguments}));
        assert_eq!(answer["result"]["isError"], false, "{answer}");
        answer
    }

    /// Resident memory in MiB (Linux).
    fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .unwrap_or_default();
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap_or("VmRSS: 0");
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    }

    fn stop(self) -> Duration {
        let Self { mut child, input, output, .. } = self;
        let began = Instant::now();
        drop((input, output));
        child.wait().expect("ended");
        began.elapsed()
    }
}

/// What the `i`th call of a kind asks for.
type Arguments<'a> = Box<dyn Fn(usize) -> Value + 'a>;

fn calls(path: &Path, rows: usize, addresses: &[String]) {
    let (mut server, _) = Server::start(path);
    let ip = |i: usize| addresses.get(i * 7919 % addresses.len()).map_or("", String::as_str);
    let kinds: [(&str, &str, Arguments<'_>); 5] = [
        (
            "query by address",
            "query",
            Box::new(|i| json!({"domain": "dhcp_leases", "where": [format!("ip = {}", ip(i))]})),
        ),
        (
            "query by name, 50 rows",
            "query",
            Box::new(
                |_| json!({"domain": "dhcp_leases", "where": ["hostname = laptop*"], "columns": ["ip", "hostname", "mac"]}),
            ),
        ),
        ("query first page, 50 rows", "query", Box::new(|_| json!({"domain": "dhcp_leases"}))),
        ("locate an address", "locate", Box::new(|i| json!({"what": ip(i)}))),
        ("status", "status", Box::new(|_| json!({}))),
    ];
    for (name, tool, arguments) in &kinds {
        let mut times: Vec<Duration> = (0..WARM_UP + CALLS)
            .map(|i| {
                let arguments = arguments(i);
                let began = Instant::now();
                server.call(tool, &arguments);
                began.elapsed()
            })
            .skip(WARM_UP)
            .collect();
        times.sort_unstable();
        let at = |share: usize| {
            times.get((times.len() - 1) * share / 100).map_or(0.0, Duration::as_secs_f64) * 1e3
        };
        println!("{rows:>9}  {name:<28} {:>8.3} {:>8.3} {:>8.3}", at(50), at(99), at(100));
    }
    println!(
        "{rows:>9}  resident after {} calls: {:.1} MiB",
        kinds.len() * (CALLS + WARM_UP),
        server.resident()
    );
    server.stop();
}

fn start(path: &Path, rows: usize) {
    let (mut starts, mut ends, mut resident) = (Vec::new(), Vec::new(), 0.0_f64);
    for _ in 0..STARTS {
        let (server, took) = Server::start(path);
        resident = resident.max(server.resident());
        starts.push(took);
        ends.push(server.stop());
    }
    starts.sort_unstable();
    ends.sort_unstable();
    let middle =
        |times: &[Duration]| times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64) * 1e3;
    println!(
        "{rows:>9}  start to answered initialize: {:.1} ms median; idle {resident:.1} MiB; stdin closed to exit: {:.1} ms median",
        middle(&starts),
        middle(&ends)
    );
}
