//! Ctrl-C and SIGTERM: the first one stops in order, the second one at once.

use std::io;
use std::pin::pin;

use tokio_util::sync::CancellationToken;

/// Runs `work`, which watches `cancel`, until it ends. `None` when a second signal came first.
pub(super) async fn until_stopped<T>(
    cancel: &CancellationToken,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = pin!(work);
    tokio::select! {
        done = &mut work => return Some(done),
        () = signal() => cancel.cancel(),
    }
    tokio::select! {
        done = &mut work => Some(done),
        () = signal() => None,
    }
}

/// Ends with the next signal; never where signals cannot be listened to.
async fn signal() {
    if let Err(cause) = next().await {
        tracing::warn!(%cause, "signals cannot be listened to, so stopping is not in order: {cause}");
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn next() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn next() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
