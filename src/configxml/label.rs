//! pf's label of a legacy rule: what the API gives as its `uuid`.
//!
//! The firewall writes the rule as JSON, keys sorted, without `descr`, `created` and `updated`, and takes the MD5
//! (opnsense/core, `Firewall/Util::calcRuleHash`; the same from 24.7 to 26.7, and equal for every legacy rule of the
//! recorded releases). The attributes of the element are part of it.

use std::collections::BTreeMap;
use std::fmt::Write;

use md5::{Digest, Md5};

/// Children that do not count.
const IGNORED: [&str; 3] = ["created", "descr", "updated"];

/// An element as PHP's array of it.
#[derive(Debug, Default)]
pub(super) struct Element {
    attributes: BTreeMap<String, String>,
    children: BTreeMap<String, Vec<Value>>,
}

#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Element(Element),
}

impl Element {
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        self.attributes.insert(name.to_owned(), value.to_owned());
    }

    pub(super) fn child(&mut self, name: &str, value: Value) {
        self.children.entry(name.to_owned()).or_default().push(value);
    }

    pub(super) fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    /// 32 hexadecimal digits.
    pub(super) fn label(&self) -> String {
        let mut json = String::new();
        self.write(&IGNORED, &mut json);
        digest(json.as_bytes())
    }

    fn write(&self, ignored: &[&str], json: &mut String) {
        json.push('{');
        if !self.attributes.is_empty() {
            json.push_str("\"@attributes\":{");
            for (i, (name, value)) in self.attributes.iter().enumerate() {
                comma(i, json);
                write_text(name, json);
                json.push(':');
                write_text(value, json);
            }
            json.push('}');
        }
        let first = usize::from(!self.attributes.is_empty());
        let kept = self.children.iter().filter(|(name, _)| !ignored.contains(&name.as_str()));
        for (i, (name, values)) in kept.enumerate() {
            comma(first + i, json);
            write_text(name, json);
            json.push(':');
            match values.as_slice() {
                [one] => one.write(json),
                several => {
                    json.push('[');
                    for (i, value) in several.iter().enumerate() {
                        comma(i, json);
                        value.write(json);
                    }
                    json.push(']');
                }
            }
        }
        json.push('}');
    }
}

impl Value {
    fn write(&self, json: &mut String) {
        match self {
            Self::Text(text) => write_text(text, json),
            Self::Element(element) => element.write(&[], json),
        }
    }
}

/// MD5 as hexadecimal digits: an identity, not a protection.
pub(super) fn digest(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().fold(String::with_capacity(32), |mut text, byte| {
        // Writing into a string cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

fn comma(i: usize, json: &mut String) {
    if i > 0 {
        json.push(',');
    }
}

/// A string as PHP's `json_encode` writes it: slashes and everything beyond ASCII escaped.
fn write_text(text: &str, json: &mut String) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '/' => json.push_str("\\/"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            ' '..='\u{7f}' => json.push(c),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    let _infallible = write!(json, "\\u{unit:04x}");
                }
            }
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_php_does() {
        let mut json = String::new();
        write_text("a/b \"é\" \u{1f600}\u{7f}\n\u{1}", &mut json);
        assert_eq!(json, "\"a\\/b \\\"\\u00e9\\\" \\ud83d\\ude00\u{7f}\\n\\u0001\"");
    }

    #[test]
    fn a_description_does_not_change_a_label_and_a_port_does() {
        let rule = |descr: &str, port: &str| {
            let mut rule = Element::default();
            rule.attribute("uuid", "a");
            rule.child("type", Value::Text("pass".to_owned()));
            rule.child("descr", Value::Text(descr.to_owned()));
            let mut end = Element::default();
            end.child("port", Value::Text(port.to_owned()));
            rule.child("destination", Value::Element(end));
            rule.label()
        };
        assert_eq!(rule("one", "80"), rule("two", "80"));
        assert_ne!(rule("one", "80"), rule("one", "443"));
        // md5 of {"@attributes":{"uuid":"a"},"destination":{"port":"80"},"type":"pass"}
        assert_eq!(rule("", "80"), "492e9907750709286bdb04f24b867a69");
    }
}
