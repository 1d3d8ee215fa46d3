//! A year of a network as its firewall sees it, in steps of five minutes: who is there, what they lease, who
//! edits a rule. Made of rows and not of response bodies, because a year has 105,000 of each.
//!
//! 1,000 devices: six in ten are always on, twenty of those say little and fall out of the neighbour tables
//! every half hour, the others belong to people who come in the morning, go in the evening and stay away at
//! weekends. Visitors bring devices nobody knows. Leases last 4,000 s and are renewed at half; two devices in
//! three speak IPv6 and take a new privacy address each day; a rule is edited each week.

use opndex::domain::{AnyDomain, RawRow, RawRows, RawValue, by_name};

pub(crate) const STEP: i64 = 300;
const DAY: i64 = 86_400;
const LEASE: i64 = 4_000;
/// Seconds that a neighbour entry lives after the device fell silent.
const NEIGHBOUR: i64 = 1_200;
const VISITORS_PER_DAY: f64 = 40.0;
const RULES: u64 = 200;

/// One device, and until when each table shows it.
struct Device {
    serial: u64,
    person: bool,
    quiet: bool,
    ipv6: bool,
    /// Comes and goes at these seconds of today.
    today: Option<(i64, i64)>,
    neighbour_until: i64,
    leased_until: i64,
    /// A visitor's device is forgotten afterwards.
    visit_ends: Option<i64>,
}

/// The network at one moment.
pub(crate) struct Network {
    pub(crate) now: i64,
    rng: fastrand::Rng,
    devices: Vec<Device>,
    next_serial: u64,
    edits: u64,
}

impl Network {
    pub(crate) fn new(start: i64, devices: u64) -> Self {
        let mut network = Self {
            now: start,
            rng: fastrand::Rng::with_seed(1),
            devices: Vec::new(),
            next_serial: 0,
            edits: 0,
        };
        for n in 0..devices {
            let device = network.device(n % 10 >= 6, n % 50 == 0, None);
            network.devices.push(device);
        }
        network.plan_day();
        network
    }

    fn device(&mut self, person: bool, quiet: bool, visit_ends: Option<i64>) -> Device {
        let serial = self.next_serial;
        self.next_serial += 1;
        Device {
            serial,
            person,
            quiet,
            ipv6: !serial.is_multiple_of(3),
            today: None,
            neighbour_until: 0,
            leased_until: 0,
            visit_ends,
        }
    }

    fn plan_day(&mut self) {
        let weekend = (self.now / DAY) % 7 >= 5;
        for device in &mut self.devices {
            let comes = self.rng.f64() < if weekend { 0.1 } else { 0.7 };
            let (start, end) =
                (8 * 3_600 + self.rng.i64(-3_600..3_600), 17 * 3_600 + self.rng.i64(-7_200..7_200));
            device.today = comes.then_some((start, end));
        }
    }

    /// Five minutes pass.
    pub(crate) fn step(&mut self) {
        self.now += STEP;
        let (now, second) = (self.now, self.now % DAY);
        if second < STEP {
            self.plan_day();
        }
        if now % (7 * DAY) < STEP {
            self.edits += 1;
        }
        let daytime = (9 * 3_600..17 * 3_600).contains(&second);
        if daytime && self.rng.f64() < VISITORS_PER_DAY / 96.0 {
            let ends = now + self.rng.i64(1_800..4 * 3_600);
            let device = self.device(true, false, Some(ends));
            self.devices.push(device);
        }
        for device in &mut self.devices {
            let present = match device.visit_ends {
                Some(ends) => now < ends,
                None if device.person => {
                    device.today.is_some_and(|(from, to)| (from..to).contains(&second))
                }
                None => true,
            };
            // Half the lifetime, so that the end of the lease moves twice in it.
            if present && device.leased_until - now < LEASE / 2 {
                device.leased_until = now + LEASE;
            }
            // One that says little is heard about once an hour.
            if present && (!device.quiet || self.rng.u8(0..12) == 0) {
                device.neighbour_until = now + NEIGHBOUR;
            }
        }
        self.devices.retain(|d| d.visit_ends.is_none_or(|ends| now < ends + 2 * LEASE));
    }

    /// The state of one domain, as a pull would give it.
    pub(crate) fn state(&self, domain: &'static dyn AnyDomain) -> RawRows {
        let rows = match domain.name() {
            "arp" => self.seen().map(|d| self.arp(domain, d)).collect(),
            "ndp" => self.seen().filter(|d| d.ipv6).flat_map(|d| self.ndp(domain, d)).collect(),
            "dhcp_leases" => {
                let held = self.devices.iter().filter(|d| d.leased_until + 600 > self.now);
                held.map(|d| Self::lease(domain, d)).collect()
            }
            "firewall_rules" => (0..RULES).map(|n| self.rule(domain, n)).collect(),
            other => panic!("the year has no `{other}`"),
        };
        RawRows::new(domain, rows)
    }

    pub(crate) fn rules_edited(&self) -> u64 {
        self.edits
    }

    fn seen(&self) -> impl Iterator<Item = &Device> {
        self.devices.iter().filter(|d| d.neighbour_until > self.now)
    }

    fn arp(&self, domain: &dyn AnyDomain, device: &Device) -> RawRow {
        // The countdown moves with every look; by the hour is how often it is kept.
        let left = (device.serial * 7 + u64::try_from(self.now / 3_600).unwrap_or(0) * 13) % 1_200;
        row(
            domain,
            "arp",
            &[
                ("ip", text(ip(device))),
                ("mac", text(mac(device))),
                ("intf", text(format!("vlan0{}", zone(device)))),
                ("intf_description", text(ZONES[usize::from(zone(device))].to_owned())),
                ("hostname", text(name(device))),
                ("manufacturer", text(VENDORS[serial(device) % VENDORS.len()].to_owned())),
                ("permanent", RawValue::Bool(false)),
                ("expired", RawValue::Bool(false)),
                ("expires", RawValue::Int(i64::try_from(left).unwrap_or(0))),
            ],
        )
    }

    fn ndp(&self, domain: &dyn AnyDomain, device: &Device) -> Vec<RawRow> {
        let day = u64::try_from(self.now / DAY).unwrap_or(0);
        let privacy = device.serial.wrapping_mul(0x9e37_79b9).wrapping_add(day * 0x85eb_ca6b);
        [
            format!("fe80::{:x}", device.serial + 1),
            format!("2001:db8:{}::{:x}", zone(device), privacy % 0xffff_ffff),
        ]
        .into_iter()
        .map(|ip| {
            row(
                domain,
                "ndp",
                &[
                    ("ip", text(ip)),
                    ("mac", text(mac(device))),
                    ("intf", text(format!("vlan0{}", zone(device)))),
                    ("intf_description", text(ZONES[usize::from(zone(device))].to_owned())),
                    ("manufacturer", text(VENDORS[serial(device) % VENDORS.len()].to_owned())),
                ],
            )
        })
        .collect()
    }

    fn lease(domain: &dyn AnyDomain, device: &Device) -> RawRow {
        row(
            domain,
            "kea4",
            &[
                ("address", text(ip(device))),
                ("hwaddr", text(mac(device))),
                ("hostname", text(name(device))),
                ("if", text(format!("vlan0{}", zone(device)))),
                ("if_name", text(format!("opt{}", zone(device)))),
                ("if_descr", text(ZONES[usize::from(zone(device))].to_owned())),
                ("is_reserved", text(String::new())),
                ("client_id", text(format!("01:{}", mac(device)))),
                ("mac_info", text(VENDORS[serial(device) % VENDORS.len()].to_owned())),
                ("state", text("0".to_owned())),
                ("expire", RawValue::Int(device.leased_until)),
            ],
        )
    }

    fn rule(&self, domain: &dyn AnyDomain, n: u64) -> RawRow {
        let edited = if self.edits % RULES == n { self.edits } else { 0 };
        row(
            domain,
            "rules",
            &[
                ("uuid", text(format!("00000000-0000-4000-8000-{n:012}"))),
                ("sort_order", text(format!("400000.{n:07}"))),
                ("enabled", text("1".to_owned())),
                ("action", text("pass".to_owned())),
                ("interface", text(format!("opt{}", n % 5))),
                ("source_net", text(format!("10.{}.0.0/16", n % 5))),
                ("destination_net", text("any".to_owned())),
                ("destination_port", text(format!("{}", 443 + edited))),
                ("description", text(format!("rule number {n} of the believable set"))),
            ],
        )
    }
}

const ZONES: [&str; 5] = ["LAN", "IOT", "GUEST", "OFFICE", "CAMERAS"];
const VENDORS: [&str; 6] = [
    "Apple, Inc.",
    "Espressif Inc.",
    "Intel Corporate",
    "Samsung Electronics Co.,Ltd",
    "Raspberry Pi Trading Ltd",
    "Axis Communications AB",
];

fn serial(device: &Device) -> usize {
    usize::try_from(device.serial).unwrap_or(0)
}

fn zone(device: &Device) -> u8 {
    u8::try_from(device.serial % 5).unwrap_or(0)
}

fn ip(device: &Device) -> String {
    format!("10.{}.{}.{}", zone(device), (device.serial / 1_250) % 250, (device.serial / 5) % 250)
}

fn mac(device: &Device) -> String {
    let s = device.serial.wrapping_mul(0x5851_f42d) & 0xffff_ffff;
    format!("3c:22:{:02x}:{:02x}:{:02x}:{:02x}", s >> 24, (s >> 16) & 255, (s >> 8) & 255, s & 255)
}

fn name(device: &Device) -> String {
    if device.serial.is_multiple_of(4) {
        String::new()
    } else {
        format!("device-{}", device.serial)
    }
}

fn text(text: String) -> RawValue {
    RawValue::Text(text.into())
}

/// A row of `source` with these fields; those that the domain does not read are left out.
fn row(domain: &dyn AnyDomain, source: &'static str, values: &[(&str, RawValue)]) -> RawRow {
    let known = domain.sources().iter().find(|s| s.name == source).unwrap_or(&domain.sources()[0]);
    let mut row = RawRow::new(known.name, domain.fields().len());
    for (name, value) in values {
        if let Some(at) = domain.fields().iter().position(|f| f.name == *name) {
            row.set(at, Some(value.clone()));
        }
    }
    row
}

/// The domains of the year.
pub(crate) fn domains() -> [&'static dyn AnyDomain; 4] {
    ["arp", "dhcp_leases", "firewall_rules", "ndp"].map(|name| by_name(name).expect("a domain"))
}
