//! The past over MCP and on the command line: one database, two doors, one answer.

use opndex::ask::Ask;
use opndex::mcp::Server;
use opndex::sim::{SimOptions, Simulator};
use opndex::store::Revision;
use opndex::sync::Firewall;
use opndex::types::Clock;
use serde_json::{Value, json};

use super::wire::Wire;
use crate::cli::{bare, json as read};
use crate::support::index::{Index, run};

/// A synced index and both doors to it.
struct Doors {
    index: Index,
    sim: Simulator,
    firewall: Firewall,
    wire: Wire,
}

impl Doors {
    /// The history begins `seconds` ago by the machine's clock, which the program asks.
    async fn since(seconds: i64) -> Self {
        let index = Index::new().await;
        index
            .clock
            .advance(Clock::system().now().seconds() - index.clock.now().seconds() - seconds);
        let options = SimOptions { clock: index.clock.clone(), ..SimOptions::default() };
        let sim = Simulator::start(options).await.unwrap();
        let firewall = index.firewall(&sim.url(), sim.key().expose(), sim.secret().expose());
        run(&firewall).await;
        let ask = Ask::new(index.store.clone(), index.clock.clone());
        let wire = Wire::open(ask, None, "2025-11-25").await;
        Self { index, sim, firewall, wire }
    }

    /// What a person and an agent change `seconds` later, seen by a second run.
    async fn changed_after(&self, seconds: i64) -> String {
        self.index.clock.advance(seconds);
        let rule = self.sim.change(|world| {
            world.leave(10);
            world.join(12);
            world.edit_rule()
        });
        run(&self.firewall).await;
        rule
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
    let mut doors = Doors::since(600).await;
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
    let mut doors = Doors::since(8_000).await;
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

/// Tools that have no moment of the past, and why.
const NOW_ONLY: [(&str, &str); 4] = [
    ("changes", "is about two moments: `since` and `until`"),
    ("domains", "describes what can be asked"),
    ("label", "writes"),
    ("refresh", "reads the firewall"),
];

fn arguments(tool: &str) -> Value {
    match tool {
        "ask" => json!({ "question": "which vlans are there" }),
        "locate" => json!({ "what": "nas" }),
        "query" => json!({ "domain": "dhcp_leases", "limit": 1000 }),
        "report" => json!({ "report": "rules", "limit": 1000 }),
        "sql" => json!({ "statement": "SELECT ip, mac FROM arp ORDER BY 1, 2" }),
        "trace" => json!({ "from": "nas", "to": "1.1.1.1:443" }),
        "devices" => json!({ "limit": 1000 }),
        "lint" | "reach" | "status" => json!({}),
        other => panic!("`{other}` is new: may it be asked about the past?"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_tool_answers_about_the_past_in_every_form_or_has_none() {
    let day = 86_400;
    let mut doors = Doors::since(3 * day + 600).await;
    let began = doors.index.clock.now();
    doors.changed_after(3 * day).await;
    let hour_later = began.plus_seconds(3_600).to_string();
    let listed = doors.wire.ask("tools/list", json!({})).await["result"]["tools"].clone();
    let mut differs = 0;
    for tool in listed.as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        let has_past = tool["inputSchema"]["properties"].get("as_of").is_some();
        let why = NOW_ONLY.iter().find(|(tool, _)| *tool == name);
        assert_eq!(has_past, why.is_none(), "{name}");
        if !has_past {
            continue;
        }
        let now = doors.wire.data(name, arguments(name)).await;
        let mut told = Vec::new();
        for moment in ["run 1", &hour_later, "yesterday", "2 hours ago"] {
            let mut asked = arguments(name);
            asked["as_of"] = json!(moment);
            told.push(doors.wire.data(name, asked).await);
        }
        assert!(told.iter().all(|answer| *answer == told[0]), "{name}: {told:#?}");
        assert_ne!(told[0], now, "{name} tells of what moment it is");
        differs += usize::from(told[0]["rows"] != now["rows"]);
        let refused = doors.wire.refusal(name, {
            let mut asked = arguments(name);
            asked["as_of"] = json!("4 days ago");
            asked
        });
        assert!(refused.await.contains("the history begins at"), "{name}");
    }
    assert!(differs > 3, "the past is another one for {differs} tools");
    doors.sim.stop().await;
}

/// Commands that have no moment of the past.
const COMMANDS_NOW: [&str; 14] = [
    "backfill", "backup", "changes", "demo", "doctor", "help", "history", "import", "label", "mcp",
    "prune", "rebuild", "serve", "settings",
];

fn typed_arguments(command: &str) -> Vec<&'static str> {
    match command {
        "ask" => vec!["ask", "which vlans are there"],
        "devices" => vec!["devices", "--limit", "1000"],
        "lint" => vec!["lint"],
        "locate" => vec!["locate", "nas"],
        "presence" => vec!["presence", "nas"],
        "query" => vec!["query", "dhcp_leases", "--limit", "1000"],
        "reach" => vec!["reach"],
        "report" => vec!["report", "rules", "--limit", "1000"],
        "snapshot" => vec!["snapshot", "export", "vlans"],
        "sql" => vec!["sql", "SELECT ip, mac FROM arp ORDER BY 1, 2"],
        "status" => vec!["status"],
        "trace" => vec!["trace", "nas", "1.1.1.1:443"],
        other => panic!("`{other}` is new: may it be asked about the past?"),
    }
}

/// Without what the moment of asking makes another one.
fn without_ages(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "age_s" && name != "now");
            fields.values_mut().for_each(without_ages);
        }
        Value::Array(items) => items.iter_mut().for_each(without_ages),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_question_of_the_command_line_answers_about_the_past_in_every_form() {
    let day = 86_400;
    let doors = Doors::since(3 * day + 600).await;
    let hour_later = doors.index.clock.now().plus_seconds(3_600).to_string();
    doors.changed_after(3 * day).await;
    let help = bare(doors.index.folder.path()).arg("--help").output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap();
    let listed = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 20, "{listed}");
    let database = doors.index.store.path().to_str().unwrap();
    for command in commands.into_iter().filter(|name| *name != "sync") {
        if COMMANDS_NOW.contains(&command) {
            continue;
        }
        let mut told = Vec::new();
        for moment in ["run 1", &hour_later, "yesterday", "2 hours ago"] {
            let mut program = bare(doors.index.folder.path());
            program.args(["--database", database, "--format", "json", "--as-of", moment]);
            let printed = program.args(typed_arguments(command)).assert().code(0);
            // One document; of an export one for each row.
            let documents = serde_json::Deserializer::from_slice(&printed.get_output().stdout);
            let mut answer: Vec<Value> = documents.into_iter().map(Result::unwrap).collect();
            answer.iter_mut().for_each(without_ages);
            told.push(answer);
        }
        assert!(told.iter().all(|answer| *answer == told[0]), "{command}: {told:#?}");
        assert!(!told[0].is_empty(), "{command} says something");
    }
    // What has no past says so instead of answering about now.
    for command in [vec!["changes"], vec!["history"], vec!["rebuild"], vec!["label"]] {
        let mut program = bare(doors.index.folder.path());
        program.args(["--database", database, "--as-of", "yesterday"]).args(command);
        program.assert().code(2).stderr(predicates::str::contains("--as-of"));
    }
    doors.sim.stop().await;
}

impl Doors {
    /// Who had the address then.
    async fn history(&mut self, ip: &str, then: &str) -> Value {
        let asked = json!({ "what": ip, "history": true, "since": then, "until": then });
        self.wire.data("locate", asked).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_three_questions_about_time_are_answered_in_words_and_by_tool() {
    let day = 86_400;
    let mut doors = Doors::since(3 * day + 600).await;
    let lease = json!({ "domain": "dhcp_leases", "where": ["hostname = nas"] });
    let lease = doors.wire.data("query", lease).await;
    let place = |name: &str| lease["columns"].as_array().unwrap().iter().position(|c| c == name);
    let ip = lease["rows"][0][place("ip").unwrap()].as_str().unwrap().to_owned();
    let mac = lease["rows"][0][place("mac").unwrap()].as_str().unwrap().to_owned();
    let saved = doors.index.clock.now().plus_seconds(3 * day - 60);
    let rule = doors.changed_after(3 * day).await;
    let known = doors.index.store.firewalls().await.unwrap()[0].id;
    let revision = Revision {
        at: saved,
        backup_id: String::new(),
        user: Some("anna@192.168.1.9".to_owned()),
        description: Some("/api/firewall/filter/setRule made changes".to_owned()),
    };
    doors.index.store.revision_covered(known, revision).await.unwrap();

    // "Who had it at 2 pm yesterday?"
    let question = format!("who had {ip} at 2 pm yesterday?");
    let had = doors.wire.data("ask", json!({ "question": question })).await;
    assert_eq!(had["outcome"], "answered", "{had}");
    assert!(had["answer"].to_string().contains(&mac), "{had}");
    let history = doors.history(&ip, "yesterday 14:00").await;
    assert_eq!(history["intervals"], had["answer"]["intervals"]);
    let located = json!({ "what": ip, "as_of": "yesterday 14:00" });
    let located = doors.wire.data("locate", located).await;
    assert!(located.to_string().contains(&mac), "{located}");

    // "What changed since then, and who did it?"
    let asked = json!({ "question": "what changed since yesterday, and who did it?" });
    let changed = doors.wire.data("ask", asked).await;
    assert_eq!(changed["outcome"], "answered", "{changed}");
    let called = doors.wire.data("changes", json!({ "since": "yesterday" })).await;
    for changes in [&changed["answer"]["changes"], &called["changes"]] {
        let change = changes.as_array().unwrap().iter().find(|c| c["row"]["uuid"] == rule.as_str());
        let change = change.unwrap_or_else(|| panic!("{changes}"));
        let by = json!({ "at": saved.to_string(), "user": "anna@192.168.1.9", "text": "/api/firewall/filter/setRule made changes" });
        assert_eq!(change["by"], by, "{change}");
        assert_eq!(change["domain"], "firewall_rules");
    }
    let typed = doors.typed(&["changes", "--since", "yesterday"]);
    assert_eq!(typed["changes"], called["changes"]);

    // "Show the rules as they were before the update."
    let before = saved.plus_seconds(-60).to_string();
    let of_rule = |as_of: Option<&str>| {
        let mut asked = json!({ "domain": "firewall_rules", "where": [format!("uuid = {rule}")] });
        if let Some(as_of) = as_of {
            asked["as_of"] = json!(as_of);
        }
        asked
    };
    let now = doors.wire.data("query", of_rule(None)).await;
    let then = doors.wire.data("query", of_rule(Some(&before))).await;
    assert_ne!(now["rows"], then["rows"]);
    assert!(
        now["rows"].to_string().contains("(edit 1)") && !then["rows"].to_string().contains("(edit")
    );
    let asked = json!({ "question": "show all firewall rules", "as_of": before });
    let rules = doors.wire.data("ask", asked).await;
    assert_eq!(rules["outcome"], "answered", "{rules}");
    assert!(!rules["answer"].to_string().contains("(edit"), "{rules}");
    doors.sim.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_labels_a_device_only_where_that_is_allowed_and_answers_use_it() {
    let mut doors = Doors::since(7_200).await;
    let said = json!({ "device": "nas", "name": "Anna's storage", "owner": "Anna" });
    let listed = |answer: &Value| answer["result"]["tools"].to_string().contains("\"label\"");
    let tools = doors.wire.ask("tools/list", json!({})).await;
    assert!(!listed(&tools), "{tools}");
    let call = json!({ "name": "label", "arguments": said });
    let refused = doors.wire.ask("tools/call", call).await;
    assert!(refused["error"]["message"].is_string(), "{refused}");
    assert!(doors.index.ask().labels().await.unwrap().is_empty(), "nothing was written");

    let server = Server::new(doors.index.ask(), None).with_labels(true);
    let mut allowed = Wire::to(server, "2025-11-25").await;
    let tools = allowed.ask("tools/list", json!({})).await;
    assert!(listed(&tools), "{tools}");
    assert!(tools["result"].to_string().len() <= 16_000, "within the budget, with every tool");
    let written = allowed.data("label", said).await;
    assert_eq!(written["name"], "Anna's storage");
    // A field that is not said stays; an empty one goes.
    let written =
        allowed.data("label", json!({ "device": "nas", "group": "Servers", "owner": "" }));
    let written = written.await;
    assert_eq!(
        (&written["name"], &written["group"]),
        (&json!("Anna's storage"), &json!("Servers"))
    );
    assert!(written.get("owner").is_none(), "{written}");
    assert!(allowed.refusal("label", json!({ "device": "nas" })).await.contains("at least one of"));
    let nobody = json!({ "device": "10.99.99.99", "name": "x" });
    assert!(allowed.refusal("label", nobody).await.contains("no device is"));
    // Whoever asks, by whatever word, now and about the past.
    doors.index.clock.advance(3_600);
    doors.changed_after(60).await;
    for what in ["nas", "anna's storage", "Servers", written["device"].as_str().unwrap()] {
        for as_of in [None, Some("run 1")] {
            let mut asked = json!({ "what": what });
            if let Some(run) = as_of {
                asked["as_of"] = json!(run);
            }
            let found = doors.wire.data("locate", asked).await;
            assert_eq!(found["labels"][0]["name"], "Anna's storage", "{what} {as_of:?}: {found}");
        }
    }
    let typed = doors.typed(&["label"]);
    assert_eq!(typed[0]["group"], "Servers", "{typed}");
    doors.sim.stop().await;
}
