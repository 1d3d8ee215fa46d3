//! What a setting is: its names, what it means, and where its value goes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use directories::BaseDirs;

use super::address::Address;
use super::age::Age;
use super::cadence::{self, Cadence};
use super::error::{Shown, ValueError};
use super::layer::Layer;
use crate::types::Secret;

/// More than this and the firewall's own web page waits behind us.
const MOST_IN_FLIGHT: usize = 8;

/// One setting, described once.
pub struct Key {
    /// As in TOML: `database`, `firewall.url`, `sync.on_start`.
    pub name: &'static str,
    pub about: &'static str,
    /// A value as one would type it in a shell.
    pub example: &'static str,
    pub default: Option<&'static str>,
    pub(super) slot: Slot,
}

/// The type of a setting together with its place in a [`Layer`], so that the two cannot differ.
pub(super) enum Slot {
    Text(Place<String>, fn(&str) -> Result<String, ValueError>),
    Secret(Place<Secret>),
    Address(Place<Address>),
    Path(Place<PathBuf>),
    Switch(Place<bool>),
    InFlight(Place<usize>),
    Timeout(Place<Duration>),
    Cadence(Place<Cadence>),
    Age(Place<Age>),
    /// A list in TOML, separated by commas elsewhere.
    Names(Place<Vec<String>>),
}

type Place<T> = fn(&mut Layer) -> &mut Option<T>;

impl Key {
    /// The environment variable: `firewall.url` is `OPNDEX_URL`, `log.json` is `OPNDEX_LOG_JSON`.
    pub fn env(&self) -> String {
        format!("OPNDEX_{}", self.short().replace('.', "_").to_uppercase())
    }

    /// The command-line flag without its dashes: `url`, `sync-on-start`.
    pub fn flag(&self) -> String {
        match self.name {
            // `--name` of `label` and `devices` is the name of a device.
            "firewall.name" => "firewall-name".to_owned(),
            _ => self.short().replace(['.', '_'], "-"),
        }
    }

    /// True or false, and true when given as a flag without a value.
    pub fn is_switch(&self) -> bool {
        matches!(self.slot, Slot::Switch(_))
    }

    /// Never to be shown or logged; as a flag it would stay in the history of a shell.
    pub fn is_secret(&self) -> bool {
        matches!(self.slot, Slot::Secret(_))
    }

    /// Most people have one firewall, so its keys need no prefix outside the file.
    pub(super) fn short(&self) -> &'static str {
        self.name.strip_prefix("firewall.").unwrap_or(self.name)
    }

    /// Written without quotes in TOML.
    pub(super) fn is_bare(&self) -> bool {
        matches!(self.slot, Slot::Switch(_) | Slot::InFlight(_))
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self.slot, Slot::Names(_))
    }

    /// What a TOML value of this key must be.
    pub(super) fn expected(&self) -> &'static str {
        match self.slot {
            Slot::Switch(_) => "a boolean",
            Slot::InFlight(_) => "a whole number",
            Slot::Names(_) => "a list of strings",
            _ => "a string",
        }
    }

    /// The example as TOML.
    pub(super) fn toml_example(&self) -> String {
        self.toml(self.example)
    }

    pub(super) fn toml(&self, text: &str) -> String {
        let name = self.name.rsplit('.').next().unwrap_or(self.name);
        if self.is_list() {
            let quoted: Vec<String> = names(text).map(|name| format!("\"{name}\"")).collect();
            return format!("{name} = [{}]", quoted.join(", "));
        }
        let quote = if self.is_bare() { "" } else { "\"" };
        format!("{name} = {quote}{text}{quote}")
    }

    /// Puts the value of `text` into `layer`.
    pub(super) fn set(&self, layer: &mut Layer, text: &str) -> Result<(), ValueError> {
        let text = text.trim();
        // An empty list is a decision: none of them.
        if text.is_empty() && !self.is_list() {
            return Err(ValueError::Empty);
        }
        match &self.slot {
            Slot::Text(place, check) => *place(layer) = Some(check(text)?),
            Slot::Secret(place) => *place(layer) = Some(Secret::new(text)),
            Slot::Address(place) => *place(layer) = Some(Address::read(text)?),
            Slot::Path(place) => *place(layer) = Some(from_home(text)),
            Slot::Switch(place) => *place(layer) = Some(switch(text)?),
            Slot::InFlight(place) => *place(layer) = Some(in_flight(text)?),
            Slot::Timeout(place) => *place(layer) = Some(cadence::timeout(text)?),
            Slot::Cadence(place) => *place(layer) = Some(text.parse()?),
            Slot::Age(place) => *place(layer) = Some(text.parse()?),
            Slot::Names(place) => *place(layer) = Some(names(text).map(str::to_owned).collect()),
        }
        Ok(())
    }

    /// Takes the value of `weaker` when `stronger` has none.
    pub(super) fn fill(&self, stronger: &mut Layer, weaker: &mut Layer) {
        fn fill<T>(stronger: &mut Option<T>, weaker: &mut Option<T>) {
            if stronger.is_none() {
                *stronger = weaker.take();
            }
        }
        match &self.slot {
            Slot::Text(place, _) => fill(place(stronger), place(weaker)),
            Slot::Secret(place) => fill(place(stronger), place(weaker)),
            Slot::Address(place) => fill(place(stronger), place(weaker)),
            Slot::Path(place) => fill(place(stronger), place(weaker)),
            Slot::Switch(place) => fill(place(stronger), place(weaker)),
            Slot::InFlight(place) => fill(place(stronger), place(weaker)),
            Slot::Timeout(place) => fill(place(stronger), place(weaker)),
            Slot::Cadence(place) => fill(place(stronger), place(weaker)),
            Slot::Age(place) => fill(place(stronger), place(weaker)),
            Slot::Names(place) => fill(place(stronger), place(weaker)),
        }
    }

    pub(super) fn is_set(&self, layer: &mut Layer) -> bool {
        match &self.slot {
            Slot::Text(place, _) => place(layer).is_some(),
            Slot::Secret(place) => place(layer).is_some(),
            Slot::Address(place) => place(layer).is_some(),
            Slot::Path(place) => place(layer).is_some(),
            Slot::Switch(place) => place(layer).is_some(),
            Slot::InFlight(place) => place(layer).is_some(),
            Slot::Timeout(place) => place(layer).is_some(),
            Slot::Cadence(place) => place(layer).is_some(),
            Slot::Age(place) => place(layer).is_some(),
            Slot::Names(place) => place(layer).is_some(),
        }
    }

    /// Makes a relative path relative to `folder`.
    pub(super) fn rebase(&self, layer: &mut Layer, folder: &Path) {
        if let Slot::Path(place) = &self.slot
            && let Some(path) = place(layer)
        {
            *path = folder.join(&*path);
        }
    }
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty())
}

fn from_home(text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), BaseDirs::new()) {
        (Some(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => PathBuf::from(text),
    }
}

fn switch(text: &str) -> Result<bool, ValueError> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(ValueError::Switch(Shown::new(text))),
    }
}

fn in_flight(text: &str) -> Result<usize, ValueError> {
    let requests: usize = text.parse().map_err(|_| ValueError::Number(Shown::new(text)))?;
    if (1..=MOST_IN_FLIGHT).contains(&requests) {
        Ok(requests)
    } else {
        Err(ValueError::InFlight { most: MOST_IN_FLIGHT })
    }
}
