//! Where the rows of a domain live in config.xml, and how what stands there becomes its fields: as data.
//!
//! A row is an element. Every leaf below it is a *slot*, named by its dotted path (`source.network`); its `uuid`
//! attribute is the slot `uuid`. [`Take`]s work on slots in their order; in the end the slots that are fields of
//! the domain are the row. Slots that are neither fields nor read by a take are never built.

/// Elements that are rows.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// Element names below the root, separated by slashes; `*` is any name. Empty: the root itself.
    pub path: &'static str,
    pub takes: &'static [Take],
    /// The name of a child that repeats: each is a row, with the leaves beside it; an element without one is one row.
    pub each: Option<&'static str>,
    /// Columns that only the running firewall knows in full; where an import and a sync meet, they do not differ.
    pub lacks: &'static [&'static str],
    /// Rows that only the running firewall has: those of which a column says this, or nothing where this is empty.
    pub beyond: &'static [(&'static str, &'static [&'static str])],
}

/// One step from what config.xml says to what the API would say.
#[derive(Debug, Clone, Copy)]
pub enum Take {
    /// The slot gets another name.
    Rename { from: &'static str, to: &'static str },
    /// Always this text.
    Set { to: &'static str, text: &'static str },
    /// This text when the slot is absent or empty.
    Or { to: &'static str, text: &'static str },
    /// A legacy flag: `on` when the element is there and not `0`, `off` when not.
    Flag { from: &'static str, to: &'static str, on: &'static str, off: &'static str },
    /// The name of the element that the `star`th `*` of the path stands for, from 0.
    Name { star: usize, to: &'static str },
    /// How many rows of this node stand before it in the file.
    Position { to: &'static str },
    /// Which of the repeated children of [`Node::each`] it is, from 1; 0 for an element without one.
    Part { to: &'static str },
    /// The label that pf gives a legacy rule: MD5 of the element as PHP writes it as JSON.
    Label { to: &'static str },
    /// What a reference, or each of several separated by commas, stands for; absent when one is unknown.
    Look { from: &'static str, to: &'static str, table: &'static Table },
    /// Made from other slots; `None` leaves the slot absent.
    Make { to: &'static str, from: &'static [&'static str], make: Make },
    /// Only elements whose slot says this are rows; an absent one says the empty text.
    Only { from: &'static str, is: &'static [&'static str] },
    /// Elements whose slot says this are no rows.
    Not { from: &'static str, is: &'static [&'static str] },
}

/// Slots to a slot.
pub type Make = fn(&[Option<&str>]) -> Option<String>;

/// Elements that references point to.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// As in [`Node::path`].
    pub path: &'static str,
    pub key: Key,
    /// Leaves that make up the text, joined by `between`, empty ones left out.
    pub value: &'static [&'static str],
    pub between: &'static str,
    /// Without a text, the name of the element in capitals, as the firewall shows interfaces.
    pub or_name: bool,
}

/// What a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Uuid,
    /// The name of the element.
    Name,
    Leaf(&'static str),
}

/// Two nodes with one path are one: what they take are functions, which cannot be compared.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for Node {}

impl Node {
    pub const fn new(path: &'static str, takes: &'static [Take]) -> Self {
        Self { path, takes, each: None, lacks: &[], beyond: &[] }
    }

    pub const fn each(mut self, child: &'static str) -> Self {
        self.each = Some(child);
        self
    }

    pub const fn lacks(mut self, columns: &'static [&'static str]) -> Self {
        self.lacks = columns;
        self
    }

    pub const fn beyond(
        mut self,
        rows: &'static [(&'static str, &'static [&'static str])],
    ) -> Self {
        self.beyond = rows;
        self
    }
}

pub const fn rename(from: &'static str, to: &'static str) -> Take {
    Take::Rename { from, to }
}

pub const fn set(to: &'static str, text: &'static str) -> Take {
    Take::Set { to, text }
}

pub const fn or(to: &'static str, text: &'static str) -> Take {
    Take::Or { to, text }
}

/// A legacy flag as `1` and `0`.
pub const fn flag(from: &'static str, to: &'static str) -> Take {
    Take::Flag { from, to, on: "1", off: "0" }
}

/// `<disabled>` as `enabled`.
pub const ENABLED: Take = Take::Flag { from: "disabled", to: "enabled", on: "0", off: "1" };

/// Descriptions of interfaces by their keys.
pub static INTERFACE_NAMES: Table =
    Table { path: "interfaces/*", key: Key::Name, value: &["descr"], between: "", or_name: true };

/// Descriptions of interfaces by their device names.
pub static DEVICE_NAMES: Table = Table {
    path: "interfaces/*",
    key: Key::Leaf("if"),
    value: &["descr"],
    between: "",
    or_name: true,
};

/// Names of firewall categories by their uuids.
pub static CATEGORY_NAMES: Table = Table {
    path: "OPNsense/Firewall/Category/categories/category",
    key: Key::Uuid,
    value: &["name"],
    between: "",
    or_name: false,
};

/// Names of aliases by their uuids.
pub static ALIAS_NAMES: Table = Table {
    path: "OPNsense/Firewall/Alias/aliases/alias",
    key: Key::Uuid,
    value: &["name"],
    between: "",
    or_name: false,
};

/// The first text that is there.
pub fn first(parts: &[Option<&str>]) -> Option<String> {
    parts.iter().flatten().next().map(|text| (*text).to_owned())
}

/// `address/prefix`, when it is an address and no word such as `dhcp`.
pub fn network(parts: &[Option<&str>]) -> Option<String> {
    let [Some(address), Some(prefix)] = parts else { return None };
    let address: std::net::IpAddr = address.parse().ok()?;
    let prefix: u8 = prefix.parse().ok()?;
    Some(format!("{address}/{prefix}"))
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn a_word_is_no_network() {
        assert_eq!(network(&[Some("10.0.0.1"), Some("24")]).as_deref(), Some("10.0.0.1/24"));
        assert_eq!(network(&[Some("dhcp"), Some("24")]), None);
        assert_eq!(network(&[Some("dhcp"), None]), None);
    }
}
