//! Questions that join domains. Each is one statement, paged by key, and says of what state it is.
//!
//! [`devices`] is built from what is asked; the others are texts beside this file, one per question,
//! with what they need and give declared in [`mod@joined`].

mod declared;
mod devices;
mod joined;
mod statement;
mod wiring;

pub use devices::{
    Counting, DeviceKey, DevicePage, DeviceSelection, InterfaceScope, NameIs, Origin, Sighting,
};
pub use joined::{
    JOINED, Joined, JoinedColumn, JoinedPage, JoinedSelection, Narrow, Subject, joined,
};
pub use wiring::Wire;
pub(super) use wiring::wiring;
