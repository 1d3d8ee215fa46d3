//! NAT rows to translations, in the order in which OPNsense writes them (reference 6.6).

use crate::types::Release;

use super::lower::Tags;
use super::lower_mapping::{one_to_one, prefix};
use super::lower_source_nat::{outbound, outbound_rows, reflected};
use super::packet::DeviceId;
use super::rows::Rows;
use super::rows_nat::{ForwardRow, NptRow, OneToOneRow};
use super::ruleset::{On, PORTS, Rule};
use super::set::{Family, Set};
use super::terms::{LinkLocal, Names};
use super::translate::{Label, Ports, Redirect, Scope, Translations};
use super::words::{TCP, UDP};

/// The captive portal's redirects lost `pass` and gained IPv6 here.
const PORTAL_FILTERED: Release = Release::new(26, 1, 0);

pub(super) fn translations(
    rows: &Rows,
    names: &Names,
    tags: &mut Tags,
    rules: &[Rule],
    gaps: &mut Vec<String>,
) -> Translations {
    let mut all = Translations { redirects: portal(names, rules), ..Translations::default() };
    if !rows.forwards.iter().any(|f| f.no_rdr && f.uuid.starts_with("lockout")) {
        all.redirects.extend(lockout(names, rules));
    }
    let mut said = Vec::new();
    // Anti-lockout exemptions have priority 300, one-to-one 500, forwards 600, whatever their position says.
    let (lockouts, mut forwards): (Vec<&ForwardRow>, Vec<&ForwardRow>) =
        rows.forwards.iter().filter(|f| f.enabled).partition(|f| f.uuid.starts_with("lockout"));
    forwards.sort_by_key(|f| f.position.unwrap_or(0));
    let mut helpers = Vec::new();
    for row in lockouts {
        let _no_target = forward(row, rows, names, tags, &mut all.redirects);
    }
    let mut npt: Vec<&NptRow> = rows.npt.iter().filter(|n| n.enabled).collect();
    npt.sort_by_key(|n| n.position.unwrap_or(0));
    for row in npt {
        match prefix(row, names) {
            Ok(binat) => all.binats.push(binat),
            Err(why) => said.push(format!(
                "prefix translation `{}` is left out: {why}",
                title(&row.description, &row.uuid)
            )),
        }
    }
    let mut one: Vec<&OneToOneRow> = rows.one_to_one.iter().filter(|o| o.enabled).collect();
    one.sort_by_key(|o| o.position.unwrap_or(0));
    for row in one {
        if let Err(why) = one_to_one(row, rows, names, &mut all, &mut helpers) {
            said.push(format!(
                "one-to-one NAT `{}` is left out: {why}",
                title(&row.description, &row.uuid)
            ));
        }
    }
    for row in forwards {
        let before = all.redirects.len();
        match forward(row, rows, names, tags, &mut all.redirects) {
            Ok(()) if rows.switches.reflection_helper && !row.no_rdr => {
                let mine = all.redirects.get(before..).unwrap_or_default();
                helpers.extend(mine.iter().flat_map(|rdr| reflected(rdr, names)));
            }
            Ok(()) => {}
            Err(why) => said.push(format!(
                "port forward `{}` is left out: {why}",
                title(&row.description, &row.uuid)
            )),
        }
    }
    // Priorities 50, 100, 200, and then what one-to-one NAT and forwards add (500, 600).
    for row in &outbound_rows(rows, names, gaps) {
        if let Err(why) = outbound(row, names, tags, &mut all.outbound) {
            said.push(format!(
                "source NAT `{}` is left out: {why}",
                title(&row.description, &row.uuid)
            ));
        }
    }
    all.outbound.append(&mut helpers);
    gaps.append(&mut said);
    all
}

fn title<'t>(description: &'t str, uuid: &'t str) -> &'t str {
    if description.is_empty() { uuid } else { description }
}

/// What a NAT rule looks at, in one family.
pub(super) struct Look<'a> {
    pub(super) protocol: &'a str,
    pub(super) source: &'a [String],
    pub(super) source_port: Option<&'a str>,
    pub(super) destination: &'a [String],
    pub(super) destination_port: Option<&'a str>,
}

impl Look<'_> {
    pub(super) fn scope(&self, names: &Names, family: Family, on: On) -> Result<Scope, String> {
        let source = names.addresses(self.source, family, LinkLocal::Never)?;
        let destination = names.addresses(self.destination, family, LinkLocal::Never)?;
        let mut protocols = Names::protocols(self.protocol, family)?;
        let (source_port, destination_port) =
            (names.ports(self.source_port)?, names.ports(self.destination_port)?);
        if !source_port.is_all(PORTS) || !destination_port.is_all(PORTS) {
            // To pf a packet without ports has port 0.
            let with_ports = [TCP, UDP].map(|p| (u128::from(p), u128::from(p)));
            protocols = protocols.intersect(&Set::of(with_ports.to_vec()));
        }
        Ok(Scope {
            on,
            open_on: On::none(),
            open_why: GUESSED,
            family,
            protocols,
            source: source.set,
            destination: destination.set,
            source_port,
            destination_port,
            tagged: None,
            unknown: source.unknown.is_some() || destination.unknown.is_some(),
        })
    }
}

pub(super) fn families(text: &str) -> &'static [Family] {
    match text {
        "inet" => &[Family::V4],
        "inet6" => &[Family::V6],
        _ => &Family::BOTH,
    }
}

fn forward(
    row: &ForwardRow,
    rows: &Rows,
    names: &Names,
    tags: &mut Tags,
    out: &mut Vec<Redirect>,
) -> Result<(), String> {
    let look = Look {
        protocol: &row.protocol,
        source: &row.source,
        source_port: row.source_port.as_deref(),
        destination: &row.destination,
        destination_port: row.destination_port.as_deref(),
    };
    let mut why = None;
    for family in families(&row.family) {
        let mut on = names.on(row.interface.as_deref(), Some(*family))?;
        let mut open_on = On::none();
        if reflects(row.reflection.as_deref(), rows.switches.reflection) && !row.no_rdr {
            open_on = guessed(names, *family, &on);
            inside(names, *family).for_each(|id| on.add(id));
        }
        let targets = targets(&row.target, names, *family);
        if targets.is_empty() && !row.no_rdr {
            why = Some(format!("its target `{}` names nothing", row.target));
            continue;
        }
        match look.scope(names, *family, on) {
            Ok(mut scope) => {
                scope.open_on.clone_from(&open_on);
                scope.tagged = tags.number(row.tagged.as_deref());
                out.push(Redirect {
                    shift: None,
                    label: label("rdr", &row.uuid, &row.description),
                    ports: ports(row, &scope, names)?,
                    scope,
                    exempt: row.no_rdr,
                    pass: row.pass.as_deref() == Some("pass"),
                    targets,
                    tag: tags.number(row.tag.as_deref()),
                });
                why = None;
            }
            Err(reason) => why = Some(reason),
        }
    }
    why.map_or(Ok(()), Err)
}

/// What a row says of reflection, or else the switch.
pub(super) fn reflects(row: Option<&str>, switch: bool) -> bool {
    match row {
        Some("purenat" | "enable" | "1") => true,
        Some("disable" | "0") => false,
        _ => switch,
    }
}

/// Interfaces on which reflection repeats a redirect: those with addresses and without any gateway.
pub(super) fn inside(names: &Names, family: Family) -> impl Iterator<Item = DeviceId> {
    let devices = names.devices.iter().enumerate();
    devices.filter_map(move |(id, device)| {
        let assigned = device.enabled && device.key.is_some();
        let has_address = device.addresses.iter().any(|a| Family::of(*a) == family);
        (assigned && has_address && !device.has_gateway4() && !device.has_gateway6()).then_some(id)
    })
}

/// Why reflection is open on an interface.
pub(super) const GUESSED: &str = "reflection depends on whether an IPv6 gateway was chosen for this static interface, which is told nowhere";

/// Interfaces of which no row tells whether they are among those: which IPv6 gateway was chosen for a static
/// one, if any.
pub(super) fn guessed(names: &Names, family: Family, own: &On) -> On {
    let mut open = On::none();
    for (id, device) in names.devices.iter().enumerate() {
        let assigned = device.enabled && device.key.is_some();
        let has_address = device.addresses.iter().any(|a| Family::of(*a) == family);
        let is_open = device.gateway6_guessed && !device.has_gateway4();
        if assigned && has_address && is_open && !own.contains(id) {
            open.add(id);
        }
    }
    open
}

/// Offsets are kept within a range; an alias as local port gives its first port.
fn ports(row: &ForwardRow, scope: &Scope, names: &Names) -> Result<Option<Ports>, String> {
    let Some(text) = row.target_port.as_deref().map(str::trim).filter(|t| !t.is_empty()) else {
        return Ok(None);
    };
    if row.destination_port.as_deref() == Some(text) {
        return Ok(None);
    }
    let port = |n: Option<u128>| n.and_then(|n| u16::try_from(n).ok());
    let to = match names.tables.ports(text).and_then(<[String]>::first) {
        Some(first) => port(names.ports(Some(first))?.first()),
        None => port(names.ports(Some(text))?.first()),
    };
    let Some(to) = to else { return Ok(None) };
    let from = port(scope.destination_port.first()).unwrap_or(0);
    // Only a range that is written as one is shifted; the ports of an alias all become the same.
    let written = row.destination_port.as_deref().unwrap_or_default();
    let is_range = names.tables.ports(written).is_none()
        && scope.destination_port.intervals().len() == 1
        && scope.destination_port.len() > 1
        && !written.is_empty();
    Ok(Some(Ports { from, to, fixed: !is_range }))
}

/// pf takes turns among targets; more than these are told nowhere.
pub(super) const MOST_TARGETS: usize = 64;

/// Addresses that a target stands for, in order.
pub(super) fn targets(text: &str, names: &Names, family: Family) -> Vec<u128> {
    let text = text.trim();
    if let Some((of, number)) = super::route::parse_number(text) {
        return if of == family { vec![number] } else { Vec::new() };
    }
    if let Some(first) = text
        .strip_suffix("ip")
        .and_then(|key| names.devices_of(key))
        .and_then(|ids| names.device(*ids.first()?))
        .and_then(|device| device.first_address(family))
    {
        return vec![first];
    }
    let Ok(term) = names.addresses(&[text.to_owned()], family, LinkLocal::Never) else {
        return Vec::new();
    };
    let points = term.set.intervals().iter().flat_map(|(a, b)| *a..=*b);
    if text.is_empty() { Vec::new() } else { points.take(MOST_TARGETS).collect() }
}

pub(super) fn label(kind: &'static str, uuid: &str, description: &str) -> Label {
    Label { kind, uuid: uuid.to_owned(), description: description.to_owned() }
}

/// Redirects of the captive portal (priority 2): the block rule of a zone tells that it is on.
fn portal(names: &Names, rules: &[Rule]) -> Vec<Redirect> {
    let mut redirects = Vec::new();
    for rule in rules.iter().filter(|r| r.row.origin == "automatic" && r.asleep.is_none()) {
        let [source] = rule.row.source.as_slice() else { continue };
        let Some(zone) = source
            .strip_prefix("!__captiveportal_zone_")
            .and_then(|zone| zone.parse::<u16>().ok())
            .filter(|_| rule.row.destination == rule.row.source)
        else {
            continue;
        };
        let filtered = names.release >= PORTAL_FILTERED;
        let https = 8000 + zone;
        let has_https = rules.iter().any(|r| {
            r.row.origin == "automatic"
                && r.row.interface == rule.row.interface
                && r.row.destination_port.as_deref() == Some(https.to_string().as_str())
        });
        let outside = vec![source.clone()];
        let own = vec!["(self)".to_owned()];
        let mut add = |port: &str, destination: &[String], to: u16| {
            for family in Family::BOTH {
                if family == Family::V6 && !filtered {
                    continue;
                }
                let look = Look {
                    protocol: "tcp",
                    source: &outside,
                    source_port: None,
                    destination,
                    destination_port: Some(port),
                };
                let Ok(mut scope) = look.scope(names, family, rule.on.clone()) else { continue };
                scope.unknown = false;
                let device = (0..names.devices.len()).find(|id| rule.on.contains(*id));
                let target = match family {
                    Family::V4 => Some(0x7f00_0001),
                    Family::V6 => {
                        device.and_then(|id| names.device(id)).and_then(|d| d.first_address(family))
                    }
                };
                redirects.push(Redirect {
                    shift: None,
                    label: label("rdr", "", &format!("Redirect to Captive Portal (zone {zone})")),
                    scope,
                    exempt: false,
                    pass: !filtered,
                    targets: target.into_iter().collect(),
                    ports: Some(Ports { from: 0, to, fixed: true }),
                    tag: None,
                });
            }
        };
        add("80", &outside, 9000 + zone);
        if has_https {
            add("443", if filtered { &own } else { &outside }, https);
        }
    }
    redirects
}

/// `no rdr` for what the anti-lockout rules protect, where the API does not list it (before 26.1).
fn lockout(names: &Names, rules: &[Rule]) -> Vec<Redirect> {
    let protects = |r: &&Rule| {
        r.row.origin == "automatic"
            && r.asleep.is_none()
            && r.row.description.eq_ignore_ascii_case("anti-lockout rule")
    };
    let mut exemptions = Vec::new();
    for rule in rules.iter().filter(protects) {
        let Some(key) = rule.row.interface.as_deref() else { continue };
        let own = vec![format!("{key}ip")];
        let any = vec!["any".to_owned()];
        let look = Look {
            protocol: "tcp",
            source: &any,
            source_port: None,
            destination: &own,
            destination_port: rule.row.destination_port.as_deref(),
        };
        for family in Family::BOTH {
            let Ok(mut scope) = look.scope(names, family, rule.on.clone()) else { continue };
            if rule.row.condition.is_some() {
                scope.open_on = std::mem::replace(&mut scope.on, On::none());
                scope.open_why = "anti-lockout exempts the ports of the web interface and of SSH, which the index does not hold";
            }
            exemptions.push(Redirect {
                shift: None,
                label: label("rdr", "", "anti-lockout"),
                scope,
                exempt: true,
                pass: false,
                targets: Vec::new(),
                ports: None,
                tag: None,
            });
        }
    }
    exemptions
}
