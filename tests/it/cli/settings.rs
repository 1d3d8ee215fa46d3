//! Where settings come from, and what the help says about them.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;
use tempfile::TempDir;

use super::{Home, bare, text, write_private};

#[test]
fn without_a_firewall_the_ways_to_name_one_are_told() {
    let folder = TempDir::new().unwrap();
    bare(folder.path())
        .arg("sync")
        .assert()
        .code(2)
        .stdout("")
        .stderr(contains("error: no firewall is configured").and(contains("opndex.toml")))
        .stderr(contains("OPNDEX_URL").and(contains("--url")).and(contains("opndex demo")));
}

#[test]
fn settings_come_from_flags_before_variables_before_the_file() {
    let home = Home::new();
    let (key, secret) = (home.simulator.key(), home.simulator.secret());
    let mut command = bare(home.folder.path());
    command
        .env("OPNDEX_URL", home.simulator.url())
        .env("OPNDEX_API_KEY", key.expose())
        .env("OPNDEX_API_SECRET", secret.expose())
        .env("OPNDEX_NAME", "by-variable")
        .env("OPNDEX_DATABASE", home.database())
        .env("OPNDEX_FORMAT", "csv");
    command.args(["sync", "vlans"]).assert().code(0).stdout(contains("\nby-variable,vlans,"));
    command
        .args(["--firewall-name", "by-flag"])
        .assert()
        .code(0)
        .stdout(contains("\nby-flag,vlans,"));
    command.env("OPNDEX_FORMAT", "xml").assert().code(2).stderr(contains("`xml` is no format"));
    bare(home.folder.path())
        .env("OPNDEX_CONFIG", home.settings())
        .args(["status"])
        .assert()
        .code(0)
        .stdout(contains("by-flag").and(contains("by-variable")));
}

#[test]
fn a_settings_file_must_exist_when_named_and_hold_known_keys() {
    let folder = TempDir::new().unwrap();
    bare(folder.path()).args(["status", "--config", "nowhere.toml"]).assert().code(2).stderr(
        contains("error: cannot read settings file `nowhere.toml`").and(contains("\n  because: ")),
    );
    let path = folder.path().join("wrong.toml");
    write_private(&path, "databse = \"x.db\"\n");
    bare(folder.path())
        .args(["status", "--config", "wrong.toml"])
        .assert()
        .code(2)
        .stderr(contains("line 1").and(contains("did you mean `database`?")));
}

#[cfg(unix)]
#[test]
fn an_exposed_secret_is_warned_about_once() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::synced();
    let settings = home.settings();
    fs::set_permissions(&settings, fs::Permissions::from_mode(0o644)).unwrap();
    let mut command = bare(home.folder.path());
    let shown = command.arg("--config").arg(settings).arg("status").assert().code(0);
    let notes = text(&shown.get_output().stderr);
    assert!(notes.starts_with("warning: ") && notes.matches("warning").count() == 1, "{notes}");
}

#[test]
fn the_help_tells_settings_and_exit_codes() {
    let folder = TempDir::new().unwrap();
    let help = bare(folder.path()).arg("--help").assert().code(0);
    let help = text(&help.get_output().stdout);
    for key in opndex::settings::KEYS {
        assert!(help.contains(&format!("--{}", key.flag())), "{}", key.name);
        assert!(help.contains(&key.env()), "{}", key.name);
    }
    for code in [
        "0  all is well",
        "1  sync: some",
        "2  the command",
        "3  sync: nothing",
        "70  internal",
        "130  interrupted",
    ] {
        assert!(help.contains(code), "{code}");
    }
    bare(folder.path()).arg("--version").assert().code(0).stdout(contains("opndex 0."));
    bare(folder.path())
        .args(["settings", "--sample"])
        .assert()
        .code(0)
        .stdout(contains("[firewall]"));
    bare(folder.path()).arg("settings").assert().code(0).stdout(contains("opndex.toml"));
}
