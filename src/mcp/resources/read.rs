//! Reading one resource.

use rmcp::ErrorData;
use rmcp::model::{CacheScope, ReadResourceResult, ResourceContents};
use serde::Serialize;
use serde_json::json;

use crate::ask::{Ask, Query};
use crate::mcp::reply::Failure;
use crate::mcp::tools::described;
use crate::types::clean;

use super::uri::Uri;

/// Names and addresses of a network are for the client that asked, and may be others in a minute.
pub(crate) async fn read(ask: &Ask, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let wanted = Uri::parse(uri).ok_or_else(|| unknown(uri))?;
    let (text, kind) = match text(ask, &wanted).await {
        Ok(Some(found)) => found,
        Ok(None) => return Err(unknown(uri)),
        Err(Failure::Refusal(why)) => return Err(ErrorData::invalid_params(why, None)),
        Err(Failure::Fault(why)) => return Err(ErrorData::internal_error(why, None)),
    };
    let contents = ResourceContents::text(text, uri).with_mime_type(kind);
    Ok(ReadResourceResult::new(vec![contents]).with_ttl_ms(0).with_cache_scope(CacheScope::Private))
}

async fn text(ask: &Ask, uri: &Uri) -> Result<Option<(String, &'static str)>, Failure> {
    match uri {
        Uri::Schema(table) => {
            let tables = ask.published().await?;
            let wanted =
                tables.iter().filter(|t| table.as_ref().is_none_or(|name| *name == t.name));
            let text: Vec<String> = wanted.map(|t| format!("{};\n", t.definition)).collect();
            Ok((!text.is_empty()).then(|| (text.join("\n"), "application/sql")))
        }
        Uri::Domains(domain) => written(&described(ask, *domain).await?).map(Some),
        Uri::Status => written(&ask.status().await?).map(Some),
        Uri::Device(what) => {
            let located = ask.locate(what, None).await?;
            if located.mentions.is_empty() { Ok(None) } else { written(&located).map(Some) }
        }
        Uri::Rule(id) => {
            let query = Query {
                domain: "firewall_rules".to_owned(),
                filters: vec![format!("uuid = {id}")],
                ..Query::default()
            };
            let answer = ask.query(&query).await?;
            if answer.rows.is_empty() { Ok(None) } else { written(&answer).map(Some) }
        }
        Uri::Run(number) => ask.run(*number).await?.map(|run| written(&run)).transpose(),
    }
}

fn written(value: &impl Serialize) -> Result<(String, &'static str), Failure> {
    serde_json::to_string(value)
        .map(|text| (text, "application/json"))
        .map_err(|cause| Failure::fault("write the resource as JSON", &cause))
}

fn unknown(uri: &str) -> ErrorData {
    let shown: String = clean(uri).chars().take(100).collect();
    let why = format!(
        "there is nothing at `{shown}`; list the resources, or read opndex://device/ADDRESS, opndex://domains/DOMAIN, \
         opndex://rule/UUID, opndex://run/NUMBER or opndex://schema/TABLE"
    );
    ErrorData::resource_not_found(why, Some(json!({ "uri": shown })))
}
