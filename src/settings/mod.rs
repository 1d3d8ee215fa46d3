//! Settings: what the user decided, whichever of four places it was said in.
//!
//! In: a TOML file, environment variables, command-line flags. Out: one checked [`Settings`].
//! Never here: logging (what is odd is returned in [`Settings::warnings`]), the network, the
//! process environment itself (the caller hands it over), or a secret in any text.
//!
//! Layers, weakest first: defaults, file, environment, flags. Each is a [`Layer`]; values are
//! checked when they enter one, so that a message can name the line, variable or flag. The table
//! [`KEYS`] describes each key once: from it come the TOML names, the `OPNDEX_*` variables, the
//! flags, the suggestions, the defaults, the merging and the [`sample()`] file.

mod address;
mod age;
mod cadence;
mod credentials;
mod env;
mod error;
mod file;
mod firewall;
mod key;
mod layer;
mod read;
mod resolve;
mod sample;
mod table;
#[cfg(test)]
mod tests;

pub use age::Age;
pub use cadence::Cadence;
pub use error::{Place, SettingsError, Shown, ValueError};
pub use file::default_config_file;
pub use firewall::{FirewallSettings, TlsSettings};
pub use key::Key;
pub use layer::Layer;
pub use resolve::{
    HistorySettings, LogSettings, McpSettings, ServeSettings, Settings, SyncSettings, resolve,
};
pub use sample::sample;
pub use table::KEYS;
