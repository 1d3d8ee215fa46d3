//! A folder for a database that need not outlive the command.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};
use std::process;

use super::error::CliError;

/// Names that may be taken before something else is wrong.
const ATTEMPTS: usize = 16;
const FILE: &str = "opndex.db";

/// A new folder of this user alone; removed with the value unless kept.
pub(super) struct Scratch {
    folder: PathBuf,
    is_kept: bool,
}

impl Scratch {
    pub(super) fn new(is_kept: bool) -> Result<Self, CliError> {
        let parent = env::temp_dir();
        let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
        for attempt in 0..ATTEMPTS {
            let folder = parent.join(format!("opndex-demo-{}-{attempt}", process::id()));
            // Fails when the name is taken, so a folder that somebody prepared is never used.
            match private().create(&folder) {
                Ok(()) => return Ok(Self { folder, is_kept }),
                Err(cause) => last = cause,
            }
        }
        Err(CliError::Scratch { path: parent.display().to_string(), cause: last })
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.is_kept
            && let Err(cause) = fs::remove_dir_all(self.folder())
        {
            tracing::warn!(%cause, "`{}` was not removed: {cause}", self.folder.display());
        }
    }
}

#[cfg(unix)]
fn private() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

/// Elsewhere the temporary folder is the user's own.
#[cfg(not(unix))]
fn private() -> DirBuilder {
    DirBuilder::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_goes_with_the_value_unless_kept() {
        let gone = Scratch::new(false).unwrap();
        let kept = Scratch::new(true).unwrap();
        let (gone_at, kept_at) = (gone.folder().to_owned(), kept.folder().to_owned());
        assert!(gone_at.is_dir() && kept_at.is_dir());
        drop((gone, kept));
        assert!(!gone_at.exists() && kept_at.exists());
        fs::remove_dir_all(kept_at).unwrap();
    }
}
