//! What `ask` says it called: the same call, made by hand, gives the same answer.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::TOOLS;
use super::index::index;

/// The first phrasing of every question of the acceptance set.
fn questions() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ask/questions.toml");
    let set: toml::Value = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let questions = set["question"].as_array().unwrap();
    questions.iter().map(|q| q["phrasings"][0].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_call_that_ask_names_gives_what_ask_gave() {
    let index = index().await;
    let mut wire = index.client().await;
    let mut called = BTreeSet::new();
    for question in questions() {
        let asked = wire.data("ask", json!({ "question": question })).await;
        for reading in asked["readings"].as_array().into_iter().flatten() {
            if let Some(tool) = reading["call"]["tool"].as_str() {
                assert!(TOOLS.contains(&tool), "{question}: {reading}");
            }
        }
        let Some(call) = asked.get("call") else { continue };
        let tool = call["tool"].as_str().unwrap();
        called.insert(tool.to_owned());
        let by_hand = wire.data(tool, call["arguments"].clone()).await;
        let shown = |answer: &Value| {
            ["rows", "total", "verdict", "parts", "findings", "mentions", "changes"]
                .map(|name| answer.get(name).cloned())
        };
        assert_eq!(shown(&asked["answer"]), shown(&by_hand), "{question}: {call}");
    }
    let all = ["changes", "devices", "lint", "locate", "query", "reach", "report", "trace"];
    assert_eq!(called.iter().collect::<Vec<_>>(), all);
}
