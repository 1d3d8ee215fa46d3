//! The name servers that the firewall itself uses.
use std::net::IpAddr;

use super::prelude::*;

#[derive(Debug)]
pub struct Resolver {
    pub server: IpAddr,
}

pub static DOMAIN: Domain<Resolver> = Domain {
    name: "dns_resolvers",
    about: "Name servers of the system: configured, or learned from the uplink.",
    cadence: Cadence::Runtime,
    sources: &[Source::list("system", "unbound/settings/get_nameservers", "", "Services: Unbound")
        .scalar("server")],
    fields: &[field("server")],
    identity: &["server"],
    columns: &[
        col(Role::Key, "server", Read::Ip(|r| Some(r.server)), "Address of the name server."),
        col(
            Role::Plain,
            "family",
            Read::Text(|r| Some(if r.server.is_ipv4() { "inet" } else { "inet6" })),
            "inet or inet6.",
        ),
    ],
    parse: |raw, rows| {
        rows.push(Resolver { server: raw.read("server")? });
        Ok(())
    },
    never_empty: false,
};
