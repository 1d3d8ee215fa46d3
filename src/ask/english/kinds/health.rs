//! Questions about the state of the firewalls.

use crate::ask::english::entity::Sort;

use super::kind::{Kind, columns, report, rows};

const CERTIFICATE: &[&str] = &["common_name", "description", "valid_to", "issuer", "in_use"];

pub(in crate::ask::english) static HEALTH: &[Kind] = &[
    Kind {
        name: "firewalls",
        says: "the firewalls, their releases and last syncs",
        needs: &["firewall firmware release version opnsense instance box update upgrade"],
        may: "available pending status list of which running run branch my installed current have there update do \
            does manage on",
        not: "rule alias vlan device ok problem blocked block overview",
        wants: &[],
        takes: &[Sort::Firewall],
        action: |_| report("firewalls", None),
    },
    Kind {
        name: "summary",
        says: "the state of everything in one compact answer",
        needs: &[
            "overview summary ok okay working problem health healthy wrong fine alright issue well",
        ],
        may: "everything network firewall anything is all there give right status good \
            attention need going any quick short brief how",
        not: "rule alias reservation dns vlan name",
        wants: &[],
        takes: &[Sort::Firewall],
        action: |_| report("summary", None),
    },
    Kind {
        name: "summary",
        says: "the state of everything in one compact answer",
        needs: &["anything something everything", "down broken failing failed dead"],
        may: "network firewall",
        not: "rule alias reservation dns vlan name device",
        wants: &[],
        takes: &[Sort::Firewall],
        action: |_| report("summary", None),
    },
    Kind {
        name: "permissions",
        says: "endpoints that did not answer and the privileges that are missing",
        needs: &["permission privilege denied 403 forbidden"],
        may: "user my api key need missing lack which what domain does have required access the \
            was endpoint",
        not: "rule",
        wants: &[],
        takes: &[],
        action: |_| report("permissions", None),
    },
    Kind {
        name: "freshness",
        says: "the firewalls and their last syncs",
        needs: &["fresh freshness sync synced index refreshed"],
        may: "when was did how is data old you failed complete last it up to date",
        not: "",
        wants: &[],
        takes: &[Sort::Firewall, Sort::Time],
        action: |_| report("firewalls", None),
    },
    Kind {
        name: "certificates",
        says: "certificates and when they expire",
        needs: &["certificate cert ssl"],
        may: "expire expiration expiry status check valid firewall tls there soon have validity next webgui",
        not: "expired",
        wants: &[],
        takes: &[],
        action: |s| {
            // "Soon" is within thirty days.
            let soon = s.says(&["soon", "next"]);
            let filter = format!("valid_to < {}", s.now.plus_seconds(30 * 86_400));
            columns("certificates", if soon { vec![filter] } else { Vec::new() }, CERTIFICATE)
        },
    },
    Kind {
        name: "expired_certificates",
        says: "certificates that have expired",
        needs: &["certificate cert ssl", "expired"],
        may: "already firewall tls there have",
        not: "",
        wants: &[],
        takes: &[],
        action: |s| columns("certificates", vec![format!("valid_to < {}", s.now)], CERTIFICATE),
    },
    Kind {
        name: "gateways",
        says: "gateways and their health",
        needs: &["gateway"],
        may: "status up down online offline loss latency delay health check state there have wan ok packet",
        not: "rule",
        wants: &[],
        takes: &[],
        action: |_| rows("gateway_status", Vec::new()),
    },
    Kind {
        name: "stopped_services",
        says: "services that are stopped",
        needs: &["service daemon", "down stopped offline dead failed inactive"],
        may: "which firewall there have currently",
        not: "dhcp",
        wants: &[],
        takes: &[],
        action: |_| rows("services", vec!["running = false".to_owned()]),
    },
    Kind {
        name: "monit",
        says: "what Monit watches, and what fails",
        needs: &["monit"],
        may: "failing failed fail failure alerting complaining complain check status say report watch monitored monitor do unhappy there have wrong anything something what",
        not: "alerts recipient test",
        wants: &[],
        takes: &[],
        action: |s| {
            let failing = s.says(&[
                "failing",
                "failed",
                "fail",
                "failure",
                "alerting",
                "complaining",
                "complain",
                "unhappy",
                "wrong",
            ]);
            let filter = failing.then(|| "ok = false".to_owned());
            rows("monit_status", filter.into_iter().collect())
        },
    },
    Kind {
        name: "service",
        says: "whether {} runs",
        needs: &["running run service daemon up started stopped status active down alive online"],
        may: "dns dhcp vpn server firewall still currently",
        not: "rule lease device",
        wants: &[&[Sort::Service]],
        takes: &[],
        action: |s| {
            let name = s.first(&[Sort::Service]).unwrap_or_default();
            rows("services", vec![format!("name = '{name}'")])
        },
    },
    Kind {
        name: "services",
        says: "the services and whether they run",
        needs: &["service daemon"],
        may: "running firewall status active started there have",
        not: "dhcp device down stopped",
        wants: &[],
        takes: &[],
        action: |_| rows("services", Vec::new()),
    },
    Kind {
        name: "system",
        says: "memory, load and state table of the firewall",
        needs: &["memory ram load uptime state cpu headroom resource"],
        may: "table size much left free firewall used usage how system full long up running limit pf capacity many",
        not: "vlan device lease interface network everything gateway",
        wants: &[],
        takes: &[],
        action: |_| rows("system", Vec::new()),
    },
    Kind {
        name: "disks",
        says: "how full the disks are",
        needs: &["disk storage filesystem swap"],
        may: "full space free left much usage used firewall headroom how on",
        not: "",
        wants: &[],
        takes: &[],
        action: |_| rows("disks", Vec::new()),
    },
];
