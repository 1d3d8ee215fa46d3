//! What several tests need: a store in a temporary folder, firewalls to sync from.

pub(crate) mod effort;
pub(crate) mod index;
pub(crate) mod network;
pub(crate) mod replay;
