//! Resources: what a client may read, list, complete and subscribe to by URI.

mod complete;
mod list;
mod read;
mod uri;

pub(super) use complete::{firewalls, names, of_template};
pub(super) use list::{listed, templates};
pub(super) use read::read;
pub(super) use uri::Uri;
