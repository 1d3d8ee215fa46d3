//! `opndex trace`: which rule decides a packet.

use std::fmt::Write as _;

use crate::ask::{Ask, RuleWord, Trace, TraceQuestion};

use super::args::Format;
use super::error::CliError;
use super::outcome::Outcome;
use super::rule_args::TraceArgs;
use super::table::{self, Grid};
use super::words;

pub(super) async fn run(ask: &Ask, args: &TraceArgs, format: Format) -> Result<Outcome, CliError> {
    let question = TraceQuestion {
        firewall: args.firewall.clone(),
        from: args.from.clone(),
        to: args.to.clone(),
        protocol: args.proto.clone(),
        port: None,
        source_port: args.source_port.clone(),
        interface: args.interface.clone(),
        at: args.at.clone(),
        icmp_type: args.icmp_type.clone(),
    };
    let trace = ask.trace(&question).await?;
    let answer = match format {
        Format::Json => return table::json(&trace).map(Outcome::answer),
        Format::Csv => csv(&trace)?,
        Format::Table => text(&trace),
    };
    let notes =
        format!("{}\n{}", words::freshness(&trace.freshness), words::notes(&trace.freshness));
    Ok(Outcome { notes, ..Outcome::answer(answer) })
}

/// What is said in order: the verdict, the way, the rules, the limits.
fn lines(trace: &Trace) -> Vec<(&'static str, String)> {
    let rule = |r: &RuleWord| {
        let on = r.interface.as_deref().map(|i| format!(" on {i}")).unwrap_or_default();
        format!(
            "{} {} rule {}{on} {} `{}`; {}",
            r.action, r.kind, r.number, r.uuid, r.description, r.why
        )
    };
    let mut all = vec![("verdict", trace.verdict.to_uppercase()), ("packet", trace.packet.clone())];
    all.extend(trace.understood.iter().map(|u| ("meaning", u.clone())));
    all.extend(trace.arrives_on.iter().map(|i| ("arrives on", i.clone())));
    all.extend(trace.nat.iter().map(|n| ("translated", n.clone())));
    all.extend(trace.rule.iter().map(|r| ("decided by", rule(r))));
    all.extend(trace.route.iter().map(|r| ("leaves by", r.clone())));
    all.extend(trace.source_nat.iter().map(|n| ("source NAT", n.clone())));
    all.extend(trace.rule_out.iter().map(|r| ("way out", rule(r))));
    all.extend(trace.reverse.iter().map(|r| ("reverse", r.clone())));
    all.extend(trace.near.iter().map(|r| ("came close", rule(r))));
    all.extend(trace.unknown.iter().map(|u| ("not known", u.clone())));
    all
}

fn text(trace: &Trace) -> String {
    let mut text = format!("{}\n\n", trace.summary);
    for (what, line) in lines(trace) {
        let _ = writeln!(text, "{what:<11} {line}");
    }
    text
}

fn csv(trace: &Trace) -> Result<String, CliError> {
    let mut grid = Grid::new(["field", "value"]);
    for (what, line) in lines(trace) {
        grid.row([what, &line]);
    }
    grid.csv()
}
