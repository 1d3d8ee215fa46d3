//! The joined questions, alphabetical. Their SQL lies beside this file.

use crate::domain::Kind;

use super::joined::{Joined, JoinedColumn, Narrow, Subject};

const fn text(name: &'static str, about: &'static str) -> JoinedColumn {
    JoinedColumn { name, kind: Kind::Text, about, is_extra: false }
}

const fn extra(name: &'static str, about: &'static str) -> JoinedColumn {
    JoinedColumn { name, kind: Kind::Text, about, is_extra: true }
}

const fn int(name: &'static str, about: &'static str) -> JoinedColumn {
    JoinedColumn { name, kind: Kind::Int, about, is_extra: false }
}

const fn yes(name: &'static str, about: &'static str) -> JoinedColumn {
    JoinedColumn { name, kind: Kind::Bool, about, is_extra: false }
}

const fn time(name: &'static str, about: &'static str) -> JoinedColumn {
    JoinedColumn { name, kind: Kind::Time, about, is_extra: false }
}

pub(super) const RULE_KEY: &[&str] = &["firewall_id", "position", "tie", "uuid", "duplicate"];

/// Every joined question.
pub static JOINED: &[&Joined] = &[
    &Joined {
        name: "aliases",
        about: "Aliases with the rules, NAT and aliases that use them; names that rules use and no alias has are `missing`.",
        subject: Subject::Name,
        narrows: Narrow::Problems,
        columns: &[
            text("name", "Name of the alias."),
            text("type", "Type of the alias; absent when it is missing."),
            text("state", "used, unused, used but disabled, built in or missing."),
            int("uses", "Rules, NAT rules and aliases that name it."),
            text("used_by", "Which they are."),
            int("entries", "Entries in the loaded table."),
            extra("content", "Entries as configured; `!` excludes."),
            extra("description", "The administrator's words."),
        ],
        keys: &["firewall_id", "name"],
        domains: &[
            "aliases",
            "destination_nat",
            "firewall_rules",
            "interfaces",
            "one_to_one_nat",
            "source_nat",
        ],
        sql: include_str!("aliases.sql"),
    },
    &Joined {
        name: "device",
        about: "Everything known about one device: neighbours, leases, reservations, DNS names, aliases that hold its addresses, rules that name those.",
        subject: Subject::Device,
        narrows: Narrow::Nothing,
        columns: &[
            text("fact", "neighbour, lease, reservation, dns, alias or rule."),
            text("value", "Address, name or description."),
            text("detail", "What more is known."),
            time("at", "End of a lease."),
            extra("id", "Hardware address or DUID of the device."),
        ],
        keys: &["firewall_id", "id", "rank", "value", "tie"],
        domains: &[
            "aliases",
            "arp",
            "dhcp_leases",
            "dhcp_reservations",
            "dns_records",
            "firewall_rules",
            "ndp",
        ],
        sql: include_str!("device.sql"),
    },
    &Joined {
        name: "dhcp_servers",
        about: "Which DHCP servers have active leases on each interface; two of one family are a conflict.",
        subject: Subject::Interface,
        narrows: Narrow::Nothing,
        columns: &[
            text("interface", "Description of the interface."),
            text("backend", "kea4, kea6, isc4, isc6 or dnsmasq."),
            int("leases", "Active leases, counted up to 10,000."),
            yes("conflict", "Another server of the same family has leases there too."),
        ],
        keys: &["firewall_id", "device", "backend"],
        domains: &["dhcp_leases", "interfaces"],
        sql: include_str!("dhcp_servers.sql"),
    },
    &Joined {
        name: "exposure",
        about: "Rules that deserve a second look: open to the internet, any to any, without description or log.",
        subject: Subject::Nothing,
        narrows: Narrow::Nothing,
        columns: &[
            text("finding", "What is remarkable about the rule."),
            text("action", "pass, block or reject."),
            text("interface", "Interfaces by description."),
            text("protocol", "Protocol, or any."),
            text("source", "Source terms; `!` negates."),
            text("destination", "Destination terms; `!` negates."),
            text("destination_port", "Destination port, range or alias."),
            text("description", "The administrator's words."),
            extra("direction", "in, out or any."),
            extra("uuid", "Identifier of the rule."),
        ],
        keys: &["firewall_id", "position", "tie", "uuid", "duplicate", "finding"],
        domains: &["firewall_rules", "interfaces"],
        sql: include_str!("exposure.sql"),
    },
    &Joined {
        name: "firewalls",
        about: "The firewalls in the index, their releases, firmware and last syncs.",
        subject: Subject::Nothing,
        narrows: Narrow::Nothing,
        columns: &[
            text("name", "Name in the settings."),
            text("host_name", "The firewall's own name."),
            text("release", "OPNsense release."),
            text("update", "What the last check for updates found."),
            text("url", "Where it is reached."),
            text("last_run", "How the last sync ended."),
            time("last_run_at", "When it began."),
            int("sources_in_trouble", "Endpoints that did not answer when last asked."),
            int("rows", "Rows in the index."),
        ],
        keys: &["firewall_id"],
        domains: &[],
        sql: include_str!("firewalls.sql"),
    },
    &Joined {
        name: "idle_rules",
        about: "Loaded filter rules that have decided no packet since the ruleset was loaded.",
        subject: Subject::Nothing,
        narrows: Narrow::Verdict,
        columns: &[
            text("action", "pass, block or reject."),
            text("interface", "Interfaces by description; all."),
            text("protocol", "Protocol, or any."),
            text("source", "Source terms; `!` negates."),
            text("destination", "Destination terms; `!` negates."),
            text("destination_port", "Destination port, range or alias."),
            text("description", "The administrator's words."),
            int("evaluations", "Packets it was compared with."),
            extra("direction", "in, out or any."),
            extra("uuid", "Identifier of the rule."),
        ],
        keys: RULE_KEY,
        domains: &["firewall_rules", "rule_counters"],
        sql: include_str!("idle_rules.sql"),
    },
    &Joined {
        name: "names",
        about: "Names and the addresses they stand for in DNS, reservations and leases; `disagree` where DHCP gave another address.",
        subject: Subject::Name,
        narrows: Narrow::Problems,
        columns: &[
            text("name", "First label of the name."),
            text("dns", "Addresses of DNS records; `->` another name."),
            text("reserved", "Addresses reserved for it."),
            text("leased", "Addresses leased to it now."),
            yes("disagree", "DNS or a reservation says another address than the lease."),
        ],
        keys: &["firewall_id", "name"],
        domains: &["dhcp_leases", "dhcp_reservations", "dns_records"],
        sql: include_str!("names.sql"),
    },
    &Joined {
        name: "networks",
        about: "Assigned interfaces with VLAN tag, addresses, DHCP servers and how many devices are known and online.",
        subject: Subject::Interface,
        narrows: Narrow::Nothing,
        columns: NETWORK,
        keys: &["firewall_id", "at"],
        domains: NETWORK_DOMAINS,
        sql: include_str!("networks.sql"),
    },
    &Joined {
        name: "permissions",
        about: "Endpoints that did not answer when last asked, with the reason: a missing privilege, no connection.",
        subject: Subject::Nothing,
        narrows: Narrow::Nothing,
        columns: &[
            text("domain", "Domain that misses it."),
            text("source", "Endpoint within the domain."),
            text("state", "denied, unreachable, malformed or suspect."),
            text("reason", "Why, with the privilege that is missing."),
            int("rows", "Rows kept from before."),
            time("good_at", "When it last answered."),
        ],
        keys: &["firewall_id", "domain", "source"],
        domains: &[],
        sql: include_str!("permissions.sql"),
    },
    &Joined {
        name: "pools",
        about: "DHCP pools and how full each is: active leases and reservations inside.",
        subject: Subject::Nothing,
        narrows: Narrow::Problems,
        columns: &[
            text("scope", "Subnet or interface that it serves."),
            text("range", "First and last address, or a network."),
            int("used", "Addresses leased or reserved."),
            int("size", "Addresses in it; absent for IPv6."),
            int("percent", "How full it is."),
            int("reserved", "Addresses of them that are reserved."),
            text("backend", "kea4, kea6, kea6_prefixes or dnsmasq."),
            extra("description", "The administrator's words."),
        ],
        keys: &["firewall_id", "backend", "scope", "range", "duplicate"],
        domains: &["dhcp_leases", "dhcp_ranges", "dhcp_reservations"],
        sql: include_str!("pools.sql"),
    },
    &Joined {
        name: "port_forwards",
        about: "Port forwards, to one device or all, and what lets their traffic through the filter.",
        subject: Subject::AnyAddress,
        narrows: Narrow::Nothing,
        columns: &[
            text("interface", "Interface the traffic arrives on."),
            text("protocol", "Protocol, or any."),
            text("source", "Source terms; `!` negates."),
            text("destination", "Destination terms before translation."),
            text("destination_port", "Port the client asks for."),
            text("target", "Address or alias the traffic is sent to."),
            text("target_port", "Port on the target."),
            yes("enabled", "A disabled forward is not loaded."),
            text("permitted_by", "What lets the traffic through."),
            text("description", "The administrator's words."),
            extra("uuid", "Identifier in the configuration."),
        ],
        keys: &["firewall_id", "position", "uuid"],
        domains: &["aliases", "destination_nat", "firewall_rules"],
        sql: include_str!("port_forwards.sql"),
    },
    &Joined {
        name: "references",
        about: "What refers to an interface or VLAN and would miss it: rules, reservations, names, aliases, leases.",
        subject: Subject::OneInterface,
        narrows: Narrow::Nothing,
        columns: &[
            text("what", "Kind of reference."),
            text("name", "What refers to it; of leases, how many."),
            text("detail", "How."),
        ],
        keys: &["firewall_id", "rank", "what", "name", "tie"],
        domains: &[
            "aliases",
            "dhcp_leases",
            "dhcp_reservations",
            "dns_records",
            "firewall_rules",
            "interfaces",
        ],
        sql: include_str!("references.sql"),
    },
    &Joined {
        name: "reservations",
        about: "DHCP reservations with what is wrong: unused, outside every network, duplicate, device has another address.",
        subject: Subject::Name,
        narrows: Narrow::Problems,
        columns: &[
            text("name", "Name handed to the client."),
            text("ip", "Reserved address."),
            text("mac", "Hardware address it is for."),
            text("problem", "What is wrong; absent when nothing is."),
            text("leased_now", "Address the device has now."),
            text("held_by", "Hardware address that answers for the reserved address instead."),
            extra("duid", "DUID it is for."),
            extra("backend", "kea4, kea6 or dnsmasq."),
            extra("subnet", "Subnet it belongs to."),
            extra("description", "The administrator's words."),
        ],
        keys: &["firewall_id", "backend", "uuid", "item"],
        domains: &["arp", "dhcp_leases", "dhcp_reservations", "interfaces", "ndp"],
        sql: include_str!("reservations.sql"),
    },
    &Joined {
        name: "rules",
        about: "Filter rules in evaluation order; of an interface: its own, those of its groups, floating and automatic ones.",
        subject: Subject::Interface,
        narrows: Narrow::Verdict,
        columns: &[
            text("action", "pass, block or reject."),
            text("interface", "Interfaces by description; all."),
            text("direction", "in, out or any."),
            text("protocol", "Protocol, or any."),
            text("source", "Source terms; `!` negates."),
            text("destination", "Destination terms; `!` negates."),
            text("destination_port", "Destination port, range or alias."),
            yes("enabled", "A disabled rule is not loaded."),
            text("description", "The administrator's words."),
            extra("kind", "automatic, floating, group or interface."),
            JoinedColumn {
                is_extra: true,
                ..yes("quick", "First match decides; otherwise the last match wins.")
            },
            extra("family", "inet, inet6 or inet46."),
            extra("source_port", "Source port, range or alias."),
            extra("gateway", "Gateway that matching traffic leaves by."),
            extra("schedule", "Schedule outside of which the rule sleeps."),
            JoinedColumn { is_extra: true, ..yes("log", "Matches are logged.") },
            extra("category", "Category names."),
            extra("uuid", "Identifier of the rule."),
        ],
        keys: RULE_KEY,
        domains: &["firewall_rules", "interfaces"],
        sql: include_str!("rules.sql"),
    },
    &Joined {
        name: "rules_for_address",
        about: "Filter rules that name an address: itself, a network around it, or an alias that holds it, however nested. Rules for `any` are not repeated here.",
        subject: Subject::Address,
        narrows: Narrow::Verdict,
        columns: TOUCHING,
        keys: TOUCHING_KEY,
        domains: &["aliases", "firewall_rules", "interfaces"],
        sql: include_str!("rules_for_address.sql"),
    },
    &Joined {
        name: "rules_for_port",
        about: "Filter rules that name a port: itself, a range, a service name, or a port alias, however nested. Rules for any port are not repeated here.",
        subject: Subject::Port,
        narrows: Narrow::Verdict,
        columns: TOUCHING,
        keys: TOUCHING_KEY,
        domains: &["aliases", "firewall_rules"],
        sql: include_str!("rules_for_port.sql"),
    },
    &Joined {
        name: "summary",
        about: "One compact health answer: sync, interfaces, gateways, services, Monit, certificates, disks, devices.",
        subject: Subject::Nothing,
        narrows: Narrow::Nothing,
        columns: &[
            text("topic", "What it is about."),
            text("state", "ok or check."),
            text("value", "The figure."),
            text("detail", "What is wrong."),
        ],
        keys: &["firewall_id", "rank", "topic"],
        domains: &[
            "arp",
            "certificates",
            "dhcp_leases",
            "disks",
            "firewall_rules",
            "firmware",
            "gateway_status",
            "interfaces",
            "monit_status",
            "ndp",
            "services",
            "system",
        ],
        sql: include_str!("summary.sql"),
    },
    &Joined {
        name: "vlans",
        about: "VLANs with interface, addresses, DHCP servers and how many devices are known and online.",
        subject: Subject::Interface,
        narrows: Narrow::Nothing,
        columns: NETWORK,
        keys: &["firewall_id", "at"],
        domains: NETWORK_DOMAINS,
        sql: concat!(
            "SELECT * FROM (\n",
            include_str!("networks.sql"),
            ") WHERE vlan IS NOT NULL\n"
        ),
    },
];

const NETWORK: &[JoinedColumn] = &[
    int("vlan", "VLAN tag."),
    text("interface", "Description of the interface."),
    text("key", "Key of the interface in the configuration."),
    text("device", "Device name in the kernel."),
    text("ipv4", "IPv4 addresses with prefix length."),
    text("status", "up, down or no carrier."),
    text("dhcp", "DHCP servers with leases or reservations there."),
    int("devices", "Devices known there, counted up to 10,000."),
    int("online", "Devices online there, counted up to 10,000."),
    text("description", "Description of the VLAN."),
    extra("ipv6", "IPv6 addresses with prefix length."),
    extra("parent", "Device that carries the VLAN."),
    JoinedColumn { is_extra: true, ..yes("enabled", "Switched on in the configuration.") },
];

const NETWORK_DOMAINS: &[&str] =
    &["arp", "dhcp_leases", "dhcp_reservations", "interfaces", "ndp", "vlans"];

const TOUCHING: &[JoinedColumn] = &[
    text("action", "pass, block or reject."),
    text("interface", "Interfaces by description; all."),
    text("side", "Where the rule names it."),
    text("via", "What names it."),
    text("protocol", "Protocol, or any."),
    text("source", "Source terms; `!` negates."),
    text("destination", "Destination terms; `!` negates."),
    text("destination_port", "Destination port, range or alias."),
    yes("enabled", "A disabled rule is not loaded."),
    text("description", "The administrator's words."),
    extra("direction", "in, out or any."),
    extra("kind", "automatic, floating, group or interface."),
    JoinedColumn {
        is_extra: true,
        ..yes("quick", "First match decides; otherwise the last match wins.")
    },
    extra("uuid", "Identifier of the rule."),
];

const TOUCHING_KEY: &[&str] =
    &["firewall_id", "position", "tie", "uuid", "duplicate", "side", "via"];
