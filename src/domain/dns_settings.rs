//! General settings of the DNS servers.
use super::prelude::*;
use super::words::joined;
use crate::types::Release;

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "settings are switches")]
pub struct DnsServer {
    pub backend: &'static str,
    pub enabled: bool,
    pub port: Option<i64>,
    pub interfaces: Option<Box<str>>,
    pub outgoing_interfaces: Option<Box<str>>,
    pub dnssec: bool,
    pub registers_leases: bool,
    pub registers_reservations: bool,
    pub lease_domain: Option<Box<str>>,
    pub dhcp_domain: Option<Box<str>>,
    pub forwarding: Option<bool>,
    pub local_zone_type: Option<Box<str>>,
    pub dns64: Option<bool>,
    pub private_networks: Vec<Box<str>>,
    pub safe_search: Option<Box<str>>,
    pub domain_needed: Option<bool>,
    pub ignores_system_servers: Option<bool>,
    pub statistics: Option<bool>,
    pub log_queries: Option<bool>,
}

static UNBOUND: Node = Node::new("OPNsense/unboundplus", &[]);

static DNSMASQ: Node = Node::new("dnsmasq", &[flag("enable", "enable")]);

pub static DOMAIN: Domain<DnsServer> = Domain {
    name: "dns_settings",
    about: "General settings of Unbound and dnsmasq: where they listen, what they register and validate.",
    cadence: Cadence::Config,
    sources: &[
        Source::one("unbound", "unbound/settings/get", "unbound", "Services: Unbound"),
        Source::one(
            "dnsmasq",
            "dnsmasq/settings/get",
            "dnsmasq",
            "Services: Dnsmasq DNS/DHCP: Settings",
        )
        .from(Release::new(25, 1, 2))
        .optional(),
        Source::config("unbound", &UNBOUND),
        Source::config("dnsmasq", &DNSMASQ),
    ],
    fields: &[
        field("general.enabled"),
        field("general.port"),
        field("general.active_interface"),
        field("general.outgoing_interface"),
        field("general.dnssec"),
        field("general.dns64"),
        field("general.regdhcp"),
        field("general.regdhcpdomain"),
        field("general.regdhcpstatic"),
        field("general.local_zone_type"),
        field("general.stats"),
        field("general.safesearch"),
        field("forwarding.enabled"),
        field("advanced.logqueries"),
        field("advanced.privateaddress"),
        field("enable"),
        field("port"),
        field("interface"),
        field("dnssec"),
        field("regdhcp"),
        field("regdhcpstatic"),
        field("regdhcpdomain"),
        field("domain_needed"),
        field("no_resolv"),
        field("log_queries"),
        field("dhcp.domain"),
    ],
    identity: &[SOURCE],
    columns: &[
        col(Role::Key, "backend", Read::Text(|d| Some(d.backend)), "unbound or dnsmasq."),
        col(Role::Plain, "enabled", Read::Bool(|d| Some(d.enabled)), "The server runs."),
        col(Role::Plain, "port", Read::Int(|d| d.port), "UDP and TCP port it listens on."),
        col(
            Role::Plain,
            "interfaces",
            Read::Text(|d| d.interfaces.as_deref()),
            "Interface keys it listens on; absent for all.",
        ),
        col(
            Role::Plain,
            "outgoing_interfaces",
            Read::Text(|d| d.outgoing_interfaces.as_deref()),
            "Interface keys it asks other servers from, of Unbound; absent for all.",
        ),
        col(Role::Plain, "dnssec", Read::Bool(|d| Some(d.dnssec)), "Signatures are validated."),
        col(
            Role::Plain,
            "registers_leases",
            Read::Bool(|d| Some(d.registers_leases)),
            "Names of DHCP leases are answered (of Unbound: ISC leases only).",
        ),
        col(
            Role::Plain,
            "registers_reservations",
            Read::Bool(|d| Some(d.registers_reservations)),
            "Names of DHCP reservations are answered.",
        ),
        col(
            Role::Plain,
            "lease_domain",
            Read::Text(|d| d.lease_domain.as_deref()),
            "Domain of those names; absent for that of the system.",
        ),
        col(
            Role::Plain,
            "dhcp_domain",
            Read::Text(|d| d.dhcp_domain.as_deref()),
            "Domain that dnsmasq gives its DHCP clients.",
        ),
        col(
            Role::Plain,
            "forwarding",
            Read::Bool(|d| d.forwarding),
            "Unbound asks the name servers of the system instead of resolving by itself.",
        ),
        col(
            Role::Plain,
            "local_zone_type",
            Read::Text(|d| d.local_zone_type.as_deref()),
            "How Unbound answers for the local zone.",
        ),
        col(
            Role::Plain,
            "dns64",
            Read::Bool(|d| d.dns64),
            "IPv6 addresses are made up for names without one.",
        ),
        col(
            Role::Plain,
            "private_networks",
            Read::Nets(|d| &d.private_networks),
            "Networks that public names may not resolve to (rebinding protection), of Unbound.",
        ),
        col(
            Role::Plain,
            "safe_search",
            Read::Text(|d| d.safe_search.as_deref()),
            "Search engines that are forced to their safe mode.",
        ),
        col(
            Role::Plain,
            "domain_needed",
            Read::Bool(|d| d.domain_needed),
            "Plain names are not sent to other servers, of dnsmasq.",
        ),
        col(
            Role::Plain,
            "ignores_system_servers",
            Read::Bool(|d| d.ignores_system_servers),
            "Only the configured forwards are asked, of dnsmasq.",
        ),
        col(
            Role::Plain,
            "statistics",
            Read::Bool(|d| d.statistics),
            "Queries are counted, of Unbound.",
        ),
        col(Role::Plain, "log_queries", Read::Bool(|d| d.log_queries), "Queries are logged."),
    ],
    parse: |raw, rows| {
        let unbound = raw.source() == "unbound";
        let of = |mine: &'static str, theirs: &'static str| if unbound { mine } else { theirs };
        rows.push(DnsServer {
            backend: raw.source(),
            enabled: raw.flag(of("general.enabled", "enable"))?,
            port: raw.maybe_read(of("general.port", "port"))?,
            interfaces: joined(&raw.list(of("general.active_interface", "interface"))),
            outgoing_interfaces: joined(&raw.list("general.outgoing_interface")),
            dnssec: raw.flag(of("general.dnssec", "dnssec"))?,
            registers_leases: raw.flag(of("general.regdhcp", "regdhcp"))?,
            registers_reservations: raw.flag(of("general.regdhcpstatic", "regdhcpstatic"))?,
            lease_domain: raw.string(of("general.regdhcpdomain", "regdhcpdomain")),
            dhcp_domain: raw.string("dhcp.domain"),
            forwarding: raw.maybe_flag("forwarding.enabled")?,
            local_zone_type: raw.string("general.local_zone_type"),
            dns64: raw.maybe_flag("general.dns64")?,
            private_networks: raw.list("advanced.privateaddress"),
            safe_search: joined(&raw.list("general.safesearch")),
            domain_needed: raw.maybe_flag("domain_needed")?,
            ignores_system_servers: raw.maybe_flag("no_resolv")?,
            statistics: raw.maybe_flag("general.stats")?,
            log_queries: raw.maybe_flag(of("advanced.logqueries", "log_queries"))?,
        });
        Ok(())
    },
    never_empty: false,
};
