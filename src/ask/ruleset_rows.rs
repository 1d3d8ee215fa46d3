//! Rows of tables to rows of an evaluation, by column name.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::rules::{
    AliasRow, ForwardRow, GatewayRow, GroupRow, InterfaceRow, NptRow, OneToOneRow, OutboundRow,
    RouteRow, RuleRow, ScheduleRow, TableRow,
};

/// One row by column name; a column that this version does not have is absent.
pub(super) struct Cells(pub(super) Map<String, Value>);

impl Cells {
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(n) => Some(n.to_string()),
            _ => None,
        }
    }

    pub(super) fn words(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    pub(super) fn int(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let text = self.words(name);
        text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
    }

    /// A list that means any when it is empty.
    pub(super) fn terms(&self, name: &str) -> Vec<String> {
        let terms = self.list(name);
        if terms.is_empty() { vec!["any".to_owned()] } else { terms }
    }
}

pub(super) fn rule(c: &Cells) -> Option<RuleRow> {
    Some(RuleRow {
        position: c.int("position"),
        uuid: c.text("uuid")?,
        origin: c.words("origin"),
        enabled: c.flag("enabled").unwrap_or(true),
        action: c.words("action"),
        quick: c.flag("quick").unwrap_or(true),
        direction: c.words("direction"),
        interface: c.text("interface").or_else(|| {
            // A description that could not be traced to a key names no interface pf would know.
            c.text("interface_name").map(|name| format!("?{name}"))
        }),
        family: c.words("family"),
        protocol: c.words("protocol"),
        source: c.terms("source"),
        source_port: c.text("source_port"),
        destination: c.terms("destination"),
        destination_port: c.text("destination_port"),
        icmp_type: c.text("icmp_type"),
        gateway: c.text("gateway"),
        schedule: c.text("schedule"),
        state_type: c.text("state_type"),
        tcp_flags: c.text("tcp_flags"),
        tag: c.text("tag"),
        tagged: c.text("tagged"),
        log: c.flag("log").unwrap_or(false),
        description: c.words("description"),
        evaluations: c.int("evaluations"),
        packets: c.int("packets"),
    })
}

pub(super) fn alias(c: &Cells) -> Option<AliasRow> {
    Some(AliasRow {
        name: c.text("name")?,
        kind: c.words("type"),
        enabled: c.flag("enabled").unwrap_or(true),
        content: c.list("content"),
        description: c.words("description"),
        entries: c.int("entries"),
    })
}

pub(super) fn entry(c: &Cells) -> Option<(String, String)> {
    let entry = c.text("entry")?;
    let bare = c.flag("negated") == Some(true) && !entry.starts_with('!');
    Some((c.text("alias")?, if bare { format!("!{entry}") } else { entry }))
}

/// Loaded tables: those with entries, and those that are known to have none.
pub(super) fn tables(
    sizes: Vec<(String, Option<i64>)>,
    entries: Vec<(String, String)>,
) -> Vec<TableRow> {
    let empty = sizes.into_iter().filter(|(_, size)| *size == Some(0));
    let mut by_name: BTreeMap<String, Vec<String>> =
        empty.map(|(name, _)| (name, Vec::new())).collect();
    for (name, entry) in entries {
        by_name.entry(name).or_default().push(entry);
    }
    by_name.into_iter().map(|(name, entries)| TableRow { name, entries }).collect()
}

pub(super) fn interface(c: &Cells) -> Option<InterfaceRow> {
    /// Ways to get an address that bring a gateway along.
    const WITH_GATEWAY: [&str; 6] = ["dhcp", "pppoe", "ppp", "pppoa", "pptp", "l2tp"];
    let mut addresses = c.list("ipv4");
    addresses.extend(c.list("ipv6"));
    let by_type = c.text("ipv4_type").filter(|t| WITH_GATEWAY.contains(&t.as_str())).map(|_| true);
    Some(InterfaceRow {
        device: c.text("device")?,
        key: c.text("key"),
        name: c.words("name"),
        enabled: c.flag("enabled").unwrap_or(true),
        addresses,
        groups: c.list("groups"),
        has_gateway: by_type,
    })
}

/// Keys of interfaces with a gateway that may be the default one, and its family.
pub(super) fn upstream(c: &Cells) -> Option<String> {
    let candidate = c.flag("default_candidate") == Some(true) && c.words("family") != "inet6";
    c.text("interface").filter(|_| candidate && c.flag("enabled") != Some(false))
}

/// An address of a device, with its prefix length; the primary one first.
pub(super) struct Address {
    device: String,
    text: String,
    is_primary: bool,
}

pub(super) fn address(c: &Cells) -> Option<Address> {
    let ip = c.text("ip")?;
    let text = match c.int("prefix_length") {
        Some(bits) => format!("{ip}/{bits}"),
        None => ip,
    };
    Some(Address {
        device: c.text("device")?,
        text,
        is_primary: c.flag("is_primary") == Some(true),
    })
}

pub(super) fn settle_interfaces(
    devices: &mut [InterfaceRow],
    mut addresses: Vec<Address>,
    upstream: &[String],
) {
    addresses.sort_by_key(|a| !a.is_primary);
    for device in devices {
        if device.has_gateway.is_none() {
            device.has_gateway = device.key.as_ref().map(|key| upstream.contains(key));
        }
        let mine: Vec<String> = addresses
            .iter()
            .filter(|a| a.device == device.device)
            .map(|a| a.text.clone())
            .collect();
        if !mine.is_empty() {
            device.addresses = mine;
        }
    }
}

pub(super) fn gateway(c: &Cells) -> Option<GatewayRow> {
    Some(GatewayRow {
        name: c.text("name")?,
        interface: c.text("interface"),
        device: c.text("device"),
        address: c.text("ip"),
        family: c.text("family").unwrap_or_else(|| "inet".to_owned()),
        enabled: c.flag("enabled").unwrap_or(true),
        status: (c.flag("forced_down") == Some(true)).then(|| "forced down".to_owned()),
        members: Vec::new(),
    })
}

/// What monitoring says of a gateway; a dynamic one has its address only here.
pub(super) fn gateway_status(c: &Cells) -> Option<(String, String, Option<String>)> {
    Some((c.text("name")?, c.words("status"), c.text("ip")))
}

pub(super) fn settle_health(
    gateways: &mut [GatewayRow],
    health: Vec<(String, String, Option<String>)>,
) {
    for (name, status, ip) in health {
        for gateway in gateways.iter_mut().filter(|g| g.name == name) {
            gateway.status.get_or_insert_with(|| status.clone());
            gateway.address = gateway.address.take().or_else(|| ip.clone());
        }
    }
}

pub(super) struct Member {
    pub(super) group: String,
    pub(super) gateway: String,
    pub(super) tier: Option<i64>,
}

/// A group is its best tier with a member that is up.
pub(super) fn gateway_groups(mut members: Vec<Member>, gateways: &[GatewayRow]) -> Vec<GatewayRow> {
    let is_up = |name: &str| {
        let status =
            gateways.iter().find(|g| g.name == name && g.enabled).map(|g| g.status.clone());
        status.is_some_and(|s| {
            let s = s.unwrap_or_default().to_ascii_lowercase();
            !s.contains("offline") && !s.contains("down")
        })
    };
    members.sort_by(|a, b| (&a.group, a.tier).cmp(&(&b.group, b.tier)));
    let mut groups: BTreeMap<String, (Option<i64>, Vec<String>)> = BTreeMap::new();
    for member in members.iter().filter(|m| is_up(&m.gateway)) {
        let (tier, names) =
            groups.entry(member.group.clone()).or_insert_with(|| (member.tier, Vec::new()));
        if *tier == member.tier {
            names.push(member.gateway.clone());
        }
    }
    for member in members {
        // A group without a living member still exists.
        groups.entry(member.group).or_insert_with(|| (None, vec![member.gateway]));
    }
    let row = |(name, (_, members))| GatewayRow { name, members, ..GatewayRow::default() };
    groups.into_iter().map(row).collect()
}

pub(super) fn group(c: &Cells) -> Option<GroupRow> {
    Some(GroupRow { name: c.text("name")?, members: c.list("members") })
}

pub(super) fn forward(c: &Cells) -> Option<ForwardRow> {
    let any = || "any".to_owned();
    Some(ForwardRow {
        position: c.int("position"),
        uuid: c.text("uuid")?,
        enabled: c.flag("enabled").unwrap_or(true),
        no_rdr: c.flag("redirect") == Some(false),
        interface: c.text("interface"),
        family: c.text("family").unwrap_or_else(|| "inet46".to_owned()),
        protocol: c.text("protocol").unwrap_or_else(any),
        source: c.terms("source"),
        source_port: c.text("source_port"),
        destination: c.terms("destination"),
        destination_port: c.text("destination_port"),
        target: c.words("target"),
        target_port: c.text("target_port"),
        pass: c.text("filter"),
        reflection: c.text("reflection"),
        tag: c.text("tag"),
        tagged: c.text("tagged"),
        description: c.words("description"),
    })
}

pub(super) fn outbound(c: &Cells) -> Option<OutboundRow> {
    let origin = match c.words("origin").as_str() {
        "automatic" => "automatic",
        "legacy" => "legacy",
        _ => "mvc",
    };
    Some(OutboundRow {
        position: c.int("position"),
        uuid: c.text("uuid")?,
        origin: origin.to_owned(),
        enabled: c.flag("enabled").unwrap_or(true),
        no_nat: c.flag("translate") == Some(false),
        interface: c.text("interface"),
        family: c.text("family").unwrap_or_else(|| "inet46".to_owned()),
        protocol: c.text("protocol").unwrap_or_else(|| "any".to_owned()),
        source: c.terms("source"),
        source_port: c.text("source_port"),
        destination: c.terms("destination"),
        destination_port: c.text("destination_port"),
        target: c.text("target"),
        static_port: c.flag("static_port").unwrap_or(false),
        tag: c.text("tag"),
        tagged: c.text("tagged"),
        description: c.words("description"),
    })
}

pub(super) fn one_to_one(c: &Cells) -> Option<OneToOneRow> {
    Some(OneToOneRow {
        position: c.int("position"),
        uuid: c.text("uuid")?,
        enabled: c.flag("enabled").unwrap_or(true),
        interface: c.text("interface"),
        kind: c.text("type").unwrap_or_else(|| "binat".to_owned()),
        source: c.list("source"),
        destination: c.terms("destination"),
        external: c.words("external"),
        description: c.words("description"),
    })
}

pub(super) fn npt(c: &Cells) -> Option<NptRow> {
    Some(NptRow {
        position: c.int("position"),
        uuid: c.text("uuid")?,
        enabled: c.flag("enabled").unwrap_or(true),
        interface: c.text("interface"),
        source: c.words("internal"),
        destination: c.words("external"),
        description: c.words("description"),
    })
}

pub(super) fn route(c: &Cells) -> Option<RouteRow> {
    Some(RouteRow {
        destination: c.text("destination")?,
        gateway: c.text("gateway").or_else(|| c.text("next_hop")),
        device: c.text("device")?,
        family: c.text("family"),
    })
}

pub(super) fn schedule(c: &Cells) -> Option<ScheduleRow> {
    Some(ScheduleRow { name: c.text("name")?, ranges: Vec::new() })
}
