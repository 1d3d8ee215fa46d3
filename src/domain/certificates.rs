//! Certificates: whose they are and when they expire. Never a key.
use super::prelude::*;
use super::words::joined;
use super::x509;
use crate::types::Timestamp;

#[derive(Debug)]
pub struct Certificate {
    pub id: Box<str>,
    pub duplicate: i64,
    pub description: Option<Box<str>>,
    pub common_name: Option<Box<str>>,
    pub subject: Option<Box<str>>,
    pub alternative_names: Option<Box<str>>,
    pub addresses: Vec<Box<str>>,
    pub issuer: Option<Box<str>>,
    pub valid_from: Option<Timestamp>,
    pub valid_to: Option<Timestamp>,
    pub in_use: Option<bool>,
    pub of_user: Option<bool>,
    pub purpose: Option<Box<str>>,
    pub key_type: Option<Box<str>>,
    pub uuid: Option<Box<str>>,
}

/// Never the key.
static NODE: Node = Node::new(
    "cert",
    &[
        Take::Make { to: "valid_from", from: &["crt"], make: x509::valid_from },
        Take::Make { to: "valid_to", from: &["crt"], make: x509::valid_to },
        Take::Make { to: "commonname", from: &["crt"], make: x509::common_name },
    ],
)
.lacks(&[
    "subject",
    "alternative_names",
    "addresses",
    "issuer",
    "in_use",
    "of_user",
    "purpose",
    "key_type",
]);

pub static DOMAIN: Domain<Certificate> = Domain {
    name: "certificates",
    about: "Certificates in the trust store: subject, issuer, validity and use; keys are never read.",
    cadence: Cadence::Config,
    sources: &[
        Source::grid("trust", "trust/cert/search", "System: Certificate Manager"),
        Source::config("trust", &NODE),
    ],
    fields: &[
        field("refid"),
        field("descr"),
        field("commonname"),
        field("name"),
        field("caref"),
        field("%caref"),
        field("valid_from"),
        field("valid_to"),
        field("in_use"),
        field("is_user"),
        field("rfc3280_purpose"),
        field("%key_type"),
        field("altnames_dns"),
        field("altnames_ip"),
        field("uuid"),
    ],
    identity: &["refid"],
    columns: &[
        col(Role::Key, "id", Read::Text(|c| Some(&c.id)), "Reference that other settings use."),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|c| Some(c.duplicate)),
            "0; higher when a reference is used twice.",
        ),
        col(
            Role::Indexed,
            "description",
            Read::Name(|c| c.description.as_deref()),
            "The administrator's words.",
        ),
        col(
            Role::Indexed,
            "common_name",
            Read::Name(|c| c.common_name.as_deref()),
            "Name it is for.",
        ),
        col(
            Role::Plain,
            "subject",
            Read::Text(|c| c.subject.as_deref()),
            "The whole distinguished name.",
        ),
        col(
            Role::Plain,
            "alternative_names",
            Read::Text(|c| c.alternative_names.as_deref()),
            "Further host names.",
        ),
        col(Role::Plain, "addresses", Read::Nets(|c| &c.addresses), "Addresses it is for."),
        col(
            Role::Indexed,
            "issuer",
            Read::Name(|c| c.issuer.as_deref()),
            "Authority that signed it, by its description; absent or self-signed for none.",
        ),
        col(Role::Plain, "valid_from", Read::Time(|c| c.valid_from), "Start of its validity."),
        col(
            Role::Plain,
            "valid_to",
            Read::Time(|c| c.valid_to),
            "End of its validity: when it expires.",
        ),
        col(Role::Plain, "in_use", Read::Bool(|c| c.in_use), "Some setting refers to it."),
        col(Role::Plain, "of_user", Read::Bool(|c| c.of_user), "Belongs to a user."),
        col(
            Role::Plain,
            "purpose",
            Read::Text(|c| c.purpose.as_deref()),
            "Extended key usage, such as id-kp-serverAuth.",
        ),
        col(
            Role::Plain,
            "key_type",
            Read::Text(|c| c.key_type.as_deref()),
            "Algorithm and size of the key, such as RSA-2048.",
        ),
        col(
            Role::Plain,
            "uuid",
            Read::Text(|c| c.uuid.as_deref()),
            "Identifier in the configuration.",
        ),
    ],
    parse,
    never_empty: false,
};

fn parse(raw: Raw<'_>, rows: &mut Vec<Certificate>) -> Result<(), Reject> {
    rows.push(Certificate {
        id: raw.text("refid")?,
        duplicate: raw.ordinal().into(),
        description: raw.string("descr"),
        common_name: raw.string("commonname").or_else(|| common_name(raw)),
        subject: raw.string("name"),
        alternative_names: joined(&raw.list("altnames_dns")),
        addresses: raw.list("altnames_ip"),
        issuer: raw.string("%caref").or_else(|| raw.string("caref")),
        valid_from: raw.maybe_read::<i64>("valid_from")?.map(Timestamp::from_seconds),
        valid_to: raw.maybe_read::<i64>("valid_to")?.map(Timestamp::from_seconds),
        in_use: raw.maybe_flag("in_use")?,
        of_user: raw.maybe_flag("is_user")?,
        purpose: raw.string("rfc3280_purpose"),
        key_type: raw.string("%key_type"),
        uuid: raw.string("uuid"),
    });
    Ok(())
}

/// 24.7 gives the distinguished name alone: `/C=NL/O=Lab/CN=fw.example.org`.
fn common_name(raw: Raw<'_>) -> Option<Box<str>> {
    let name = raw.maybe("name")?;
    name.split('/').find_map(|part| part.strip_prefix("CN=")).map(Into::into)
}
