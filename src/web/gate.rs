//! Who may come in.
//!
//! A web page that somebody opens on this machine can send requests here, and a page that points its own
//! name at 127.0.0.1 can even read the answers (DNS rebinding). Both name themselves: the first in
//! `Origin`, the second in `Host`. Names are compared whole: rmcp alone takes `127.0.0.1:80.evil.example`
//! for 127.0.0.1, and looks at the first `Host` only.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{AUTHORIZATION, HOST, ORIGIN, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};

use super::token::Token;

const LOCALHOST: &str = "localhost";

/// What a request must show.
#[derive(Debug, Clone)]
pub struct Gate {
    /// Only this machine can reach the listener.
    is_local: bool,
    hosts: Vec<String>,
    token: Token,
    needs_token: bool,
}

/// Why a request is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Host,
    Origin,
    NoToken,
    WrongToken,
}

impl Gate {
    /// For a listener on `address`, addressed by its IP addresses, as localhost, or as one of `hosts` (lower
    /// case). Without `everywhere` the token is optional on this machine.
    pub fn new(address: SocketAddr, hosts: Vec<String>, token: Token, everywhere: bool) -> Self {
        let is_local = address.ip().is_loopback();
        Self { is_local, hosts, token, needs_token: everywhere || !is_local }
    }

    /// The same without asking for the token.
    pub(super) fn names<B>(&self, request: &Request<B>) -> Result<(), Refused> {
        let headers = request.headers();
        // HTTP/1.1 has one `Host`; the request line may name another (RFC 9112, 3.2.2).
        let mut given = headers.get_all(HOST).iter();
        let host = given.next().and_then(|host| host.to_str().ok()).ok_or(Refused::Host)?;
        if given.next().is_some() || !self.is_ours(host) {
            return Err(Refused::Host);
        }
        if request.uri().authority().is_some_and(|named| !self.is_ours(named.as_str())) {
            return Err(Refused::Host);
        }
        let mut origins = headers.get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => Ok(()),
            (Some(origin), None) if is_same(origin, host) => Ok(()),
            _ => Err(Refused::Origin),
        }
    }

    pub(super) fn admit<B>(&self, request: &Request<B>) -> Result<(), Refused> {
        self.names(request)?;
        match bearer(request.headers()) {
            // A wrong token is a mistake wherever it comes from.
            Some(given) if !self.token.is(given) => Err(Refused::WrongToken),
            None if self.needs_token => Err(Refused::NoToken),
            _ => Ok(()),
        }
    }

    fn is_ours(&self, authority: &str) -> bool {
        let Some(host) = host_of(authority) else { return false };
        if host.eq_ignore_ascii_case(LOCALHOST) {
            return true;
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            // An address cannot be pointed elsewhere, so on a network any of ours will do.
            Ok(ip) => ip.is_loopback() || !self.is_local,
            Err(_) => self.hosts.iter().any(|known| host.eq_ignore_ascii_case(known)),
        }
    }
}

/// The host of `host` or `host:port`; nothing when it is not exactly that.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let end = rest.find(']')?;
            let (host, after) = authority.split_at_checked(end.checked_add(2)?)?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let is_port = |text: &str| {
        text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
    };
    (!host.is_empty() && port.is_none_or(is_port)).then_some(host)
}

/// A page served by ourselves; behind a proxy the scheme may be another than ours.
fn is_same(origin: &HeaderValue, host: &str) -> bool {
    let origin = origin.to_str().unwrap_or_default();
    ["http://", "https://"]
        .iter()
        .any(|scheme| origin.strip_prefix(scheme).is_some_and(|o| o.eq_ignore_ascii_case(host)))
}

/// What comes after `Bearer`; an `Authorization` of another kind is an empty token, which is wrong.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let given = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = given.split_at_checked(7).unwrap_or_default();
    Some(if scheme.eq_ignore_ascii_case(b"bearer ") { token } else { &[] })
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, why) = match self {
            Self::Host => (
                StatusCode::FORBIDDEN,
                "this server is not addressed by that Host; if the name is yours, add it to `serve.hosts`\n",
            ),
            Self::Origin => {
                (StatusCode::FORBIDDEN, "web pages of another origin may not ask here\n")
            }
            Self::NoToken => (
                StatusCode::UNAUTHORIZED,
                "a token is needed: send `Authorization: Bearer TOKEN` with the content of the token file\n",
            ),
            Self::WrongToken => (
                StatusCode::UNAUTHORIZED,
                "that is not the token: send the content of the token file\n",
            ),
        };
        let mut response = (status, why).into_response();
        let challenge = match self {
            Self::NoToken => Some("Bearer realm=\"opndex\""),
            Self::WrongToken => Some("Bearer realm=\"opndex\", error=\"invalid_token\""),
            _ => None,
        };
        if let Some(challenge) = challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_read_whole_or_not_at_all() {
        for (text, host) in [
            ("127.0.0.1", Some("127.0.0.1")),
            ("127.0.0.1:8642", Some("127.0.0.1")),
            ("localhost:1", Some("localhost")),
            ("[::1]:8642", Some("[::1]")),
            ("[::1]", Some("[::1]")),
            ("127.0.0.1:8642.evil.example", None),
            ("127.0.0.1:", None),
            ("127.0.0.1:+80", None),
            ("127.0.0.1:0", None),
            ("127.0.0.1:99999", None),
            ("[::1].evil.example", None),
            ("[::1", None),
            (":80", None),
            ("", None),
        ] {
            assert_eq!(host_of(text), host, "{text}");
        }
    }

    #[test]
    fn on_this_machine_only_this_machine_is_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let (token, _) = Token::kept_in(&folder.path().join("t")).unwrap();
        let local =
            Gate::new("127.0.0.1:1".parse().unwrap(), vec!["nas.lan".into()], token.clone(), false);
        let open = Gate::new("0.0.0.0:1".parse().unwrap(), vec![], token, false);
        for (host, here, everywhere) in [
            ("LOCALHOST:5", true, true),
            ("127.9.9.9", true, true),
            ("[::1]:80", true, true),
            ("192.168.1.5:80", false, true),
            ("NAS.lan:80", true, false),
            ("evil.example", false, false),
            ("localhost.evil.example", false, false),
            ("user@localhost", false, false),
            ("127.0.0.1.evil.example:80", false, false),
        ] {
            assert_eq!((local.is_ours(host), open.is_ours(host)), (here, everywhere), "{host}");
        }
    }
}
