//! How the program ends when something is wrong, and what it never shows.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use opndex::sim::Fault;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use tempfile::TempDir;

use super::{Home, PROGRAM, bare, json, text, write_private};

#[test]
fn a_domain_that_fails_keeps_its_rows_and_says_why() {
    let home = Home::synced();
    let before = home.json(&["query", "vlans"])["rows"].clone();
    home.simulator.fault("interfaces/vlan_settings", Fault::Status(403));
    home.opndex(&["sync"]).code(1).stdout(contains("· partial ·").and(contains("denied")));
    let after = home.json(&["query", "vlans"]);
    assert_eq!(after["rows"], before);
    assert_eq!((&after["stale"], &after["complete"]), (&Value::from(true), &Value::from(false)));
    home.opndex(&["query", "vlans", "--format", "csv"])
        .code(0)
        .stderr(contains("· stale\n").and(contains("note: ")).and(contains("may not read")));
    home.simulator.clear_faults();
    home.opndex(&["sync"]).code(0);
    home.opndex(&["query", "vlans"]).code(0).stderr(contains("complete"));
}

#[test]
fn wrong_credentials_cost_one_request_and_end_with_three() {
    let home = Home::new();
    let settings = home.settings_with("w1wrongsecret");
    home.simulator.reset_stats();
    bare(home.folder.path())
        .arg("--config")
        .arg(settings)
        .arg("sync")
        .assert()
        .code(3)
        .stdout(contains("does not accept the API key").and(contains("w1wrongsecret").not()))
        .stderr("");
    assert_eq!(home.simulator.stats().requests, 1);
}

#[test]
fn a_firewall_that_is_not_there_ends_with_three_and_the_rows_stay() {
    let home = Home::synced();
    home.simulator.fault("/", Fault::Reset);
    home.opndex(&["sync"]).code(3).stdout(contains("· failed ·"));
    home.opndex(&["query", "vlans", "--count"])
        .code(0)
        .stdout("5 rows\n")
        .stderr(contains("stale"));
    home.opndex(&["status"]).code(0).stdout(contains("last run failed"));
}

#[test]
fn a_question_without_a_database_says_how_to_make_one() {
    let folder = TempDir::new().unwrap();
    let ask = |arguments: &[&str]| bare(folder.path()).args(arguments).assert().code(2).stdout("");
    ask(&["status", "--database", "none.db"])
        .stderr(contains("error: no database at none.db").and(contains("`opndex sync`")));
    let refused = ask(&["locate", "nas", "--database", "none.db", "--format", "json"]);
    let error = json(&refused.get_output().stderr);
    assert!(error["error"]["message"].as_str().unwrap().starts_with("no database at none.db"));
    assert_eq!(error["error"]["causes"], serde_json::json!([]));
    assert!(!folder.path().join("none.db").exists());
}

#[test]
fn a_file_that_is_no_database_is_a_fault_with_its_cause() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("notes.txt"), "no database, ".repeat(1_000)).unwrap();
    bare(folder.path())
        .args(["status", "--database", "notes.txt"])
        .assert()
        .code(70)
        .stdout("")
        .stderr(predicates::str::starts_with("error: ").and(contains("\n  because: ")));
    assert!(
        fs::read_to_string(folder.path().join("notes.txt")).unwrap().starts_with("no database")
    );
}

#[cfg(unix)]
#[test]
fn the_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::synced();
    assert_eq!(fs::metadata(home.database()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn no_secret_is_printed_logged_or_stored() {
    let home = Home::new();
    let log = home.path("trace.log");
    let log = log.to_str().unwrap();
    let traced: [&[&str]; 5] = [
        &["sync", "--log", "trace,h2=trace,hyper=trace,reqwest=trace,rustls=trace,sqlx=trace"],
        &["sync", "--log", "trace", "--log-json", "--log-file", log],
        &["query", "aliases", "--limit", "1000", "--log", "trace"],
        &["locate", "nas", "--log", "trace"],
        &["status", "--log", "trace", "--format", "json"],
    ];
    let (key, secret) = (home.simulator.key(), home.simulator.secret());
    let secrets = [key.expose(), secret.expose(), "SIM-SECRET-"];
    let clean = |what: &str, bytes: &[u8]| {
        let shown = String::from_utf8_lossy(bytes);
        for secret in secrets {
            assert!(!shown.contains(secret), "a secret in {what}");
        }
    };
    for arguments in traced {
        let done = home.opndex(arguments).code(0);
        clean("the answer", &done.get_output().stdout);
        clean("the log", &done.get_output().stderr);
    }
    assert!(fs::metadata(log).unwrap().len() > 0, "the log was written");
    for entry in fs::read_dir(home.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "toml") {
            clean(&path.display().to_string(), &fs::read(&path).unwrap());
        }
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let home = Home::synced();
    let mut child = Process::new(PROGRAM)
        .arg("--config")
        .arg(home.settings())
        .args(["query", "arp", "--limit", "1000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(0));
    assert!(!text(&done.stderr).contains("error"), "{}", text(&done.stderr));
}

#[cfg(unix)]
#[test]
fn an_interrupted_sync_stops_in_order() {
    let home = Home::synced();
    home.simulator.set_latency(Duration::from_mins(1));
    home.simulator.reset_stats();
    let child = Process::new(PROGRAM)
        .arg("--config")
        .arg(home.settings())
        .arg("sync")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // It listens to signals before it sends its first request.
    while home.simulator.stats().requests == 0 {
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    assert!(Process::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(130));
    assert!(text(&done.stdout).contains("· stopped ·"), "{}", text(&done.stdout));
    home.opndex(&["query", "vlans", "--count"]).code(0).stdout("5 rows\n");
}

#[test]
fn serving_ends_with_its_input_and_writes_nothing_else() {
    let home = Home::synced();
    home.command(&["serve"]).write_stdin("").assert().code(0).stdout("");
    home.command(&["demo", "--serve", "--devices", "20"])
        .write_stdin("")
        .assert()
        .code(0)
        .stdout("");
}

/// What a client says first, and a question to which there is always an answer.
const HELLO: &str = concat!(
    r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"it","version":"0"}}}"#,
    "\n",
    r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
    "\n",
);
const PING: &str = "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"ping\"}\n";

/// Generous; by hand it is below 0.1 s. The promise is 2 s.
const ENDED_WITHIN: Duration = Duration::from_secs(6);

/// Every line of `said` is a message of JSON-RPC; says their ids.
fn only_messages(said: &[u8], what: &str) -> Vec<Value> {
    let lines = text(said);
    assert!(lines.is_empty() || lines.ends_with('\n'), "{what}: {lines}");
    let message = |line: &str| {
        let message: Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("{what}: {line}"));
        assert_eq!(message["jsonrpc"], "2.0", "{what}: {line}");
        message["id"].clone()
    };
    lines.lines().map(message).collect()
}

#[test]
fn wrong_settings_end_a_service_with_two_and_not_a_word_to_its_client() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("opndex.toml");
    let firewall =
        "[firewall]\nurl = \"http://127.0.0.1:9\"\napi_key = \"k\"\napi_secret = \"s\"\n";
    let keyless = "[firewall]\nurl = \"http://127.0.0.1:9\"\n";
    let file = format!("{firewall}url = \"file:///etc/passwd\"\n");
    let scheme = firewall.replace("http://127.0.0.1:9", "ftp://127.0.0.1");
    let pinned = format!("{firewall}pin = \"SHA256:zz\"\n");
    for (settings, part) in [
        ("databse = \"x\"\n", "did you mean `database`?"),
        ("[[[", "is not TOML"),
        (keyless, "no credentials"),
        (&file, "duplicate key"),
        (&scheme, "http"),
        (&pinned, "pin"),
    ] {
        write_private(&path, settings);
        for arguments in [&["serve"][..], &["serve", "--http", "127.0.0.1:0"]] {
            bare(folder.path())
                .arg("--config")
                .arg(&path)
                .args(arguments)
                .write_stdin([HELLO, PING].concat())
                .assert()
                .code(2)
                .stdout("")
                .stderr(predicates::str::starts_with("error: ").and(contains(part)));
        }
    }
    let serve = |arguments: &[&str]| {
        bare(folder.path()).args(arguments).write_stdin(HELLO).assert().stdout("")
    };
    serve(&["--config", "none.toml", "serve"]).code(2).stderr(contains("cannot read settings"));
    serve(&["--config", ".", "serve"]).code(2).stderr(contains("cannot read settings"));
    serve(&["serve", "--wat"]).code(2).stderr(contains("--wat"));
    fs::write(folder.path().join("notes.txt"), "no database, ".repeat(1_000)).unwrap();
    serve(&["serve", "--database", "notes.txt"]).code(70).stderr(contains("because: "));
    serve(&["serve", "--database", "none/none/x.db", "--log-file", "/dev/full/x"]).failure();
}

#[test]
fn standard_output_has_json_rpc_and_nothing_else_whatever_comes_in() {
    let home = Home::new();
    home.simulator.fault("/", Fault::Status(500));
    let long = |count: usize| [vec![b'x'; count], vec![b'\n']].concat();
    let asked = "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/call\",\"params\":{\"name\":\"locate\",\"arguments\":{\"what\":\"";
    let lines: [&[u8]; 17] = [
        b"hello\n",
        b"{\n",
        b"}\n",
        b"\n\r\n\n",
        b"[]\n",
        b"7\n",
        b"null\n",
        b"{}\n",
        b"{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}\n",
        b"[{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"ping\"}]\n",
        b"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}\n",
        b"\0\x01\x02\n",
        b"\xff\xfe\xfd\n",
        b"{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"\xff\"}\n",
        &long(1 << 20),
        &long(17 << 20),
        &[asked.as_bytes(), &b"[".repeat(100_000), b"\n"].concat(),
    ];
    for (at, line) in lines.iter().enumerate() {
        let what = String::from_utf8_lossy(&line[..line.len().min(60)]).into_owned();
        // Before the client has said who it is, and afterwards.
        for order in
            [[line, HELLO.as_bytes(), PING.as_bytes()], [HELLO.as_bytes(), line, PING.as_bytes()]]
        {
            let done = home
                .command(&["serve", "--log", "trace"])
                .write_stdin(order.concat())
                .assert()
                .code(0);
            let output = done.get_output();
            let ids = only_messages(&output.stdout, &what);
            assert!(
                ids.contains(&Value::from(1)) && ids.contains(&Value::from(9)),
                "{at} {what}: {ids:?}"
            );
        }
    }
    // Whoever begins with an answer is no client.
    let answer = ["{\"jsonrpc\":\"2.0\",\"id\":77,\"result\":{}}\n", HELLO].concat();
    let done = home.command(&["serve"]).write_stdin(answer).assert().code(2).stdout("");
    done.stderr(contains("error: the client's first message is no MCP request"));
    // A line that never ends is no message.
    let cut = [HELLO, PING, "{\"jsonrpc\":\"2.0\",\"id\":4"].concat();
    let done = home.command(&["serve"]).write_stdin(cut).assert().code(0);
    assert_eq!(only_messages(&done.get_output().stdout, "cut"), [1, 9]);
}

#[test]
fn a_firewall_that_is_not_there_is_told_on_the_error_stream_alone() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    drop(taken);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("opndex.toml");
    write_private(
        &path,
        &format!(
            "database = \"opndex.db\"\n[firewall]\nname = \"home\"\nurl = \"http://{address}\"\napi_key = \"k\"\napi_secret = \"s\"\n"
        ),
    );
    let mut served = Process::new(PROGRAM)
        .arg("--config")
        .arg(&path)
        .args(["serve", "--log", "trace"])
        .env("RUST_LOG", "trace")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = served.stdin.take().unwrap();
    let refresh = "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/call\",\"params\":{\"name\":\"refresh\",\"arguments\":{}}}\n";
    write!(input, "{HELLO}{refresh}").unwrap();
    let mut output = BufReader::new(served.stdout.take().unwrap());
    let (mut said, mut line) = (String::new(), String::new());
    while !line.contains("\"id\":3") {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "{said}");
        said.push_str(&line);
    }
    assert!(line.contains("failed"), "{line}");
    drop(input);
    output.read_to_string(&mut said).unwrap();
    let done = served.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(0));
    only_messages(said.as_bytes(), "refresh");
    assert!(text(&done.stderr).contains("home"), "{}", text(&done.stderr));
}

/// Whoever runs is gone at the end of the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}

impl Served {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        Self(
            Process::new(PROGRAM)
                .arg("--config")
                .arg(home.settings())
                .args(arguments)
                .current_dir(home.folder.path())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap(),
        )
    }

    #[cfg(unix)]
    fn terminate(&self) {
        let pid = self.0.id().to_string();
        assert!(Process::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// The exit code and what was said; it must have come soon.
    fn ended(&mut self) -> (Option<i32>, Vec<u8>) {
        let began = Instant::now();
        let mut said = Vec::new();
        self.0.stdout.take().unwrap().read_to_end(&mut said).unwrap();
        let code = self.0.wait().unwrap().code();
        assert!(began.elapsed() < ENDED_WITHIN, "{:?}", began.elapsed());
        (code, said)
    }
}

#[cfg(unix)]
#[test]
fn a_sync_that_waits_for_a_slow_firewall_does_not_hold_the_end_up() {
    let home = Home::synced();
    home.simulator.set_latency(Duration::from_mins(1));
    let in_flight = || {
        home.simulator.reset_stats();
        let served = Served::start(&home, &["serve"]);
        while home.simulator.stats().requests == 0 {
            std::thread::yield_now();
        }
        served
    };
    // The client goes.
    let mut served = in_flight();
    let mut input = served.0.stdin.take().unwrap();
    write!(input, "{HELLO}{PING}").unwrap();
    drop(input);
    let (code, said) = served.ended();
    assert_eq!((code, only_messages(&said, "closed")), (Some(0), vec![1.into(), 9.into()]));
    // It is told to end, with a client that asked for a sync of its own and waits.
    let mut served = in_flight();
    let refresh = "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/call\",\"params\":{\"name\":\"refresh\",\"arguments\":{}}}\n";
    let mut input = served.0.stdin.take().unwrap();
    write!(input, "{HELLO}{refresh}").unwrap();
    let mut output = BufReader::new(served.0.stdout.take().unwrap());
    let mut first = String::new();
    output.read_line(&mut first).unwrap();
    served.0.stdout = Some(output.into_inner());
    served.terminate();
    let (code, said) = served.ended();
    drop(input);
    assert_eq!(code, Some(0));
    only_messages(first.as_bytes(), "first");
    only_messages(&said, "told to end");
    home.opndex(&["query", "vlans", "--count"]).code(0).stdout("5 rows\n");
}

/// Opens a stream of events, and waits for the first one.
fn listening(address: &str, session: bool) -> BufReader<TcpStream> {
    let ask = |request: String| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(ENDED_WITHIN)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        BufReader::new(stream)
    };
    let post = |body: &str, more: &str| {
        format!(
            "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let until = |stream: &mut BufReader<TcpStream>, start: &str| loop {
        let mut line = String::new();
        assert!(stream.read_line(&mut line).unwrap() > 0, "no {start}");
        if line.to_lowercase().starts_with(start) {
            return line;
        }
    };
    let mut stream = if session {
        let mut opening = ask(post(HELLO.lines().next().unwrap(), ""));
        let id = until(&mut opening, "mcp-session-id: ");
        let more = format!("{}\r\nMCP-Protocol-Version: 2025-11-25\r\n", id.trim());
        drop(ask(post(HELLO.lines().nth(1).unwrap(), &more)));
        ask(format!(
            "GET /mcp HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n{more}\r\n"
        ))
    } else {
        let meta = r#"{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"it","version":"0"},"io.modelcontextprotocol/clientCapabilities":{}}"#;
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{{"_meta":{meta},"notifications":{{"resourcesListChanged":true}}}}}}"#
        );
        ask(post(&body, "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: subscriptions/listen\r\n"))
    };
    until(&mut stream, "data: ");
    stream
}

#[cfg(unix)]
#[test]
fn clients_that_listen_do_not_hold_the_end_up() {
    let home = Home::synced();
    for command in [
        &["serve", "--http", "127.0.0.1:0"][..],
        &["demo", "--serve", "--http", "127.0.0.1:0", "--devices", "20"],
    ] {
        let mut served = Served::start(&home, command);
        let mut log = BufReader::new(served.0.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "it said where it listens");
            if let Some((_, rest)) = line.split_once("answering MCP on http://") {
                break rest.split('/').next().unwrap().to_owned();
            }
        };
        let mut streams: Vec<_> = (0..5).map(|n| listening(&address, n % 2 == 0)).collect();
        served.terminate();
        let (code, said) = served.ended();
        assert_eq!((code, text(&said).as_str()), (Some(0), ""));
        for stream in &mut streams {
            let mut rest = Vec::new();
            // Ended or reset: no more comes.
            let _closed = stream.read_to_end(&mut rest);
            assert!(TcpStream::connect(&address).is_err());
        }
    }
}
