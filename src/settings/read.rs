//! Small text files, with a look at who else may read them.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use super::error::SettingsError;

/// Larger than any honest settings file; a wrong path (a log, a device) must not fill the memory.
const MAX_BYTES: u64 = 1 << 20;

/// A file's text without its byte order mark.
pub(super) struct TextFile {
    pub(super) text: String,
    /// Users other than its owner can read it.
    pub(super) is_exposed: bool,
}

/// Reads `path`, which is called `what` when that fails.
pub(super) fn read_text(what: &'static str, path: &Path) -> Result<TextFile, SettingsError> {
    read(path).map_err(|cause| SettingsError::Read { what, path: path.to_owned(), cause })
}

fn read(path: &Path) -> io::Result<TextFile> {
    let file = File::open(path)?;
    // Asked of the open file: the path may mean another one a moment later.
    let is_exposed = is_exposed(&file.metadata()?);
    let mut text = String::new();
    file.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if u64::try_from(text.len()).map_or(true, |length| length > MAX_BYTES) {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 1 MiB"));
    }
    if let Some(rest) = text.strip_prefix('\u{feff}') {
        text = rest.to_owned();
    }
    Ok(TextFile { text, is_exposed })
}

#[cfg(unix)]
fn is_exposed(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o044 != 0
}

/// Elsewhere permissions are lists, and inherited from a folder that is private by default.
#[cfg(not(unix))]
fn is_exposed(_: &Metadata) -> bool {
    false
}
