//! What stands around the rules: bridges, kernel settings, VPN pools, the captive portal and other programs.

use std::collections::BTreeMap;

use crate::rules::{BridgeRow, PortalRow};

use super::ruleset_rows::Cells;

pub(super) fn bridge(c: &Cells) -> Option<BridgeRow> {
    Some(BridgeRow { device: c.text("device")?, members: c.list("members") })
}

/// Settings of the kernel for bridges, with the defaults of OPNsense for those that nobody set; nothing while
/// none were read.
pub(super) fn bridge_settings(set: &[(String, bool)], known: bool) -> BTreeMap<&'static str, bool> {
    const DEFAULTS: [(&str, bool); 3] =
        [("pfil_member", true), ("pfil_bridge", false), ("pfil_local_phys", false)];
    let value = |name: &str| {
        let full = format!("net.link.bridge.{name}");
        set.iter().find(|(known, _)| *known == full).map(|(_, on)| *on)
    };
    DEFAULTS
        .into_iter()
        .filter(|_| known)
        .map(|(name, default)| (name, value(name).unwrap_or(default)))
        .collect()
}

/// A kernel setting that is on or off.
pub(super) fn tunable(c: &Cells) -> Option<(String, bool)> {
    let on = match c.text("value")?.trim() {
        "1" => true,
        "0" => false,
        _ => return None,
    };
    Some((c.text("name")?, on))
}

pub(super) fn is_carp(c: &Cells) -> Option<bool> {
    Some(c.text("mode")?.as_str() == "carp")
}

pub(super) fn portal(c: &Cells) -> Option<PortalRow> {
    if c.flag("enabled") == Some(false) {
        return None;
    }
    let zone = u16::try_from(c.int("zone")?).ok()?;
    Some(PortalRow { zone, interfaces: c.list("interfaces") })
}

/// Networks of a legacy VPN server or client: instances take no part in the automatic source NAT.
pub(super) fn pool(c: &Cells) -> Option<Vec<String>> {
    let legacy = c.text("id")?.starts_with("legacy ");
    (legacy && c.flag("enabled") != Some(false)).then(|| c.list("networks"))
}

/// The far end of a legacy IPsec tunnel.
pub(super) fn ipsec_peer(c: &Cells) -> Option<String> {
    let legacy = c.text("id")?.starts_with("legacy ") && c.flag("enabled") != Some(false);
    legacy.then(|| c.text("remote").unwrap_or_else(|| "any".to_owned()))
}

/// A running program that makes pf rules of its own or sits in the way of packets.
pub(super) fn program(c: &Cells) -> Option<String> {
    const KNOWN: [&str; 6] =
        ["miniupnpd", "relayd", "ftp-proxy", "suricata", "eastpect", "crowdsec"];
    let name = c.text("name")?;
    (c.flag("running") == Some(true) && KNOWN.contains(&name.as_str())).then_some(name)
}
