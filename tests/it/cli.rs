//! The program from outside: what it prints, where, and how it ends. The firewall is simulated in
//! this process, the database is real, nothing outside the test's folder is read.

mod demo;
mod doctor;
mod doors;
mod endings;
mod install;
mod settings;
mod upkeep;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use opndex::sim::{SimOptions, Simulator};
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const PROGRAM: &str = env!("CARGO_BIN_EXE_opndex");

/// A simulated firewall and a folder for everything the program writes.
struct Home {
    folder: TempDir,
    simulator: Simulator,
    // Last, because the simulator ends within it.
    _runtime: Runtime,
}

impl Home {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let simulator = runtime.block_on(Simulator::start(SimOptions::default())).unwrap();
        Self { folder: TempDir::new().unwrap(), simulator, _runtime: runtime }
    }

    /// A home that was synced once.
    fn synced() -> Self {
        let home = Self::new();
        home.opndex(&["sync"]).code(0);
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.path("opndex.db")
    }

    /// The settings file of the simulated firewall.
    fn settings(&self) -> PathBuf {
        let secret = self.simulator.secret();
        self.settings_with(secret.expose())
    }

    fn settings_with(&self, secret: &str) -> PathBuf {
        let path = self.path("opndex.toml");
        let (url, key) = (self.simulator.url(), self.simulator.key());
        let text = format!(
            "database = \"opndex.db\"\n[firewall]\nname = \"home\"\nurl = \"{url}\"\napi_key = \"{}\"\napi_secret = \"{secret}\"\n",
            key.expose()
        );
        write_private(&path, &text);
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(self.folder.path());
        command.arg("--config").arg(self.settings()).args(arguments);
        command
    }

    fn opndex(&self, arguments: &[&str]) -> Assert {
        self.command(arguments).assert()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--format", "json"]].concat();
        json(&self.opndex(&arguments).code(0).get_output().stdout)
    }
}

/// The program with an environment of its own: no settings file, no variable of whoever tests.
pub(crate) fn bare(folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().current_dir(folder);
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR"] {
        command.env(name, folder);
    }
    command
}

pub(crate) fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn write_private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn a_first_sync_reads_every_domain_and_a_second_one_finds_nothing_new() {
    let home = Home::new();
    let first = home.json(&["sync"]);
    let report = &first["firewalls"][0];
    assert_eq!(
        (report["firewall"].as_str(), report["ending"].as_str()),
        (Some("home"), Some("complete"))
    );
    assert_eq!(report["release"], "26.7.2");
    let domains = report["domains"].as_array().unwrap();
    let is_read = |d: &&&dyn opndex::domain::AnyDomain| {
        !matches!(d.cadence(), opndex::domain::Cadence::OptIn | opndex::domain::Cadence::OnDemand)
    };
    assert_eq!(domains.len(), opndex::domain::ALL.iter().filter(is_read).count());
    // Nothing of an empty domain is new.
    let is_told = |d: &Value| d["state"] == "fresh" || d["rows"] == 0;
    assert!(domains.iter().all(is_told), "{first}");
    let second = home.json(&["sync"]);
    let domains = second["firewalls"][0]["domains"].as_array().unwrap();
    let still = |d: &&Value| d["state"] == "unchanged" || d["state"] == "absent";
    let settled = domains.iter().filter(still).filter(|d| d["changed"] == 0);
    assert_eq!(settled.count(), domains.len(), "{second}");
}

#[test]
fn a_sync_is_summed_up_as_a_table_and_as_csv() {
    let home = Home::new();
    home.opndex(&["sync"])
        .code(0)
        .stdout(contains("home · OPNsense 26.7.2 · complete · ").and(contains("domain  ")))
        .stdout(contains("vlans").and(contains("fresh")))
        .stderr("");
    let csv = home.opndex(&["sync", "vlans", "--format", "csv"]).code(0);
    let csv = text(&csv.get_output().stdout);
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("firewall,domain,state,rows,changed,rejects,elapsed_ms,reason"));
    assert!(lines.next().unwrap().starts_with("home,vlans,unchanged,5,0,0,"), "{csv}");
    assert_eq!(lines.next(), None);
}

#[test]
fn one_domain_can_be_synced_and_an_unknown_one_is_suggested() {
    let home = Home::new();
    home.opndex(&["sync", "VLANS", "dhcp-leases"])
        .code(0)
        .stdout(contains("vlans").and(contains("arp").not()));
    home.opndex(&["sync", "vlan"]).code(2).stderr(contains("did you mean `vlans`?"));
    home.opndex(&["sync", "--firewall", "hom"]).code(2).stderr(contains("did you mean `home`?"));
    home.opndex(&["sync", "vlans", "--firewall", "HOME"]).code(0);
}

#[test]
fn rows_are_shown_as_a_table_json_and_csv() {
    let home = Home::synced();
    home.opndex(&["query", "vlans", "--where", "tag = 30"])
        .code(0)
        .stdout(contains("IoT devices").and(contains("vlan02")))
        .stderr(contains("1 of 1 row · as of ").and(contains("complete")));
    let answer = home.json(&[
        "query",
        "vlans",
        "--columns",
        "tag,interface_name",
        "--where",
        "tag in (20, 30)",
    ]);
    assert_eq!(answer["rows"], serde_json::json!([[20, "GUEST"], [30, "IOT"]]));
    assert_eq!((&answer["total"], &answer["complete"]), (&Value::from(2), &Value::from(true)));
    home.opndex(&[
        "query",
        "vlans",
        "--columns",
        "tag,interface_name",
        "--limit",
        "1",
        "--format",
        "csv",
    ])
    .code(0)
    .stdout("tag,interface_name\n20,GUEST\n")
    .stderr(contains("1 of 5 rows").and(contains("next page: --after ")));
}

#[test]
fn inverted_fields_keep_their_negation_and_booleans_are_words() {
    let home = Home::synced();
    home.opndex(&["query", "firewall_rules", "--where", "description = 'Guest to internet only'"])
        .code(0)
        .stdout(contains("!n_private").and(contains("yes")).and(contains("true").not()));
}

#[test]
fn a_question_without_rows_is_answered() {
    let home = Home::synced();
    home.opndex(&["query", "vlans", "--where", "tag = 4000"])
        .code(0)
        .stdout("")
        .stderr(contains("0 of 0 rows"));
    home.opndex(&["locate", "nobody-here"]).code(0).stdout("").stderr(contains("0 mentions"));
}

#[test]
fn counting_gives_a_number() {
    let home = Home::synced();
    home.opndex(&["query", "vlans", "--count"]).code(0).stdout("5 rows\n");
    home.opndex(&["query", "vlans", "--count", "--format", "csv"]).code(0).stdout("rows\n5\n");
    assert_eq!(home.json(&["query", "vlans", "--count"])["total"], 5);
}

#[test]
fn domains_are_listed_with_their_rows_and_described() {
    let home = Home::synced();
    home.opndex(&["query"])
        .code(0)
        .stdout(contains("firewall_rules").and(contains("VLAN devices")));
    let listed = home.json(&["query"]);
    let vlans =
        listed["domains"].as_array().unwrap().iter().find(|d| d["name"] == "vlans").unwrap();
    assert_eq!(vlans["rows"], 5);
    home.opndex(&["query", "--firewall", "hom"]).code(2).stderr(contains("did you mean `home`?"));
    let folder = TempDir::new().unwrap();
    bare(folder.path())
        .args(["query", "vlans", "--describe"])
        .assert()
        .code(0)
        .stdout(contains("interface_name").and(contains("VLAN ID, 1 to 4094.")));
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let home = Home::synced();
    let total = home.json(&["query", "arp", "--count"])["total"].as_u64().unwrap();
    let mut seen = BTreeSet::new();
    let mut rows = 0;
    let mut after: Option<String> = None;
    loop {
        let mut arguments = vec!["query", "arp", "--columns", "ip,device", "--limit", "40"];
        arguments.extend(after.iter().flat_map(|cursor| ["--after", cursor.as_str()]));
        let page = home.json(&arguments);
        for row in page["rows"].as_array().unwrap() {
            rows += 1;
            seen.insert(row.to_string());
        }
        match page["next"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!((rows, seen.len()), (total, usize::try_from(total).unwrap()));
    let cursor = home.json(&["query", "arp", "--limit", "1"])["next"].as_str().unwrap().to_owned();
    home.opndex(&["query", "ndp", "--after", &cursor]).code(2).stderr(contains("cursor"));
}

#[test]
fn what_is_misspelt_is_suggested() {
    let home = Home::synced();
    let cases: &[(&[&str], &str)] = &[
        (&["query", "dhcp_lease"], "did you mean `dhcp_leases`?"),
        (&["query", "vlans", "--where", "descripton = x"], "did you mean `description`?"),
        (&["query", "vlans", "--columns", "interfce_name"], "did you mean `interface_name`?"),
        (&["query", "vlans", "--firewall", "hme"], "did you mean `home`?"),
        (&["query", "vlans", "--wher", "tag = 3"], "--where"),
        (&["query", "vlans", "--databse", "x"], "--database"),
        (&["statsu"], "status"),
        (&["query", "vlans", "--where", "tag ="], "a value is missing"),
        (&["query", "vlans", "--limit", "0"], "choose 1 to 1000"),
    ];
    for (arguments, expected) in cases {
        home.opndex(arguments).code(2).stdout("").stderr(contains(*expected));
    }
}

#[test]
fn an_address_a_mac_and_a_name_are_located() {
    let home = Home::synced();
    home.opndex(&["locate", "nas"])
        .code(0)
        .stdout(contains("dhcp_leases\n").and(contains("dhcp_reservations\n")))
        .stdout(contains("hostname (exact)"))
        .stderr(contains("mentions of name `nas` · as of "));
    let located = home.json(&["locate", "nas"]);
    let lease = located["mentions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["domain"] == "dhcp_leases")
        .unwrap();
    let (ip, mac) = (lease["row"]["ip"].as_str().unwrap(), lease["row"]["mac"].as_str().unwrap());
    assert_eq!(home.json(&["locate", mac])["kind"], "mac");
    assert_eq!(home.json(&["locate", ip])["kind"], "ip");
    home.opndex(&["locate", ip, "--format", "csv"])
        .code(0)
        .stdout(predicates::str::starts_with("mention,firewall,domain,column,how,field,value\n"))
        .stdout(contains(format!("dhcp_leases,ip,exact,mac,{mac}\n")));
    home.opndex(&["locate", "x"]).code(2).stderr(contains("too short"));
}

#[test]
fn the_status_tells_every_domain() {
    let home = Home::synced();
    home.opndex(&["status"])
        .code(0)
        .stdout(contains("home · http://127.0.0.1:").and(contains("last run complete")))
        .stdout(contains("firewall_rules").and(contains("disabled legacy rules are not reported")));
    let status = home.json(&["status"]);
    assert_eq!(
        status["firewalls"][0]["domains"].as_array().unwrap().len(),
        opndex::domain::ALL.len()
    );
    home.opndex(&["status", "--format", "csv"])
        .code(0)
        .stdout(contains("firewall,domain,rows,rejects,as_of,age_s,stale,complete,notes\n"))
        .stdout(contains("\nhome,vlans,5,0,"));
}
