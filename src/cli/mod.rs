//! The front door: one command, its answer, an exit code.
//!
//! In: arguments, the environment, the settings file. Out: an answer on the standard output, what a
//! person should know about it on the standard error stream, and one of the codes in `exit`.
//! Never here: SQL, HTTP, a decision about data. `query`, `locate` and `status` answer from the
//! database alone: no firewall is contacted.
//!
//! A command takes what was typed and gives an [`Outcome`](outcome::Outcome), which is text; only
//! [`mod@print`] writes. What was typed is declared in [`args`], and every setting is a flag because
//! [`flags`] reads the table of settings.

mod args;
mod ask;
mod backfill;
mod changes;
mod demo;
mod devices;
mod doctor;
mod error;
mod exit;
mod flags;
mod import;
mod install;
mod label;
mod lint;
mod load;
mod locate;
mod outcome;
mod passphrase;
mod presence;
mod print;
mod progress;
mod query;
mod questions;
mod reach;
mod report;
mod rule_args;
mod run;
mod runtime;
mod sample;
mod scratch;
mod serve;
mod signals;
mod sql;
mod status;
mod sync;
mod table;
mod trace;
mod upkeep;
mod upkeep_args;
mod words;

pub use run::run;
