//! One-to-one NAT and prefix translation to translations.

use super::lower_nat::{GUESSED, Look, MOST_TARGETS, guessed, inside, label, reflects};
use super::lower_source_nat::reflected;
use super::rows::Rows;
use super::rows_nat::{NptRow, OneToOneRow};
use super::ruleset::On;
use super::set::{Family, Set, number};
use super::tables;
use super::terms::{LinkLocal, Names};
use super::translate::{Binat, Outbound, Redirect, Translations};

pub(super) fn prefix(row: &NptRow, names: &Names) -> Result<Binat, String> {
    let on = names.on(row.interface.as_deref(), Some(Family::V6))?;
    let outside = match row.destination.trim() {
        "" => own_prefix(row, names)?,
        text => text.to_owned(),
    };
    binat(&row.uuid, &row.description, on, &row.source, &outside, names).map(|mut b| {
        b.peer = Set::interval(0, b.family.last());
        b
    })
}

/// `(dev:0)/bits`: the prefix that the interface has now.
fn own_prefix(row: &NptRow, names: &Names) -> Result<String, String> {
    let key = row.track.as_deref().or(row.interface.as_deref()).unwrap_or_default();
    let device = names.devices_of(key).and_then(|ids| names.device(*ids.first()?));
    let address = device
        .and_then(|d| d.first_address(Family::V6))
        .ok_or_else(|| format!("`{key}` has no IPv6 address to take the prefix from"))?;
    let bits = row.source.split_once('/').map_or("128", |(_, bits)| bits);
    Ok(format!("{}/{bits}", Family::V6.address(address)))
}

pub(super) fn one_to_one(
    row: &OneToOneRow,
    rows: &Rows,
    names: &Names,
    all: &mut Translations,
    helpers: &mut Vec<Outbound>,
) -> Result<(), String> {
    let on = names.on(row.interface.as_deref(), None)?;
    let source = row.source.first().map_or("", String::as_str);
    let mapping = binat(&row.uuid, &row.description, on.clone(), source, &row.external, names)
        .and_then(|made| {
            let peer = names.addresses(&row.destination, made.family, LinkLocal::Never)?.set;
            Ok(Binat { peer, ..made })
        });
    // Either type is reflected: `rdr ... to external -> inside bitmask`.
    let reflects = reflects(row.reflection.as_deref(), rows.switches.one_to_one_reflection);
    if let Some(made) = mapping.as_ref().ok().filter(|_| reflects) {
        let rdr = reflection(made, names);
        if rows.switches.reflection_helper {
            helpers.extend(reflected(&rdr, names));
        }
        all.redirects.push(rdr);
    }
    if row.kind.eq_ignore_ascii_case("binat") {
        all.binats.push(mapping?);
        return Ok(());
    }
    // Type `nat` translates outbound only, behind every source NAT rule.
    let look = Look {
        protocol: "any",
        source: &row.source,
        source_port: None,
        destination: &row.destination,
        destination_port: None,
    };
    let outside = outer_net(&row.external)?;
    let family = Family::of(outside.addr());
    // An address takes the mask of a network inside.
    let span = match (row.external.contains('/'), source.contains('/')) {
        (false, true) => mapping.as_ref().map_or(0, |made| made.span),
        _ => Set::of_net(outside).len().saturating_sub(1),
    };
    let first = number(outside.network());
    helpers.push(Outbound {
        label: label("nat", &row.uuid, &row.description),
        scope: look.scope(names, family, on)?,
        exempt: false,
        targets: (first..=first.saturating_add(span)).take(MOST_TARGETS).collect(),
        static_port: false,
        tag: None,
    });
    Ok(())
}

/// The outer addresses as seen from inside: `rdr ... to external -> inside bitmask`.
fn reflection(binat: &Binat, names: &Names) -> Redirect {
    let mut on = On::none();
    inside(names, binat.family).filter(|id| !binat.on.contains(*id)).for_each(|id| on.add(id));
    let scope = super::translate::Scope {
        open_on: guessed(names, binat.family, &binat.on),
        on,
        open_why: GUESSED,
        family: binat.family,
        protocols: Set::interval(0, super::ruleset::BYTE),
        source: binat.peer.clone(),
        destination: binat.outside(),
        source_port: Set::interval(0, super::ruleset::PORTS),
        destination_port: Set::interval(0, super::ruleset::PORTS),
        tagged: None,
        unknown: false,
    };
    Redirect {
        label: binat.label.clone(),
        scope,
        exempt: false,
        pass: false,
        targets: vec![binat.inside],
        shift: Some((binat.outside, binat.inside)),
        ports: None,
        tag: None,
    }
}

fn outer_net(text: &str) -> Result<ipnet::IpNet, String> {
    tables::nets(text.trim())
        .and_then(|nets| nets.first().copied())
        .ok_or_else(|| format!("`{text}` is no address or network"))
}

fn binat(
    uuid: &str,
    description: &str,
    on: On,
    inside: &str,
    outside: &str,
    names: &Names,
) -> Result<Binat, String> {
    let outside_net = outer_net(outside)?;
    let family = Family::of(outside_net.addr());
    let set = names.addresses(&[inside.to_owned()], family, LinkLocal::Never)?.set;
    let [(first, last)] = set.intervals() else {
        return Err(format!("`{inside}` is not one network"));
    };
    let span = last - first;
    Ok(Binat {
        label: label("binat", uuid, description),
        on,
        family,
        inside: *first,
        span,
        // The outside takes the size of the inside.
        outside: number(outside_net.network()),
        peer: Set::empty(),
    })
}
