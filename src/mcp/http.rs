//! MCP as a service over HTTP requests: rmcp's streamable HTTP, with what it answers wrongly put right.
//!
//! rmcp 3.11 answers malformed JSON with 415, a full house with 500 and the end of a session with 202, which
//! the Python client takes for a failure; and it takes a batch for malformed.
//! Clients of 2026-07-28 are served without sessions and get plain JSON; older ones get a session.

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
use tokio_util::sync::CancellationToken;

use super::session::Session;
use super::sessions::Sessions;

const SESSION: &str = "mcp-session-id";
const INITIALIZE: &str = "initialize";

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
        Self { inner: Arc::new(inner), sessions }
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
        let opening = match look(&body) {
            Ok(opening) => opening,
            Err((code, why)) => return refused(StatusCode::BAD_REQUEST, code, &why),
        };
        if opening && !parts.headers.contains_key(SESSION) && self.sessions.is_full() {
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
        let answer = self.inner.handle(Request::from_parts(parts, Full::new(body))).await;
        // The media type was right, so what rmcp could not read is the message.
        if is_json && answer.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            let why = "this is JSON but no JSON-RPC message of MCP; it needs `jsonrpc`, `method` and, for a request, `id`";
            return refused(StatusCode::BAD_REQUEST, INVALID_REQUEST, why);
        }
        answer
    }
}

/// Whether a message opens a session; or why it is none.
fn look(body: &[u8]) -> Result<bool, (i32, String)> {
    #[derive(Deserialize)]
    struct Message<'a> {
        #[serde(borrow)]
        method: Option<std::borrow::Cow<'a, str>>,
    }
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
    if let Ok(message) = serde_json::from_slice::<Message<'_>>(body) {
        return Ok(message.method.is_some_and(|method| method == INITIALIZE));
    }
    match serde_json::from_slice::<IgnoredAny>(body) {
        // rmcp says what it is instead.
        Ok(_) => Ok(false),
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
