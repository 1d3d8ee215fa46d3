//! NAT rows to translations, in the order in which OPNsense writes them (reference 6.6).

use crate::types::Release;

use super::lower::Tags;
use super::rows::{ForwardRow, NptRow, OneToOneRow, OutboundRow, Rows};
use super::ruleset::{On, Rule};
use super::set::{Family, Set, number};
use super::tables;
use super::terms::Names;
use super::translate::{Binat, Label, Outbound, Ports, Redirect, Scope, Translations};

/// Manual source NAT is bound to the mode from here on; before, it was loaded whatever the mode.
const MODE_BINDS: Release = Release::new(26, 1, 11);
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
    let mut forwards: Vec<&ForwardRow> = rows.forwards.iter().filter(|f| f.enabled).collect();
    // Anti-lockout exemptions (priority 300) come before forwards (600), whatever their position says.
    forwards.sort_by_key(|f| (!f.uuid.starts_with("lockout"), f.position.unwrap_or(0)));
    let mut said = Vec::new();
    for row in forwards {
        if let Err(why) = forward(row, rows, names, tags, &mut all.redirects) {
            said.push(format!(
                "port forward `{}` is left out: {why}",
                title(&row.description, &row.uuid)
            ));
        }
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
        if let Err(why) = one_to_one(row, names, &mut all) {
            said.push(format!(
                "one-to-one NAT `{}` is left out: {why}",
                title(&row.description, &row.uuid)
            ));
        }
    }
    for row in outbound_rows(rows, names) {
        if let Err(why) = outbound(row, names, tags, &mut all.outbound) {
            said.push(format!(
                "source NAT `{}` is left out: {why}",
                title(&row.description, &row.uuid)
            ));
        }
    }
    gaps.append(&mut said);
    all
}

fn title<'t>(description: &'t str, uuid: &'t str) -> &'t str {
    if description.is_empty() { uuid } else { description }
}

/// What a NAT rule looks at, in one family.
struct Look<'a> {
    interface: Option<&'a str>,
    protocol: &'a str,
    source: &'a [String],
    source_port: Option<&'a str>,
    destination: &'a [String],
    destination_port: Option<&'a str>,
}

impl Look<'_> {
    fn scope(&self, names: &Names, family: Family, on: On) -> Result<Scope, String> {
        let source = names.addresses(self.source, family, self.interface)?;
        let destination = names.addresses(self.destination, family, self.interface)?;
        Ok(Scope {
            on,
            family,
            protocols: Names::protocols(self.protocol, family)?,
            source: source.set,
            destination: destination.set,
            source_port: names.ports(self.source_port)?,
            destination_port: names.ports(self.destination_port)?,
            tagged: None,
            unknown: source.unknown.is_some() || destination.unknown.is_some(),
        })
    }
}

fn families(text: &str) -> &'static [Family] {
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
        interface: row.interface.as_deref(),
        protocol: &row.protocol,
        source: &row.source,
        source_port: row.source_port.as_deref(),
        destination: &row.destination,
        destination_port: row.destination_port.as_deref(),
    };
    let mut on = names.on(row.interface.as_deref())?;
    if reflects(row, rows) && !row.no_rdr {
        // The same redirect on every interface without a gateway of its own.
        for (id, device) in names.devices.iter().enumerate() {
            if device.enabled && device.key.is_some() && device.has_gateway != Some(true) {
                on.add(id);
            }
        }
    }
    let mut why = None;
    for family in families(&row.family) {
        let targets = targets(&row.target, names, *family);
        if targets.is_empty() && !row.no_rdr {
            why = Some(format!("its target `{}` names nothing", row.target));
            continue;
        }
        match look.scope(names, *family, on.clone()) {
            Ok(mut scope) => {
                scope.tagged = tags.number(row.tagged.as_deref());
                out.push(Redirect {
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

fn reflects(row: &ForwardRow, rows: &Rows) -> bool {
    match row.reflection.as_deref() {
        Some("purenat" | "enable" | "1") => true,
        Some("disable" | "0") => false,
        _ => rows.switches.reflection,
    }
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
    let fixed = scope.destination_port.intervals().len() != 1 || row.destination_port.is_none();
    Ok(Some(Ports { from, to, fixed }))
}

/// pf takes turns among targets; more than these are told nowhere.
const MOST_TARGETS: usize = 64;

/// Addresses that a target stands for, in order.
fn targets(text: &str, names: &Names, family: Family) -> Vec<u128> {
    let text = text.trim();
    if let Some((of, number)) = super::route::parse_number(text) {
        return if of == family { vec![number] } else { Vec::new() };
    }
    if let Some(first) = text
        .strip_suffix("ip")
        .and_then(|key| names.devices_of(key))
        .and_then(|ids| names.device(*ids.first()?))
        .and_then(|device| first_address(&device.addresses, family))
    {
        return vec![first];
    }
    let Ok(term) = names.addresses(&[text.to_owned()], family, None) else { return Vec::new() };
    let points = term.set.intervals().iter().flat_map(|(a, b)| *a..=*b);
    if text.is_empty() { Vec::new() } else { points.take(MOST_TARGETS).collect() }
}

/// `(dev:0)`: the first address that is no link-local one.
fn first_address(addresses: &[std::net::IpAddr], family: Family) -> Option<u128> {
    let mine = || addresses.iter().filter(|a| Family::of(**a) == family).map(|a| number(*a));
    mine()
        .find(|n| family == Family::V4 || !super::terms::fe80().contains(*n))
        .or_else(|| mine().next())
}

fn label(kind: &'static str, uuid: &str, description: &str) -> Label {
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
                    interface: rule.row.interface.as_deref(),
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
                    Family::V6 => device
                        .and_then(|id| names.device(id))
                        .and_then(|d| first_address(&d.addresses, family)),
                };
                redirects.push(Redirect {
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
            interface: Some(key),
            protocol: "tcp",
            source: &any,
            source_port: None,
            destination: &own,
            destination_port: rule.row.destination_port.as_deref(),
        };
        for family in Family::BOTH {
            let Ok(scope) = look.scope(names, family, rule.on.clone()) else { continue };
            exemptions.push(Redirect {
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

fn prefix(row: &NptRow, names: &Names) -> Result<Binat, String> {
    let on = names.on(row.interface.as_deref())?;
    binat("binat", &row.uuid, &row.description, on, &row.source, &row.destination, names).map(
        |mut b| {
            b.peer = Set::interval(0, b.family.last());
            b
        },
    )
}

fn one_to_one(row: &OneToOneRow, names: &Names, all: &mut Translations) -> Result<(), String> {
    let on = names.on(row.interface.as_deref())?;
    let source = row.source.first().map_or("", String::as_str);
    if row.kind.eq_ignore_ascii_case("binat") {
        let mut made =
            binat("binat", &row.uuid, &row.description, on, source, &row.external, names)?;
        made.peer = names.addresses(&row.destination, made.family, row.interface.as_deref())?.set;
        all.binats.push(made);
        return Ok(());
    }
    // Type `nat` translates outbound only.
    let look = Look {
        interface: row.interface.as_deref(),
        protocol: "any",
        source: &row.source,
        source_port: None,
        destination: &row.destination,
        destination_port: None,
    };
    let outside = tables::nets(row.external.trim())
        .and_then(|nets| nets.first().copied())
        .ok_or_else(|| format!("`{}` is no address", row.external))?;
    let family = Family::of(outside.addr());
    all.outbound.push(Outbound {
        label: label("nat", &row.uuid, &row.description),
        scope: look.scope(names, family, on)?,
        exempt: false,
        target: Some(number(outside.network())),
        static_port: false,
        tag: None,
    });
    Ok(())
}

fn binat(
    kind: &'static str,
    uuid: &str,
    description: &str,
    on: On,
    inside: &str,
    outside: &str,
    names: &Names,
) -> Result<Binat, String> {
    let outside_net = tables::nets(outside.trim())
        .and_then(|nets| nets.first().copied())
        .ok_or_else(|| format!("`{outside}` is no address or network"))?;
    let family = Family::of(outside_net.addr());
    let set = names.addresses(&[inside.to_owned()], family, None)?.set;
    let [(first, last)] = set.intervals() else {
        return Err(format!("`{inside}` is not one network"));
    };
    let span = last - first;
    Ok(Binat {
        label: label(kind, uuid, description),
        on,
        family,
        inside: *first,
        span,
        // The outside takes the size of the inside.
        outside: number(outside_net.network()),
        peer: Set::empty(),
    })
}

/// Source NAT rules that are loaded, in order: MVC, legacy, automatic.
fn outbound_rows<'r>(rows: &'r Rows, names: &Names) -> Vec<&'r OutboundRow> {
    let mode = rows.switches.outbound_mode.as_deref();
    let manual = matches!(mode, None | Some("hybrid" | "advanced"));
    let automatic = matches!(mode, None | Some("automatic" | "hybrid"));
    let rank = |row: &OutboundRow| match row.origin.as_str() {
        "automatic" => 2,
        "legacy" => 1,
        _ => 0,
    };
    let loaded = |row: &&OutboundRow| {
        row.enabled
            && match row.origin.as_str() {
                "automatic" => automatic && has_gateway(row, rows),
                "legacy" => manual,
                _ => manual || names.release < MODE_BINDS,
            }
    };
    let mut ordered: Vec<&OutboundRow> = rows.outbound.iter().filter(loaded).collect();
    ordered.sort_by_key(|row| (rank(row), row.position.unwrap_or(0)));
    ordered
}

/// Automatic source NAT is written for interfaces with an IPv4 gateway only (reference 6.8); the API lists
/// it all the same while a dynamic gateway has no address.
fn has_gateway(row: &OutboundRow, rows: &Rows) -> bool {
    let Some(interface) = row.interface.as_deref() else { return true };
    rows.gateways.is_empty()
        || rows.gateways.iter().any(|g| {
            g.interface.as_deref() == Some(interface)
                && g.family == "inet"
                && g.enabled
                && g.address.is_some()
        })
}

fn outbound(
    row: &OutboundRow,
    names: &Names,
    tags: &mut Tags,
    out: &mut Vec<Outbound>,
) -> Result<(), String> {
    let on = names.on(row.interface.as_deref())?;
    let look = Look {
        interface: row.interface.as_deref(),
        protocol: &row.protocol,
        source: &row.source,
        source_port: row.source_port.as_deref(),
        destination: &row.destination,
        destination_port: row.destination_port.as_deref(),
    };
    let mut why = None;
    for family in families(&row.family) {
        match look.scope(names, *family, on.clone()) {
            Ok(mut scope) => {
                scope.tagged = tags.number(row.tagged.as_deref());
                let target = row.target.as_deref().map(str::trim).filter(|t| !t.is_empty());
                let target = match target {
                    Some(text) => targets(text, names, *family).first().copied(),
                    None => (0..names.devices.len())
                        .find(|id| on.contains(*id))
                        .and_then(|id| names.device(id))
                        .and_then(|d| first_address(&d.addresses, *family)),
                };
                out.push(Outbound {
                    label: label("nat", &row.uuid, &row.description),
                    scope,
                    exempt: row.no_nat,
                    target,
                    static_port: row.static_port,
                    tag: tags.number(row.tag.as_deref()),
                });
                why = None;
            }
            Err(reason) => why = Some(reason),
        }
    }
    why.map_or(Ok(()), Err)
}
