//! `opndex serve`: MCP on standard input and output, or over HTTP, until somebody has had enough.

use std::net::SocketAddr;

use tokio_util::sync::CancellationToken;

use crate::daemon::{self, Door};
use crate::settings::Settings;
use crate::types::Clock;

use super::args::ServeArgs;
use super::error::CliError;
use super::outcome::Outcome;
use super::signals;

/// Being stopped is how a service ends, so that is no failure.
pub(super) async fn run(settings: &Settings, args: &ServeArgs) -> Result<Outcome, CliError> {
    let cancel = CancellationToken::new();
    let served = daemon::serve(settings, Clock::system(), door(args.http), cancel.clone());
    if let Some(result) = signals::until_stopped(&cancel, served).await {
        result?;
    }
    Ok(Outcome::default())
}

/// An address means HTTP and nothing else: an agent's program would read a standard output for nothing.
pub(super) fn door(http: Option<SocketAddr>) -> Door {
    http.map_or(Door::Stdio, Door::Http)
}
