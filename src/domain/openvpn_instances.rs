//! OpenVPN instances, servers and clients. No key and no password.
use super::node::{Key, Table};
use super::prelude::*;
use super::words::{joined, word};
use crate::types::Release;

const PRIVILEGE: &str = "VPN: OpenVPN: Instances";
/// Answers with more than a handful of fields.
const WIDE: Release = Release::new(25, 1, 0);
/// Legacy servers and clients became a plugin.
const NO_LEGACY: Release = Release::new(25, 7, 0);

#[derive(Debug)]
pub struct Instance {
    pub id: Box<str>,
    pub number: Option<i64>,
    pub description: Option<Box<str>>,
    pub enabled: bool,
    pub role: Option<Box<str>>,
    pub device_type: Option<Box<str>>,
    pub protocol: Option<Box<str>>,
    pub port: Option<i64>,
    pub listens_on: Option<Box<str>>,
    pub remote: Option<Box<str>>,
    pub networks: Vec<Box<str>>,
    pub local_networks: Vec<Box<str>>,
    pub remote_networks: Vec<Box<str>>,
    pub certificate: Option<Box<str>>,
    pub authority: Option<Box<str>>,
    pub authentication: Option<Box<str>>,
    pub most_clients: Option<i64>,
    pub dns_servers: Option<Box<str>>,
    pub dns_domain: Option<Box<str>>,
}

static CERTIFICATES: Table =
    Table { path: "cert", key: Key::Leaf("refid"), value: &["descr"], between: "", or_name: false };

static AUTHORITIES: Table = Table { path: "ca", ..CERTIFICATES };

static NODE: Node = Node::new(
    "OPNsense/OpenVPN/Instances/Instance",
    &[
        Take::Look { from: "cert", to: "%cert", table: &CERTIFICATES },
        Take::Look { from: "ca", to: "%ca", table: &AUTHORITIES },
    ],
);

/// Of the pages that 25.7 made a plugin; the instances API shows none of them. No key, no password.
static LEGACY_SERVER: Node = Node::new(
    "openvpn/openvpn-server",
    &[
        set("role", "server"),
        Take::Make { to: "uuid", from: &["vpnid"], make: legacy },
        Take::Flag { from: "disable", to: "enabled", on: "0", off: "1" },
        rename("dev_mode", "dev_type"),
        rename("protocol", "proto"),
        rename("local_port", "port"),
        rename("ipaddr", "local"),
        rename("tunnel_network", "server"),
        rename("tunnel_networkv6", "server_ipv6"),
        Take::Make { to: "push_route", from: &["local_network", "local_networkv6"], make: both },
        Take::Make { to: "route", from: &["remote_network", "remote_networkv6"], make: both },
        Take::Look { from: "certref", to: "%cert", table: &CERTIFICATES },
        Take::Look { from: "caref", to: "%ca", table: &AUTHORITIES },
        Take::Make {
            to: "dns_servers",
            from: &["dns_server1", "dns_server2", "dns_server3", "dns_server4"],
            make: both,
        },
    ],
);

static LEGACY_CLIENT: Node = Node::new(
    "openvpn/openvpn-client",
    &[
        set("role", "client"),
        Take::Make { to: "uuid", from: &["vpnid"], make: legacy },
        Take::Flag { from: "disable", to: "enabled", on: "0", off: "1" },
        rename("dev_mode", "dev_type"),
        rename("protocol", "proto"),
        Take::Make { to: "remote", from: &["server_addr", "server_port"], make: remote },
        rename("local_port", "port"),
        rename("ipaddr", "local"),
        rename("tunnel_network", "server"),
        rename("tunnel_networkv6", "server_ipv6"),
        Take::Make { to: "route", from: &["remote_network", "remote_networkv6"], make: both },
        Take::Look { from: "certref", to: "%cert", table: &CERTIFICATES },
        Take::Look { from: "caref", to: "%ca", table: &AUTHORITIES },
    ],
);

/// Numbers are unique among servers and clients.
fn legacy(parts: &[Option<&str>]) -> Option<String> {
    parts.first().copied().flatten().map(|number| format!("legacy {number}"))
}

/// What is there of several, separated by commas.
fn both(parts: &[Option<&str>]) -> Option<String> {
    let parts: Vec<&str> = parts.iter().flatten().copied().collect();
    (!parts.is_empty()).then(|| parts.join(","))
}

fn remote(parts: &[Option<&str>]) -> Option<String> {
    match parts {
        [Some(server), Some(port)] if server.contains(':') => Some(format!("[{server}]:{port}")),
        [Some(server), Some(port)] => Some(format!("{server}:{port}")),
        [server, _] => server.map(str::to_owned),
        _ => None,
    }
}

pub static DOMAIN: Domain<Instance> = Domain {
    name: "openvpn_instances",
    about: "OpenVPN instances: role, port, networks inside and behind, certificate.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("openvpn", "openvpn/instances/search", PRIVILEGE).before(WIDE).gap("24.7 shows only description, role and device type of an OpenVPN instance; legacy servers and clients are in config.xml"), Source::grid("openvpn", "openvpn/instances/search", PRIVILEGE).from(WIDE).before(NO_LEGACY).gap("legacy OpenVPN servers and clients are in config.xml only"), Source::grid("openvpn", "openvpn/instances/search", PRIVILEGE).from(NO_LEGACY),
        Source::config("openvpn", &NODE),
        Source::config("legacy", &LEGACY_SERVER),
        Source::config("legacy", &LEGACY_CLIENT),
    ],
    fields: &[field("uuid"), field("vpnid"), field("description"), field("enabled"), field("role"), field("dev_type"), field("proto"), field("port"), field("local"), field("remote"), field("server"), field("server_ipv6"), field("route"), field("push_route"), field("cert"), field("%cert"), field("ca"), field("%ca"), field("authmode"), field("maxclients"), field("dns_domain"), field("dns_servers")],
    identity: &["uuid"],
    columns: &[
        col(Role::Key, "id", Read::Text(|i| Some(&i.id)), "Identifier in the configuration."),
col(Role::Plain, "number", Read::Int(|i| i.number), "Number of the instance: its device is ovpns or ovpnc with it."),
col(Role::Indexed, "description", Read::Name(|i| i.description.as_deref()), "The administrator's words."),
col(Role::Plain, "enabled", Read::Bool(|i| Some(i.enabled)), "In use."),
col(Role::Plain, "role", Read::Text(|i| i.role.as_deref()), "server or client."),
col(Role::Plain, "device_type", Read::Text(|i| i.device_type.as_deref()), "tun, tap or ovpn."),
col(Role::Plain, "protocol", Read::Text(|i| i.protocol.as_deref()), "udp, tcp, or one family of them."),
col(Role::Plain, "port", Read::Int(|i| i.port), "Port it listens on."),
col(Role::Plain, "listens_on", Read::Text(|i| i.listens_on.as_deref()), "Address it listens on; absent for all."),
col(Role::Indexed, "remote", Read::Name(|i| i.remote.as_deref()), "Servers that a client connects to."),
col(Role::Plain, "networks", Read::Nets(|i| &i.networks), "Networks that clients get addresses from."),
col(Role::Plain, "local_networks", Read::Nets(|i| &i.local_networks), "Networks announced to clients."),
col(Role::Plain, "remote_networks", Read::Nets(|i| &i.remote_networks), "Networks behind the other end."),
col(Role::Plain, "certificate", Read::Text(|i| i.certificate.as_deref()), "Certificate, by its description."),
col(Role::Plain, "authority", Read::Text(|i| i.authority.as_deref()), "Authority that clients must come from."),
col(Role::Plain, "authentication", Read::Text(|i| i.authentication.as_deref()), "Servers that know the users."),
col(Role::Plain, "most_clients", Read::Int(|i| i.most_clients), "Most clients at a time."),
col(Role::Plain, "dns_servers", Read::Text(|i| i.dns_servers.as_deref()), "Name servers announced to clients."),
col(Role::Plain, "dns_domain", Read::Text(|i| i.dns_domain.as_deref()), "Domain announced to clients."),
    ],
    parse: |raw, rows| {
rows.push(Instance { id: raw.text("uuid")?, number: raw.maybe_read("vpnid")?, description: raw.string("description"), enabled: raw.maybe_flag("enabled")?.unwrap_or(true), role: word(raw, "role"), device_type: word(raw, "dev_type"), protocol: word(raw, "proto"), port: raw.maybe_read("port")?, listens_on: raw.string("local"), remote: raw.string("remote"), networks: [raw.list("server"), raw.list("server_ipv6")].concat(), local_networks: raw.list("push_route"), remote_networks: raw.list("route"), certificate: raw.string("%cert").or_else(|| raw.string("cert")), authority: raw.string("%ca").or_else(|| raw.string("ca")), authentication: joined(&raw.list("authmode")), most_clients: raw.maybe_read("maxclients")?, dns_servers: joined(&raw.list("dns_servers")), dns_domain: raw.string("dns_domain"), });
Ok(()) },
    never_empty: false,
};
