//! What happens to a world: devices come and go, leases are renewed, a person edits.
//!
//! Every turn draws from the world's own generator, so the same turns on the same seed give the
//! same history.

use std::collections::BTreeSet;
use std::mem;

use super::devices::Device;
use super::kinds;
use super::network::Zone;
use super::world::{World, lifetime};

/// The highest VLAN tag (IEEE 802.1Q reserves 4095).
const LAST_TAG: u16 = 4094;
/// Edits rotate through these, so that an edit always changes the rule.
const EDITED_PORTS: [&str; 4] = ["443", "8443", "22", "853"];

impl World {
    /// Time passes: leases of devices that are on are renewed at half their life, those of the
    /// others run out, ARP entries age, counters grow. The clock of the options is not asked.
    pub fn tick(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
        let now = self.now.seconds();
        for device in &mut self.devices {
            let Some(zone) = self.zones.get(device.zone) else { continue };
            let life = lifetime(zone.backend);
            if device.online && device.leased && device.expires - now < life / 2 {
                // Whole half lives, so that leases keep their distance from each other.
                let missed = (now + life / 2 - device.expires).div_euclid(life / 2) + 1;
                device.expires += missed * (life / 2);
            }
        }
        self.changed();
    }

    /// About this fraction of the leases is renewed now; answers how many.
    pub fn renew_leases(&mut self, fraction: f64) -> usize {
        let now = self.now.seconds();
        let mut renewed = 0;
        for device in &mut self.devices {
            let Some(zone) = self.zones.get(device.zone) else { continue };
            if device.leased && self.rng.f64() < fraction {
                device.expires = now + lifetime(zone.backend);
                renewed += 1;
            }
        }
        self.changed();
        renewed
    }

    /// New devices appear with a lease and online; answers their names, each unique. Fewer than
    /// asked when a network is full.
    pub fn join(&mut self, count: usize) -> Vec<String> {
        let mut names = Vec::with_capacity(count);
        for _ in 0..count {
            let kind = kinds::draw(&mut self.rng);
            let zone = self.rng.choice(kind.zones).copied().unwrap_or_default();
            if let Some(device) = self.arrive(kind, zone) {
                names.push(device.name.to_string());
                self.devices.push(device);
            }
        }
        self.changed();
        names
    }

    /// Devices vanish with their leases, and their addresses may go to others; those with a
    /// reservation stay, because a reservation is configuration. Answers the names of the gone.
    pub fn leave(&mut self, count: usize) -> Vec<String> {
        let mut candidates: Vec<u32> =
            self.devices.iter().filter(|d| !d.reserved).map(|d| d.serial).collect();
        self.rng.shuffle(&mut candidates);
        let gone: BTreeSet<u32> = candidates.into_iter().take(count).collect();
        let (left, stayed): (Vec<Device>, Vec<Device>) =
            mem::take(&mut self.devices).into_iter().partition(|d| gone.contains(&d.serial));
        self.devices = stayed;
        let mut names = Vec::with_capacity(left.len());
        for device in left {
            if let Some(zone) = self.zones.get_mut(device.zone) {
                zone.give_back(device.v4);
            }
            names.push(device.name.into_string());
        }
        self.changed();
        names
    }

    /// Switches the first device of this name on or off, which adds or removes it from ARP and NDP.
    /// False when there is no such device.
    pub fn set_online(&mut self, name: &str, online: bool) -> bool {
        let found = self.devices.iter_mut().find(|device| *device.name == *name);
        let known = found.is_some();
        if let Some(device) = found {
            device.online = online;
        }
        self.changed();
        known
    }

    /// Monit is stopped.
    pub fn stop_monit(&mut self) {
        self.monit_runs = false;
    }

    /// A person changes port and description of one MVC rule; answers its UUID.
    pub fn edit_rule(&mut self) -> String {
        let mut editable: Vec<_> = self.rules.iter_mut().filter(|rule| !rule.legacy).collect();
        let at = self.rng.usize(0..editable.len().max(1));
        let Some(rule) = editable.get_mut(at) else { return String::new() };
        rule.edits += 1;
        let edits = rule.edits;
        "TCP".clone_into(&mut rule.protocol);
        let port = EDITED_PORTS.get(edits % EDITED_PORTS.len()).copied().unwrap_or_default();
        port.clone_into(&mut rule.dst_port);
        let plain = rule.description.split(" (edit ").next().unwrap_or_default();
        rule.description = format!("{plain} (edit {edits})");
        let uuid = rule.uuid.clone();
        self.reconfigured();
        uuid
    }

    /// A VLAN on igc1 with an interface, Kea and a network of its own; answers the interface key.
    /// `None` when the tag is no VLAN tag or taken.
    pub fn add_vlan(&mut self, tag: u16, name: &str) -> Option<String> {
        if !(1..=LAST_TAG).contains(&tag) || self.zones.iter().any(|zone| zone.tag() == Some(tag)) {
            return None;
        }
        // The LAN is no VLAN, and opt6 is the VPN.
        let nth = self.zones.len();
        let zone = Zone::added(nth, nth + 1, tag, name);
        let key = zone.key.clone();
        self.zones.push(zone);
        self.reconfigured();
        Some(key)
    }
}
