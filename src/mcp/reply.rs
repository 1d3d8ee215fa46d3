//! What a tool gives back, and how it travels.

use std::error::Error;

use rmcp::ErrorData;
use rmcp::model::{CallToolResult, ContentBlock, ProtocolVersion};
use serde::Serialize;
use serde_json::Value;
use tracing::error;

use crate::ask::AskError;
use crate::types::clean;

/// Longest message of a refusal: the longest list of columns is 700 characters.
const LONGEST_MESSAGE: usize = 2_000;

/// A result: one sentence of ours, and the data.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) summary: String,
    pub(super) data: Value,
}

impl Reply {
    pub(super) fn new(summary: String, data: &impl Serialize) -> Result<Self, Failure> {
        let data = serde_json::to_value(data)
            .map_err(|cause| Failure::fault("write the answer as JSON", &cause))?;
        Ok(Self { summary, data })
    }

    /// The data travels once: beside the sentence where the client can read it there, else in its place.
    pub(super) fn into_result(self, version: Option<&ProtocolVersion>) -> CallToolResult {
        if !has_structured_content(version) {
            return CallToolResult::success(vec![ContentBlock::text(self.data.to_string())]);
        }
        let mut result = CallToolResult::success(vec![ContentBlock::text(self.summary)]);
        result.structured_content = Some(self.data);
        result
    }
}

/// `structuredContent` and `outputSchema` came with 2025-06-18. Versions are dates and compare as text.
pub(super) fn has_structured_content(version: Option<&ProtocolVersion>) -> bool {
    version.is_none_or(|version| version.as_str() >= ProtocolVersion::V_2025_06_18.as_str())
}

/// Why there is no result.
#[derive(Debug)]
pub(super) enum Failure {
    /// The agent can ask better; the message says how.
    Refusal(String),
    /// Ours.
    Fault(String),
}

impl Failure {
    /// Messages quote what the agent wrote, which may be what a device called itself.
    pub(super) fn refusal(message: impl AsRef<str>) -> Self {
        Self::Refusal(bounded(message.as_ref()))
    }

    /// Logs it, here and nowhere else.
    pub(super) fn fault(doing: &str, cause: &dyn Error) -> Self {
        let mut chain = cause.to_string();
        let mut next = cause.source();
        while let Some(cause) = next {
            chain = format!("{chain}: {cause}");
            next = cause.source();
        }
        error!("an MCP call failed to {doing}: {chain}");
        Self::logged(format!("opndex failed to {doing}: {cause}; its log has the details"))
    }

    /// A fault that another room has logged.
    pub(super) fn logged(message: impl AsRef<str>) -> Self {
        Self::Fault(bounded(message.as_ref()))
    }

    pub(super) fn into_result(self) -> Result<CallToolResult, ErrorData> {
        match self {
            Self::Refusal(message) => Ok(CallToolResult::error(vec![ContentBlock::text(message)])),
            Self::Fault(message) => Err(ErrorData::internal_error(message, None)),
        }
    }
}

fn bounded(message: &str) -> String {
    let end = message.char_indices().nth(LONGEST_MESSAGE).map_or(message.len(), |(end, _)| end);
    clean(message.get(..end).unwrap_or_default()).into_owned()
}

impl From<AskError> for Failure {
    fn from(cause: AskError) -> Self {
        if cause.is_refusal() {
            Self::refusal(cause.to_string())
        } else {
            Self::fault("read the index", &cause)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_clean_and_bounded() {
        let Failure::Refusal(message) =
            Failure::refusal(format!("\u{1b}[31m{}", "é".repeat(9_000)))
        else {
            panic!("a fault")
        };
        assert!(message.starts_with("[31mé") && message.chars().count() < LONGEST_MESSAGE);
    }
}
