//! Where: an interface by any of its names, a VLAN by its tag, a network or a range of addresses.

use crate::store::{InterfaceScope, Wire};
use crate::types::{AddressRange, FirewallId, did_you_mean};

use super::error::AskError;

/// What a place turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// One interface, or the interfaces of that name on several firewalls.
    Interfaces(Vec<Wire>),
    Range(AddressRange),
}

/// Words around a name that name nothing: "the guest network", "`IoT` VLAN".
const FILLERS: [&str; 9] =
    ["the", "my", "vlan", "network", "net", "subnet", "interface", "wifi", "lan segment"];

/// Reads `text` as a range or as one interface of `firewall`, or of all.
pub(super) fn place(
    wires: &[Wire],
    firewall: Option<FirewallId>,
    text: &str,
) -> Result<Place, AskError> {
    if let Ok(range) = text.parse::<AddressRange>() {
        return Ok(Place::Range(range));
    }
    if let Some(range) = short_range(text) {
        return Ok(Place::Range(range));
    }
    interfaces(wires, firewall, text).map(Place::Interfaces)
}

/// `192.168.1.100-150`, as people write it.
fn short_range(text: &str) -> Option<AddressRange> {
    let (first, last) = text.trim().split_once('-')?;
    let (stem, _) = first.trim().rsplit_once('.')?;
    if last.trim().parse::<u8>().is_err() {
        return None;
    }
    format!("{}-{stem}.{}", first.trim(), last.trim()).parse().ok()
}

/// The interfaces that `text` names: key, description, device, VLAN tag, VLAN description, in this order.
pub(super) fn interfaces(
    wires: &[Wire],
    firewall: Option<FirewallId>,
    text: &str,
) -> Result<Vec<Wire>, AskError> {
    let known: Vec<&Wire> =
        wires.iter().filter(|wire| firewall.is_none_or(|id| id == wire.firewall)).collect();
    let found = named(&known, text);
    if !found.is_empty() {
        return Ok(found.into_iter().cloned().collect());
    }
    let names = || known.iter().filter_map(|wire| wire.name.as_deref().or(wire.key.as_deref()));
    let tags =
        known.iter().filter_map(|w| Some(format!("{} (VLAN {})", w.name.as_deref()?, w.tag?)));
    let plain = known.iter().filter(|w| w.tag.is_none()).filter_map(|w| w.name.clone());
    Err(AskError::UnknownInterface {
        name: text.chars().take(60).collect(),
        suggestion: did_you_mean(&bare(text), names()),
        known: plain.chain(tags).collect::<Vec<_>>().join(", "),
    })
}

/// Interfaces that `text` names exactly, by the strongest way that names any.
pub(super) fn named<'w>(wires: &[&'w Wire], text: &str) -> Vec<&'w Wire> {
    let whole = text.trim().to_lowercase();
    let name = bare(text);
    let tag = name.parse::<i64>().ok().or_else(|| whole.strip_prefix("vlan")?.trim().parse().ok());
    let is =
        |known: Option<&str>, text: &str| known.is_some_and(|known| known.to_lowercase() == text);
    let ways: [&dyn Fn(&Wire) -> bool; 5] = [
        &|w| is(w.key.as_deref(), &whole) || is(w.name.as_deref(), &whole),
        &|w| is(Some(&w.device), &whole),
        &|w| tag.is_some() && w.tag == tag,
        &|w| is(w.key.as_deref(), &name) || is(w.name.as_deref(), &name),
        &|w| {
            is(w.vlan_description.as_deref(), &whole)
                || w.vlan_description.as_deref().is_some_and(|about| bare(about) == name)
        },
    ];
    for way in ways {
        let found: Vec<&Wire> = wires.iter().copied().filter(|wire| way(wire)).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Without the words that name nothing.
pub(super) fn bare(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || c == '"' || c == '\'')
        .filter(|word| !word.is_empty() && !FILLERS.contains(word))
        .collect();
    words.join(" ")
}

/// What people call it.
pub(super) fn label(wire: &Wire) -> &str {
    wire.name.as_deref().or(wire.key.as_deref()).unwrap_or(&wire.device)
}

/// The networks behind an interface; link-local ones are everywhere.
pub(super) fn networks(wire: &Wire) -> Vec<AddressRange> {
    wire.ipv4
        .iter()
        .chain(&wire.ipv6)
        .filter(|net| !net.to_lowercase().starts_with("fe80:"))
        .filter_map(|net| net.parse::<AddressRange>().ok())
        .filter(|range| range.first() != range.last())
        .collect()
}

/// The interface as sightings name it.
pub(super) fn scope(wire: &Wire) -> InterfaceScope {
    InterfaceScope {
        firewall: wire.firewall,
        name: label(wire).to_owned(),
        networks: networks(wire),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(key: &str, name: &str, device: &str, tag: Option<i64>, about: &str) -> Wire {
        Wire {
            firewall: FirewallId::new(1),
            device: device.to_owned(),
            key: Some(key.to_owned()),
            name: Some(name.to_owned()),
            tag,
            vlan_description: tag.map(|_| about.to_owned()),
            ipv4: vec!["192.168.30.1/24".to_owned()],
            ipv6: vec!["fe80::1/64".to_owned()],
            groups: Vec::new(),
        }
    }

    fn wires() -> Vec<Wire> {
        vec![
            wire("lan", "LAN", "igc1", None, ""),
            wire("opt1", "GUEST", "vlan01", Some(20), "Guest WiFi"),
            wire("opt2", "IOT", "vlan02", Some(30), "IoT devices"),
        ]
    }

    #[test]
    fn an_interface_answers_to_all_its_names() {
        for text in [
            "opt2",
            "IOT",
            "iot",
            "vlan02",
            "30",
            "vlan 30",
            "VLAN30",
            "the IoT VLAN",
            "iot network",
            "IoT devices",
        ] {
            let found = interfaces(&wires(), None, text).unwrap();
            assert_eq!(found.iter().map(label).collect::<Vec<_>>(), ["IOT"], "{text}");
        }
        assert_eq!(label(&interfaces(&wires(), None, "guest wifi").unwrap()[0]), "GUEST");
    }

    #[test]
    fn a_name_that_is_none_is_refused_with_the_nearest() {
        let refused = interfaces(&wires(), None, "GEUST").unwrap_err().to_string();
        assert!(
            refused.contains("did you mean `GUEST`") && refused.contains("IOT (VLAN 30)"),
            "{refused}"
        );
    }

    #[test]
    fn a_range_may_leave_out_the_stem_of_its_end() {
        let place = place(&wires(), None, "192.168.1.100-150").unwrap();
        assert_eq!(place, Place::Range("192.168.1.100-192.168.1.150".parse().unwrap()));
    }

    #[test]
    fn networks_leave_out_what_is_on_every_interface() {
        assert_eq!(networks(&wires()[0]), ["192.168.30.0/24".parse().unwrap()]);
    }
}
