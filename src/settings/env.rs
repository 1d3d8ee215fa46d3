//! The environment as a layer: our own variables, and those that other OPNsense servers read.

use std::cmp::Reverse;

use super::error::{Place, SettingsError, Shown};
use super::key::Key;
use super::layer::Layer;
use super::table::{KEYS, by_name};
use crate::types::nearest;

const PREFIX: &str = "OPNDEX_";

/// Read by others: the CLI (which file), and our own tests.
const NOT_OURS: &[&str] =
    &["OPNDEX_CONFIG", "OPNDEX_FORMAT", "OPNDEX_PASSPHRASE", "OPNDEX_RECORDED"];
const TESTS: &str = "OPNDEX_TEST_";

/// Variables of other servers, strongest first, and the key each one means.
const BORROWED: &[(&str, &str)] = &[
    ("OPNSENSE_URL", "firewall.url"),
    ("OPNSENSE_HOST", "firewall.url"),
    ("OPNSENSE_API_KEY", "firewall.api_key"),
    ("OPNSENSE_API_SECRET", "firewall.api_secret"),
];

const VERIFY: &str = "OPNSENSE_VERIFY_SSL";

impl Layer {
    /// Reads `OPNDEX_*`, and `OPNSENSE_*` where nothing else is said. Other variables and empty
    /// ones are no concern of ours. Not `std::env::vars()`: it panics on text that is not UTF-8;
    /// give it `vars_os()` filtered by `into_string`.
    pub fn from_env(vars: impl Iterator<Item = (String, String)>) -> Result<Self, SettingsError> {
        let mut layer = Self::default();
        let mut borrowed = Vec::new();
        for (name, text) in vars.filter(|(_, text)| !text.trim().is_empty()) {
            if name.starts_with(PREFIX) {
                layer.set_variable(&name, &text)?;
            } else if name == VERIFY {
                layer.warnings.extend(ignored_verify(&text));
            } else if let Some(rank) = BORROWED.iter().position(|(other, _)| *other == name) {
                borrowed.push((rank, name, text));
            }
        }
        // Weakest first, so that the strongest is the last to speak.
        borrowed.sort_by_key(|(rank, ..)| Reverse(*rank));
        layer.borrow(borrowed)?;
        Ok(layer)
    }

    fn set_variable(&mut self, name: &str, text: &str) -> Result<(), SettingsError> {
        if NOT_OURS.contains(&name) || name.starts_with(TESTS) {
            return Ok(());
        }
        match KEYS.iter().find(|key| key.env() == name) {
            Some(key) => self.set_key(key, text, Place::Variable(name.to_owned())),
            None => Err(unknown(name)),
        }
    }

    fn borrow(&mut self, variables: Vec<(usize, String, String)>) -> Result<(), SettingsError> {
        let mut other = Self::default();
        for (rank, name, text) in variables {
            let key = BORROWED.get(rank).and_then(|(_, key)| by_name(key));
            if let Some(key) = key {
                other.set_key(key, &text, Place::Variable(name))?;
            }
        }
        self.borrowed = other.firewall;
        Ok(())
    }
}

/// Compared without the prefix, which would make all variables look alike.
fn unknown(name: &str) -> SettingsError {
    let known: Vec<String> = KEYS.iter().map(Key::env).collect();
    let rests = known.iter().filter_map(|known| known.strip_prefix(PREFIX));
    let rest = name.strip_prefix(PREFIX).unwrap_or(name);
    let hint = match nearest(rest, rests, 1).first() {
        Some(near) => format!("; did you mean `{PREFIX}{near}`?"),
        None => "; remove it".to_owned(),
    };
    let place = Place::Variable(name.to_owned());
    SettingsError::UnknownKey { place, name: Shown::new(rest), hint }
}

/// Other servers switch verification off here; we only say what to do instead.
fn ignored_verify(text: &str) -> Option<String> {
    let is_off = matches!(text.trim().to_ascii_lowercase().as_str(), "false" | "0" | "no" | "off");
    is_off.then(|| {
        format!(
            "{VERIFY} is ignored: without verification whoever is in between can read the API \
             secret; set `pin` to the SHA-256 of the firewall's certificate instead"
        )
    })
}
