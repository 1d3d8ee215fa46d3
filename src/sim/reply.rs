//! One request and its answer, in the order in which the real firewall decides.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::endpoint::Endpoint;
use super::fault::{Fault, Faults};
use super::grid::{Engine, default_rows};
use super::socket::Cutter;
use super::stats::SimStats;
use super::world::World;

/// A search is a few hundred bytes.
const LONGEST_REQUEST: usize = 64 * 1024;
const JSON: &str = "application/json; charset=UTF-8";
/// The real one opens a session on every call; a good client keeps none.
const COOKIE: &str = "PHPSESSID=simulated; path=/; HttpOnly; SameSite=Lax";
const HTML_PAGE: &str = "<html><body><h1>503 Service Not Available</h1></body></html>";
const NO_ROWS: &str = r#"{"total":0,"rowCount":0,"current":1,"rows":[]}"#;
const WRONG_ROWS: &str = r#"{"rows":"none","rowCount":"x","total":null,"current":1}"#;

/// What all requests share with the [`Simulator`](super::Simulator). No lock is held across a wait.
pub(super) struct Shared {
    pub(super) world: RwLock<World>,
    pub(super) behaviour: Mutex<Behaviour>,
    pub(super) counts: Mutex<Counts>,
    /// `key:secret`.
    pub(super) credentials: String,
    pub(super) stop: CancellationToken,
}

#[derive(Default)]
pub(super) struct Behaviour {
    pub(super) faults: Faults,
    pub(super) latency: Duration,
}

#[derive(Default)]
pub(super) struct Counts {
    pub(super) stats: SimStats,
    in_flight: usize,
}

/// Counts a request as in flight until it is answered or its client goes away.
struct Flight<'a>(&'a Mutex<Counts>);

impl<'a> Flight<'a> {
    fn start(counts: &'a Mutex<Counts>, path: &str) -> Self {
        let mut now = counts.lock().unwrap_or_else(PoisonError::into_inner);
        now.in_flight += 1;
        now.stats.requests += 1;
        now.stats.most_in_flight = now.stats.most_in_flight.max(now.in_flight);
        *now.stats.by_path.entry(path.to_owned()).or_default() += 1;
        Self(counts)
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).in_flight -= 1;
    }
}

/// Answers any request at all.
pub(super) async fn reply(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    request: Request,
) -> Response {
    tokio::select! {
        () = shared.stop.cancelled() => {
            cutter.cut();
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        response = decide(&shared, &cutter, request) => response,
    }
}

async fn decide(shared: &Arc<Shared>, cutter: &Cutter, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let endpoint = path.starts_with("/api/").then(|| Endpoint::find(&path)).flatten();
    let known = endpoint.as_ref().map_or(path.as_str(), |endpoint| endpoint.path);
    let _flight = Flight::start(&shared.counts, known);
    let (fault, latency) = {
        let behaviour = shared.behaviour.lock().unwrap_or_else(PoisonError::into_inner);
        (behaviour.faults.on([&path, known]), behaviour.latency)
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let Some(endpoint) = endpoint else { return not_found() };
    if let Some(refusal) = refused(request.headers(), request.uri(), &shared.credentials) {
        return refusal;
    }
    if let Some(Fault::Slow(time)) = fault {
        tokio::time::sleep(time).await;
    }
    if fault == Some(Fault::Reset) {
        cutter.cut();
    }
    let params = match params(request, endpoint.engine).await {
        Ok(params) => params,
        Err(refusal) => return refusal,
    };
    let world = Arc::clone(shared);
    // A grid of a large network takes a while to write, and other requests must not wait for it.
    let rendered = tokio::task::spawn_blocking(move || {
        world.world.read().unwrap_or_else(PoisonError::into_inner).answer(&endpoint, &params)
    });
    match rendered.await {
        Ok(body) => spoiled(fault, body),
        Err(cause) => {
            tracing::error!(%cause, http.path = %path, "the simulated firewall failed to write `{path}`");
            failure(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// No header at all is a browser that is sent to log in; a wrong one is refused.
fn refused(headers: &HeaderMap, uri: &Uri, credentials: &str) -> Option<Response> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        let location = HeaderValue::try_from(format!("/?url={uri}"))
            .unwrap_or_else(|_| HeaderValue::from_static("/"));
        let headers = [
            (LOCATION, location),
            (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8")),
        ];
        return Some((StatusCode::FOUND, headers).into_response());
    };
    let encoded = header.to_str().ok().and_then(|text| text.strip_prefix("Basic "));
    let given = encoded.and_then(|text| BASE64_STANDARD.decode(text).ok());
    (given.as_deref() != Some(credentials.as_bytes())).then(|| failure(StatusCode::UNAUTHORIZED))
}

/// The parameters as the endpoint's engine sees them, from query and body.
async fn params(request: Request, engine: Engine) -> Result<BTreeMap<String, String>, Response> {
    let (head, body) = request.into_parts();
    let is_json = has_type(&head.headers, "application/json");
    let body = to_bytes(body, LONGEST_REQUEST)
        .await
        .map_err(|_| failure(StatusCode::PAYLOAD_TOO_LARGE))?;
    if is_json && body.is_empty() {
        return Err(failure(StatusCode::BAD_REQUEST));
    }
    let mut params = if engine == Engine::Recordset { BTreeMap::new() } else { query(&head.uri) };
    if head.method == Method::POST {
        if is_json {
            // Broken JSON is no error: the firewall goes on without parameters.
            params.extend(fields(serde_json::from_slice(&body).unwrap_or_default()));
        } else if has_type(&head.headers, "application/x-www-form-urlencoded") {
            let form = str::from_utf8(&body).ok().and_then(|text| format!("/?{text}").parse().ok());
            params.extend(form.map(|form| query(&form)).unwrap_or_default());
        }
    }
    default_rows(engine, &mut params);
    Ok(params)
}

fn has_type(headers: &HeaderMap, expected: &str) -> bool {
    let content_type =
        headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(expected))
}

fn query(uri: &Uri) -> BTreeMap<String, String> {
    Query::<BTreeMap<String, String>>::try_from_uri(uri)
        .map(|Query(params)| params)
        .unwrap_or_default()
}

/// The scalars of a JSON object as PHP reads them: `true` is `1`, `false` is empty.
fn fields(body: Value) -> BTreeMap<String, String> {
    let Value::Object(fields) = body else { return BTreeMap::new() };
    let text = |value| match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(on) => Some(if on { "1".to_owned() } else { String::new() }),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    fields.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
}

/// The body as the fault leaves it.
fn spoiled(fault: Option<Fault>, body: Bytes) -> Response {
    match fault {
        None | Some(Fault::Slow(_) | Fault::Reset) => answer(StatusCode::OK, body),
        Some(Fault::Status(status)) => {
            failure(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        }
        Some(Fault::Truncate) => answer(StatusCode::OK, body.slice(..body.len() / 2)),
        Some(Fault::Html) => answer(StatusCode::OK, HTML_PAGE),
        Some(Fault::Empty) => answer(StatusCode::OK, ""),
        Some(Fault::WrongType) => answer(StatusCode::OK, WRONG_ROWS),
        Some(Fault::EmptyRows) => {
            let has_rows = body.windows(6).any(|part| part == br#""rows""#);
            answer(StatusCode::OK, if has_rows { NO_ROWS } else { "[]" })
        }
    }
}

fn answer(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(CONTENT_TYPE, JSON), (SET_COOKIE, COOKIE)], body.into()).into_response()
}

fn not_found() -> Response {
    answer(StatusCode::NOT_FOUND, r#"{"errorMessage":"Endpoint not found"}"#)
}

/// The firewall's own words for an error.
fn failure(status: StatusCode) -> Response {
    let message = match status {
        StatusCode::NOT_FOUND => return not_found(),
        StatusCode::BAD_REQUEST => "Invalid JSON syntax",
        StatusCode::UNAUTHORIZED => "Authentication Failed",
        StatusCode::FORBIDDEN => "Forbidden",
        _ => {
            return answer(status, r#"{"errorMessage":"Unexpected error, check log for details"}"#);
        }
    };
    answer(status, format!(r#"{{"status":{},"message":"{message}"}}"#, status.as_u16()))
}
