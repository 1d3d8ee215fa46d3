//! Text that somebody else wrote: host names, descriptions, comments.

use std::borrow::Cow;

/// Longest text kept from a firewall field, in bytes. The longest honest value in five recorded
/// releases is an alias with 1.1 KB of content; 64 KiB keeps a 4,000-line alias whole.
pub const MAX_TEXT: usize = 65_536;

/// Without control characters (tab and newline become a blank), bidirectional overrides and zero-width
/// characters, and no longer than [`MAX_TEXT`]. Borrowed when there was nothing to clean.
pub fn clean(text: &str) -> Cow<'_, str> {
    // Nearly every text is printable ASCII, which needs one look per byte and no decoding.
    let plain = |b: &u8| (0x20..0x7f).contains(b);
    if text.len() <= MAX_TEXT && (text.as_bytes().iter().all(plain) || !text.chars().any(is_unsafe))
    {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len().min(MAX_TEXT));
    for c in text.chars() {
        if cleaned.len() + c.len_utf8() > MAX_TEXT {
            break;
        }
        match c {
            '\t' | '\n' | '\r' => cleaned.push(' '),
            c if is_unsafe(c) => {}
            c => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

/// Characters that can hide or reorder what a reader sees.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escape_sequences_and_overrides_vanish() {
        assert_eq!(clean("a\u{1b}[31mred\u{202e}b\nc"), "a[31mredb c");
    }

    proptest! {
        #[test]
        fn cleaning_is_bounded_and_final(text: String) {
            let once = clean(&text).into_owned();
            prop_assert!(once.len() <= MAX_TEXT);
            prop_assert_eq!(clean(&once), once.as_str());
        }
    }
}
