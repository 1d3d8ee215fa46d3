//! Where a domain's rows come from: an endpoint, the releases that have it, and its quirks, as data.

use crate::types::Release;

use super::node::Node;
use super::raw::Field;

/// One read endpoint of one domain, or where config.xml keeps it.
///
/// Built with [`Source::grid`], [`Source::map`], [`Source::list`], [`Source::one`], [`Source::groups`], [`Source::elements`] or [`Source::config`] and the methods below.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// Short tag, unique within the domain; kept with every row (`kea4`, `isc4`, `dnsmasq`).
    pub name: &'static str,
    /// Path below `/api/` in `snake_case`, as 25.7 and later spell it.
    pub path: &'static str,
    pub verb: Verb,
    pub shape: Shape,
    /// The field that a row becomes which is no object but a scalar or a list of them.
    pub scalar: Option<&'static str>,
    /// First release that has it, and the first that no longer has it.
    pub from: Release,
    pub before: Release,
    /// Belongs to a plugin or backend that need not exist: a 404 then means absent, not broken.
    pub optional: bool,
    /// Spelled in `snake_case` on every release, although 24.7 and 25.1 prefer camelCase actions.
    pub snake_only: bool,
    /// An object beside the rows of a grid whose leaves belong to every row (`carp.demotion`).
    pub beside: Option<&'static str>,
    /// Ask once, or once for every interface or item.
    pub each: Each,
    /// Fields sent with a search besides paging; the query of a GET.
    pub params: &'static [(&'static str, &'static str)],
    /// Rows beyond so many are not asked for; an answer that reaches it says so.
    pub limit: Option<u32>,
    /// A field that carries interface descriptions where its rows should carry keys.
    pub labels: Option<Labels>,
    /// Rows come in an order that no field tells in full.
    pub ranked: Option<Ranked>,
    /// What this endpoint cannot tell on these releases, for the completeness of every answer.
    pub gap: Option<&'static str>,
    /// The source of config.xml that closes the gap once an import or a backfill has read it.
    pub gap_until: Option<&'static str>,
    /// The privilege that unlocks it, as the firewall's user manager names it.
    pub privilege: &'static str,
    /// How it says that what it tells of does not run: then there are no rows, and nothing is broken.
    pub idle: Option<Idle>,
    /// Rows come from a backend process, not from configuration: when that process is down the
    /// answer is HTTP 200 with no rows.
    pub backend: bool,
}

/// The HTTP method that an endpoint reads with; the other one often answers with nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    Get,
    /// With a JSON body that asks for everything on one page.
    Post,
}

/// How rows are laid out in a response. `at` is a dotted path, empty for the whole body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `{"rows": […], "total": n, …}`.
    Grid,
    /// `{"a": {row}, "b": {row}}`: the outer key becomes the field `key`. PHP writes keys 0 to n as an array.
    Map { at: &'static str, key: &'static str },
    /// `[{row}, {row}]`. PHP writes an array with holes as an object, whose keys then mean nothing.
    List { at: &'static str },
    /// `{row}`: one object is one row. An object with none of the domain's fields is none.
    One { at: &'static str },
    /// `{"a": {"rows": [{row}, …]}, …}`: the outer key becomes the field `key` of each row at `rows` below it.
    Groups { at: &'static str, key: &'static str, rows: &'static str },
    /// Repeated elements of XML that PHP turned into JSON: `[{row}, {row}]`, or `{row}` when there is one.
    Elements { at: &'static str },
    /// Elements of config.xml, which only an import or a backfill reads.
    Config(&'static Node),
}

/// The field that the outer key of a model's map becomes.
pub(super) const UUID: &str = "uuid";

#[derive(Debug, Clone, Copy)]
pub enum Each {
    Once,
    /// Once without `interface`, then for every identifier and group.
    Interface,
    /// Once for every item of another endpoint, and not without one.
    Item(&'static Items),
}

/// What a source is asked for one by one: the tables of pf, the sections of a statistic.
#[derive(Debug)]
pub struct Items {
    /// Where they are listed.
    pub list: Source,
    /// Read from that list: the field with an item's name and, if there is a second, how many rows it has.
    pub fields: &'static [Field],
    /// How an item is named in the request.
    pub place: Place,
    /// The field of the asking domain that the name becomes.
    pub into: &'static str,
    /// Items with more rows are left out, which every answer then says.
    pub most_rows: i64,
    /// As are those beyond so many, in alphabetical order: each costs the firewall a request.
    pub most: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A last part of the path.
    Segment,
    /// A field of the search.
    Param(&'static str),
}

/// Rows whose `when` flag is true carry descriptions in `field` (`LAN,Guest WiFi`): translate them. All rows
/// do where `when` is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labels {
    pub field: &'static str,
    pub when: &'static str,
}

/// Rows that are equal in the field `by` get their order as the field `into`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    pub by: &'static str,
    pub into: &'static str,
}

/// An answer whose `field` is a text with `says` in it has no rows because of what `means` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idle {
    pub field: &'static str,
    pub says: &'static str,
    pub means: &'static str,
}

impl Source {
    const fn new(
        name: &'static str,
        path: &'static str,
        shape: Shape,
        privilege: &'static str,
    ) -> Self {
        let verb = if matches!(shape, Shape::Grid) { Verb::Post } else { Verb::Get };
        Self {
            name,
            path,
            verb,
            shape,
            scalar: None,
            from: Release::OLDEST,
            before: Release::END,
            optional: false,
            snake_only: false,
            beside: None,
            each: Each::Once,
            params: &[],
            limit: None,
            labels: None,
            ranked: None,
            gap: None,
            gap_until: None,
            privilege,
            idle: None,
            backend: false,
        }
    }

    /// A search endpoint.
    pub const fn grid(name: &'static str, path: &'static str, privilege: &'static str) -> Self {
        Self::new(name, path, Shape::Grid, privilege)
    }

    /// An export or model read whose rows are a map at `at`, by uuid.
    pub const fn map(
        name: &'static str,
        path: &'static str,
        at: &'static str,
        privilege: &'static str,
    ) -> Self {
        Self::new(name, path, Shape::Map { at, key: UUID }, privilege)
    }

    /// An array of rows at `at`.
    pub const fn list(
        name: &'static str,
        path: &'static str,
        at: &'static str,
        privilege: &'static str,
    ) -> Self {
        Self::new(name, path, Shape::List { at }, privilege)
    }

    /// An object at `at` that is one row: settings, system information.
    pub const fn one(
        name: &'static str,
        path: &'static str,
        at: &'static str,
        privilege: &'static str,
    ) -> Self {
        Self::new(name, path, Shape::One { at }, privilege)
    }

    /// Repeated elements at `at` of an XML document that PHP turned into JSON.
    pub const fn elements(
        name: &'static str,
        path: &'static str,
        at: &'static str,
        privilege: &'static str,
    ) -> Self {
        Self::new(name, path, Shape::Elements { at }, privilege)
    }

    /// A map at `at` of arrays of rows, each at `rows` below its key, which becomes the field `key`.
    pub const fn groups(
        name: &'static str,
        path: &'static str,
        (at, key, rows): (&'static str, &'static str, &'static str),
        privilege: &'static str,
    ) -> Self {
        Self::new(name, path, Shape::Groups { at, key, rows }, privilege)
    }

    /// Of a map: the field that its keys become, when they are not uuids.
    pub const fn keyed(mut self, key: &'static str) -> Self {
        if let Shape::Map { at, .. } = self.shape {
            self.shape = Shape::Map { at, key };
        }
        self
    }

    /// Rows that are scalars become this field.
    pub const fn scalar(mut self, field: &'static str) -> Self {
        self.scalar = Some(field);
        self
    }

    /// What stands in the object `key` beside the rows is part of each of them.
    pub const fn beside(mut self, key: &'static str) -> Self {
        self.beside = Some(key);
        self
    }

    /// Asked with GET although it is a grid.
    pub const fn get(mut self) -> Self {
        self.verb = Verb::Get;
        self
    }

    /// Asked with POST although it is no grid.
    pub const fn post(mut self) -> Self {
        self.verb = Verb::Post;
        self
    }

    /// Elements of config.xml. `name` is that of the endpoint that gives the same rows where there is one:
    /// a sync replaces rows of that name, and keeps those of a name that no endpoint of its release has.
    pub const fn config(name: &'static str, node: &'static Node) -> Self {
        Self::new(name, node.path, Shape::Config(node), "Diagnostics: Configuration History")
    }

    pub const fn from(mut self, release: Release) -> Self {
        self.from = release;
        self
    }

    pub const fn before(mut self, release: Release) -> Self {
        self.before = release;
        self
    }

    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub const fn snake_only(mut self) -> Self {
        self.snake_only = true;
        self
    }

    pub const fn each_interface(mut self) -> Self {
        self.each = Each::Interface;
        self
    }

    pub const fn each_item(mut self, items: &'static Items) -> Self {
        self.each = Each::Item(items);
        self
    }

    pub const fn with(mut self, params: &'static [(&'static str, &'static str)]) -> Self {
        self.params = params;
        self
    }

    /// Asks for no more rows than that: what is there may be without bound.
    pub const fn at_most(mut self, rows: u32) -> Self {
        self.limit = Some(rows);
        self
    }

    pub const fn labels(mut self, field: &'static str, when: &'static str) -> Self {
        self.labels = Some(Labels { field, when });
        self
    }

    pub const fn ranked(mut self, by: &'static str, into: &'static str) -> Self {
        self.ranked = Some(Ranked { by, into });
        self
    }

    /// What it cannot tell, until the source `config` of config.xml has been read.
    pub const fn gap_until(mut self, config: &'static str, gap: &'static str) -> Self {
        self.gap = Some(gap);
        self.gap_until = Some(config);
        self
    }

    pub const fn gap(mut self, gap: &'static str) -> Self {
        self.gap = Some(gap);
        self
    }

    pub const fn idle(mut self, idle: Idle) -> Self {
        self.idle = Some(idle);
        self
    }

    pub const fn backend(mut self) -> Self {
        self.backend = true;
        self
    }

    /// Where its rows are in config.xml; `None` for an endpoint of the API.
    pub const fn node(&self) -> Option<&'static Node> {
        match self.shape {
            Shape::Config(node) => Some(node),
            _ => None,
        }
    }

    pub fn exists_on(&self, release: Release) -> bool {
        release.within(self.from, self.before)
    }
}

/// How often a domain is worth asking for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cadence {
    /// Changes only together with the configuration revision.
    Config,
    /// Has a clock of its own.
    Runtime,
    /// Read only when it is asked for by name: it costs the firewall much, or is much.
    OnDemand,
    /// Read with the configuration, but not again within a day: the firewall asks other machines for it.
    Daily,
    /// Read only when the settings name it (`sync.extra`), then by a clock of its own: private, or much.
    OptIn,
}

impl Cadence {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Runtime => "runtime",
            Self::OnDemand => "on demand",
            Self::Daily => "daily",
            Self::OptIn => "opt-in",
        }
    }
}
