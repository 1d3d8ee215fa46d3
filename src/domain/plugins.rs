//! Plugins: what is installed on top of the firewall.
use super::prelude::*;

#[derive(Debug)]
pub struct Plugin {
    pub name: Box<str>,
    pub duplicate: i64,
    pub installed: bool,
    pub configured: Option<bool>,
    pub version: Option<Box<str>>,
    pub about: Option<Box<str>>,
    pub repository: Option<Box<str>>,
    pub locked: Option<bool>,
    pub tier: Option<i64>,
}

pub static DOMAIN: Domain<Plugin> = Domain {
    name: "plugins",
    about: "Plugins that are installed, or configured and missing.",
    cadence: Cadence::Daily,
    sources: &[Source::list("info", "core/firmware/info", "plugin", "System: Firmware").backend()],
    fields: &[
        field("name"),
        field("version"),
        field("comment"),
        field("installed"),
        field("configured"),
        field("locked"),
        field("repository"),
        field("tier"),
    ],
    identity: &["name"],
    columns: &[
        col(
            Role::Key,
            "name",
            Read::Name(|p| Some(&p.name)),
            "Name of the package, such as os-haproxy.",
        ),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|p| Some(p.duplicate)),
            "0; higher when a package is listed twice.",
        ),
        col(Role::Plain, "installed", Read::Bool(|p| Some(p.installed)), "It is there."),
        col(Role::Plain, "configured", Read::Bool(|p| p.configured), "The configuration wants it."),
        col(Role::Plain, "version", Read::Text(|p| p.version.as_deref()), "Installed version."),
        col(Role::Plain, "about", Read::Text(|p| p.about.as_deref()), "What it does."),
        col(
            Role::Plain,
            "repository",
            Read::Text(|p| p.repository.as_deref()),
            "Where it came from.",
        ),
        col(Role::Plain, "locked", Read::Bool(|p| p.locked), "May not be updated."),
        col(
            Role::Plain,
            "tier",
            Read::Int(|p| p.tier),
            "How well it is supported: 1 best, 3 by its author.",
        ),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Plugin>) -> Result<(), Reject> {
    let (installed, configured) = (raw.flag("installed")?, raw.flag("configured")?);
    // What merely could be installed is the catalogue of the mirror.
    if installed || configured {
        rows.push(Plugin {
            name: raw.text("name")?,
            duplicate: raw.ordinal().into(),
            installed: raw.flag("installed")?,
            configured: raw.maybe_flag("configured")?,
            version: known(raw, "version"),
            about: known(raw, "comment"),
            repository: known(raw, "repository"),
            locked: raw.maybe("locked").filter(|l| &**l != "N/A").map(|l| &*l == "1"),
            tier: raw.maybe_read("tier").unwrap_or(None),
        });
    }
    Ok(())
}

fn known(raw: Raw<'_>, name: &'static str) -> Option<Box<str>> {
    raw.string(name).filter(|text| &**text != "N/A")
}
