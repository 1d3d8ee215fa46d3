//! The settings file that explains itself.

use std::fmt::Write as _;

use super::table::KEYS;

const HEAD: &str = "\
# opndex settings. Every key is optional: remove the # in front of one to set it.
# Environment variables are stronger than this file, and command-line flags are stronger than both.
# Several firewalls: replace [firewall] by one [[firewalls]] for each, with the same keys.
";

/// Not a key: its names are the ids of findings.
const LINT: &str = "
# Findings of `opndex lint` that may stay, by id, each with the reason; `no_log:*` is all of a code.
#[lint.suppress]
#\"wan_exposure:1947e94ddb5821d222d6d10d1add22ce\" = \"the VPN must be reachable\"
";

/// A settings file in which every key is described and commented out. A key with a default shows
/// it, the others show an example.
pub fn sample() -> String {
    let mut text = HEAD.to_owned();
    let mut section = "";
    for key in KEYS {
        if let Some((begun, _)) = key.name.split_once('.')
            && begun != section
        {
            section = begun;
            let _ = write!(text, "\n[{section}]\n");
        }
        let value = key.default.unwrap_or(key.example);
        let kind = if key.default.is_some() { "default" } else { "example" };
        let _ = write!(text, "\n# {} ({}, {kind})\n#{}\n", key.about, key.env(), key.toml(value));
    }
    text.push_str(LINT);
    text
}
