//! What one client may ask: tools, resources, prompts; and what it is told unasked.
#![expect(
    deprecated,
    reason = "logging goes to clients of 2025-11-25 and before, whose revisions have it"
)]

use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Instant;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CompletionInfo,
    GetPromptRequestParams, GetPromptResponse, Implementation, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, Reference, ServerCapabilities, ServerConfig,
    SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter, UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::ask::{Ask, AskError};
use crate::sync::Refresher;
use crate::telemetry::{Called, Calls};
use crate::types::{clean, did_you_mean};

use super::instructions::INSTRUCTIONS;
use super::news::{self, Wishes};
use super::prompts;
use super::reply::{Failure, has_structured_content};
use super::tools::{self, Call, Effect};

use super::resources::{self, Uri};

static DESCRIBED: LazyLock<Vec<rmcp::model::Tool>> =
    LazyLock::new(|| tools::ALL.iter().map(|tool| tool.describe()).collect());

/// What all sessions answer from.
pub(super) struct Shared {
    pub(super) ask: Ask,
    pub(super) refresher: Option<Refresher>,
    pub(super) calls: Calls,
    /// Whether agents may write labels of devices.
    pub(super) labels: bool,
}

/// One client. Over HTTP without sessions, one request.
pub(super) struct Session {
    shared: Arc<Shared>,
    /// The client has gone, or we are stopping.
    ended: CancellationToken,
    wishes: Arc<Mutex<Wishes>>,
    /// Tells the client of runs; ends with the session.
    telling: Mutex<JoinSet<()>>,
}

impl Session {
    pub(super) fn new(shared: Arc<Shared>, ended: CancellationToken) -> Self {
        Self { shared, ended, wishes: Arc::default(), telling: Mutex::default() }
    }

    /// Tools that write are offered only where they are allowed.
    fn offers(&self, name: &str) -> bool {
        let writes = |tool: &&&tools::Tool| tool.effect == Effect::Annotates;
        self.shared.labels || !tools::ALL.iter().filter(writes).any(|tool| tool.name == name)
    }

    fn wish<T>(&self, wish: impl FnOnce(&mut Wishes) -> T) -> T {
        wish(&mut self.wishes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Lists of ours have one page.
fn first_page(request: Option<&PaginatedRequestParams>) -> Result<(), ErrorData> {
    if request.is_some_and(|page| page.cursor.is_some()) {
        let why = "this cursor is not ours: everything is on one page, list it without a cursor";
        return Err(ErrorData::invalid_params(why, None));
    }
    Ok(())
}

fn failed(cause: AskError) -> ErrorData {
    match Failure::from(cause) {
        Failure::Refusal(why) => ErrorData::invalid_params(why, None),
        Failure::Fault(why) => ErrorData::internal_error(why, None),
    }
}

fn known(uri: &str) -> Result<(), ErrorData> {
    if Uri::parse(uri).is_some() {
        return Ok(());
    }
    let shown: String = clean(uri).chars().take(100).collect();
    Err(ErrorData::resource_not_found(format!("`{shown}` is no resource of ours; list them"), None))
}

impl ServerHandler for Session {
    fn get_info(&self) -> ServerConfig {
        let opndex = Implementation::new("opndex", env!("CARGO_PKG_VERSION"))
            .with_title("opndex: index of OPNsense firewalls");
        let capabilities = ServerCapabilities::builder()
            .enable_logging()
            .enable_completions()
            .enable_prompts()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_resources_list_changed()
            .enable_tools()
            .build();
        ServerConfig::new(capabilities).with_server_info(opndex).with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        first_page(request.as_ref())?;
        let mut tools = DESCRIBED.clone();
        tools.retain(|tool| self.offers(&tool.name));
        if !has_structured_content(context.protocol_version().as_ref()) {
            for tool in &mut tools {
                tool.output_schema = None;
            }
        }
        Ok(ListToolsResult::with_all_items(tools))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool = tools::ALL
            .iter()
            .find(|tool| tool.name == request.name && self.offers(tool.name))
            .ok_or_else(|| unknown(&request.name))?;
        let version = context.protocol_version();
        let call = Call {
            ask: &self.shared.ask,
            refresher: self.shared.refresher.as_ref(),
            arguments: request.arguments.unwrap_or_default(),
            context,
            ended: &self.ended,
        };
        let began = Instant::now();
        let outcome = (tool.call)(call).await;
        let how = match &outcome {
            Ok(_) => Called::Answered,
            Err(Failure::Refusal(_)) => Called::Refused,
            Err(Failure::Fault(_)) => Called::Failed,
        };
        self.shared.calls.count(tool.name, how, began.elapsed());
        let result = match outcome {
            Ok(reply) => reply.into_result(version.as_ref()),
            Err(failure) => failure.into_result()?,
        };
        Ok(result.into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        first_page(request.as_ref())?;
        let listed = resources::listed(&self.shared.ask).await.map_err(failed)?;
        Ok(ListResourcesResult::with_all_items(listed))
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        first_page(request.as_ref())?;
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        Ok(resources::read(&self.shared.ask, &request.uri).await?.into())
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        first_page(request.as_ref())?;
        Ok(ListPromptsResult::with_all_items(prompts::listed()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let given = request.arguments.unwrap_or_default();
        Ok(prompts::said(&request.name, &given)?.into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let (ask, typed) = (&self.shared.ask, request.argument.value.as_str());
        let values = match &request.r#ref {
            Reference::Resource(template) => {
                resources::of_template(ask, &template.uri, typed).await.map_err(failed)?
            }
            Reference::Prompt(prompt) if prompts::takes(&prompt.name, &request.argument.name) => {
                let values = match request.argument.name.as_str() {
                    "firewall" => resources::firewalls(ask, typed).await,
                    "device" | "source" | "destination" => resources::names(ask, typed).await,
                    _ => Ok(Vec::new()),
                };
                Some(values.map_err(failed)?)
            }
            _ => None,
        };
        let values = values.ok_or_else(|| {
            ErrorData::invalid_params(
                "no prompt or template of ours has that argument; list them",
                None,
            )
        })?;
        let completion = CompletionInfo::with_all_values(values)
            .map_err(|why| ErrorData::internal_error(why, None))?;
        Ok(CompleteResult::new(completion))
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let Some(refresher) = &self.shared.refresher else { return };
        let telling = news::tell(context.peer, refresher.subscribe(), Arc::clone(&self.wishes));
        let mut tasks = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        // A client that says it twice is told once.
        if tasks.is_empty() {
            tasks.spawn(telling);
        }
    }

    async fn set_level(
        &self,
        request: SetLevelRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.wish(|wishes| wishes.set_level(request.level));
        Ok(())
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        known(&request.uri)?;
        if self.wish(|wishes| wishes.subscribe(request.uri)) {
            return Ok(());
        }
        let why = "that is more subscriptions than one session may have; unsubscribe from some";
        Err(ErrorData::invalid_params(why, None))
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.wish(|wishes| wishes.unsubscribe(&request.uri));
        Ok(())
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        let mut accepted = requested.clone();
        // Lists of tools and prompts never change.
        accepted.tools_list_changed = None;
        accepted.prompts_list_changed = None;
        if let Some(uris) = &mut accepted.resource_subscriptions {
            uris.retain(|uri| Uri::parse(uri).is_some());
        }
        Some(accepted)
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let listening = async {
            match &self.shared.refresher {
                Some(refresher) => news::listen(&context, refresher.subscribe()).await,
                None => context.cancelled().await,
            }
        };
        // rmcp waits for requests that are still open, and this one is open for ever.
        tokio::select! {
            () = self.ended.cancelled() => {}
            () = listening => {}
        }
        Ok(())
    }
}

fn unknown(name: &str) -> ErrorData {
    let names =
        || tools::ALL.iter().filter(|tool| tool.effect != Effect::Annotates).map(|tool| tool.name);
    let shown: String = clean(name).chars().take(60).collect();
    let message = format!(
        "no tool is called `{shown}`{}; tools: {}",
        did_you_mean(name, names()),
        names().collect::<Vec<_>>().join(", ")
    );
    ErrorData::invalid_params(message, None)
}
