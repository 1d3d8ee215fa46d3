//! Bars on the standard error stream while firewalls are read: one line for each firewall.

use std::sync::Arc;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::sync::{Event, Progress};

const TEMPLATE: &str = "{prefix} {bar:24} {pos}/{len} {wide_msg}";

/// The lines of all firewalls, drawn only for a person.
pub(super) struct Bars(Option<MultiProgress>);

impl Bars {
    pub(super) fn new(is_drawn: bool) -> Self {
        Self(is_drawn.then(MultiProgress::new))
    }

    /// A line for `firewall`; what happens to it is told to the value returned.
    pub(super) fn add(&self, firewall: &str) -> Progress {
        let Some(bars) = &self.0 else { return Arc::new(|_| {}) };
        let bar = bars.add(ProgressBar::new(0).with_prefix(firewall.to_owned()));
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        bar.set_message("asking for the release");
        Arc::new(move |event| show(&bar, &event))
    }

    /// A line that counts to `length`; what is being worked on is told to the value returned.
    pub(super) fn count(&self, length: usize) -> impl Fn(&str) + Send + Sync + 'static {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let bar = self.0.as_ref().map(|bars| bars.add(ProgressBar::new(length)));
        if let (Some(bar), Ok(style)) = (&bar, ProgressStyle::with_template(TEMPLATE)) {
            bar.set_style(style);
        }
        let begun = std::sync::atomic::AtomicBool::new(false);
        move |what| {
            let Some(bar) = &bar else { return };
            if begun.swap(true, std::sync::atomic::Ordering::Relaxed) {
                bar.inc(1);
            }
            bar.set_message(what.to_owned());
        }
    }

    /// Wipes the lines: the summary says it all.
    pub(super) fn clear(&self) {
        if let Some(bars) = &self.0 {
            // A terminal that went away has nothing to wipe.
            let _gone = bars.clear();
        }
    }
}

fn show(bar: &ProgressBar, event: &Event) {
    match event {
        Event::Planned(domains) => bar.set_length(u64::try_from(*domains).unwrap_or(u64::MAX)),
        Event::Started(domain) => bar.set_message(format!("reading {domain}")),
        Event::Finished(report) => {
            bar.inc(1);
            bar.set_message(format!("{}: {}", report.domain, report.state));
        }
    }
}
