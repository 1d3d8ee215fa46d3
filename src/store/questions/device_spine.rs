//! The identifiers of devices: a union of seven indexed columns, merged in order.

use crate::store::filled::Filled;
use crate::store::sql;
use crate::types::{AddressRange, sort_key};

use super::super::statement::Statement;
use super::{DeviceKey, DeviceSelection, InterfaceScope, NameIs};

/// One indexed column that identifies devices.
struct Column {
    table: &'static str,
    id: &'static str,
    /// Column that describes the interface, where rows name it.
    interface: Option<&'static str>,
    has_vendor: bool,
    /// Rows are neighbours of the firewall: being one is being online.
    is_neighbour: bool,
    /// Rows whose identifier another column gives better.
    except: &'static str,
}

/// A DUID stands for a device only while no hardware address is known for it.
const COLUMNS: [Column; 7] = [
    Column {
        table: "arp",
        id: "t.mac",
        interface: Some("interface_name"),
        has_vendor: true,
        is_neighbour: true,
        except: "NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = t.mac AND own.firewall_id = t.firewall_id)",
    },
    Column {
        table: "ndp",
        id: "t.mac",
        interface: Some("interface_name"),
        has_vendor: true,
        is_neighbour: true,
        except: "NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = t.mac AND own.firewall_id = t.firewall_id)",
    },
    Column {
        table: "dhcp_leases",
        id: "t.mac",
        interface: Some("interface_name"),
        has_vendor: true,
        is_neighbour: false,
        except: "t.mac IS NOT NULL",
    },
    Column {
        table: "dhcp_leases",
        id: "t.duid COLLATE BINARY",
        interface: Some("interface_name"),
        has_vendor: true,
        is_neighbour: false,
        except: "t.mac IS NULL\n  AND NOT EXISTS (SELECT 1 FROM ndp n WHERE n.ip_sort = t.ip_sort AND n.firewall_id = t.firewall_id)\n  \
                 AND NOT EXISTS (SELECT 1 FROM dhcp_leases l WHERE l.duid = t.duid AND l.firewall_id = t.firewall_id AND l.mac IS NOT NULL)",
    },
    Column {
        table: "host_discovery",
        id: "t.mac",
        interface: Some("interface"),
        has_vendor: true,
        is_neighbour: false,
        except: "NOT EXISTS (SELECT 1 FROM interfaces own WHERE own.mac = t.mac AND own.firewall_id = t.firewall_id)",
    },
    Column {
        table: "dhcp_reservations",
        id: "t.mac",
        interface: None,
        has_vendor: false,
        is_neighbour: false,
        except: "t.mac IS NOT NULL",
    },
    Column {
        table: "dhcp_reservations",
        id: "t.duid COLLATE BINARY",
        interface: None,
        has_vendor: false,
        is_neighbour: false,
        except: "t.mac IS NULL\n  AND NOT EXISTS (SELECT 1 FROM dhcp_leases l WHERE l.duid = t.duid AND l.firewall_id = t.firewall_id)",
    },
];

/// Identifiers that satisfy `selection`, each once, up to `limit`, if any table that could has rows: hardware addresses
/// in order, then in order the DUIDs for which none is known. SQLite comes to these only when the page is not full: to
/// find the next of them it looks up the lease of every reservation that stands between, 1.5 µs each.
pub(super) fn identifiers(
    statement: &mut Statement,
    selection: &DeviceSelection,
    filled: &Filled,
    after: bool,
    limit: &str,
) -> Option<String> {
    let last = selection.after.as_ref().filter(|_| after);
    let mut sets = Vec::new();
    for by_duid in [false, true] {
        // Behind the last hardware address there are DUIDs only.
        let last = match last {
            Some(last) if last.by_duid && !by_duid => continue,
            last => last.filter(|last| last.by_duid == by_duid),
        };
        let parts: Vec<String> = COLUMNS
            .iter()
            .filter(|column| (column.id != "t.mac") == by_duid && filled.has(column.table))
            // Whoever is online is a neighbour.
            .filter(|column| selection.online != Some(true) || column.is_neighbour)
            .filter(|column| {
                selection.vendor.is_none() || column.has_vendor || !selection.makers.is_empty()
            })
            .map(|column| part(statement, selection, column, last))
            .collect();
        if !parts.is_empty() {
            let parts = parts.join("\nUNION\n");
            // Not in the parts, which would then have it in their order.
            let by_duid = u8::from(by_duid);
            sets.push(format!("SELECT *, {by_duid} FROM (\n{parts}\nORDER BY 1, 2\n{limit})"));
        }
    }
    (!sets.is_empty()).then(|| format!("{}\n{limit}", sets.join("\nUNION ALL\n")))
}

fn part(
    statement: &mut Statement,
    selection: &DeviceSelection,
    column: &Column,
    last: Option<&DeviceKey>,
) -> String {
    let id = column.id;
    let (few, table) = (has_candidates(selection), column.table);
    // The few devices that can match drive; the table is searched for each.
    let from = if few {
        format!(
            "FROM candidate c CROSS JOIN {table} t ON {id} = c.id AND t.firewall_id = c.firewall_id"
        )
    } else {
        format!("FROM {table} t")
    };
    let mut conditions = Vec::new();
    // Says the same as nothing, and makes an index on the identifier the one to walk: the partial ones want it
    // said. In a range the addresses are searched instead, and `+` keeps those indexes out of it.
    if !few && selection.ranges.is_empty() {
        conditions.push(format!("{id} > ''"));
    }
    if let Some(last) = last {
        let (last, firewall) =
            (statement.bind(last.id.as_str()), statement.bind(last.firewall.get()));
        let plus = if selection.ranges.is_empty() { "" } else { "+" };
        conditions.push(format!("({plus}{id}, t.firewall_id) > ({last}, {firewall})"));
    }
    conditions.push(column.except.to_owned());
    if let Some(firewall) = selection.firewall {
        // `+`: the primary key begins with the firewall and would be walked instead of the identifiers.
        conditions.push(format!("+t.firewall_id = {}", statement.bind(firewall.get())));
    }
    if !selection.interfaces.is_empty() {
        conditions.push(on_interfaces(statement, &selection.interfaces, column));
    }
    if !selection.ranges.is_empty() {
        conditions.push(within(statement, &selection.ranges));
    }
    if column.is_neighbour && column.table == "arp" && selection.online == Some(true) {
        conditions.push("t.expired IS NOT 1".to_owned());
    }
    if let Some(condition) = maker(statement, selection, column) {
        conditions.push(condition);
    }
    conditions.extend(of_the_device(selection, column));
    format!("SELECT {id}, t.firewall_id {from}\nWHERE {}", conditions.join("\n  AND "))
}

fn on_interfaces(
    statement: &mut Statement,
    interfaces: &[InterfaceScope],
    column: &Column,
) -> String {
    let one = |statement: &mut Statement, scope: &InterfaceScope| {
        let firewall = statement.bind(scope.firewall.get());
        let place = match column.interface {
            Some(name) => format!("t.{name} = {}", statement.bind(scope.name.as_str())),
            None => within(statement, &scope.networks),
        };
        format!("{place} AND +t.firewall_id = {firewall}")
    };
    match interfaces {
        [scope] => one(statement, scope),
        several => {
            let each: Vec<String> =
                several.iter().map(|scope| format!("({})", one(statement, scope))).collect();
            format!("({})", each.join(" OR "))
        }
    }
}

fn within(statement: &mut Statement, ranges: &[AddressRange]) -> String {
    let each: Vec<String> = ranges
        .iter()
        .map(|range| {
            let first = statement.bind(sort_key(range.first()).to_vec());
            let last = statement.bind(sort_key(range.last()).to_vec());
            sql::within("t.ip_sort", *range, [&first, &last])
        })
        .collect();
    match each.as_slice() {
        [] => "0".to_owned(),
        [one] => one.clone(),
        several => format!("({})", several.join(" OR ")),
    }
}

fn maker(
    statement: &mut Statement,
    selection: &DeviceSelection,
    column: &Column,
) -> Option<String> {
    let vendor = selection.vendor.as_ref()?;
    let mut ways = Vec::new();
    if column.has_vendor {
        let part = statement.bind(vendor.as_str());
        ways.push(format!("instr(lower(t.vendor), lower({part})) > 0"));
    }
    if !selection.makers.is_empty() && column.id == "t.mac" {
        let prefixes = serde_json::Value::from(selection.makers.clone()).to_string();
        let prefixes = statement.bind(prefixes);
        ways.push(format!("substr(t.mac, 1, 8) IN (SELECT value FROM json_each({prefixes}))"));
    }
    // A column that knows no vendor has no device of this one.
    Some(if ways.is_empty() { "0".to_owned() } else { format!("({})", ways.join(" OR ")) })
}

/// Conditions on the device as a whole, whichever column gave its identifier.
fn of_the_device(selection: &DeviceSelection, column: &Column) -> Vec<String> {
    let mut conditions = Vec::new();
    let neighbour = "(EXISTS (SELECT 1 FROM arp a WHERE a.mac = t.mac AND a.firewall_id = t.firewall_id AND a.expired IS NOT 1) \
                     OR EXISTS (SELECT 1 FROM ndp n WHERE n.mac = t.mac AND n.firewall_id = t.firewall_id))";
    let has_mac = column.id == "t.mac";
    if selection.online == Some(false) && has_mac {
        conditions.push(format!("NOT {neighbour}"));
    }
    let reserved = if has_mac {
        "(EXISTS (SELECT 1 FROM dhcp_reservations r WHERE r.mac = t.mac AND r.firewall_id = t.firewall_id) \
          OR EXISTS (SELECT 1 FROM dhcp_leases l WHERE l.mac = t.mac AND l.firewall_id = t.firewall_id AND (l.reserved = 1 \
          OR EXISTS (SELECT 1 FROM dhcp_reservations r WHERE r.duid = l.duid AND r.firewall_id = l.firewall_id))))"
    } else {
        "EXISTS (SELECT 1 FROM dhcp_reservations r WHERE r.duid = t.duid AND r.firewall_id = t.firewall_id)"
    };
    if let Some(wanted) = selection.reserved {
        conditions.push(format!("{}{reserved}", if wanted { "" } else { "NOT " }));
    }
    let named = if has_mac { named_by_mac() } else { named_by_duid() };
    if let Some(wanted) = selection.named {
        conditions.push(format!("{}{named}", if wanted { "" } else { "NOT " }));
    }
    if let Some(wanted) = selection.randomised {
        // The second hexadecimal digit of a locally administered address (IEEE 802-2014, 8.2).
        let not = if wanted { "" } else { "NOT " };
        conditions.push(if has_mac {
            format!("substr(t.mac, 2, 1) {not}IN ('2', '6', 'a', 'e', '3', '7', 'b', 'f')")
        } else {
            (if wanted { "0" } else { "1" }).to_owned()
        });
    }
    conditions
}

/// Whether an address of the row `of` has a name: what is switched off and what stands for many names gives none.
fn resolved(of: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM dns_records d WHERE d.ip_sort = {of}.ip_sort AND d.firewall_id = {of}.firewall_id \
         AND d.enabled IS NOT 0 AND d.name NOT LIKE '*%')"
    )
}

/// Whether any sighting of a hardware address gives it a name, as the sightings find them.
fn named_by_mac() -> String {
    let own = |table: &str, of: &str, or: &str| {
        format!(
            "EXISTS (SELECT 1 FROM {table} {of} WHERE {of}.mac = t.mac AND {of}.firewall_id = t.firewall_id AND ({or}{}))",
            resolved(of)
        )
    };
    let beside = "EXISTS (SELECT 1 FROM dhcp_leases b WHERE b.ip_sort = n.ip_sort AND b.firewall_id = n.firewall_id \
                  AND b.mac IS NULL AND b.hostname > '') OR ";
    let of_its_duid = "EXISTS (SELECT 1 FROM dhcp_leases l JOIN dhcp_leases b ON b.duid = l.duid AND b.firewall_id = l.firewall_id \
                       AND b.mac IS NULL AND b.hostname > '' WHERE l.mac = t.mac AND l.duid IS NOT NULL AND l.firewall_id = t.firewall_id)";
    let reserved_to_its_duid = "EXISTS (SELECT 1 FROM dhcp_leases l JOIN dhcp_reservations r ON r.duid = l.duid AND r.firewall_id = l.firewall_id \
                                AND r.mac IS NULL AND r.hostname > '' WHERE l.mac = t.mac AND l.duid IS NOT NULL AND l.firewall_id = t.firewall_id)";
    let ways = [
        own("dhcp_leases", "l", "l.hostname > '' OR "),
        own("dhcp_reservations", "r", "r.hostname > '' OR "),
        own("arp", "a", "a.hostname > '' OR "),
        own("ndp", "n", beside),
        own("host_discovery", "h", ""),
        of_its_duid.to_owned(),
        reserved_to_its_duid.to_owned(),
        "EXISTS (SELECT 1 FROM labels said WHERE said.client = t.mac AND said.name > '')"
            .to_owned(),
    ];
    format!("({})", ways.join(" OR "))
}

/// The same of a DUID for which no hardware address is known.
fn named_by_duid() -> String {
    let own = |table: &str, of: &str| {
        format!(
            "EXISTS (SELECT 1 FROM {table} {of} WHERE {of}.duid = t.duid AND {of}.mac IS NULL AND {of}.firewall_id = t.firewall_id \
             AND ({of}.hostname > '' OR {}))",
            resolved(of)
        )
    };
    let label = "EXISTS (SELECT 1 FROM labels said WHERE said.client = t.duid AND said.name > '')";
    format!("({} OR {} OR {label})", own("dhcp_leases", "l"), own("dhcp_reservations", "r"))
}

fn has_candidates(selection: &DeviceSelection) -> bool {
    !selection.ids.is_empty() || selection.name.is_some()
}

/// The few devices that can match by identifier or name, when either is asked for: the table `candidate` that
/// the parts of [`identifiers`] begin with. Written once: in each of fourteen parts it made the statement 34 KB
/// long, and 1.2 ms to run where this takes 0.1.
pub(super) fn candidates(
    statement: &mut Statement,
    selection: &DeviceSelection,
    filled: &Filled,
) -> Option<String> {
    let mut sets = Vec::new();
    if !selection.ids.is_empty() {
        let ids = selection
            .ids
            .iter()
            .map(|id| format!("({})", statement.bind(id.as_str())))
            .collect::<Vec<_>>()
            .join(", ");
        sets.push(format!(
            "SELECT v.column1 AS id, f.firewall_id FROM (VALUES {ids}) v CROSS JOIN firewalls f"
        ));
    }
    if let Some(name) = &selection.name {
        let none = || "SELECT NULL AS id, NULL AS firewall_id WHERE 0".to_owned();
        sets.push(named_like(statement, name, filled).unwrap_or_else(none));
    }
    // SQLite reads UNION and INTERSECT from left to right, whichever comes first.
    let sets: Vec<String> =
        sets.iter().map(|set| format!("SELECT id, firewall_id FROM (\n{set}\n)")).collect();
    has_candidates(selection).then(|| {
        format!("candidate (id, firewall_id) AS MATERIALIZED (\n{}\n)", sets.join("\nINTERSECT\n"))
    })
}

/// What the user says about devices holds for every firewall.
const LABELS: &str = "(SELECT said.client, said.name, said.owner, said.\"group\", f.firewall_id FROM labels said CROSS JOIN firewalls f) t";

/// The hardware address that a lease knows the DUID of `of` by, else the DUID.
fn by_duid(of: &str) -> String {
    format!(
        "(SELECT l.mac FROM dhcp_leases l WHERE l.duid = {of}.duid AND l.firewall_id = {of}.firewall_id \
         AND l.mac IS NOT NULL), {of}.duid"
    )
}

/// Where names are.
struct Names {
    /// How a row leads to identifiers.
    id: String,
    /// Tables that it takes.
    through: [&'static str; 2],
    rows: String,
    column: &'static str,
}

fn names() -> Vec<Names> {
    let (t, h) = (by_duid("t"), by_duid("h"));
    let neighbour =
        "(SELECT n.mac FROM ndp n WHERE n.ip_sort = t.ip_sort AND n.firewall_id = t.firewall_id)";
    let lease = format!("coalesce(t.mac, {neighbour}, {t})");
    let reservation = format!("coalesce(t.mac, {t})");
    let own = |table: &'static str, id: &str, column| {
        let rows = if table == "labels" { LABELS.to_owned() } else { format!("{table} t") };
        Names { id: id.to_owned(), through: [table, table], rows, column }
    };
    // A resolver's name is that of whoever has its address; what is switched off is nobody's.
    let resolved = |table: &'static str, id: &str| Names {
        id: id.to_owned(),
        through: ["dns_records", table],
        rows: format!(
            "dns_records t CROSS JOIN {table} h ON h.ip_sort = t.ip_sort AND h.firewall_id = t.firewall_id AND t.enabled IS NOT 0"
        ),
        column: "t.name",
    };
    let holder = format!("coalesce(h.mac, {h})");
    vec![
        own("labels", "t.client", "t.name"),
        own("labels", "t.client", "t.owner"),
        own("labels", "t.client", "t.\"group\""),
        own("dhcp_leases", &lease, "t.hostname"),
        own("dhcp_reservations", &reservation, "t.hostname"),
        own("dhcp_reservations", &reservation, "t.description"),
        own("arp", "t.mac", "t.hostname"),
        resolved("arp", "h.mac"),
        resolved("ndp", "h.mac"),
        resolved("host_discovery", "h.mac"),
        resolved("dhcp_leases", &holder),
        resolved("dhcp_reservations", &holder),
    ]
}

fn named_like(statement: &mut Statement, name: &NameIs, filled: &Filled) -> Option<String> {
    let (mut part, mut begins, mut ends) = (String::new(), String::new(), String::new());
    match name {
        // `nas` is also `nas.home.arpa`, which sorts between `nas.` and `nas/`.
        NameIs::Exactly(text) => {
            part = statement.bind(text.as_str());
            begins = statement.bind(format!("{text}."));
            ends = statement.bind(format!("{text}/"));
        }
        NameIs::Begins(text) => {
            begins = statement.bind(text.as_str());
            ends = statement.bind(format!("{text}\u{10ffff}"));
        }
        NameIs::Contains(text) => part = statement.bind(text.as_str()),
    }
    let sets: Vec<String> = names()
        .into_iter()
        .filter(|names| names.through.iter().all(|table| filled.has(table)))
        .map(|Names { id, rows, column, .. }| {
            let like = match name {
                NameIs::Exactly(_) => {
                    format!("({column} = {part} OR ({column} > {begins} AND {column} < {ends}))")
                }
                NameIs::Begins(_) => format!("{column} >= {begins} AND {column} < {ends}"),
                NameIs::Contains(_) => format!("instr(lower({column}), lower({part})) > 0"),
            };
            format!("SELECT {id} AS id, t.firewall_id FROM {rows} WHERE {like}")
        })
        .collect();
    (!sets.is_empty()).then(|| sets.join("\nUNION\n"))
}
