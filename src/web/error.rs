//! Why nothing listens.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

#[derive(Debug, Error)]
pub enum WebError {
    #[error(
        "cannot listen on {address}; another program may have it: choose another port with --http"
    )]
    Bind {
        address: SocketAddr,
        #[source]
        cause: io::Error,
    },
    #[error("cannot read the token file {}; check its permissions, or name another with --serve-token-file", path.display())]
    ReadToken {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("cannot write the token file {}; check the folder and its permissions, or name another with --serve-token-file", path.display())]
    WriteToken {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error(
        "the token file {} holds no token: {least} to {most} letters, digits, `-` or `_`; remove it and a new one is made",
        path.display()
    )]
    BadToken { path: PathBuf, least: usize, most: usize },
    #[error("the token file {} can be read by other users of this machine; run: chmod 600 '{}'", path.display(), path.display())]
    ExposedToken { path: PathBuf },
    #[error("the operating system gave no random bytes for a token")]
    Random(#[source] getrandom::Error),
    #[error("cannot read {what} {}: {why}; it must be a PEM file", path.display())]
    Pem { what: &'static str, path: PathBuf, why: String },
    #[error("the certificate {} and its key cannot be used together", path.display())]
    Tls {
        path: PathBuf,
        #[source]
        cause: rustls::Error,
    },
}
