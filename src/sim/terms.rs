//! Sources, destinations and ports of a rule: how the firewall explains them.

use serde::Serialize;

use super::aliases::Alias;
use super::interfaces::{VPN, label};
use super::world::World;

/// One entry of `alias_meta_source_net` and its like.
#[derive(Debug, Serialize)]
pub(super) struct Meta<'a> {
    /// HTML, and present on aliases only.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    description: &'a str,
    value: &'a str,
    #[serde(rename = "%value")]
    text: String,
    #[serde(rename = "isAlias")]
    is_alias: bool,
}

/// `None` when there is nothing to explain, which leaves the field out.
pub(super) fn metas<'a>(world: &'a World, value: &'a str) -> Option<Vec<Meta<'a>>> {
    (!value.is_empty()).then(|| value.split(',').map(|term| meta(world, term)).collect())
}

fn meta<'a>(world: &'a World, value: &'a str) -> Meta<'a> {
    match world.aliases.iter().find(|alias| alias.name == value) {
        Some(alias) => Meta {
            summary: Some(summary(alias)),
            description: &alias.description,
            value,
            text: value.to_owned(),
            is_alias: true,
        },
        None => Meta {
            summary: None,
            description: "",
            value,
            text: term_text(world, value, "network"),
            is_alias: false,
        },
    }
}

fn summary(alias: &Alias) -> String {
    let lines: Vec<&str> = alias.content.lines().collect();
    format!("<strong>{}</strong><br/>{}", alias.description, lines.join("<br/>"))
}

/// The `%source_net` beside a `source_net`; `None` when it would repeat it.
pub(super) fn net_text(world: &World, value: &str) -> Option<String> {
    let texts: Vec<String> = value.split(',').map(|term| term_text(world, term, "net")).collect();
    let text = texts.join(", ");
    (text != value).then_some(text)
}

/// `lan` as `LAN net`, `wanip` as `WAN address`; addresses and aliases as they are.
fn term_text(world: &World, term: &str, net: &str) -> String {
    if term == "(self)" {
        return "This Firewall".to_owned();
    }
    let is_interface = |key: &str| key == "wan" || key == VPN.0 || world.zone_by_key(key).is_some();
    match term.strip_suffix("ip") {
        Some(key) if is_interface(key) => format!("{} address", label(world, key)),
        _ if is_interface(term) => format!("{} {net}", label(world, term)),
        _ => term.to_owned(),
    }
}

pub(super) fn action_text(action: &str) -> &'static str {
    match action {
        "pass" => "Pass",
        "block" => "Block",
        "reject" => "Reject",
        _ => "",
    }
}

pub(super) fn direction_text(direction: &str) -> &'static str {
    match direction {
        "in" => "In",
        "out" => "Out",
        _ => "Any",
    }
}

/// Automatic rules of both families have no text.
pub(super) fn family_text(family: &str) -> &'static str {
    match family {
        "inet" => "IPv4",
        "inet6" => "IPv6",
        _ => "",
    }
}
