//! Looking back: the state of any run, in every question.

use opndex::ask::{Answer, DevicesQuery, PresenceAsked, Query};
use opndex::domain::{RawRows, decode};
use opndex::sim::{SimOptions, Simulator};
use opndex::store::{Batch, PresenceQuery, SeenQuery, SourceState, State, Store, StoreError, Who};
use opndex::sync::{Ending, Firewall, Report};
use opndex::types::{FirewallId, Moment, RunId, Timestamp};

use super::support::index::{Index, run};

pub(crate) async fn synced() -> (Index, Simulator, Firewall, Report) {
    let index = Index::new().await;
    let options = SimOptions { clock: index.clock.clone(), ..SimOptions::default() };
    let sim = Simulator::start(options).await.unwrap();
    let firewall = index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose());
    let report = run(&firewall).await;
    assert_eq!(report.ending, Ending::Complete, "{report:#?}");
    (index, sim, firewall, report)
}

pub(crate) async fn asked(index: &Index, domain: &str, as_of: &str) -> Answer {
    let query = Query {
        domain: domain.to_owned(),
        limit: Some(1_000),
        as_of: Some(as_of.to_owned()),
        ..Query::default()
    };
    index.ask().query(&query).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_domain_answers_as_of_an_earlier_run_what_it_answered_then() {
    let (index, sim, firewall, report) = synced().await;
    let first = report.run.unwrap();
    let mut then = Vec::new();
    let is_read = |d: &&&dyn opndex::domain::AnyDomain| {
        !matches!(d.cadence(), opndex::domain::Cadence::OptIn | opndex::domain::Cadence::OnDemand)
    };
    for domain in opndex::domain::ALL.iter().filter(is_read) {
        then.push((domain.name(), index.query(domain.name(), "").await));
    }
    let located = index.ask().locate("nas", None).await.unwrap();
    index.clock.advance(3_600);
    sim.change(|world| {
        world.tick(3_600);
        world.leave(20);
        world.join(10);
        world.edit_rule();
    });
    let report = run(&firewall).await;
    assert!(report.changed() > 20, "{report:#?}");
    let as_of = format!("run {first}");
    for (domain, then) in then {
        let now = asked(&index, domain, &as_of).await;
        assert_eq!((now.rows, now.total), (then.rows, then.total), "{domain}");
        assert_eq!(now.freshness.as_of, then.freshness.as_of, "{domain}");
        let age = then.freshness.as_of.map(|_| 3_600);
        assert_eq!(now.freshness.age_s, age, "{domain}");
        assert!(!now.freshness.stale, "{domain}: {:?}", now.freshness);
    }
    let again = index.ask().at(Some(&as_of)).await.unwrap().locate("nas", None).await.unwrap();
    assert_eq!(again.mentions.len(), located.mentions.len());
    for moment in ["1 hour ago", "30 min ago", "2026-11-23T23:03:20Z"] {
        let answer = asked(&index, "dhcp_leases", moment).await;
        assert_eq!(answer.freshness.age_s, Some(3_600), "{moment}");
    }
    assert_eq!(asked(&index, "arp", "now").await.freshness.age_s, Some(0));
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moment_that_cannot_be_answered_is_refused_with_the_reason() {
    let (index, sim, _firewall, _report) = synced().await;
    for (moment, reason) in [
        ("2 hours ago", "the history begins at 2026-11-23T23:03:20Z"),
        ("run 99", "there is no run 99"),
        ("whenever", "is no moment"),
        ("2031-01-01", "lies in the future"),
    ] {
        let refused = index.ask().at(Some(moment)).await.unwrap_err();
        assert!(
            refused.is_refusal() && refused.to_string().contains(reason),
            "{moment}: {refused}"
        );
    }
    sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_earlier_state_says_what_was_stale_then_and_cannot_be_written() {
    let (index, sim, firewall, _report) = synced().await;
    index.clock.advance(300);
    sim.fault("vlan_settings/search_item", opndex::sim::Fault::Status(500));
    let failed = run(&firewall).await.run.unwrap();
    index.clock.advance(300);
    sim.change(|world| world.add_vlan(77, "LAB")).unwrap();
    run(&firewall).await;
    index.clock.advance(300);
    sim.clear_faults();
    run(&firewall).await;
    assert!(!index.query("vlans", "").await.freshness.stale);
    let then = asked(&index, "vlans", &format!("run {failed}")).await;
    assert!(then.freshness.stale && !then.freshness.complete, "{:?}", then.freshness);
    assert_eq!(
        then.freshness.age_s,
        Some(900),
        "as of when it was last good: {:?}",
        then.freshness
    );
    assert!(then.freshness.notes[0].contains("malformed"), "{:?}", then.freshness);
    let past = index.store.at(Moment::Run(failed), &[]).await.unwrap();
    let refused = past.firewall("fw", "http://fw", Timestamp::from_seconds(0)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Past), "{refused}");
    sim.stop().await;
}

#[tokio::test]
async fn runs_order_history_whatever_the_clock_says() {
    let index = Index::new().await;
    let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
    let begin = async |seconds: i64| {
        index.store.run_begin(firewall, Timestamp::from_seconds(seconds)).await.unwrap()
    };
    // Two in one second; then the clock is set back; then it passes where it had been.
    let runs =
        [begin(100).await, begin(100).await, begin(50).await, begin(60).await, begin(200).await];
    let at = async |seconds: i64| {
        let moment = Moment::At(Timestamp::from_seconds(seconds));
        let view = index.store.at(moment, &[]).await.unwrap();
        view.firewalls().await.unwrap()[0].last_run.as_ref().unwrap().id
    };
    let expected: [(i64, RunId); 6] = [
        (55, runs[2]),
        (60, runs[3]),
        (99, runs[3]),
        (100, runs[3]),
        (199, runs[3]),
        (200, runs[4]),
    ];
    for (seconds, run) in expected {
        assert_eq!(at(seconds).await, run, "{seconds}");
    }
    let last = index.store.firewalls().await.unwrap()[0].last_run.clone().unwrap();
    assert_eq!((last.id, last.outcome.as_str()), (runs[4], "running"));
}

/// A row of the ARP table.
pub(crate) fn arp(ip: &str, mac: &str) -> serde_json::Value {
    serde_json::json!({"ip": ip, "mac": mac, "intf": "vlan01", "intf_description": "IOT", "expired": false, "expires": 900})
}

/// Applies `rows` as the whole ARP table in a run of its own.
pub(crate) async fn apply_arp(
    index: &Index,
    firewall: FirewallId,
    rows: &[serde_json::Value],
) -> RunId {
    let domain = opndex::domain::by_name("arp").unwrap();
    let run = index.store.run_begin(firewall, index.clock.now()).await.unwrap();
    let body = serde_json::json!({"rows": rows, "total": rows.len()}).to_string();
    let raw = decode(&domain.sources()[0], domain.fields(), body.as_bytes()).unwrap();
    let state = SourceState {
        name: "arp",
        state: State::Fresh,
        reason: None,
        gap: None,
        rows: rows.len(),
        body_hash: None,
        empty: None,
    };
    let rows = RawRows::new(domain, raw);
    let batch = Batch { firewall, domain, run, at: index.clock.now(), rows, sources: vec![state] };
    index.store.apply(batch).await.unwrap();
    run
}

pub(crate) const PHONE: &str = "aa:00:00:00:00:01";
const TABLET: &str = "aa:00:00:00:00:02";

#[tokio::test]
async fn presence_tells_who_had_an_address_and_when() {
    let index = Index::new().await;
    let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
    let start = index.clock.now();
    let minute = |n: i64| start.plus_seconds(60 * n);
    apply_arp(&index, firewall, &[arp("10.0.0.5", PHONE), arp("10.0.0.6", TABLET)]).await;
    index.clock.advance(60);
    apply_arp(&index, firewall, &[arp("10.0.0.5", PHONE)]).await;
    index.clock.advance(60);
    // The tablet comes back and takes the phone's address.
    apply_arp(&index, firewall, &[arp("10.0.0.5", TABLET)]).await;
    index.clock.advance(60);
    apply_arp(&index, firewall, &[arp("10.0.0.5", TABLET), arp("10.0.0.5", PHONE)]).await;
    let ask = async |store: &Store, who: Who| {
        let query =
            PresenceQuery { who, firewall: None, since: None, until: None, after: None, limit: 50 };
        let intervals = store.presence(&query).await.unwrap();
        intervals.into_iter().map(|i| (i.client, i.ip, i.first_at, i.last_at)).collect::<Vec<_>>()
    };
    let of = |client: &str, ip: &str, from: i64, to: Option<i64>| {
        (client.to_owned(), ip.to_owned(), minute(from), to.map(minute))
    };
    let address = Who::Address("10.0.0.5".parse().unwrap());
    let expected = vec![
        of(PHONE, "10.0.0.5", 3, None),
        of(TABLET, "10.0.0.5", 2, None),
        of(PHONE, "10.0.0.5", 0, Some(1)),
    ];
    assert_eq!(ask(&index.store, address.clone()).await, expected);
    let tablet = Who::Clients(vec![TABLET.to_uppercase()]);
    let expected = vec![of(TABLET, "10.0.0.5", 2, None), of(TABLET, "10.0.0.6", 0, Some(0))];
    assert_eq!(ask(&index.store, tablet).await, expected);
    // As of two minutes ago the phone was still there.
    let then = index.store.at(Moment::At(minute(1)), opndex::domain::ALL).await.unwrap();
    assert_eq!(ask(&then, address).await, vec![of(PHONE, "10.0.0.5", 0, None)]);
    let new = SeenQuery { new_since: Some(minute(1)), limit: 10, ..SeenQuery::default() };
    assert!(
        index.store.devices_seen(&new).await.unwrap().devices.is_empty(),
        "both were seen at first"
    );
    let all =
        index.store.devices_seen(&SeenQuery { limit: 10, ..SeenQuery::default() }).await.unwrap();
    assert_eq!((all.total, all.devices.len()), (2, 2));
    assert!(
        all.devices
            .iter()
            .all(|seen| seen.first_at == start && seen.is_present && seen.seen_at == minute(3))
    );
}

#[tokio::test]
async fn who_had_an_address_at_a_moment_is_not_who_had_it_later() {
    let index = Index::new().await;
    let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
    let start = index.clock.now();
    let at = |minutes: i64| start.plus_seconds(60 * minutes).to_string();
    for holder in [Some(PHONE), Some(PHONE), None, Some(TABLET), Some(TABLET)] {
        let mut rows = vec![arp("10.0.0.9", "aa:00:00:00:00:03")];
        rows.extend(holder.map(|mac| arp("10.0.0.5", mac)));
        apply_arp(&index, firewall, &rows).await;
        index.clock.advance(600);
    }
    let had = async |moment: String| {
        let asked = PresenceAsked {
            about: Some("10.0.0.5".to_owned()),
            since: Some(moment.clone()),
            until: Some(moment),
            ..PresenceAsked::default()
        };
        let answer = index.ask().presence(&asked).await.unwrap();
        let devices: Vec<String> = answer.intervals.iter().map(|i| i.device.clone()).collect();
        (devices, answer.freshness.notes.join("; "))
    };
    let (devices, notes) = had(at(5)).await;
    assert_eq!(devices, [PHONE]);
    assert!(!notes.contains("seen by nobody"), "{notes}");
    assert_eq!(had(at(40)).await.0, [TABLET]);
    let (devices, notes) = had(at(15)).await;
    assert_eq!(devices, [PHONE]);
    assert!(notes.contains("seen by nobody at") && notes.contains("last before"), "{notes}");
    let (devices, notes) = had(at(-60)).await;
    assert!(devices.is_empty() && notes.contains("not seen up to"), "{notes}");
    // Of a stretch of time there is nobody to show instead.
    let between = PresenceAsked {
        about: Some("10.0.0.5".to_owned()),
        since: Some(at(14)),
        until: Some(at(16)),
        ..PresenceAsked::default()
    };
    let between = index.ask().presence(&between).await.unwrap();
    let notes = between.freshness.notes.join("; ");
    assert!(between.intervals.is_empty() && !notes.contains("nobody"), "{between:?}");
    // In words, and a page at a time.
    let question = format!("who had 10.0.0.5 at {}?", at(5));
    let asked = index.ask().english(&question, None).await.unwrap();
    let told = serde_json::to_value(&asked).unwrap();
    assert_eq!(told["answer"]["intervals"][0]["device"], PHONE, "{told}");
    assert_eq!(told["answer"]["intervals"].as_array().unwrap().len(), 1, "{told}");
    let mut asked = PresenceAsked { limit: Some(1), ..PresenceAsked::default() };
    let mut seen = Vec::new();
    loop {
        let page = index.ask().presence(&asked).await.unwrap();
        seen.extend(page.intervals.iter().map(|i| (i.ip.clone(), i.device.clone())));
        asked.after = page.next;
        if asked.after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}

#[tokio::test]
async fn new_and_gone_devices_are_listed_with_what_is_known_of_them() {
    let index = Index::new().await;
    let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
    apply_arp(&index, firewall, &[arp("10.0.0.5", PHONE)]).await;
    index.clock.advance(86_400);
    let mut rows: Vec<_> =
        (0..3).map(|n| arp(&format!("10.0.0.{n}"), &format!("aa:00:00:00:01:0{n}"))).collect();
    rows[1]["hostname"] = "camera".into();
    apply_arp(&index, firewall, &rows).await;
    let mut asked = DevicesQuery {
        new_since: Some("1 hour ago".to_owned()),
        columns: vec!["device,ip,online".to_owned()],
        limit: Some(2),
        ..DevicesQuery::default()
    };
    let first = index.ask().devices(&asked).await.unwrap();
    asked.after.clone_from(&first.next);
    let rest = index.ask().devices(&asked).await.unwrap();
    assert_eq!((first.total, rest.total, rest.next.as_deref()), (3, 3, None));
    assert!(!first.freshness.notes.join("; ").contains("before"), "{first:?}");
    let mut rows: Vec<String> = [first.rows, rest.rows]
        .concat()
        .iter()
        .map(|row| serde_json::Value::from(row.clone()).to_string())
        .collect();
    rows.sort();
    let expected = [
        r#"["aa:00:00:00:01:00","10.0.0.0",true]"#,
        r#"["aa:00:00:00:01:02","10.0.0.2",true]"#,
        r#"["camera","10.0.0.1",true]"#,
    ];
    assert_eq!(rows, expected);
    let all = DevicesQuery { new_since: Some("3 days ago".to_owned()), ..DevicesQuery::default() };
    let all = index.ask().devices(&all).await.unwrap();
    let notes = all.freshness.notes.join("; ");
    assert!(!all.freshness.complete && notes.contains("may have been there before"), "{notes}");
    let gone =
        DevicesQuery { unseen_since: Some("12 hours ago".to_owned()), ..DevicesQuery::default() };
    let answer = index.ask().devices(&gone).await.unwrap();
    assert_eq!((answer.total, answer.rows.len()), (1, 1), "{answer:?}");
    assert!(answer.rows[0].contains(&PHONE.into()), "{answer:?}");
    let count = DevicesQuery {
        count_only: true,
        place: Some("10.0.0.0/31".to_owned()),
        after: None,
        limit: None,
        columns: Vec::new(),
        ..asked
    };
    assert_eq!(index.ask().devices(&count).await.unwrap().total, 2);
    let refused = DevicesQuery { vendor: Some("x".to_owned()), ..gone };
    let refused = index.ask().devices(&refused).await.unwrap_err();
    assert!(refused.to_string().contains("go with a place"), "{refused}");
}

#[tokio::test]
async fn a_neighbour_that_only_ages_writes_no_presence() {
    let index = Index::new().await;
    let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
    apply_arp(&index, firewall, &[arp("10.0.0.5", PHONE)]).await;
    let changes = || {
        let connection = rusqlite::Connection::open(index.store.path()).unwrap();
        let count = |table: &str| {
            let sql = format!("SELECT count(*) || ':' || coalesce(sum(last_at), 0) FROM {table}");
            connection.query_row(&sql, [], |r| r.get::<_, String>(0)).unwrap()
        };
        (count("presence"), count("sightings"))
    };
    let before = changes();
    for expires in [840, 780, 1_200] {
        index.clock.advance(60);
        let mut row = arp("10.0.0.5", PHONE);
        row["expires"] = expires.into();
        apply_arp(&index, firewall, &[row]).await;
        assert_eq!(changes(), before);
    }
    index.clock.advance(60);
    let mut row = arp("10.0.0.5", PHONE);
    row["expired"] = true.into();
    apply_arp(&index, firewall, &[row]).await;
    let seen = SeenQuery { limit: 10, ..SeenQuery::default() };
    let seen = index.store.devices_seen(&seen).await.unwrap().devices;
    assert!(!seen[0].is_present && seen[0].seen_at == index.clock.now().plus_seconds(-60));
}

pub(crate) fn about(domain: &str, about: Option<&str>) -> opndex::ask::ChangesAsked {
    opndex::ask::ChangesAsked {
        domain: Some(domain.to_owned()),
        about: about.map(str::to_owned),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_names_the_fields_and_noise_is_left_out() {
    let (index, sim, firewall, _report) = synced().await;
    index.clock.advance(300);
    let rule = sim.change(|world| {
        world.tick(300);
        world.edit_rule()
    });
    run(&firewall).await;
    for quiet in ["arp", "dhcp_leases", "ndp"] {
        let answer = index.ask().changes(&about(quiet, None)).await.unwrap();
        assert!(answer.changes.is_empty(), "what was renewed is no change: {answer:#?}");
    }
    let answer = index.ask().changes(&about("firewall_rules", None)).await.unwrap();
    assert_eq!(answer.changes.len(), 1, "{answer:#?}");
    let change = &answer.changes[0];
    assert_eq!((change.domain, change.kind), ("firewall_rules", "modified"));
    assert_eq!(change.row["uuid"], rule.as_str());
    assert_eq!(change.at, index.clock.now());
    let [before, after] = change.changed.values().next().unwrap().as_array().unwrap().as_slice()
    else {
        panic!("{change:?}")
    };
    assert_ne!(before, after);
    // The default is the configuration, and says so.
    let answer = index.ask().changes(&opndex::ask::ChangesAsked::default()).await.unwrap();
    assert!(answer.changes.iter().any(|c| c.run == change.run && c.domain == "firewall_rules"));
    assert!(answer.freshness.notes.iter().any(|n| n.contains("configuration only")), "{answer:?}");
    let since = opndex::ask::ChangesAsked { since: Some("now".to_owned()), ..Default::default() };
    assert!(index.ask().changes(&since).await.unwrap().changes.is_empty());
    sim.stop().await;
}

#[tokio::test]
async fn changes_are_paged_and_an_address_that_moved_is_a_change_of_its_own() {
    let index = Index::new().await;
    let firewall = index.store.firewall("fw", "http://fw", index.clock.now()).await.unwrap();
    let many: Vec<_> =
        (0..120).map(|n| arp(&format!("10.1.0.{n}"), &format!("aa:00:00:00:01:{n:02x}"))).collect();
    apply_arp(&index, firewall, &[arp("10.0.0.5", PHONE)]).await;
    index.clock.advance(60);
    let moved = apply_arp(&index, firewall, &[arp("10.0.0.5", TABLET)]).await;
    index.clock.advance(60);
    apply_arp(&index, firewall, &[]).await;
    index.clock.advance(60);
    let back = apply_arp(&index, firewall, &[&many[..], &[arp("10.0.0.5", PHONE)]].concat()).await;
    index.clock.advance(60);
    apply_arp(&index, firewall, &many[60..]).await;
    let mut asked = about("arp", None);
    asked.limit = Some(50);
    let mut all = Vec::new();
    loop {
        let page = index.ask().changes(&asked).await.unwrap();
        assert!(page.changes.len() <= 50);
        all.extend(page.changes);
        match page.next {
            Some(next) => asked.after = Some(next),
            None => break,
        }
    }
    let kinds = |kind: &str| all.iter().filter(|change| change.kind == kind).count();
    // 121 came, one of them an address that moved; 61 left again; the phone's address was the tablet's once.
    assert_eq!((kinds("added"), kinds("removed"), kinds("moved"), all.len()), (120, 62, 2, 184));
    assert!(all.is_sorted_by(|a, b| a.run >= b.run), "the newest first");
    let mac = |change: &opndex::ask::ChangeRow| change.changed["mac"].clone();
    let phone: Vec<_> = index.ask().changes(&about("all", Some("10.0.0.5"))).await.unwrap().changes;
    let kinds: Vec<_> = phone.iter().map(|c| (c.kind, c.run)).collect();
    assert_eq!((kinds[1], kinds[3]), (("moved", back), ("moved", moved)), "{phone:#?}");
    assert_eq!(
        mac(&phone[1]),
        serde_json::json!([TABLET, PHONE]),
        "from the one who had it before"
    );
    assert_eq!(mac(&phone[3]), serde_json::json!([PHONE, TABLET]));
    assert!(phone[0].row.get("expired").is_none(), "what changes by itself is not made up");
    let other = index.ask().changes(&about("arp", Some(TABLET))).await.unwrap();
    assert_eq!(other.changes.len(), 3, "{other:#?}");
    asked.domain = Some("ndp".to_owned());
    assert!(index.ask().changes(&asked).await.is_err(), "a cursor belongs to its question");
}
