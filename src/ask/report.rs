//! Reports: the joined questions, asked in words.

use serde::Serialize;
use serde_json::{Value, json};

use crate::store::{
    JOINED, Joined, JoinedPage, JoinedSelection, Narrow, Subject, Total, Wire, joined,
};
use crate::types::{AddressRange, FirewallId, did_you_mean};

use super::answer::Answer;
use super::catalog::ColumnInfo;
use super::cursor;
use super::device::Device;
use super::error::AskError;
use super::joint::{about, joint};
use super::place::{interfaces, label};
use super::query::{self, Ask};

/// Devices that one name may mean before it must be told which.
const SAME_NAME: u32 = 3;

/// A report by name, and what it is about.
#[derive(Debug, Clone, Default)]
pub struct ReportQuery {
    pub report: String,
    /// Interface, address, port, name or device, as the report wants.
    pub about: Option<String>,
    /// `problems`, or for rules `pass` or `block`.
    pub only: Option<String>,
    /// Name of one firewall; all of them when absent.
    pub firewall: Option<String>,
    pub columns: Vec<String>,
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Only count.
    pub count_only: bool,
}

/// One report, described.
#[derive(Debug, Clone, Serialize)]
pub struct ReportInfo {
    pub name: &'static str,
    pub about: &'static str,
    /// What its `about` takes: nothing, interface, address, port, name or device.
    pub takes: &'static str,
    /// `about` may be left out.
    pub optional: bool,
    /// What `only` takes.
    pub only: &'static [&'static str],
    pub columns: Vec<ColumnInfo>,
}

/// Every report, in alphabetical order.
pub fn reports() -> Vec<ReportInfo> {
    let describe = |question: &&Joined| {
        let (takes, optional) = match question.subject {
            Subject::Nothing => ("nothing", true),
            Subject::Interface => ("interface", true),
            Subject::OneInterface => ("interface", false),
            Subject::Address => ("address", false),
            Subject::AnyAddress => ("address", true),
            Subject::Port => ("port", false),
            Subject::Name => ("name", true),
            Subject::Device => ("device", false),
        };
        let column = |c: &crate::store::JoinedColumn| ColumnInfo {
            name: c.name,
            kind: c.kind.as_str(),
            key: question.keys.contains(&c.name),
            indexed: false,
            about: c.about,
        };
        ReportInfo {
            name: question.name,
            about: question.about,
            takes,
            optional,
            only: narrows(question),
            columns: question.columns.iter().map(column).collect(),
        }
    };
    JOINED.iter().map(describe).collect()
}

impl Ask {
    /// Answers a report from the store alone.
    pub async fn report(&self, query: &ReportQuery) -> Result<Answer, AskError> {
        let question = find(&query.report)?;
        let limit = query::limit(query.limit)?;
        let shown = shown(question, &query.columns)?;
        let look = self.store.look();
        let known = look.firewalls().await?;
        let firewall =
            query.firewall.as_deref().map(|name| query::firewall(&known, name)).transpose()?;
        let scope = firewall.or_else(|| query::only(&known));
        let mut selection = JoinedSelection {
            question,
            firewall: scope,
            now: self.clock.now(),
            subject: None,
            range: None,
            number: None,
            verdict: None,
            after: None,
            limit: if query.count_only { 1 } else { limit },
        };
        narrow(query, &mut selection)?;
        self.subject(query, &mut selection).await?;
        let bound = format!(
            "report {}\n{:?}\n{:?}\n{:?}\n{:?}",
            question.name, scope, query.about, selection.subject, query.only
        );
        if let Some(text) = &query.after {
            selection.after = Some(cursor::decode(&bound, question.keys.len(), text)?);
        }
        let page = look.joined(&selection).await?;
        let about = about(&known, firewall);
        let next = page.next.as_ref().filter(|_| !query.count_only);
        let next = next.map(|key| cursor::encode(&bound, key));
        let freshness =
            joint(question.domains, &page.sources, &page.statuses, &about, self.clock.now());
        let (total, at_least) = match page.total {
            Total::Exactly(n) => (n, false),
            Total::AtLeast(n) => (n, true),
        };
        let (columns, rows) = if query.count_only {
            (Vec::new(), Vec::new())
        } else {
            cells(question, &shown, page, firewall, &about)
        };
        let mut answer = Answer {
            domain: question.name,
            columns,
            rows,
            total,
            total_is_at_least: at_least,
            next,
            freshness,
        };
        if query.columns.is_empty() && !answer.rows.is_empty() {
            query::leave_out_empty(&mut answer);
        }
        Ok(answer)
    }

    /// Fills what the report is about.
    async fn subject(
        &self,
        query: &ReportQuery,
        selection: &mut JoinedSelection,
    ) -> Result<(), AskError> {
        let given = query.about.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let question = selection.question;
        let wants = |wanted: &'static str| AskError::Subject {
            report: question.name,
            wanted,
            given: given.map_or_else(String::new, |text| {
                format!(", not `{}`", text.chars().take(60).collect::<String>())
            }),
        };
        match (question.subject, given) {
            (Subject::Nothing | Subject::Interface | Subject::Name | Subject::AnyAddress, None) => {
            }
            (Subject::Nothing, Some(_)) => return Err(wants("no subject: leave `about` out")),
            (Subject::OneInterface, None) => {
                return Err(wants("an interface or VLAN in `about`, such as IOT or vlan 30"));
            }
            (Subject::Device, None) => {
                return Err(wants("a device in `about`: its name, address or MAC address"));
            }
            (Subject::Interface | Subject::OneInterface, Some(text)) => {
                let wires = self.store.look().wiring().await?;
                let found = interfaces(&wires, selection.firewall, text)?;
                selection.subject = Some(encode(&found));
            }
            (Subject::Name, Some(text)) => selection.subject = Some(text.to_owned()),
            (Subject::Port, _) => {
                let port = given.and_then(port).ok_or_else(|| {
                    wants("a port in `about`: a number from 1 to 65535 or a service such as https")
                })?;
                selection.number = Some(port.into());
            }
            (Subject::Address | Subject::AnyAddress, _) => {
                let text =
                    given.ok_or_else(|| wants("an address, network or device in `about`"))?;
                self.address(query, text, selection).await?;
            }
            (Subject::Device, Some(text)) => {
                let devices = self.which(text, query.firewall.as_deref()).await?;
                let pairs: Vec<Value> =
                    devices.iter().map(|d| json!([d.firewall.get(), d.id])).collect();
                selection.subject = Some(Value::from(pairs).to_string());
            }
        }
        Ok(())
    }

    async fn address(
        &self,
        query: &ReportQuery,
        text: &str,
        selection: &mut JoinedSelection,
    ) -> Result<(), AskError> {
        let range = if let Ok(range) = text.parse::<AddressRange>() {
            range
        } else {
            let devices = self.which(text, query.firewall.as_deref()).await?;
            let ip = devices
                .iter()
                .find_map(|d| d.ipv4.as_deref().or(d.ipv6.first().map(String::as_str)));
            ip.and_then(|ip| ip.parse().ok())
                .ok_or_else(|| AskError::NoDevice { name: text.chars().take(60).collect() })?
        };
        selection.range = Some(range);
        selection.subject = (range.first() == range.last()).then(|| range.first().to_string());
        Ok(())
    }

    /// The device that `text` names; several only when they are one name on several firewalls.
    pub(super) async fn which(
        &self,
        text: &str,
        firewall: Option<&str>,
    ) -> Result<Vec<Device>, AskError> {
        let found = self.devices_named(text, firewall, SAME_NAME).await?;
        let shown: String = text.chars().take(60).collect();
        match found.devices.as_slice() {
            [] => Err(AskError::NoDevice { name: shown }),
            [_] => Ok(found.devices),
            several => {
                let exact: Vec<Device> = several
                    .iter()
                    .filter(|d| d.names.iter().any(|name| name.eq_ignore_ascii_case(text)))
                    .cloned()
                    .collect();
                if exact.len() == 1 {
                    return Ok(exact);
                }
                let name = |d: &Device| {
                    let label = d.name.as_deref().unwrap_or(&d.id);
                    format!("{label} ({})", d.ipv4.as_deref().unwrap_or(&d.id))
                };
                let more = if found.total > u64::from(SAME_NAME) { " and others" } else { "" };
                let known = several.iter().map(name).collect::<Vec<_>>().join(", ");
                Err(AskError::SeveralDevices { name: shown, known: known + more })
            }
        }
    }
}

/// Words that `only` takes.
const fn narrows(question: &Joined) -> &'static [&'static str] {
    match question.narrows {
        Narrow::Nothing => &[],
        Narrow::Problems => &["problems"],
        Narrow::Verdict => &["pass", "block"],
    }
}

fn narrow(query: &ReportQuery, selection: &mut JoinedSelection) -> Result<(), AskError> {
    let Some(word) = query.only.as_deref().map(str::trim).filter(|word| !word.is_empty()) else {
        return Ok(());
    };
    let known = narrows(selection.question);
    let word = word.to_lowercase();
    let Some(word) = known.iter().copied().find(|known| *known == word) else {
        let wanted = match selection.question.narrows {
            Narrow::Nothing => "no `only`: leave it out",
            Narrow::Problems => "`problems` as `only`, or none",
            Narrow::Verdict => "`pass` or `block` as `only`, or none",
        };
        let given = format!(", not `{}`", word.chars().take(60).collect::<String>());
        return Err(AskError::Subject { report: selection.question.name, wanted, given });
    };
    match word {
        "problems" => selection.number = Some(1),
        verdict => selection.verdict = Some(verdict),
    }
    Ok(())
}

fn find(name: &str) -> Result<&'static Joined, AskError> {
    let wanted = name.trim().to_lowercase().replace(['-', ' '], "_");
    joined(&wanted).ok_or_else(|| {
        let names = || JOINED.iter().map(|question| question.name);
        AskError::UnknownReport {
            name: name.chars().take(60).collect(),
            suggestion: did_you_mean(&wanted, names()),
            known: names().collect::<Vec<_>>().join(", "),
        }
    })
}

/// Positions of the columns to show.
fn shown(question: &'static Joined, names: &[String]) -> Result<Vec<usize>, AskError> {
    let wanted: Vec<&str> =
        names.iter().flat_map(|n| n.split(',')).map(str::trim).filter(|n| !n.is_empty()).collect();
    let all = || question.columns.iter().map(|c| c.name);
    if wanted.is_empty() {
        let usual = question.columns.iter().enumerate().filter(|(_, c)| !c.is_extra);
        return Ok(usual.map(|(i, _)| i).collect());
    }
    let position = |name: &str| {
        all().position(|column| column.eq_ignore_ascii_case(name)).ok_or_else(|| {
            AskError::UnknownColumn {
                domain: question.name,
                name: name.chars().take(60).collect(),
                suggestion: did_you_mean(name, all()),
                known: all().collect::<Vec<_>>().join(", "),
            }
        })
    };
    wanted.into_iter().map(position).collect()
}

fn cells(
    question: &'static Joined,
    shown: &[usize],
    page: JoinedPage,
    firewall: Option<FirewallId>,
    about: &[(FirewallId, String)],
) -> (Vec<&'static str>, Vec<Vec<Value>>) {
    let mut columns: Vec<&'static str> =
        shown.iter().filter_map(|i| question.columns.get(*i)).map(|c| c.name).collect();
    let several = firewall.is_none() && about.len() > 1;
    if several {
        columns.insert(0, "firewall");
    }
    let row = |(row, id): (Vec<Value>, FirewallId)| {
        let name = about.iter().find(|(known, _)| *known == id).map(|(_, name)| name.as_str());
        let whose = several.then(|| Value::from(name));
        let cells = shown.iter().map(|i| row.get(*i).cloned().unwrap_or(Value::Null));
        whose.into_iter().chain(cells).collect()
    };
    (columns, page.rows.into_iter().zip(page.firewalls).map(row).collect())
}

/// As the SQL takes interfaces: firewall, device, names that rules know it by, description.
fn encode(wires: &[Wire]) -> String {
    let one = |wire: &Wire| {
        let names: Vec<&str> = wire.key.iter().chain(&wire.groups).map(String::as_str).collect();
        json!([wire.firewall.get(), wire.device, names, label(wire)])
    };
    Value::from(wires.iter().map(one).collect::<Vec<_>>()).to_string()
}

/// Well-known services by the names people use (IANA's, and those of the firewall's rule editor).
pub(super) const SERVICES: [(&str, u16); 24] = [
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("dns", 53),
    ("domain", 53),
    ("http", 80),
    ("pop3", 110),
    ("ntp", 123),
    ("imap", 143),
    ("snmp", 161),
    ("ldap", 389),
    ("https", 443),
    ("smb", 445),
    ("samba", 445),
    ("syslog", 514),
    ("submission", 587),
    ("imaps", 993),
    ("openvpn", 1194),
    ("mysql", 3306),
    ("rdp", 3389),
    ("postgres", 5432),
    ("vnc", 5900),
    ("wireguard", 51820),
];

/// A port by number or service.
pub(super) fn port(text: &str) -> Option<u16> {
    let lower = text.trim().to_lowercase();
    let text = lower.strip_prefix("port").unwrap_or(&lower).trim();
    let named = || SERVICES.iter().find(|(name, _)| *name == text).map(|(_, port)| *port);
    text.parse::<u16>().ok().filter(|port| *port > 0).or_else(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_has_a_number_or_a_name() {
        assert_eq!((port("443"), port("https"), port("port 22")), (Some(443), Some(443), Some(22)));
        assert_eq!((port("0"), port("70000"), port("nonsense")), (None, None, None));
    }

    #[test]
    fn reports_are_listed_by_name_and_described() {
        let names: Vec<&str> = reports().iter().map(|r| r.name).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(names, sorted);
        for report in reports() {
            assert!(report.about.ends_with('.'), "{}", report.name);
            for column in report.columns {
                assert!(column.about.ends_with('.'), "{}.{}", report.name, column.name);
            }
        }
    }
}
