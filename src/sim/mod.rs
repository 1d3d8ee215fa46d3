//! A firewall that is not there: a made-up network behind the OPNsense REST API, on loopback.
//!
//! In: [`SimOptions`] (a seed and sizes), and changes a test or bench asks for. Out: the bodies a
//! 26.7 firewall would send, over HTTP from a [`Simulator`] or straight from a [`World`]. Shapes are
//! the recorded ones, every name and address is invented, and the text `SIM-SECRET-` marks the
//! places where a real firewall leaks secrets. The same seed, sizes and clock give the same bytes.
//!
//! Never here: a real firewall, the store, the wall clock, anything that listens beyond loopback.

mod alias_rows;
mod aliases;
mod appliance;
mod automatic;
mod counters;
mod devices;
mod dhcp_pools;
mod dns;
mod endpoint;
mod fault;
mod flows;
mod grid;
mod ids;
mod interfaces;
mod kinds;
mod leases;
mod links;
mod nat;
mod neighbours;
mod network;
mod options;
mod reply;
mod reservations;
mod resolving;
mod routing;
mod rule_rows;
mod rules;
mod server;
mod socket;
mod stats;
mod system;
mod tables;
mod terms;
#[cfg(test)]
mod tests;
mod turns;
mod vpn;
mod world;

pub use fault::{Fault, FaultError};
pub use options::SimOptions;
pub use server::{SimError, Simulator};
pub use stats::SimStats;
pub use world::World;
