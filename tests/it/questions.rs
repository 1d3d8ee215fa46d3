//! The joined questions: their SQL as golden text, their plans, their pages, and what they cost an agent.

use std::collections::BTreeSet;
use std::path::Path;

use opndex::ask::{DevicesQuery, Query, ReportQuery};
use opndex::sim::{SimOptions, Simulator};
use opndex::store::{
    Counting, DeviceKey, DeviceSelection, Filter, InterfaceScope, JOINED, JoinedSelection, NameIs,
    Op, Selection, Store, Subject,
};
use opndex::types::{Clock, FirewallId, Timestamp};
use serde_json::{Value, json};

use super::support::network::{Network, network, sync};

/// Tables that grow with the network; none is ever read from end to end.
const BIG: [&str; 4] = ["arp", "dhcp_leases", "host_discovery", "ndp"];

fn devices() -> Vec<(&'static str, DeviceSelection)> {
    let firewall = FirewallId::new(1);
    let base =
        DeviceSelection { firewall: Some(firewall), limit: 50, ..DeviceSelection::default() };
    let iot = InterfaceScope {
        firewall,
        name: "IOT".to_owned(),
        networks: vec!["192.168.30.0/24".parse().unwrap()],
    };
    let after = Some(DeviceKey { by_duid: false, id: "3c:22:fb:00:00:01".to_owned(), firewall });
    vec![
        ("devices", base.clone()),
        ("devices_next_page", DeviceSelection { after, ..base.clone() }),
        ("devices_counted", DeviceSelection { counting: Counting::Alone, ..base.clone() }),
        (
            "devices_online_on_interface",
            DeviceSelection { interfaces: vec![iot], online: Some(true), ..base.clone() },
        ),
        (
            "devices_in_range",
            DeviceSelection { ranges: vec!["192.168.1.0/28".parse().unwrap()], ..base.clone() },
        ),
        (
            "devices_called",
            DeviceSelection { name: Some(NameIs::Exactly("nas".to_owned())), ..base.clone() },
        ),
        (
            "devices_by_id",
            DeviceSelection { ids: vec!["00:11:32:00:00:00".to_owned()], ..base.clone() },
        ),
        ("devices_unknown", DeviceSelection { named: Some(false), reserved: Some(false), ..base }),
    ]
}

fn reports() -> Vec<JoinedSelection> {
    let selection = |question: &&'static opndex::store::Joined| JoinedSelection {
        question,
        firewall: Some(FirewallId::new(1)),
        now: Timestamp::from_seconds(1_795_500_000),
        subject: match question.subject {
            Subject::OneInterface | Subject::Interface => {
                Some(json!([[1, "vlan02", ["opt2", "untrusted"], "IOT"]]).to_string())
            }
            Subject::Device => Some(json!([[1, "00:11:32:00:00:00"]]).to_string()),
            _ => None,
        },
        range: matches!(question.subject, Subject::Address)
            .then(|| "192.168.1.16".parse().unwrap()),
        number: matches!(question.subject, Subject::Port).then_some(443),
        verdict: None,
        after: None,
        limit: 50,
    };
    JOINED.iter().map(selection).collect()
}

/// Compares with `tests/snapshots/questions/NAME.sql`; `OPNDEX_GOLDEN=write` writes it.
fn golden(name: &str, text: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/questions");
    let path = folder.join(format!("{name}.sql"));
    let text = format!("{}\n", text.trim_end());
    if std::env::var_os("OPNDEX_GOLDEN").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == text,
        "{} differs from what is built; read it, then run with OPNDEX_GOLDEN=write",
        path.display()
    );
}

#[test]
fn the_sql_of_devices_is_what_was_reviewed() {
    for (name, selection) in devices() {
        golden(name, &Store::devices_statement(&selection));
    }
}

/// Reports are their texts; one stands for the frame around all of them.
#[test]
fn the_sql_around_a_report_is_what_was_reviewed() {
    let rules = reports().into_iter().find(|s| s.question.name == "rules").unwrap();
    golden("report", &Store::joined_statement(&rules));
}

#[test]
fn reports_are_alphabetical_and_their_keys_begin_with_the_firewall() {
    let names: Vec<&str> = JOINED.iter().map(|q| q.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    for question in JOINED {
        assert_eq!(question.keys.first(), Some(&"firewall_id"), "{}", question.name);
        for domain in question.domains {
            assert!(opndex::domain::by_name(domain).is_some(), "{}: {domain}", question.name);
        }
    }
}

/// Names under which a statement reads one of the big tables.
fn big_names(sql: &str) -> BTreeSet<String> {
    let words: Vec<&str> =
        sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    let mut names = BTreeSet::new();
    for pair in words.windows(3) {
        if matches!(pair[0], "FROM" | "JOIN") && BIG.contains(&pair[1]) {
            let keyword = pair[2].chars().all(char::is_uppercase);
            names.insert(if keyword { pair[1] } else { pair[2] }.to_owned());
        }
    }
    names
}

fn scans(plan: &[String], names: &BTreeSet<String>) -> Option<String> {
    let is_scan = |line: &&String| {
        line.strip_prefix("SCAN ")
            .is_some_and(|rest| names.contains(rest.split(' ').next().unwrap_or_default()))
    };
    plan.iter().find(is_scan).cloned()
}

#[tokio::test]
async fn no_question_reads_a_big_table_from_end_to_end() {
    let network = network(60).await;
    for (name, selection) in devices() {
        let plan = network.store.explain_devices(&selection).await.unwrap();
        let names = big_names(&Store::devices_statement(&selection));
        assert!(!names.is_empty() && scans(&plan, &names).is_none(), "{name}: {plan:#?}");
        if name.ends_with("range") {
            let by_address = |line: &&String| line.contains("(ip_sort>? AND ip_sort<?)");
            assert!(plan.iter().filter(by_address).count() >= 10, "{name}: {plan:#?}");
        }
        if !name.ends_with("called") && !name.ends_with("id") && !name.ends_with("range") {
            // Identifiers come in order from the indexes: no sort, so a page costs what it shows. Only clients
            // without a hardware address are sorted: two branches, in the page and in its count.
            let sorts =
                plan.iter().filter(|line| line.contains("TEMP B-TREE FOR ORDER BY")).count();
            assert!(sorts <= 4, "{name}: {plan:#?}");
            let walks = |line: &&String| line.contains("PRIMARY KEY (firewall_id=?)");
            assert!(!plan.iter().any(|line| walks(&line)), "{name}: {plan:#?}");
        }
    }
    for selection in reports() {
        let plan = network.store.explain_joined(&selection).await.unwrap();
        let names = big_names(selection.question.sql);
        assert_eq!(scans(&plan, &names), None, "{}: {plan:#?}", selection.question.name);
    }
}

#[tokio::test]
async fn looking_for_an_address_or_a_name_reads_no_table_from_end_to_end() {
    let network = network(60).await;
    let connection = rusqlite::Connection::open(network.store.path()).unwrap();
    for text in Store::locate_statements() {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
        let plan: Vec<String> = statement
            .query_map([rusqlite::types::Null; 4], |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let names = ["t", "address_ranges"].map(str::to_owned).into();
        let searches = plan.iter().filter(|line| line.starts_with("SEARCH t ")).count();
        assert!(searches >= 8, "every table is called t: {plan:#?}");
        assert_eq!(scans(&plan, &names), None, "{plan:#?}");
    }
}

/// SQLite prepares a statement again when a value that its planner has looked at is bound anew. A bare parameter
/// behind LIMIT is looked at, which made each call of a joined question prepare it: 14 of its 15 ms.
#[tokio::test]
async fn a_repeated_question_is_not_prepared_again() {
    let network = network(60).await;
    let leases = opndex::domain::by_name("dhcp_leases").unwrap();
    let column = leases.columns().into_iter().find(|c| c.name == "hostname").unwrap();
    let select = Store::select_statement(&Selection {
        domain: leases,
        firewall: None,
        filters: vec![Filter { column, op: Op::Begins("nas".to_owned()) }],
        columns: leases.columns(),
        after: None,
        limit: 50,
        rows_wanted: true,
    });
    let mut texts = vec![("select".to_owned(), select)];
    for text in Store::locate_statements() {
        texts.push(("locate".to_owned(), text));
    }
    for (name, selection) in devices() {
        texts.push((name.to_owned(), Store::devices_statement(&selection)));
    }
    for selection in reports() {
        let name = format!("report {}", selection.question.name);
        texts.push((name, Store::joined_statement(&selection)));
    }
    let connection = rusqlite::Connection::open(network.store.path()).unwrap();
    for (name, text) in texts {
        let mut statement = connection.prepare(&text).unwrap();
        for _ in 0..2 {
            // As sqlx does between two uses. 1 suits every parameter, that of a LIMIT as well.
            statement.clear_bindings();
            for parameter in 1..=statement.parameter_count() {
                statement.raw_bind_parameter(parameter, 1).unwrap();
            }
            let mut rows = statement.raw_query();
            while rows.next().unwrap().is_some() {}
        }
        let again = statement.get_status(rusqlite::StatementStatus::RePrepare);
        assert_eq!(again, 0, "{name}: {text}");
    }
}

/// Totals are kept between pages, never past a change of the file.
#[tokio::test]
async fn a_total_is_counted_again_when_the_index_has_changed() {
    let network = network(20).await;
    let asked = DevicesQuery { limit: Some(5), ..DevicesQuery::default() };
    let filtered = Query {
        domain: "arp".to_owned(),
        filters: vec!["ip in 203.0.113.0/24".to_owned()],
        limit: Some(5),
        ..Query::default()
    };
    let totals = async || {
        let devices = network.ask.devices(&asked).await.unwrap().total;
        (devices, network.ask.query(&filtered).await.unwrap().total)
    };
    let before = totals().await;
    assert_eq!(totals().await, before);
    let other = rusqlite::Connection::open(network.store.path()).unwrap();
    for n in 1..=3_u64 {
        let sql = "INSERT INTO arp (firewall_id, device, ip, ip_sort, mac) VALUES (1, 'igc0', ?1, ?2, ?3)";
        let ip = [vec![0; 10], vec![255, 255, 203, 0, 113, n.to_le_bytes()[0]]].concat();
        let row = (format!("203.0.113.{n}"), ip, format!("3c:22:fb:ff:ff:0{n}"));
        other.execute(sql, row).unwrap();
        assert_eq!(totals().await, (before.0 + n, before.1 + n));
    }
}

#[test]
fn a_planted_scan_is_seen() {
    let names = big_names("SELECT 1 FROM dhcp_leases l JOIN arp ON 1 WHERE 2");
    assert_eq!(names, BTreeSet::from(["l".to_owned(), "arp".to_owned()]));
    assert!(scans(&["SCAN l USING COVERING INDEX x".to_owned()], &names).is_some());
    assert!(scans(&["SEARCH l USING INDEX x".to_owned(), "SCAN r".to_owned()], &names).is_none());
}

#[tokio::test]
async fn devices_are_paged_without_repeats_and_every_one_once() {
    let network = network(400).await;
    let (mut seen, mut after) = (BTreeSet::new(), None::<String>);
    let total = loop {
        let query = DevicesQuery {
            columns: vec!["mac".to_owned()],
            limit: Some(37),
            after: after.clone(),
            ..DevicesQuery::default()
        };
        let page = network.ask.devices(&query).await.unwrap();
        for row in &page.rows {
            assert!(seen.insert(row[0].to_string()), "{row:?} twice");
        }
        after = page.next;
        if after.is_none() {
            break page.total;
        }
    };
    assert_eq!(u64::try_from(seen.len()).unwrap(), total);
    let counted = DevicesQuery { count_only: true, ..DevicesQuery::default() };
    assert_eq!(network.ask.devices(&counted).await.unwrap().total, total);
    // The firewall's own addresses are no devices.
    assert!(!seen.iter().any(|mac| mac.contains("00:e2:69:5a:11:0")), "{seen:?}");
}

#[tokio::test]
async fn every_report_is_paged_without_repeats() {
    let network = network(200).await;
    for question in JOINED {
        let about = match question.subject {
            Subject::OneInterface => Some("IOT"),
            Subject::Device | Subject::Address => Some("nas"),
            Subject::Port => Some("443"),
            _ => None,
        };
        let ask = |limit, after| ReportQuery {
            report: question.name.to_owned(),
            about: about.map(str::to_owned),
            limit: Some(limit),
            after,
            ..ReportQuery::default()
        };
        let whole = network.ask.report(&ask(1_000, None)).await.unwrap();
        let (mut rows, mut after) = (0, None);
        loop {
            let page = network.ask.report(&ask(3, after)).await.unwrap();
            rows += page.rows.len();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(rows, whole.rows.len(), "{}", question.name);
        assert_eq!(u64::try_from(rows).unwrap(), whole.total, "{}", question.name);
    }
}

#[tokio::test]
async fn a_refused_report_says_what_it_wants() {
    let network = network(60).await;
    let refused = async |report: &str, about: Option<&str>, only: Option<&str>| {
        let query = ReportQuery {
            report: report.to_owned(),
            about: about.map(str::to_owned),
            only: only.map(str::to_owned),
            ..ReportQuery::default()
        };
        network.ask.report(&query).await.unwrap_err().to_string()
    };
    assert!(refused("vlan", None, None).await.contains("did you mean `vlans`"));
    assert!(refused("references", None, None).await.contains("an interface or VLAN"));
    assert!(refused("rules", Some("GEUST"), None).await.contains("did you mean `GUEST`"));
    assert!(refused("rules_for_port", Some("0"), None).await.contains("1 to 65535"));
    assert!(refused("device", Some("no-such"), None).await.contains("no device is called"));
    assert!(refused("rules", None, Some("problems")).await.contains("`pass` or `block`"));
}

#[tokio::test]
async fn rows_of_several_firewalls_say_whose_they_are() {
    let network = network(60).await;
    let clock = Clock::manual(Timestamp::from_seconds(1_795_500_000));
    let options =
        SimOptions { devices: 60, seed: 2, clock: clock.clone(), ..SimOptions::default() };
    let other = Simulator::start(options).await.unwrap();
    sync("branch", &other, &network.store, &clock).await;
    let query =
        DevicesQuery { place: Some("IOT".to_owned()), limit: Some(200), ..DevicesQuery::default() };
    let both = network.ask.devices(&query).await.unwrap();
    assert_eq!(both.columns.first(), Some(&"firewall"));
    let whose: BTreeSet<String> = both.rows.iter().map(|row| row[0].to_string()).collect();
    assert_eq!(whose.len(), 2);
    let one = DevicesQuery { firewall: Some("branch".to_owned()), ..query };
    let one = network.ask.devices(&one).await.unwrap();
    assert!(one.total < both.total && one.columns.first() != Some(&"firewall"));
    let vlans = ReportQuery { report: "vlans".to_owned(), ..ReportQuery::default() };
    assert_eq!(network.ask.report(&vlans).await.unwrap().total, 10);
}

/// Bytes of an answer as it travels, by four: a token.
fn tokens(answer: &impl serde::Serialize) -> usize {
    serde_json::to_vec(answer).unwrap().len() / 4
}

async fn device_tokens(network: &Network, query: DevicesQuery) -> usize {
    tokens(&network.ask.devices(&query).await.unwrap())
}

#[tokio::test]
async fn answers_stay_within_their_budget_of_tokens() {
    let network = network(400).await;
    let who = DevicesQuery {
        place: Some("IOT".to_owned()),
        is: vec!["online".to_owned()],
        ..DevicesQuery::default()
    };
    let mut table =
        vec![("who is on the IoT VLAN and online", device_tokens(&network, who).await, 600)];
    table.push((
        "first page of all devices",
        device_tokens(&network, DevicesQuery::default()).await,
        1_200,
    ));
    let report = async |name: &str, about: Option<&str>, limit| {
        let query = ReportQuery {
            report: name.to_owned(),
            about: about.map(str::to_owned),
            limit: Some(limit),
            ..ReportQuery::default()
        };
        tokens(&network.ask.report(&query).await.unwrap())
    };
    table.push(("60 rules", report("rules", None, 60).await, 3_000));
    table.push(("vlans", report("vlans", None, 50).await, 400));
    table.push(("summary", report("summary", None, 50).await, 600));
    table.push(("device nas", report("device", Some("nas"), 50).await, 1_200));
    let leases = Query { domain: "dhcp_leases".to_owned(), ..Query::default() };
    let leases = network.ask.query(&leases).await.unwrap();
    assert!(leases.next.is_some() && leases.total > 400);
    table.push(("first page of leases", tokens(&leases), 2_000));
    for (what, is, most) in &table {
        eprintln!("{what:<40} {is:>6} of {most:>6} tokens");
    }
    for (what, is, most) in table {
        assert!(is <= most, "{what}: {is} tokens, at most {most}");
    }
}

#[tokio::test]
async fn a_device_says_where_it_is_and_whether_it_is_there() {
    let network = network(400).await;
    let query = DevicesQuery { name: Some("nas".to_owned()), ..DevicesQuery::default() };
    let answer = network.ask.devices(&query).await.unwrap();
    let row: serde_json::Map<String, Value> =
        answer.columns.iter().map(|c| (*c).to_owned()).zip(answer.rows[0].clone()).collect();
    let expected = json!({
        "device": "nas", "ip": "192.168.1.16", "mac": "00:11:32:00:00:00", "interface": "LAN", "online": true, "reserved": true,
        "ipv6": "2001:db8:101:1::1010", "vendor": "Synology Incorporated", "lease": "active", "randomised": false,
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(row.get(name), Some(value), "{name} of {row:?}");
    }
}
