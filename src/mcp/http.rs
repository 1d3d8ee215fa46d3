//! MCP as a service over HTTP requests: rmcp's streamable HTTP, with what it answers wrongly put right.
//!
//! rmcp 3.11 answers malformed JSON with 415, a full house with 500 and the end of a session with 202, which
//! the Python client takes for a failure; and it takes a batch for malformed.
//! Clients of 2026-07-28 are served without sessions and get plain JSON; older ones get a session.

use std::borrow::Cow;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::session::Session;
use super::sessions::Sessions;

const SESSION: &str = "mcp-session-id";
const INITIALIZE: &str = "initialize";

/// Calls of [`QUICK`] tools that are answered at a time, the others in the order in which they came. An answer is made in
/// a dozen steps on several threads; where two hundred are made at once, each step waits behind those of all others.
const AT_ONCE: usize = 8;

/// Tools that answer about now from an index within a few milliseconds. What may take longer waits for nobody, and
/// nobody for it.
const QUICK: [&str; 6] = ["devices", "domains", "locate", "query", "report", "status"];

/// JSON-RPC 2.0, section 5.1.
const PARSE_ERROR: i32 = -32_700;
const INVALID_REQUEST: i32 = -32_600;
/// Of the range that is ours to define.
const BUSY: i32 = -32_000;

pub(super) type Answer = Response<BoxBody<Bytes, Infallible>>;

/// Answers one HTTP request. Cheap to clone.
///
/// Who may ask, and how large and slow a request may be, is the listener's business.
#[derive(Clone)]
pub struct HttpService {
    inner: Arc<StreamableHttpService<Session, Sessions>>,
    sessions: Arc<Sessions>,
    turns: Arc<Semaphore>,
}

impl HttpService {
    pub(super) fn new(
        session: impl Fn() -> Session + Send + Sync + 'static,
        cancel: CancellationToken,
    ) -> Self {
        let sessions = Arc::new(Sessions::default());
        let mut config = StreamableHttpServerConfig::default()
            // The listener's gate is stricter than rmcp's.
            .disable_allowed_hosts();
        config.json_response = true;
        config.cancellation_token = cancel;
        let inner =
            StreamableHttpService::new(move || Ok(session()), Arc::clone(&sessions), config);
        Self { inner: Arc::new(inner), sessions, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    async fn answer<B>(self, request: Request<B>) -> Answer
    where
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: std::fmt::Display,
    {
        if request.method() != Method::POST {
            let is_goodbye = request.method() == Method::DELETE;
            let mut answer = self.inner.handle(request).await;
            if is_goodbye && answer.status() == StatusCode::ACCEPTED {
                *answer.status_mut() = StatusCode::NO_CONTENT;
            }
            return answer;
        }
        let (parts, body) = request.into_parts();
        let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
            return refused(StatusCode::BAD_REQUEST, PARSE_ERROR, "the body ended early");
        };
        let message = match look(&body) {
            Ok(message) => message,
            Err((code, why)) => return refused(StatusCode::BAD_REQUEST, code, &why),
        };
        if message == Message::Opening
            && !parts.headers.contains_key(SESSION)
            && self.sessions.is_full()
        {
            let why = "every session is in use; try again in a minute, or end one with DELETE";
            return refused(StatusCode::SERVICE_UNAVAILABLE, BUSY, why);
        }
        let is_json =
            parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(
                |kind| {
                    kind.split(';')
                        .next()
                        .unwrap_or_default()
                        .trim()
                        .eq_ignore_ascii_case("application/json")
                },
            );
        // It is never closed.
        let turn = if message == Message::Quick { self.turns.acquire().await.ok() } else { None };
        let answer = self.inner.handle(Request::from_parts(parts, Full::new(body))).await;
        drop(turn);
        // The media type was right, so what rmcp could not read is the message.
        if is_json && answer.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            let why = "this is JSON but no JSON-RPC message of MCP; it needs `jsonrpc`, `method` and, for a request, `id`";
            return refused(StatusCode::BAD_REQUEST, INVALID_REQUEST, why);
        }
        answer
    }
}

/// What must be known of a message before rmcp reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    /// Opens a session.
    Opening,
    /// Calls a quick tool.
    Quick,
    Other,
}

/// A message as far as it is looked at. What is no such thing, rmcp refuses.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    params: Option<OutlineParams<'a>>,
}

#[derive(Deserialize)]
struct OutlineParams<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    arguments: Option<OutlineArguments>,
}

#[derive(Deserialize)]
struct OutlineArguments {
    as_of: Option<IgnoredAny>,
}

impl Outline<'_> {
    fn message(&self) -> Message {
        let params = self.params.as_ref();
        let is_past = params.and_then(|p| p.arguments.as_ref()).is_some_and(|a| a.as_of.is_some());
        let is_quick = params
            .and_then(|params| params.name.as_deref())
            .is_some_and(|name| QUICK.contains(&name));
        match self.method.as_deref() {
            Some(INITIALIZE) => Message::Opening,
            // An earlier state may have to be put together.
            Some("tools/call") if is_quick && !is_past => Message::Quick,
            _ => Message::Other,
        }
    }
}

/// What kind of message this is; or why it is none.
fn look(body: &[u8]) -> Result<Message, (i32, String)> {
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => {
            return Err((
                INVALID_REQUEST,
                "batches are not part of MCP; send one message at a time".to_owned(),
            ));
        }
        Some(_) => {}
        None => {
            return Err((PARSE_ERROR, "the body is empty; send one JSON-RPC message".to_owned()));
        }
    }
    if let Ok(outline) = serde_json::from_slice::<Outline<'_>>(body) {
        return Ok(outline.message());
    }
    match serde_json::from_slice::<IgnoredAny>(body) {
        // rmcp says what it is instead.
        Ok(_) => Ok(Message::Other),
        Err(cause) => Err((PARSE_ERROR, format!("the body is not JSON: {cause}"))),
    }
}

fn refused(status: StatusCode, code: i32, why: &str) -> Answer {
    let error = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code, "message": why } });
    let mut response = Response::new(Full::new(Bytes::from(error.to_string())).boxed());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}

impl<B> tower_service::Service<Request<B>> for HttpService
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: std::fmt::Display,
{
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move { Ok(this.answer(request).await) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_answered_at_once_waits_for_its_turn() {
        let call = |name: &str, arguments: serde_json::Value| {
            let params = json!({ "name": name, "arguments": arguments });
            let body =
                json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
            look(body.to_string().as_bytes()).unwrap()
        };
        assert_eq!(call("query", json!({ "domain": "arp" })), Message::Quick);
        assert_eq!(call("query", json!({ "domain": "arp", "as_of": "run 1" })), Message::Other);
        assert_eq!(call("refresh", json!({})), Message::Other);
        assert_eq!(call("sql", json!({ "sql": "SELECT 1" })), Message::Other);
        // What rmcp refuses is no reason to refuse it here.
        assert_eq!(call("query", json!([1, 2, 3])), Message::Other);
        let opening = br#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"name":7}}"#;
        assert_eq!(look(opening), Ok(Message::Other));
        let opening = br#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#;
        assert_eq!(look(opening), Ok(Message::Opening));
    }
}
