//! Releases nobody has seen, domains that are opt-in, and what is read once a day.

use opndex::domain::{ALL, Cadence};
use opndex::sim::{SimOptions, Simulator};
use opndex::sync::{DomainState, Due, Ending, Extra, Report};
use opndex::types::Release;
use tokio_util::sync::CancellationToken;

use super::support::index::{Index, domain, quiet, run};

async fn simulator(index: &Index, release: Release) -> Simulator {
    let options = SimOptions { clock: index.clock.clone(), release, ..SimOptions::default() };
    Simulator::start(options).await.unwrap()
}

const KNOWN: Release = Release::new(26, 7, 2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_nobody_has_seen_is_read_as_well_as_can_be_and_every_answer_says_so() {
    let index = Index::new().await;
    let sim = simulator(&index, Release::new(27, 1, 0)).await;
    let report = run(&index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose())).await;
    assert_eq!(report.ending, Ending::Complete, "{report:#?}");
    assert_eq!(report.release, Some(Release::new(27, 1, 0)));
    let known = Index::new().await;
    let older = simulator(&known, KNOWN).await;
    let as_known =
        run(&known.firewall(&older.url(), older.key().expose(), older.secret().expose())).await;
    let rows =
        |r: &Report| r.domains.iter().map(|d| (d.domain, d.state, d.rows)).collect::<Vec<_>>();
    assert_eq!(rows(&report), rows(&as_known), "the newest known dialect is spoken");
    let answer = index.query("vlans", "").await;
    let says =
        |notes: &[String]| notes.iter().any(|n| n.contains("27.1") && n.contains("best effort"));
    assert!(answer.total > 0 && says(&answer.freshness.notes), "{:?}", answer.freshness);
    assert!(!says(&known.query("vlans", "").await.freshness.notes));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_opt_in_is_not_read_until_the_settings_name_it() {
    let index = Index::new().await;
    let sim = simulator(&index, KNOWN).await;
    let firewall = index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose());
    let opt_in: Vec<&str> =
        ALL.iter().filter(|d| d.cadence() == Cadence::OptIn).map(|d| d.name()).collect();
    let all = run(&firewall).await;
    assert!(all.domains.iter().all(|d| !opt_in.contains(&d.domain)), "{all:#?}");
    let unread = index.query("users", "").await;
    assert!(!unread.freshness.complete);
    assert!(
        unread.freshness.notes.iter().any(|n| n.contains("sync.extra")),
        "{:?}",
        unread.freshness
    );
    // Nor when asked for by name.
    let due = Due::Named(vec!["users"]);
    let named = firewall.run(&due, &CancellationToken::new(), &quiet()).await.unwrap();
    let users = domain(&named, "users");
    assert_eq!((users.state, users.rows), (DomainState::Off, 0));
    assert!(users.reason.as_deref().unwrap().contains("sync.extra"), "{users:?}");
    assert_eq!(index.query("users", "").await.total, 0);

    let all_opt_in: Vec<String> = opt_in.iter().map(|name| (*name).to_owned()).collect();
    let enabled = firewall.with_extra(Extra::of(&all_opt_in).unwrap());
    let report = run(&enabled).await;
    assert_eq!(report.ending, Ending::Complete, "{report:#?}");
    for name in opt_in {
        assert!(domain(&report, name).rows > 0, "{name}: {:?}", domain(&report, name));
    }
    let root = index.row("users", "name = root").await;
    assert_eq!(root["groups"], "admins");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_firewall_asks_its_mirror_for_is_read_once_a_day() {
    let index = Index::new().await;
    let sim = simulator(&index, KNOWN).await;
    let firewall = index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose());
    let reads = |report: &Report| report.domains.iter().any(|d| d.domain == "plugins");
    assert!(reads(&run(&firewall).await));
    index.clock.advance(3600);
    assert!(!reads(&run(&firewall).await), "an hour later");
    let due = Due::Named(vec!["plugins"]);
    let named = firewall.run(&due, &CancellationToken::new(), &quiet()).await.unwrap();
    assert!(reads(&named), "whoever names it gets it");
    index.clock.advance(24 * 3600);
    assert!(reads(&run(&firewall).await), "a day later");
    assert_eq!(index.row("plugins", "name = os-wol").await["installed"], true);
}

/// The same world behind every endpoint: what one domain says, another knows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn domains_agree_about_the_simulated_network() {
    let index = Index::new().await;
    let sim = simulator(&index, KNOWN).await;
    let report = run(&index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose())).await;
    assert_eq!(report.ending, Ending::Complete, "{report:#?}");
    let nas = index.row("dhcp_reservations", "hostname = nas").await;
    let ip = nas["ip"].as_str().unwrap();
    let seen = index.row("host_discovery", &format!("ip = {ip}")).await;
    assert_eq!(seen["mac"], nas["mac"]);
    let record = index.row("dns_local_data", "name = nas.home.arpa").await;
    assert_eq!(record["ip"], nas["ip"]);
    let range = index.query("dhcp_ranges", &format!("addresses covers {ip}")).await;
    let subnet = index.query("dhcp_subnets", &format!("network covers {ip}")).await;
    assert_eq!((range.total, subnet.total), (1, 1));
    let system = index.row("system", "").await;
    assert_eq!(system["name"], "fw01.home.arpa");
    assert!(system["states"].as_i64().unwrap() > 0);
    assert_eq!(system["uptime"], 612_345);
    let located = index.ask().locate(ip, None).await.unwrap();
    let domains: Vec<&str> = located.mentions.iter().map(|m| m.domain).collect();
    assert!(
        domains.contains(&"host_discovery") && domains.contains(&"dhcp_subnets"),
        "{domains:?}"
    );
}
