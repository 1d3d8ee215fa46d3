//! opndex: a local, queryable, historical index of the network behind OPNsense firewalls.
//!
//! One binary and this library beside it. Each module is a **room**; a room looks at lower floors
//! only, never at a neighbour, and each outside crate lives in one room. `tests/it/architecture.rs`
//! enforces the table.
//!
//! | floor | rooms | own |
//! |---|---|---|
//! | 0 | [`types`] | words: addresses, names, time, secrets |
//! | 1 | [`domain`], [`settings`], [`telemetry`] | what can be known; what the user decided; logging |
//! | 2 | [`opnsense`], [`configxml`], [`store`], [`rules`] | HTTP to a firewall; config.xml; SQLite, and all SQL; what pf decides |
//! | 3 | [`sync`], [`ask`] | bringing rows in; questions and answers |
//! | 4 | [`mcp`], [`web`], [`sim`] | the door for agents; the HTTP listener; a simulated firewall |
//! | 5 | [`daemon`] | composition: start, serve, stop in order |
//! | 6 | [`cli`] | the front door |
//!
//! *Domain knows no network; store knows no firewall; doors know no SQL.*
//!
//! # The path of data
//!
//! 1. [`sync::Due::domains`] decides what is due. Pure.
//! 2. [`sync::Firewall::run`] pulls every due domain at once; the client alone bounds the requests.
//! 3. [`opnsense::Client::pull`] answers one [`domain::Source`]: spelling by release, paging, retries.
//! 4. The answer's bytes are hashed. The same as last time: unchanged, nothing is decoded.
//! 5. [`domain::decode`] reads only the fields of the domain's allow-list: nothing else is ever built,
//!    so nothing secret can be stored.
//! 6. An answer without rows where there were some is doubted, and its earlier rows are kept.
//! 7. [`domain::RawRows`] puts rows into canonical order and merges sources.
//! 8. [`store::Store::apply`] cuts the state into content-addressed chunks, compares it with the newest
//!    snapshot, and in one transaction stores the snapshot, writes the rows that differ, deletes those
//!    that are gone, keeps those that do not parse with the reason, and records what each source said.
//! 9. [`ask::Ask`] turns words into a typed selection, the store answers it in one statement, and an
//!    [`ask::Answer`] says of what moment it is, how complete, how many, and how to go on.
//! 10. A door shows it.
//!
//! # Invariants
//!
//! - A door never waits for a firewall unless it was asked to refresh.
//! - No answer without `as_of`, completeness and a total.
//! - A failed, truncated or doubtful response never deletes a row.
//! - A domain is applied whole or not at all; a process may die at any instant.
//! - Snapshots are the truth; a domain's table is a projection that can be rebuilt.
//! - An absent plugin is `absent`, not an error.
//! - Secrets stop at step 5; the API credentials are in no file of ours.
//! - Time enters through [`types::Clock`].
//! - Text from a firewall is data: control characters are stripped, lengths bounded.
//!
//! # Adding a domain
//!
//! One file in `src/domain/`, one migration, one fixture, two lines in `src/domain/mod.rs`;
//! `cargo test conformance` names whatever is missing and prints the migration it wants.

pub mod ask;
pub mod cli;
pub mod configxml;
pub mod daemon;
pub mod domain;
pub mod mcp;
pub mod opnsense;
pub mod rules;
pub mod settings;
pub mod sim;
pub mod store;
pub mod sync;
pub mod telemetry;
pub mod types;
pub mod web;
