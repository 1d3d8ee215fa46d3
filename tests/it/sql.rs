//! Statements of users: what is refused, what is bounded, and what simply works.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use opndex::ask::Sql;
use opndex::sim::{SimOptions, Simulator};
use serde_json::{Value, json};

use super::support::index::{Index, run};

/// SQL, and a part of what must be said about it.
type Case = (&'static str, &'static str);

const REFUSED: &[Case] = &[
    // Nothing, or too much.
    ("", "empty"),
    (" ; -- nothing", "empty"),
    ("SELECT 1; SELECT 2", "more than one"),
    ("SELECT 1; DROP TABLE vlans", "only reading"),
    // Writing, in every disguise.
    ("INSERT INTO vlans (firewall_id) VALUES (1)", "only reading"),
    ("UPDATE vlans SET tag = 1", "only reading"),
    ("DELETE FROM vlans", "only reading"),
    ("REPLACE INTO vlans (firewall_id) VALUES (1)", "only reading"),
    ("WITH x AS (SELECT 1) DELETE FROM vlans", "only reading"),
    ("WITH x AS (SELECT 1) INSERT INTO vlans SELECT * FROM x", "only reading"),
    ("DELETE FROM vlans RETURNING *", "only reading"),
    ("CREATE TABLE x (a)", "only reading"),
    ("CREATE TEMP TABLE x AS SELECT * FROM vlans", "only reading"),
    ("CREATE TEMP VIEW x AS SELECT 1", "only reading"),
    ("CREATE TEMP TRIGGER x AFTER INSERT ON vlans BEGIN SELECT 1; END", "only reading"),
    ("CREATE VIRTUAL TABLE x USING fts5(a)", "only reading"),
    ("CREATE INDEX x ON vlans (tag)", "only reading"),
    ("ALTER TABLE vlans ADD COLUMN x", "only reading"),
    ("DROP TABLE vlans", "only reading"),
    ("DROP VIEW IF EXISTS v_devices; ", ""),
    ("VACUUM", "only reading"),
    ("VACUUM INTO '/tmp/opndex-hostile.db'", "only reading"),
    ("REINDEX", "only reading"),
    ("ANALYZE", "only reading"),
    // Other files, other settings, other code.
    ("ATTACH '/tmp/opndex-hostile.db' AS x", "attaching"),
    ("ATTACH ':memory:' AS x", "attaching"),
    ("DETACH main", "attaching"),
    ("BEGIN", "a transaction"),
    ("BEGIN EXCLUSIVE", "a transaction"),
    ("SAVEPOINT x", "a transaction"),
    ("COMMIT", "a transaction"),
    ("PRAGMA query_only = OFF", "a PRAGMA"),
    ("PRAGMA writable_schema = ON", "a PRAGMA"),
    ("PRAGMA hard_heap_limit = 0", "a PRAGMA"),
    ("PRAGMA data_version = 1", "a PRAGMA"),
    ("SELECT * FROM pragma_table_info('vlans')", "no table `pragma_table_info`"),
    ("SELECT * FROM pragma_database_list", "no table `pragma_database_list`"),
    ("SELECT load_extension('/tmp/x.so')", "`load_extension` cannot be called"),
    ("SELECT fts3_tokenizer('simple')", "`fts3_tokenizer` cannot be called"),
    ("SELECT sqlite_compileoption_get(1)", "cannot be called"),
    ("SELECT readfile('/etc/passwd')", "`readfile` cannot be called"),
    ("SELECT writefile('/tmp/x', 'x')", "`writefile` cannot be called"),
    ("SELECT edit('x')", "`edit` cannot be called"),
    ("SELECT randomblob(10)", "`randomblob` cannot be called"),
    ("SELECT zeroblob(1000000000)", "`zeroblob` cannot be called"),
    // What is not published.
    ("SELECT * FROM chunks", "no table `chunks`"),
    ("SELECT data FROM chunks", "no table `chunks`"),
    ("SELECT count(*) FROM snapshots", "no table `snapshots`"),
    ("SELECT count(*) FROM volatiles", "no table `volatiles`"),
    ("SELECT * FROM sqlite_schema", "no table `sqlite_"),
    ("SELECT sql FROM sqlite_master", "no table `sqlite_"),
    ("SELECT * FROM sqlite_temp_master", "no table `sqlite_"),
    ("SELECT * FROM _sqlx_migrations", "no table `_sqlx_migrations`"),
    ("SELECT * FROM dbstat", "no table `dbstat`"),
    ("SELECT count(*) FROM dbstat", "no table `dbstat`"),
    ("SELECT count(*) FROM sqlite_schema", "no table `sqlite_"),
    ("SELECT 1 FROM pragma_table_list", "no table `pragma_table_list`"),
    ("SELECT count(*) FROM CHUNKS", "no table `CHUNKS`"),
    ("SELECT * FROM sqlite_dbpage", "no table `sqlite_dbpage`"),
    ("SELECT (SELECT data FROM chunks LIMIT 1)", "no table `chunks`"),
    ("WITH vlans AS (SELECT data FROM chunks) SELECT * FROM vlans", "no table `chunks`"),
    ("WITH v_devices AS (SELECT data FROM chunks) SELECT * FROM v_devices", "no table `chunks`"),
    ("SELECT 1 FROM vlans WHERE EXISTS (SELECT 1 FROM chunks)", "no table `chunks`"),
    ("SELECT * FROM main.chunks", "no table `chunks`"),
    // Mistakes, with the way to repair them.
    ("SELECT * FROM vlan", "did you mean `vlans`?"),
    ("SELECT hostnme FROM dhcp_leases", "did you mean `hostname`?"),
    ("SELECT l.tga FROM vlans l", "did you mean `tag`?"),
    ("SELECT * FROM vlans WHERE interface_name = \"IOT\"", "single quotes"),
    ("SELECT coutn(*) FROM vlans", "did you mean `count`?"),
    ("SELEC 1", "syntax error"),
    ("SELECT (1", "incomplete input"),
    ("SELECT json('{')", "malformed JSON"),
    ("SELECT json_extract('{}', 'x')", "path"),
    ("SELECT abs(-9223372036854775808)", "integer overflow"),
    // Too large.
    ("SELECT replace(printf('%.*c', 900000, 'x'), 'x', 'xxxxxxxxxx')", "longer than"),
    ("SELECT hex(printf('%.*c', 900000, 'x'))", "longer than"),
    ("SELECT printf('%.*c', 900000, 'x') || printf('%.*c', 900000, 'x')", "longer than"),
    ("SELECT printf('%.*c', 900000, 'x')", "one row is larger"),
    (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT group_concat('0123456789012345') FROM n",
        "longer than",
    ),
    // For ever.
    (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        "stopped after 2 s",
    ),
    ("WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT max(i) FROM n", "stopped"),
    (
        "SELECT count(*) FROM dhcp_leases a, dhcp_leases b, dhcp_leases c, dhcp_leases d, dhcp_leases e",
        "stopped after 2 s",
    ),
    (
        "SELECT a.hostname FROM dhcp_leases a, dhcp_leases b, dhcp_leases c, dhcp_leases d ORDER BY random()",
        "stopped",
    ),
    (
        "SELECT a.hostname, count(*) FROM dhcp_leases a, dhcp_leases b, dhcp_leases c, dhcp_leases d GROUP BY a.ip || b.ip || c.ip || d.ip",
        "stopped",
    ),
    (
        "WITH RECURSIVE n(i, s) AS (SELECT 1, 'x' UNION ALL SELECT i + 1, s || s || s FROM n) SELECT max(length(s)) FROM n",
        "longer than",
    ),
    // Memory.
    (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT json_group_array(printf('%.*c', 900000, 'x')) FROM n",
        "",
    ),
    (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT json_group_object(i, printf('%.*c', 900000, 'x')) FROM n",
        "",
    ),
    (
        "WITH RECURSIVE n(i, s) AS (SELECT 1, printf('%.*c', 900000, 'x') UNION ALL SELECT i + 1, s FROM n) SELECT count(*) FROM (SELECT s FROM n ORDER BY i DESC)",
        "stopped",
    ),
    (
        "WITH RECURSIVE n(i, s) AS (SELECT 1, printf('%.*c', 900000, 'x') UNION SELECT i + 1, s FROM n) SELECT count(*) FROM n",
        "stopped",
    ),
    (
        "WITH RECURSIVE n(i, s) AS MATERIALIZED (SELECT 1, printf('%.*c', 900000, 'x') UNION ALL SELECT i + 1, s FROM n LIMIT 100000) SELECT count(*) FROM n a JOIN n b USING (i)",
        "stopped",
    ),
    (
        "SELECT sum(length(w)) FROM (SELECT group_concat(hostname) OVER (ORDER BY random() ROWS UNBOUNDED PRECEDING) AS w FROM (SELECT a.hostname FROM dhcp_leases a, dhcp_leases b, dhcp_leases c))",
        "",
    ),
];

/// Answered, however mean: small answers in little time.
const BOUNDED: &[&str] = &[
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
    "SELECT a.ip FROM dhcp_leases a, dhcp_leases b, dhcp_leases c, dhcp_leases d",
    "SELECT json_each.value FROM json_each('[1,2,3]'), dhcp_leases a, dhcp_leases b, dhcp_leases c",
    "SELECT printf('%.*c', 2000000000, 'x')",
    "SELECT length(printf('%2000000000d', 1))",
    "SELECT printf('%.*c', 900, 'x') FROM dhcp_leases a, dhcp_leases b",
    "SELECT printf('%.*c', 100000, 'x') LIKE printf('%.*c', 60, '%a') || 'b'",
];

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
        for sql in BOUNDED {
            let (result, took) = server.sql(sql);
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

/// Statements as an analyst writes them.
const ORDINARY: &[&str] = &[
    "SELECT count(*) FROM dhcp_leases",
    "SELECT interface_name, count(*) AS n FROM dhcp_leases GROUP BY 1 ORDER BY n DESC",
    "SELECT ip, hostname, mac FROM dhcp_leases WHERE interface_name = 'IOT' ORDER BY ip_sort LIMIT 5",
    "SELECT ip, datetime(expires, 'unixepoch') FROM dhcp_leases WHERE expires IS NOT NULL ORDER BY expires LIMIT 3",
    "SELECT l.ip, a.mac FROM dhcp_leases l JOIN arp a ON a.ip_sort = l.ip_sort",
    "SELECT r.ip, r.hostname FROM dhcp_reservations r LEFT JOIN dhcp_leases l ON l.ip_sort = r.ip_sort WHERE l.ip IS NULL",
    "SELECT mac, count(DISTINCT ip) AS addresses FROM arp GROUP BY mac HAVING addresses > 1",
    "SELECT v.tag, v.interface_name, count(a.ip) FROM vlans v LEFT JOIN arp a ON a.interface_name = v.interface_name GROUP BY v.tag",
    "SELECT action, count(*) FROM firewall_rules GROUP BY action",
    "SELECT action, interface_name, source, destination FROM firewall_rules WHERE kind = 'interface' ORDER BY position LIMIT 10",
    "SELECT name FROM aliases WHERE content LIKE '%10.%'",
    "SELECT substr(mac, 1, 8) AS oui, count(*) FROM arp GROUP BY oui ORDER BY 2 DESC LIMIT 5",
    "SELECT hostname, count(*) FROM dhcp_leases GROUP BY hostname HAVING count(*) > 1",
    "WITH on_iot AS (SELECT mac FROM arp WHERE interface_name = 'IOT') SELECT count(*) FROM on_iot",
    "SELECT ip, rank() OVER (PARTITION BY interface_name ORDER BY expires) FROM dhcp_leases LIMIT 5",
    "SELECT interface_name, group_concat(hostname, ', ') FROM dhcp_leases GROUP BY 1",
    "SELECT json_group_array(tag) FROM vlans",
    "SELECT * FROM firewalls",
    "SELECT outcome, count(*) FROM runs GROUP BY outcome",
    "SELECT domain, source, state, datetime(good_at / 1000, 'unixepoch') FROM sources",
    "SELECT domain, rows FROM domains ORDER BY rows DESC",
    "SELECT count(*) FROM rejects",
    "SELECT ip FROM arp EXCEPT SELECT ip FROM dhcp_leases",
    "SELECT ip FROM arp INTERSECT SELECT ip FROM dhcp_leases LIMIT 5",
    "SELECT 'leases' AS what, count(*) FROM dhcp_leases UNION ALL SELECT 'arp', count(*) FROM arp",
    "SELECT CASE WHEN reserved THEN 'reserved' ELSE 'dynamic' END AS kind, count(*) FROM dhcp_leases GROUP BY kind",
    "SELECT lower(hostname), upper(state), coalesce(vendor, '?') FROM dhcp_leases LIMIT 3",
    "SELECT min(expires), max(expires), avg(expires) FROM dhcp_leases",
    "SELECT strftime('%H', expires, 'unixepoch') AS hour, count(*) FROM dhcp_leases GROUP BY hour",
    "SELECT name, json_each.value FROM aliases, json_each('[\"' || replace(content, ',', '\",\"') || '\"]') LIMIT 5",
    "SELECT d.domain, row_key FROM address_ranges d WHERE d.field = 'content' LIMIT 3",
    "VALUES (1, 'one'), (2, 'two')",
    "SELECT 1;",
    "EXPLAIN QUERY PLAN SELECT * FROM dhcp_leases WHERE mac = '00:00:00:00:00:00'",
];

#[tokio::test]
async fn ordinary_statements_work_and_say_of_what_moment_they_are() {
    let index = Index::new().await;
    let sim = Simulator::start(SimOptions::default()).await.unwrap();
    run(&index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose())).await;
    let ask = index.ask();
    let sql = |text: &str| Sql { statement: text.to_owned(), limit: Some(1_000), bytes: 1 << 20 };
    for text in ORDINARY {
        let answer = ask.sql(&sql(text)).await.unwrap_or_else(|cause| panic!("{text}: {cause}"));
        assert!(!answer.columns.is_empty() && !answer.truncated, "{text}");
        assert!(answer.rows.iter().all(|row| row.len() == answer.columns.len()), "{text}");
        let reads = opndex::domain::ALL.iter().any(|d| text.contains(d.name()));
        let plan = text.starts_with("EXPLAIN");
        assert_eq!(answer.freshness.as_of.is_some(), reads || plan, "{text}");
    }
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
