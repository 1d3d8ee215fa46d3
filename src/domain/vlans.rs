//! VLANs: tagged devices on a parent (IEEE 802.1Q), assigned to an interface or not.
use super::node::DEVICE_NAMES;
use super::prelude::*;

#[derive(Debug)]
pub struct Vlan {
    pub device: Box<str>,
    pub tag: i64,
    pub parent: Box<str>,
    pub interface_name: Option<Box<str>>,
    pub description: Option<Box<str>>,
    pub priority: Option<i64>,
    pub protocol: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

/// Decorated as the API does it.
static NODE: Node = Node::new(
    "vlans/vlan",
    &[
        Take::Look { from: "vlanif", to: "@assigned", table: &DEVICE_NAMES },
        Take::Make { to: "vlanif", from: &["vlanif", "@assigned"], make: decorate },
    ],
);

fn decorate(parts: &[Option<&str>]) -> Option<String> {
    let [Some(device), assigned] = parts else { return None };
    Some(assigned.map_or_else(|| (*device).to_owned(), |name| format!("{device} [{name}]")))
}

pub static DOMAIN: Domain<Vlan> = Domain {
    name: "vlans",
    about: "VLAN devices with tag, parent device and the interface they are assigned to.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("vlan", "interfaces/vlan_settings/search_item", "Interfaces: VLAN"),
        Source::config("vlan", &NODE),
    ],
    fields: &[
        field("vlanif"),
        field("tag"),
        field("if"),
        field("descr"),
        field("pcp"),
        field("proto"),
        field("uuid"),
    ],
    identity: &["vlanif", "if", "tag"],
    columns: &[
        col(Role::Key, "tag", Read::Int(|v| Some(v.tag)), "VLAN ID, 1 to 4094."),
        col(Role::Key, "device", Read::Text(|v| Some(&v.device)), "Device name, such as vlan01."),
        col(
            Role::Indexed,
            "parent",
            Read::Text(|v| Some(&v.parent)),
            "Device that carries the tag, such as igc1.",
        ),
        col(
            Role::Indexed,
            "interface_name",
            Read::Text(|v| v.interface_name.as_deref()),
            "Description of the assigned interface; absent when not assigned.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|v| v.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "priority", Read::Int(|v| v.priority), "Priority code point, 0 to 7."),
        col(
            Role::Plain,
            "protocol",
            Read::Text(|v| v.protocol.as_deref()),
            "802.1q or 802.1ad when set by hand.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|v| v.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        // Every release decorates: `vlan01 [GUEST]`; 24.7 and 25.1 the parent too: `igc1 (MAC) [LAN]`.
        let decorated = raw.text("vlanif")?;
        let (device, rest) = decorated.split_once(' ').unwrap_or((&decorated, ""));
        let assigned = rest.trim().strip_prefix('[').and_then(|r| r.strip_suffix(']'));
        let parent = raw.text("if")?;
        rows.push(Vlan {
            device: device.into(),
            tag: raw.read("tag")?,
            parent: parent.split(' ').next().unwrap_or_default().into(),
            interface_name: assigned.map(Into::into),
            description: raw.string("descr"),
            priority: raw.maybe("pcp").and_then(|text| priority(&text)),
            protocol: raw.string("proto").filter(|p| p.starts_with("802.1")),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};

/// `3`, or the label of 24.7 and 25.1: `Best Effort (0, default)`.
fn priority(text: &str) -> Option<i64> {
    let digits = text.split('(').next_back()?;
    digits.chars().find(char::is_ascii_digit)?.to_digit(10).map(i64::from)
}

#[cfg(test)]
mod tests {
    use super::priority;

    #[test]
    fn a_priority_is_read_from_its_label() {
        assert_eq!(priority("Best Effort (0, default)"), Some(0));
        assert_eq!(priority("Network Control (7)"), Some(7));
        assert_eq!(priority("5"), Some(5));
        assert_eq!(priority(""), None);
    }
}
