//! config.xml: what it says, what it cannot say, and files that are none.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use opndex::configxml::{Config, ConfigError};
use opndex::store::{ImportKind, Revision};
use opndex::sync::{ImportReport, config_domains, import};

use super::support::index::Index;
use super::support::replay::recorded;

mod agreement;
mod backfill;
mod hostile;
mod importing;
mod shapes;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/configxml").join(name)
}

fn read(bytes: &[u8]) -> Result<Config, ConfigError> {
    Config::read(BufReader::new(bytes), &config_domains())
}

/// A recorded config.xml: the newest, or the one with this name of a recording.
pub(crate) fn recorded_config(release: &str, name: &str) -> Vec<u8> {
    let path = recorded().expect("OPNDEX_RECORDED").join(release).join(format!("{name}.json"));
    let record: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    record["response"]["body_raw"].as_str().unwrap().as_bytes().to_vec()
}

pub(crate) const NEWEST: &str = "core_backup_download_this";

/// Imports bytes as a file of firewall `fw`.
pub(crate) async fn import_bytes(index: &Index, bytes: &[u8]) -> ImportReport {
    let config = read(bytes).unwrap();
    let revision = Revision {
        at: config.revision.at.expect("a time"),
        backup_id: String::new(),
        user: config.revision.user.clone(),
        description: config.revision.description.clone(),
    };
    import(&index.store, config, "fw", revision, ImportKind::Import, index.clock.now())
        .await
        .unwrap()
}
