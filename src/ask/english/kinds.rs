//! The kinds of question that are understood: the words each needs, understands and refuses, the things it must or
//! may be told, and the call it comes down to. Order breaks no ties: a kind wins by explaining the question.

use crate::ask::devices::DevicesQuery;
use crate::ask::query::Query;
use crate::ask::report::ReportQuery;

use super::call::Call;
use super::entity::{Entity, Sort};
use super::words::Word;

/// One kind of question.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// What it asks for; `{}` stands for the things named.
    pub(super) says: &'static str,
    /// One word of each group must be there.
    pub(super) needs: &'static [&'static [&'static str]],
    /// Words that it understands beside them.
    pub(super) may: &'static [&'static str],
    /// Words that make it another question.
    pub(super) not: &'static [&'static str],
    /// One entity of each group must be there.
    pub(super) wants: &'static [&'static [Sort]],
    /// Entities it understands beside them.
    pub(super) takes: &'static [Sort],
    pub(super) action: fn(&Slots<'_>) -> Action,
}

/// What becomes of an understood question.
pub(super) enum Action {
    Call(Call),
    /// It cannot be answered from here; the text says what is missing and what can be done.
    Refuse(&'static str),
}

/// The words and things of a question.
pub(super) struct Slots<'q> {
    pub(super) words: &'q [Word],
    pub(super) entities: &'q [Entity],
}

impl Slots<'_> {
    pub(super) fn first(&self, sorts: &[Sort]) -> Option<String> {
        self.entities.iter().find(|e| sorts.contains(&e.sort)).map(|e| e.value.clone())
    }

    pub(super) fn says(&self, any: &[&str]) -> bool {
        self.words.iter().any(|w| any.contains(&w.stem.as_str()))
    }

    fn states(&self) -> Vec<String> {
        let mut states = Vec::new();
        if self.says(ONLINE) {
            states.push("online");
        }
        if self.says(OFFLINE) {
            states.push("offline");
        }
        if self.says(UNKNOWN) {
            states.push("unknown");
        }
        if self.says(&["reserved", "static", "reservation"]) {
            states.push("reserved");
        }
        if self.says(&["unreserved"]) {
            states.push("unreserved");
        }
        if self.says(&["randomised", "randomized", "randomise", "private"]) {
            states.push("randomised");
        }
        states.dedup();
        states.into_iter().map(str::to_owned).collect()
    }

    fn devices(&self) -> DevicesQuery {
        DevicesQuery {
            place: self.first(&[Sort::Place, Sort::Range]),
            name: self.first(&[Sort::Device, Sort::Group, Sort::Address, Sort::Mac]),
            vendor: self.first(&[Sort::Vendor]),
            is: self.states(),
            firewall: self.first(&[Sort::Firewall]),
            ..DevicesQuery::default()
        }
    }
}

pub(super) const ONLINE: &[&str] =
    &["online", "connected", "up", "active", "alive", "present", "reachable"];
pub(super) const OFFLINE: &[&str] =
    &["offline", "away", "disconnected", "down", "absent", "unreachable"];
pub(super) const UNKNOWN: &[&str] =
    &["unknown", "unidentified", "unrecognised", "unrecognized", "unnamed", "nameless", "strange"];
const DEVICE: &[&str] = &[
    "device", "client", "host", "machine", "computer", "gadget", "station", "endpoint", "who",
    "thing",
];
pub(super) const ONE: &[Sort] = &[Sort::Device, Sort::Address, Sort::Mac];
pub(super) const RULE: &[&str] = &["rule", "ruleset", "policy", "acl"];
const WRONG: &[&str] = &[
    "unused",
    "duplicate",
    "duplicated",
    "outside",
    "problem",
    "conflict",
    "mismatch",
    "mismatched",
    "wrong",
    "faulty",
    "broken",
    "stale",
];

pub(super) fn report(name: &str, about: Option<String>) -> Action {
    only(name, about, None)
}

pub(super) fn only(name: &str, about: Option<String>, only: Option<&str>) -> Action {
    Action::Call(Call::Report(ReportQuery {
        report: name.to_owned(),
        about,
        only: only.map(str::to_owned),
        ..ReportQuery::default()
    }))
}

pub(super) fn rows(domain: &str, filters: Vec<String>) -> Action {
    Action::Call(Call::Query(Query { domain: domain.to_owned(), filters, ..Query::default() }))
}

/// Passing or blocking, when the question says which.
fn verdict(slots: &Slots<'_>) -> Option<&'static str> {
    if slots.says(&[
        "block",
        "blocking",
        "blocked",
        "deny",
        "denying",
        "reject",
        "rejecting",
        "drop",
    ]) {
        Some("block")
    } else if slots.says(&[
        "allow",
        "allowing",
        "pass",
        "passing",
        "permit",
        "permitting",
        "allowed",
    ]) {
        Some("pass")
    } else {
        None
    }
}

/// Devices, leases, reservations, names, VLANs and rules.
pub(super) static KINDS: &[Kind] = &[
    Kind {
        name: "device_status",
        says: "whether {} is online",
        needs: &[&[
            "online",
            "connected",
            "up",
            "active",
            "alive",
            "present",
            "reachable",
            "offline",
            "away",
            "disconnected",
            "down",
            "status",
            "state",
            "home",
        ]],
        may: &["device", "host", "still", "currently", "network", "machine", "again", "really"],
        not: &["rule", "lease", "vlan"],
        wants: &[ONE],
        takes: &[],
        action: |s| Action::Call(Call::Devices(DevicesQuery { is: Vec::new(), ..s.devices() })),
    },
    Kind {
        name: "device",
        says: "everything known about {}",
        needs: &[&[
            "about",
            "know",
            "known",
            "detail",
            "everything",
            "doing",
            "information",
            "info",
            "full",
            "picture",
            "describe",
            "details",
        ]],
        may: &["device", "host", "network", "machine", "more", "seen"],
        not: &["rule", "vlan"],
        wants: &[ONE],
        takes: &[],
        action: |s| report("device", s.first(ONE)),
    },
    Kind {
        name: "who_has",
        says: "which device is {}",
        needs: &[&[
            "who", "device", "use", "using", "has", "have", "host", "belong", "own", "owner",
            "find", "lookup", "look", "identify", "whose", "what", "locate", "search", "is",
            "behind", "which",
        ]],
        may: &[
            "ip", "mac", "address", "up", "assigned", "network", "with", "machine", "client",
            "hardware", "used",
        ],
        not: &["rule", "online", "lease", "port", "alias", "reach", "status"],
        wants: &[&[Sort::Address, Sort::Mac]],
        takes: &[],
        // "look up" asks for no state.
        action: |s| Action::Call(Call::Devices(DevicesQuery { is: Vec::new(), ..s.devices() })),
    },
    Kind {
        name: "device_addresses",
        says: "the addresses of {}",
        needs: &[&["ip", "mac", "address", "ipv6", "ipv4", "vendor", "manufacturer"]],
        may: &["device", "host", "current", "hardware", "find", "look", "up", "have", "has"],
        not: &["rule", "lease", "alias", "reservation", "history"],
        wants: &[&[Sort::Device]],
        takes: &[],
        action: |s| {
            let columns = ["device", "ip", "ipv6", "mac", "vendor", "interface", "online"];
            let columns = columns.map(str::to_owned).to_vec();
            Action::Call(Call::Devices(DevicesQuery { columns, is: Vec::new(), ..s.devices() }))
        },
    },
    Kind {
        name: "devices",
        says: "devices {}",
        needs: &[DEVICE],
        may: &[
            "online",
            "connected",
            "up",
            "active",
            "alive",
            "present",
            "offline",
            "away",
            "disconnected",
            "down",
            "unreserved",
            "unknown",
            "unidentified",
            "unrecognised",
            "unrecognized",
            "unnamed",
            "strange",
            "reserved",
            "reservation",
            "static",
            "randomised",
            "randomized",
            "mac",
            "address",
            "network",
            "lan",
            "wifi",
            "status",
            "current",
            "currently",
            "made",
            "vendor",
            "manufacturer",
            "there",
            "use",
            "using",
            "range",
            "between",
            "with",
            "named",
            "called",
            "name",
            "else",
            "have",
        ],
        not: &[
            "rule", "lease", "dhcp", "vlan", "reach", "many", "count", "ip", "use", "alias", "pool",
        ],
        wants: &[],
        takes: &[Sort::Place, Sort::Range, Sort::Vendor, Sort::Group, Sort::Firewall],
        action: |s| Action::Call(Call::Devices(s.devices())),
    },
    Kind {
        name: "devices",
        says: "devices {}",
        needs: &[],
        may: &[
            "online",
            "connected",
            "up",
            "active",
            "alive",
            "offline",
            "away",
            "disconnected",
            "down",
            "unknown",
            "network",
            "device",
            "currently",
            "there",
            "host",
            "have",
        ],
        not: &["rule", "lease", "alias"],
        wants: &[&[Sort::Group, Sort::Vendor]],
        takes: &[Sort::Place, Sort::Firewall],
        action: |s| Action::Call(Call::Devices(s.devices())),
    },
    Kind {
        name: "devices",
        says: "devices {}",
        needs: &[&["online", "connected", "offline", "away", "active", "unknown", "unidentified"]],
        may: &[
            "network",
            "currently",
            "everything",
            "everyone",
            "anything",
            "anyone",
            "everybody",
            "anybody",
            "there",
        ],
        not: &["rule", "lease", "vlan", "dhcp"],
        wants: &[&[Sort::Place, Sort::Range]],
        takes: &[Sort::Vendor, Sort::Group],
        action: |s| Action::Call(Call::Devices(s.devices())),
    },
    Kind {
        name: "devices_count",
        says: "how many devices {}",
        needs: &[&["many", "count", "number"]],
        may: &[
            "device",
            "client",
            "host",
            "machine",
            "computer",
            "thing",
            "how",
            "online",
            "connected",
            "up",
            "active",
            "offline",
            "away",
            "down",
            "unknown",
            "unidentified",
            "reserved",
            "network",
            "currently",
            "there",
            "of",
            "have",
            "total",
        ],
        not: &["rule", "lease", "alias", "vlan", "reservation", "interface"],
        wants: &[],
        takes: &[Sort::Place, Sort::Range, Sort::Vendor, Sort::Group, Sort::Firewall],
        action: |s| Action::Call(Call::Devices(DevicesQuery { count_only: true, ..s.devices() })),
    },
    Kind {
        name: "count",
        says: "how many rows there are",
        needs: &[
            &["many", "count", "number"],
            &["lease", "rule", "alias", "vlan", "reservation", "interface"],
        ],
        may: &["dhcp", "firewall", "there", "have", "configured", "active", "static"],
        not: &["device"],
        wants: &[],
        takes: &[],
        action: count,
    },
    Kind {
        name: "vlans",
        says: "the VLANs, their networks and devices",
        needs: &[&["vlan"]],
        may: &[
            "configured",
            "firewall",
            "status",
            "overview",
            "check",
            "network",
            "interface",
            "current",
            "their",
            "defined",
            "exist",
            "tag",
            "there",
            "have",
            "summary",
            "state",
        ],
        not: &["rule", "device", "delete", "traffic", "blocked"],
        wants: &[],
        takes: &[Sort::Firewall],
        action: |s| match s.says(&["interface", "network"]) {
            true if s.says(&["interface"]) => report("networks", None),
            _ => report("vlans", None),
        },
    },
    Kind {
        name: "network",
        says: "the network {}",
        needs: &[&[
            "configuration",
            "config",
            "setting",
            "setup",
            "dhcp",
            "status",
            "overview",
            "addressing",
            "subnet",
            "address",
            "state",
            "summary",
            "configured",
            "network",
        ]],
        may: &[
            "interface",
            "check",
            "up",
            "down",
            "current",
            "look",
            "overview",
            "dhcp",
            "firewall",
            "range",
        ],
        not: &[
            "rule",
            "device",
            "delete",
            "lease",
            "reservation",
            "server",
            "pool",
            "traffic",
            "who",
            "online",
            "happening",
        ],
        wants: &[&[Sort::Place]],
        takes: &[],
        action: |s| report("networks", s.first(&[Sort::Place])),
    },
    Kind {
        name: "networks",
        says: "the networks and interfaces",
        needs: &[&["interface", "network", "subnet"]],
        may: &[
            "configured",
            "firewall",
            "address",
            "up",
            "down",
            "current",
            "state",
            "status",
            "have",
            "network",
            "interface",
            "check",
            "exist",
            "assigned",
        ],
        not: &["rule", "device", "delete", "vlan", "overview", "ok", "working", "server"],
        wants: &[],
        takes: &[],
        action: |_| report("networks", None),
    },
    Kind {
        name: "leases",
        says: "active DHCP leases {}",
        needs: &[&["lease", "dhcp", "leased"]],
        may: &[
            "active",
            "current",
            "currently",
            "ip",
            "mac",
            "hostname",
            "name",
            "expiry",
            "expire",
            "device",
            "client",
            "connected",
            "via",
            "address",
            "network",
            "understand",
            "see",
            "want",
            "what",
            "have",
            "has",
            "through",
            "by",
            "using",
            "got",
            "table",
            "find",
            "dhcp",
        ],
        not: &[
            "server",
            "pool",
            "range",
            "reservation",
            "static",
            "reserved",
            "history",
            "rule",
            "configuration",
            "config",
            "setting",
            "many",
            "full",
            "why",
        ],
        wants: &[],
        takes: &[Sort::Place, Sort::Mac, Sort::Address, Sort::Device, Sort::Range],
        action: leases,
    },
    Kind {
        name: "reservations",
        says: "DHCP reservations {}",
        needs: &[&["reservation", "static", "fixed"]],
        may: &[
            "dhcp",
            "mapping",
            "lease",
            "address",
            "configured",
            "ip",
            "have",
            "there",
            "assignment",
        ],
        not: &["device", "route", "rule"],
        wants: &[],
        takes: &[Sort::Device, Sort::Mac, Sort::Address],
        action: |s| report("reservations", s.first(ONE)),
    },
    Kind {
        name: "reservation_problems",
        says: "DHCP reservations with a problem",
        needs: &[&["reservation", "static"], WRONG],
        may: &[
            "dhcp", "mapping", "lease", "address", "subnet", "network", "their", "have", "there",
            "or", "no", "longer", "never",
        ],
        not: &["route", "rule"],
        wants: &[],
        takes: &[],
        action: |_| only("reservations", None, Some("problems")),
    },
    Kind {
        name: "reservation_mismatch",
        says: "the reservation of {} and the address it has",
        needs: &[
            &["reservation", "reserved"],
            &["old", "why", "still", "wrong", "another", "different", "other", "not", "unused"],
        ],
        may: &[
            "dhcp", "address", "ip", "have", "has", "added", "but", "its", "use", "using", "get",
            "got", "does", "after", "device",
        ],
        not: &["rule"],
        wants: &[ONE],
        takes: &[],
        action: |s| report("reservations", s.first(ONE)),
    },
    Kind {
        name: "dhcp_servers",
        says: "which DHCP server answers where {}",
        needs: &[&["dhcp"], &["server", "backend", "daemon", "service"]],
        may: &[
            "answer",
            "interface",
            "which",
            "run",
            "running",
            "on",
            "two",
            "several",
            "conflict",
            "active",
            "each",
            "network",
            "lease",
            "hand",
            "handing",
            "out",
            "serve",
            "serving",
            "more",
            "than",
            "one",
            "there",
        ],
        not: &["pool", "rule"],
        wants: &[],
        takes: &[Sort::Place],
        action: |s| report("dhcp_servers", s.first(&[Sort::Place])),
    },
    Kind {
        name: "name",
        says: "what the name {} stands for",
        needs: &[&["resolve", "point", "dns", "name", "hostname", "lookup", "record", "resolving"]],
        may: &[
            "to", "system", "address", "ip", "what", "which", "entry", "not", "why", "my", "does",
            "host", "client", "dhcp", "have",
        ],
        not: &["rule", "lease", "blocklist", "blocked", "queried"],
        wants: &[&[Sort::DomainName, Sort::Device]],
        takes: &[],
        action: |s| report("names", s.first(&[Sort::DomainName, Sort::Device])),
    },
    Kind {
        name: "name_conflicts",
        says: "names about which DNS and DHCP disagree",
        needs: &[
            &["name", "dns", "hostname", "resolver", "record"],
            &[
                "disagree",
                "conflict",
                "differ",
                "mismatch",
                "inconsistent",
                "contradict",
                "wrong",
                "conflicting",
            ],
        ],
        may: &[
            "dhcp",
            "lease",
            "reservation",
            "address",
            "with",
            "each",
            "other",
            "there",
            "system",
            "between",
        ],
        not: &["rule"],
        wants: &[],
        takes: &[],
        action: |_| only("names", None, Some("problems")),
    },
    Kind {
        name: "dns_records",
        says: "host overrides and other names in DNS",
        needs: &[
            &["dns", "unbound", "override", "dnsmasq"],
            &["override", "record", "entry", "host", "name", "alias"],
        ],
        may: &["configured", "local", "there", "have", "domain", "resolver"],
        not: &["lease", "rule", "blocklist", "disagree", "conflict", "use", "used", "uses"],
        wants: &[],
        takes: &[],
        action: |_| rows("dns_records", Vec::new()),
    },
    Kind {
        name: "rules",
        says: "firewall rules in evaluation order {}",
        needs: &[RULE],
        may: &[
            "firewall",
            "interface",
            "order",
            "evaluation",
            "whole",
            "complete",
            "entire",
            "apply",
            "applying",
            "network",
            "filter",
            "active",
            "configured",
            "there",
            "search",
            "full",
            "vlan",
            "not",
            "one",
            "just",
            "evaluated",
            "have",
        ],
        not: &[
            "port",
            "alias",
            "create",
            "edited",
            "match",
            "matches",
            "log",
            "description",
            "unused",
            "shadowed",
            "between",
            "changed",
            "why",
        ],
        wants: &[],
        takes: &[Sort::Place],
        action: |s| report("rules", s.first(&[Sort::Place])),
    },
    Kind {
        name: "rules_for_port",
        says: "rules that name port {}",
        needs: &[&[
            "rule", "block", "blocking", "allow", "allowing", "open", "pass", "permit", "name",
            "use",
        ]],
        may: &[
            "port",
            "firewall",
            "which",
            "for",
            "tcp",
            "udp",
            "traffic",
            "with",
            "through",
            "deny",
            "denying",
            "reject",
            "rejecting",
            "drop",
            "passing",
            "permitting",
            "touch",
            "mention",
            "concern",
            "affect",
            "using",
        ],
        not: &["reach", "exposed", "internet"],
        wants: &[&[Sort::Port]],
        takes: &[],
        action: |s| {
            let port = s.first(&[Sort::Port]);
            only("rules_for_port", port, verdict(s))
        },
    },
    Kind {
        name: "rules_for_address",
        says: "rules that name {}, also through aliases and networks",
        needs: &[RULE],
        may: &[
            "match",
            "touch",
            "affect",
            "apply",
            "alias",
            "through",
            "also",
            "firewall",
            "name",
            "mention",
            "concern",
            "involve",
            "this",
            "ip",
            "address",
            "use",
            "block",
            "blocking",
            "allow",
            "allowing",
            "pass",
            "passing",
            "deny",
            "reference",
            "touching",
            "mentioning",
            "matching",
            "affecting",
            "including",
            "via",
            "nested",
            "about",
            "device",
        ],
        not: &["port", "reach"],
        wants: &[&[Sort::Address, Sort::Range, Sort::Device]],
        takes: &[],
        action: |s| {
            let about = s.first(&[Sort::Address, Sort::Range, Sort::Device]);
            only("rules_for_address", about, verdict(s))
        },
    },
];

fn count(slots: &Slots<'_>) -> Action {
    let domains = [
        ("lease", "dhcp_leases"),
        ("rule", "firewall_rules"),
        ("alias", "aliases"),
        ("vlan", "vlans"),
        ("reservation", "dhcp_reservations"),
        ("interface", "interfaces"),
    ];
    let domain =
        domains.iter().find(|(word, _)| slots.says(&[word])).map_or("dhcp_leases", |(_, d)| *d);
    let active = slots.says(&["active"]) && domain == "dhcp_leases";
    let filters = if active { vec!["state = active".to_owned()] } else { Vec::new() };
    let query = Query { domain: domain.to_owned(), filters, count_only: true, ..Query::default() };
    Action::Call(Call::Query(query))
}

fn leases(slots: &Slots<'_>) -> Action {
    let mut filters = vec!["state = active".to_owned()];
    if let Some(place) = slots.entities.iter().find_map(|e| e.label.as_ref()) {
        filters.push(format!("interface_name = '{}'", place.replace('\'', "")));
    }
    if let Some(mac) = slots.first(&[Sort::Mac]) {
        filters.push(format!("mac = {mac}"));
    }
    if let Some(ip) = slots.first(&[Sort::Address]) {
        filters.push(format!("ip = {ip}"));
    }
    if let Some(range) = slots.first(&[Sort::Range]) {
        filters.push(format!("ip in {range}"));
    }
    if let Some(name) = slots.first(&[Sort::Device]) {
        filters.push(format!("hostname = '{}'", name.replace('\'', "")));
    }
    let columns = ["ip", "mac", "hostname", "interface_name", "expires", "reserved"];
    Action::Call(Call::Query(Query {
        domain: "dhcp_leases".to_owned(),
        filters,
        columns: columns.map(str::to_owned).to_vec(),
        ..Query::default()
    }))
}
