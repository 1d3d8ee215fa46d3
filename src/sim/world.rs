//! The simulated network and what its firewall knows about it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;

use crate::types::{Clock, Release, Timestamp};

use super::aliases::Alias;
use super::devices::Device;
use super::dns::Override;
use super::endpoint::Endpoint;
use super::ids::rng_for;
use super::kinds::{self, Kind, NAMED};
use super::network::{Backend, ZONES, Zone};
use super::options::SimOptions;
use super::rules::Rule;

/// Lifetimes of leases, in seconds, as the two servers have them by default.
pub(super) const KEA_LIFETIME: i64 = 4000;
pub(super) const DNSMASQ_LIFETIME: i64 = 86_400;
/// The last configuration change before the world began, in seconds.
const UNCHANGED_FOR: i64 = 1800;
/// One entry per grid and rule filter is plenty; asking with many filters must not grow without end.
const CACHED_BODIES: usize = 64;

/// The simulated network: devices, configuration, and the answers its firewall gives.
///
/// An unchanged world gives the same bytes, except for the time of day in
/// `diagnostics/system/system_time`. Its own time stands still until [`World::tick`] moves it.
#[derive(Debug)]
pub struct World {
    pub(super) seed: u64,
    pub(super) release: Release,
    pub(super) clock: Clock,
    /// The world's own time.
    pub(super) now: Timestamp,
    pub(super) began: Timestamp,
    /// When the configuration last changed; whole seconds, as the firewall shows it.
    pub(super) revision: Timestamp,
    pub(super) rng: fastrand::Rng,
    pub(super) zones: Vec<Zone>,
    pub(super) devices: Vec<Device>,
    pub(super) next_serial: u32,
    pub(super) rules: Vec<Rule>,
    pub(super) aliases: Vec<Alias>,
    pub(super) overrides: Vec<Override>,
    pub(super) monit_runs: bool,
    cache: Mutex<BTreeMap<String, Bytes>>,
}

impl World {
    pub fn new(options: &SimOptions) -> Self {
        let now = Timestamp::from_seconds(options.clock.now().seconds());
        let mut rng = rng_for(options.seed, "world");
        let count = u32::try_from(options.devices).unwrap_or(u32::MAX);
        let plan: Vec<(&Kind, usize)> =
            (0..options.devices).map(|nth| draw(nth, &mut rng)).collect();
        let mut counts = [0; ZONES];
        for (_, zone) in &plan {
            if let Some(count) = counts.get_mut(*zone) {
                *count += 1;
            }
        }
        let mut world = Self {
            seed: options.seed,
            release: options.release,
            clock: options.clock.clone(),
            now,
            began: now,
            revision: now.plus_seconds(-UNCHANGED_FOR),
            rng,
            zones: Zone::planned(counts),
            devices: Vec::with_capacity(options.devices),
            next_serial: 0,
            rules: Vec::new(),
            aliases: Vec::new(),
            overrides: Vec::new(),
            monit_runs: true,
            cache: Mutex::default(),
        };
        for (kind, zone) in plan {
            if let Some(mut device) = world.arrive(kind, zone) {
                device.settle(&mut world.rng);
                world.devices.push(device);
            }
        }
        debug_assert_eq!(world.next_serial, count, "every device has a serial number");
        world.aliases = Alias::believable(&world);
        world.overrides = Override::believable(&world);
        world.rules = Rule::believable(&world, options.rules.max(1));
        world
    }

    /// The whole answer to `path` (`kea/leases4/search`, either spelling, with or without `/api/`):
    /// every row unless `params` pages. `None` when a 26.7 firewall has no such endpoint.
    pub fn body(&self, path: &str, params: &BTreeMap<String, String>) -> Option<Vec<u8>> {
        Endpoint::find(path).map(|endpoint| self.answer(&endpoint, params).to_vec())
    }

    /// What the devices call themselves, in order of arrival; those without a name are left out.
    pub fn device_names(&self) -> Vec<String> {
        self.devices
            .iter()
            .map(|device| device.name.to_string())
            .filter(|name| !name.is_empty())
            .collect()
    }

    pub(super) fn answer(&self, endpoint: &Endpoint, params: &BTreeMap<String, String>) -> Bytes {
        let Some(key) = endpoint.cache_key(params) else {
            return endpoint.render(self, params).into();
        };
        let cached = self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        cached.unwrap_or_else(|| {
            // Rendered without the lock: two who miss at once render the same bytes.
            let body = Bytes::from(endpoint.render(self, params));
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            if cache.len() >= CACHED_BODIES {
                cache.clear();
            }
            cache.insert(key, body.clone());
            body
        })
    }

    /// The devices with the interface each is on.
    pub(super) fn placed(&self) -> impl Iterator<Item = (&Device, &Zone)> + Clone {
        self.devices.iter().filter_map(|device| Some((device, self.zones.get(device.zone)?)))
    }

    pub(super) fn zone_by_key(&self, key: &str) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.key == key)
    }

    pub(super) fn device(&self, name: &str) -> Option<&Device> {
        self.devices.iter().find(|device| *device.name == *name)
    }

    /// A new device with the next serial number, not yet among the others.
    pub(super) fn arrive(&mut self, kind: &Kind, zone: usize) -> Option<Device> {
        let serial = self.next_serial;
        self.next_serial += 1;
        let mut device =
            Device::new(serial, kind, (zone, self.zones.get_mut(zone)?), &mut self.rng)?;
        let lifetime = self.zones.get(zone).map_or(KEA_LIFETIME, |zone| lifetime(zone.backend));
        // Leases of a grown network end at different times, none sooner than half a lifetime.
        device.expires = self.now.seconds() + lifetime / 2 + self.rng.i64(0..lifetime / 2);
        Some(device)
    }

    /// Forgets the rendered bodies; every mutator ends here.
    pub(super) fn changed(&mut self) {
        self.cache.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// As [`World::changed`], for what a person changes: the configuration has a new revision.
    pub(super) fn reconfigured(&mut self) {
        let now = Timestamp::from_seconds(self.clock.now().seconds());
        self.revision = now.max(self.revision.plus_seconds(1));
        self.changed();
    }
}

pub(super) const fn lifetime(backend: Backend) -> i64 {
    match backend {
        Backend::Dnsmasq => DNSMASQ_LIFETIME,
        Backend::Kea | Backend::Static => KEA_LIFETIME,
    }
}

/// Kind and zone of the `nth` device of a new world.
fn draw(nth: usize, rng: &mut fastrand::Rng) -> (&'static Kind, usize) {
    let kind = NAMED.get(nth).map_or_else(|| kinds::draw(rng), |(_, kind)| kinds::named(kind));
    (kind, rng.choice(kind.zones).copied().unwrap_or_default())
}
