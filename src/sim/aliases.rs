//! Aliases: named sets of addresses and ports.

use super::ids::uuid;
use super::network::{DMZ, IOT, LAN, Zone};
use super::rules::Category;
use super::world::World;

/// Where a real firewall shows a password, ours shows this; it must never pass the border.
pub(super) const SECRET_MARK: &str = "SIM-SECRET-";

/// One alias, as the configuration has it.
#[derive(Debug, Clone)]
pub(super) struct Alias {
    pub(super) uuid: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) content: String,
    pub(super) description: String,
    pub(super) enabled: bool,
    /// Interface key of a dynamic IPv6 host.
    pub(super) interface: &'static str,
    pub(super) category: Option<Category>,
    /// Families of a `GeoIP` alias.
    pub(super) proto: &'static str,
    /// Days between downloads.
    pub(super) updatefreq: &'static str,
    pub(super) path_expression: &'static str,
    /// User and password of a protected list.
    pub(super) login: Option<(String, String)>,
    pub(super) expire: &'static str,
    /// Addresses in the loaded table; none for ports and for what is not loaded.
    pub(super) items: Option<usize>,
}

/// Type, name, content, description; the simple majority.
const PLAIN: &[(&str, &str, &str, &str)] = &[
    ("host", "h_excluded", "!192.0.2.66", "Exclusion"),
    ("host", "h_mail", "mail.example.org\n198.51.100.25", "Mail (name and address)"),
    ("network", "n_private", "10.0.0.0/8\n172.16.0.0/12\n192.168.0.0/16", "RFC1918"),
    ("network", "n_private6", "fc00::/7\nfe80::/10", "Private IPv6"),
    ("network", "n_not_office", "198.51.100.0/24\n!198.51.100.128/25", "Office without its guests"),
    ("networkgroup", "g_servers", "h_nas\nh_web\nh_mail", "All servers"),
    ("networkgroup", "g_all", "g_servers\nn_not_office", "Nested group"),
    ("port", "p_web", "80\n443\n8080:8090", "Web ports"),
    ("port", "p_mail", "25\n465\n587\n993", "Mail ports"),
    ("port", "p_all", "p_web\np_mail", "Nested ports"),
    ("asn", "as_cdn", "64496", "A content network"),
    ("url", "u_once", "https://lists.example.org/once.txt", "Read once"),
    ("urltable", "u_drop", "https://lists.example.org/drop.txt", "Networks to drop"),
    ("authgroup", "a_admins", "admins", "Whoever administers"),
    ("external", "e_banned", "", "Filled from outside"),
];

/// The firewall's own tables: name, type, description, addresses in it.
const BUILT_IN: &[(&str, &str, &str, usize)] = &[
    ("bogons", "external", "bogon networks (internal)", 2),
    ("bogonsv6", "external", "bogon networks IPv6 (internal)", 0),
    ("sshlockout", "external", "abuse lockout table (internal)", 0),
    ("virusprot", "external", "overload table for rate limiting (internal)", 0),
];

impl Alias {
    pub(super) fn believable(world: &World) -> Vec<Self> {
        let mut aliases: Vec<Self> = PLAIN
            .iter()
            .map(|&(kind, name, content, about)| Self::new(world, kind, name, content, about))
            .collect();
        aliases.extend(Self::special(world));
        aliases.extend(Self::of_devices(world));
        aliases.sort_by(|a, b| a.name.cmp(&b.name));
        for &(name, kind, about, items) in BUILT_IN {
            aliases.push(Self {
                uuid: name.to_owned(),
                items: Some(items),
                ..Self::new(world, kind, name, "", about)
            });
        }
        aliases.extend(Self::of_interfaces(world));
        aliases
    }

    /// Aliases that use a field the others leave empty.
    fn special(world: &World) -> [Self; 5] {
        let new = |kind, name, content, about| Self::new(world, kind, name, content, about);
        let (user, password) =
            (format!("{SECRET_MARK}alias-user"), format!("{SECRET_MARK}alias-password"));
        [
            Self {
                enabled: false,
                items: None,
                ..new("host", "h_disabled", "192.0.2.99", "Not in use")
            },
            Self {
                proto: "IPv4,IPv6",
                items: Some(501),
                ..new("geoip", "geo_block", "KP\nRU", "Countries")
            },
            Self {
                interface: "lan",
                ..new("dynipv6host", "d6_nas", "::1234", "NAS, whatever the prefix")
            },
            Self {
                path_expression: ".hooks[]",
                ..new("urljson", "u_json", "https://api.example.org/meta", "JSON list")
            },
            Self {
                updatefreq: "1",
                login: Some((user, password)),
                items: Some(300),
                category: Some(Category::Temporary),
                ..new(
                    "urltable",
                    "u_threats",
                    "https://lists.example.org/threats.txt",
                    "Paid threat list",
                )
            },
        ]
    }

    /// Aliases of devices of this very network.
    fn of_devices(world: &World) -> [Self; 5] {
        let host = |zone: usize, number| {
            world.zones.get(zone).map_or_else(String::new, |z: &Zone| z.host(number).to_string())
        };
        let nas = world.device("nas").map_or_else(|| host(LAN, 10), |device| device.v4.to_string());
        let tv = world
            .device("tv-living")
            .map_or_else(|| "00:11:22:33:44:55".to_owned(), |d| d.mac.to_string());
        let range = format!("{}-{}", host(LAN, 200), host(LAN, 220));
        [
            Self::new(world, "host", "h_nas", &nas, "NAS"),
            Self {
                category: Some(Category::Core),
                ..Self::new(world, "host", "h_web", &host(DMZ, 10), "Web server")
            },
            Self::new(world, "host", "h_range", &range, "A range"),
            Self::new(world, "mac", "m_kids", &tv, "Screens of the children"),
            Self::new(
                world,
                "network",
                "n_wildcard",
                &format!("{}/0.0.0.63", host(IOT, 0)),
                "Wildcard mask",
            ),
        ]
    }

    /// `__lan_network` and its like, which the firewall makes itself.
    fn of_interfaces(world: &World) -> Vec<Self> {
        let known = world.zones.iter().map(|zone| (zone.key.as_str(), zone.descr.as_str()));
        known
            .chain([
                ("wan", "WAN"),
                ("lo0", "Loopback"),
                ("opt6", "VPN"),
                ("untrusted", "untrusted"),
            ])
            .map(|(key, descr)| {
                let name = format!("__{key}_network");
                let alias = Self::new(world, "internal", &name, "", &format!("{descr} net"));
                Self { uuid: name, items: (key == "lan").then_some(2), ..alias }
            })
            .collect()
    }

    fn new(
        world: &World,
        kind: &'static str,
        name: &str,
        content: &str,
        description: &str,
    ) -> Self {
        Self {
            uuid: uuid(world.seed, &format!("alias-{name}")),
            name: name.to_owned(),
            kind,
            content: content.to_owned(),
            description: description.to_owned(),
            enabled: true,
            interface: "",
            category: None,
            proto: "",
            updatefreq: "",
            path_expression: "",
            login: None,
            expire: if name == "sshlockout" { "3600" } else { "" },
            items: (kind != "port").then(|| content.lines().count()),
        }
    }
}
