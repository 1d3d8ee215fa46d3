//! One config.xml into the store: from a file of the user's, or from the firewall's own history.

use serde::Serialize;

use crate::configxml::Config;
use crate::domain::{ALL, AnyDomain, RawRow, RawRows, rank};
use crate::store::{
    Effect, Import, ImportKind, Imported, ImportedDomain, ImportedState, Revision, SourceState,
    State, Store, StoreError,
};
use crate::types::{Release, RunId, Timestamp};

/// The domains of which config.xml knows something.
pub fn config_domains() -> Vec<&'static dyn AnyDomain> {
    ALL.iter().copied().filter(|domain| !domain.config_sources().is_empty()).collect()
}

/// What became of one config.xml.
#[derive(Debug, Clone, Serialize)]
pub struct ImportReport {
    pub firewall: String,
    /// When the configuration was saved, by whom, in whose words.
    pub at: Timestamp,
    pub user: Option<String>,
    pub description: Option<String>,
    /// Inferred from what the file holds.
    pub release: Release,
    /// Absent when nothing was to be done.
    pub run: Option<RunId>,
    /// Why nothing was.
    pub note: Option<&'static str>,
    pub domains: Vec<ImportLine>,
}

/// One domain of it.
#[derive(Debug, Clone, Serialize)]
pub struct ImportLine {
    pub domain: &'static str,
    /// `current`, `history`, `unchanged` or `covered`.
    pub effect: &'static str,
    pub rows: u64,
    pub changed: u64,
    pub rejects: u64,
}

impl ImportReport {
    pub fn changed(&self) -> u64 {
        self.domains.iter().map(|line| line.changed).sum()
    }
}

impl ImportLine {
    fn new(done: &ImportedDomain) -> Self {
        let effect = match done.effect {
            Effect::Current => "current",
            Effect::History => "history",
            Effect::Unchanged => "unchanged",
            Effect::Covered => "covered",
        };
        Self {
            domain: done.domain,
            effect,
            rows: done.rows,
            changed: done.changed,
            rejects: done.rejects,
        }
    }
}

/// Takes a configuration in that was saved at the time of `revision`.
pub async fn import(
    store: &Store,
    mut config: Config,
    firewall: &str,
    revision: Revision,
    kind: ImportKind,
    read_at: Timestamp,
) -> Result<ImportReport, StoreError> {
    let release = known_release(store, firewall, revision.at).await?.unwrap_or(config.release);
    let states = config_domains().into_iter().map(|domain| state(&mut config, domain, release));
    let domains = states.collect();
    let import = Import {
        firewall: firewall.to_owned(),
        kind,
        revision: revision.clone(),
        read_at,
        release,
        host_name: config.host_name,
        domains,
    };
    let (run, note, domains) = match store.import(import).await? {
        Imported::Known => (None, Some("known already"), Vec::new()),
        Imported::Covered => (None, Some("syncs cover its time; its words are kept"), Vec::new()),
        Imported::Done { run, domains } => {
            (Some(run), None, domains.iter().map(ImportLine::new).collect())
        }
    };
    Ok(ImportReport {
        firewall: firewall.to_owned(),
        at: revision.at,
        user: revision.user,
        description: revision.description,
        release,
        run,
        note,
        domains,
    })
}

/// The release that a sync read, for a state from the time of syncs: a file lets only guess it, and which sources
/// are those of config.xml alone depends on it.
async fn known_release(
    store: &Store,
    firewall: &str,
    at: Timestamp,
) -> Result<Option<Release>, StoreError> {
    let firewalls = store.firewalls().await?;
    let Some(known) = firewalls.iter().find(|f| f.name == firewall) else { return Ok(None) };
    let since = store.synced_since(known.id).await?;
    let is_beside = since.is_some_and(|since| since <= at);
    let release = known.release.as_deref().filter(|_| is_beside);
    Ok(release.and_then(|release| release.parse().ok()))
}

/// The running configuration after syncs: what no endpoint gives is as it says, although it was saved before them.
pub(super) async fn import_running(
    store: &Store,
    config: &Config,
    firewall: &str,
    revision: Revision,
    release: Release,
    read_at: Timestamp,
) -> Result<(), StoreError> {
    let is_untold = |domain: &&'static dyn AnyDomain| {
        let told: Vec<&str> = domain.api_sources().iter().map(|s| s.name).collect();
        let config = domain.config_sources();
        config.iter().any(|s| s.exists_on(release) && !told.contains(&s.name))
    };
    let domains = config_domains().into_iter().filter(is_untold);
    let domains =
        domains.map(|domain| imported(domain, config.copy(domain, release), release)).collect();
    let import = Import {
        firewall: firewall.to_owned(),
        kind: ImportKind::Backfill,
        revision,
        read_at,
        release,
        host_name: None,
        domains,
    };
    store.import_running(import).await.map(drop)
}

fn state(config: &mut Config, domain: &'static dyn AnyDomain, release: Release) -> ImportedState {
    imported(domain, config.take(domain, release), release)
}

fn imported(
    domain: &'static dyn AnyDomain,
    found: Vec<(&'static str, Vec<RawRow>)>,
    release: Release,
) -> ImportedState {
    let mut rows = Vec::new();
    let mut sources = Vec::new();
    for (name, mut found) in found {
        let of_name = domain.config_sources();
        let here = of_name.iter().filter(|s| s.name == name && s.exists_on(release));
        if let Some(ranked) = here.into_iter().find_map(|s| s.ranked) {
            rank(&mut found, domain.fields(), domain.identity(), ranked);
        }
        let gap = of_name.iter().filter(|s| s.name == name).find_map(|s| s.gap);
        sources.push(SourceState {
            name,
            state: State::Fresh,
            reason: None,
            gap: gap.map(Into::into),
            rows: found.len(),
            body_hash: None,
            empty: None,
        });
        rows.extend(found);
    }
    ImportedState { domain, rows: RawRows::new(domain, rows), sources }
}
