//! Where the next page begins, as text that only the same question accepts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::domain::Cell;

use super::error::AskError;

/// A page's last key, bound to the question that gave it.
pub(super) fn encode(question: &str, key: &[Cell]) -> String {
    let mut parts = vec![format!("{:016x}", fingerprint(question))];
    parts.extend(key.iter().map(|cell| match cell {
        Cell::Null => "n".to_owned(),
        Cell::Int(n) => format!("i{n}"),
        Cell::Text(text) => format!("t{text}"),
        Cell::Blob(bytes) => format!("b{}", URL_SAFE_NO_PAD.encode(bytes)),
    }));
    URL_SAFE_NO_PAD.encode(serde_json::Value::from(parts).to_string())
}

/// The key, if the cursor was made for `question` and has `cells` cells.
pub(super) fn decode(question: &str, cells: usize, cursor: &str) -> Result<Vec<Cell>, AskError> {
    let read = || {
        let parts: Vec<String> =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor.trim()).ok()?).ok()?;
        let (first, rest) = parts.split_first()?;
        if *first != format!("{:016x}", fingerprint(question)) || rest.len() != cells {
            return None;
        }
        rest.iter().map(|part| cell(part)).collect()
    };
    read().ok_or(AskError::Cursor)
}

fn cell(part: &str) -> Option<Cell> {
    match part.split_at_checked(1)? {
        ("n", "") => Some(Cell::Null),
        ("i", n) => n.parse().ok().map(Cell::Int),
        ("t", text) => Some(Cell::Text(text.into())),
        ("b", bytes) => URL_SAFE_NO_PAD.decode(bytes).ok().map(|b| Cell::Blob(b.into())),
        _ => None,
    }
}

/// FNV-1a, 64 bits: tells questions apart, keeps no secret.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back_for_its_own_question_only(n: i64, text: String, bytes: Vec<u8>, q in "[a-z]{1,8}", other in "[A-Z]{1,8}") {
            let key = vec![Cell::Int(n), Cell::Text(text.into()), Cell::Blob(bytes.into())];
            let cursor = encode(&q, &key);
            prop_assert_eq!(decode(&q, 3, &cursor).unwrap(), key);
            prop_assert!(decode(&other, 3, &cursor).is_err());
            prop_assert!(decode(&q, 2, &cursor).is_err());
        }

        #[test]
        fn anything_else_is_refused(text: String) {
            prop_assert!(decode("q", 1, &text).is_err());
        }
    }
}
