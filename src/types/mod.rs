//! Words: the value types every room speaks in.
//!
//! In: text from firewalls, flags and files. Out: values that cannot be wrong, or a sentence that
//! says why not. Never here: I/O, SQL, HTTP, a look at the wall clock outside [`Clock`].

mod clock;
mod ids;
mod interface;
mod mac;
mod moment;
mod net;
mod release;
mod secret;
mod suggest;
mod text;
mod vendor;

pub use clock::{Clock, Timestamp};
pub use ids::{ContentHash, FirewallId, RunId};
pub use interface::{DeviceName, InterfaceKey};
pub use mac::{MacAddr, MacError};
pub use moment::{Moment, MomentError};
pub use net::{AddressRange, RangeError, host_part, sort_key};
pub use release::{Release, ReleaseError};
pub use secret::Secret;
pub use suggest::{did_you_mean, nearest};
pub use text::{MAX_TEXT, clean};
pub use vendor::maker_prefixes;
