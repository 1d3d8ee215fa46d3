//! Source NAT to translations: manual rules, the automatic ones, and what reflection adds.

use std::borrow::Cow;

use crate::types::Release;

use super::lower::Tags;
use super::lower_nat::{Look, families, label, targets};
use super::rows::Rows;
use super::rows_nat::OutboundRow;
use super::ruleset::On;
use super::terms::Names;
use super::translate::{Outbound, Redirect, Scope};

/// Manual source NAT is bound to the mode from here on; before, it was loaded whatever the mode. The API
/// shows automatic rules since, in the modes that have them.
const MODE_BINDS: Release = Release::new(26, 1, 11);

/// Source NAT rules that are loaded, in order: MVC, legacy, automatic.
pub(super) fn outbound_rows<'r>(
    rows: &'r Rows,
    names: &Names,
    gaps: &mut Vec<String>,
) -> Vec<Cow<'r, OutboundRow>> {
    let mode = rows.switches.outbound_mode.as_deref();
    let manual = matches!(mode, None | Some("hybrid" | "advanced"));
    let shown = rows.outbound.iter().any(|row| row.origin == "automatic");
    let automatic = match mode {
        Some(mode) => matches!(mode, "automatic" | "hybrid" | ""),
        None => shown || names.release < MODE_BINDS,
    };
    let loaded = |row: &&OutboundRow| {
        row.enabled
            && match row.origin.as_str() {
                "automatic" => false,
                "legacy" => manual,
                _ => manual || names.release < MODE_BINDS,
            }
    };
    let mut ordered: Vec<Cow<'r, OutboundRow>> =
        rows.outbound.iter().filter(loaded).map(Cow::Borrowed).collect();
    ordered.sort_by_key(|row| (row.origin == "legacy", row.position.unwrap_or(0)));
    if automatic {
        let added = automatic_rows(rows, names);
        if mode.is_none() && !shown && !added.is_empty() {
            gaps.push("the mode of outbound NAT is not in the index; automatic rules are assumed to be loaded (it is in config.xml: `opndex import`)".to_owned());
        }
        ordered.extend(added.into_iter().map(Cow::Owned));
    }
    ordered
}

/// What the modes automatic and hybrid load: every network of an interface without a gateway, loopback, and the
/// pools of legacy VPN clients, leaves by every interface that has one under its address (`filter_auto_source_nat`). The rows of the API
/// are a summary that counts an interface whose gateway has no address now.
fn automatic_rows(rows: &Rows, names: &Names) -> Vec<OutboundRow> {
    let assigned = || names.devices.iter().filter(|d| d.enabled);
    let keys = |d: &super::ruleset::Device| d.key.clone();
    let mut source: Vec<String> = assigned()
        .filter(|d| !d.has_gateway4() && !d.networks.v4.is_empty())
        .filter_map(keys)
        .collect();
    source.push("127.0.0.0/8".to_owned());
    source.extend(rows.vpn_pools.iter().filter(|pool| !pool.contains(':')).cloned());
    let outer = assigned().filter(|d| d.has_gateway4() && !d.name.starts_with("ovpn"));
    let row = |key: &str, isakmp: bool| {
        let shown = rows.outbound.iter().find(|row| {
            let for_isakmp = row.destination_port.as_deref() == Some("500");
            row.origin == "automatic"
                && row.interface.as_deref() == Some(key)
                && for_isakmp == isakmp
        });
        OutboundRow {
            uuid: shown.map_or_else(|| format!("automatic_{key}"), |row| row.uuid.clone()),
            origin: "automatic".to_owned(),
            interface: Some(key.to_owned()),
            source: source.clone(),
            // Both ends keep port 500, or IKE peers would not know each other.
            destination_port: isakmp.then(|| "500".to_owned()),
            static_port: isakmp,
            description: "Automatic outbound rule".to_owned(),
            ..OutboundRow::default()
        }
    };
    outer.filter_map(keys).flat_map(|key| [row(&key, true), row(&key, false)]).collect()
}

pub(super) fn outbound(
    row: &OutboundRow,
    names: &Names,
    tags: &mut Tags,
    out: &mut Vec<Outbound>,
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
        let on = names.on(row.interface.as_deref(), Some(*family))?;
        match look.scope(names, *family, on.clone()) {
            Ok(mut scope) => {
                scope.tagged = tags.number(row.tagged.as_deref());
                let target = row.target.as_deref().map(str::trim).filter(|t| !t.is_empty());
                let targets = match target {
                    Some(text) => targets(text, names, *family),
                    None => (0..names.devices.len())
                        .find(|id| on.contains(*id))
                        .and_then(|id| names.device(id))
                        .and_then(|d| d.first_address(*family))
                        .into_iter()
                        .collect(),
                };
                out.push(Outbound {
                    label: label("nat", &row.uuid, &row.description),
                    scope,
                    exempt: row.no_nat,
                    targets,
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

/// What `enablenatreflectionhelper` adds to a redirect: who shares the network of the target is told apart by
/// an address of the firewall, so that answers come back through it.
pub(super) fn reflected(redirect: &Redirect, names: &Names) -> Vec<Outbound> {
    let scope = &redirect.scope;
    let here = names.devices.iter().enumerate().filter(|(id, _)| scope.on.contains(*id));
    let made = here.filter_map(|(id, device)| {
        let mut on = On::none();
        on.add(id);
        let targets = match redirect.shift {
            Some((from, to)) => scope.destination.shift(from, to),
            None => super::set::Set::of(redirect.targets.iter().map(|t| (*t, *t)).collect()),
        };
        let ports = match redirect.ports {
            None => scope.destination_port.clone(),
            Some(ports) if ports.fixed => super::set::Set::point(ports.to.into()),
            Some(ports) => scope.destination_port.shift(ports.from.into(), ports.to.into()),
        };
        Some(Outbound {
            label: redirect.label.clone(),
            scope: Scope {
                on,
                source: device.networks.of(scope.family).clone(),
                destination: targets,
                source_port: super::set::Set::interval(0, super::ruleset::PORTS),
                destination_port: ports,
                ..scope.clone()
            },
            exempt: false,
            targets: vec![device.first_address(scope.family)?],
            static_port: false,
            tag: None,
        })
    });
    made.collect()
}
