//! `/health`: whether questions are answered. Not whether the firewall is: that is `/metrics`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::ask::Ask;

/// Reads the index once; what went wrong is in the log, not in the answer to a stranger.
pub(super) async fn answer(ask: &Ask) -> Response {
    match ask.status().await {
        Ok(_) => Json(json!({ "status": "ok" })).into_response(),
        Err(cause) => {
            tracing::error!("the index cannot be read: {cause}");
            let failing =
                json!({ "status": "failing", "why": "the index cannot be read; the log says why" });
            (StatusCode::SERVICE_UNAVAILABLE, Json(failing)).into_response()
        }
    }
}
