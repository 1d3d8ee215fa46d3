//! Everything one source has to say.

use std::sync::Arc;

use serde_json::Value;
use tokio::task::{JoinError, JoinSet};
use tracing::Instrument as _;

use super::client::Client;
use super::error::PullError;
use super::request::{Request, Spelling};
use crate::domain::{Each, Items, Source, items};
use crate::types::{Release, clean};

/// The answers to one source, undecoded: one body, one for all and one for each interface, or one for
/// each item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulled {
    pub bodies: Vec<Vec<u8>>,
    /// Key and label of every interface and group, for sources that need them.
    pub interfaces: Option<Vec<(String, String)>>,
    /// The item that each body is about, for sources that are asked for items.
    pub items: Vec<String>,
    /// Items that were not asked for, as a sentence.
    pub cut: Option<String>,
}

impl Pulled {
    /// What the bodies are read with: two answers are the same only when this is, too.
    pub fn keys(&self) -> Vec<(String, String)> {
        let items = self.items.iter().chain(&self.cut).map(|item| (item.clone(), String::new()));
        self.interfaces.iter().flatten().cloned().chain(items).collect()
    }
}

/// Keys and labels, shared by every source of a run.
pub(super) type Interfaces = Arc<[(String, String)]>;

/// From 25.1; knows groups too.
const INTERFACE_LIST: &str = "firewall/filter/get_interface_list";
const INTERFACE_LIST_PRIVILEGE: &str = "page-filter-api";
/// On every release, but without groups.
const OVERVIEW: &str = "interfaces/overview/interfaces_info";
const OVERVIEW_PRIVILEGE: &str = "page-status-interfaces";

impl Client {
    /// A body that fails fails the whole pull: a part of the rows would read as the rest being gone.
    pub(super) async fn bodies(
        &self,
        source: &Source,
        release: Release,
    ) -> Result<Pulled, PullError> {
        self.learn(release);
        let request = Request::of(source, release);
        if let Each::Item(items) = source.each {
            return self.each_item(&request, items, release).await;
        }
        let for_each = matches!(source.each, Each::Interface);
        let mut asked = Asked::default();
        asked.ask(self, request.clone());
        let interfaces = if for_each || source.labels.is_some() {
            Some(self.interfaces(release).await?)
        } else {
            None
        };
        if for_each {
            for (key, _) in interfaces.iter().flat_map(|list| list.iter()) {
                asked.ask(self, request.for_interface(key));
            }
        }
        let bodies = asked.answers().await?;
        let interfaces = interfaces.map(|list| list.to_vec());
        Ok(Pulled { bodies, interfaces, ..Pulled::default() })
    }

    async fn each_item(
        &self,
        request: &Request,
        wanted: &'static Items,
        release: Release,
    ) -> Result<Pulled, PullError> {
        let list = self.ask(&Request::of(&wanted.list, release)).await?;
        let all = items(wanted, &list).map_err(|cause| {
            self.link().protocol(wanted.list.path, "lists nothing", Some(Box::new(cause)))
        })?;
        let (taken, cut) = choose(wanted, all);
        let mut asked = Asked::default();
        for item in &taken {
            asked.ask(self, request.for_item(wanted.place, item));
        }
        Ok(Pulled { bodies: asked.answers().await?, items: taken, cut, ..Pulled::default() })
    }

    /// Fetched once per run, by whoever needs it first; the others wait for that answer.
    async fn interfaces(&self, release: Release) -> Result<Interfaces, PullError> {
        let known = self.known_interfaces();
        known.get_or_try_init(|| self.fetch_interfaces(release)).await.cloned()
    }

    async fn fetch_interfaces(&self, release: Release) -> Result<Interfaces, PullError> {
        let spelling = Spelling::on(release);
        let list = Request::get(INTERFACE_LIST, INTERFACE_LIST_PRIVILEGE, spelling);
        let (path, found) = match self.ask(&list).await {
            Ok(body) => (INTERFACE_LIST, from_list(&body)),
            Err(PullError::Absent { .. }) => {
                let overview = Request::search(OVERVIEW, OVERVIEW_PRIVILEGE, spelling);
                (OVERVIEW, from_overview(&self.ask(&overview).await?))
            }
            Err(error) => return Err(error),
        };
        let interfaces =
            found.ok_or_else(|| self.link().protocol(path, "has no list of interfaces", None))?;
        Ok(interfaces.into())
    }
}

/// Longest list of names in a sentence about what was cut.
const NAMED: usize = 10;

/// The items to ask for, and a sentence about the others.
fn choose(wanted: &Items, mut all: Vec<(String, Option<i64>)>) -> (Vec<String>, Option<String>) {
    // What is known to be empty is not asked for.
    all.retain(|(_, n)| *n != Some(0));
    let of = all.len();
    let fits = |n: &Option<i64>| n.is_none_or(|n| n <= wanted.most_rows);
    let (small, large): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, n)| fits(n));
    let too_large =
        large.iter().map(|(name, n)| format!("{name} ({} rows)", n.unwrap_or_default()));
    let too_many = small.iter().skip(wanted.most).map(|(name, _)| name.clone());
    let cut: Vec<String> = too_large.chain(too_many).collect();
    let sentence = (!cut.is_empty()).then(|| {
        let names = cut.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = cut.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("{} of {of} were not read: {names}{more}", cut.len())
    });
    (small.into_iter().take(wanted.most).map(|(name, _)| name).collect(), sentence)
}

/// Requests of one pull, in flight together as far as the gate lets them. Dropping it stops them.
#[derive(Default)]
struct Asked {
    tasks: JoinSet<(usize, Result<Vec<u8>, PullError>)>,
}

impl Asked {
    fn ask(&mut self, client: &Client, request: Request) {
        let (place, client) = (self.tasks.len(), client.clone());
        self.tasks.spawn(async move { (place, client.ask(&request).await) }.in_current_span());
    }

    /// In the order asked; the first failure ends the others.
    async fn answers(mut self) -> Result<Vec<Vec<u8>>, PullError> {
        let mut bodies = vec![Vec::new(); self.tasks.len()];
        while let Some(done) = self.tasks.join_next().await {
            let (place, body) = done.map_err(gone)?;
            if let Some(slot) = bodies.get_mut(place) {
                *slot = body?;
            }
        }
        Ok(bodies)
    }
}

/// A task of ours ends early only when the runtime shuts down, or by a defect, which must be seen.
fn gone(error: JoinError) -> PullError {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => PullError::Cancelled,
    }
}

/// `{"groups": {"items": [{"value", "label"}]}, "interfaces": {…}, …}`; PHP writes empty maps as `[]`.
fn from_list(body: &[u8]) -> Option<Vec<(String, String)>> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let items =
        |section: &str| json.get(section)?.get("items").map(|items| named(items, "value", "label"));
    let mut found = items("interfaces")?;
    found.extend(items("groups").unwrap_or_default());
    Some(found)
}

fn from_overview(body: &[u8]) -> Option<Vec<(String, String)>> {
    let json: Value = serde_json::from_slice(body).ok()?;
    Some(named(json.get("rows").filter(|rows| rows.is_array())?, "identifier", "description"))
}

/// Devices without an interface have no key and are left out.
fn named(items: &Value, key: &str, label: &str) -> Vec<(String, String)> {
    let text = |item: &Value, field: &str| {
        item.get(field).and_then(Value::as_str).map(|text| clean(text).into_owned())
    };
    let pairs = items.as_array().into_iter().flatten().filter_map(|item| {
        let key = text(item, key).filter(|key| !key.is_empty())?;
        Some((key, text(item, label).unwrap_or_default()))
    });
    pairs.collect()
}
