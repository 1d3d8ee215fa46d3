//! Ways in which a firewall fails to answer.

use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

/// Longer than any timeout a client should have for one small answer.
const SLOW: Duration = Duration::from_secs(30);

/// What goes wrong with the answers of the paths it is set on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The firewall's own error body with this HTTP status.
    Status(u16),
    /// The right answer, later.
    Slow(Duration),
    /// The connection closes before the first byte of an answer.
    Reset,
    /// The first half of the right body, as a complete HTTP response.
    Truncate,
    /// An HTML error page with status 200.
    Html,
    /// Status 200 without a body.
    Empty,
    /// `rows` is a string.
    WrongType,
    /// Status 200 and no rows, as when the firewall's backend is down.
    EmptyRows,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is not a fault; faults: an HTTP error status such as 500, slow, reset, truncate, html, empty, wrongtype, emptyrows"
)]
pub struct FaultError(String);

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "slow" => Self::Slow(SLOW),
            "reset" => Self::Reset,
            "truncate" => Self::Truncate,
            "html" => Self::Html,
            "empty" => Self::Empty,
            "wrongtype" => Self::WrongType,
            "emptyrows" => Self::EmptyRows,
            status => match status.parse() {
                Ok(status @ 400..=599) => Self::Status(status),
                _ => return Err(FaultError(text.chars().take(40).collect())),
            },
        })
    }
}

/// The faults in force, oldest first; the first whose pattern matches is the one that happens.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<(Vec<String>, Fault)>);

impl Faults {
    /// `pattern` is a piece of a path, or several separated by `|`.
    pub(super) fn add(&mut self, pattern: &str, kind: Fault) {
        self.0.push((pattern.split('|').map(str::to_owned).collect(), kind));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Both spellings of a path count, so that a pattern need not know which one the client uses.
    pub(super) fn on(&self, spellings: [&str; 2]) -> Option<Fault> {
        let hit = |piece: &String| spellings.iter().any(|path| path.contains(piece.as_str()));
        self.0.iter().find(|(pieces, _)| pieces.iter().any(hit)).map(|(_, kind)| *kind)
    }
}
