//! Which domains show that a device was on the network, and where in their rows.

use super::AnyDomain;

/// How rows of one domain show devices.
#[derive(Debug, Clone, Copy)]
pub struct Sighting {
    pub domain: &'static str,
    /// Columns that name the device; the first that has a value does.
    pub clients: &'static [&'static str],
    /// Column of kind `ip`.
    pub address: &'static str,
    pub interface: &'static str,
    /// A row counts while this holds.
    pub only: Only,
}

/// What tells a row of a present device from one that is only still listed.
#[derive(Debug, Clone, Copy)]
pub enum Only {
    Always,
    /// The text column says this.
    Says(&'static str, &'static str),
    /// The flag is off or absent.
    Not(&'static str),
}

/// Alphabetical by domain. Another source of presence is one entry here.
pub static SIGHTINGS: &[Sighting] = &[
    Sighting {
        domain: "arp",
        clients: &["mac"],
        address: "ip",
        interface: "interface_name",
        only: Only::Not("expired"),
    },
    Sighting {
        domain: "dhcp_leases",
        clients: &["mac", "duid"],
        address: "ip",
        interface: "interface_name",
        only: Only::Says("state", "active"),
    },
    Sighting {
        domain: "ndp",
        clients: &["mac"],
        address: "ip",
        interface: "interface_name",
        only: Only::Always,
    },
];

/// How rows of `domain` show devices, if they do.
pub fn sighting(domain: &dyn AnyDomain) -> Option<&'static Sighting> {
    SIGHTINGS.iter().find(|s| s.domain == domain.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Kind, by_name};

    #[test]
    fn every_column_exists_and_is_of_the_right_kind() {
        assert!(SIGHTINGS.is_sorted_by_key(|s| s.domain));
        for one in SIGHTINGS {
            let columns = by_name(one.domain).expect(one.domain).columns();
            let kind = |name: &str| columns.iter().find(|c| c.name == name).map(|c| c.kind);
            assert_eq!(kind(one.address), Some(Kind::Ip), "{}", one.domain);
            assert!(kind(one.interface).is_some(), "{}", one.domain);
            for client in one.clients {
                assert!(matches!(kind(client), Some(Kind::Mac | Kind::Text)), "{client}");
            }
            match one.only {
                Only::Always => {}
                Only::Says(column, _) => assert_eq!(kind(column), Some(Kind::Text)),
                Only::Not(column) => assert_eq!(kind(column), Some(Kind::Bool)),
            }
        }
    }
}
