//! A question in English, its reading, and the answer.

use serde::Serialize;
use serde_json::Value;

use crate::ask::answer::Answer;
use crate::ask::devices::DevicesQuery;
use crate::ask::error::AskError;
use crate::ask::query::{Ask, Query};
use crate::ask::trace::TraceQuestion;
use crate::store::NameIs;

use super::call::Call;
use super::entity::{Entity, Sort, entities};
use super::kinds::{Action, Kind, Slots};
use super::past;
use super::understand::{self, Fit};
use super::words::{LONGEST, words};

/// Readings offered when unsure.
const READINGS: usize = 3;

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Answered,
    /// Not understood for sure; `readings` are the nearest.
    Unsure,
    /// Understood, and not to be had here; `message` says what is missing.
    Refused,
}

/// What came of a question.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    pub outcome: Outcome,
    /// Kind of question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// In words, how it was understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub understood: Option<String>,
    /// The call that answers the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<Reading>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Found>,
}

/// An answer: rows, or what another question tells in its own form.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Found {
    Rows(Answer),
    Told(Value),
}

/// One way to understand it.
#[derive(Debug, Clone, Serialize)]
pub struct Reading {
    pub understood: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<Value>,
}

impl Ask {
    /// Answers `question` if it is understood beyond doubt.
    pub async fn english(&self, question: &str, firewall: Option<&str>) -> Result<Asked, AskError> {
        if let Some(name) = firewall {
            // A name that is none is refused before anything is understood.
            crate::ask::query::firewall(&self.store.firewalls().await?, name)?;
        }
        let mut words = words(question);
        if words.is_empty() || question.chars().count() > LONGEST {
            return Ok(unsure(
                format!(
                    "ask one question of at most {LONGEST} characters, such as: who is online on the guest network?"
                ),
                Vec::new(),
            ));
        }
        let mut found = entities(self, &words, firewall, &understand::is_spoken).await?;
        understand::inflected(&mut words, &mut found);
        let slots = Slots { words: &words, entities: &found, now: self.clock.now() };
        let mut fits = understand::fits(&slots);
        // What begins with a verb of change asks for a change; nothing else does.
        let command = understand::is_command(&words);
        fits.retain(|fit| (fit.kind.name == "write") == command);
        let Some(fit) = understand::decided(&fits) else {
            return Ok(nearest(&fits, &slots, firewall));
        };
        let kind = fit.kind;
        let understood = says(kind, &slots);
        match (kind.action)(&slots) {
            Action::Refuse(message) => Ok(Asked {
                outcome: Outcome::Refused,
                kind: Some(kind.name),
                understood: Some(understood),
                call: None,
                message: Some(message.to_owned()),
                readings: Vec::new(),
                answer: None,
            }),
            Action::Missing(what) => {
                Ok(unsure(what.to_owned(), vec![Reading { understood, call: None }]))
            }
            Action::Call(call) => {
                let (call, carried_out) = self.looked_up(call.of_firewall(firewall)).await;
                let written = call.written();
                match carried_out {
                    Ok(answer) => Ok(Asked {
                        outcome: Outcome::Answered,
                        kind: Some(kind.name),
                        understood: Some(understood),
                        call: Some(written),
                        message: guessed(&found),
                        readings: Vec::new(),
                        answer: Some(answer),
                    }),
                    // Understood, but what was named cannot be found or is several things: asking back helps.
                    Err(refused) if refused.is_refusal() => Ok(unsure(
                        refused.to_string(),
                        vec![Reading { understood, call: Some(written) }],
                    )),
                    Err(fault) => Err(fault),
                }
            }
        }
    }

    /// The call that answered, and what it gave: an address that no device has is the firewall's own, or known to a
    /// rule or a record.
    async fn looked_up(&self, call: Call) -> (Call, Result<Found, AskError>) {
        let found = self.carry_out(&call).await;
        match (elsewhere(&call), &found) {
            (Some(elsewhere), Ok(Found::Rows(answer)))
                if answer.total == 0 && answer.freshness.complete =>
            {
                let found = self.carry_out(&elsewhere).await;
                (elsewhere, found)
            }
            _ => (call, found),
        }
    }

    async fn carry_out(&self, call: &Call) -> Result<Found, AskError> {
        match call {
            Call::Devices(query) => self.devices(query).await.map(Found::Rows),
            Call::Report(query) => self.report(query).await.map(Found::Rows),
            Call::Query(query) => self.query(query).await.map(Found::Rows),
            Call::Trace(question) => {
                let trace = self.trace(question).await?;
                // A value of our own types is always JSON.
                Ok(Found::Told(serde_json::to_value(trace).unwrap_or_default()))
            }
            Call::Changes(asked) => {
                let changes = self.changes(asked).await?;
                Ok(Found::Told(serde_json::to_value(changes).unwrap_or_default()))
            }
            Call::Presence(asked) => {
                let presence = self.presence(asked).await?;
                Ok(Found::Told(serde_json::to_value(presence).unwrap_or_default()))
            }
            Call::Reach(question) => {
                let reach = self.reach(question).await?;
                Ok(Found::Told(serde_json::to_value(reach).unwrap_or_default()))
            }
            Call::Lint(question) => {
                let lint = self.lint(question).await?;
                Ok(Found::Told(serde_json::to_value(lint).unwrap_or_default()))
            }
            Call::Locate { what, firewall } => {
                let located = self.locate(what, firewall.as_deref()).await?;
                Ok(Found::Told(serde_json::to_value(located).unwrap_or_default()))
            }
        }
    }

    /// Whether a service of a firewall has exactly this name.
    pub(super) async fn is_service(&self, name: &str) -> Result<bool, AskError> {
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
            return Ok(false);
        }
        let query = Query {
            domain: "services".to_owned(),
            filters: vec![format!("name = '{name}'")],
            count_only: true,
            ..Query::default()
        };
        Ok(self.query(&query).await?.total > 0)
    }

    /// Whether an alias has exactly this name.
    pub(super) async fn is_alias(&self, name: &str) -> Result<bool, AskError> {
        // Aliases have names of letters, digits and underscores (pf tables); others need no look.
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Ok(false);
        }
        let query = Query {
            domain: "aliases".to_owned(),
            filters: vec![format!("name = '{name}'")],
            count_only: true,
            ..Query::default()
        };
        Ok(self.query(&query).await?.total > 0)
    }

    /// The name, if a device has exactly it.
    pub(super) async fn exact_device(
        &self,
        name: &str,
        firewall: Option<&str>,
    ) -> Result<Option<String>, AskError> {
        let found = self.devices_by(NameIs::Exactly(name.to_owned()), firewall).await?;
        Ok((found > 0).then(|| name.to_owned()))
    }

    /// Whether a word of some manufacturer's name is `text`: `ring` is no part of `Manufacturing` here.
    pub(super) async fn has_vendor(&self, text: &str) -> Result<bool, AskError> {
        let query = DevicesQuery {
            vendor: Some(text.to_owned()),
            columns: vec!["vendor".to_owned()],
            limit: Some(20),
            ..DevicesQuery::default()
        };
        let answer = self.devices(&query).await?;
        let text = text.to_lowercase();
        let begins_a_word = |vendor: &str| {
            let vendor = vendor.to_lowercase();
            vendor.match_indices(&text).any(|(at, _)| {
                let before = vendor.get(..at).and_then(|s| s.chars().next_back());
                let after = vendor.get(at + text.len()..).and_then(|s| s.chars().next());
                !before.is_some_and(char::is_alphanumeric)
                    && !after.is_some_and(char::is_alphanumeric)
            })
        };
        Ok(answer.rows.iter().flatten().filter_map(Value::as_str).any(begins_a_word))
    }
}

/// Where else an address may be known.
fn elsewhere(call: &Call) -> Option<Call> {
    let Call::Devices(query) = call else { return None };
    let what = query.name.as_ref().filter(|name| name.parse::<std::net::IpAddr>().is_ok())?;
    Some(Call::Locate { what: what.clone(), firewall: query.firewall.clone() })
}

fn unsure(message: String, readings: Vec<Reading>) -> Asked {
    Asked {
        outcome: Outcome::Unsure,
        kind: None,
        understood: None,
        call: None,
        message: Some(message),
        readings,
        answer: None,
    }
}

/// The nearest readings, and the words that stand in their way.
fn nearest(fits: &[Fit], slots: &Slots<'_>, firewall: Option<&str>) -> Asked {
    let mut readings: Vec<Reading> = Vec::new();
    for fit in fits {
        let reading = reading(fit.kind, slots, firewall);
        if readings.len() < READINGS && !readings.iter().any(|r| r.understood == reading.understood)
        {
            readings.push(reading);
        }
    }
    let unknown: Vec<String> = slots
        .entities
        .iter()
        .filter(|e| e.sort == Sort::Unknown)
        .map(|e| format!("`{}`", e.value))
        .collect();
    let message = if !unknown.is_empty() {
        format!(
            "nothing in the index is called {}; name a device, interface, VLAN, vendor or address",
            unknown.join(" or ")
        )
    } else if let Some(best) = fits.first().filter(|fit| !fit.unexplained.is_empty()) {
        let words: Vec<String> = best.unexplained.iter().map(|w| format!("`{w}`")).collect();
        format!("not understood: {}; choose a reading or ask in other words", words.join(", "))
    } else if readings.is_empty() {
        "this is no question I know; ask who is on a network, about a device, an address, VLANs, leases, reservations, names, rules or aliases".to_owned()
    } else {
        "this can be read in several ways; choose one".to_owned()
    };
    unsure(message, readings)
}

fn reading(kind: &Kind, slots: &Slots<'_>, firewall: Option<&str>) -> Reading {
    let call = match (kind.action)(slots) {
        Action::Call(call) => Some(call.of_firewall(firewall).written()),
        Action::Refuse(_) | Action::Missing(_) => None,
    };
    Reading { understood: says(kind, slots), call }
}

fn at_a_moment(kind: &Kind, slots: &Slots<'_>) -> bool {
    matches!((kind.action)(slots), Action::Call(Call::Presence(asked)) if asked.until.is_some())
}

/// Where both ends matter, which is which.
fn directed(call: &Call) -> Option<String> {
    match call {
        Call::Trace(question) => {
            let port = question.port.as_ref().map_or_else(String::new, |port| format!(":{port}"));
            let TraceQuestion { from, to, .. } = question;
            Some(format!("whether a packet from {from} to {to}{port} passes"))
        }
        Call::Reach(question) if question.to == "any" => {
            Some(format!("what may be reached from {}", question.from))
        }
        Call::Reach(question) => Some(format!("who may reach {}", question.to)),
        _ => None,
    }
}

/// The kind's words with the things that were named.
fn says(kind: &Kind, slots: &Slots<'_>) -> String {
    if let Action::Call(call) = (kind.action)(slots)
        && let Some(words) = directed(&call)
    {
        return words;
    }
    let understood = |e: &&Entity| {
        kind.takes.contains(&e.sort) || kind.wants.iter().any(|group| group.contains(&e.sort))
    };
    // "between IOT", "to IOT"; else "devices on IOT".
    let is_joined = ["between {}", "to {}", "from {}"].iter().any(|end| kind.says.contains(end));
    let mut things: Vec<String> = slots
        .entities
        .iter()
        .filter(|e| understood(e) && e.sort != Sort::Time)
        .map(|e| match e.sort {
            Sort::Place if !is_joined => format!("on {}", e.value),
            Sort::Range if !is_joined => format!("in {}", e.value),
            Sort::Vendor => format!("made by {}", e.value),
            Sort::Group => format!("named {}", e.value),
            _ => e.value.clone(),
        })
        .collect();
    // Words of time are one moment.
    if kind.takes.contains(&Sort::Time)
        && let Some(moment) = past::moment(slots)
    {
        let word = if at_a_moment(kind, slots) { "at" } else { "since" };
        things.push(format!("{word} {moment}"));
    }
    let states: Vec<&str> = if kind.name.starts_with("devices") {
        slots.words.iter().map(|w| w.stem.as_str()).filter(|w| is_state(w)).collect()
    } else {
        Vec::new()
    };
    let all: Vec<&str> = things.iter().map(String::as_str).chain(states).collect();
    kind.says.replace("{}", &all.join(", ")).trim_end().to_owned()
}

fn is_state(stem: &str) -> bool {
    use super::kinds::{OFFLINE, ONLINE, UNKNOWN};
    ONLINE.contains(&stem)
        || OFFLINE.contains(&stem)
        || UNKNOWN.contains(&stem)
        || matches!(stem, "reserved" | "randomised" | "randomized" | "not" | "no")
}

fn guessed(found: &[Entity]) -> Option<String> {
    let guesses: Vec<String> = found
        .iter()
        .filter_map(|e| Some(format!("`{}` was read as {}", e.guessed_from.as_ref()?, e.value)))
        .collect();
    (!guesses.is_empty()).then(|| guesses.join("; "))
}
