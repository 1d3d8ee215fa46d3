//! How a firewall is addressed and recognised: its URL, its certificate, its name.

use std::net::Ipv6Addr;

use url::{Host, Url};

use super::error::{Shown, ValueError};
use crate::types::clean;

const MAX_NAME: usize = 64;

/// The base of every request: scheme, host, and the prefix of a reverse proxy if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Without a slash at the end and without `/api`.
    pub(super) url: String,
    /// Without the brackets of an IPv6 address.
    pub(super) host: String,
    /// Unencrypted, and not to this machine.
    pub(super) is_clear: bool,
}

impl Address {
    /// Accepts what people paste: a host, `host:port`, or the URL of a page of the firewall's API.
    pub(super) fn read(text: &str) -> Result<Self, ValueError> {
        let text = text.trim();
        let url = if text.contains("://") {
            Url::parse(text)
        } else if text.parse::<Ipv6Addr>().is_ok() {
            Url::parse(&format!("https://[{text}]"))
        } else {
            Url::parse(&format!("https://{text}"))
        };
        // An unparsable URL may hold a password too, so no message repeats it.
        let url = url.map_err(|_| ValueError::Url)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ValueError::UrlCredentials);
        }
        if !matches!(url.scheme(), "https" | "http") {
            return Err(ValueError::Scheme);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ValueError::Url);
        }
        let host = url.host().ok_or(ValueError::Url)?;
        let is_clear = url.scheme() == "http" && !is_this_machine(&host);
        let host = match host {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        let mut prefix = url.path().trim_end_matches('/');
        while let Some(rest) = prefix.strip_suffix("/api") {
            prefix = rest.trim_end_matches('/');
        }
        let origin = url.origin().ascii_serialization();
        Ok(Self { url: format!("{origin}{prefix}"), host, is_clear })
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// The SHA-256 of a certificate as 64 lower-case digits, from any of the ways tools print it.
pub(super) fn pin(text: &str) -> Result<String, ValueError> {
    let lower = text.trim().to_ascii_lowercase();
    // `openssl x509 -fingerprint -sha256` prints `sha256 Fingerprint=AA:BB:...`.
    let digits = lower
        .strip_prefix("sha256 fingerprint=")
        .or_else(|| lower.strip_prefix("sha256:"))
        .unwrap_or(&lower)
        .replace(':', "");
    let is_fingerprint = digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if is_fingerprint { Ok(digits) } else { Err(ValueError::Pin) }
}

pub(super) fn name(text: &str) -> Result<String, ValueError> {
    let is_usable = (1..=MAX_NAME).contains(&text.chars().count())
        && text.trim() == text
        && clean(text) == text;
    if is_usable { Ok(text.to_owned()) } else { Err(ValueError::Name) }
}

/// Names as they come in a `Host` header, in lower case, separated by commas alone.
pub(super) fn host_names(text: &str) -> Result<String, ValueError> {
    let named = |name: &str| {
        let name = name.trim().to_ascii_lowercase();
        let is_name = (1..=253).contains(&name.len())
            && name.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            });
        if is_name { Ok(name) } else { Err(ValueError::HostName(Shown::new(&name))) }
    };
    Ok(text.split(',').map(named).collect::<Result<Vec<_>, _>>()?.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_paste_becomes_a_base_url() {
        let cases = [
            ("192.168.1.1", "https://192.168.1.1", "192.168.1.1"),
            ("fw.example:8443", "https://fw.example:8443", "fw.example"),
            ("https://FW.example/", "https://fw.example", "fw.example"),
            ("https://fw.example/api", "https://fw.example", "fw.example"),
            ("https://fw.example/api/", "https://fw.example", "fw.example"),
            ("https://proxy.example/fw1/api", "https://proxy.example/fw1", "proxy.example"),
            ("https://fw.example:443", "https://fw.example", "fw.example"),
            ("fd00::1", "https://[fd00::1]", "fd00::1"),
            ("https://[fd00::1]:8443/", "https://[fd00::1]:8443", "fd00::1"),
            (" http://127.0.0.1:9 ", "http://127.0.0.1:9", "127.0.0.1"),
        ];
        for (text, url, host) in cases {
            let address = Address::read(text).unwrap();
            assert_eq!((address.url.as_str(), address.host.as_str()), (url, host), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_firewall_is_refused() {
        let cases = [
            ("https://root:w1secret@fw.example", ValueError::UrlCredentials),
            ("root:w1secret@fw.example", ValueError::UrlCredentials),
            ("root@fw.example", ValueError::UrlCredentials),
            ("ftp://fw.example", ValueError::Scheme),
            ("file:///etc/passwd", ValueError::Scheme),
            ("https://", ValueError::Url),
            ("two words", ValueError::Url),
            ("https://fw.example/?key=1", ValueError::Url),
            ("https://fw.example/#ui", ValueError::Url),
        ];
        for (text, expected) in cases {
            assert_eq!(Address::read(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn only_http_beyond_this_machine_is_clear() {
        let cases = [
            ("http://127.0.0.1", false),
            ("http://127.9.9.9", false),
            ("http://[::1]:80", false),
            ("http://localhost:8080", false),
            ("https://192.168.1.1", false),
            ("http://192.168.1.1", true),
            ("http://localhost.example", true),
            ("http://127.0.0.1.example", true),
        ];
        for (text, expected) in cases {
            assert_eq!(Address::read(text).unwrap().is_clear, expected, "{text}");
        }
    }

    #[test]
    fn a_fingerprint_is_read_as_tools_print_it() {
        let plain = "ab".repeat(32);
        let colons = ["AB"; 32].join(":");
        let openssl = format!("sha256 Fingerprint={colons}");
        for text in [&plain, &colons, &openssl, &format!("sha256:{plain}")] {
            assert_eq!(pin(text).as_ref(), Ok(&plain), "{text}");
        }
        for text in ["ab", "zz".repeat(32).as_str(), "ab".repeat(33).as_str()] {
            assert_eq!(pin(text), Err(ValueError::Pin), "{text}");
        }
    }

    #[test]
    fn a_name_is_short_and_printable() {
        assert_eq!(name("Büro 2"), Ok("Büro 2".to_owned()));
        for text in ["", " home", "a\nb", "a\u{202e}b", "x".repeat(65).as_str()] {
            assert_eq!(name(text), Err(ValueError::Name), "{text}");
        }
    }

    #[test]
    fn host_names_are_bare_and_in_lower_case() {
        assert_eq!(host_names(" Opndex.LAN, nas "), Ok("opndex.lan,nas".to_owned()));
        for text in ["", "a,", "http://nas", "nas:8642", "a b", "-_.", "nas/"] {
            assert!(matches!(host_names(text), Err(ValueError::HostName(_))), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_base_url_is_read_back_as_itself(text in "\\PC{0,40}") {
            if let Ok(address) = Address::read(&text) {
                prop_assert_eq!(Address::read(&address.url), Ok(address));
            }
        }
    }
}
