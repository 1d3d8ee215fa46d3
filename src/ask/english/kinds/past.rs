//! Questions about the past.

use crate::ask::english::entity::Sort;
use crate::ask::english::past::{addresses, changes, new_devices, unseen_devices};

use super::kind::{Action, Kind, ONE};

pub(in crate::ask::english) static PAST: &[Kind] = &[
    Kind {
        name: "new_devices",
        says: "devices first seen {}",
        needs: &["new joined joining join first appeared", "device client host machine"],
        may: "network seen since monitor have has been joining in",
        not: "rule lease alias not offline",
        wants: &[],
        takes: &[Sort::Time],
        action: new_devices,
    },
    Kind {
        name: "unseen_devices",
        says: "devices not seen {}",
        needs: &["seen", "not unseen", "device client host machine"],
        may: "have has been since network",
        not: "new first",
        wants: &[],
        takes: &[Sort::Time],
        action: unseen_devices,
    },
    Kind {
        name: "address_history",
        says: "which addresses {} had, or who had it, and when",
        needs: &["history had before previously used changed change moved spoofing seen"],
        may: "dhcp lease mac ip address which who has have been device for over time did when its collision same \
            hardware",
        not: "rule alias route firewall configuration",
        wants: &[ONE],
        takes: &[Sort::Time],
        action: addresses,
    },
    Kind {
        name: "changes",
        says: "what changed {}",
        needs: &["change changed history happened edited modified ran differ difference"],
        may: "network table routing route rule firewall config configuration alias vlan interface between and your \
            log reservation lease there new when who last in around",
        not: "this if delete happen traffic",
        wants: &[],
        takes: &[Sort::Time, Sort::Alias],
        action: changes,
    },
    Kind {
        name: "rule_history",
        says: "who edited a rule",
        needs: &["rule", "created edited made wrote added changed"],
        may: "who when last this was by",
        not: "since",
        wants: &[],
        takes: &[Sort::Time],
        action: |_| {
            Action::Missing(
                "name the rule by its uuid: `changes` with `about` tells who saved what and when",
            )
        },
    },
    Kind {
        name: "then",
        says: "what was then {}",
        needs: &["online active connected there"],
        may: "device network what who was were how many lease",
        not: "traffic used bandwidth",
        wants: &[&[Sort::Time]],
        takes: &[],
        action: |_| {
            Action::Missing(
                "ask about that moment with `as_of` (`--as-of` on the command line), such as: devices as of yesterday 14:00",
            )
        },
    },
];
