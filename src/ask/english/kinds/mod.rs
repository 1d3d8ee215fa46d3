//! The kinds of question that are understood: the words each needs, understands and refuses, the things it must
//! or may be told, and the call it comes down to. Order breaks no ties: a kind wins by explaining the question.

mod devices;
mod health;
mod kind;
mod networks;
mod past;
mod refused;
mod rules;

pub(super) use devices::DEVICES;
pub(super) use health::HEALTH;
pub(super) use kind::{Action, Kind, OFFLINE, ONLINE, Slots, UNKNOWN, has};
pub(super) use networks::NETWORKS;
pub(super) use past::PAST;
pub(super) use refused::REFUSED;
pub(super) use rules::RULES;
