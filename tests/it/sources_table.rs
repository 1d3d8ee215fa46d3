//! The table in README.md that says which domain works from which source on which release.
//!
//! It is made from the domains' declarations; `OPNDEX_WRITE_README=1 cargo test --test it sources_table` writes it.

use std::fmt::Write as _;
use std::path::Path;

use opndex::domain::{ALL, AnyDomain};
use opndex::sync::DomainState;
use opndex::types::Release;

use super::support::index::{Index, run};
use super::support::replay::{RELEASES, Replay, recorded};

const BEGIN: &str = "<!-- sources: generated; `OPNDEX_WRITE_README=1 cargo test --test it sources_table` writes it -->";
const END: &str = "<!-- end of sources -->";

/// What gives a domain on a release.
struct Cell {
    api: bool,
    /// The API does not tell all.
    partial: bool,
    file: bool,
}

fn cell(domain: &dyn AnyDomain, release: Release) -> Cell {
    let on_release = |s: &&opndex::domain::Source| s.exists_on(release);
    let config: Vec<_> = domain.config_sources().into_iter().filter(on_release).collect();
    let api: Vec<_> = domain.api_sources().into_iter().filter(on_release).collect();
    // An endpoint that is asked for its gap alone: what it would give has another name in config.xml.
    let alone = |name: &str| !api.iter().any(|s| s.name == name);
    let is_placeholder = |s: &&opndex::domain::Source| {
        s.optional
            && s.gap.is_some()
            && config.iter().any(|c| alone(c.name))
            && !config.iter().any(|c| c.name == s.name)
    };
    let real: Vec<_> = api.iter().filter(|s| !is_placeholder(s)).collect();
    Cell {
        api: !real.is_empty(),
        partial: real.iter().any(|s| s.gap.is_some()),
        file: !config.is_empty(),
    }
}

fn table() -> String {
    let mut text = String::from(
        "`API`: read by `sync`; `API°`: the API of that release does not tell all, which every answer says; `file`: read\n\
         from config.xml by `import` and `backfill`.\n\n| domain |",
    );
    let series: Vec<&str> = RELEASES.iter().map(|r| r.rsplit_once('.').unwrap().0).collect();
    for name in &series {
        write!(text, " {name} |").unwrap();
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(series.len()));
    text.push('\n');
    for domain in ALL {
        write!(text, "| `{}` |", domain.name()).unwrap();
        for release in RELEASES {
            let cell = cell(*domain, release.parse().unwrap());
            let api = if cell.partial { "API°" } else { "API" };
            let shown = match (cell.api, cell.file) {
                (true, true) => format!("{api}, file"),
                (true, false) => api.to_owned(),
                (false, true) => "file".to_owned(),
                (false, false) => "–".to_owned(),
            };
            write!(text, " {shown} |").unwrap();
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_readme_says_which_domain_works_from_which_source() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) =
        readme.split_once(BEGIN).expect("README.md has the marker before the table");
    let (found, after) = rest.split_once(END).expect("README.md has the marker after the table");
    let wanted = format!("\n{}", table());
    if std::env::var_os("OPNDEX_WRITE_README").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{wanted}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(found, wanted, "the table is out of date; write it as the marker says");
}

/// A domain that the table says the API does not give has no rows from it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_table_denies_a_release_its_api_does_not_give() {
    if recorded().is_none() {
        return;
    }
    for release in RELEASES {
        let replay = Replay::start(release, &[]);
        let index = Index::new().await;
        let report = run(&index.firewall(&replay.url, "w1key", "w1secret")).await;
        for domain in &report.domains {
            let declared = opndex::domain::by_name(domain.domain).unwrap();
            if !cell(declared, release.parse().unwrap()).api {
                assert_eq!(
                    (domain.state, domain.rows),
                    (DomainState::Absent, 0),
                    "{release}: {domain:?}"
                );
            }
        }
    }
}
