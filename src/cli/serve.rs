//! `opndex serve`: MCP on standard input and output until somebody has had enough.

use tokio_util::sync::CancellationToken;

use crate::daemon::{self, Door};
use crate::settings::Settings;
use crate::types::Clock;

use super::error::CliError;
use super::outcome::Outcome;
use super::signals;

/// Being stopped is how a service ends, so that is no failure.
pub(super) async fn run(settings: &Settings) -> Result<Outcome, CliError> {
    let cancel = CancellationToken::new();
    let served = daemon::serve(settings, Clock::system(), Door::Stdio, cancel.clone());
    if let Some(result) = signals::until_stopped(&cancel, served).await {
        result?;
    }
    Ok(Outcome::default())
}
