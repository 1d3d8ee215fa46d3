//! The columns of a domain: the one list that SQL, filters, help and answers are made from.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::types::{AddressRange, MacAddr, Timestamp, sort_key};

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Part of the primary key, after the firewall.
    Key,
    /// Has an index of its own.
    Indexed,
    Plain,
}

/// What a column holds; decides its SQL type, its filters and whether `locate` asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A host or object name: found by `locate`, compared without case.
    Name,
    Int,
    Bool,
    /// Seconds since the epoch; printed as RFC 3339.
    Time,
    /// One address; a second column `<name>_sort` holds its sortable form.
    Ip,
    Mac,
    /// Several addresses, networks or ranges; each also a row of `address_ranges`.
    Nets,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Name => "name",
            Self::Int => "integer",
            Self::Bool => "boolean",
            Self::Time => "time",
            Self::Ip => "ip",
            Self::Mac => "mac",
            Self::Nets => "networks",
        }
    }

    pub const fn sql_type(self) -> &'static str {
        match self {
            Self::Int | Self::Bool | Self::Time => "INTEGER",
            Self::Text | Self::Name | Self::Ip | Self::Mac | Self::Nets => "TEXT",
        }
    }
}

/// Reads one cell; the variant fixes the kind, so a column cannot claim one thing and deliver another.
#[derive(Debug)]
pub enum Read<R: 'static> {
    Text(fn(&R) -> Option<&str>),
    Name(fn(&R) -> Option<&str>),
    Int(fn(&R) -> Option<i64>),
    Bool(fn(&R) -> Option<bool>),
    Time(fn(&R) -> Option<Timestamp>),
    Ip(fn(&R) -> Option<IpAddr>),
    Mac(fn(&R) -> Option<MacAddr>),
    /// The items as written; those that are addresses, networks or ranges can be searched by address.
    Nets(fn(&R) -> &[Box<str>]),
}

#[derive(Debug)]
pub struct Column<R: 'static> {
    pub spec: ColumnSpec,
    pub read: Read<R>,
}

/// A column without its row type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnSpec {
    pub role: Role,
    pub name: &'static str,
    pub kind: Kind,
    pub about: &'static str,
}

impl ColumnSpec {
    /// Whether a filter on it is an index search.
    pub const fn is_indexed(&self) -> bool {
        matches!(self.role, Role::Indexed) || matches!(self.kind, Kind::Ip | Kind::Mac | Kind::Name)
    }

    /// Whether the SQL column compares without case, as names do. Keys compare exactly all the same.
    pub const fn is_nocase(&self) -> bool {
        matches!(self.kind, Kind::Name)
            || matches!((self.kind, self.role), (Kind::Text, Role::Indexed))
    }

    /// The SQL column that filters compare: an address by its sortable form.
    pub fn search_name(&self) -> Cow<'static, str> {
        if self.kind == Kind::Ip {
            Cow::Owned(format!("{}_sort", self.name))
        } else {
            Cow::Borrowed(self.name)
        }
    }
}

/// A column; the argument order lets the closure's type be inferred.
pub const fn col<R>(
    role: Role,
    name: &'static str,
    read: Read<R>,
    about: &'static str,
) -> Column<R> {
    let kind = match read {
        Read::Text(_) => Kind::Text,
        Read::Name(_) => Kind::Name,
        Read::Int(_) => Kind::Int,
        Read::Bool(_) => Kind::Bool,
        Read::Time(_) => Kind::Time,
        Read::Ip(_) => Kind::Ip,
        Read::Mac(_) => Kind::Mac,
        Read::Nets(_) => Kind::Nets,
    };
    Column { spec: ColumnSpec { role, name, kind, about }, read }
}

/// One SQL value, owned: it crosses to the thread that writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Null,
    Int(i64),
    Text(Box<str>),
    Blob(Box<[u8]>),
}

impl<R> Read<R> {
    /// Appends the SQL cells of this column (two for an address) and the ranges it names.
    pub(super) fn cells(&self, row: &R, cells: &mut Vec<Cell>, ranges: &mut Vec<AddressRange>) {
        let text = |value: Option<&str>| value.map_or(Cell::Null, |t| Cell::Text(t.into()));
        match self {
            Self::Text(get) | Self::Name(get) => cells.push(text(get(row))),
            Self::Int(get) => cells.push(get(row).map_or(Cell::Null, Cell::Int)),
            Self::Bool(get) => cells.push(get(row).map_or(Cell::Null, |b| Cell::Int(b.into()))),
            Self::Time(get) => cells.push(get(row).map_or(Cell::Null, |t| Cell::Int(t.seconds()))),
            Self::Mac(get) => {
                cells.push(get(row).map_or(Cell::Null, |m| Cell::Text(m.to_string().into())));
            }
            Self::Ip(get) => match get(row) {
                None => cells.extend([Cell::Null, Cell::Null]),
                Some(ip) => cells
                    .extend([Cell::Text(ip.to_string().into()), Cell::Blob(sort_key(ip).into())]),
            },
            Self::Nets(get) => {
                let items = get(row);
                let joined = (!items.is_empty()).then(|| items.join(","));
                cells.push(text(joined.as_deref()));
                ranges.extend(items.iter().filter_map(|item| item.parse::<AddressRange>().ok()));
            }
        }
    }
}

/// The SQL column names of a column: `ip` is stored as `ip` and `ip_sort`.
pub fn sql_names(spec: &ColumnSpec) -> impl Iterator<Item = Cow<'static, str>> {
    let second = (spec.kind == Kind::Ip).then(|| Cow::Owned(format!("{}_sort", spec.name)));
    std::iter::once(Cow::Borrowed(spec.name)).chain(second)
}
