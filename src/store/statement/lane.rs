//! The one thread that runs statements of users.
//!
//! One thread and not the runtime's pool, because the C library gives every thread a heap of its own and keeps
//! what was freed there: a mean statement on each of ten threads would leave ten heaps of 100 MiB.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::store::error::StoreError;

use super::guard::Guarded;

/// Work on the connection, which is in the slot when it is open.
pub(super) type Job = Box<dyn FnOnce(&mut Option<Guarded>) + Send>;

/// Starts with the first job and ends with the last clone. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Lane(Arc<Mutex<Option<SyncSender<Job>>>>);

impl Lane {
    /// Hands `job` over. The caller sees to it that one runs at a time, so that this does not wait.
    pub(super) fn run(&self, job: Job) -> Result<(), StoreError> {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let job = match &*jobs {
            Some(running) => match running.send(job) {
                Ok(()) => return Ok(()),
                // A job panicked, and its thread with it.
                Err(refused) => refused.0,
            },
            None => job,
        };
        let sender = start().map_err(|_| StoreError::Interrupted)?;
        let sent = sender.send(job).map_err(|_| StoreError::Interrupted);
        *jobs = Some(sender);
        sent
    }

    /// Lets the thread end after what it does now.
    pub(super) fn end(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

fn start() -> std::io::Result<SyncSender<Job>> {
    let (sender, jobs) = sync_channel::<Job>(1);
    thread::Builder::new().name("statements".to_owned()).spawn(move || {
        let mut slot = None;
        while let Ok(job) = jobs.recv() {
            job(&mut slot);
        }
    })?;
    Ok(sender)
}
