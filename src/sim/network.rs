//! Interfaces with their networks, sized for the devices behind them.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Positions in [`Zone::planned`]; VLANs added later follow.
pub(super) const LAN: usize = 0;
pub(super) const GUEST: usize = 1;
pub(super) const IOT: usize = 2;
pub(super) const CAMERAS: usize = 3;
pub(super) const DMZ: usize = 4;
pub(super) const MGMT: usize = 5;
pub(super) const ZONES: usize = 6;

/// A home's /24 holds this many with room for guests; beyond it a network comes out of 10.0.0.0/8.
const FITS_SMALL: u32 = 200;
/// The firewall and fixed infrastructure sit below.
const FIRST_HOST: u32 = 16;
/// The prefix length of the slice of 10.0.0.0/8 that a large network may grow into.
const SLICE: u8 = 12;
/// Slices start here: 10.0.0.0 to 10.127.255.255 holds the small networks.
const FIRST_SLICE: u32 = 8;
/// Host part of the first address DHCPv6 hands out.
const FIRST_HOST_V6: u128 = 0x1000;

/// Who hands out addresses on an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backend {
    Kea,
    Dnsmasq,
    /// Addresses are typed in: hosts appear in ARP and nowhere else.
    Static,
}

/// One inside interface and the network behind it.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    /// `opt1`.
    pub(super) key: String,
    /// `GUEST`.
    pub(super) descr: String,
    /// `vlan01`.
    pub(super) device: String,
    pub(super) vlan: Option<Vlan>,
    pub(super) net: Ipv4Net,
    pub(super) net6: Option<Ipv6Net>,
    pub(super) backend: Backend,
    next: u32,
    /// Addresses of devices that left.
    free: Vec<u32>,
}

#[derive(Debug, Clone)]
pub(super) struct Vlan {
    pub(super) tag: u16,
    pub(super) about: String,
}

struct Plan {
    name: &'static str,
    vlan: Option<(u16, &'static str)>,
    net: [u8; 3],
    v6: bool,
    backend: Backend,
}

const PLAN: [Plan; ZONES] = [
    Plan { name: "LAN", vlan: None, net: [192, 168, 1], v6: true, backend: Backend::Kea },
    Plan {
        name: "GUEST",
        vlan: Some((20, "Guest WiFi")),
        net: [192, 168, 20],
        v6: true,
        backend: Backend::Dnsmasq,
    },
    Plan {
        name: "IOT",
        vlan: Some((30, "IoT devices")),
        net: [192, 168, 30],
        v6: false,
        backend: Backend::Kea,
    },
    Plan {
        name: "CAMERAS",
        vlan: Some((40, "Cameras")),
        net: [192, 168, 40],
        v6: false,
        backend: Backend::Dnsmasq,
    },
    Plan {
        name: "DMZ",
        vlan: Some((50, "DMZ servers")),
        net: [172, 16, 50],
        v6: true,
        backend: Backend::Static,
    },
    Plan {
        name: "MGMT",
        vlan: Some((99, "Management")),
        net: [10, 99, 0],
        v6: false,
        backend: Backend::Kea,
    },
];

impl Zone {
    /// The inside interfaces, each with room for its count of devices and as many again.
    pub(super) fn planned(counts: [u32; ZONES]) -> Vec<Self> {
        (0_u32..)
            .zip(PLAN.iter().zip(counts))
            .map(|(index, (plan, count))| {
                let [a, b, c] = plan.net;
                let small = Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), 24);
                let net =
                    if count <= FITS_SMALL { small } else { large(index, count).unwrap_or(small) };
                let tag = plan.vlan.map(|(tag, _)| tag);
                Self {
                    key: if index == 0 { "lan".to_owned() } else { format!("opt{index}") },
                    descr: plan.name.to_owned(),
                    device: if index == 0 { "igc1".to_owned() } else { format!("vlan{index:02}") },
                    vlan: plan.vlan.map(|(tag, about)| Vlan { tag, about: about.to_owned() }),
                    net,
                    net6: plan.v6.then(|| inside6(tag.unwrap_or(1))),
                    backend: plan.backend,
                    next: 0,
                    free: Vec::new(),
                }
            })
            .collect()
    }

    /// A VLAN somebody adds later: the `nth` of all, on `opt<option>`.
    pub(super) fn added(nth: usize, option: usize, tag: u16, name: &str) -> Self {
        let [high, low] = tag.to_be_bytes();
        Self {
            key: format!("opt{option}"),
            descr: name.to_owned(),
            device: format!("vlan{nth:02}"),
            vlan: Some(Vlan { tag, about: name.to_owned() }),
            // A tag has 12 bits, so this stays within 10.64.0.0/12, which nothing else uses.
            net: Ipv4Net::new_assert(Ipv4Addr::new(10, 64 | (high & 0x0f), low, 0), 24),
            net6: None,
            backend: Backend::Kea,
            next: 0,
            free: Vec::new(),
        }
    }

    /// An address nobody has; `None` when the network is full.
    pub(super) fn take(&mut self) -> Option<Ipv4Addr> {
        let host = self.free.pop().or_else(|| {
            self.next += 1;
            Some(FIRST_HOST + self.next - 1)
        })?;
        let address = Ipv4Addr::from(u32::from(self.net.network()).checked_add(host)?);
        (address < self.net.broadcast() && self.net.contains(&address)).then_some(address)
    }

    pub(super) fn give_back(&mut self, address: Ipv4Addr) {
        self.free.push(u32::from(address) - u32::from(self.net.network()));
    }

    /// The firewall's own address.
    pub(super) fn gateway(&self) -> Ipv4Addr {
        self.host(1)
    }

    /// A fixed address below those of the devices.
    pub(super) fn host(&self, number: u8) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.net.network()) | u32::from(number))
    }

    pub(super) fn gateway6(&self) -> Option<Ipv6Addr> {
        self.net6.map(|net| Ipv6Addr::from(u128::from(net.network()) | 1))
    }

    /// What DHCPv6 gives the device with this IPv4 address.
    pub(super) fn dhcp6(&self, v4: Ipv4Addr) -> Option<Ipv6Addr> {
        let host = u128::from(u32::from(v4) & u32::from(self.net.hostmask()));
        self.net6.map(|net| Ipv6Addr::from(u128::from(net.network()) + FIRST_HOST_V6 + host))
    }

    pub(super) fn tag(&self) -> Option<u16> {
        self.vlan.as_ref().map(|vlan| vlan.tag)
    }
}

/// A /12 slice holds 1,048,576 addresses, so twice the share of any kind in 1,000,000 devices.
fn large(index: u32, count: u32) -> Option<Ipv4Net> {
    let bits = count.checked_mul(2)?.checked_next_power_of_two()?.trailing_zeros();
    let prefix = 32_u8.checked_sub(u8::try_from(bits).ok()?)?.max(SLICE);
    let slice = (10 << 24) | ((FIRST_SLICE + index) << 20);
    Ipv4Net::new(Ipv4Addr::from(slice), prefix).ok()
}

/// `2001:db8:101:<tag>::/64`, with the tag's decimal digits read as hexadecimal, as people do.
fn inside6(tag: u16) -> Ipv6Net {
    let digits = u16::from_str_radix(&tag.to_string(), 16).unwrap_or(tag);
    Ipv6Net::new_assert(Ipv6Addr::new(0x2001, 0xdb8, 0x101, digits, 0, 0, 0, 0), 64)
}
