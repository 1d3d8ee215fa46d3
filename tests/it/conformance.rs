//! What every domain promises. Each test loops over the registry and says what is missing and what to write.

use std::path::{Path, PathBuf};

use opndex::domain::{
    ALL, AnyDomain, ColumnSpec, Each, Kind, RawRows, Role, decode, name_item, primary_key,
    sql_names, translate,
};
use opndex::store::{Batch, Filter, Op, Selection, SourceState, State, Store, Value};
use opndex::types::{AddressRange, FirewallId, RunId, Timestamp};

use super::support::index::Index;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn fixture_path(domain: &dyn AnyDomain) -> PathBuf {
    root().join("tests/fixtures/rest").join(format!("{}.json", domain.name()))
}

/// One recorded shape: which source answers like this, and what must come of it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Release and quirk that it stands for.
    about: String,
    source: String,
    body: serde_json::Value,
    #[serde(default)]
    interfaces: Vec<(String, String)>,
    /// Where sources of one name answer differently.
    #[serde(default)]
    release: Option<String>,
    /// What it was asked for, of a source that is asked item by item.
    #[serde(default)]
    item: Option<String>,
    /// Cells of the parsed rows, in order; columns that are not named are not compared.
    expect: Vec<serde_json::Map<String, serde_json::Value>>,
}

fn cases(domain: &dyn AnyDomain) -> Vec<Case> {
    let path = fixture_path(domain);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| {
        panic!(
            "`{}` has no fixture; save {} (a list of about, source, body, expect)",
            domain.name(),
            path.display()
        )
    });
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn raw(domain: &'static dyn AnyDomain, case: &Case) -> RawRows {
    let sources = domain.api_sources();
    let source = sources
        .iter()
        .filter(|s| case.release.as_ref().is_none_or(|r| s.exists_on(r.parse().unwrap())))
        .find(|s| s.name == case.source && (case.interfaces.is_empty() || s.labels.is_some()));
    let source =
        source.unwrap_or_else(|| panic!("`{}` has no source `{}`", domain.name(), case.source));
    let mut rows = decode(source, domain.fields(), case.body.to_string().as_bytes())
        .unwrap_or_else(|e| panic!("{}: {e}", case.about));
    if let (Each::Item(items), Some(item)) = (source.each, &case.item) {
        name_item(&mut rows, domain.fields(), items.into, item);
    }
    if let Some(labels) = source.labels {
        translate(&mut rows, domain.fields(), labels, &case.interfaces);
    }
    RawRows::new(domain, rows)
}

#[test]
fn every_domain_file_is_registered_in_order() {
    let folder = root().join("src/domain");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| std::fs::read_to_string(p).unwrap().contains("pub static DOMAIN"))
        .map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    let listed: Vec<&str> = ALL.iter().map(|d| d.name()).collect();
    let missing = files.iter().find(|file| !listed.contains(&file.as_str()));
    assert!(
        missing.is_none(),
        "{missing:?} is not registered; add its `pub mod` and its `::DOMAIN` to src/domain/mod.rs"
    );
    assert_eq!(
        files, listed,
        "src/domain/mod.rs must list every domain file, alphabetically, under the name of its file"
    );
}

#[test]
fn names_and_descriptions_read_well() {
    for domain in ALL {
        let snake = |name: &str| {
            name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        assert!(snake(domain.name()), "{}", domain.name());
        assert!(domain.about().ends_with('.'), "`{}`: about is a sentence", domain.name());
        assert!(
            domain.columns().iter().any(|c| c.role == Role::Key),
            "`{}` has no key",
            domain.name()
        );
        for column in domain.columns() {
            assert!(snake(column.name), "{}.{}", domain.name(), column.name);
            assert!(
                column.about.ends_with('.'),
                "{}.{}: about is a sentence",
                domain.name(),
                column.name
            );
        }
        for name in domain.identity().iter().filter(|n| **n != opndex::domain::SOURCE) {
            let field = domain.fields().iter().find(|f| f.name == *name);
            assert!(
                field.is_some_and(|f| !f.volatile),
                "`{}`: identity `{name}` is no stable field",
                domain.name()
            );
        }
    }
}

/// Names of fields that carry key material or hashes in some release (opnsense source, section 4 of its API).
#[test]
fn no_domain_allows_a_secret() {
    const SECRETS: &[&str] = &[
        "pass",
        "secret",
        "psk",
        "priv",
        "prv",
        "otp",
        "seed",
        "apikey",
        "token",
        "shared_key",
        "bindpw",
        "m_enc",
        "m_auth",
    ];
    // Ports that do not talk to each other; what lets forwarded traffic pass; "block private networks".
    const NO_SECRETS: &[(&str, &str)] =
        &[("bridges", "private"), ("destination_nat", "pass"), ("interfaces", "config.blockpriv")];
    for domain in ALL {
        for field in domain.fields() {
            if NO_SECRETS.contains(&(domain.name(), field.name)) {
                continue;
            }
            let last = field.name.rsplit('.').next().unwrap();
            assert!(
                // The privileges of a user or group, and the networks that public names may not resolve to.
                matches!(last, "priv" | "%priv" | "privateaddress")
                    || !SECRETS.iter().any(|s| last.contains(s)) && last != "key",
                "`{}` reads `{}`",
                domain.name(),
                field.name
            );
        }
    }
}

/// The migration that a domain wants.
fn migration(domain: &dyn AnyDomain) -> String {
    let columns = domain.columns();
    let collate = ColumnSpec::is_nocase;
    let mut lines =
        vec![format!("CREATE TABLE {} (", domain.name()), format!("    -- {}", domain.about())];
    lines.push("    firewall_id INTEGER NOT NULL, -- Firewall it was read from.".to_owned());
    for c in &columns {
        let null = if c.role == Role::Key { " NOT NULL" } else { "" };
        let nocase = if collate(c) { " COLLATE NOCASE" } else { "" };
        lines.push(format!("    {} {}{null}{nocase}, -- {}", c.name, c.kind.sql_type(), c.about));
        if c.kind == Kind::Ip {
            lines.push(format!("    {}_sort BLOB{null}, -- The same as 16 bytes that sort; IPv4 as ::ffff:a.b.c.d.", c.name));
        }
    }
    let key = columns
        .iter()
        .filter(|c| c.role == Role::Key)
        .map(|c| format!("{}{}", c.search_name(), if collate(c) { " COLLATE BINARY" } else { "" }));
    let key: Vec<String> = std::iter::once("firewall_id".to_owned()).chain(key).collect();
    lines.push(format!("    PRIMARY KEY ({})", key.join(", ")));
    lines.push(") STRICT, WITHOUT ROWID;".to_owned());
    for c in columns.iter().filter(|c| c.is_indexed()) {
        lines.push(format!("-- Filters on {}; say which question it serves.", c.name));
        lines.push(format!(
            "CREATE INDEX {0}_{1} ON {0} ({2});",
            domain.name(),
            c.name,
            c.search_name()
        ));
    }
    lines.join("\n")
}

async fn empty_store() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("opndex.db");
    Store::open(&path).await.unwrap().close().await;
    (folder, path)
}

#[tokio::test]
async fn every_domain_has_a_table_that_matches_its_columns() {
    let (_folder, path) = empty_store().await;
    let connection = rusqlite::Connection::open(path).unwrap();
    for domain in ALL {
        let mut statement = connection
            .prepare("SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid")
            .unwrap();
        let table: Vec<(String, String, i64)> = statement
            .query_map([domain.name()], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let mut wanted = vec![("firewall_id".to_owned(), "INTEGER".to_owned())];
        for c in domain.columns() {
            for (i, name) in sql_names(&c).enumerate() {
                wanted.push((
                    name.into_owned(),
                    if i == 0 { c.kind.sql_type() } else { "BLOB" }.to_owned(),
                ));
            }
        }
        let found: Vec<_> = table.iter().map(|(n, t, _)| (n.clone(), t.clone())).collect();
        assert_eq!(
            found,
            wanted,
            "the table of `{}` does not match; the migration it wants:\n{}",
            domain.name(),
            migration(*domain)
        );
        let mut key: Vec<_> = table.iter().filter(|(_, _, pk)| *pk > 0).collect();
        key.sort_by_key(|(_, _, pk)| *pk);
        let key: Vec<_> = key.iter().map(|(n, _, _)| n.clone()).collect();
        let wanted: Vec<_> = std::iter::once("firewall_id".to_owned())
            .chain(primary_key(&domain.columns()))
            .collect();
        assert_eq!(
            key,
            wanted,
            "the primary key of `{}`; the migration it wants:\n{}",
            domain.name(),
            migration(*domain)
        );
    }
}

#[tokio::test]
async fn every_table_and_column_says_what_it_is() {
    let (_folder, path) = empty_store().await;
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'").unwrap();
    let tables: Vec<(String, String)> = statement
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(tables.len() > ALL.len());
    for (name, sql) in tables {
        let lines: Vec<&str> = sql.lines().skip(1).collect();
        assert!(
            lines[0].trim_start().starts_with("-- "),
            "{name}: the first line says what the table is"
        );
        // A column begins behind four spaces; an expression goes on behind more, and ends.
        for line in lines.iter().filter(|l| {
            l.strip_prefix("    ").is_some_and(|rest| {
                !["PRIMARY KEY", "--", " ", ")"].iter().any(|other| rest.starts_with(other))
            })
        }) {
            let bare = line.contains("chunk_id")
                || line.contains("snapshot_id INTEGER PRIMARY KEY")
                || line.contains("REFERENCES firewalls")
                || line.contains("domain TEXT")
                || line.contains("source TEXT")
                || line.contains("reason TEXT")
                || line.contains("rows INTEGER");
            assert!(line.contains("-- ") || bare, "{name}: no comment on `{}`", line.trim());
        }
    }
}

/// A value that fits the column.
fn sample(column: &ColumnSpec) -> Op {
    match column.kind {
        Kind::Text | Kind::Name => Op::Is(Value::Text("x".to_owned())),
        Kind::Int => Op::Is(Value::Int(1)),
        Kind::Bool => Op::Is(Value::Bool(true)),
        Kind::Time => Op::AtLeast(Value::Time(Timestamp::from_seconds(1))),
        Kind::Ip => Op::Is(Value::Ip("10.0.0.1".parse().unwrap())),
        Kind::Mac => Op::Is(Value::Mac("00:00:00:00:00:01".parse().unwrap())),
        Kind::Nets => Op::Covers("10.0.0.1".parse().unwrap()),
    }
}

#[tokio::test]
async fn every_indexed_filter_is_an_index_search() {
    let index = Index::new().await;
    let firewall =
        index.store.firewall("fw", "http://fw", Timestamp::from_seconds(0)).await.unwrap();
    for domain in ALL {
        for column in domain.columns().into_iter().filter(ColumnSpec::is_indexed) {
            let mut ops = vec![sample(&column)];
            match column.kind {
                Kind::Name => ops.push(Op::Begins("x".to_owned())),
                Kind::Ip => ops.push(Op::Within("10.0.0.0/24".parse::<AddressRange>().unwrap())),
                _ => {}
            }
            let scopes = [None, Some(firewall)];
            for (op, scope) in ops.iter().flat_map(|op| scopes.map(|scope| (op, scope))) {
                let filters = vec![Filter { column, op: op.clone() }];
                let columns = domain.columns();
                let selection = Selection {
                    domain: *domain,
                    firewall: scope,
                    filters,
                    columns,
                    after: None,
                    limit: 50,
                    rows_wanted: true,
                };
                let plan = index.store.explain(&selection).await.unwrap().join("; ");
                let searched = plan.contains(&format!("SEARCH {} USING", domain.name()));
                // Rows come in the order of the index that found them: no page sorts all that match.
                let sorts = plan.contains("USE TEMP B-TREE FOR ORDER BY");
                assert!(!sorts, "`{}.{}` {op:?} sorts: {plan}", domain.name(), column.name);
                // A range walks its own index, whatever firewall is asked.
                let whole = plan.contains("USING PRIMARY KEY (firewall_id=?)");
                assert!(!whole, "`{}.{}` {op:?} reads all: {plan}", domain.name(), column.name);
                let wanted = format!(
                    "CREATE INDEX {0}_{1} ON {0} ({2});",
                    domain.name(),
                    column.name,
                    column.search_name()
                );
                assert!(
                    searched,
                    "`{}.{}` {op:?} is not an index search: {plan}\nit wants: {wanted}",
                    domain.name(),
                    column.name
                );
            }
        }
    }
}

#[tokio::test]
async fn a_page_is_read_in_key_order_without_a_sort() {
    let index = Index::new().await;
    let firewall =
        index.store.firewall("fw", "http://fw", Timestamp::from_seconds(0)).await.unwrap();
    for domain in ALL {
        let columns = domain.columns();
        let selection = Selection {
            domain: *domain,
            firewall: Some(firewall),
            filters: vec![],
            columns,
            after: None,
            limit: 50,
            rows_wanted: true,
        };
        let plan = index.store.explain(&selection).await.unwrap().join("; ");
        assert!(
            plan.contains("USING PRIMARY KEY") && !plan.contains("TEMP B-TREE"),
            "`{}`: {plan}",
            domain.name()
        );
    }
}

/// Compares the cells that a fixture names.
fn compare(
    at: &str,
    answer: &opndex::ask::Answer,
    expect: &[serde_json::Map<String, serde_json::Value>],
) {
    for (row, expected) in answer.rows.iter().zip(expect) {
        for (column, value) in expected {
            let i = answer
                .columns
                .iter()
                .position(|c| c == column)
                .unwrap_or_else(|| panic!("{at}: no column `{column}`"));
            assert_eq!(&row[i], value, "{at}: {column} of {row:?}");
        }
    }
}

/// `rows` as the whole state of `domain`, from one source that answered in full.
fn batch_of(
    domain: &'static dyn AnyDomain,
    source: &'static str,
    firewall: FirewallId,
    run: RunId,
    rows: RawRows,
) -> Batch {
    let state = SourceState {
        name: source,
        state: State::Fresh,
        reason: None,
        gap: None,
        rows: rows.len(),
        body_hash: None,
        empty: None,
    };
    Batch { firewall, domain, run, at: Timestamp::from_seconds(1), sources: vec![state], rows }
}

#[tokio::test]
async fn every_fixture_row_is_read_as_expected() {
    let index = Index::new().await;
    for domain in ALL {
        let cases = cases(*domain);
        for source in domain.api_sources() {
            assert!(
                cases.iter().any(|c| c.source == source.name),
                "{} has no case for source `{}`",
                fixture_path(*domain).display(),
                source.name
            );
        }
        for (n, case) in cases.iter().enumerate() {
            let name = format!("fw{n}-{}", domain.name());
            let firewall =
                index.store.firewall(&name, "http://fw", Timestamp::from_seconds(0)).await.unwrap();
            let run = index.store.run_begin(firewall, Timestamp::from_seconds(0)).await.unwrap();
            let source = domain.api_sources().into_iter().find(|s| s.name == case.source).unwrap();
            let batch = |rows: RawRows| batch_of(*domain, source.name, firewall, run, rows);
            let at = format!("{} ({})", domain.name(), case.about);
            let applied = index.store.apply(batch(raw(*domain, case))).await.unwrap();
            assert_eq!(
                (applied.rows, applied.rejects),
                (case.expect.len().try_into().unwrap(), 0),
                "{at}"
            );
            let query = opndex::ask::Query {
                domain: domain.name().to_owned(),
                firewall: Some(name),
                columns: domain.columns().iter().map(|c| c.name.to_owned()).collect(),
                ..Default::default()
            };
            let answer = index.ask().query(&query).await.unwrap();
            compare(&at, &answer, &case.expect);
            let again = index.store.apply(batch(raw(*domain, case))).await.unwrap();
            assert_eq!(
                (again.changed, again.written),
                (0, 0),
                "{at}: the same state again writes nothing"
            );
            let emptied =
                index.store.apply(batch(RawRows::new(*domain, Vec::new()))).await.unwrap();
            assert_eq!(
                (emptied.rows, emptied.changed),
                (0, applied.rows),
                "{at}: an empty state empties the table"
            );
        }
    }
}
