//! Runtimes, made by hand so that a question starts one thread and not many.

use tokio::runtime::{Builder, Runtime};

use super::error::CliError;

/// Reading a firewall is mostly waiting; one worker decodes while the other talks.
const WORKERS: usize = 2;

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
    // Everything of ours has ended by now. A thread that still reads the standard input cannot be
    // woken, and dropping the runtime would wait for it until the other side closes.
    runtime.shutdown_background();
    result
}
