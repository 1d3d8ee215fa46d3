//! The background: a scheduler that only says when, and one task per firewall that does.
//!
//! tokio-cron-scheduler lets jobs overlap and does not wait for them when it stops (0.15), so its jobs do
//! nothing but drop a note into a bounded channel. The task that owns the firewall works the notes off one
//! after another; notes that meet become one run.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_cron_scheduler::{Job, JobScheduler};
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::error::SyncError;
use super::outcome::Report;
use super::plan::{Due, Schedule, When};
use super::run::{Firewall, Progress};

/// Notes that may wait while a run is going. A scheduler tick that finds it full is dropped: the run that
/// works the others off reads the same domains.
const WAITING: usize = 16;

/// Reports that a slow listener may lag behind before it misses some.
const ANNOUNCED: usize = 16;

struct Note {
    due: Due,
    progress: Option<Progress>,
    reply: Option<oneshot::Sender<Result<Report, String>>>,
}

/// Asks for a run. Cheap to clone.
#[derive(Clone)]
pub struct Refresher {
    firewalls: Vec<(String, mpsc::Sender<Note>)>,
    reports: broadcast::Sender<Arc<Report>>,
}

impl Refresher {
    /// Names of the firewalls it can refresh.
    pub fn firewalls(&self) -> impl Iterator<Item = &str> {
        self.firewalls.iter().map(|(name, _)| name.as_str())
    }

    /// Runs `due` for `firewall`, or all of them, and waits. Requests that meet share one run.
    pub async fn refresh(
        &self,
        firewall: Option<&str>,
        due: Due,
        progress: Option<Progress>,
    ) -> Result<Vec<Report>, SyncError> {
        let mut replies = Vec::new();
        for (_, notes) in self
            .firewalls
            .iter()
            .filter(|(name, _)| firewall.is_none_or(|f| f.eq_ignore_ascii_case(name)))
        {
            let (reply, answer) = oneshot::channel();
            let note = Note { due: due.clone(), progress: progress.clone(), reply: Some(reply) };
            notes.try_send(note).map_err(|refused| match refused {
                mpsc::error::TrySendError::Full(_) => SyncError::Busy,
                mpsc::error::TrySendError::Closed(_) => SyncError::Stopping,
            })?;
            replies.push(answer);
        }
        let mut reports = Vec::with_capacity(replies.len());
        for answer in replies {
            match answer.await {
                Ok(Ok(report)) => reports.push(report),
                Ok(Err(reason)) => return Err(SyncError::Failed { reason }),
                Err(_) => return Err(SyncError::Stopping),
            }
        }
        Ok(reports)
    }

    /// Every finished run from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Report>> {
        self.reports.subscribe()
    }
}

/// The running background. [`Worker::stop`] ends it in order.
pub struct Worker {
    refresher: Refresher,
    scheduler: JobScheduler,
    tasks: JoinSet<()>,
    cancel: CancellationToken,
}

impl Worker {
    /// Starts the schedule of every firewall; runs stop when `cancel` is cancelled.
    pub async fn start(
        firewalls: Vec<Firewall>,
        schedule: &Schedule,
        cancel: CancellationToken,
    ) -> Result<Self, SyncError> {
        let scheduler = JobScheduler::new().await.map_err(SyncError::Scheduler)?;
        let (reports, _) = broadcast::channel(ANNOUNCED);
        let mut tasks = JoinSet::new();
        let mut senders = Vec::new();
        for firewall in firewalls {
            let (send, receive) = mpsc::channel(WAITING);
            if schedule.on_start {
                // The channel is new and empty.
                let _fits = send.try_send(Note { due: Due::All, progress: None, reply: None });
            }
            for (when, due) in [
                (&schedule.runtime, Due::Runtime),
                (&schedule.probe, Due::ConfigIfChanged),
                (&schedule.config, Due::Config),
                (&schedule.extra, Due::Extra),
            ] {
                if let Some(job) = job(when, due, send.clone())? {
                    scheduler.add(job).await.map_err(SyncError::Scheduler)?;
                }
            }
            senders.push((firewall.name().to_owned(), send));
            tasks.spawn(work(firewall, receive, reports.clone(), cancel.clone()));
        }
        scheduler.start().await.map_err(SyncError::Scheduler)?;
        Ok(Self { refresher: Refresher { firewalls: senders, reports }, scheduler, tasks, cancel })
    }

    pub fn refresher(&self) -> Refresher {
        self.refresher.clone()
    }

    /// Stops the clock, cancels what runs, and waits until every task has ended.
    pub async fn stop(mut self) {
        if let Err(cause) = self.scheduler.shutdown().await {
            error!("the scheduler did not stop cleanly: {cause}");
        }
        self.cancel.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// A job that only drops a note.
fn job(when: &When, due: Due, notes: mpsc::Sender<Note>) -> Result<Option<Job>, SyncError> {
    let tick = move || {
        // A full channel means a run is waiting already; a closed one that we are stopping.
        let _dropped = notes.try_send(Note { due: due.clone(), progress: None, reply: None });
    };
    match when {
        When::Never => Ok(None),
        When::Every(every) => {
            // The scheduler's clock has a resolution of half a second.
            let every = (*every).max(Duration::from_secs(1));
            let job = Job::new_repeated(every, move |_, _| tick());
            job.map(Some).map_err(SyncError::Scheduler)
        }
        When::Cron(text) => {
            let six = if text.split_whitespace().count() == 5 {
                format!("0 {text}")
            } else {
                text.clone()
            };
            let wrong = |cause: tokio_cron_scheduler::JobSchedulerError| SyncError::Schedule {
                text: text.clone(),
                why: cause.to_string(),
            };
            Job::new(six.as_str(), move |_, _| tick()).map(Some).map_err(wrong)
        }
    }
}

/// Works notes off until told to stop; notes that wait together become one run.
async fn work(
    firewall: Firewall,
    mut notes: mpsc::Receiver<Note>,
    reports: broadcast::Sender<Arc<Report>>,
    cancel: CancellationToken,
) {
    loop {
        let note = tokio::select! {
            () = cancel.cancelled() => return,
            note = notes.recv() => note,
        };
        let Some(Note { mut due, progress, reply }) = note else { return };
        let mut watchers: Vec<Progress> = progress.into_iter().collect();
        let mut replies: Vec<_> = reply.into_iter().collect();
        while let Ok(more) = notes.try_recv() {
            due = due.join(more.due);
            watchers.extend(more.progress);
            replies.extend(more.reply);
        }
        let progress: Progress =
            Arc::new(move |event| watchers.iter().for_each(|watcher| watcher(event.clone())));
        let result = firewall.run(&due, &cancel, &progress).await;
        if let Err(cause) = &result {
            error!(
                firewall.name = firewall.name(),
                "the run of `{}` failed: {}",
                firewall.name(),
                super::gather::chain(cause)
            );
        }
        if let Ok(report) = &result {
            // Nobody listening is fine.
            let _listeners = reports.send(Arc::new(report.clone()));
        }
        for reply in replies {
            // The one who asked may have gone.
            let _gone = reply.send(
                result.as_ref().map(Clone::clone).map_err(|cause| super::gather::chain(cause)),
            );
        }
    }
}
