//! Runtimes, made by hand so that a question starts one thread and not many.

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::error::CliError;

/// Reading a firewall is mostly waiting; one worker decodes while the other talks.
const WORKERS: usize = 2;

/// How long threads that cannot be woken are waited for.
const PARTING: Duration = Duration::from_millis(100);

/// For commands that only ask the database.
pub(super) fn to_ask<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    block_on(Builder::new_current_thread().enable_all().build(), work)
}

/// For commands that talk to a firewall or serve.
pub(super) fn to_talk<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    block_on(Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build(), work)
}

fn block_on<T>(
    runtime: Result<Runtime, std::io::Error>,
    work: impl Future<Output = Result<T, CliError>>,
) -> Result<T, CliError> {
    let runtime = runtime.map_err(CliError::Runtime)?;
    let result = runtime.block_on(work);
    // Everything of ours has ended by now, and the threads of the runtime end with it. They are waited for, not let
    // go: glibc 2.36 may read a thread that ends while it is let go after its memory is gone, and an exit in order
    // became a SIGSEGV (seen once, in `sync`). One that still reads the standard input, or asks for an address,
    // cannot be woken and is not waited for longer.
    runtime.shutdown_timeout(PARTING);
    result
}
