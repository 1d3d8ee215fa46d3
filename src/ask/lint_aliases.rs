//! Findings about aliases: unused, switched off, empty.

use std::collections::BTreeSet;

use super::lint::{About, Finding, Severity, finding};
use super::ruleset::Loaded;

/// Words in which rules, translations and other aliases name things.
fn named(loaded: &Loaded) -> BTreeSet<String> {
    let rows = &loaded.rows;
    let mut words = BTreeSet::new();
    let mut add = |text: &str| {
        for word in text.split(',') {
            words.insert(word.trim().trim_start_matches('!').to_owned());
        }
    };
    for r in &rows.rules {
        r.source
            .iter()
            .chain(&r.destination)
            .chain(&r.source_port)
            .chain(&r.destination_port)
            .for_each(|t| add(t));
    }
    for f in &rows.forwards {
        f.source
            .iter()
            .chain(&f.destination)
            .chain(&f.source_port)
            .chain(&f.destination_port)
            .chain(&f.target_port)
            .for_each(|t| add(t));
        add(&f.target);
    }
    for o in &rows.outbound {
        o.source
            .iter()
            .chain(&o.destination)
            .chain(&o.source_port)
            .chain(&o.destination_port)
            .chain(&o.target)
            .for_each(|t| add(t));
    }
    for o in &rows.one_to_one {
        o.source.iter().chain(&o.destination).for_each(|t| add(t));
    }
    for alias in &rows.aliases {
        alias.content.iter().for_each(|t| add(t));
    }
    words
}

pub(super) fn aliases(loaded: &Loaded, all: &mut Vec<Finding>) {
    let named = named(loaded);
    let own = |a: &crate::rules::AliasRow| {
        matches!(a.kind.as_str(), "internal" | "external") || a.name.starts_with("__")
    };
    for alias in loaded.rows.aliases.iter().filter(|a| !own(a)) {
        let used = named.contains(&alias.name);
        if !used {
            let text = format!("alias `{}` is used nowhere", alias.name);
            all.push(finding(
                "unused_alias",
                Severity::Info,
                About::Alias(&alias.name),
                text,
                "Delete it, unless something outside the rules uses it.",
            ));
        }
        if used && !alias.enabled {
            let text =
                format!("alias `{}` is switched off but used: it matches nothing", alias.name);
            all.push(finding(
                "disabled_alias",
                Severity::Medium,
                About::Alias(&alias.name),
                text,
                "Switch it on, or take it out of the rules.",
            ));
        }
        let empty = loaded.rows.tables.iter().any(|t| t.name == alias.name && t.entries.is_empty());
        if used && alias.enabled && empty && !alias.content.is_empty() {
            let text = format!(
                "alias `{}` has content but its table is empty: nothing of it resolved",
                alias.name
            );
            all.push(finding(
                "unresolved_alias",
                Severity::Medium,
                About::Alias(&alias.name),
                text,
                "See why it does not resolve: DNS, a download, a licence.",
            ));
        }
    }
}
