//! Everything that mentions the devices of a page, by key.

use crate::store::filled::Filled;

/// A way from the devices of `page` to rows that mention them.
struct Way {
    /// Tables that it leads through; where one has no rows it leads nowhere.
    through: &'static [&'static str],
    origin: &'static str,
    cells: &'static str,
    rows: &'static str,
}

const LEASE: &str = "t.backend, t.ip, t.ip_sort, t.interface_name, t.hostname, t.description, t.vendor, t.state = 'active', coalesce(t.reserved, 0), t.expires, t.duid, t.type = 'IA_PD'";
const RESERVATION: &str =
    "t.backend, t.ip, t.ip_sort, NULL, t.hostname, t.description, NULL, 0, 1, NULL, t.duid, 0";

const WAYS: [Way; 11] = [
    Way {
        through: &["arp"],
        origin: "arp",
        cells: "NULL, t.ip, t.ip_sort, t.interface_name, t.hostname, NULL, t.vendor, t.expired IS NOT 1, 0, t.expires_in, NULL, 0",
        rows: "arp t ON t.mac = p.id AND t.firewall_id = p.firewall_id",
    },
    Way {
        through: &["ndp"],
        origin: "ndp",
        cells: "NULL, t.ip, t.ip_sort, t.interface_name, NULL, NULL, t.vendor, 1, 0, NULL, NULL, 0",
        rows: "ndp t ON t.mac = p.id AND t.firewall_id = p.firewall_id",
    },
    Way {
        through: &["dhcp_leases"],
        origin: "lease",
        cells: LEASE,
        rows: "dhcp_leases t ON t.mac = p.id AND t.firewall_id = p.firewall_id",
    },
    Way {
        through: &["dhcp_leases"],
        origin: "lease",
        cells: LEASE,
        rows: "dhcp_leases t ON p.by_duid AND t.duid COLLATE BINARY = p.id AND t.mac IS NULL AND t.firewall_id = p.firewall_id",
    },
    // A DHCPv6 lease without a hardware address is of the neighbour that has its address,
    Way {
        through: &["ndp", "dhcp_leases"],
        origin: "lease",
        cells: LEASE,
        rows: "ndp n ON n.mac = p.id AND n.firewall_id = p.firewall_id
CROSS JOIN dhcp_leases t ON t.ip_sort = n.ip_sort AND t.firewall_id = n.firewall_id AND t.mac IS NULL",
    },
    // or of the device that another lease of its DUID names.
    Way {
        through: &["dhcp_leases"],
        origin: "lease",
        cells: LEASE,
        rows: "dhcp_leases l ON l.mac = p.id AND l.duid IS NOT NULL AND l.firewall_id = p.firewall_id
CROSS JOIN dhcp_leases t ON t.duid = l.duid AND t.mac IS NULL AND t.firewall_id = l.firewall_id",
    },
    Way {
        through: &["dhcp_reservations"],
        origin: "reservation",
        cells: RESERVATION,
        rows: "dhcp_reservations t ON t.mac = p.id AND t.firewall_id = p.firewall_id",
    },
    Way {
        through: &["dhcp_reservations"],
        origin: "reservation",
        cells: RESERVATION,
        rows: "dhcp_reservations t ON p.by_duid AND t.duid = p.id AND t.mac IS NULL AND t.firewall_id = p.firewall_id",
    },
    Way {
        through: &["dhcp_leases", "dhcp_reservations"],
        origin: "reservation",
        cells: RESERVATION,
        rows: "dhcp_leases l ON l.mac = p.id AND l.duid IS NOT NULL AND l.firewall_id = p.firewall_id
CROSS JOIN dhcp_reservations t ON t.duid = l.duid AND t.mac IS NULL AND t.firewall_id = l.firewall_id",
    },
    Way {
        through: &["host_discovery"],
        origin: "discovery",
        cells: "NULL, t.ip, t.ip_sort, t.interface, NULL, NULL, t.vendor, 0, 0, t.last_seen, NULL, 0",
        rows: "host_discovery t ON t.mac = p.id AND t.firewall_id = p.firewall_id",
    },
    Way {
        through: &["labels"],
        origin: "label",
        cells: "NULL, NULL, NULL, NULL, t.name, NULL, NULL, 0, 0, NULL, NULL, 0",
        rows: "labels t ON t.client = p.id",
    },
];

/// A resolver's names of the addresses that were seen.
const DNS: &str = "
UNION ALL
SELECT json_array(s.id, s.firewall_id, 'dns', d.backend, d.ip, NULL, d.name, d.description, NULL, 0, 0, NULL, NULL, 0)
FROM (SELECT DISTINCT id, firewall_id, ip_sort FROM seen WHERE ip_sort IS NOT NULL) s
CROSS JOIN dns_records d ON d.ip_sort = s.ip_sort AND d.firewall_id = s.firewall_id
WHERE d.enabled IS NOT 0 AND d.name NOT LIKE '*%'";

/// The tables `seen` and `sightings`, the latter of one JSON array a row; a page that is not empty has some way.
pub(super) fn sightings(filled: &Filled) -> String {
    let leads = |way: &&Way| way.through.iter().all(|table| filled.has(table));
    let ways: Vec<String> = WAYS
        .iter()
        .filter(leads)
        .map(|Way { origin, cells, rows, .. }| {
            format!(
                "SELECT p.id, p.firewall_id, '{origin}', {cells}\nFROM page p CROSS JOIN {rows}"
            )
        })
        .collect();
    format!(
        "seen (id, firewall_id, origin, backend, ip, ip_sort, interface_name, name, description, vendor, live, reserved, until, duid, prefix) \
         AS MATERIALIZED (\n{}\n),
sightings AS (
SELECT json_array(id, firewall_id, origin, backend, ip, interface_name, name, description, vendor, live, reserved, until, duid, prefix) AS line FROM seen{}
)",
        ways.join("\nUNION ALL\n"),
        if filled.has("dns_records") { DNS } else { "" },
    )
}
