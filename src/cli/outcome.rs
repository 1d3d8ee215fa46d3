//! What a command has to say.

use super::exit;

/// Text for each stream, and how it went.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// For the standard output: what was asked for.
    pub(super) answer: String,
    /// For the standard error stream: what a person should know about it.
    pub(super) notes: String,
    pub(super) exit: u8,
}

impl Outcome {
    pub(super) fn answer(answer: String) -> Self {
        Self { answer, notes: String::new(), exit: exit::WELL }
    }
}
