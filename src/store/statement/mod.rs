//! Statements of users: one `SELECT`, on a connection that can do nothing else.
//!
//! In: SQL that somebody typed, or that an agent made up. Out: rows, or a [`Refusal`] that says how to
//! repair it. Nothing it says is trusted: the file is opened for reading, SQLite's authorizer lets it read
//! what is [`published`] and call what is listed in [`functions`], and [`guard`] bounds its length, depth,
//! time, memory and rows. Where SQLite asks nobody while it works, [`cost`], [`expansion`],
//! [`linear`] and [`memory`] bound them.

mod cost;
mod expansion;
mod functions;
mod guard;
mod lane;
mod linear;
mod memory;
mod published;
mod refusal;
mod run;

pub(super) use guard::Guard;
pub use published::PublishedTable;
pub use refusal::Refusal;
pub use run::{Cut, Found, Statement};
