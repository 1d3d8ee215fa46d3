//! From what was typed, the environment and the settings file to [`Settings`], and the log with them.

use std::env;
use std::path::PathBuf;

use clap::ValueEnum;

use crate::settings::{Layer, Settings, SettingsError, default_config_file, resolve};
use crate::telemetry;

use super::args::{Cli, Format};
use super::error::CliError;
use super::print;

const CONFIG: &str = "OPNDEX_CONFIG";
const FORMAT: &str = "OPNDEX_FORMAT";

/// The filter of commands that end.
pub(super) const QUIET: &str = "error";

/// What a command logs unless told otherwise. A command that ends shows what happened itself; a
/// service has only its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    Quiet,
    Service,
}

/// The format that was asked for.
pub(super) fn format(cli: &Cli) -> Result<Format, CliError> {
    match (cli.global.format, variable(FORMAT)) {
        (Some(format), _) => Ok(format),
        (None, None) => Ok(Format::default()),
        (None, Some(text)) => Format::from_str(text.trim(), true)
            .map_err(|_| CliError::Format { text: text.chars().take(40).collect() }),
    }
}

/// Settles the settings, shows their warnings and starts the log.
pub(super) fn settings(cli: &Cli, voice: Voice) -> Result<Settings, CliError> {
    let file = match chosen_file(cli) {
        Some(path) => Layer::from_file(&path)?,
        None => match default_config_file().filter(|path| path.exists()) {
            Some(path) => Layer::from_file(&path)?,
            None => Layer::default(),
        },
    };
    let layers = cli.settings.layer()?.over(environment()?).over(file);
    start(layers, voice)
}

/// The same from `layers` alone.
pub(super) fn start(layers: Layer, voice: Voice) -> Result<Settings, CliError> {
    let mut weakest = Layer::default();
    if voice == Voice::Quiet {
        weakest.set("log.level", QUIET)?;
    }
    let settings = resolve(layers.over(weakest))?;
    print::warnings(&settings.warnings);
    let log = &settings.log;
    telemetry::init(&log.filter, log.json, log.file.as_deref(), print::notes_are_for_a_person())?;
    Ok(settings)
}

/// The settings file that was named, by flag or by variable.
pub(super) fn chosen_file(cli: &Cli) -> Option<PathBuf> {
    let named = || env::var_os(CONFIG).filter(|text| !text.is_empty()).map(PathBuf::from);
    cli.global.config.clone().or_else(named)
}

/// Not `vars()`: it panics on text that is not UTF-8.
fn environment() -> Result<Layer, SettingsError> {
    let vars = env::vars_os()
        .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)));
    Layer::from_env(vars.filter(|(name, _)| name != FORMAT))
}

/// An empty variable is none: MCP clients set those.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.trim().is_empty())
}
