//! What can go wrong between here and a firewall, in sentences for the person who runs it.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::pin::show_pin;

/// A cause that is kept for the chain of a report and not repeated in the sentence.
pub(super) type Cause = Box<dyn StdError + Send + Sync>;

/// Why no client can be made from a [`Connection`](super::Connection). Nothing was sent.
#[derive(Debug, Error)]
pub enum ConnectError {
    #[error(
        "`{url}` is not the address of a firewall: {why}; write it like https://192.168.1.1 or https://fw.example.org:8443"
    )]
    Address { url: String, why: &'static str },
    #[error(
        "`{url}` is not encrypted: the API key would cross the network in the clear; write https:// instead"
    )]
    Plaintext { url: String },
    #[error(
        "the API key or its secret is {why}; copy both from the file the firewall handed out with the key"
    )]
    Credentials { why: &'static str },
    #[error("the CA file {} cannot be read; check its path and permissions", .path.display())]
    CaFile {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("the CA file {} holds no usable certificate; it must be PEM or DER, as exported from System: Trust", .path.display())]
    CaFileContent {
        path: PathBuf,
        #[source]
        cause: Option<Cause>,
    },
    #[error("the HTTP client cannot be set up; this is a defect of opndex, please report it")]
    Setup {
        #[source]
        cause: Cause,
    },
}

/// Why a question has no answer. Paths are below `/api/`, in `snake_case`.
#[derive(Debug, Error)]
pub enum PullError {
    /// `everywhere` is false when the same key was accepted elsewhere a moment ago.
    #[error("{}", unauthorized(.path, *.everywhere))]
    Unauthorized { path: &'static str, everywhere: bool },
    #[error(
        "the API key may not read `{path}`; give its user the privilege `{privilege}` on the firewall (System: Access: Users)"
    )]
    Denied { path: &'static str, privilege: &'static str },
    #[error(
        "the firewall has no `{path}`; its release is too old for it, or a plugin is not installed"
    )]
    Absent { path: &'static str },
    #[error(
        "`{path}` got no answer from {host}; check the address, the port and that its web interface listens there"
    )]
    Unreachable {
        path: &'static str,
        host: Box<str>,
        #[source]
        cause: Cause,
    },
    #[error(
        "`{path}` did not answer within {after:?}; the firewall or its backend (configd) is busy or down, else raise the request timeout"
    )]
    TimedOut { path: &'static str, after: Duration },
    /// The fingerprint is that of the certificate that was shown, absent when that was fine but who
    /// showed it does not hold its key; `expected` is the pin.
    #[error("{}", untrusted(.host, .reason, .fingerprint.as_ref(), .expected.as_ref()))]
    Certificate {
        host: Box<str>,
        reason: Box<str>,
        fingerprint: Option<[u8; 32]>,
        expected: Option<[u8; 32]>,
    },
    #[error("`{path}` failed on the firewall with status {status}{}; its log (System: Log Files) says more", quoted(.message.as_deref()))]
    Status { path: &'static str, status: u16, message: Option<String> },
    #[error("`{path}` sent more than {} MiB and was cut off; no such answer is expected, please report it", .limit / 1_048_576)]
    TooLarge { path: &'static str, limit: usize },
    #[error("stopped before the firewall answered; ask again")]
    Cancelled,
    #[error(
        "`{path}` on {host} {what}; check that the address is an OPNsense web interface and that nothing sits in between"
    )]
    Protocol {
        path: &'static str,
        host: Box<str>,
        what: String,
        #[source]
        cause: Option<Cause>,
    },
}

impl PullError {
    /// Whether the same question, unchanged, may well be answered in a later run.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Cancelled => true,
            Self::Status { status, .. } => *status >= 500,
            _ => false,
        }
    }
}

/// Why nothing was sent although a question was asked: the cause of an [`PullError::Unreachable`].
#[derive(Debug, Error)]
#[error(
    "circuit open: {failures} requests in a row found no firewall, so none is sent until the next run"
)]
pub(super) struct CircuitOpen {
    pub(super) failures: u32,
}

fn unauthorized(path: &str, everywhere: bool) -> String {
    if everywhere {
        return format!(
            "the firewall does not accept the API key (asked for `{path}`); it is wrong, disabled or expired: create a new one under \
             System: Access: Users, and store it"
        );
    }
    format!(
        "the API key is refused for `{path}` although the firewall accepts it elsewhere; check what stands between here and \
         the firewall, and the source networks of the key's groups"
    )
}

fn untrusted(
    host: &str,
    reason: &str,
    fingerprint: Option<&[u8; 32]>,
    expected: Option<&[u8; 32]>,
) -> String {
    match (fingerprint.map(show_pin), expected.map(show_pin)) {
        (Some(seen), Some(expected)) => format!(
            "the certificate of {host} is not the pinned one: expected {expected}, seen {seen}; if it was renewed on the \
             firewall, pin the new one: --pin {seen} (or `pin = \"{seen}\"` in the settings file)"
        ),
        (Some(seen), None) => format!(
            "the certificate of {host} is not trusted: {reason}; if this is your firewall, pin it: --pin {seen} \
             (or `pin = \"{seen}\"` in the settings file)"
        ),
        (None, _) => format!(
            "the certificate of {host} is not trusted: {reason}; somebody may sit in between: check which machine answers there"
        ),
    }
}

fn quoted(message: Option<&str>) -> String {
    message.map(|text| format!(" (\"{text}\")")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_lowercase_without_a_final_period() {
        let path = "core/service/search";
        let host = Box::<str>::from("https://fw");
        let cause = || Cause::from(CircuitOpen { failures: 3 });
        let errors = [
            PullError::Unauthorized { path, everywhere: true },
            PullError::Unauthorized { path, everywhere: false },
            PullError::Denied { path, privilege: "page-status-services" },
            PullError::Absent { path },
            PullError::Unreachable { path, host: host.clone(), cause: cause() },
            PullError::TimedOut { path, after: Duration::from_secs(20) },
            PullError::Certificate {
                host: host.clone(),
                reason: "it expired".into(),
                fingerprint: None,
                expected: None,
            },
            PullError::Status { path, status: 500, message: Some("no".into()) },
            PullError::TooLarge { path, limit: 268_435_456 },
            PullError::Cancelled,
            PullError::Protocol { path, host, what: "is odd".into(), cause: Some(cause()) },
        ];
        for error in errors {
            let said = error.to_string();
            assert!(!said.ends_with('.') && said.contains(';'), "{said}");
            assert!(said.starts_with(|c: char| c.is_lowercase() || c == '`'), "{said}");
            assert!(!said.contains("circuit open"), "the cause is not repeated: {said}");
        }
    }
}
