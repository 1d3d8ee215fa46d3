//! Resources, their completion, and prompts.

use serde_json::{Value, json};

use super::index::index;

#[tokio::test]
async fn every_listed_resource_can_be_read_and_subscribed_to() {
    let index = index().await;
    let mut wire = index.client().await;
    let listed = wire.ask("resources/list", json!({})).await["result"]["resources"].clone();
    let uris: Vec<String> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| resource["uri"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(uris, ["opndex://schema", "opndex://domains", "opndex://status", "opndex://run/1"]);
    for uri in &uris {
        let read = wire.ask("resources/read", json!({ "uri": uri })).await["result"].clone();
        let contents = &read["contents"][0];
        assert_eq!(contents["uri"], *uri);
        let text = contents["text"].as_str().unwrap();
        if contents["mimeType"] == "application/json" {
            assert!(serde_json::from_str::<Value>(text).unwrap().is_object(), "{uri}");
        } else {
            assert!(
                text.contains("CREATE TABLE vlans (\n    -- ") && !text.contains("TABLE chunks"),
                "{text}"
            );
        }
        assert_eq!(
            wire.ask("resources/subscribe", json!({ "uri": uri })).await["result"],
            json!({})
        );
        assert_eq!(
            wire.ask("resources/unsubscribe", json!({ "uri": uri })).await["result"],
            json!({})
        );
    }
}

#[tokio::test]
async fn templates_are_completed_and_read() {
    let index = index().await;
    let mut wire = index.client().await;
    let listed =
        wire.ask("resources/templates/list", json!({})).await["result"]["resourceTemplates"]
            .clone();
    let templates = listed.as_array().unwrap();
    assert_eq!(templates.len(), 5);
    for template in templates {
        let template = template["uriTemplate"].as_str().unwrap();
        let (head, variable) = template.split_once('{').unwrap();
        let typed = if variable == "device}" { "na" } else { "" };
        let params = json!({ "ref": { "type": "ref/resource", "uri": template }, "argument": { "name": variable.trim_end_matches('}'), "value": typed } });
        let completed =
            wire.ask("completion/complete", params).await["result"]["completion"].clone();
        let values = completed["values"].as_array().unwrap();
        assert!(!values.is_empty() && values.len() <= 100, "{template}: {completed}");
        let uri = format!("{head}{}", values[0].as_str().unwrap());
        let read = wire.ask("resources/read", json!({ "uri": uri })).await;
        assert!(
            read["result"]["contents"][0]["text"].as_str().unwrap().len() > 50,
            "{uri}: {read}"
        );
    }
    let nas = wire.ask("resources/read", json!({ "uri": "opndex://device/nas" })).await;
    assert!(
        nas["result"]["contents"][0]["text"].as_str().unwrap().contains("dhcp_leases"),
        "{nas}"
    );
}

#[tokio::test]
async fn what_is_not_there_is_told_by_code_and_by_name() {
    let index = index().await;
    let mut wire = index.client().await;
    for uri in [
        "opndex://nothing",
        "opndex://device/no-such-device-anywhere",
        "opndex://rule/00000000-0000-0000-0000-000000000000",
        "opndex://run/999999",
        "opndex://schema/chunks",
        "opndex://schema/vlans;drop",
        "file:///etc/passwd",
        "",
    ] {
        let error = wire.ask("resources/read", json!({ "uri": uri })).await["error"].clone();
        assert_eq!(error["code"], -32_002, "{uri}: {error}");
        assert!(error["message"].as_str().unwrap().contains("opndex://run/NUMBER"), "{error}");
    }
    for (method, params) in [
        ("resources/subscribe", json!({ "uri": "file:///etc/passwd" })),
        ("resources/list", json!({ "cursor": "bogus" })),
        ("resources/templates/list", json!({ "cursor": "bogus" })),
        ("prompts/list", json!({ "cursor": "bogus" })),
        ("prompts/get", json!({ "name": "why_blockd" })),
        ("prompts/get", json!({ "name": "why_blocked", "arguments": { "source": "nas" } })),
        (
            "completion/complete",
            json!({ "ref": { "type": "ref/prompt", "name": "audit" }, "argument": { "name": "x", "value": "" } }),
        ),
        ("logging/setLevel", json!({ "level": "loud" })),
    ] {
        let said = wire.ask(method, params).await;
        assert!(said["error"]["code"].as_i64().unwrap() < -32_000, "{method}: {said}");
    }
    // It knows its limits, and goes on.
    for number in 0..200 {
        let uri = format!("opndex://run/{number}");
        wire.ask("resources/subscribe", json!({ "uri": uri })).await;
    }
    let refused = wire.ask("resources/subscribe", json!({ "uri": "opndex://status" })).await;
    assert!(refused["error"]["message"].as_str().unwrap().contains("unsubscribe"), "{refused}");
    assert_eq!(wire.ask("ping", json!({})).await["result"], json!({}));
}

#[tokio::test]
async fn prompts_speak_of_tools_that_exist() {
    let index = index().await;
    let mut wire = index.client().await;
    let tools = wire.ask("tools/list", json!({})).await["result"]["tools"].clone();
    let tools: Vec<String> =
        tools.as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap().to_owned()).collect();
    let listed = wire.ask("prompts/list", json!({})).await["result"]["prompts"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 5);
    for prompt in listed.as_array().unwrap() {
        let mut arguments = json!({});
        for argument in prompt["arguments"].as_array().unwrap() {
            assert!(argument["description"].is_string(), "{prompt}");
            arguments[argument["name"].as_str().unwrap()] = json!("n\u{1b}as");
        }
        let params = json!({ "name": prompt["name"], "arguments": arguments });
        let got = wire.ask("prompts/get", params).await["result"].clone();
        let text = got["messages"][0]["content"]["text"].as_str().unwrap();
        assert!(text.contains("`nas`") || text.contains("since nas"), "{text}");
        assert!(text.contains("as_of") && !text.contains('\u{1b}'), "{text}");
        for word in ["trace", "changes", "lint", "report"] {
            let named = text.contains(&format!("`{word}`"));
            assert!(!named || tools.iter().any(|tool| tool == word), "{word}: {text}");
        }
    }
    let completing = |prompt: &str, argument: &str, typed: &str| json!({ "ref": { "type": "ref/prompt", "name": prompt }, "argument": { "name": argument, "value": typed } });
    for (params, value) in [
        (completing("audit", "firewall", "e"), "edge"),
        (completing("find_device", "device", "na"), "nas"),
        (completing("why_blocked", "source", "NA"), "nas"),
    ] {
        let values =
            wire.ask("completion/complete", params).await["result"]["completion"]["values"].clone();
        assert!(values.as_array().unwrap().contains(&json!(value)), "{values}");
    }
}

#[tokio::test]
async fn a_session_hears_of_runs_at_the_level_it_chose() {
    let index = index().await;
    let mut wire = index.client().await;
    wire.ask("resources/subscribe", json!({ "uri": "opndex://domains/vlans" })).await;
    // Complete runs are of no interest until asked for.
    index.sim.change(|world| world.add_vlan(77, "LAB")).unwrap();
    wire.data("refresh", json!({})).await;
    wire.ask("ping", json!({})).await;
    let methods = |wire: &super::wire::Wire| -> Vec<String> {
        wire.notified.iter().map(|n| n["method"].as_str().unwrap().to_owned()).collect()
    };
    for _ in 0..50 {
        if methods(&wire).len() >= 2 {
            break;
        }
        wire.ask("ping", json!({})).await;
    }
    assert_eq!(
        methods(&wire),
        ["notifications/resources/updated", "notifications/resources/list_changed"]
    );
    assert_eq!(wire.notified[0]["params"]["uri"], "opndex://domains/vlans");
    wire.notified.clear();
    wire.ask("logging/setLevel", json!({ "level": "info" })).await;
    wire.data("refresh", json!({})).await;
    for _ in 0..50 {
        if !wire.notified.is_empty() {
            break;
        }
        wire.ask("ping", json!({})).await;
    }
    assert_eq!(methods(&wire), ["notifications/message"]);
    assert_eq!(wire.notified[0]["params"]["data"]["ending"], "complete");
}
