//! The `apikey.txt` that OPNsense hands out when an API key is made.

use std::path::Path;

use super::error::SettingsError;
use super::read::read_text;
use crate::types::Secret;

/// What a credentials file holds.
pub(super) struct Credentials {
    pub(super) key: Secret,
    pub(super) secret: Secret,
    /// Other users of this machine can read the file.
    pub(super) is_exposed: bool,
}

impl Credentials {
    pub(super) fn read(path: &Path) -> Result<Self, SettingsError> {
        let file = read_text("credentials file", path)?;
        let (key, secret) = parse(&file.text)
            .map_err(|problem| SettingsError::Credentials { path: path.to_owned(), problem })?;
        Ok(Self { key, secret, is_exposed: file.is_exposed })
    }
}

/// Lines `key=...` and `secret=...` in any order; whatever else the file says is not ours.
fn parse(text: &str) -> Result<(Secret, Secret), &'static str> {
    let (mut key, mut secret) = (None, None);
    for line in text.lines() {
        // Values are base64 and may end in `=`: only the first one separates.
        let Some((name, value)) = line.split_once('=') else { continue };
        let found = match name.trim().to_ascii_lowercase().as_str() {
            "key" => &mut key,
            "secret" => &mut secret,
            _ => continue,
        };
        let value = value.trim();
        let value = value.trim_matches(|c| matches!(c, '"' | '\''));
        if !value.is_empty() && found.replace(Secret::new(value)).is_some() {
            return Err("names more than one key or secret");
        }
    }
    match (key, secret) {
        (Some(key), Some(secret)) => Ok((key, secret)),
        (None, Some(_)) => Err("has no `key`"),
        (Some(_), None) => Err("has no `secret`"),
        (None, None) => Err("has neither `key` nor `secret`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_however_it_was_saved() {
        let cases = [
            "key=w1key==\nsecret=w1secret=",
            "key=w1key==\r\nsecret=w1secret=\r\n",
            "\n\n secret = \"w1secret=\" \n\n KEY = 'w1key=='\n",
            "# my firewall\nkey=w1key==\nnote=x\nsecret=w1secret=\nkey=\n",
        ];
        for text in cases {
            let (key, secret) = parse(text).unwrap();
            assert_eq!((key.expose(), secret.expose()), ("w1key==", "w1secret="), "{text:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_else() {
        let cases = [
            ("key=w1key", "has no `secret`"),
            ("secret=w1secret", "has no `key`"),
            ("key=\nsecret=''", "has neither `key` nor `secret`"),
            ("w1key:w1secret", "has neither `key` nor `secret`"),
            ("", "has neither `key` nor `secret`"),
            ("key=w1key\nsecret=w1secret\nkey=w1other", "names more than one key or secret"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).unwrap_err(), expected, "{text:?}");
        }
    }
}
