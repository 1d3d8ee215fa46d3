//! Every setting as a flag, made from the table of settings: a new key is a new flag without a line
//! here.

use std::fmt;
use std::sync::LazyLock;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::settings::{KEYS, Key, Layer, SettingsError};

const HEADING: &str = "Settings";
/// What people type for `--log-level`.
const LOG: (&str, &str) = ("log.level", "log");
/// The one setting that is worth a line in the short help.
const DATABASE: &str = "database";

/// Names of the flags, made once: `clap` wants them for the life of the process.
static FLAGS: LazyLock<Vec<String>> = LazyLock::new(|| KEYS.iter().map(Key::flag).collect());

/// The settings that were given as flags, unchecked.
#[derive(Clone, Default)]
pub(super) struct SettingFlags(Vec<(&'static Key, String)>);

impl SettingFlags {
    /// The strongest layer.
    pub(super) fn layer(&self) -> Result<Layer, SettingsError> {
        self.only(|_| true)
    }

    /// The layer of those flags whose key is `wanted`.
    pub(super) fn only(&self, wanted: impl Fn(&Key) -> bool) -> Result<Layer, SettingsError> {
        let mut layer = Layer::default();
        for (key, text) in self.0.iter().filter(|(key, _)| wanted(key)) {
            layer.set(key.name, text)?;
        }
        Ok(layer)
    }

    /// The database, where it was named.
    pub(super) fn database(&self) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.name == DATABASE).map(|(_, text)| text.as_str())
    }

    /// Whether the database was named.
    pub(super) fn has_database(&self) -> bool {
        self.database().is_some()
    }
}

/// Names only: some values are secrets.
impl fmt::Debug for SettingFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(key, _)| key.name)).finish()
    }
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        KEYS.iter()
            .zip(FLAGS.iter())
            .fold(command, |command, (key, flag)| command.arg(argument(key, flag)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |key: &'static Key| Some((key, matches.get_one::<String>(key.name)?.clone()));
        Ok(Self(KEYS.iter().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn argument(key: &'static Key, flag: &'static str) -> Arg {
    let argument = Arg::new(key.name)
        .long(flag)
        .global(true)
        .help(help(key))
        .help_heading(HEADING)
        .hide_short_help(key.name != DATABASE)
        // Reserved by nobody: several values would be a typing error.
        .num_args(1);
    let argument = if key.name == LOG.0 { argument.visible_alias(LOG.1) } else { argument };
    if key.is_switch() {
        argument
            .value_name("true|false")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
    } else {
        argument.value_name(value_name(key))
    }
}

fn value_name(key: &Key) -> &'static str {
    match key.name.rsplit('.').next().unwrap_or_default() {
        "database" | "credentials" | "ca_file" | "file" | "tls_cert" | "tls_key" | "token_file" => {
            "FILE"
        }
        "hosts" => "NAMES",
        "request_timeout" | "run_timeout" => "DURATION",
        "config" | "runtime" | "probe" => "CADENCE",
        "keep_all" | "hourly" | "daily" | "weekly" | "configuration" | "presence" => "AGE",
        "url" => "URL",
        "name" => "NAME",
        "level" => "FILTER",
        "pin" => "SHA256",
        "in_flight" => "REQUESTS",
        _ => "TEXT",
    }
}

fn help(key: &Key) -> String {
    let default = key.default.map(|text| format!(" [default: {text}]")).unwrap_or_default();
    let warning = if key.is_secret() {
        " Other users of this machine can see it here: prefer the variable or the settings file."
    } else {
        ""
    };
    let sentences = format!("{}{warning}", key.about);
    // As `clap` has the comments that it makes help of.
    let text = sentences.trim_end_matches('.');
    format!("{text}{default} [env: {}]", key.env())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> SettingFlags {
        let command = SettingFlags::augment_args(Command::new("opndex"));
        SettingFlags::from_arg_matches(&command.get_matches_from(words)).unwrap()
    }

    #[test]
    fn every_key_has_its_flag_and_takes_its_own_example() {
        for key in KEYS {
            let flags = parsed(&["opndex", &format!("--{}={}", key.flag(), key.example)]);
            assert_eq!(flags.0.len(), 1, "{}", key.name);
            assert!(flags.layer().is_ok(), "{}", key.name);
        }
    }

    #[test]
    fn a_switch_without_a_value_is_on_and_leaves_the_next_word_alone() {
        let command = SettingFlags::augment_args(Command::new("opndex")).arg(Arg::new("word"));
        let matches = command.get_matches_from(["opndex", "--insecure", "false"]);
        let flags = SettingFlags::from_arg_matches(&matches).unwrap();
        assert_eq!(flags.0.first().map(|(_, text)| text.as_str()), Some("true"));
        assert_eq!(matches.get_one::<String>("word").map(String::as_str), Some("false"));
    }

    #[test]
    fn no_secret_is_shown() {
        let flags = parsed(&["opndex", "--api-secret", "w1secret"]);
        assert_eq!(format!("{flags:?}"), r#"{"firewall.api_secret"}"#);
    }
}
