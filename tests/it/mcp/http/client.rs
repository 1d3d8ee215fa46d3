//! An HTTP client that says exactly what it is told to say.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use opndex::mcp::Server;
use opndex::telemetry::Calls;
use opndex::web::{Gate, Limits, Listener, Observed, Token};
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, Lines,
};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::sync::CancellationToken;

use super::super::index::Index;
use super::PATIENCE;

/// A listener on a port of its own.
pub(super) struct Door {
    pub(super) address: SocketAddr,
    pub(super) token: String,
    cancel: CancellationToken,
    serving: JoinSet<()>,
    _folder: tempfile::TempDir,
}

impl Door {
    pub(super) async fn open(index: &Index, require_token: bool, limits: Limits) -> Self {
        Self::with(index, require_token, limits, None, tempfile::tempdir().unwrap()).await
    }

    /// Its own certificate, and what a client must trust.
    pub(super) async fn with_certificate(index: &Index) -> (Self, RootCertStore) {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        std::fs::write(&cert, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(made.cert.der().to_vec())).unwrap();
        let tls = Some((cert.as_path(), key.as_path()));
        (Self::with(index, false, Limits::default(), tls, folder).await, roots)
    }

    async fn with(
        index: &Index,
        require_token: bool,
        limits: Limits,
        tls: Option<(&Path, &Path)>,
        folder: tempfile::TempDir,
    ) -> Self {
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), tls, limits).await.unwrap();
        let address = listener.address();
        let (token, _) = Token::kept_in(&folder.path().join("token")).unwrap();
        let plain = token.expose().to_owned();
        let gate = Gate::new(address, vec!["nas.lan".to_owned()], token, require_token);
        let (calls, cancel) = (Calls::default(), CancellationToken::new());
        let server = Server::new(index.ask.clone(), Some(index.worker.refresher()));
        let mcp = server.counted_in(calls.clone()).over_http(cancel.clone());
        let observed = Observed { ask: index.ask.clone(), calls };
        let mut serving = JoinSet::new();
        serving.spawn(listener.serve(gate, mcp, observed, cancel.clone()));
        Self { address, token: plain, cancel, serving, _folder: folder }
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// All that comes back.
    pub(super) async fn raw(&self, request: &str) -> String {
        self.raw_bytes(request.as_bytes()).await
    }

    pub(super) async fn raw_bytes(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        send_bytes(&mut stream, request).await;
        read(stream).await
    }

    pub(super) async fn over_tls(&self, roots: RootCertStore, request: &str) -> String {
        let provider = Arc::new(default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = connector.connect(name, self.connect().await).await.unwrap();
        send(&mut stream, request).await;
        read(stream).await
    }

    /// A request of 2026-07-28.
    pub(super) fn modern(&self, method: &str, params: &Value, with: &[(&str, &str)]) -> String {
        let mut params = params.clone();
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
        params["_meta"]["io.modelcontextprotocol/clientInfo"] =
            json!({ "name": "it", "version": "0" });
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
        let name = params["name"].as_str().map(str::to_owned);
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut with = with.to_vec();
        with.extend([("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method)]);
        if let Some(name) = &name {
            with.push(("Mcp-Name", name));
        }
        post(&body.to_string(), &with)
            .replace("Host: localhost", &format!("Host: {}", self.address))
    }

    pub(super) async fn ask(&self, method: &str, params: &Value, with: &[(&str, &str)]) -> String {
        self.raw(&self.modern(method, params, with)).await
    }

    /// What comes back event by event.
    pub(super) async fn stream(&self, request: &str) -> Events {
        let mut stream = self.connect().await;
        send(&mut stream, &request.replace("Connection: close\r\n", "")).await;
        Events { lines: BufReader::new(stream).lines() }
    }

    pub(super) async fn still_answers(&self) {
        let answer = self.ask("tools/list", &json!({}), &[]).await;
        assert_eq!(status(&answer), 200, "{answer}");
    }

    pub(super) async fn stop(mut self) {
        self.cancel.cancel();
        tokio::time::timeout(PATIENCE, self.serving.join_next()).await.unwrap().unwrap().unwrap();
    }
}

/// Events of a stream.
pub(super) struct Events {
    lines: Lines<BufReader<TcpStream>>,
}

impl Events {
    /// The next message; pings and events without data are passed over.
    pub(super) async fn next(&mut self) -> Value {
        let next = async {
            loop {
                let line = self.lines.next_line().await.unwrap().expect("an event");
                if let Some(data) = line.strip_prefix("data: ").filter(|data| !data.is_empty()) {
                    return serde_json::from_str(data).unwrap();
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.expect("an event in time")
    }

    /// Waits for the first line of the answer.
    pub(super) async fn begun(&mut self) {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await;
        let line = line.expect("an answer in time").unwrap().expect("an answer");
        assert!(line.contains(" 200 "), "{line}");
    }

    /// Waits for the last chunk; the connection stays.
    pub(super) async fn last(&mut self) {
        while let Ok(Some(line)) = self.lines.next_line().await {
            if line == "0" {
                return;
            }
        }
    }

    pub(super) async fn end(&mut self) {
        while let Ok(Some(_)) = self.lines.next_line().await {}
    }
}

pub(super) async fn send(stream: &mut (impl AsyncWrite + Unpin), request: &str) {
    send_bytes(stream, request.as_bytes()).await;
}

async fn send_bytes(stream: &mut (impl AsyncWrite + Unpin), request: &[u8]) {
    // A server that closes early is one of the answers.
    let _closed = stream.write_all(request).await;
    let _closed = stream.flush().await;
}

async fn read(mut stream: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    // A reset after the answer is no less an answer.
    let reading = stream.read_to_end(&mut bytes);
    let _reset = tokio::time::timeout(PATIENCE, reading).await.expect("an answer in time");
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) fn request(method: &str, path: &str, with: &[(&str, &str)], body: &str) -> String {
    let accept =
        if method == "GET" { "text/event-stream" } else { "application/json, text/event-stream" };
    let headers: Vec<String> =
        with.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let headers = headers.concat();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nAccept: {accept}\r\n\
         {headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(super) fn post(body: &str, with: &[(&str, &str)]) -> String {
    request("POST", "/mcp", with, body)
}

/// 0 when there is none.
pub(super) fn status(answer: &str) -> u16 {
    let version = answer.strip_prefix("HTTP/1.");
    version.and_then(|rest| rest.get(2..5)?.parse().ok()).unwrap_or(0)
}

pub(super) fn header(answer: &str, name: &str) -> Option<String> {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())
}

/// The JSON of an answer, or of the only event of a stream that has data.
pub(super) fn message(answer: &str) -> Value {
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    if let Ok(value) = serde_json::from_str(body) {
        return value;
    }
    let data =
        body.lines().rev().find_map(|line| line.strip_prefix("data: ").filter(|d| !d.is_empty()));
    data.and_then(|data| serde_json::from_str(data).ok()).unwrap_or_else(|| panic!("{answer}"))
}
