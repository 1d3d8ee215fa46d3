//! Captive-portal zones: which networks need a login.
use super::node::{INTERFACE_NAMES, Key, Table};
use super::prelude::*;
use super::words::{joined, labelled};
use crate::types::Release;

const PRIVILEGE: &str = "Services: Captive Portal";
const RAW: Release = Release::new(25, 7, 0);

#[derive(Debug)]
pub struct Zone {
    pub zone: i64,
    pub duplicate: i64,
    pub description: Option<Box<str>>,
    pub enabled: bool,
    pub interfaces: Option<Box<str>>,
    pub interface_names: Option<Box<str>>,
    pub authentication: Option<Box<str>>,
    pub idle_timeout: Option<i64>,
    pub hard_timeout: Option<i64>,
    pub concurrent_logins: Option<bool>,
    pub allowed_addresses: Vec<Box<str>>,
    pub allowed_macs: Option<Box<str>>,
    pub host_name: Option<Box<str>>,
    pub certificate: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

static CERTIFICATES: Table =
    Table { path: "cert", key: Key::Leaf("refid"), value: &["descr"], between: "", or_name: false };

static NODE: Node = Node::new(
    "OPNsense/captiveportal/zones/zone",
    &[
        Take::Look { from: "interfaces", to: "%interfaces", table: &INTERFACE_NAMES },
        Take::Look { from: "certificate", to: "%certificate", table: &CERTIFICATES },
    ],
);

pub static DOMAIN: Domain<Zone> = Domain {
    name: "captive_portal_zones",
    about: "Zones of the captive portal, with their interfaces and limits.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("portal", "captiveportal/settings/search_zones", PRIVILEGE)
            .before(RAW)
            .gap("before 25.7 the API shows only number and description of a zone"),
        Source::grid("portal", "captiveportal/settings/search_zones", PRIVILEGE).from(RAW),
        Source::config("portal", &NODE),
    ],
    fields: &[
        field("zoneid"),
        field("enabled"),
        field("interfaces"),
        field("%interfaces"),
        field("authservers"),
        field("idletimeout"),
        field("hardtimeout"),
        field("concurrentlogins"),
        field("allowedAddresses"),
        field("allowedMACAddresses"),
        field("servername"),
        field("%certificate"),
        field("description"),
        field("uuid"),
    ],
    identity: &["zoneid"],
    columns: &[
        col(Role::Key, "zone", Read::Int(|z| Some(z.zone)), "Number of the zone."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|z| Some(z.duplicate)),
            "0; higher when a number is used twice.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|z| z.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "enabled", Read::Bool(|z| Some(z.enabled)), "In use."),
        col(
            Role::Indexed,
            "interfaces",
            Read::Text(|z| z.interfaces.as_deref()),
            "Interface keys it covers.",
        ),
        col(
            Role::Plain,
            "interface_names",
            Read::Text(|z| z.interface_names.as_deref()),
            "Their descriptions.",
        ),
        col(
            Role::Plain,
            "authentication",
            Read::Text(|z| z.authentication.as_deref()),
            "Servers that know the users; absent for none.",
        ),
        col(
            Role::Plain,
            "idle_timeout",
            Read::Int(|z| z.idle_timeout),
            "Minutes without traffic that end a session; 0 for never.",
        ),
        col(
            Role::Plain,
            "hard_timeout",
            Read::Int(|z| z.hard_timeout),
            "Minutes that end a session; 0 for never.",
        ),
        col(
            Role::Plain,
            "concurrent_logins",
            Read::Bool(|z| z.concurrent_logins),
            "A user may log in from several devices.",
        ),
        col(
            Role::Plain,
            "allowed_addresses",
            Read::Nets(|z| &z.allowed_addresses),
            "Addresses that need no login.",
        ),
        col(
            Role::Plain,
            "allowed_macs",
            Read::Text(|z| z.allowed_macs.as_deref()),
            "Hardware addresses that need no login.",
        ),
        col(
            Role::Plain,
            "host_name",
            Read::Text(|z| z.host_name.as_deref()),
            "Name of the login page.",
        ),
        col(
            Role::Plain,
            "certificate",
            Read::Text(|z| z.certificate.as_deref()),
            "Certificate of the login page.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|z| z.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        let (interfaces, interface_names) = labelled(raw, "interfaces", "%interfaces");
        rows.push(Zone {
            zone: raw.read("zoneid")?,
            duplicate: raw.ordinal().into(),
            description: raw.string("description"),
            enabled: raw.maybe_flag("enabled")?.unwrap_or(true),
            interfaces,
            interface_names,
            authentication: joined(&raw.list("authservers")),
            idle_timeout: raw.maybe_read("idletimeout")?,
            hard_timeout: raw.maybe_read("hardtimeout")?,
            concurrent_logins: raw.maybe_flag("concurrentlogins")?,
            allowed_addresses: raw.list("allowedAddresses"),
            allowed_macs: joined(&raw.list("allowedMACAddresses")),
            host_name: raw.string("servername"),
            certificate: raw.string("%certificate"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
