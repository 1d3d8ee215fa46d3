//! Where a domain's rows come from: an endpoint, the releases that have it, and its quirks, as data.

use crate::types::Release;

use super::node::Node;

/// One read endpoint of one domain. Built with [`Source::grid`], [`Source::map`] or [`Source::config`] and the
/// methods below.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// Short tag, unique within the domain; kept with every row (`kea4`, `isc4`, `dnsmasq`).
    pub name: &'static str,
    /// Path below `/api/` in `snake_case`, as 25.7 and later spell it.
    pub path: &'static str,
    pub shape: Shape,
    /// First release that has it, and the first that no longer has it.
    pub from: Release,
    pub before: Release,
    /// Belongs to a plugin or backend that need not exist: a 404 then means absent, not broken.
    pub optional: bool,
    /// Spelled in `snake_case` on every release, although 24.7 and 25.1 prefer camelCase actions.
    pub snake_only: bool,
    /// Ask once, or once for every interface and interface group.
    pub each: Each,
    /// Fields sent with a search besides paging.
    pub params: &'static [(&'static str, &'static str)],
    /// A field that carries interface descriptions where its rows should carry keys.
    pub labels: Option<Labels>,
    /// What this endpoint cannot tell on these releases, for the completeness of every answer.
    pub gap: Option<&'static str>,
    /// The privilege that unlocks it, as the firewall's user manager names it.
    pub privilege: &'static str,
    /// Rows come from a backend process, not from configuration: when that process is down the
    /// answer is HTTP 200 with no rows.
    pub backend: bool,
}

/// How rows are laid out in a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `{"rows": […], "total": n, …}`; asked with POST and a JSON body.
    Grid,
    /// A map of maps at a dotted path; the outer key becomes the field `uuid`. Asked with GET.
    Map(&'static str),
    /// Elements of config.xml, which only an import or a backfill reads.
    Config(&'static Node),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Each {
    Once,
    /// Once without `interface`, then for every identifier and group.
    Interface,
}

/// Rows whose `when` flag is true carry descriptions in `field` (`LAN,Guest WiFi`): translate them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labels {
    pub field: &'static str,
    pub when: &'static str,
}

impl Source {
    const fn new(
        name: &'static str,
        path: &'static str,
        shape: Shape,
        privilege: &'static str,
    ) -> Self {
        Self {
            name,
            path,
            shape,
            from: Release::OLDEST,
            before: Release::END,
            optional: false,
            snake_only: false,
            each: Each::Once,
            params: &[],
            labels: None,
            gap: None,
            privilege,
            backend: false,
        }
    }

    /// A search endpoint.
    pub const fn grid(name: &'static str, path: &'static str, privilege: &'static str) -> Self {
        Self::new(name, path, Shape::Grid, privilege)
    }

    /// An export or model read whose rows are a map at `at`.
    pub const fn map(
        name: &'static str,
        path: &'static str,
        at: &'static str,
        privilege: &'static str,
    ) -> Self {
        Self::new(name, path, Shape::Map(at), privilege)
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

    pub const fn with(mut self, params: &'static [(&'static str, &'static str)]) -> Self {
        self.params = params;
        self
    }

    pub const fn labels(mut self, field: &'static str, when: &'static str) -> Self {
        self.labels = Some(Labels { field, when });
        self
    }

    pub const fn gap(mut self, gap: &'static str) -> Self {
        self.gap = Some(gap);
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
}

impl Cadence {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Runtime => "runtime",
        }
    }
}
