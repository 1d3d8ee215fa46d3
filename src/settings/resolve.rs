//! From layers to settings: which firewalls there are, and what holds for all of them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::mem;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::age::Age;
use super::cadence::Cadence;
use super::error::SettingsError;
use super::firewall::{FirewallSettings, check, needed};
use super::layer::{FirewallLayer, Layer, ServeLayer};

const DATABASE: &str = "opndex.db";

/// Everything the user decided.
#[derive(Debug, Clone)]
pub struct Settings {
    pub database: PathBuf,
    /// May be empty: questions to an index need no firewall.
    pub firewalls: Vec<FirewallSettings>,
    pub sync: SyncSettings,
    pub history: HistorySettings,
    pub mcp: McpSettings,
    pub serve: ServeSettings,
    pub log: LogSettings,
    /// Why each finding of `lint` is lived with, by its id.
    pub suppress: BTreeMap<String, String>,
    /// What is odd but usable, one sentence each, for the caller to show.
    pub warnings: Vec<String>,
}

/// When the firewalls are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncSettings {
    /// Configuration, when its revision cannot be asked for.
    pub config: Cadence,
    /// Leases, neighbours, states and the like.
    pub runtime: Cadence,
    /// The revision of the configuration.
    pub probe: Cadence,
    pub on_start: bool,
    /// Domains that are read only because they are named here; not yet checked: `sync` knows them.
    pub extra: Vec<String>,
    /// Those domains.
    pub extra_every: Cadence,
    /// The firewall's own history is read after the configuration was.
    pub backfill: bool,
}

/// How `serve --http` is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeSettings {
    /// Names, in lower case, by which it may be addressed besides addresses and localhost.
    pub hosts: Vec<String>,
    /// On this machine too.
    pub require_token: bool,
    pub token_file: PathBuf,
    /// Certificate chain and private key.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// How long history is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistorySettings {
    /// Every state.
    pub keep_all: Age,
    /// After that the last state of each hour, day and week.
    pub hourly: Age,
    pub daily: Age,
    pub weekly: Age,
    /// Every state of the configuration.
    pub configuration: Age,
    /// Who had which address when.
    pub presence: Age,
}

/// What agents may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct McpSettings {
    /// Write what is said about devices into the local database.
    pub labels: bool,
}

/// What is logged, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// A level or a filter, not yet checked: `telemetry` knows what it can read.
    pub filter: String,
    pub json: bool,
    pub file: Option<PathBuf>,
}

/// Settles what the layers say, on top of the defaults. Reads the credentials files they name.
pub fn resolve(layers: Layer) -> Result<Settings, SettingsError> {
    let mut layers = layers;
    let chosen = choose_firewalls(&mut layers)?;
    let mut defaults = Layer::defaults()?;
    let every_firewall = mem::take(&mut defaults.firewall);
    let Layer { database, sync, history, mcp, serve, log, suppress, mut warnings, .. } =
        layers.over(defaults);

    let mut firewalls = Vec::with_capacity(chosen.len());
    for (number, layer) in (1..).zip(chosen) {
        firewalls.push(check(layer, number, every_firewall.clone(), &mut warnings)?);
    }
    refuse_duplicates(&firewalls)?;
    let database = needed("database", database.or_else(default_database))?;
    Ok(Settings {
        serve: serving(serve, &database)?,
        database,
        firewalls,
        sync: SyncSettings {
            config: needed("sync.config", sync.config)?,
            runtime: needed("sync.runtime", sync.runtime)?,
            probe: needed("sync.probe", sync.probe)?,
            on_start: needed("sync.on_start", sync.on_start)?,
            extra: sync.extra.unwrap_or_default(),
            extra_every: needed("sync.extra_every", sync.extra_every)?,
            backfill: needed("sync.backfill", sync.backfill)?,
        },
        history: HistorySettings {
            keep_all: needed("history.keep_all", history.keep_all)?,
            hourly: needed("history.hourly", history.hourly)?,
            daily: needed("history.daily", history.daily)?,
            weekly: needed("history.weekly", history.weekly)?,
            configuration: needed("history.configuration", history.configuration)?,
            presence: needed("history.presence", history.presence)?,
        },
        mcp: McpSettings { labels: needed("mcp.labels", mcp.labels)? },
        log: LogSettings {
            filter: needed("log.level", log.level)?,
            json: needed("log.json", log.json)?,
            file: log.file,
        },
        suppress,
        warnings,
    })
}

/// The token is as private as the database and lives beside it.
fn serving(layer: ServeLayer, database: &Path) -> Result<ServeSettings, SettingsError> {
    let tls = match (layer.tls_cert, layer.tls_key) {
        (Some(cert), Some(key)) => Some((cert, key)),
        (None, None) => None,
        (Some(_), None) => return Err(SettingsError::HalfTls { missing: "serve.tls_key" }),
        (None, Some(_)) => return Err(SettingsError::HalfTls { missing: "serve.tls_cert" }),
    };
    let names = layer.hosts.unwrap_or_default();
    Ok(ServeSettings {
        hosts: names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        require_token: needed("serve.require_token", layer.require_token)?,
        token_file: layer.token_file.unwrap_or_else(|| database.with_extension("token")),
        tls,
    })
}

/// Local, not roaming: an index of a network has no business on other machines.
fn default_database() -> Option<PathBuf> {
    ProjectDirs::from("", "", "opndex").map(|dirs| dirs.data_local_dir().join(DATABASE))
}

/// Brings the flat keys, the list and the borrowed variables together.
///
/// Flat keys refine the listed firewall they name (or the only one there is), and otherwise are a
/// firewall of their own. Borrowed variables are never mixed into another firewall: its key would
/// be sent where it does not belong.
fn choose_firewalls(layers: &mut Layer) -> Result<Vec<FirewallLayer>, SettingsError> {
    let flat = mem::take(&mut layers.firewall);
    let borrowed = mem::take(&mut layers.borrowed);
    let listed = mem::take(&mut layers.firewalls);
    let said = flat.keys();
    if !listed.is_empty() {
        return if said.is_empty() { Ok(listed) } else { refine(listed, flat, &said) };
    }
    let mut borrowed = if is_same(&flat, &borrowed) { borrowed } else { FirewallLayer::default() };
    if flat.has_credentials() {
        borrowed.forget_credentials();
    }
    let flat = flat.over(borrowed);
    if flat.url.is_some() {
        return Ok(vec![flat]);
    }
    if !said.is_empty() {
        layers.warnings.push(format!(
            "{} set for a firewall without a `url`, so there is no firewall to ask; set `url`",
            list(&said)
        ));
    }
    Ok(Vec::new())
}

/// Whether borrowed variables may speak of the firewall of the flat keys.
fn is_same(flat: &FirewallLayer, borrowed: &FirewallLayer) -> bool {
    flat.url.is_none() || borrowed.url.is_none() || flat.url == borrowed.url
}

fn refine(
    mut listed: Vec<FirewallLayer>,
    flat: FirewallLayer,
    said: &[&str],
) -> Result<Vec<FirewallLayer>, SettingsError> {
    let meant = match (&flat.name, &flat.url) {
        (Some(name), _) => listed.iter_mut().find(|one| one.is_called(name)),
        (None, Some(url)) => listed.iter_mut().find(|one| one.url.as_ref() == Some(url)),
        (None, None) if listed.len() == 1 => listed.first_mut(),
        (None, None) => None,
    };
    if let Some(one) = meant {
        *one = flat.over(mem::take(one));
    } else if flat.url.is_some() {
        listed.insert(0, flat);
    } else {
        let names: Vec<&str> = listed.iter().filter_map(FirewallLayer::known_as).collect();
        return Err(SettingsError::WhichFirewall { keys: list(said), names: names.join(", ") });
    }
    Ok(listed)
}

/// `` `pin` is `` or `` `pin`, `name` are ``: the start of a sentence about keys.
fn list(keys: &[&str]) -> String {
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    format!("{} {}", quoted.join(", "), if keys.len() == 1 { "is" } else { "are" })
}

/// Names are compared without case: people type them.
fn refuse_duplicates(firewalls: &[FirewallSettings]) -> Result<(), SettingsError> {
    let mut seen = BTreeSet::new();
    match firewalls.iter().find(|one| !seen.insert(one.name.to_lowercase())) {
        Some(one) => Err(SettingsError::DuplicateName { name: one.name.clone() }),
        None => Ok(()),
    }
}
