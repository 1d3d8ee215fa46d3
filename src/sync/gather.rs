//! One endpoint's answer, judged: rows, or why not.

use std::sync::Arc;

use crate::domain::{
    AnyDomain, Each, Malformed, RawRow, Source, decode, name_item, rank, translate,
};
use crate::opnsense::{PullError, Pulled};
use crate::store::{SourceStatus, State};
use crate::types::ContentHash;

/// An endpoint after it was asked.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) source: &'static Source,
    pub(super) before: Option<SourceStatus>,
    pub(super) result: Result<Answered, Failure>,
}

/// It answered.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) hash: ContentHash,
    pub(super) pulled: Arc<Pulled>,
}

/// It did not, or not in earnest.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) state: State,
    pub(super) reason: String,
    pub(super) cancelled: bool,
}

impl Gathered {
    /// The same bytes as last time, which was good.
    pub(super) fn is_repeated(&self) -> bool {
        match (&self.result, &self.before) {
            (Ok(answered), Some(before)) => {
                before.state == State::Fresh
                    && before.body_hash.as_deref() == Some(answered.hash.as_bytes().as_slice())
            }
            // An endpoint that is still not there says nothing new.
            (Err(failure), Some(before)) => {
                failure.state == State::Absent && before.state == State::Absent && before.rows == 0
            }
            _ => false,
        }
    }

    pub(super) fn had_rows(&self) -> i64 {
        self.before.as_ref().map_or(0, |before| before.rows)
    }
}

/// Bodies to rows, with interface labels translated.
pub(super) fn rows(
    domain: &'static dyn AnyDomain,
    source: &'static Source,
    pulled: &Pulled,
) -> Result<Vec<RawRow>, Malformed> {
    let mut rows = Vec::new();
    for (n, body) in pulled.bodies.iter().enumerate() {
        let mut some = decode(source, domain.fields(), body)?;
        if let (Each::Item(items), Some(item)) = (source.each, pulled.items.get(n)) {
            name_item(&mut some, domain.fields(), items.into, item);
        }
        rows.append(&mut some);
    }
    if let Some(ranked) = source.ranked {
        rank(&mut rows, domain.fields(), domain.identity(), ranked);
    }
    if let (Some(labels), Some(names)) = (source.labels, &pulled.interfaces) {
        translate(&mut rows, domain.fields(), labels, names);
    }
    Ok(rows)
}

/// The state that a failed request leaves, and the sentence that says why.
pub(super) fn failure(source: &Source, error: &PullError) -> Failure {
    let state = match error {
        PullError::Unauthorized { .. } | PullError::Denied { .. } => State::Denied,
        PullError::Absent { .. } => State::Absent,
        PullError::Status { .. } | PullError::TooLarge { .. } | PullError::Protocol { .. } => {
            State::Malformed
        }
        PullError::Unreachable { .. }
        | PullError::TimedOut { .. }
        | PullError::Certificate { .. }
        | PullError::Cancelled => State::Unreachable,
    };
    let cancelled = matches!(error, PullError::Cancelled);
    Failure { state, reason: format!("{}: {}", source.name, chain(error)), cancelled }
}

/// A good status with a body that is none, or that says that what it tells of does not run.
pub(super) fn malformed(source: &Source, error: &Malformed) -> Failure {
    if let Malformed::Idle(means) = error {
        let reason = format!("{}: {means}", source.name);
        return Failure { state: State::Absent, reason, cancelled: false };
    }
    let reason = format!("{}: `{}` did not answer in earnest: {error}", source.name, source.path);
    Failure { state: State::Malformed, reason, cancelled: false }
}

/// An error and its causes in one sentence.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = next.source();
    }
    text
}
