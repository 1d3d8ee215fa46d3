//! Rows of tables to rows of an evaluation, by column name.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::rules::{
    AliasRow, ForwardRow, GatewayRow, GroupRow, InterfaceRow, NptRow, OneToOneRow, OutboundRow,
    RouteRow, RuleRow, TableRow,
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
        tie: c.int("tie").unwrap_or(0),
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
        tos: c.text("tos"),
        vlan_priority: c.text("vlan_priority"),
        os: c.text("os"),
        condition: None,
        allow_options: c.flag("allow_options") == Some(true),
        reply_to: c.text("reply_to"),
        state_policy: c.text("state_policy"),
        limits: c.text("limits"),
        divert_to: c.text("divert_to"),
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
        gateway4: None,
        gateway6: None,
        gateway6_guessed: false,
        block_private: c.flag("block_private") == Some(true),
        block_bogons: c.flag("block_bogons") == Some(true),
        ipv4_type: c.text("ipv4_type"),
        ipv6_type: c.text("ipv6_type"),
    })
}

/// How an interface gets its IPv4 address and which gateway was chosen for it.
pub(super) struct Uplink {
    device: String,
    is_static: bool,
    gateway: Option<String>,
}

pub(super) fn uplink(c: &Cells) -> Option<Uplink> {
    Some(Uplink {
        device: c.text("device")?,
        is_static: c.text("ipv4_type").as_deref() == Some("static"),
        gateway: c.text("gateway_name").filter(|name| name != "none"),
    })
}

/// A gateway as far as it makes its interface one that leads out.
pub(super) struct Exit {
    name: String,
    interface: String,
    is_v6: bool,
    dynamic: bool,
    /// It may be the default one.
    candidate: bool,
}

pub(super) fn exit(c: &Cells) -> Option<Exit> {
    if c.flag("enabled") == Some(false) {
        return None;
    }
    Some(Exit {
        name: c.text("name")?,
        interface: c.text("interface")?,
        is_v6: c.words("family") == "inet6",
        dynamic: c.flag("dynamic") == Some(true),
        candidate: c.flag("default_candidate") == Some(true),
    })
}

/// Whether the firewall has a gateway for each interface at this moment: one with an address that is dynamic,
/// or chosen for the interface (`Gateways::getInterfaceGateway`).
pub(super) fn settle_gateways(
    devices: &mut [InterfaceRow],
    uplinks: &[Uplink],
    exits: &[Exit],
    gateways: &[GatewayRow],
) {
    let has_address =
        |name: &str| gateways.iter().any(|g| g.name == name && g.address.is_some() && g.enabled);
    for device in devices {
        let Some(key) = &device.key else { continue };
        let mine = || exits.iter().filter(|e| e.interface == *key && has_address(&e.name));
        if device.has_gateway.is_none() {
            let candidate = |e: &Exit| e.interface == *key && e.candidate && !e.is_v6;
            device.has_gateway = Some(exits.iter().any(candidate));
        }
        if exits.is_empty() {
            continue;
        }
        let uplink = uplinks.iter().find(|u| u.device == device.device);
        let chosen = uplink.and_then(|u| u.gateway.as_deref());
        let asks = uplink.is_none_or(|u| !u.is_static || u.gateway.is_some());
        device.gateway4 =
            Some(asks && mine().any(|e| !e.is_v6 && (e.dynamic || chosen == Some(&e.name))));
        // Which IPv6 gateway was chosen for an interface is told nowhere; a candidate for the default is.
        device.gateway6 = Some(mine().any(|e| e.is_v6 && (e.dynamic || e.candidate)));
        let is_static6 = device.ipv6_type.as_deref().is_none_or(|kind| kind == "static");
        device.gateway6_guessed =
            is_static6 && mine().any(|e| e.is_v6) && !mine().any(|e| e.is_v6 && e.dynamic);
    }
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

pub(super) fn settle_interfaces(devices: &mut [InterfaceRow], mut addresses: Vec<Address>) {
    addresses.sort_by_key(|a| !a.is_primary);
    for device in devices {
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
        by_interface: c.text("device").is_some_and(|device| device.starts_with("ovpnc")),
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
    pub(super) trigger: Option<String>,
}

pub(super) fn member(c: &Cells) -> Option<Member> {
    Some(Member {
        group: c.text("name")?,
        gateway: c.text("gateway")?,
        tier: c.int("tier"),
        trigger: c.text("trigger"),
    })
}

/// Whether a member counts, by what monitoring says and when the group drops it.
fn is_up(trigger: &str, status: &str) -> bool {
    let (trigger, status) = (trigger.to_ascii_lowercase(), status.to_ascii_lowercase());
    let out = |what: &str| trigger.contains(what);
    match status.as_str() {
        "delay+loss" => !out("latency") && !out("loss"),
        "delay" => !out("latency"),
        "loss" => !out("loss"),
        status => !status.contains("down") && !status.contains("offline"),
    }
}

/// A group is its best tier with a member that is up; without any, all of its first tier.
pub(super) fn gateway_groups(mut members: Vec<Member>, gateways: &[GatewayRow]) -> Vec<GatewayRow> {
    let lives = |member: &Member| {
        let gateway = gateways.iter().find(|g| g.name == member.gateway && g.enabled);
        gateway.is_some_and(|g| {
            let status = g.status.as_deref().unwrap_or_default();
            is_up(member.trigger.as_deref().unwrap_or_default(), status)
        })
    };
    members.sort_by(|a, b| (&a.group, a.tier).cmp(&(&b.group, b.tier)));
    let mut groups: BTreeMap<String, (Option<i64>, Vec<String>)> = BTreeMap::new();
    let mut living: Vec<&Member> = members.iter().filter(|m| lives(m)).collect();
    let dead = members.iter().filter(|m| !members.iter().any(|o| o.group == m.group && lives(o)));
    living.extend(dead);
    for member in living {
        let (tier, names) =
            groups.entry(member.group.clone()).or_insert_with(|| (member.tier, Vec::new()));
        if *tier == member.tier {
            names.push(member.gateway.clone());
        }
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
        reflection: c.text("reflection"),
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
        track: c.text("track_interface"),
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
