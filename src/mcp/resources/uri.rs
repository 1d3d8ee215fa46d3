//! URIs of resources, and which of them a run concerns.

use percent_encoding::percent_decode_str;

use crate::domain;
use crate::sync::Report;

const SCHEME: &str = "opndex://";

/// What a URI names. It need not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Uri {
    /// Every table, or one.
    Schema(Option<String>),
    /// Every domain, or one with its columns.
    Domains(Option<&'static str>),
    Status,
    /// An address, a hardware address or a name.
    Device(String),
    /// A firewall rule by its identifier.
    Rule(String),
    Run(i64),
}

impl Uri {
    /// Nothing when it is not ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let path = text.strip_prefix(SCHEME)?;
        let (kind, rest) = match path.split_once('/') {
            Some((kind, rest)) => (kind, Some(rest).filter(|rest| !rest.is_empty())?),
            None => (path, ""),
        };
        let word = || percent_decode_str(rest).decode_utf8().ok().map(std::borrow::Cow::into_owned);
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        match kind {
            "schema" => Some(Self::Schema(some(word()?))),
            "domains" if rest.is_empty() => Some(Self::Domains(None)),
            "domains" => Some(Self::Domains(Some(domain::by_name(&word()?)?.name()))),
            "status" if rest.is_empty() => Some(Self::Status),
            "device" => some(word()?).map(Self::Device),
            "rule" => {
                let is_identifier = |c: char| c.is_ascii_hexdigit() || c == '-';
                some(word()?).filter(|id| id.chars().all(is_identifier)).map(Self::Rule)
            }
            "run" => rest.parse().ok().map(Self::Run),
            _ => None,
        }
    }

    /// Whether reading it may give something else after the run of `report`.
    pub(crate) fn is_concerned(&self, report: &Report) -> bool {
        let changed =
            |wanted: &str| report.domains.iter().any(|d| d.domain == wanted && d.changed > 0);
        match self {
            Self::Status | Self::Domains(None) => true,
            Self::Domains(Some(name)) => changed(name),
            Self::Rule(_) => changed("firewall_rules"),
            Self::Device(_) => report.changed() > 0,
            Self::Schema(_) | Self::Run(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_one_thing_or_nothing() {
        for (text, uri) in [
            ("opndex://schema", Some(Uri::Schema(None))),
            ("opndex://schema/vlans", Some(Uri::Schema(Some("vlans".into())))),
            ("opndex://domains", Some(Uri::Domains(None))),
            ("opndex://domains/arp", Some(Uri::Domains(Some("arp")))),
            ("opndex://domains/arps", None),
            ("opndex://status", Some(Uri::Status)),
            ("opndex://status/", None),
            ("opndex://device/00:1b:21:aa:bb:cc", Some(Uri::Device("00:1b:21:aa:bb:cc".into()))),
            ("opndex://device/living%20room%2Ftv", Some(Uri::Device("living room/tv".into()))),
            ("opndex://device/%ff", None),
            ("opndex://device", None),
            ("opndex://rule/0a-f", Some(Uri::Rule("0a-f".into()))),
            ("opndex://rule/1 or name = x", None),
            ("opndex://run/7", Some(Uri::Run(7))),
            ("opndex://run/last", None),
            ("opndex://", None),
            ("file:///etc/passwd", None),
        ] {
            assert_eq!(Uri::parse(text), uri, "{text}");
        }
    }
}
