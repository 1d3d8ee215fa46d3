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

    /// A line called `name` that counts: what is done, of how many, and what is being worked on are told to it.
    pub(super) fn steps(&self, name: &str) -> impl Fn(usize, usize, &str) + Send + Sync + 'static {
        let bar = self.0.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new(0).with_prefix(name.to_owned()));
            if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
                bar.set_style(style);
            }
            bar
        });
        let long = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        move |done, of, what| {
            let Some(bar) = &bar else { return };
            bar.set_length(long(of));
            bar.set_position(long(done));
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
