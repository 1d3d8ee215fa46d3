//! Aliases as the firewall shows them: in the grid and in its export.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::aliases::{Alias, SECRET_MARK};
use super::grid::json as write;
use super::interfaces::label;
use super::tables;
use super::world::World;

#[derive(Serialize)]
pub(super) struct AliasRow<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    uuid: &'a str,
    enabled: &'static str,
    name: &'a str,
    r#type: &'static str,
    #[serde(rename = "%type", skip_serializing_if = "Option::is_none")]
    type_text: Option<&'static str>,
    path_expression: &'static str,
    proto: &'static str,
    #[serde(rename = "%proto", skip_serializing_if = "Option::is_none")]
    proto_text: Option<String>,
    interface: &'static str,
    #[serde(rename = "%interface", skip_serializing_if = "Option::is_none")]
    interface_text: Option<&'a str>,
    counters: &'static str,
    updatefreq: &'static str,
    content: &'a str,
    password: &'a str,
    username: &'a str,
    authtype: &'static str,
    expire: &'static str,
    categories: String,
    #[serde(rename = "%categories", skip_serializing_if = "Option::is_none")]
    categories_text: Option<&'static str>,
    current_items: String,
    last_updated: &'static str,
    #[serde(flatten)]
    counted: Counted,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    categories_uuid: Option<Vec<String>>,
}

/// Counters of the loaded table, empty for what is not loaded.
#[derive(Serialize)]
struct Counted {
    eval_nomatch: &'static str,
    eval_match: &'static str,
    in_block_p: &'static str,
    in_block_b: &'static str,
    in_pass_p: &'static str,
    in_pass_b: &'static str,
    out_block_p: &'static str,
    out_block_b: &'static str,
    out_pass_p: &'static str,
    out_pass_b: &'static str,
}

impl Counted {
    fn new(loaded: bool) -> Self {
        let if_loaded = |value: &'static str| if loaded { value } else { "" };
        let (packets, bytes) = (if_loaded("3"), if_loaded("180"));
        Self {
            eval_nomatch: if_loaded("120"),
            eval_match: if_loaded("33"),
            in_block_p: packets,
            in_block_b: bytes,
            in_pass_p: packets,
            in_pass_b: bytes,
            out_block_p: packets,
            out_block_b: bytes,
            out_pass_p: packets,
            out_pass_b: bytes,
        }
    }
}

pub(super) fn search(world: &World) -> Vec<AliasRow<'_>> {
    let with_texts = |alias| {
        let row: AliasRow<'_> = row(world, alias);
        let category = alias.category.map(|category| category.uuid(world.seed));
        AliasRow {
            uuid: &alias.uuid,
            type_text: Some(type_text(alias.kind)),
            proto_text: (!alias.proto.is_empty()).then(|| alias.proto.replace(',', ", ")),
            interface_text: (!alias.interface.is_empty()).then(|| label(world, alias.interface)),
            categories_text: alias.category.map(super::rules::Category::name),
            categories_uuid: Some(category.into_iter().collect()),
            ..row
        }
    };
    world.aliases.iter().map(with_texts).collect()
}

/// A map by UUID, raw values only, and the licence key of the `GeoIP` list in its address.
/// Interface networks are not part of the configuration, so they are not exported.
pub(super) fn export(world: &World) -> Vec<u8> {
    let exported = world.aliases.iter().filter(|alias| alias.kind != "internal");
    let aliases: Map<String, Value> =
        exported.map(|alias| (alias.uuid.clone(), json!(row(world, alias)))).collect();
    let url = format!(
        "https://download.example.org/geoip_download?license_key={SECRET_MARK}license&suffix=zip"
    );
    write(&json!({"geoip": {"url": url}, "aliases": {"alias": aliases}}))
}

fn row<'a>(world: &World, alias: &'a Alias) -> AliasRow<'a> {
    let (username, password) =
        alias.login.as_ref().map_or(("", ""), |(user, password)| (user, password));
    let entries = alias.items.and_then(|_| tables::entries(world, alias));
    AliasRow {
        uuid: "",
        enabled: if alias.enabled { "1" } else { "0" },
        name: &alias.name,
        r#type: alias.kind,
        type_text: None,
        path_expression: alias.path_expression,
        proto: alias.proto,
        proto_text: None,
        interface: alias.interface,
        interface_text: None,
        counters: if alias.kind == "internal" || alias.kind == "external" { "" } else { "0" },
        updatefreq: alias.updatefreq,
        content: &alias.content,
        password,
        username,
        authtype: if alias.login.is_some() { "Basic" } else { "" },
        expire: alias.expire,
        categories: alias.category.map(|category| category.uuid(world.seed)).unwrap_or_default(),
        categories_text: None,
        current_items: entries.map(|entries| entries.len().to_string()).unwrap_or_default(),
        last_updated: "",
        counted: Counted::new(alias.items.is_some()),
        description: &alias.description,
        categories_uuid: None,
    }
}

fn type_text(kind: &str) -> &'static str {
    match kind {
        "host" => "Host(s)",
        "network" => "Network(s)",
        "networkgroup" => "Network group",
        "port" => "Port(s)",
        "url" => "URL (IPs)",
        "urltable" => "URL Table (IPs)",
        "urljson" => "URL Table in JSON format (IPs)",
        "geoip" => "GeoIP",
        "mac" => "MAC address",
        "asn" => "BGP ASN",
        "dynipv6host" => "Dynamic IPv6 Host",
        "authgroup" => "OpenVPN group",
        "internal" => "Internal (automatic)",
        _ => "External (advanced)",
    }
}
