//! A TOML file as a layer. Walked value by value, not deserialised: the table of keys decides what
//! exists, and every refusal can name the line.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Place, SettingsError, Shown, ValueError};
use super::key::{Key, Slot};
use super::layer::Layer;
use super::read::read_text;
use super::table::{KEYS, by_name};
use crate::types::did_you_mean;

const FILE_NAME: &str = "opndex.toml";

/// The list of firewalls; an entry has the keys of the section [`ONE`].
const MANY: &str = "firewalls";
const ONE: &str = "firewall";

/// `[lint.suppress]`: findings that somebody decided to live with, each with the reason.
const LINT: &str = "lint";
const SUPPRESS: &str = "suppress";

/// Where the settings file is unless another one is named, such as `~/.config/opndex/opndex.toml`.
/// `None` for a user without a home.
pub fn default_config_file() -> Option<PathBuf> {
    ProjectDirs::from("", "", "opndex").map(|dirs| dirs.config_dir().join(FILE_NAME))
}

impl Layer {
    /// Reads a settings file. Relative paths in it are relative to the folder it is in.
    pub fn from_file(path: &Path) -> Result<Self, SettingsError> {
        let file = read_text("settings file", path)?;
        let mut layer = from_text(path, &file.text)?;
        if file.is_exposed && layer.has_secret() {
            layer.warnings.push(format!(
                "settings file `{0}` holds an api_secret and other users of this machine can read \
                 it; run: chmod 600 '{0}'",
                path.display()
            ));
        }
        Ok(layer)
    }

    fn has_secret(&self) -> bool {
        self.firewalls.iter().chain([&self.firewall]).any(|f| f.api_secret.is_some())
    }
}

/// The layer that `text` says, were it the content of `path`.
pub(super) fn from_text(path: &Path, text: &str) -> Result<Layer, SettingsError> {
    let document = Document { path, text };
    let table = DeTable::parse(text).map_err(|error| SettingsError::Syntax {
        path: path.to_owned(),
        line: document.line(error.span().map_or(0, |span| span.start)),
        problem: error.message().to_owned(),
    })?;
    let mut layer = Layer::default();
    document.read_root(&mut layer, table.get_ref())?;
    Ok(layer)
}

struct Document<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Document<'_> {
    fn read_root(&self, layer: &mut Layer, table: &DeTable<'_>) -> Result<(), SettingsError> {
        for (name, value) in table {
            let shown: &str = name.get_ref();
            match value.get_ref() {
                DeValue::Array(entries) if shown == MANY => {
                    for entry in entries {
                        layer.firewalls.push(self.read_entry(entry)?.firewall);
                    }
                }
                DeValue::Table(section) if shown == LINT => self.read_lint(layer, section)?,
                DeValue::Table(section) if is_section(shown) => {
                    self.read_section(layer, section, shown, shown)?;
                }
                other if is_section(shown) || shown == MANY => {
                    let (expected, example) = match shown {
                        MANY => ("a list of tables", format!("[[{MANY}]]")),
                        section => ("a table", format!("[{section}]")),
                    };
                    let found = article(other);
                    let cause = ValueError::Type { expected, found, example };
                    return Err(self.refuse(value, shown, cause));
                }
                _ => self.read_value(layer, shown, shown, name.span().start, value)?,
            }
        }
        layer.rebase(self.path.parent().unwrap_or(Path::new("")));
        Ok(())
    }

    fn read_lint(&self, layer: &mut Layer, section: &DeTable<'_>) -> Result<(), SettingsError> {
        for (name, value) in section {
            let written = format!("{LINT}.{}", name.get_ref());
            let DeValue::Table(reasons) = value.get_ref() else {
                let example = format!("[{LINT}.{SUPPRESS}]");
                let found = article(value.get_ref());
                let cause = ValueError::Type { expected: "a table", found, example };
                return Err(self.refuse(value, &written, cause));
            };
            if name.get_ref() != SUPPRESS {
                let place = self.place(name.span().start);
                let hint = format!("; did you mean `{LINT}.{SUPPRESS}`?");
                return Err(SettingsError::UnknownKey { place, name: Shown::new(&written), hint });
            }
            for (id, reason) in reasons {
                let written = format!("{written}.{}", id.get_ref());
                let Some(text) = reason.get_ref().as_str() else {
                    let example = "`\"no_log:UUID\" = \"why it may stay\"`".to_owned();
                    let found = article(reason.get_ref());
                    let cause = ValueError::Type { expected: "a string", found, example };
                    return Err(self.refuse(reason, &written, cause));
                };
                if text.trim().is_empty() {
                    return Err(self.refuse(reason, &written, ValueError::NoReason));
                }
                layer.suppress.insert(id.get_ref().to_string(), text.trim().to_owned());
            }
        }
        Ok(())
    }

    /// One `[[firewalls]]` entry, as a layer about that firewall alone.
    fn read_entry(&self, entry: &Spanned<DeValue<'_>>) -> Result<Layer, SettingsError> {
        let mut layer = Layer::default();
        let DeValue::Table(section) = entry.get_ref() else {
            let example = format!("[[{MANY}]]");
            let found = article(entry.get_ref());
            let cause = ValueError::Type { expected: "a table", found, example };
            return Err(self.refuse(entry, MANY, cause));
        };
        self.read_section(&mut layer, section, ONE, MANY)?;
        layer.rebase(self.path.parent().unwrap_or(Path::new("")));
        Ok(layer)
    }

    /// `section` in the table of keys is written `shown` in the file.
    fn read_section(
        &self,
        layer: &mut Layer,
        table: &DeTable<'_>,
        section: &str,
        shown: &str,
    ) -> Result<(), SettingsError> {
        for (name, value) in table {
            let key = format!("{section}.{}", name.get_ref());
            let written = format!("{shown}.{}", name.get_ref());
            self.read_value(layer, &key, &written, name.span().start, value)?;
        }
        Ok(())
    }

    fn read_value(
        &self,
        layer: &mut Layer,
        name: &str,
        written: &str,
        at: usize,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), SettingsError> {
        let place = self.place(at);
        let Some(key) = by_name(name) else {
            return Err(SettingsError::UnknownKey {
                place,
                name: Shown::new(written),
                hint: did_you_mean(name, names()),
            });
        };
        match (&key.slot, value.get_ref()) {
            (Slot::Switch(_), DeValue::Boolean(given)) => {
                layer.set_key(key, &given.to_string(), place)
            }
            (Slot::InFlight(_), DeValue::Integer(given)) => {
                layer.set_key(key, &given.to_string(), place)
            }
            (Slot::Names(_), DeValue::Array(items)) => {
                let strings: Option<Vec<&str>> =
                    items.iter().map(|item| item.get_ref().as_str()).collect();
                match strings {
                    Some(names) => layer.set_key(key, &names.join(","), place),
                    None => Err(self.refuse(value, written, wrong_type(key, value.get_ref()))),
                }
            }
            (_, DeValue::String(text)) if !key.is_bare() => layer.set_key(key, text, place),
            (_, other) => Err(self.refuse(value, written, wrong_type(key, other))),
        }
    }

    fn refuse(
        &self,
        value: &Spanned<DeValue<'_>>,
        written: &str,
        cause: ValueError,
    ) -> SettingsError {
        let place = self.place(value.span().start);
        SettingsError::Value { place, key: written.to_owned(), cause }
    }

    fn place(&self, offset: usize) -> Place {
        Place::Line { path: self.path.to_owned(), line: self.line(offset) }
    }

    fn line(&self, offset: usize) -> usize {
        self.text.get(..offset).unwrap_or_default().matches('\n').count() + 1
    }
}

fn wrong_type(key: &Key, found: &DeValue<'_>) -> ValueError {
    let (expected, found) = (key.expected(), article(found));
    ValueError::Type { expected, found, example: format!("`{}`", key.toml_example()) }
}

fn article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn is_section(name: &str) -> bool {
    KEYS.iter().any(|key| key.name.split_once('.').is_some_and(|(section, _)| section == name))
}

fn names() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|key| key.name).chain([MANY, LINT])
}
