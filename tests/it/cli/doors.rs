//! `sql`, and `serve --http` as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::json;

use super::{Home, PROGRAM, text};

#[test]
fn sql_answers_in_every_form_and_says_how_to_repair_a_mistake() {
    let home = Home::synced();
    let select = "SELECT tag, interface_name FROM vlans ORDER BY tag LIMIT 2";
    home.opndex(&["sql", select])
        .code(0)
        .stdout(contains("tag  interface_name").and(contains("20   GUEST")))
        .stderr(contains("2 rows · as of "));
    home.opndex(&["sql", select, "--format", "csv"])
        .code(0)
        .stdout(contains("tag,interface_name\n"));
    let answer = home.json(&["sql", "SELECT count(*) AS n FROM vlans"]);
    assert_eq!((&answer["columns"], &answer["rows"]), (&json!(["n"]), &json!([[5]])));
    home.opndex(&["sql", "SELECT ip FROM arp", "--limit", "3"])
        .code(0)
        .stderr(contains("3 rows, and there are more").and(contains("only the first 3 rows")));
    home.opndex(&["sql", "SELECT char(27) || '[31mred' AS x"])
        .code(0)
        .stdout(contains("[31mred").and(contains("\u{1b}").not()));
    home.opndex(&["sql", "SELECT hostnme FROM arp"])
        .code(2)
        .stdout("")
        .stderr(contains("no column `hostnme`"));
    home.opndex(&["sql", "DELETE FROM vlans"]).code(2).stderr(contains("only reading is possible"));
    home.opndex(&["sql"])
        .code(0)
        .stdout(contains("CREATE TABLE vlans").and(contains("TABLE chunks").not()));
}

struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        // Whether it still ran or not, it is gone afterwards.
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn served_over_http_it_stops_in_order_and_leaves_a_token_of_its_own() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::synced();
    let mut served = Served(
        Process::new(PROGRAM)
            .arg("--config")
            .arg(home.settings())
            .args(["serve", "--http", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut log = BufReader::new(served.0.stderr.take().unwrap());
    let mut line = String::new();
    let address = loop {
        line.clear();
        assert!(log.read_line(&mut line).unwrap() > 0, "it said where it listens");
        if let Some((_, rest)) = line.split_once("http://") {
            break rest.split('/').next().unwrap().to_owned();
        }
    };
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(stream, "GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with(r#"{"status":"ok"}"#), "{answer}");
    let token = std::fs::metadata(home.path("opndex.token")).unwrap();
    assert_eq!(token.permissions().mode() & 0o777, 0o600);
    let began = Instant::now();
    let pid = served.0.id().to_string();
    assert!(Process::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(served.0.wait().unwrap().code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    let mut said = Vec::new();
    served.0.stdout.take().unwrap().read_to_end(&mut said).unwrap();
    assert_eq!(text(&said), "");
}

#[test]
fn an_address_that_is_taken_and_half_a_certificate_are_refused() {
    let home = Home::synced();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    home.opndex(&["serve", "--http", &address]).code(2).stderr(contains("cannot listen on"));
    home.opndex(&["serve", "--http", "127.0.0.1:0", "--serve-tls-cert", "cert.pem"])
        .code(2)
        .stderr(contains("serve.tls_key"));
    home.opndex(&["serve", "--http", "nowhere"]).code(2).stderr(contains("--http"));
    std::fs::write(home.path("opndex.token"), "short").unwrap();
    home.opndex(&["serve", "--http", "127.0.0.1:0"]).code(2).stderr(contains("token file"));
}
