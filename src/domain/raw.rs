//! One row as a firewall sent it, reduced to the fields its domain allows.

use std::borrow::Cow;
use std::str::FromStr;

use thiserror::Error;

use crate::types::clean;

/// Longest piece of a bad value that a reject's reason quotes, in characters.
const QUOTED: usize = 60;

/// A field a domain reads. Whatever is not listed never enters memory: this is the allow-list that
/// stops private keys, hashes and tokens at the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Dotted for nested objects (`source.network`); through arrays of objects too (`ipv4.ipaddr`).
    pub name: &'static str,
    /// Expiry, counters, ages: kept apart, so that they do not make every snapshot new.
    pub volatile: bool,
}

/// A field whose changes are history.
pub const fn field(name: &'static str) -> Field {
    Field { name, volatile: false }
}

/// A field that changes by itself.
pub const fn volatile(name: &'static str) -> Field {
    Field { name, volatile: true }
}

/// A JSON leaf. Objects are flattened away, `null` and missing are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawValue {
    Bool(bool),
    Int(i64),
    /// Text, and numbers that are not whole.
    Text(Box<str>),
    /// An array of leaves, or one leaf of each object in an array.
    List(Vec<RawValue>),
}

impl RawValue {
    /// The value as text; items of a list joined by commas.
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Bool(true) => Cow::Borrowed("1"),
            Self::Bool(false) => Cow::Borrowed("0"),
            Self::Int(n) => Cow::Owned(n.to_string()),
            Self::Text(text) => Cow::Borrowed(text),
            Self::List(items) => {
                Cow::Owned(items.iter().map(Self::as_text).collect::<Vec<_>>().join(","))
            }
        }
    }
}

/// Values in the order of the domain's fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    pub source: &'static str,
    /// Tells rows apart that the firewall gives the same identity; 0 for the first.
    pub ordinal: u16,
    values: Box<[Option<RawValue>]>,
}

impl RawRow {
    pub fn new(source: &'static str, fields: usize) -> Self {
        Self { source, ordinal: 0, values: vec![None; fields].into_boxed_slice() }
    }

    pub fn get(&self, index: usize) -> Option<&RawValue> {
        self.values.get(index).and_then(Option::as_ref)
    }

    pub fn set(&mut self, index: usize, value: Option<RawValue>) {
        if let Some(slot) = self.values.get_mut(index) {
            *slot = value;
        }
    }

    /// Takes what `other` says of the fields that change by themselves, and nothing else.
    pub fn take_volatile(&mut self, fields: &[Field], other: &Self) {
        for (i, _) in fields.iter().enumerate().filter(|(_, field)| field.volatile) {
            self.set(i, other.get(i).cloned());
        }
    }

    /// Whether both say the same of the fields that change by themselves.
    pub fn same_volatile(&self, fields: &[Field], other: &Self) -> bool {
        let mut volatile = fields.iter().enumerate().filter(|(_, field)| field.volatile);
        volatile.all(|(i, _)| self.get(i) == other.get(i))
    }

    /// Takes every value that `other` has: the later source knows better.
    pub(super) fn overlay(&mut self, other: Self) {
        for (mine, theirs) in self.values.iter_mut().zip(other.values) {
            if theirs.is_some() {
                *mine = theirs;
            }
        }
    }
}

/// Why a row did not become one; kept beside the rows and counted in every answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {reason}")]
pub struct Reject {
    pub field: &'static str,
    pub reason: String,
}

impl Reject {
    pub fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self { field, reason: reason.into() }
    }
}

/// Reads a [`RawRow`] by field name. `""` counts as absent, as everywhere in the API.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    fields: &'static [Field],
    row: &'a RawRow,
}

impl<'a> Raw<'a> {
    pub const fn new(fields: &'static [Field], row: &'a RawRow) -> Self {
        Self { fields, row }
    }

    pub const fn source(&self) -> &'static str {
        self.row.source
    }

    pub const fn ordinal(&self) -> u16 {
        self.row.ordinal
    }

    fn value(&self, name: &'static str) -> Option<&'a RawValue> {
        // A literal in a domain's fields and the same literal in its parse function are usually one string.
        let same = |f: &Field| std::ptr::eq(f.name, name);
        let index = self
            .fields
            .iter()
            .position(same)
            .or_else(|| self.fields.iter().position(|f| f.name == name));
        debug_assert!(index.is_some(), "`{name}` is read but not in the domain's fields");
        index.and_then(|i| self.row.get(i))
    }

    /// Whether the firewall sent the field at all: an empty list is sent, an empty text is not kept.
    pub fn has(&self, name: &'static str) -> bool {
        self.value(name).is_some()
    }

    /// Cleaned text; `None` when absent or empty.
    pub fn maybe(&self, name: &'static str) -> Option<Cow<'a, str>> {
        let text = match self.value(name)?.as_text() {
            Cow::Borrowed(text) => clean(text),
            Cow::Owned(text) => Cow::Owned(clean(&text).into_owned()),
        };
        match text {
            Cow::Borrowed(text) => Some(text.trim()).filter(|t| !t.is_empty()).map(Cow::Borrowed),
            Cow::Owned(text) => {
                Some(text.trim()).filter(|t| !t.is_empty()).map(|t| Cow::Owned(t.to_owned()))
            }
        }
    }

    /// Cleaned text as a row keeps it.
    pub fn string(&self, name: &'static str) -> Option<Box<str>> {
        self.maybe(name).map(|text| Box::from(&*text))
    }

    /// Cleaned text that must be there.
    pub fn text(&self, name: &'static str) -> Result<Box<str>, Reject> {
        self.string(name).ok_or_else(|| Reject::new(name, "is missing or empty"))
    }

    /// A value that must be there and must parse.
    pub fn read<T: FromStr>(&self, name: &'static str) -> Result<T, Reject> {
        self.maybe_read(name)?.ok_or_else(|| Reject::new(name, "is missing or empty"))
    }

    /// A value that, when there, must parse.
    pub fn maybe_read<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, Reject> {
        let Some(text) = self.maybe(name) else { return Ok(None) };
        match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(Reject::new(name, format!("cannot read `{}`", quote(&text)))),
        }
    }

    /// `"1"`, `1`, `true`, `"yes"` and their opposites; `None` when absent.
    pub fn maybe_flag(&self, name: &'static str) -> Result<Option<bool>, Reject> {
        let Some(text) = self.maybe(name) else { return Ok(None) };
        match &*text {
            "1" | "true" | "yes" | "on" => Ok(Some(true)),
            "0" | "false" | "no" | "off" => Ok(Some(false)),
            other => Err(Reject::new(name, format!("`{}` is neither yes nor no", quote(other)))),
        }
    }

    /// A flag that is off when absent.
    pub fn flag(&self, name: &'static str) -> Result<bool, Reject> {
        Ok(self.maybe_flag(name)?.unwrap_or(false))
    }

    /// Items of an array, or of text separated by commas or newlines; cleaned, without empty ones.
    pub fn list(&self, name: &'static str) -> Vec<Box<str>> {
        let split = |text: &str| -> Vec<Box<str>> {
            text.split([',', '\n'])
                .map(|item| clean(item).trim().to_owned())
                .filter(|item| !item.is_empty())
                .map(Box::from)
                .collect()
        };
        match self.value(name) {
            None => Vec::new(),
            Some(RawValue::List(items)) => {
                items.iter().flat_map(|item| split(&item.as_text())).collect()
            }
            Some(value) => split(&value.as_text()),
        }
    }
}

fn quote(text: &str) -> String {
    text.chars().take(QUOTED).collect()
}
