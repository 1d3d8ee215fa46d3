//! The past over MCP and on the command line: one database, two doors, one answer.

use opndex::ask::Ask;
use opndex::sim::Simulator;
use opndex::sync::Firewall;
use serde_json::{Value, json};

use super::wire::Wire;
use crate::cli::{bare, json as read};
use crate::history::synced;
use crate::support::index::{Index, run};

/// A synced index and both doors to it.
struct Doors {
    index: Index,
    sim: Simulator,
    firewall: Firewall,
    wire: Wire,
}

impl Doors {
    async fn open() -> Self {
        let (index, sim, firewall, _) = synced().await;
        let ask = Ask::new(index.store.clone(), index.clock.clone());
        let wire = Wire::open(ask, None, "2025-11-25").await;
        Self { index, sim, firewall, wire }
    }

    /// What the program prints about the same database.
    fn typed(&self, arguments: &[&str]) -> Value {
        let mut command = bare(self.index.folder.path());
        let database = self.index.store.path().to_str().unwrap();
        command.args(["--database", database, "--format", "json"]).args(arguments);
        read(&command.assert().code(0).get_output().stdout)
    }

    /// `changes` with noise, as both doors answer.
    async fn noise(&mut self, arguments: &[(&str, &str)]) -> Value {
        let mut named = json!({ "noise": true });
        let mut flags = vec!["changes", "--noise"];
        let written: Vec<String> = arguments.iter().map(|(name, _)| format!("--{name}")).collect();
        for ((name, value), flag) in arguments.iter().zip(&written) {
            named[*name] =
                if *name == "limit" { value.parse::<u32>().unwrap().into() } else { json!(value) };
            flags.extend([flag.as_str(), value]);
        }
        let called = self.wire.data("changes", named).await;
        let typed = self.typed(&flags);
        for part in ["changes", "notes", "complete", "next"] {
            assert_eq!(called[part], typed[part], "{part} of {arguments:?}");
        }
        called
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noise_is_told_by_both_doors_alike_and_only_when_it_is_asked_for() {
    let mut doors = Doors::open().await;
    doors.index.clock.advance(300);
    doors.sim.change(|world| world.tick(300));
    run(&doors.firewall).await;
    let quiet = doors.wire.data("changes", json!({ "domain": "arp" })).await;
    assert_eq!(quiet["changes"], json!([]), "ages are no change unless asked for");
    let told = doors.noise(&[("domain", "arp"), ("limit", "1000")]).await;
    let changes = told["changes"].as_array().unwrap().clone();
    assert!(changes.len() > 20, "{told}");
    for change in &changes {
        assert_eq!((change["kind"].as_str(), change.get("by")), (Some("modified"), None));
        let Some(pair) = change["changed"]["expires_in"].as_array() else { panic!("{change}") };
        assert!(pair.len() == 2 && pair[0] != pair[1], "{change}");
        assert_eq!(change["at"], doors.index.clock.now().to_string());
    }
    assert_eq!((told["complete"].as_bool(), told.get("notes")), (Some(true), None), "{told}");
    // Paged, and everywhere unless a domain is named.
    let (mut all, mut after) = (Vec::new(), None::<String>);
    loop {
        let mut arguments = vec![("limit", "150")];
        arguments.extend(after.as_deref().map(|cursor| ("after", cursor)));
        let page = doors.noise(&arguments).await;
        all.extend(page["changes"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => break,
        }
    }
    let of = |domain: &str| all.iter().filter(|change| change["domain"] == domain).count();
    assert_eq!(of("arp"), changes.len());
    assert!(of("interface_counters") > 0, "counters too: {:?}", all.len());
    let about = doors.noise(&[("about", changes[0]["row"]["ip"].as_str().unwrap())]).await;
    assert!(about["changes"].as_array().unwrap().contains(&changes[0]), "{about}");
    let bare = doors.noise(&[("domain", "vlans")]).await;
    assert_eq!(bare["notes"], json!(["`vlans` has no fields that change by themselves"]));
    doors.sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noise_that_was_not_kept_or_thinned_out_is_said_to_be_missing() {
    let mut doors = Doors::open().await;
    // Every ten minutes for two hours: values are kept once an hour, and those of now.
    for _ in 0..12 {
        doors.index.clock.advance(600);
        doors.sim.change(|world| world.tick(600));
        run(&doors.firewall).await;
    }
    let told = doors.noise(&[("domain", "interface_counters"), ("limit", "1000")]).await;
    let moments = |told: &Value| {
        let changes = told["changes"].as_array().unwrap();
        let mut at: Vec<String> =
            changes.iter().map(|c| c["at"].as_str().unwrap().to_owned()).collect();
        at.dedup();
        at
    };
    assert_eq!(moments(&told).len(), 2, "an hour after the first sync, and two: {told}");
    assert_eq!(told["complete"], false);
    assert!(told["notes"][0].as_str().unwrap().contains("once an hour"), "{told}");
    // Between two moments that were kept: they moved, and nobody knows how.
    let ago = |minutes: i64| doors.index.clock.now().plus_seconds(-60 * minutes).to_string();
    let (since, until) = (ago(50), ago(20));
    let within = [("domain", "interface_counters"), ("since", &since), ("until", &until)];
    let told = doors.noise(&within).await;
    assert_eq!((&told["changes"], &told["complete"]), (&json!([]), &json!(false)), "{told}");
    assert!(told["notes"][0].as_str().unwrap().contains("none of that time were kept"), "{told}");
    doors.sim.stop().await;
}
