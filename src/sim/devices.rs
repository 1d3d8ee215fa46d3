//! Devices behind the firewall.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::types::MacAddr;

use super::kinds::{HOSTILE, Kind, NAMED, NO_VENDOR, Vendor};
use super::network::{Backend, Zone};

/// Serial numbers repeat after this many: the part of a MAC address its maker counts.
const SERIALS: u32 = 1 << 24;
/// Odd, so that multiplying by it visits every 24-bit number once: unique and not in a row.
const SERIAL_STRIDE: u32 = 0x009E_3779;
/// Of these many devices one has a hostile name, one has none, one shares its name with others.
const HOSTILE_EVERY: u32 = 97;
const NAMELESS_EVERY: u32 = 53;
const SHARED_EVERY: u32 = 41;
const SHARED_NAME: &str = "android";
/// RFC 1035 ends at 255; clients do not.
const LONG_NAME: usize = 300;
/// One DUID-LLT (RFC 8415, 11.2) time for all: it is an identifier, not a clock.
const DUID_START: &str = "00:01:00:01:2a:bb:cc:dd";

/// How a device came by its IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inet6 {
    None,
    /// Made up by the device itself, so nobody leased it.
    Slaac,
    Dhcp,
}

#[derive(Debug, Clone)]
pub(super) struct Device {
    /// Counts up and is never used again.
    pub(super) serial: u32,
    /// As the device tells it; may be empty, shared or hostile.
    pub(super) name: Box<str>,
    pub(super) vendor: &'static Vendor,
    pub(super) mac: MacAddr,
    /// Position in the world's zones.
    pub(super) zone: usize,
    pub(super) v4: Ipv4Addr,
    pub(super) inet6: Inet6,
    /// Holds a lease; false for typed-in addresses and for reservations nobody uses.
    pub(super) leased: bool,
    pub(super) reserved: bool,
    pub(super) online: bool,
    /// When the lease ends, in seconds since the epoch.
    pub(super) expires: i64,
}

impl Device {
    /// A new device in `zone`, online with a fresh lease; `None` when the network is full.
    pub(super) fn new(
        serial: u32,
        kind: &Kind,
        place: (usize, &mut Zone),
        rng: &mut fastrand::Rng,
    ) -> Option<Self> {
        let (index, zone) = place;
        let vendor = rng.choice(kind.vendors).unwrap_or(&NO_VENDOR);
        let inet6 = match (zone.net6.is_some(), rng.u8(0..4)) {
            (false, _) | (true, 0) => Inet6::None,
            (true, 1) => Inet6::Slaac,
            (true, _) if zone.backend == Backend::Static => Inet6::Slaac,
            (true, _) => Inet6::Dhcp,
        };
        Some(Self {
            serial,
            name: format!("{}-{serial}", kind.name).into(),
            vendor,
            mac: mac(vendor, serial),
            zone: index,
            v4: zone.take()?,
            inet6,
            leased: zone.backend != Backend::Static,
            reserved: false,
            online: true,
            expires: 0,
        })
    }

    /// What time and habit made of a device: its name, whether it is reserved, whether it is on.
    pub(super) fn settle(&mut self, rng: &mut fastrand::Rng) {
        let named = usize::try_from(self.serial).ok().and_then(|serial| NAMED.get(serial));
        if let Some((name, _)) = named {
            self.name = (*name).into();
            self.reserved = self.leased;
            return;
        }
        if let Some(name) = odd_name(self.serial) {
            self.name = name;
        }
        self.online = rng.u8(0..10) < 8;
        self.reserved = self.leased && rng.u8(0..10) == 0;
        // Some reservations wait for a device that never came back.
        if self.reserved && !self.online {
            self.leased = rng.bool();
        }
    }

    /// DHCP unique identifier: time, link layer and MAC address.
    pub(super) fn duid(&self) -> String {
        format!("{DUID_START}:{}", self.mac)
    }

    /// `01:` for Ethernet, then the address.
    pub(super) fn client_id(&self) -> String {
        format!("01:{}", self.mac)
    }

    /// The global address, whoever chose it.
    pub(super) fn v6(&self, zone: &Zone) -> Option<Ipv6Addr> {
        match self.inet6 {
            Inet6::None => None,
            Inet6::Dhcp => zone.dhcp6(self.v4),
            Inet6::Slaac => {
                zone.net6.map(|net| Ipv6Addr::from(u128::from(net.network()) | eui64(self.mac)))
            }
        }
    }

    pub(super) fn link_local(&self) -> Ipv6Addr {
        link_local(self.mac)
    }
}

/// The maker's bytes, then a number no other device has.
fn mac(vendor: &Vendor, serial: u32) -> MacAddr {
    let [oui_high, oui_mid, oui_low] = vendor.oui;
    let [_, own @ ..] = (serial.wrapping_mul(SERIAL_STRIDE) % SERIALS).to_be_bytes();
    let [high, mid, low] = own;
    MacAddr::new([oui_high, oui_mid, oui_low, high, mid, low])
}

/// `fe80::` and the interface identifier of a MAC address (RFC 4291, appendix A).
pub(super) fn link_local(mac: MacAddr) -> Ipv6Addr {
    Ipv6Addr::from((0xfe80_u128 << 112) | eui64(mac))
}

/// The maker's half, `fffe`, the device's half, with the universal bit of the first byte flipped.
fn eui64(mac: MacAddr) -> u128 {
    let [maker @ .., _, _, _] = mac.bytes();
    let [_, _, _, own @ ..] = mac.bytes();
    let half = |[high, mid, low]: [u8; 3]| u128::from(u32::from_be_bytes([0, high, mid, low]));
    ((half(maker) << 40) | (0xfffe << 24) | half(own)) ^ (0b10 << 56)
}

/// Names that no tidy person would give, spread over the devices.
fn odd_name(serial: u32) -> Option<Box<str>> {
    if serial % HOSTILE_EVERY == HOSTILE_EVERY / 2 {
        let which =
            usize::try_from(serial / HOSTILE_EVERY).unwrap_or_default() % (HOSTILE.len() + 1);
        return Some(
            HOSTILE.get(which).map_or_else(|| "n".repeat(LONG_NAME).into(), |name| (*name).into()),
        );
    }
    if serial % NAMELESS_EVERY == NAMELESS_EVERY / 2 {
        return Some("".into());
    }
    (serial % SHARED_EVERY == SHARED_EVERY / 2).then(|| SHARED_NAME.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_local_address_is_the_one_a_real_firewall_has() {
        let mac = MacAddr::new([0x00, 0xe2, 0x69, 0x5a, 0x11, 0x00]);
        assert_eq!(link_local(mac), "fe80::2e2:69ff:fe5a:1100".parse::<Ipv6Addr>().unwrap());
    }
}
