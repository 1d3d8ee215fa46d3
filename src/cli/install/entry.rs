//! What a client is told: how to start us, or where we listen.

use serde_json::{Value, json};

use super::client::Client;

/// How the client reaches us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reach {
    /// It starts this program with these words.
    Start { program: String, words: Vec<String> },
    /// It asks there.
    Ask { url: String, token: Option<String> },
}

/// The entry in the client's own spelling; nothing where it cannot reach us that way.
pub(super) fn entry(client: Client, reach: &Reach) -> Option<Value> {
    let entry = match reach {
        Reach::Start { program, words } => match client {
            Client::Vscode | Client::ClaudeCode => {
                json!({ "type": "stdio", "command": program, "args": words })
            }
            _ => json!({ "command": program, "args": words }),
        },
        Reach::Ask { url, token } => {
            let mut entry = match client {
                Client::ClaudeDesktop => return None,
                Client::ClaudeCode | Client::Vscode => json!({ "type": "http", "url": url }),
                Client::Cursor => json!({ "url": url }),
                Client::Gemini => json!({ "httpUrl": url }),
                Client::Windsurf => json!({ "serverUrl": url }),
            };
            if let (Some(token), Value::Object(fields)) = (token, &mut entry) {
                let headers = json!({ "Authorization": format!("Bearer {token}") });
                fields.insert("headers".to_owned(), headers);
            }
            entry
        }
    };
    Some(entry)
}
