//! Questions about networks, DHCP and names.

use crate::ask::english::call::Call;
use crate::ask::english::entity::Sort;
use crate::ask::query::Query;

use super::kind::{Action, Kind, ONE, Slots, columns, only, report, rows};

const WRONG: &str = "unused duplicate duplicated outside problem conflict mismatch mismatched wrong faulty broken stale";

pub(in crate::ask::english) static NETWORKS: &[Kind] = &[
    Kind {
        name: "vlans",
        says: "the VLANs, their networks and devices",
        needs: &["vlan"],
        may: "configured firewall status overview check network interface current their defined \
            exist tag there have summary state",
        not: "rule device delete traffic blocked",
        wants: &[],
        takes: &[Sort::Firewall],
        action: |s| {
            if s.says(&["interface", "network"]) && s.says(&["interface"]) {
                report("networks", None)
            } else {
                report("vlans", None)
            }
        },
    },
    Kind {
        name: "network",
        says: "the network {}",
        needs: &[
            "configuration config setting setup dhcp status overview addressing subnet address \
                state summary configured network",
        ],
        may: "interface check up down current look overview dhcp firewall range",
        not: "rule device delete lease reservation server pool traffic who online happening",
        wants: &[&[Sort::Place]],
        takes: &[],
        action: |s| report("networks", s.first(&[Sort::Place])),
    },
    Kind {
        name: "networks",
        says: "the networks and interfaces",
        needs: &["interface network subnet"],
        may: "configured firewall address up down current state status have network interface \
            check exist assigned",
        not: "rule device delete vlan overview ok working server",
        wants: &[],
        takes: &[],
        action: |_| report("networks", None),
    },
    Kind {
        name: "count",
        says: "how many rows there are",
        needs: &["many count number", "lease rule alias vlan reservation interface"],
        may: "dhcp firewall there have configured active static",
        not: "device",
        wants: &[],
        takes: &[],
        action: count,
    },
    Kind {
        name: "leases",
        says: "active DHCP leases {}",
        needs: &["lease dhcp leased"],
        may: "active current currently ip mac hostname name expiry expire device client \
            connected via address network understand see want what have has through by using \
            got table find dhcp",
        not: "server pool range reservation static reserved history rule configuration config \
            setting many full why",
        wants: &[],
        takes: &[Sort::Place, Sort::Mac, Sort::Address, Sort::Device, Sort::Range],
        action: leases,
    },
    Kind {
        name: "reservations",
        says: "DHCP reservations {}",
        needs: &["reservation static fixed"],
        may: "dhcp mapping lease address configured ip have there assignment",
        not: "device route rule",
        wants: &[],
        takes: &[Sort::Device, Sort::Mac, Sort::Address],
        action: |s| report("reservations", s.first(ONE)),
    },
    Kind {
        name: "reservation_problems",
        says: "DHCP reservations with a problem",
        needs: &["reservation static", WRONG],
        may: "dhcp mapping lease address subnet network their have there or no longer never",
        not: "route rule",
        wants: &[],
        takes: &[],
        action: |_| only("reservations", None, Some("problems")),
    },
    Kind {
        name: "reservation_mismatch",
        says: "the reservation of {} and the address it has",
        needs: &["reservation reserved", "old why still wrong another different other not unused"],
        may: "dhcp address ip have has added made created set but its use using get got does after device",
        not: "rule",
        wants: &[ONE],
        takes: &[],
        action: |s| report("reservations", s.first(ONE)),
    },
    Kind {
        name: "dhcp_servers",
        says: "which DHCP server answers where {}",
        needs: &["dhcp", "server backend daemon service"],
        may: "answer interface which run running on two several conflict active each network \
            lease hand handing out serve serving more than one there",
        not: "pool rule",
        wants: &[],
        takes: &[Sort::Place],
        action: |s| report("dhcp_servers", s.first(&[Sort::Place])),
    },
    Kind {
        name: "name",
        says: "what the name {} stands for",
        needs: &["resolve point dns name hostname lookup record resolving"],
        may: "to system address ip what which entry not why my does host client dhcp have actually",
        not: "rule lease blocklist blocked queried",
        wants: &[&[Sort::DomainName, Sort::Device]],
        takes: &[],
        action: |s| report("names", s.first(&[Sort::DomainName, Sort::Device])),
    },
    Kind {
        // Alone.
        name: "name",
        says: "what the name {} stands for",
        needs: &[],
        may: "",
        not: "when how can could should would will want did do does are or and",
        wants: &[&[Sort::DomainName]],
        takes: &[],
        action: |s| report("names", s.first(&[Sort::DomainName])),
    },
    Kind {
        name: "name_conflicts",
        says: "names about which DNS and DHCP disagree",
        needs: &[
            "name dns hostname resolver record",
            "disagree conflict differ mismatch inconsistent contradict wrong conflicting",
        ],
        may: "dhcp lease reservation address with each other there system between",
        not: "rule",
        wants: &[],
        takes: &[],
        action: |_| only("names", None, Some("problems")),
    },
    Kind {
        name: "dns_records",
        says: "host overrides and other names in DNS",
        needs: &["dns unbound override dnsmasq", "override record entry host name alias"],
        may: "configured local there have domain resolver",
        not: "lease rule blocklist disagree conflict use used uses",
        wants: &[],
        takes: &[],
        action: |_| rows("dns_records", Vec::new()),
    },
    Kind {
        name: "arp",
        says: "neighbours in the ARP table",
        needs: &["arp"],
        may: "table entry cache network current",
        not: "",
        wants: &[],
        takes: &[],
        action: |_| rows("arp", Vec::new()),
    },
    Kind {
        name: "references",
        says: "what refers to {} and would miss it",
        needs: &[
            "delete remove deleted removed refer reference depend impact gone miss break affected",
        ],
        may: "what would happen if when i to vlan interface this depends of be deleting \
            removing network were",
        not: "alias",
        wants: &[&[Sort::Place]],
        takes: &[],
        action: |s| report("references", s.first(&[Sort::Place])),
    },
    Kind {
        name: "pools",
        says: "how full the DHCP pools are",
        needs: &["pool range scope"],
        may: "dhcp full how each utilisation utilization usage used free left address nearly almost \
            percent subnet per capacity fill exhausted much there in",
        not: "device lease rule",
        wants: &[],
        takes: &[],
        action: |_| report("pools", None),
    },
    Kind {
        name: "routes",
        says: "the routing table",
        needs: &["route routing"],
        may: "table firewall kernel current there have",
        not: "change changed static",
        wants: &[],
        takes: &[],
        action: |_| rows("routes", Vec::new()),
    },
    Kind {
        name: "blocklists",
        says: "the DNS block lists in use",
        needs: &["blocklist dnsbl block-list"],
        may: "dns unbound active there have configured",
        not: "",
        wants: &[],
        takes: &[],
        action: |_| rows("dns_blocklists", Vec::new()),
    },
    Kind {
        name: "vpn_sessions",
        says: "who is connected by VPN",
        needs: &["vpn wireguard openvpn ipsec tunnel", "client peer session user connection"],
        may: "connected online active up current status there",
        not: "rule certificate offline",
        wants: &[],
        takes: &[],
        action: vpn_sessions,
    },
    Kind {
        name: "counters",
        says: "traffic counters {}",
        needs: &["traffic counter bandwidth throughput packet error"],
        may: "statistic stat usage interface vlan total byte",
        not: "happening going who device blocked reach match rule from much",
        wants: &[&[Sort::Place]],
        takes: &[],
        action: |s| {
            let name = s.entities.iter().find_map(|e| e.label.clone()).unwrap_or_default();
            let filters = vec![format!("name = '{}'", name.replace('\'', ""))];
            let names = [
                "name",
                "bytes_in",
                "bytes_out",
                "packets_in",
                "packets_out",
                "errors_in",
                "errors_out",
            ];
            columns("interface_counters", filters, &names)
        },
    },
];

fn vpn_sessions(slots: &Slots<'_>) -> Action {
    let kinds = [
        ("wireguard", "wireguard_sessions"),
        ("openvpn", "openvpn_sessions"),
        ("ipsec", "ipsec_sessions"),
    ];
    match kinds.iter().find(|(word, _)| slots.says(&[word])) {
        Some((_, domain)) => rows(domain, Vec::new()),
        None => Action::Missing("say of which VPN: wireguard, openvpn or ipsec clients"),
    }
}

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
