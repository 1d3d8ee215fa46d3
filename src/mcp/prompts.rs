//! Prompts for the common jobs: what a person picks from a menu, in the words of somebody who knows the tools.

use rmcp::ErrorData;
use rmcp::model::{GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::Value;

use crate::types::{clean, did_you_mean};

use super::tools;

/// Characters of an argument; more is no name or address.
const LONGEST: usize = 200;

/// One job.
struct Job {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    /// Name, description, required.
    arguments: &'static [(&'static str, &'static str, bool)],
    /// Says what to do, given the arguments.
    words: fn(Given<'_>) -> String,
}

/// The value of an argument, where there is one.
type Given<'a> = &'a dyn Fn(&str) -> Option<String>;

const FIREWALL: (&str, &str, bool) =
    ("firewall", "Name of one firewall; all of them when absent.", false);

/// In the order of a menu.
static JOBS: &[Job] = &[
    Job {
        name: "network_overview",
        title: "Network overview",
        about: "What is on this network, and is everything in order?",
        arguments: &[FIREWALL],
        words: overview,
    },
    Job {
        name: "find_device",
        title: "Tell me about a device",
        about: "Everything known about one device: addresses, names, leases, and the rules that mention it.",
        arguments: &[("device", "Address, hardware address or name.", true)],
        words: device,
    },
    Job {
        name: "why_blocked",
        title: "Why can't X reach Y?",
        about: "Which rule decides a connection, and what would have to change.",
        arguments: &[
            ("source", "Address or name of the device that connects.", true),
            ("destination", "Address or name of what it cannot reach.", true),
            ("port", "Destination port or service, such as 443 or tcp/22.", false),
        ],
        words: blocked,
    },
    Job {
        name: "what_changed",
        title: "What changed?",
        about: "What is different since a moment: devices, leases, rules, and whose change it was.",
        arguments: &[
            ("since", "A moment such as `2 hours ago`, `yesterday 14:00` or an ISO time.", false),
            FIREWALL,
        ],
        words: changed,
    },
    Job {
        name: "audit",
        title: "Security audit",
        about: "Rules that allow too much, what is exposed, unknown devices, and what could not be checked.",
        arguments: &[FIREWALL],
        words: audit,
    },
];

pub(super) fn listed() -> Vec<Prompt> {
    let argument = |(name, about, required): &(&str, &str, bool)| {
        PromptArgument::new(*name).with_description(*about).with_required(*required)
    };
    JOBS.iter()
        .map(|job| {
            let arguments = job.arguments.iter().map(argument).collect();
            Prompt::new(job.name, Some(job.about), Some(arguments)).with_title(job.title)
        })
        .collect()
}

/// Whether `prompt` takes `argument`.
pub(super) fn takes(prompt: &str, argument: &str) -> bool {
    JOBS.iter()
        .any(|job| job.name == prompt && job.arguments.iter().any(|(name, ..)| *name == argument))
}

pub(super) fn said(name: &str, given: &JsonObject) -> Result<GetPromptResult, ErrorData> {
    let names = || JOBS.iter().map(|job| job.name);
    let job = JOBS.iter().find(|job| job.name == name).ok_or_else(|| {
        let shown: String = clean(name).chars().take(60).collect();
        let known = names().collect::<Vec<_>>().join(", ");
        let why = format!(
            "no prompt is called `{shown}`{}; prompts: {known}",
            did_you_mean(name, names())
        );
        ErrorData::invalid_params(why, None)
    })?;
    let value = |wanted: &str| {
        let text = given.get(wanted).and_then(Value::as_str).map(str::trim)?;
        (!text.is_empty()).then(|| clean(text).chars().take(LONGEST).collect::<String>())
    };
    if let Some((missing, about, _)) =
        job.arguments.iter().find(|(name, _, required)| *required && value(name).is_none())
    {
        let why = format!("the prompt `{name}` needs `{missing}`: {about}");
        return Err(ErrorData::invalid_params(why, None));
    }
    let message = PromptMessage::new_text(Role::User, (job.words)(&value));
    let mut result = GetPromptResult::new(vec![message]);
    result.description = Some(job.about.to_owned());
    Ok(result)
}

/// `words` where this server has `tool`, else `otherwise`.
fn with(tool: &str, words: &str, otherwise: &str) -> String {
    let has = tools::ALL.iter().any(|known| known.name == tool);
    (if has { words } else { otherwise }).to_owned()
}

fn of(firewall: Option<String>) -> String {
    firewall.map_or_else(String::new, |name| format!(" of the firewall `{name}`"))
}

/// What holds for every answer.
const HONESTY: &str = "Say of what moment the answers are (`as_of`), and what was stale, missing or could not be read (`notes`). \
    Do not guess what the index does not hold.";

fn overview(value: Given<'_>) -> String {
    let report = with("report", "Ask `report` for the summary, then ", "");
    format!(
        "Give me an overview of the network{}. {report}Use `status` for the freshness, `query` on `interfaces` and `vlans` for the \
         networks, and count the devices of each with `sql` over `arp` and `dhcp_leases`. Keep it to one short table of the networks \
         (name, VLAN tag, subnet, devices) and a list of problems. {HONESTY}",
        of(value("firewall"))
    )
}

fn device(value: Given<'_>) -> String {
    let device = value("device").unwrap_or_default();
    format!(
        "Tell me about the device `{device}`. Begin with `locate`. Say its names, addresses, hardware address and vendor, the network it \
         is on, whether it is there now, whether its address is reserved, and which aliases or rules mention it. {HONESTY}"
    )
}

fn blocked(value: Given<'_>) -> String {
    let (source, destination) =
        (value("source").unwrap_or_default(), value("destination").unwrap_or_default());
    let port = value("port").map_or_else(String::new, |port| format!(" on port {port}"));
    let decide = with(
        "trace",
        "Then `trace` the connection: it says which rule decides it.",
        "Then read the rules of the source's interface with `query` on `firewall_rules`, in order of `position`: floating rules first, \
         then groups, then the interface; the first `quick` match decides. Look aliases up in `aliases`. `!` negates.",
    );
    format!(
        "Why can `{source}` not reach `{destination}`{port}? Find both with `locate`, so that you know their addresses and interfaces. \
         {decide} Name the deciding rule by its description and position, say why it matches, and what the smallest change would be. \
         Also consider that the devices may be on one network, where no firewall is between them. Change nothing. {HONESTY}"
    )
}

fn changed(value: Given<'_>) -> String {
    let since = value("since").unwrap_or_else(|| "24 hours ago".to_owned());
    let how = with(
        "changes",
        "Ask `changes` for the differences between then and now.",
        "This server keeps no differences: the newest runs (resources opndex://run/...) say when something changed, not what. Say that plainly.",
    );
    format!(
        "What changed on the network{} since {since}? {how} Group it: configuration (rules, aliases, VLANs: who and when), devices that came \
         or went, addresses that moved. Leave out leases that were merely renewed. {HONESTY}",
        of(value("firewall"))
    )
}

fn audit(value: Given<'_>) -> String {
    let lint = with(
        "lint",
        "Begin with `lint`, which finds shadowed, unused and too broad rules.",
        "Read `firewall_rules` in order of `position`: rules that pass any source to any destination, disabled ones, ones without description.",
    );
    format!(
        "Audit the firewall configuration{}. {lint} Then: what is reachable from the internet (rules on WAN interfaces and port forwards), \
         aliases that nothing uses, devices without reservation or name on networks where only known ones belong. Order the findings by \
         risk, each with the rule or device it is about and one sentence of advice. Change nothing. {HONESTY}",
        of(value("firewall"))
    )
}
