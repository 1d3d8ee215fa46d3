//! The token that opens the door.

use std::fmt::Write as _;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use subtle::ConstantTimeEq;

use crate::types::Secret;

use super::error::WebError;

/// Bytes of randomness of a token that we make: nobody guesses 256 bits.
const BYTES: usize = 32;

/// Characters of a token, ours or one that was put there.
const LEAST: usize = 32;
const MOST: usize = 256;

/// A shared secret, sent as `Authorization: Bearer`.
#[derive(Debug, Clone)]
pub struct Token(Secret);

impl Token {
    /// Reads the token in `path`; makes one there (mode 0600) when there is none.
    ///
    /// Whether it was made now is the second part of the answer.
    pub fn kept_in(path: &Path) -> Result<(Self, bool), WebError> {
        match fs::read_to_string(path) {
            Ok(text) => {
                refuse_exposed(path)?;
                Self::read(path, &text).map(|token| (token, false))
            }
            Err(cause) if cause.kind() == ErrorKind::NotFound => Self::make(path),
            Err(cause) => Err(WebError::ReadToken { path: path.to_owned(), cause }),
        }
    }

    /// The plain value; call this only where it goes to the file or to a client's settings.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Compares in a time that tells nothing about where the two differ.
    pub(super) fn is(&self, given: &[u8]) -> bool {
        self.0.expose().as_bytes().ct_eq(given).into()
    }

    fn read(path: &Path, text: &str) -> Result<Self, WebError> {
        let text = text.trim();
        let is_token = (LEAST..=MOST).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if is_token {
            return Ok(Self(Secret::new(text)));
        }
        Err(WebError::BadToken { path: path.to_owned(), least: LEAST, most: MOST })
    }

    fn make(path: &Path) -> Result<(Self, bool), WebError> {
        let mut bytes = [0_u8; BYTES];
        getrandom::fill(&mut bytes).map_err(WebError::Random)?;
        let mut text = String::with_capacity(2 * BYTES);
        for byte in bytes {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        let failed = |cause| WebError::WriteToken { path: path.to_owned(), cause };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut options = fs::OpenOptions::new();
        // Never over a file that appeared meanwhile: a second process made the token then.
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Ok(mut file) => {
                file.write_all(format!("{text}\n").as_bytes()).map_err(failed)?;
                Ok((Self(Secret::new(text)), true))
            }
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {
                let text = fs::read_to_string(path).map_err(failed)?;
                Self::read(path, &text).map(|token| (token, false))
            }
            Err(cause) => Err(failed(cause)),
        }
    }
}

#[cfg(unix)]
fn refuse_exposed(path: &Path) -> Result<(), WebError> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |cause| WebError::ReadToken { path: path.to_owned(), cause };
    let others = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o077;
    if others == 0 { Ok(()) } else { Err(WebError::ExposedToken { path: path.to_owned() }) }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "one signature on every platform")]
fn refuse_exposed(_: &Path) -> Result<(), WebError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/opndex.token");
        let (made, first) = Token::kept_in(&path).unwrap();
        let (read, again) = Token::kept_in(&path).unwrap();
        assert!(first && !again && made.expose() == read.expose());
        assert!(made.expose().len() == 2 * BYTES && !format!("{made:?}").contains(made.expose()));
        assert!(made.is(read.expose().as_bytes()));
        for wrong in ["", "0", &made.expose()[1..], &format!("{}0", made.expose())] {
            assert!(!made.is(wrong.as_bytes()), "{wrong}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(matches!(Token::kept_in(&path), Err(WebError::ExposedToken { .. })));
        }
    }

    #[test]
    fn a_file_without_a_token_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("opndex.token");
        for text in ["", "short", "x y z".repeat(20).as_str(), "ü".repeat(40).as_str()] {
            fs::write(&path, text).unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            }
            assert!(matches!(Token::kept_in(&path), Err(WebError::BadToken { .. })), "{text}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
