//! Certificate authorities the firewall trusts or is. Never a key.
use super::prelude::*;
use super::x509;
use crate::types::Timestamp;

#[derive(Debug)]
pub struct Authority {
    pub id: Box<str>,
    pub duplicate: i64,
    pub description: Option<Box<str>>,
    pub subject: Option<Box<str>>,
    pub issuer: Option<Box<str>>,
    pub valid_from: Option<Timestamp>,
    pub valid_to: Option<Timestamp>,
    pub reference_count: Option<i64>,
    pub key_type: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

/// Never the key.
static NODE: Node = Node::new(
    "ca",
    &[
        Take::Make { to: "valid_from", from: &["crt"], make: x509::valid_from },
        Take::Make { to: "valid_to", from: &["crt"], make: x509::valid_to },
    ],
)
.lacks(&["subject", "issuer", "reference_count", "key_type"]);

pub static DOMAIN: Domain<Authority> = Domain {
    name: "certificate_authorities",
    about: "Certificate authorities in the trust store: subject, validity, how many certificates refer to them.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("trust", "trust/ca/search", "System: CA Manager"),
        Source::config("trust", &NODE),
    ],
    fields: &[
        field("refid"),
        field("descr"),
        field("name"),
        field("caref"),
        field("%caref"),
        field("valid_from"),
        field("valid_to"),
        field("refcount"),
        field("%key_type"),
        field("uuid"),
    ],
    identity: &["refid"],
    columns: &[
        col(Role::Key, "id", Read::Text(|a| Some(&a.id)), "Reference that certificates use."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|a| Some(a.duplicate)),
            "0; higher when a reference is used twice.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|a| a.description.as_deref()),
            "The administrator's words.",
        ),
        col(Role::Plain, "subject", Read::Text(|a| a.subject.as_deref()), "Distinguished name."),
        col(
            Role::Indexed,
            "issuer",
            Read::Name(|a| a.issuer.as_deref()),
            "Authority that signed it, by its description; absent or self-signed for none.",
        ),
        col(Role::Plain, "valid_from", Read::Time(|a| a.valid_from), "Start of its validity."),
        col(
            Role::Plain,
            "valid_to",
            Read::Time(|a| a.valid_to),
            "End of its validity: when it expires.",
        ),
        col(
            Role::Plain,
            "reference_count",
            Read::Int(|a| a.reference_count),
            "Certificates and settings that refer to it.",
        ),
        col(
            Role::Plain,
            "key_type",
            Read::Text(|a| a.key_type.as_deref()),
            "Algorithm and size of the key.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|a| a.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Authority {
            id: raw.text("refid")?,
            duplicate: raw.ordinal().into(),
            description: raw.string("descr"),
            subject: raw.string("name"),
            issuer: raw.string("%caref").or_else(|| raw.string("caref")),
            valid_from: raw.maybe_read::<i64>("valid_from")?.map(Timestamp::from_seconds),
            valid_to: raw.maybe_read::<i64>("valid_to")?.map(Timestamp::from_seconds),
            reference_count: raw.maybe_read("refcount")?,
            key_type: raw.string("%key_type"),
            uuid: raw.string("uuid"),
        });
        Ok(())
    },
    never_empty: false,
};
