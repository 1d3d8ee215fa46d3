//! Plain English without a model.
//!
//! A question becomes [`words`]; some of them are found in the index ([`entity`]); each of the [`kinds`] of
//! question says which words it needs, which it understands, and what it must be told. A kind is answered only
//! when it explains *every* word: what is not understood might change the meaning. Otherwise the nearest
//! readings are offered.

mod ask;
mod call;
mod entity;
mod kinds;
mod past;
mod phrases;
mod routing;
mod understand;
mod words;

pub use ask::{Asked, Found, Outcome, Reading};
pub use call::Call;
