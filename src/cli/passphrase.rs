//! The passphrase of encrypted backups: from a file, the environment, or whoever sits there. Never an argument, which
//! every user of the machine could read.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal};
use std::path::{Path, PathBuf};

use crate::configxml::is_sealed;
use crate::types::Secret;

use super::error::CliError;

/// Where it may be given besides `--passphrase-file`.
const VARIABLE: &str = "OPNDEX_PASSPHRASE";

/// The passphrase of those of `files` that are encrypted; `None` when none is, or when nobody can be asked.
pub(super) fn of(files: &[PathBuf], file: Option<&Path>) -> Result<Option<Secret>, CliError> {
    if let Some(path) = file {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|cause| CliError::PassphraseFile { path: shown.clone(), cause })?;
        return first_line(&text, shown).map(Some);
    }
    if let Ok(text) = std::env::var(VARIABLE) {
        return first_line(&text, VARIABLE.to_owned()).map(Some);
    }
    let Some(sealed) = files.iter().find(|file| is_sealed_file(file)) else { return Ok(None) };
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    let question = format!("Passphrase of {}: ", sealed.display());
    let text = rpassword::prompt_password(question).map_err(CliError::Prompt)?;
    first_line(&text, "the answer".to_owned()).map(Some)
}

fn first_line(text: &str, origin: String) -> Result<Secret, CliError> {
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(Secret::new(line)),
        None => Err(CliError::NoPassphrase { origin }),
    }
}

/// A file that cannot be read is reported when it is imported.
fn is_sealed_file(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| is_sealed(&mut BufReader::new(file)).unwrap_or(false))
}
