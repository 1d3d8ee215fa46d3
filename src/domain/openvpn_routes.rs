//! OpenVPN routes: which address is behind which client.
use super::prelude::*;
use crate::types::Timestamp;

#[derive(Debug)]
pub struct VpnRoute {
    pub instance_id: Box<str>,
    pub destination: Box<str>,
    pub common_name: Box<str>,
    pub duplicate: i64,
    pub addresses: Vec<Box<str>>,
    pub instance: Option<Box<str>>,
    pub far_address: Option<Box<str>>,
    pub last_used: Option<Timestamp>,
}

pub static DOMAIN: Domain<VpnRoute> = Domain {
    name: "openvpn_routes",
    about: "Addresses and networks that OpenVPN servers reach through their clients.",
    cadence: Cadence::Runtime,
    sources: &[
        Source::grid("openvpn", "openvpn/service/search_routes", "Status: OpenVPN").backend()
    ],
    fields: &[
        field("id"),
        field("virtual_address"),
        field("common_name"),
        field("real_address"),
        field("description"),
        volatile("last_ref__time_t_"),
    ],
    identity: &["id", "virtual_address", "common_name"],
    columns: &[
        col(
            Role::Key,
            "instance_id",
            Read::Text(|v| Some(&v.instance_id)),
            "Identifier of the instance.",
        ),
        col(
            Role::Key,
            "destination",
            Read::Text(|v| Some(&v.destination)),
            "Address, network or hardware address inside the tunnel.",
        ),
        col(
            Role::Key,
            "common_name",
            Read::Name(|v| Some(&v.common_name)),
            "Client that it is behind.",
        ),
        col(
            Role::Key,
            "duplicate",
            Read::Int(|v| Some(v.duplicate)),
            "0; higher when a route is listed twice.",
        ),
        col(
            Role::Plain,
            "addresses",
            Read::Nets(|v| &v.addresses),
            "The destination, searchable by address.",
        ),
        col(
            Role::Indexed,
            "instance",
            Read::Name(|v| v.instance.as_deref()),
            "Description of the instance.",
        ),
        col(
            Role::Plain,
            "far_address",
            Read::Text(|v| v.far_address.as_deref()),
            "Address and port the client connects from.",
        ),
        col(Role::Plain, "last_used", Read::Time(|v| v.last_used), "When traffic was last seen."),
    ],
    parse: |raw, rows| {
        rows.push(VpnRoute {
            instance_id: raw.text("id")?,
            destination: raw.text("virtual_address")?,
            common_name: raw.string("common_name").unwrap_or_default(),
            duplicate: raw.ordinal().into(),
            addresses: raw.list("virtual_address"),
            instance: raw.string("description"),
            far_address: raw.string("real_address"),
            last_used: raw.maybe_read::<i64>("last_ref__time_t_")?.map(Timestamp::from_seconds),
        });
        Ok(())
    },
    never_empty: false,
};
