//! Statements of users: what is refused, what is bounded, and what simply works.

mod corpus;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use opndex::ask::Sql;
use opndex::sim::{SimOptions, Simulator};
use opndex::sync::Ending;
use serde_json::{Value, json};

use super::support::index::{Index, run};
use corpus::{BOUNDED, ORDINARY, REFUSED, long_values, repeated};

#[tokio::test]
async fn hostile_statements_are_refused_or_bounded_in_time_and_memory() {
    let index = Index::new().await;
    let sim = Simulator::start(SimOptions { devices: 400, ..SimOptions::default() }).await.unwrap();
    run(&index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose())).await;
    let before = std::fs::read(index.store.path()).unwrap();
    let path = index.folder.path().to_owned();
    let done = tokio::task::spawn_blocking(move || {
        let mut server = Server::start(&path);
        let mut slowest = Duration::ZERO;
        for (sql, part) in REFUSED {
            let (result, took) = server.sql(sql);
            let said = result["content"][0]["text"].as_str().unwrap_or_default().to_owned();
            assert_eq!(result["isError"], true, "{sql}: {said}");
            assert!(said.contains(part), "{sql}: {said}");
            slowest = slowest.max(took);
        }
        for (sql, part) in repeated() {
            let (result, took) = server.sql(&sql);
            let said = result["content"][0]["text"].as_str().unwrap_or_default().to_owned();
            assert_eq!(result["isError"], true, "{sql}: {said}");
            assert!(said.contains(part), "{sql}: {said}");
            slowest = slowest.max(took);
        }
        for sql in BOUNDED.iter().map(|sql| (*sql).to_owned()).chain(long_values()) {
            let (result, took) = server.sql(&sql);
            assert_eq!(result["isError"], false, "{sql}: {result}");
            assert!(result.to_string().len() < 70_000, "{sql}");
            slowest = slowest.max(took);
        }
        // The deadline is 2 s; the rest is for a machine with other things to do.
        assert!(slowest < Duration::from_secs(6), "{slowest:?}");
        let most = server.most_memory();
        eprintln!("slowest {slowest:?}, at most {most} MiB resident");
        assert!(most < 200, "{most} MiB");
        // It goes on answering.
        let (result, _) = server.sql("SELECT count(*) FROM vlans");
        assert_eq!(result["structuredContent"]["rows"], json!([[5]]), "{result}");
    });
    done.await.unwrap();
    assert!(before == std::fs::read(index.store.path()).unwrap(), "the database was written");
    assert!(!Path::new("/tmp/opndex-hostile.db").exists());
}

#[tokio::test]
async fn ordinary_statements_work_and_say_of_what_moment_they_are() {
    let index = Index::new().await;
    let sim = Simulator::start(SimOptions::default()).await.unwrap();
    run(&index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose())).await;
    let ask = index.ask();
    let sql = |text: &str| Sql { statement: text.to_owned(), limit: Some(1_000), bytes: 1 << 20 };
    let mut with_rows = 0;
    for text in ORDINARY {
        let answer = ask.sql(&sql(text)).await.unwrap_or_else(|cause| panic!("{text}: {cause}"));
        assert!(!answer.columns.is_empty() && !answer.truncated, "{text}");
        assert!(answer.rows.iter().all(|row| row.len() == answer.columns.len()), "{text}");
        with_rows += usize::from(!answer.rows.is_empty());
        let reads =
            text.contains(" v_") || opndex::domain::ALL.iter().any(|d| text.contains(d.name()));
        let plan = text.starts_with("EXPLAIN");
        assert_eq!(answer.freshness.as_of.is_some(), reads || plan, "{text}");
    }
    assert!(with_rows > 40, "of {} statements {with_rows} have rows", ORDINARY.len());
    // The same rows as the other way to ask.
    let counted = ask.sql(&sql("SELECT count(*) FROM dhcp_leases")).await.unwrap();
    let total = index.query("dhcp_leases", "ip is not null").await;
    assert_eq!(counted.rows, [[Value::from(total.total)]]);
    // A cut is said.
    let few = Sql { limit: Some(3), ..sql("SELECT ip FROM dhcp_leases") };
    let few = ask.sql(&few).await.unwrap();
    assert!(
        few.truncated && few.rows.len() == 3 && few.freshness.notes[0].contains("first 3 rows")
    );
    let exact = Sql { limit: Some(5), ..sql("SELECT tag FROM vlans") };
    assert!(!ask.sql(&exact).await.unwrap().truncated);
    let small = Sql { bytes: 60, ..sql("SELECT ip FROM dhcp_leases") };
    let small = ask.sql(&small).await.unwrap();
    assert!(small.truncated && small.freshness.notes[0].contains("60 bytes"), "{small:?}");
    for limit in [0, 1_001] {
        assert!(ask.sql(&Sql { limit: Some(limit), ..sql("SELECT 1") }).await.is_err());
    }
    let published = ask.published().await.unwrap();
    for domain in opndex::domain::ALL {
        let table = published.iter().find(|t| t.name == domain.name()).unwrap();
        assert!(table.definition.contains("-- "), "{}", table.definition);
    }
    assert!(published.iter().all(|t| t.name != "chunks" && !t.name.starts_with('_')));
}

#[tokio::test]
async fn a_statement_whose_caller_has_gone_makes_room() {
    let index = Index::new().await;
    let ask = index.ask();
    let forever =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    for _ in 0..6 {
        let sql = Sql { statement: forever.to_owned(), limit: None, bytes: 1_000 };
        let gone = tokio::time::timeout(Duration::from_millis(50), ask.sql(&sql)).await;
        assert!(gone.is_err(), "{gone:?}");
    }
    let began = Instant::now();
    let sql = Sql { statement: "SELECT 1".to_owned(), limit: None, bytes: 1_000 };
    assert_eq!(ask.sql(&sql).await.unwrap().rows, [[1]]);
    // Six of them to the end would take six seconds on two connections.
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

/// What a statement may not have, the connection that writes still gets.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_is_complete_while_statements_run_out_of_memory() {
    let index = Index::new().await;
    let sim =
        Simulator::start(SimOptions { devices: 2_000, ..SimOptions::default() }).await.unwrap();
    let firewall = index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose());
    let done = std::cell::Cell::new(false);
    let ask = index.ask();
    let bombs = async {
        let greedy = repeated().into_iter().filter(|(_, part)| part.is_empty()).map(|(sql, _)| sql);
        let sorted = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n ORDER BY -i";
        let greedy: Vec<String> = greedy.chain([sorted.to_owned()]).collect();
        let mut refused = 0;
        while !done.get() {
            for statement in &greedy {
                let sql = Sql { statement: statement.clone(), limit: None, bytes: 1_000 };
                refused += usize::from(ask.sql(&sql).await.is_err());
            }
        }
        refused
    };
    let syncs = async {
        for n in 0..4 {
            let report = run(&firewall).await;
            assert_eq!(report.ending, Ending::Complete, "{report:?}");
            sim.change(|world| world.join(50 + n));
            index.clock.advance(60);
        }
        done.set(true);
    };
    let (refused, ()) = tokio::join!(bombs, syncs);
    assert!(refused > 1, "{refused}");
}

#[tokio::test]
async fn a_statement_is_answered_as_of_an_earlier_moment_too() {
    let index = Index::new().await;
    let sim = Simulator::start(SimOptions::default()).await.unwrap();
    let firewall = index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose());
    run(&firewall).await;
    sim.change(|world| world.add_vlan(77, "LAB")).unwrap();
    index.clock.advance(60);
    run(&firewall).await;
    let count = async |moment: Option<&str>| {
        let statement = "SELECT count(*), max(tag = 77) FROM vlans".to_owned();
        let sql = Sql { statement, limit: None, bytes: 1_000 };
        index.ask().at(moment).await.unwrap().sql(&sql).await.unwrap().rows
    };
    assert_eq!(count(Some("run 1")).await, [[5, 0]]);
    assert_eq!(count(None).await, [[6, 1]]);
    let hostile =
        Sql { statement: "SELECT data FROM file.chunks".to_owned(), limit: None, bytes: 1_000 };
    let then = index.ask().at(Some("run 1")).await.unwrap();
    assert!(then.sql(&hostile).await.unwrap_err().to_string().contains("no table"));
}

/// The program over standard input and output.
struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    id: u64,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_opndex"))
            .args(["serve", "--log-level", "error", "--database", "opndex.db"])
            .current_dir(folder)
            .env_clear()
            .env("HOME", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut server = Self { child, input, output: BufReader::new(output), id: 0 };
        server.ask(
            "initialize",
            &json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "it", "version": "0" } }),
        );
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        writeln!(server.input, "{ready}").unwrap();
        server
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.id += 1;
        let request =
            json!({ "jsonrpc": "2.0", "id": self.id, "method": method, "params": params });
        writeln!(self.input, "{request}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let message: Value = serde_json::from_str(&line).unwrap();
        message["result"].clone()
    }

    fn sql(&mut self, sql: &str) -> (Value, Duration) {
        let began = Instant::now();
        let arguments = json!({ "statement": sql, "limit": 1000 });
        let result = self.ask("tools/call", &json!({ "name": "sql", "arguments": arguments }));
        (result, began.elapsed())
    }

    /// The most that was ever resident, in MiB (Linux).
    fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("VmHWM: 0 kB");
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}
