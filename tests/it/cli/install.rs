//! Telling MCP clients.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{PROGRAM, bare, text};

fn install(folder: &TempDir, arguments: &[&str]) -> assert_cmd::assert::Assert {
    bare(folder.path()).args(["mcp", "install"]).args(arguments).assert()
}

fn read(folder: &TempDir, name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.path().join(name)).unwrap()).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn every_client_finds_us_in_its_own_file() {
    let folder = TempDir::new().unwrap();
    for (client, file, servers) in [
        ("claude-desktop", "Claude/claude_desktop_config.json", "mcpServers"),
        ("claude-code", ".claude.json", "mcpServers"),
        ("cursor", ".cursor/mcp.json", "mcpServers"),
        ("gemini", ".gemini/settings.json", "mcpServers"),
        ("vscode", "Code/User/mcp.json", "servers"),
        ("windsurf", ".codeium/windsurf/mcp_config.json", "mcpServers"),
    ] {
        let done = install(&folder, &["--client", client, "--database", "some.db"]).code(0);
        assert!(text(&done.get_output().stdout).contains(file), "{client}");
        let entry = read(&folder, file)[servers]["opndex"].clone();
        assert_eq!(entry["command"], PROGRAM, "{client}");
        let database = folder.path().join("some.db");
        assert_eq!(entry["args"], json!(["serve", "--database", database]), "{client}");
        install(&folder, &["--client", client, "--database", "some.db"])
            .code(0)
            .stdout(contains("knows `opndex` already"));
    }
}

#[test]
fn what_was_there_stays_and_is_kept_beside() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("mcp.json");
    let before = "{\n  \"theme\": \"dark\",\n  \"mcpServers\": {\n    \"other\": {\"command\":   \"x\"}\n  }\n}\n";
    fs::write(&file, before).unwrap();
    install(&folder, &["--client", "cursor", "--file", "mcp.json"])
        .code(0)
        .stdout(contains("what was there before: "));
    let after = fs::read_to_string(&file).unwrap();
    assert!(
        after.contains("\"other\": {\"command\":   \"x\"}")
            && after.contains("\"theme\": \"dark\""),
        "{after}"
    );
    let copies: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("before-opndex"))
        .collect();
    assert_eq!(copies.len(), 1);
    assert_eq!(fs::read_to_string(&copies[0]).unwrap(), before);
}

#[test]
fn a_file_that_is_not_plain_json_is_not_touched() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("mcp.json");
    for before in ["{ // servers\n  \"mcpServers\": {}\n}", "{\"mcpServers\": []}", "not at all"] {
        fs::write(&file, before).unwrap();
        install(&folder, &["--client", "cursor", "--file", "mcp.json"]).code(2).stdout("").stderr(
            contains("was not touched")
                .and(contains("\"mcpServers\":{\"opndex\":"))
                .and(contains("because: ")),
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn over_http_the_token_goes_along_only_where_it_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let printed = |arguments: &[&str]| -> Value {
        let all = [&["--database", "o.db", "--print"], arguments].concat();
        let done = install(&folder, &all).code(0);
        serde_json::from_slice(&done.get_output().stdout).unwrap()
    };
    let plain = printed(&["--client", "vscode", "--http"]);
    assert_eq!(
        plain,
        json!({ "servers": { "opndex": { "type": "http", "url": "http://127.0.0.1:8642/mcp" } } })
    );
    assert!(!folder.path().join("o.token").exists());
    let guarded =
        printed(&["--client", "cursor", "--http", "192.0.2.1:9000", "--server-name", "net"]);
    let token = fs::read_to_string(folder.path().join("o.token")).unwrap();
    let entry = &guarded["mcpServers"]["net"];
    assert_eq!(entry["url"], "http://192.0.2.1:9000/mcp");
    assert_eq!(entry["headers"]["Authorization"], format!("Bearer {}", token.trim()));
    install(&folder, &["--client", "claude-desktop", "--http"])
        .code(2)
        .stderr(contains("cannot be told of an address"));
    install(&folder, &["--client", "netscape"]).code(2).stderr(contains("claude-code"));
}
