//! One request and what became of it.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{RequestBuilder, Response, StatusCode, Url, Version};

use super::error::{Cause, PullError};
use super::request::{Request, Spelling};
use super::tls::{self, Refused};
use crate::types::clean;

/// Longest answer that is read. A million states are about 250 bytes each; whatever is longer is
/// a fault, and would be held in memory up to four times at once.
pub(super) const MAX_BODY: usize = 256 * 1024 * 1024;
/// Of a failure only a sentence is wanted; the honest ones have less than 200 bytes.
const MAX_ERROR_BODY: usize = 64 * 1024;
/// Longest sentence quoted from a firewall, in characters.
const MAX_QUOTE: usize = 200;

/// The wire to one firewall.
pub(super) struct Link {
    pub(super) http: reqwest::Client,
    /// Scheme, host and port.
    pub(super) base: Url,
    pub(super) timeout: Duration,
    pub(super) max_body: usize,
    pub(super) sent: AtomicU64,
    /// The last answer came over HTTP/2; meaningless before the first.
    pub(super) is_http2: AtomicBool,
}

/// A request without a usable answer.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: PullError,
    pub(super) stage: Stage,
    pub(super) again: Again,
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    NotSent,
    Connecting,
    Asking,
    Answered,
}

/// Whether the same request is worth sending again at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Never,
    Once,
    /// As often as retries are allowed at all.
    Yes,
}

impl Failed {
    pub(super) fn never(error: PullError, stage: Stage) -> Self {
        Self { error, stage, again: Again::Never }
    }

    fn answered(error: PullError, again: Again) -> Self {
        Self { error, stage: Stage::Answered, again }
    }
}

impl Link {
    /// `https://fw.example.org:8443`, as errors name the firewall.
    pub(super) fn host(&self) -> Box<str> {
        self.base.origin().ascii_serialization().into()
    }

    pub(super) async fn send(
        &self,
        request: &Request,
        spelling: Spelling,
    ) -> Result<Vec<u8>, Failed> {
        let path = spelling.spell(request.path);
        let prepared = self.prepare(request, &path)?;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let answer = self.exchange(request.path, prepared).await;
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &answer {
            Ok(Answer { status, body, .. }) => {
                tracing::debug!(
                    path,
                    status = status.as_u16(),
                    elapsed_ms,
                    bytes = body.len(),
                    "asked the firewall"
                );
            }
            Err(failed) => {
                tracing::debug!(path, elapsed_ms, error = %failed.error, "asked the firewall in vain");
            }
        }
        self.judge(request, answer?)
    }

    fn prepare(&self, request: &Request, path: &str) -> Result<RequestBuilder, Failed> {
        let mut url = self.base.clone();
        url.set_path(&format!("/api/{path}"));
        if let (Some(segment), Ok(mut parts)) = (&request.segment, url.path_segments_mut()) {
            parts.push(segment);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(request.query);
        }
        let Some(search) = &request.search else {
            // No content type: the firewall answers 400 to JSON without a body, even to a GET.
            return Ok(self.http.get(url));
        };
        let body = serde_json::to_vec(search).map_err(|cause| {
            Failed::never(
                self.protocol(request.path, "cannot be asked", Some(Box::new(cause))),
                Stage::NotSent,
            )
        })?;
        Ok(self.http.post(url).header(CONTENT_TYPE, "application/json").body(body))
    }

    async fn exchange(
        &self,
        path: &'static str,
        prepared: RequestBuilder,
    ) -> Result<Answer, Failed> {
        let mut response = prepared.send().await.map_err(|error| self.lost(path, error))?;
        self.is_http2.store(response.version() == Version::HTTP_2, Ordering::Relaxed);
        let status = response.status();
        let location = location(&response);
        let limit = if status.is_success() { self.max_body } else { MAX_ERROR_BODY };
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len().saturating_add(chunk.len()) <= limit => {
                    body.extend_from_slice(&chunk);
                }
                Ok(None) => break,
                // The status alone already tells a failure.
                _ if !status.is_success() => break,
                Ok(Some(_)) => {
                    return Err(Failed::answered(
                        PullError::TooLarge { path, limit },
                        Again::Never,
                    ));
                }
                Err(error) => return Err(self.lost(path, error)),
            }
        }
        Ok(Answer { status, location, body })
    }

    fn judge(&self, request: &Request, answer: Answer) -> Result<Vec<u8>, Failed> {
        let Answer { status, location, body } = answer;
        let path = request.path;
        let (error, again) = match status {
            _ if status.is_success() => return Ok(body),
            StatusCode::UNAUTHORIZED => {
                (PullError::Unauthorized { path, everywhere: true }, Again::Never)
            }
            StatusCode::FORBIDDEN => {
                (PullError::Denied { path, privilege: request.privilege }, Again::Never)
            }
            StatusCode::NOT_FOUND => (PullError::Absent { path }, Again::Never),
            _ if status.is_redirection() => {
                // The firewall does this when no credentials arrive, so something took them away.
                let what =
                    format!("redirects to `{}` instead of answering", location.unwrap_or_default());
                (self.protocol(path, &what, None), Again::Never)
            }
            _ => {
                let again = match status {
                    StatusCode::BAD_GATEWAY
                    | StatusCode::SERVICE_UNAVAILABLE
                    | StatusCode::GATEWAY_TIMEOUT => Again::Yes,
                    // A PHP error, which mostly comes again.
                    StatusCode::INTERNAL_SERVER_ERROR => Again::Once,
                    _ => Again::Never,
                };
                (
                    PullError::Status { path, status: status.as_u16(), message: message(&body) },
                    again,
                )
            }
        };
        Err(Failed::answered(error, again))
    }

    /// A request whose answer did not arrive in one piece.
    fn lost(&self, path: &'static str, error: reqwest::Error) -> Failed {
        let host = self.host();
        if let Some(refused) = causes(&error).find_map(tls::refused) {
            let Refused { reason, fingerprint, expected } = refused;
            let error = PullError::Certificate { host, reason, fingerprint, expected };
            return Failed::never(error, Stage::Connecting);
        }
        let stage = if error.is_connect() { Stage::Connecting } else { Stage::Asking };
        if error.is_timeout() && stage == Stage::Asking {
            return Failed::never(PullError::TimedOut { path, after: self.timeout }, stage);
        }
        if causes(&error).any(<dyn StdError>::is::<rustls::Error>) {
            return Failed::never(
                self.protocol(path, "does not speak TLS as expected", Some(boxed(error))),
                stage,
            );
        }
        if causes(&error).any(is_garbled) {
            return Failed::never(
                self.protocol(path, "does not speak HTTP as expected", Some(boxed(error))),
                stage,
            );
        }
        // Nobody behind an address or a name will be there 200 ms later; a server that restarts may.
        let hopeless = error.is_timeout() || error.is_dns();
        let again = if hopeless { Again::Never } else { Again::Yes };
        Failed { error: PullError::Unreachable { path, host, cause: boxed(error) }, stage, again }
    }

    pub(super) fn protocol(
        &self,
        path: &'static str,
        what: &str,
        cause: Option<Cause>,
    ) -> PullError {
        PullError::Protocol { path, host: self.host(), what: what.to_owned(), cause }
    }
}

struct Answer {
    status: StatusCode,
    location: Option<String>,
    body: Vec<u8>,
}

fn location(response: &Response) -> Option<String> {
    response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).map(quote)
}

/// The firewall's own sentence: `errorMessage` of its API, `message` of its front script.
fn message(body: &[u8]) -> Option<String> {
    let json: serde_json::Value = serde_json::from_slice(body).ok()?;
    let text = json.get("errorMessage").or_else(|| json.get("message"))?.as_str()?;
    Some(quote(text)).filter(|text| !text.is_empty())
}

fn quote(text: &str) -> String {
    clean(text).trim().chars().take(MAX_QUOTE).collect()
}

/// Without the address, which the error itself names.
fn boxed(error: reqwest::Error) -> Cause {
    Box::new(error.without_url())
}

/// The error and everything below it.
fn causes<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    successors(Some(error), |error| below(*error))
}

/// `io::Error` hides what it wraps from `source`, so it is opened.
fn below<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// Bytes that are not HTTP, or not the gzip they claim to be. hyper's errors have no public kind
/// for it, only this text, and hyper is not a dependency of ours.
fn is_garbled(error: &(dyn StdError + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| {
        matches!(e.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
    }) || error.to_string().starts_with("invalid HTTP")
}
