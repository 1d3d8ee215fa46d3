//! What can be wrong with settings. Every message says what, why, and what to do next; none shows
//! the value of a credential.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::types::clean;

/// Longest text of a user that a message repeats. An OPNsense API key or secret has 80 characters,
/// so one pasted into the wrong place is not shown.
const MAX_SHOWN: usize = 40;

/// Settings that cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    #[error("cannot read {what} `{}`; check the path and its permissions", path.display())]
    Read {
        what: &'static str,
        path: PathBuf,
        #[source]
        cause: io::Error,
    },

    // Not the parser's own error as a source: it prints the offending line, credentials and all.
    #[error("`{}` line {line} is not TOML: {problem}; compare it with the sample file", path.display())]
    Syntax { path: PathBuf, line: usize, problem: String },

    #[error("{place}: no setting is called {name}{hint}")]
    UnknownKey { place: Place, name: Shown, hint: String },

    #[error("{place}: `{key}` cannot be used")]
    Value {
        place: Place,
        key: String,
        #[source]
        cause: ValueError,
    },

    #[error(
        "credentials file `{}` {problem}; download the key again in OPNsense \
         (System > Access > Users > API keys): it has a line `key=...` and a line `secret=...`",
        path.display()
    )]
    Credentials { path: PathBuf, problem: &'static str },

    #[error(
        "firewall `{firewall}` has no credentials; set `api_key` and `api_secret`, or `credentials` \
         to the apikey.txt that OPNsense hands out, or OPNDEX_API_KEY and OPNDEX_API_SECRET"
    )]
    NoCredentials { firewall: String },

    #[error("firewall `{firewall}` has half a credential: `{missing}` is not set; set it as well")]
    HalfCredentials { firewall: String, missing: &'static str },

    #[error(
        "firewall `{firewall}` has both `{first}` and `{second}`, and only one of them can hold; \
         remove one"
    )]
    Both { firewall: String, first: &'static str, second: &'static str },

    #[error(
        "firewall `{firewall}` would get its credentials over http, readable by everyone on the \
         way; use https, or set `insecure = true` if that is acceptable"
    )]
    Clear { firewall: String },

    #[error("firewall number {number} under [[firewalls]] has no `url`; add one")]
    NoUrl { number: usize },

    #[error(
        "two firewalls are called `{name}`, and names tell them apart; give one of them another \
         `name`"
    )]
    DuplicateName { name: String },

    #[error(
        "{keys} set for one firewall, but there are several ({names}) and none of them is chosen; \
         set `name` as well"
    )]
    WhichFirewall { keys: String, names: String },

    #[error(
        "a certificate needs its key and a key its certificate: `{missing}` is not set; set it"
    )]
    HalfTls { missing: &'static str },

    #[error("`{key}` has no value and no default here; set it")]
    Missing { key: &'static str },
}

/// Why a value was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ValueError {
    #[error("it is {found}, not {expected}; write {example}")]
    Type { expected: &'static str, found: &'static str, example: String },

    #[error("it is empty; give it a value or remove it")]
    Empty,

    #[error("it has no reason; say why the finding may stay")]
    NoReason,

    #[error("{0} is neither true nor false; write one of them")]
    Switch(Shown),

    #[error("{0} is not a whole number; write one such as 4")]
    Number(Shown),

    #[error(
        "the firewall answers its own web page with the same few workers; choose from 1 to {most} \
         requests in flight"
    )]
    InFlight { most: usize },

    #[error("{0} is not a duration; write one such as `20s`, `5m` or `1h 30m`")]
    Duration(Shown),

    #[error("{0} is no age; write one such as `30d`, `12w`, `2y`, or `forever`")]
    Age(Shown),

    #[error("{0} is not a usable timeout; choose more than nothing and at most an hour")]
    Timeout(Shown),

    #[error(
        "{0} is polling faster than the firewall learns anything (it caches ARP for 30 s and rules \
         for 60 s); choose 10 s or more, or `off`"
    )]
    TooOften(Shown),

    #[error("{0} is longer than a year; choose less, or `off`")]
    TooSeldom(Shown),

    #[error(
        "{0} is no cadence; write a duration such as `5m`, a cron expression of 5 or 6 fields such \
         as `0 3 * * *`, or `off`"
    )]
    Cadence(Shown),

    #[error(
        "it is not a certificate fingerprint; write the SHA-256 of the certificate, 64 hexadecimal \
         digits, with or without colons"
    )]
    Pin,

    #[error(
        "a name has 1 to 64 printable characters and no blanks around it; choose one such as `home`"
    )]
    Name,

    #[error(
        "{0} is no host name; write names such as `opndex.lan`, separated by commas, without scheme \
         and port"
    )]
    HostName(Shown),

    #[error("it is not an address; write one such as https://192.168.1.1 or firewall.example:8443")]
    Url,

    #[error("only https and http are spoken to a firewall; begin with https://")]
    Scheme,

    #[error(
        "it holds a user name or password, which would end up in logs; use `api_key` and \
         `api_secret`"
    )]
    UrlCredentials,
}

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Line { path: PathBuf, line: usize },
    Variable(String),
    Flag(String),
    Default,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { path, line } => write!(f, "`{}` line {line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {}", Shown::new(name)),
            Self::Flag(name) => write!(f, "flag `--{name}`"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A user's text as a message may repeat it: cleaned, quoted, and not at all when it is long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    pub(super) fn new(text: &str) -> Self {
        match text.chars().count() {
            0..=MAX_SHOWN => Self(format!("`{}`", clean(text))),
            length => Self(format!("(a text of {length} characters)")),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
