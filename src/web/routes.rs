//! What is where, and what a request must pass before anybody answers it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_service::Service;

use super::gate::Gate;
use super::listener::Limits;
use super::metrics::{self, Observed};
use super::{body, health};

#[derive(Clone)]
struct Door {
    gate: Arc<Gate>,
    observed: Observed,
    limits: Limits,
}

pub(super) fn router<S>(gate: Gate, mcp: S, observed: Observed, limits: Limits) -> Router
where
    S: Service<Request<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Response: IntoResponse,
    S::Future: Send + 'static,
{
    let door = Door { gate: Arc::new(gate), observed, limits };
    Router::new()
        .route_service("/mcp", mcp)
        .route_layer(from_fn_with_state(door.clone(), guarded))
        .route("/health", get(healthy))
        .route("/metrics", get(measured))
        .with_state(door)
}

/// The gate first, so that a stranger's body is not even read.
async fn guarded(State(door): State<Door>, request: Request, next: Next) -> Response {
    if let Err(refused) = door.gate.admit(&request) {
        return refused.into_response();
    }
    let (parts, body) = request.into_parts();
    let Limits { body: most, body_within, .. } = door.limits;
    match body::whole(&parts.headers, body, most, body_within).await {
        Ok(whole) => next.run(Request::from_parts(parts, Body::from(whole))).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// For a watchdog: no token, and nothing that a stranger may not know.
async fn healthy(State(door): State<Door>, request: Request) -> Response {
    match door.gate.names(&request) {
        Ok(()) => health::answer(&door.observed.ask).await,
        Err(refused) => refused.into_response(),
    }
}

async fn measured(State(door): State<Door>, request: Request) -> Response {
    match door.gate.admit(&request) {
        Ok(()) => metrics::answer(&door.observed).await,
        Err(refused) => refused.into_response(),
    }
}
