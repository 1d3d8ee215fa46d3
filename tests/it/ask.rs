//! Plain English: the acceptance set of questions, in several phrasings each, over the simulated firewall and
//! over recorded releases. Precision before recall: an unsure answer is allowed for one phrasing in twenty, a
//! wrong one for none.

use std::path::Path;

use opndex::ask::{Ask, Asked, Found, Outcome};
use opndex::store::LabelChange;
use opndex::types::{Clock, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::support::index::{Index, run};
use super::support::network::network;
use super::support::replay::{Replay, recorded};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    question: Vec<Question>,
}

/// What is asked in each of several ways, and what must come of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Number in the acceptance set; letters tell its parts apart.
    id: String,
    phrasings: Vec<String>,
    /// The call it comes down to.
    call: Option<Written>,
    kind: Option<String>,
    total: Option<u64>,
    /// Cells that some row has.
    #[serde(default)]
    holds: Vec<Value>,
    /// It must be refused, with this in the message.
    refused: Option<String>,
    /// It must be asked back.
    #[serde(default)]
    unsure: bool,
}

#[derive(Deserialize)]
struct Written {
    tool: String,
    arguments: Map<String, Value>,
}

fn questions(file: &str) -> Vec<Question> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ask").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    toml::from_str::<Set>(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display())).question
}

/// Names are compared without case, as the index compares them.
fn same(a: &Value, b: &Value) -> bool {
    a.to_string().eq_ignore_ascii_case(&b.to_string())
}

/// What is wrong with an answer; `None` when nothing is.
fn wrong(question: &Question, asked: &Asked) -> Option<String> {
    if let Some(part) = &question.refused {
        let message = asked.message.as_deref().unwrap_or_default();
        let is_refused = asked.outcome == Outcome::Refused && message.contains(part.as_str());
        return (!is_refused || question.kind.as_deref().is_some_and(|k| asked.kind != Some(k)))
            .then(|| format!("not refused for `{part}`: {asked:?}"));
    }
    if question.unsure {
        return (asked.outcome != Outcome::Unsure).then(|| format!("not asked back: {asked:?}"));
    }
    if asked.outcome != Outcome::Answered {
        return Some(format!("not answered: {:?}", asked.message));
    }
    if question.kind.as_deref().is_some_and(|kind| asked.kind != Some(kind)) {
        return Some(format!("read as {:?}", asked.kind));
    }
    if let Some(wanted) = &question.call {
        let call = asked.call.as_ref().unwrap();
        if call["tool"] != wanted.tool.as_str()
            || !same(&call["arguments"], &Value::Object(wanted.arguments.clone()))
        {
            return Some(format!("became {call}"));
        }
    }
    let answer = match asked.answer.as_ref().unwrap() {
        Found::Rows(answer) => answer,
        Found::Told(told) => {
            let text = told.to_string();
            let part = |cell: &&Value| !text.contains(cell.as_str().unwrap());
            return question.holds.iter().find(part).map(|cell| format!("{cell} is not in {text}"));
        }
    };
    if question.total.is_some_and(|total| total != answer.total) {
        return Some(format!("{} rows", answer.total));
    }
    let missing =
        question.holds.iter().find(|cell| !answer.rows.iter().flatten().any(|c| c == *cell));
    missing.map(|cell| format!("no cell {cell} in {:?}", answer.rows))
}

/// Asks everything; prints what is unsure, fails at what is wrong.
async fn all(ask: &Ask, questions: &[Question]) {
    let (mut right, mut unsure, mut failures) = (0_u32, 0_u32, Vec::new());
    for question in questions {
        for phrasing in &question.phrasings {
            let asked = ask.english(phrasing, None).await.unwrap();
            match wrong(question, &asked) {
                None => right += 1,
                Some(why) if asked.outcome == Outcome::Unsure => {
                    unsure += 1;
                    eprintln!("unsure: {} `{phrasing}`: {why}", question.id);
                }
                Some(why) => failures.push(format!("{} `{phrasing}`: {why}", question.id)),
            }
        }
    }
    assert!(failures.is_empty(), "answered wrongly:\n{}", failures.join("\n"));
    let asked = right + unsure;
    eprintln!("{right} of {asked} phrasings right, {unsure} asked back");
    assert!(unsure * 20 <= asked, "{unsure} of {asked} were asked back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_question_of_the_acceptance_set_is_answered_or_refused() {
    let network = network(400).await;
    let questions = questions("questions.toml");
    let numbers = |letter: char| {
        let mut numbers: Vec<u8> = questions
            .iter()
            .filter_map(|q| q.id.strip_prefix(letter)?.trim_end_matches('b').parse().ok())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len()
    };
    let counts = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I'].map(numbers);
    assert_eq!(counts, [13, 7, 11, 9, 5, 6, 8, 4, 3], "all 66 questions");
    let hers = LabelChange { owner: Some("Sarah".to_owned()), ..LabelChange::default() };
    network.ask.label("nas", hers).await.unwrap();
    all(&network.ask, &questions).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorded_release_is_asked_in_english() {
    if recorded().is_none() {
        return;
    }
    let replay = Replay::start("26.7.2", &[]);
    let index = Index::new().await;
    run(&index.firewall(&replay.url, "w1key", "w1secret")).await;
    all(&index.ask(), &questions("recorded.toml")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_says_how_the_question_was_read() {
    let network = network(120).await;
    let asked = network.ask.english("who is on the geust network and online?", None).await.unwrap();
    assert_eq!(asked.outcome, Outcome::Answered);
    assert_eq!(asked.understood.as_deref(), Some("devices on GUEST, online"));
    assert_eq!(asked.message.as_deref(), Some("`geust` was read as GUEST"));
    assert_eq!(
        asked.call.unwrap(),
        serde_json::json!({ "tool": "devices", "arguments": { "place": "GUEST", "is": ["online"] } })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_about_nothing_known_names_what_is_unknown_and_offers_readings() {
    let network = network(120).await;
    let asked = network.ask.english("is the frobnicator online?", None).await.unwrap();
    assert_eq!(asked.outcome, Outcome::Unsure);
    assert!(asked.message.unwrap().contains("`frobnicator`"));
    assert!(asked.answer.is_none());
}

#[tokio::test]
async fn an_empty_index_is_asked_without_harm() {
    let folder = tempfile::tempdir().unwrap();
    let store = opndex::store::Store::open(&folder.path().join("opndex.db")).await.unwrap();
    let ask = Ask::new(store, Clock::manual(Timestamp::from_seconds(1_795_500_000)));
    let asked = ask.english("who is online?", None).await.unwrap();
    let Some(Found::Rows(answer)) = asked.answer else { panic!("{asked:?}") };
    assert!(!answer.freshness.complete && answer.rows.is_empty());
    assert!(ask.english("rules for vlan 20", None).await.unwrap().outcome == Outcome::Unsure);
    assert!(ask.english("who is online?", Some("nowhere")).await.unwrap_err().is_refusal());
}
