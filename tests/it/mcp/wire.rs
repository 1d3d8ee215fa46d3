//! The smallest MCP client there is.

use std::time::{Duration, Instant};

use opndex::ask::Ask;
use opndex::mcp::{McpError, Server};
use opndex::sync::Refresher;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Larger than any answer here, so that neither side waits for the other.
pub(super) const PIPE: usize = 1 << 20;

/// Long enough for a loaded machine, far below the five seconds that rmcp alone would take to end.
pub(super) const QUICK: Duration = Duration::from_secs(2);

/// A client that sees every byte.
pub(super) struct Wire {
    pub(super) write: WriteHalf<DuplexStream>,
    read: Lines<BufReader<ReadHalf<DuplexStream>>>,
    server: JoinSet<Result<(), McpError>>,
    pub(super) cancel: CancellationToken,
    next_id: u32,
    pub(super) initialized: Value,
    /// Everything the server ever said.
    pub(super) said: String,
    pub(super) notified: Vec<Value>,
}

impl Wire {
    pub(super) async fn open(ask: Ask, refresher: Option<Refresher>, version: &str) -> Self {
        Self::to(Server::new(ask, refresher), version).await
    }

    pub(super) async fn to(door: Server, version: &str) -> Self {
        let (near, far) = tokio::io::duplex(PIPE);
        let cancel = CancellationToken::new();
        let mut server = JoinSet::new();
        server.spawn(door.serve(far, cancel.clone()));
        let (read, write) = tokio::io::split(near);
        let read = BufReader::new(read).lines();
        let mut wire = Self {
            write,
            read,
            server,
            cancel,
            next_id: 0,
            initialized: Value::Null,
            said: String::new(),
            notified: Vec::new(),
        };
        let client = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "it", "version": "0" } });
        wire.initialized = wire.ask("initialize", client).await["result"].clone();
        wire.write(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        wire
    }

    pub(super) async fn write(&mut self, message: &Value) {
        self.write.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    pub(super) async fn send(&mut self, method: &str, params: Value) -> u32 {
        self.next_id += 1;
        let id = self.next_id;
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await;
        id
    }

    pub(super) async fn answer(&mut self, id: u32) -> Value {
        loop {
            let line = self.read.next_line().await.unwrap().expect("the server said nothing more");
            let message: Value = serde_json::from_str(&line).expect("only JSON-RPC on the wire");
            self.said.push_str(&line);
            if message["id"] == id {
                return message;
            }
            self.notified.push(message);
        }
    }

    pub(super) async fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        self.answer(id).await
    }

    pub(super) async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({ "name": tool, "arguments": arguments })).await["result"]
            .clone()
    }

    /// The data of a call that must succeed.
    pub(super) async fn data(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments).await;
        assert_eq!(result["isError"], false, "{result}");
        result["structuredContent"].clone()
    }

    /// The message of a call that must be refused.
    pub(super) async fn refusal(&mut self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments).await;
        assert_eq!(result["isError"], true, "{result}");
        assert!(result.get("structuredContent").is_none(), "{result}");
        text(&result)
    }

    /// Waits until the server has ended, and says how long it took.
    pub(super) async fn ended(mut self) -> Duration {
        let started = Instant::now();
        tokio::time::timeout(QUICK, self.server.join_next())
            .await
            .expect("quickly")
            .unwrap()
            .unwrap()
            .unwrap();
        started.elapsed()
    }
}

pub(super) fn text(result: &Value) -> String {
    result["content"][0]["text"].as_str().unwrap().to_owned()
}

pub(super) fn bytes(value: &Value) -> usize {
    value.to_string().len()
}
