//! Firewalls that hang up, or are not there.

use std::error::Error as _;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use super::*;
use crate::opnsense::PullError;

const ARP: Source =
    Source::grid("arp", "diagnostics/interface/search_arp", "page-diagnostics-arptable");
const NDP: Source =
    Source::grid("ndp", "diagnostics/interface/search_ndp", "page-diagnostics-ndptable");

/// Answers each connection with these bytes and closes it; counts them.
async fn hanging_up(answer: &'static str) -> (String, Arc<AtomicUsize>, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let (counted, mut tasks) = (Arc::clone(&count), JoinSet::new());
    tasks.spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, count, tasks)
}

/// An address where nobody listens, and nobody else can as long as the socket lives.
fn nobody() -> (String, TcpSocket) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    (format!("http://{}", socket.local_addr().unwrap()), socket)
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_three_times() {
    let (url, count, _tasks) = hanging_up("").await;
    let client = client(connection(&url));
    let error = client.pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::Unreachable { .. }), "{error:?}");
    assert!(error.is_transient() && error.source().is_some());
    assert_eq!((count.load(Ordering::SeqCst), client.requests()), (3, 3));
}

/// As the firewall's lighttpd does, and without saying so in a header.
#[tokio::test]
async fn connections_closed_after_fifteen_requests_are_not_noticed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            for _ in 0..15 {
                if stream.read(&mut [0; 4096]).await.unwrap() == 0 {
                    break;
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
            }
        }
    });
    let client = client(Connection { in_flight: Some(1), ..connection(&url) });
    for _ in 0..40 {
        client.pull(&RULES, NEW, &never()).await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer() {
    let (url, count, _tasks) =
        hanging_up("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"rows\":[").await;
    let error = client(connection(&url)).pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::Unreachable { .. }), "{error:?}");
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn something_that_is_not_http_is_asked_once() {
    let (url, count, _tasks) = hanging_up("SSH-2.0-OpenSSH_9.9\r\n").await;
    let error = client(connection(&url)).pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::Protocol { .. }), "{error:?}");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn gzip_that_is_none_is_asked_once() {
    let (url, count, _tasks) = hanging_up(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 12\r\n\r\nnot any gzip",
    )
    .await;
    let error = client(connection(&url)).pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(matches!(error, PullError::Protocol { .. }), "{error:?}");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn after_three_failures_nothing_is_sent_until_the_next_run() {
    let (url, _socket) = nobody();
    let client = client(connection(&url));
    for source in [RULES, ARP, NDP] {
        assert!(matches!(
            client.pull(&source, NEW, &never()).await,
            Err(PullError::Unreachable { .. })
        ));
    }
    let sent = client.requests();
    let error = client.pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(error.source().unwrap().to_string().starts_with("circuit open"), "{error:?}");
    assert_eq!(client.requests(), sent);
    client.reset();
    client.pull(&RULES, NEW, &never()).await.unwrap_err();
    assert!(client.requests() > sent);
}

#[tokio::test]
async fn one_endpoint_that_times_out_does_not_open_the_circuit() {
    let server = Server::answering(|seen, _| {
        let slow = if seen.path == RULES.path { 60 } else { 0 };
        Reply::from((200, "{}")).after(Duration::from_secs(slow))
    });
    let server = server.await;
    let timeout = Duration::from_millis(250);
    let client = client(Connection { request_timeout: timeout, ..connection(&server.url) });
    let mut pulls = JoinSet::new();
    for _ in 0..4 {
        let client = client.clone();
        pulls.spawn(async move { client.pull(&RULES, NEW, &never()).await });
    }
    for pulled in pulls.join_all().await {
        assert!(matches!(pulled, Err(PullError::TimedOut { .. })), "{pulled:?}");
    }
    client.pull(&ARP, NEW, &never()).await.unwrap();
}
