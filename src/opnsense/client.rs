//! The door of this room.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;
use url::Host;

use super::ask::PAUSE;
use super::circuit::Circuit;
use super::detect::{Firmware, LOGIN_PRIVILEGE};
use super::error::{ConnectError, PullError};
use super::exchange::{Link, MAX_BODY};
use super::gate::Gate;
use super::pull::{Interfaces, Pulled};
use super::request::{Request, Spelling};
use super::tls::{self, Tls};
use crate::domain::Source;
use crate::types::{Release, Secret, clean};

/// How long one request may take. 50,000 Kea leases take a real firewall 6 s; a dead backend takes
/// 70 to 90 s to say nothing, which is not worth waiting for.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// A firewall on the same network accepts in milliseconds; 5 s is three lost SYNs.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The firewall closes idle connections after 30 s; letting go earlier avoids asking on a dead one.
const IDLE: Duration = Duration::from_secs(25);
/// `config` is a date of 28 characters.
const MAX_REVISION: usize = 128;

/// Where a firewall is and how to speak to it.
#[derive(Debug, Clone)]
pub struct Connection {
    /// `https://host[:port]`; plain `http://` only to this machine.
    pub url: String,
    pub key: Secret,
    pub secret: Secret,
    pub tls: Tls,
    /// For one request, from connecting to the last byte; [`REQUEST_TIMEOUT`] unless there is a reason.
    pub request_timeout: Duration,
    /// Requests in flight at once; by release when not given.
    pub in_flight: Option<usize>,
}

/// One firewall. Clones share the connection pool, the cap and everything learnt.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    link: Link,
    gate: Gate,
    pause: Duration,
    circuit: Mutex<Circuit>,
    recheck: tokio::sync::Mutex<()>,
    release: Mutex<Option<Release>>,
    interfaces: Mutex<Arc<OnceCell<Interfaces>>>,
}

/// What tests make smaller.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) max_body: usize,
    pub(super) pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_body: MAX_BODY, pause: PAUSE }
    }
}

impl Client {
    /// Checks the connection without using it: no network, no look at the system's authorities.
    pub fn new(connection: Connection) -> Result<Self, ConnectError> {
        Self::with_limits(connection, Limits::default())
    }

    pub(super) fn with_limits(
        connection: Connection,
        limits: Limits,
    ) -> Result<Self, ConnectError> {
        let Connection { url, key, secret, tls, request_timeout, in_flight } = connection;
        let link = Link {
            base: base(&url)?,
            http: http_client(&tls, authorization(&key, &secret)?, request_timeout)?,
            timeout: request_timeout,
            max_body: limits.max_body,
            sent: AtomicU64::new(0),
            is_http2: AtomicBool::new(false),
        };
        Ok(Self(Arc::new(Inner {
            link,
            gate: Gate::new(in_flight),
            pause: limits.pause,
            circuit: Mutex::default(),
            recheck: tokio::sync::Mutex::default(),
            release: Mutex::default(),
            interfaces: Mutex::default(),
        })))
    }

    /// Which release answers, and whether the credentials work. Refused credentials cost exactly
    /// one request.
    pub async fn detect(&self, cancel: &CancellationToken) -> Result<Firmware, PullError> {
        until(cancel, self.firmware()).await
    }

    /// Asks a source, as `release` spells it. The bodies are not looked into.
    pub async fn pull(
        &self,
        source: &Source,
        release: Release,
        cancel: &CancellationToken,
    ) -> Result<Pulled, PullError> {
        until(cancel, self.bodies(source, release)).await
    }

    /// When the configuration last changed, in the firewall's own words: compare, do not parse.
    /// `None` when the firewall does not say.
    pub async fn config_revision(
        &self,
        cancel: &CancellationToken,
    ) -> Result<Option<String>, PullError> {
        let request =
            Request::get("diagnostics/system/system_time", LOGIN_PRIVILEGE, self.spelling());
        let body = until(cancel, self.ask(&request)).await?;
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        let revision =
            json.get("config").and_then(Value::as_str).map(|text| clean(text).into_owned());
        Ok(revision.filter(|text| !text.is_empty() && text.len() <= MAX_REVISION))
    }

    /// Whether the firewall's backend (configd) is alive: there is no firewall without services.
    /// When it is dead, lists are empty with status 200, after longer than any timeout here.
    pub async fn backend_answers(&self, cancel: &CancellationToken) -> Result<bool, PullError> {
        let request =
            Request::search("core/service/search", "page-status-services", self.spelling());
        let body = match until(cancel, self.ask(&request)).await {
            Err(PullError::TimedOut { .. }) => return Ok(false),
            answer => answer?,
        };
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        Ok(json.get("rows").and_then(Value::as_array).is_some_and(|rows| !rows.is_empty()))
    }

    /// Requests sent so far, retries included.
    pub fn requests(&self) -> u64 {
        self.link().sent.load(Ordering::Relaxed)
    }

    /// How the last answer came; `None` before the first.
    pub fn protocol(&self) -> Option<&'static str> {
        let is_http2 = self.link().is_http2.load(Ordering::Relaxed);
        (self.requests() > 0).then_some(if is_http2 { "HTTP/2" } else { "HTTP/1.1" })
    }

    /// Starts a new run: what failed in the last one is tried again, and what it learnt about
    /// interfaces is asked again.
    pub fn reset(&self) {
        self.circuit().reset();
        *lock(&self.0.interfaces) = Arc::default();
    }

    pub(super) fn link(&self) -> &Link {
        &self.0.link
    }

    pub(super) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    pub(super) fn pause(&self) -> Duration {
        self.0.pause
    }

    /// Never held across an await.
    pub(super) fn circuit(&self) -> MutexGuard<'_, Circuit> {
        lock(&self.0.circuit)
    }

    pub(super) fn recheck(&self) -> &tokio::sync::Mutex<()> {
        &self.0.recheck
    }

    pub(super) fn known_interfaces(&self) -> Arc<OnceCell<Interfaces>> {
        Arc::clone(&lock(&self.0.interfaces))
    }

    pub(super) fn learn(&self, release: Release) {
        *lock(&self.0.release) = Some(release);
        self.gate().learn(release);
    }

    pub(super) fn spelling(&self) -> Spelling {
        lock(&self.0.release).map_or(Spelling::Snake, Spelling::on)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("host", &self.link().host()).finish_non_exhaustive()
    }
}

/// The values behind these locks are whole at any moment, so a panic elsewhere does not spoil them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cancelling drops the work, and with it every request and task below.
pub(super) async fn until<T>(
    cancel: &CancellationToken,
    work: impl Future<Output = Result<T, PullError>>,
) -> Result<T, PullError> {
    cancel.run_until_cancelled(work).await.unwrap_or(Err(PullError::Cancelled))
}

fn http_client(
    tls: &Tls,
    authorization: HeaderValue,
    timeout: Duration,
) -> Result<reqwest::Client, ConnectError> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls::config(tls)?)
        .default_headers(HeaderMap::from_iter([(AUTHORIZATION, authorization)]))
        .user_agent(concat!("opndex/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(timeout)
        .pool_idle_timeout(IDLE)
        // A redirect is the login page, and would take the credentials to wherever it points.
        .redirect(reqwest::redirect::Policy::none())
        // Ours is the only one, so that every request is counted and bounded.
        .retry(reqwest::retry::never())
        // A proxy from the environment is for the internet, not for the firewall next door.
        .no_proxy()
        .gzip(true)
        .build()
        .map_err(|cause| ConnectError::Setup { cause: Box::new(cause) })
}

/// Checked here because a wrong login costs the firewall 2 s.
fn authorization(key: &Secret, secret: &Secret) -> Result<HeaderValue, ConnectError> {
    let (key, secret) = (key.expose(), secret.expose());
    if key.is_empty() || secret.is_empty() {
        return Err(ConnectError::Credentials { why: "empty" });
    }
    // Whatever follows a second colon is dropped by the firewall.
    if key.contains(':') || secret.contains(':') {
        return Err(ConnectError::Credentials { why: "not from OPNsense: it has a colon" });
    }
    let basic = format!("Basic {}", STANDARD.encode(format!("{key}:{secret}")));
    let mut header = HeaderValue::try_from(basic)
        .map_err(|cause| ConnectError::Setup { cause: Box::new(cause) })?;
    header.set_sensitive(true);
    Ok(header)
}

fn base(text: &str) -> Result<Url, ConnectError> {
    let shown = shown(text);
    let wrong = |why| ConnectError::Address { url: shown.clone(), why };
    let url = Url::parse(text.trim()).map_err(|_| wrong("it is not a URL"))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(wrong("it does not begin with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("credentials do not belong in it"));
    }
    if !matches!(url.path(), "/" | "/api" | "/api/")
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(wrong("nothing may follow the host and port"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(ConnectError::Plaintext { url: shown });
    }
    Ok(url)
}

/// Short, without control characters, and without what may be a password before an `@`.
fn shown(text: &str) -> String {
    let text = text.rsplit_once('@').map_or(text, |(_, host)| host);
    clean(text.trim()).chars().take(200).collect()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_firewalls_are_taken_and_others_are_told_why_not() {
        for good in [
            "https://192.168.1.1",
            " https://fw:8443/ ",
            "https://[fe80::1]/api",
            "http://127.0.0.1:1",
            "http://localhost",
        ] {
            assert!(base(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("192.168.1.1", "not a URL"),
            ("fw:8443", "does not begin with https://"),
            ("https://fw/ui/", "nothing may follow"),
            ("https://k:hunter2@fw", "credentials do not belong"),
            ("http://192.168.1.1", "not encrypted"),
        ] {
            let said = base(bad).unwrap_err().to_string();
            assert!(said.contains(why) && !said.contains("hunter2"), "{said}");
        }
    }
}
