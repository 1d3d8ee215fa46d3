//! Replacing a file of somebody else: a copy first, and never half of it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::types::Clock;

/// Puts `text` into `path`. The copy of what was there, if anything was.
pub(super) fn replace(path: &Path, text: &str, clock: &Clock) -> io::Result<Option<PathBuf>> {
    // The file may be a link into a folder of settings that somebody keeps elsewhere.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    let backup = if path.exists() {
        let copy = beside(&path, &format!("before-opndex-{}", clock.now().seconds()));
        fs::copy(&path, &copy)?;
        Some(copy)
    } else {
        None
    };
    let draft = beside(&path, &format!("opndex-{}", std::process::id()));
    let written = write(&draft, text, &path).and_then(|()| fs::rename(&draft, &path));
    if written.is_err() {
        // The draft is of no use; that it cannot be removed adds nothing.
        let _left = fs::remove_file(&draft);
    }
    written.map(|()| backup)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

/// With the permissions of `like`; for its owner alone when that does not exist, since a token may be in it.
fn write(draft: &Path, text: &str, like: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(draft)?;
    if let Ok(metadata) = fs::metadata(like) {
        fs::set_permissions(draft, metadata.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
