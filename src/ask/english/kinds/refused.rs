//! Questions that are understood and not answered from here: changes, traffic, logs.

use crate::ask::english::entity::Sort;

use super::kind::{Action, Kind};

const NO_FLOWS: &str = "opndex holds no traffic by device or over time: on the firewall, Reporting: Insight (NetFlow) and Reporting: Traffic show it. \
    What can be answered here: the counters of each interface (`query` interface_counters) and, where `sync.extra` names them, the busiest hosts and the \
    open connections of this moment (`query` top_talkers, pf_states).";
const NO_LOGS: &str = "opndex keeps no log: which packets were blocked or which client asked for a name is in the firewall's Live View (Firewall: Log Files) and, for DNS, \
    in Reporting: Unbound DNS. What can be answered here: the rules that block (`report` rules_for_port, rules_for_address) and, where `sync.extra` names it, \
    the newest lines of the firewall's log (`query` firewall_log).";
const READ_ONLY: &str = "opndex reads and never changes a firewall. Plan it instead: look at what refers to it (`report` references for an interface, aliases for an alias, rules_for_address for an address), \
    make the change in the web interface, then `refresh` and ask what changed.";

pub(in crate::ask::english) static REFUSED: &[Kind] = &[
    Kind {
        name: "write",
        says: "a change to the firewall",
        needs: &["delete remove block add create disable enable allow open close restart reboot \
                change rename set apply kill flush unblock edit update move turn"],
        may: "rule traffic from to alias vlan reservation lease port for blocking new firewall \
            device interface please address ip host network internet access off dns entry \
            record unbound dhcp service pool not and everything static tcp udp forward called \
            named reach access talk connect see",
        not: "",
        wants: &[],
        takes: &[
            Sort::Address,
            Sort::Range,
            Sort::Device,
            Sort::Group,
            Sort::Mac,
            Sort::Place,
            Sort::Port,
            Sort::Alias,
            Sort::Vendor,
            Sort::DomainName,
            Sort::Firewall,
        ],
        action: |_| Action::Refuse(READ_ONLY),
    },
    Kind {
        name: "traffic",
        says: "how much traffic there was",
        needs: &[
            "bandwidth traffic throughput usage gb mb 10gb download downloaded upload byte flow \
                busiest consumed gigabyte data",
        ],
        may: "much most what which how has have device used use using statistic more than \
            compare current to happening network check vlan interface for top talker statistics \
            stat going consume through on compared many did eat hog",
        not: "rule port block blocked",
        wants: &[],
        takes: &[
            Sort::Device,
            Sort::Group,
            Sort::Vendor,
            Sort::Place,
            Sort::Time,
            Sort::Address,
            Sort::Mac,
        ],
        action: |_| Action::Refuse(NO_FLOWS),
    },
    Kind {
        name: "activity",
        says: "which devices were most active",
        needs: &["most top", "active activity talker busy"],
        may: "device host which network client",
        not: "rule",
        wants: &[],
        takes: &[Sort::Place, Sort::Time],
        action: |_| Action::Refuse(NO_FLOWS),
    },
    Kind {
        name: "log",
        says: "what was blocked or asked for",
        needs: &["queried query blocked log logged bypassing bypass protocol happening"],
        may: "traffic which client device domain for got most vlan firewall rule any has have \
            what was find using start unusual strange weird odd suspicious alert if check network \
            going entry last been dns use",
        not: "list",
        wants: &[],
        takes: &[
            Sort::Device,
            Sort::Place,
            Sort::Time,
            Sort::DomainName,
            Sort::Address,
            Sort::Unknown,
        ],
        action: |_| Action::Refuse(NO_LOGS),
    },
    Kind {
        name: "log",
        says: "who asked for {}",
        needs: &[
            "lookup look looked visit visited request requested open opened browse",
            "who client device anyone anybody somebody someone",
        ],
        may: "which was been site website page up",
        not: "not",
        wants: &[&[Sort::DomainName]],
        takes: &[Sort::Time],
        action: |_| Action::Refuse(NO_LOGS),
    },
];
