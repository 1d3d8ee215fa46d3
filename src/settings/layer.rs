//! What one place said: every setting, or nothing about it.

use std::collections::BTreeMap;
use std::mem;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::address::Address;
use super::age::Age;
use super::cadence::Cadence;
use super::error::{Place, SettingsError, Shown};
use super::key::Key;
use super::table::{KEYS, by_name};
use crate::types::{Secret, did_you_mean};

/// The settings of one place, each optional. Values in it have been checked.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    pub(super) database: Option<PathBuf>,
    /// The firewall of people who have one.
    pub(super) firewall: FirewallLayer,
    /// The others, from `[[firewalls]]`.
    pub(super) firewalls: Vec<FirewallLayer>,
    /// What the variables of other servers (`OPNSENSE_*`) say; used only where it fits.
    pub(super) borrowed: FirewallLayer,
    pub(super) sync: SyncLayer,
    pub(super) history: HistoryLayer,
    pub(super) mcp: McpLayer,
    pub(super) serve: ServeLayer,
    pub(super) log: LogLayer,
    /// Reasons by the id of the finding, from `[lint.suppress]`.
    pub(super) suppress: BTreeMap<String, String>,
    pub(super) warnings: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct FirewallLayer {
    pub(super) name: Option<String>,
    pub(super) url: Option<Address>,
    pub(super) api_key: Option<Secret>,
    pub(super) api_secret: Option<Secret>,
    pub(super) credentials: Option<PathBuf>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) pin: Option<String>,
    pub(super) insecure: Option<bool>,
    pub(super) request_timeout: Option<Duration>,
    pub(super) run_timeout: Option<Duration>,
    pub(super) in_flight: Option<usize>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct SyncLayer {
    pub(super) config: Option<Cadence>,
    pub(super) runtime: Option<Cadence>,
    pub(super) probe: Option<Cadence>,
    pub(super) on_start: Option<bool>,
    pub(super) extra: Option<Vec<String>>,
    pub(super) extra_every: Option<Cadence>,
    pub(super) backfill: Option<bool>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct ServeLayer {
    pub(super) hosts: Option<String>,
    pub(super) require_token: Option<bool>,
    pub(super) token_file: Option<PathBuf>,
    pub(super) tls_cert: Option<PathBuf>,
    pub(super) tls_key: Option<PathBuf>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct HistoryLayer {
    pub(super) keep_all: Option<Age>,
    pub(super) hourly: Option<Age>,
    pub(super) daily: Option<Age>,
    pub(super) weekly: Option<Age>,
    pub(super) configuration: Option<Age>,
    pub(super) presence: Option<Age>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct McpLayer {
    pub(super) labels: Option<bool>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct LogLayer {
    pub(super) level: Option<String>,
    pub(super) json: Option<bool>,
    pub(super) file: Option<PathBuf>,
}

impl Layer {
    /// Sets the key called `name` (as in [`KEYS`]) to what was typed after its flag.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), SettingsError> {
        match by_name(name) {
            Some(key) => self.set_key(key, text, Place::Flag(key.flag())),
            None => Err(SettingsError::UnknownKey {
                place: Place::Flag(name.to_owned()),
                name: Shown::new(name),
                hint: did_you_mean(name, KEYS.iter().map(|key| key.name)),
            }),
        }
    }

    pub(super) fn set_key(
        &mut self,
        key: &Key,
        text: &str,
        place: Place,
    ) -> Result<(), SettingsError> {
        key.set(self, text).map_err(|cause| SettingsError::Value {
            place,
            key: key.short().to_owned(),
            cause,
        })
    }

    /// This layer where it says something, `weaker` where it does not.
    ///
    /// A whole `[[firewalls]]` list replaces a weaker one. Credentials are one decision: a layer
    /// that names a file of them displaces a weaker key and secret, and the other way round.
    #[must_use]
    pub fn over(mut self, mut weaker: Self) -> Self {
        weaker.firewall.yield_credentials(&self.firewall);
        self.fill(&mut weaker);
        self.borrowed = mem::take(&mut self.borrowed).over(weaker.borrowed);
        if self.firewalls.is_empty() {
            self.firewalls = weaker.firewalls;
        }
        weaker.suppress.append(&mut self.suppress);
        self.suppress = weaker.suppress;
        weaker.warnings.append(&mut self.warnings);
        self.warnings = weaker.warnings;
        self
    }

    /// The weakest layer of all.
    pub(super) fn defaults() -> Result<Self, SettingsError> {
        let mut layer = Self::default();
        for (key, text) in KEYS.iter().filter_map(|key| Some((key, key.default?))) {
            layer.set_key(key, text, Place::Default)?;
        }
        Ok(layer)
    }

    /// Makes paths relative to `folder`, where the file that names them is.
    pub(super) fn rebase(&mut self, folder: &Path) {
        for key in KEYS {
            key.rebase(self, folder);
        }
    }

    fn fill(&mut self, weaker: &mut Self) {
        for key in KEYS {
            key.fill(self, weaker);
        }
    }

    /// A layer that speaks of this firewall alone; the table works on whole layers.
    fn of(firewall: FirewallLayer) -> Self {
        Self { firewall, ..Self::default() }
    }
}

impl FirewallLayer {
    pub(super) fn over(self, mut weaker: Self) -> Self {
        weaker.yield_credentials(&self);
        let mut layer = Layer::of(self);
        layer.fill(&mut Layer::of(weaker));
        layer.firewall
    }

    /// Names of the keys that are set.
    pub(super) fn keys(&self) -> Vec<&'static str> {
        let mut layer = Layer::of(self.clone());
        KEYS.iter().filter(|key| key.is_set(&mut layer)).map(Key::short).collect()
    }

    /// The name it goes by: its own, or the host of its url.
    pub(super) fn known_as(&self) -> Option<&str> {
        self.name.as_deref().or(self.url.as_ref().map(|url| url.host.as_str()))
    }

    /// Without case: people type it.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.known_as().is_some_and(|known| known.to_lowercase() == name.to_lowercase())
    }

    pub(super) fn has_credentials(&self) -> bool {
        self.api_key.is_some() || self.api_secret.is_some() || self.credentials.is_some()
    }

    pub(super) fn forget_credentials(&mut self) {
        self.api_key = None;
        self.api_secret = None;
        self.credentials = None;
    }

    fn yield_credentials(&mut self, stronger: &Self) {
        if stronger.credentials.is_some() {
            self.api_key = None;
            self.api_secret = None;
        }
        if stronger.api_key.is_some() || stronger.api_secret.is_some() {
            self.credentials = None;
        }
    }
}
