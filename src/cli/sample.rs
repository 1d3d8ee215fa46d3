//! `opndex settings`: where settings come from, and a file to start from.

use crate::settings::{default_config_file, sample};

use super::args::{Cli, SettingsArgs};
use super::load;
use super::outcome::Outcome;

/// Nothing is read: it must help with a settings file that is broken.
pub(super) fn run(cli: &Cli, args: &SettingsArgs) -> Outcome {
    if args.sample {
        return Outcome::answer(sample());
    }
    let text = match (load::chosen_file(cli), default_config_file()) {
        (Some(path), _) => format!("settings file: {} (named; must exist)\n", path.display()),
        (None, Some(path)) if path.exists() => format!("settings file: {}\n", path.display()),
        (None, Some(path)) => format!(
            "settings file: {} (not there yet)\n\
             to make one: opndex settings --sample > {0:?}, then chmod 600 {0:?}\n",
            path.display()
        ),
        (None, None) => {
            "settings file: none, because this user has no home; name one with --config\n"
                .to_owned()
        }
    };
    Outcome::answer(text)
}
