//! A tool as a value.

use std::pin::Pin;
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{JsonObject, ToolAnnotations};
use rmcp::service::RequestContext;
use tokio_util::sync::CancellationToken;

use crate::ask::Ask;
use crate::mcp::reply::{Failure, Reply};
use crate::sync::Refresher;

/// Everything there is to know about one tool.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    /// For people, in the client's list.
    pub(crate) title: &'static str,
    /// For an agent that has never seen opndex: what it answers, limits, what to call next.
    pub(crate) about: &'static str,
    pub(crate) input: fn() -> JsonObject,
    pub(crate) output: fn() -> JsonObject,
    pub(crate) effect: Effect,
    pub(crate) call: for<'a> fn(Call<'a>) -> Answering<'a>,
}

/// What calling a tool may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Reads the local index.
    Reads,
    /// Writes the user's words about devices into the local index; listed only where that is allowed.
    Annotates,
    /// Asks the firewall, without changing it, and writes the local index.
    Refreshes,
}

pub(crate) type Answering<'a> = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send + 'a>>;

/// One call of a tool.
pub(crate) struct Call<'a> {
    pub(crate) ask: &'a Ask,
    pub(crate) refresher: Option<&'a Refresher>,
    pub(crate) arguments: JsonObject,
    /// The client's side of it: its progress token, and whether it has cancelled the call.
    pub(crate) context: RequestContext<RoleServer>,
    /// Nobody will read the answer.
    pub(crate) ended: &'a CancellationToken,
}

impl Tool {
    /// The tool as the protocol describes it.
    pub(crate) fn describe(&self) -> rmcp::model::Tool {
        let reads = self.effect == Effect::Reads;
        let annotations = ToolAnnotations::new()
            .read_only(reads)
            .destructive(false)
            .idempotent(true)
            .open_world(self.effect == Effect::Refreshes);
        rmcp::model::Tool::new(self.name, self.about, Arc::new((self.input)()))
            .with_title(self.title)
            .with_raw_output_schema(Arc::new((self.output)()))
            .with_annotations(annotations)
    }
}
