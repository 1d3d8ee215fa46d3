//! Address ranges, and the form in which addresses sort.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use thiserror::Error;

/// 16 bytes that sort like the address: IPv4 as `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2).
///
/// One width for both families, so one SQL index answers ranges and "which subnet holds this".
pub fn sort_key(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}

/// The address in `192.0.2.1/24`, `fe80::1%igb0` or `192.0.2.1`.
pub fn host_part(text: &str) -> Option<IpAddr> {
    let text = text.split(['/', '%']).next().unwrap_or_default();
    text.trim().parse().ok()
}

/// Both ends included; both of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange {
    first: IpAddr,
    last: IpAddr,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is not an address, a network such as 10.0.0.0/24, or a range such as 10.0.0.5-10.0.0.9"
)]
pub struct RangeError(String);

impl AddressRange {
    /// `None` when the ends are of two families or in the wrong order.
    pub fn new(first: IpAddr, last: IpAddr) -> Option<Self> {
        (first.is_ipv4() == last.is_ipv4() && first <= last).then_some(Self { first, last })
    }

    pub const fn first(self) -> IpAddr {
        self.first
    }

    pub const fn last(self) -> IpAddr {
        self.last
    }

    pub fn contains(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.first.is_ipv4() && self.first <= address && address <= self.last
    }

    /// The network around a host address: `192.0.2.7/24` is `192.0.2.0-192.0.2.255`.
    pub fn of_network(net: IpNet) -> Self {
        Self { first: net.network(), last: net.broadcast() }
    }
}

impl From<IpAddr> for AddressRange {
    fn from(address: IpAddr) -> Self {
        Self { first: address, last: address }
    }
}

impl FromStr for AddressRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || RangeError(text.chars().take(60).collect());
        let trimmed = text.trim();
        if trimmed.contains('/') {
            return trimmed.parse::<IpNet>().map(Self::of_network).map_err(|_| wrong());
        }
        if let Some((first, last)) = trimmed.split_once('-') {
            let ends = (first.trim().parse(), last.trim().parse());
            let (Ok(first), Ok(last)) = ends else { return Err(wrong()) };
            return Self::new(first, last).ok_or_else(wrong);
        }
        trimmed.parse::<IpAddr>().map(Self::from).map_err(|_| wrong())
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            self.first.fmt(f)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(text: &str) -> AddressRange {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_written_with_host_bits_covers_the_whole_network() {
        assert_eq!(range("192.0.2.7/24"), range("192.0.2.0-192.0.2.255"));
    }

    #[test]
    fn mixed_families_and_swapped_ends_are_refused() {
        assert!("10.0.0.9-10.0.0.5".parse::<AddressRange>().is_err());
        assert!("10.0.0.1-::1".parse::<AddressRange>().is_err());
    }

    #[test]
    fn a_zone_or_prefix_length_is_cut_from_a_host() {
        assert_eq!(host_part("fe80::1%igb0"), "fe80::1".parse().ok());
        assert_eq!(host_part("192.0.2.7/24"), "192.0.2.7".parse().ok());
    }

    proptest! {
        #[test]
        fn keys_sort_like_addresses(a: u32, b: u32, c: u128, d: u128) {
            let v4 = |x: u32| IpAddr::V4(x.into());
            let v6 = |x: u128| IpAddr::V6(x.into());
            prop_assert_eq!(sort_key(v4(a)).cmp(&sort_key(v4(b))), a.cmp(&b));
            prop_assert_eq!(sort_key(v6(c)).cmp(&sort_key(v6(d))), c.cmp(&d));
        }
    }
}
