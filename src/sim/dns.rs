//! Names that Unbound answers itself.

use serde::Serialize;

use super::ids::uuid;
use super::network::{DMZ, LAN};
use super::world::World;

const DOMAIN: &str = "home.arpa";
/// Host numbers of servers that are not among the devices.
const WEB: u8 = 10;
const OLD: u8 = 9;

/// One host override, as the configuration has it.
#[derive(Debug, Clone)]
pub(super) struct Override {
    uuid: String,
    enabled: bool,
    hostname: &'static str,
    kind: Record,
    server: String,
    /// Other names of the same host.
    aliases: &'static [&'static str],
    description: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Record {
    A,
    Aaaa,
    Mx,
}

impl Record {
    const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Mx => "MX",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::A => "A (IPv4 address)",
            Self::Aaaa => "AAAA (IPv6 address)",
            Self::Mx => "MX (mail server)",
        }
    }
}

impl Override {
    pub(super) fn believable(world: &World) -> Vec<Self> {
        let host = |zone: usize, number| {
            world.zones.get(zone).map_or_else(String::new, |z| z.host(number).to_string())
        };
        let nas =
            world.device("nas").map_or_else(|| host(LAN, WEB), |device| device.v4.to_string());
        let web6 = world.zones.get(DMZ).and_then(|zone| zone.dhcp6(zone.host(WEB)));
        let new = |hostname, kind, server, aliases, description| Self {
            uuid: uuid(world.seed, &format!("override-{hostname}-{}", Record::name(kind))),
            enabled: hostname != "old",
            hostname,
            kind,
            server,
            aliases,
            description,
        };
        vec![
            new("nas", Record::A, nas, &["files", "backup"], "NAS"),
            new("web", Record::A, host(DMZ, WEB), &["www"], "web server"),
            new(
                "web",
                Record::Aaaa,
                web6.map_or_else(String::new, |v6| v6.to_string()),
                &[],
                "web server, IPv6",
            ),
            new("*", Record::A, host(DMZ, WEB), &[], "wildcard"),
            new("old", Record::A, host(LAN, OLD), &[], "disabled & old"),
            new("mail", Record::Mx, String::new(), &[], ""),
        ]
    }
}

#[derive(Serialize)]
pub(super) struct OverrideRow {
    uuid: String,
    enabled: &'static str,
    hostname: &'static str,
    domain: &'static str,
    rr: &'static str,
    #[serde(rename = "%rr")]
    rr_text: &'static str,
    mxprio: &'static str,
    mx: &'static str,
    ttl: &'static str,
    server: String,
    txtdata: &'static str,
    addptr: &'static str,
    /// Absent on aliases themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    aliases: Option<String>,
    description: String,
    #[serde(rename = "isAlias")]
    is_alias: bool,
    #[serde(rename = "_children", skip_serializing_if = "Vec::is_empty")]
    children: Vec<OverrideRow>,
}

pub(super) fn overrides(world: &World) -> impl Iterator<Item = OverrideRow> + Clone {
    world.overrides.iter().map(|parent| {
        let fqdns: Vec<String> =
            parent.aliases.iter().map(|alias| format!("{alias}.{DOMAIN}")).collect();
        let children = parent.aliases.iter().map(|alias| OverrideRow {
            uuid: alias_id(world, alias),
            hostname: alias,
            aliases: None,
            description: format!("alias of {}", parent.hostname),
            is_alias: true,
            ..row(parent)
        });
        OverrideRow { aliases: Some(fqdns.join(",")), children: children.collect(), ..row(parent) }
    })
}

fn row(of: &Override) -> OverrideRow {
    let mail = of.kind == Record::Mx;
    OverrideRow {
        uuid: of.uuid.clone(),
        enabled: if of.enabled { "1" } else { "0" },
        hostname: of.hostname,
        domain: DOMAIN,
        rr: of.kind.name(),
        rr_text: of.kind.label(),
        mxprio: if mail { "10" } else { "" },
        mx: if mail { "mail.home.arpa" } else { "" },
        ttl: "",
        server: of.server.clone(),
        txtdata: "",
        addptr: "1",
        aliases: None,
        description: of.description.to_owned(),
        is_alias: false,
        children: Vec::new(),
    }
}

#[derive(Serialize)]
pub(super) struct AliasRow<'a> {
    uuid: String,
    enabled: &'static str,
    host: &'a str,
    #[serde(rename = "%host")]
    host_text: String,
    hostname: &'static str,
    domain: &'static str,
    description: String,
}

pub(super) fn aliases(world: &World) -> impl Iterator<Item = AliasRow<'_>> + Clone {
    world.overrides.iter().flat_map(|parent| {
        parent.aliases.iter().map(|alias| AliasRow {
            uuid: alias_id(world, alias),
            enabled: "1",
            host: &parent.uuid,
            host_text: format!("{}.{DOMAIN}", parent.hostname),
            hostname: alias,
            domain: DOMAIN,
            description: format!("alias of {}", parent.hostname),
        })
    })
}

fn alias_id(world: &World, alias: &str) -> String {
    uuid(world.seed, &format!("host-alias-{alias}"))
}
