//! What rules and aliases name: the tables of terms follow the tables of rules, and questions find all of it.

use std::collections::BTreeSet;

use opndex::ask::{Query, ReportQuery};
use opndex::types::AddressRange;
use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::Value;

use super::support::network::{Network, network};

/// Place or alias, term in lower case, whether it is excluded.
type Term = (String, String, bool);

fn split(place: &str, list: Option<String>, negated: Option<bool>) -> impl Iterator<Item = Term> {
    let list = list.filter(|list| !list.is_empty());
    let terms: Vec<Term> = list
        .iter()
        .flat_map(|list| list.split(','))
        .map(|term| {
            let name = term.trim_start_matches('!').to_ascii_lowercase();
            (place.to_owned(), name, negated.unwrap_or_else(|| term.starts_with('!')))
        })
        .collect();
    terms.into_iter()
}

fn read(connection: &Connection, sql: &str) -> BTreeSet<Term> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).unwrap();
    rows.map(|row| row.map(|(place, term, no): Term| (place, term.to_ascii_lowercase(), no)))
        .collect::<Result<_, _>>()
        .unwrap()
}

/// What the rows say, split here.
fn expected(connection: &Connection) -> (BTreeSet<Term>, BTreeSet<Term>) {
    let mut rules = BTreeSet::new();
    let sql = "SELECT position || '/' || tie || '/' || uuid || '/' || duplicate, source, destination, source_port, destination_port, interface FROM firewall_rules";
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let key: String = row.get(0).unwrap();
        let place = |name: &str| format!("{key} {name}");
        rules.extend(split(&place("source"), row.get(1).unwrap(), None));
        rules.extend(split(&place("destination"), row.get(2).unwrap(), None));
        // Neither release knows excluded ports; an excluded interface list is excluded whole.
        let ports = [(place("source port"), 3), (place("destination port"), 4)];
        for (place, column) in ports {
            rules.extend(split(&place, row.get(column).unwrap(), Some(false)));
        }
        let interface: Option<String> = row.get(5).unwrap();
        let no = interface.as_ref().is_some_and(|list| list.starts_with('!'));
        rules.extend(split(&place("interface"), interface, Some(no)));
    }
    let mut aliases = BTreeSet::new();
    let mut statement = connection.prepare("SELECT name, content FROM aliases").unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let name: String = row.get(0).unwrap();
        aliases.extend(split(&name, row.get(1).unwrap(), None));
    }
    (rules, aliases)
}

fn assert_terms_follow(connection: &Connection) {
    let rules = "SELECT position || '/' || tie || '/' || uuid || '/' || duplicate || ' ' || place, term, negated FROM rule_terms";
    let aliases = "SELECT alias, term, negated FROM alias_terms";
    let (rule_terms, alias_terms) = expected(connection);
    assert_eq!(read(connection, rules), rule_terms);
    assert_eq!(read(connection, aliases), alias_terms);
}

/// A list as no administrator would write it.
fn list() -> impl Strategy<Value = Option<String>> {
    let term = "!?[a-zA-Z0-9_./:\"'\\\\ -]{1,12}";
    proptest::option::of(proptest::collection::vec(term, 0..4).prop_map(|terms| terms.join(",")))
}

#[derive(Debug, Clone)]
enum Step {
    Update(&'static str, i64, Option<String>),
    Delete(&'static str, i64),
    Rename(i64, String),
    Copy(i64, i64),
}

fn step() -> impl Strategy<Value = Step> {
    let columns = ["source", "destination", "source_port", "destination_port", "interface"];
    prop_oneof![
        (proptest::sample::select(columns.to_vec()), 0..80_i64, list())
            .prop_map(|(column, row, list)| Step::Update(column, row, list)),
        (0..8_i64, list()).prop_map(|(row, list)| Step::Update("content", row, list)),
        (proptest::sample::select(vec!["firewall_rules", "aliases"]), 0..80_i64)
            .prop_map(|(table, row)| Step::Delete(table, row)),
        (0..8_i64, "[a-z_]{1,6}").prop_map(|(row, name)| Step::Rename(row, name)),
        (0..80_i64, 1..9_i64).prop_map(|(row, tie)| Step::Copy(row, tie)),
    ]
}

fn take(connection: &Connection, step: &Step) {
    let key = "(firewall_id, position, tie, uuid, duplicate)";
    match step {
        Step::Update("content", row, list) => {
            let sql = "UPDATE aliases SET content = ?2 WHERE name = (SELECT name FROM aliases LIMIT 1 OFFSET ?1)";
            connection.execute(sql, (row, list)).map(drop).unwrap();
        }
        Step::Update(column, row, list) => {
            let sql = format!(
                "UPDATE firewall_rules SET \"{column}\" = ?2
                 WHERE {key} = (SELECT firewall_id, position, tie, uuid, duplicate FROM firewall_rules LIMIT 1 OFFSET ?1)"
            );
            // What holds no terms may not be absent in every column.
            let _refused = connection.execute(&sql, (row, list));
        }
        Step::Delete(table, row) => {
            let sql = if *table == "aliases" {
                "DELETE FROM aliases WHERE name = (SELECT name FROM aliases LIMIT 1 OFFSET ?1)"
                    .to_owned()
            } else {
                format!(
                    "DELETE FROM firewall_rules WHERE {key} = (SELECT firewall_id, position, tie, uuid, duplicate FROM firewall_rules LIMIT 1 OFFSET ?1)"
                )
            };
            connection.execute(&sql, [row]).map(drop).unwrap();
        }
        Step::Rename(row, name) => {
            let sql = "INSERT INTO aliases SELECT firewall_id, ?2, enabled, type, content, categories, entries, description, uuid
                 FROM aliases LIMIT 1 OFFSET ?1";
            let _taken = connection.execute(sql, (row, name));
        }
        Step::Copy(row, tie) => {
            let columns: Vec<String> = connection
                .prepare("SELECT name FROM pragma_table_info('firewall_rules')")
                .and_then(|mut s| s.query_map([], |r| r.get(0))?.collect())
                .unwrap();
            let cells: Vec<String> = columns
                .iter()
                .map(|c| if c == "tie" { "tie + ?2".to_owned() } else { format!("\"{c}\"") })
                .collect();
            let sql = format!(
                "INSERT INTO firewall_rules SELECT {} FROM firewall_rules LIMIT 1 OFFSET ?1",
                cells.join(", ")
            );
            let _taken = connection.execute(&sql, (row, tie));
        }
    }
}

#[test]
fn terms_follow_every_change_of_rules_and_aliases() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let network: Network = runtime.block_on(network(20));
    let connection = Connection::open(network.store.path()).unwrap();
    assert_terms_follow(&connection);
    let cases = ProptestConfig::with_cases(32);
    proptest!(cases, |(steps in proptest::collection::vec(step(), 1..24))| {
        let transaction = connection.unchecked_transaction().unwrap();
        for step in &steps {
            take(&transaction, step);
        }
        assert_terms_follow(&transaction);
    });
}

/// A rule that names the address itself, or a network around it, was not found: the rule's key had grown by a
/// column, and the question took the wrong one for the UUID.
#[tokio::test]
async fn rules_for_an_address_name_those_that_name_it_themselves() {
    let network = network(20).await;
    let asked = Query {
        domain: "firewall_rules".to_owned(),
        columns: ["uuid", "source", "destination"].map(str::to_owned).to_vec(),
        limit: Some(1_000),
        ..Query::default()
    };
    let rules = network.ask.query(&asked).await.unwrap().rows;
    let text = |cell: &Value| cell.as_str().unwrap_or_default().to_owned();
    for address in ["224.0.0.18", "255.255.255.255", "fe80::1", "ff02::12"] {
        let range: AddressRange = address.parse().unwrap();
        let around = |term: &str| {
            term.parse::<AddressRange>()
                .is_ok_and(|r| r.first() <= range.first() && r.last() >= range.last())
        };
        let holds = |cell: &Value| text(cell).split(',').any(around);
        let expected: BTreeSet<String> = rules
            .iter()
            .filter(|row| holds(&row[1]) || holds(&row[2]))
            .map(|row| text(&row[0]))
            .collect();
        assert!(!expected.is_empty(), "{address}");
        let query = ReportQuery {
            report: "rules_for_address".to_owned(),
            about: Some(address.to_owned()),
            columns: ["uuid", "via"].map(str::to_owned).to_vec(),
            limit: Some(1_000),
            ..ReportQuery::default()
        };
        let found = network.ask.report(&query).await.unwrap().rows;
        let found: BTreeSet<String> = found
            .iter()
            .filter(|row| row[1] == "address or network in the rule")
            .map(|row| text(&row[0]))
            .collect();
        assert_eq!(found, expected, "{address}");
    }
}
