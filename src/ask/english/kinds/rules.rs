//! Questions about rules, forwards and aliases.

use crate::ask::english::call::Call;
use crate::ask::english::entity::Sort;
use crate::ask::english::routing::{reach, trace};
use crate::ask::lint::LintQuestion;

use super::kind::{Action, Kind, Slots, only, report, rows};

const RULE: &str = "rule ruleset policy acl";
const ALIAS: &str = "alias aliase";

pub(in crate::ask::english) static RULES: &[Kind] = &[
    Kind {
        name: "rules",
        says: "firewall rules in evaluation order {}",
        needs: &[RULE],
        may: "firewall interface order evaluation whole complete entire apply applying network \
            filter active configured there search full vlan not one just evaluated have",
        not: "port alias create edited match matches log description unused shadowed between \
            changed why",
        wants: &[],
        takes: &[Sort::Place],
        action: |s| report("rules", s.first(&[Sort::Place])),
    },
    Kind {
        name: "rules_for_port",
        says: "rules that name port {}",
        needs: &["rule block blocking allow allowing open pass permit name use"],
        may: "port firewall which for tcp udp traffic with through deny denying reject \
            rejecting drop passing permitting touch mention concern affect using",
        not: "reach exposed internet",
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
        may: "match touch affect apply alias through also firewall name mention concern involve \
            this ip address use block blocking allow allowing pass passing deny reference \
            touching mentioning matching affecting include including included via nested about device",
        not: "port reach",
        wants: &[&[Sort::Address, Sort::Range, Sort::Device]],
        takes: &[],
        action: |s| {
            let about = s.first(&[Sort::Address, Sort::Range, Sort::Device]);
            only("rules_for_address", about, verdict(s))
        },
    },
    Kind {
        name: "blocked",
        says: "whether {} is blocked",
        needs: &["blocked allowed permitted"],
        may: "firewall",
        not: "who got rule which",
        wants: &[&[Sort::Address, Sort::Range, Sort::Device]],
        takes: &[Sort::Port],
        action: |_| {
            Action::Missing(
                "say both ends, such as: can nas reach the internet; or ask which rules name it",
            )
        },
    },
    Kind {
        name: "logging_rules",
        says: "firewall rules that log",
        needs: &[RULE, "log logging logged"],
        may: "firewall enabled packet their match",
        not: "without not no who device client bypassing",
        wants: &[],
        takes: &[],
        action: |_| rows("firewall_rules", vec!["log = true".to_owned()]),
    },
    Kind {
        name: "disabled_rules",
        says: "firewall rules that are switched off",
        needs: &[RULE, "disabled inactive off"],
        may: "firewall switched turned there have",
        not: "",
        wants: &[],
        takes: &[],
        action: |_| rows("firewall_rules", vec!["enabled = false".to_owned()]),
    },
    Kind {
        name: "alias_uses",
        says: "what uses the alias {}",
        needs: &["use using used reference refer alias rule depend need contain in referencing"],
        may: "alias rule firewall which where nat other that entry content",
        not: "unused delete",
        wants: &[&[Sort::Alias]],
        takes: &[],
        action: |s| report("aliases", s.first(&[Sort::Alias])),
    },
    Kind {
        name: "alias_problems",
        says: "aliases that are unused, missing or switched off although used",
        needs: &[
            ALIAS,
            "unused missing orphan orphaned dangling broken undefined renamed nonexistent stale \
                nothing not exist never deleted",
        ],
        may: "rule reference referencing use used which by or nobody firewall any still refer \
            longer no",
        not: "",
        wants: &[],
        takes: &[],
        action: |_| only("aliases", None, Some("problems")),
    },
    Kind {
        name: "aliases",
        says: "aliases and what uses them",
        needs: &[ALIAS],
        may: "firewall configured there have use used by which defined table",
        not: "unused missing not",
        wants: &[],
        takes: &[],
        action: |_| report("aliases", None),
    },
    Kind {
        name: "exposure",
        says: "rules that deserve a second look: open to the internet, any to any, without description",
        needs: &["exposed exposure exposing open audit hygiene insecure any-any any-to-any \
                description undocumented risky permissive"],
        may: "internet rule to what firewall security without no from outside world port wan \
            public any log logging or service accessible have do",
        not: "alias device",
        wants: &[],
        takes: &[],
        action: |_| report("exposure", None),
    },
    Kind {
        name: "port_forwards",
        says: "port forwards {}",
        needs: &["forward forwarded forwarding dnat port-forward"],
        may: "port nat to lead anything firewall there have which device host rule does permit permitted \
            filter",
        not: "dns add create",
        wants: &[],
        takes: &[Sort::Device, Sort::Address],
        action: |s| report("port_forwards", s.first(&[Sort::Device, Sort::Address])),
    },
    Kind {
        name: "idle_rules",
        says: "rules that have decided no packet",
        needs: &[RULE, "never unused idle hit"],
        may: "match matched matches firewall zero traffic that been have packet",
        not: "alias",
        wants: &[],
        takes: &[],
        action: |_| report("idle_rules", None),
    },
    Kind {
        name: "hidden_rules",
        says: "rules that never decide, because others hide them",
        needs: &[RULE, "shadow shadowed shadowing hidden hide mask masked override overridden"],
        may: "firewall never match another other by above there broad allow them",
        not: "alias dns host",
        wants: &[],
        takes: &[],
        action: |_| {
            let code = Some("shadowed_rule".to_owned());
            Action::Call(Call::Lint(LintQuestion { code, ..LintQuestion::default() }))
        },
    },
    Kind {
        name: "reach",
        says: "what may be reached from {}",
        needs: &[
            "what which where who everything anything",
            "reach access reachable accessible talk connect",
        ],
        may: "device host machine server vm vms network from able client anything everywhere else part",
        not: "why not rule port internet",
        wants: &[&[Sort::Place]],
        takes: &[],
        action: reach,
    },
    Kind {
        name: "trace",
        says: "whether a packet passes between {}",
        needs: &[
            "reach access connect talk get packet accessible reachable unreachable see allowed permitted arrow",
        ],
        may: "why not can internet to service from which rule would match allow allowed block blocked port \
            device host vm server network check is should be the what on tcp udp icmp ping smart supposed \
            client something simulate decide able out into pass through vms arrow",
        not: "reservation lease",
        wants: &[&[Sort::Device, Sort::Address, Sort::Range, Sort::Place]],
        takes: &[Sort::Port, Sort::Alias],
        action: trace,
    },
];

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
