//! Reading a body: all of it, soon, and not more than it may be.

use std::error::Error;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};

/// Why there is no body.
pub(super) type Refusal = (StatusCode, String);

/// The whole body, at most `most` bytes, within `within`.
pub(super) async fn whole(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    within: Duration,
) -> Result<Bytes, Refusal> {
    let too_large = || {
        let why = format!("the body is larger than {most} bytes; ask for less at once\n");
        (StatusCode::PAYLOAD_TOO_LARGE, why)
    };
    let declared = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if declared.is_some_and(|length| length.parse::<usize>().is_ok_and(|length| length > most)) {
        return Err(too_large());
    }
    match tokio::time::timeout(within, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(cause))
            if cause.source().is_some_and(<dyn Error>::is::<http_body_util::LengthLimitError>) =>
        {
            Err(too_large())
        }
        Ok(Err(_)) => Err((StatusCode::BAD_REQUEST, "the body ended early\n".to_owned())),
        Err(_) => Err((
            StatusCode::REQUEST_TIMEOUT,
            format!("the body did not arrive within {} s\n", within.as_secs()),
        )),
    }
}
