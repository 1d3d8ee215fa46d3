//! Why a file was not read, with the line.

use std::fmt;

use thiserror::Error;

use super::limits;

/// A file that is no configuration, or not all of one. Nothing of it is kept.
#[derive(Debug)]
pub struct ConfigError {
    /// Where the reader stood, from 1.
    pub line: u64,
    pub cause: Cause,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Read(cause) => write!(f, "it cannot be read: {cause}"),
            other => write!(f, "line {}: {other}", self.line),
        }
    }
}

#[derive(Debug, Error)]
pub enum Cause {
    #[error(
        "this backup is encrypted with a passphrase: give a file that holds it with --passphrase-file, or set OPNDEX_PASSPHRASE"
    )]
    Encrypted,
    #[error("the passphrase is wrong: what it makes of this encrypted backup is no configuration")]
    Passphrase,
    #[error("this encrypted backup {0}")]
    Sealed(&'static str),
    #[error("this is no XML but {0}")]
    NotXml(&'static str),
    #[error(
        "the encoding `{0}` is not read: config.xml of OPNsense is UTF-8; convert it, as with `iconv -t UTF-8`"
    )]
    Encoding(String),
    #[error("bytes that are not UTF-8")]
    NotUtf8,
    #[error("a document type definition, which config.xml never has, is refused")]
    Doctype,
    #[error("the entity `&{0};` is not one of the five of XML; entities are not expanded")]
    Entity(String),
    #[error("not well-formed: {0}")]
    Syntax(String),
    #[error("the file ends inside `<{0}>`: it was cut short")]
    Truncated(String),
    #[error("text outside of any element")]
    Stray,
    #[error("the root element is `<{0}>`, where a configuration of OPNsense has `<opnsense>`")]
    Root(String),
    #[error("more than {} elements within each other", limits::DEPTH)]
    Depth,
    #[error("the file is larger than {} MiB", limits::FILE >> 20)]
    File,
    #[error("one tag or text is larger than {} MiB", limits::PIECE >> 20)]
    Piece,
    #[error("what is to be kept of this file is larger than {} MiB", limits::KEPT >> 20)]
    Kept,
    #[error(
        "the uuid `{uuid}` stands twice below `{path}`, first on line {first}; one of them is not what the firewall shows"
    )]
    Duplicate { uuid: String, path: &'static str, first: u64 },
    #[error("the file cannot be read")]
    Read(#[source] std::io::Error),
}

impl Cause {
    /// This, found on a line.
    pub const fn at(self, line: u64) -> ConfigError {
        ConfigError { line, cause: self }
    }
}
