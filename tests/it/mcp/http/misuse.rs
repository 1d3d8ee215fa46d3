//! What no client sends by accident. Each time the server goes on answering.

use std::time::Duration;

use opndex::web::Limits;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::super::index::index;
use super::client::{Door, header, message, post, request, send, status};
use super::{LIST, PATIENCE, initialize};

const BRIEF: Duration = Duration::from_millis(300);

/// Sends `head`, and then `piece` again and again until the server has had enough.
async fn trickle(door: &Door, head: &str, piece: &str) -> String {
    let mut stream = door.connect().await;
    send(&mut stream, head).await;
    let mut answer = Vec::new();
    let talking = async {
        loop {
            // Long before the deadline of anything smaller than a whole.
            let read = stream.read_buf(&mut answer);
            match timeout(BRIEF / 30, read).await {
                Ok(Ok(0) | Err(_)) => return,
                Ok(Ok(_)) => {}
                Err(_) => send(&mut stream, piece).await,
            }
        }
    };
    timeout(PATIENCE, talking).await.expect("let go in time");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn what_comes_in_drops_must_all_the_same_be_there_in_time() {
    let index = index().await;
    let limits = Limits { headers_within: BRIEF, body_within: BRIEF, ..Limits::default() };
    let door = Door::open(&index, false, limits).await;
    let head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n";
    for (rest, piece) in [
        ("Content-Length: 100000\r\n\r\n{", " "),
        ("Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", "1\r\n \r\n"),
        // The size of a chunk, one digit at a time.
        ("Transfer-Encoding: chunked\r\n\r\n", "0"),
    ] {
        let answer = trickle(&door, &format!("{head}{rest}"), piece).await;
        assert!(matches!(status(&answer), 400 | 408), "{rest}: {answer}");
    }
    for (start, piece) in [(head, "X-A: b\r\n"), ("GET /", "x"), ("", "\r\n")] {
        let answer = trickle(&door, start, piece).await;
        assert!(matches!(status(&answer), 0 | 400 | 408), "{start}: {answer}");
    }
    // Behind a request that was answered, on the same connection.
    let answer = trickle(&door, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /h", "x").await;
    assert_eq!(status(&answer), 200, "{answer}");
    door.still_answers().await;
}

#[tokio::test]
async fn whoever_asks_and_never_reads_is_let_go() {
    let index = index().await;
    let limits = Limits { taken_within: BRIEF, connections: 1, ..Limits::default() };
    let door = Door::open(&index, false, limits).await;
    let mut deaf = door.connect().await;
    // More answers than the two systems keep for him.
    let asking = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20_000);
    let told = timeout(PATIENCE, send(&mut deaf, &asking)).await;
    assert!(told.is_ok(), "his connection ends");
    // The only place there is.
    door.still_answers().await;
    drop(deaf);
}

/// The headers of a session that is ready to be used.
async fn session(door: &Door, with: &[(&str, &str)]) -> Vec<(String, String)> {
    let answer = door.raw(&post(&initialize("2025-11-25"), with)).await;
    let id = header(&answer, "mcp-session-id").expect(&answer);
    let mut headers: Vec<(String, String)> =
        with.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    headers.push(("mcp-session-id".to_owned(), id));
    headers.push(("mcp-protocol-version".to_owned(), "2025-11-25".to_owned()));
    let ready = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    assert_eq!(status(&door.raw(&post(ready, &pairs(&headers))).await), 202);
    headers
}

fn pairs(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn a_session_opens_nothing_for_whoever_only_knows_its_name() {
    let index = index().await;
    let door = Door::open(&index, true, Limits::default()).await;
    let token = format!("Bearer {}", door.token);
    let own = session(&door, &[("authorization", &token)]).await;
    let named = pairs(&own[1..]);
    let with = |more: &[(&'static str, &'static str)], token: bool| {
        let mut all = if token { pairs(&own) } else { named.clone() };
        all.extend_from_slice(more);
        all.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect::<Vec<_>>()
    };
    for (headers, refused) in [
        (with(&[], false), 401),
        (with(&[("authorization", "Bearer 0000")], false), 401),
        (with(&[("authorization", "Basic b3BuZGV4")], false), 401),
        (with(&[("origin", "http://evil.example")], true), 403),
        (with(&[("origin", "null")], true), 403),
    ] {
        for asked in [
            post(LIST, &pairs(&headers)),
            request("GET", "/mcp", &pairs(&headers), ""),
            request("DELETE", "/mcp", &pairs(&headers), ""),
        ] {
            assert_eq!(status(&door.raw(&asked).await), refused, "{asked}");
        }
    }
    let foreign = post(LIST, &pairs(&own)).replace("Host: localhost", "Host: evil.example");
    assert_eq!(status(&door.raw(&foreign).await), 403);
    // It is still there, and only its owner's.
    let listed = message(&door.raw(&post(LIST, &pairs(&own))).await);
    assert!(listed["result"]["tools"].is_array(), "{listed}");
    let second = session(&door, &[("authorization", &token)]).await;
    assert_ne!(own[1], second[1]);
    // Ending one that is not there ends no other.
    let made_up = [("authorization", token.as_str()), ("mcp-session-id", "made-up")];
    assert_eq!(status(&door.raw(&request("DELETE", "/mcp", &made_up, "")).await), 204);
    let delete = request("DELETE", "/mcp", &pairs(&own), "");
    assert_eq!(status(&door.raw(&delete).await), 204);
    for gone in [
        post(LIST, &pairs(&own)),
        post(&initialize("2025-11-25"), &pairs(&own)),
        request("GET", "/mcp", &pairs(&own), ""),
        request("GET", "/mcp", &[pairs(&own), vec![("last-event-id", "0/0")]].concat(), ""),
    ] {
        assert_eq!(status(&door.raw(&gone).await), 404, "{gone}");
    }
    assert_eq!(status(&door.raw(&post(LIST, &pairs(&second))).await), 200);
}

#[tokio::test]
async fn a_stream_ends_when_its_session_does() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    let own = session(&door, &[]).await;
    let mut stream = door.stream(&request("GET", "/mcp", &pairs(&own), "")).await;
    stream.begun().await;
    assert_eq!(status(&door.raw(&request("DELETE", "/mcp", &pairs(&own), "")).await), 204);
    timeout(PATIENCE, stream.last()).await.expect("the stream ends");
    door.still_answers().await;
}

#[tokio::test]
async fn requests_that_are_not_of_the_protocol_are_told_so() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    let own = session(&door, &[]).await;
    let of = |version: &'static str| {
        let mut headers = pairs(&own);
        headers.retain(|(name, _)| *name != "mcp-protocol-version");
        headers.push(("mcp-protocol-version", version));
        headers
    };
    for version in ["1999-01-01", "2999-01-01", "banana", ""] {
        for asked in [
            post(LIST, &of(version)),
            request("GET", "/mcp", &of(version), ""),
            request("DELETE", "/mcp", &of(version), ""),
        ] {
            assert_eq!(status(&door.raw(&asked).await), 400, "{asked}");
        }
    }
    // Today's revision says who asks in every request.
    let bare = post(LIST, &[("mcp-protocol-version", "2026-07-28")]);
    assert_eq!(status(&door.raw(&bare).await), 400);
    // A stream is asked for as one.
    let get = request("GET", "/mcp", &pairs(&own), "");
    for accept in ["", "Accept: application/json\r\n", "Accept: text/html\r\n"] {
        let asked = get.replace("Accept: text/event-stream\r\n", accept);
        assert_eq!(status(&door.raw(&asked).await), 406, "{accept}");
    }
    for method in ["PUT", "PATCH", "HEAD", "TRACE", "OPTIONS", "CONNECT"] {
        let answer = door.raw(&request(method, "/mcp", &pairs(&own), "")).await;
        assert!(matches!(status(&answer), 404 | 405), "{method}: {answer}");
    }
    for path in ["/mcp/", "//mcp", "/../mcp", "/MCP", "/metrics/../mcp"] {
        assert_eq!(status(&door.raw(&request("POST", path, &pairs(&own), LIST)).await), 404);
    }
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}"#,
        r#"{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}"#,
        r#"{"jsonrpc":"2.0","id":null,"method":"tools/list"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":7}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[1]}"#,
        &format!("[{LIST},{LIST}]"),
        &format!("{LIST}{LIST}"),
    ] {
        let answer = door.raw(&post(body, &pairs(&own))).await;
        assert_eq!(status(&answer), 400, "{body}: {answer}");
        assert!(message(&answer)["error"]["code"].is_i64(), "{answer}");
    }
    // Answers to what nobody asked change nothing.
    let answer = r#"{"jsonrpc":"2.0","id":77,"result":{}}"#;
    assert_eq!(status(&door.raw(&post(answer, &pairs(&own))).await), 202);
    assert_eq!(status(&door.raw(&post(LIST, &pairs(&own))).await), 200);
    door.still_answers().await;
}

/// A request with a second one in what may be taken for its body.
fn smuggling(headers: &str, body: &str) -> String {
    format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n{headers}\r\n{body}"
    )
}

#[tokio::test]
async fn nothing_is_smuggled_in_the_body_of_another_request() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    let second = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let chunks = format!("{:x}\r\n{LIST}\r\n0\r\n\r\n{second}", LIST.len());
    for headers in [
        format!("Content-Length: {}\r\nContent-Length: 3\r\n", LIST.len()),
        format!("Content-Length: {}, 3\r\n", LIST.len()),
        format!("Content-Length: +{}\r\n", LIST.len()),
        "Content-Length: 0x2e\r\n".to_owned(),
        "Content-Length: -1\r\n".to_owned(),
        "Content-Length: 99999999999999999999999\r\n".to_owned(),
        format!("Content-Length : {}\r\n", LIST.len()),
        format!("X-A: b\r\n c: d\r\nContent-Length: {}\r\n", LIST.len()),
        format!("X-A: b\rContent-Length: 3\r\nContent-Length: {}\r\n", LIST.len()),
        format!("X-A: b\0\r\nContent-Length: {}\r\n", LIST.len()),
        "Transfer-Encoding: xchunked\r\n".to_owned(),
        "Transfer-Encoding: identity\r\n".to_owned(),
        "Transfer-Encoding: chunked, identity\r\n".to_owned(),
        "Transfer-Encoding: \u{b}chunked\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n".to_owned(),
    ] {
        let answer = door.raw(&smuggling(&headers, &chunks)).await;
        assert_eq!(status(&answer), 400, "{headers}: {answer}");
        assert_eq!(answer.matches("HTTP/1.").count(), 1, "{headers}: {answer}");
    }
    // Two lengths of which one is in chunks: the chunks count, and the connection ends (RFC 9112, 6.1).
    for headers in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4000\r\n",
    ] {
        let answer = door.raw(&smuggling(headers, &chunks)).await;
        assert_eq!(answer.matches("HTTP/1.").count(), 1, "{headers}: {answer}");
        assert!(!answer.contains(r#"{"status":"ok"}"#), "{answer}");
    }
    // An older protocol has no chunks; its requests are answered and the connection ends.
    let old = |headers: &str, body: &str| smuggling(headers, body).replace("HTTP/1.1", "HTTP/1.0");
    let answer = door.raw(&old("Transfer-Encoding: chunked\r\n", &chunks)).await;
    assert_eq!(status(&answer), 400, "{answer}");
    let answer = door.raw("GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.0 200 ") && answer.ends_with(r#"{"status":"ok"}"#));
    for version in ["HTTP/1.2", "HTTP/2.0", "HTTP/3.0", "HTTQ/1.1"] {
        let other = format!("GET /health {version}\r\nHost: localhost\r\n\r\n");
        assert!(matches!(status(&door.raw(&other).await), 0 | 400), "{version}");
    }
    let preface = door.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert!(matches!(status(&preface), 0 | 400), "{preface}");
    door.still_answers().await;
}

#[tokio::test]
async fn headers_and_chunks_without_end_cost_nothing() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    let health = |more: &str| {
        format!("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n")
    };
    for bomb in [
        health(&"X-A: b\r\n".repeat(1_000)),
        health(&format!("X-A: {}\r\n", "b".repeat(1_000_000))),
        health(&format!("{}: b\r\n", "X".repeat(70_000))),
        format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(70_000)),
        "G".repeat(100_000),
    ] {
        let answer = door.raw(&bomb).await;
        assert!(matches!(status(&answer), 0 | 400 | 414 | 431), "{answer}");
    }
    for body in [
        format!("1;{}\r\n{{\r\n0\r\n\r\n", "x".repeat(100_000)),
        "fffffffffffffffff\r\n{\r\n0\r\n\r\n".to_owned(),
        format!("1\r\n{{\r\n0\r\n{}\r\n", "x: y\r\n".repeat(5_000)),
    ] {
        let answer = door.raw(&smuggling("Transfer-Encoding: chunked\r\n", &body)).await;
        assert_eq!(status(&answer), 400, "{answer}");
    }
    // Where nobody reads a body, nobody waits for it.
    for path in ["/health", "/nothing", "/metrics"] {
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n{{");
        let answer = timeout(PATIENCE, door.raw(&head)).await.expect("closed");
        assert!(matches!(status(&answer), 200 | 404), "{path}: {answer}");
    }
    // Who asks first whether to send is told no before it sends.
    let expecting = smuggling("Expect: 100-continue\r\nContent-Length: 99999999\r\n", "");
    let answer = door.raw(&expecting).await;
    assert_eq!(status(&answer), 413, "{answer}");
    let listed = door.ask("tools/list", &json!({}), &[("x-long", &"y".repeat(8_000))]).await;
    assert_eq!(status(&listed), 200);
    door.still_answers().await;
}

#[tokio::test]
async fn bytes_that_are_no_text_are_told_so() {
    let index = index().await;
    let door = Door::open(&index, false, Limits::default()).await;
    for body in [
        &b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\xfe\"}"[..],
        b"\xff\xfe{\0}\0",
        b"\x1f\x8b\x08\0\0\0\0\0",
        b"\xef\xbb\xbf",
    ] {
        let head =
            post("", &[]).replace("Content-Length: 0", &format!("Content-Length: {}", body.len()));
        let answer = door.raw_bytes(&[head.as_bytes(), body].concat()).await;
        assert_eq!(status(&answer), 400, "{answer}");
    }
    door.still_answers().await;
}
