//! `ip in 10.0.0.0/24 and hostname = nas*`: text to typed filters, checked against the domain's columns.

use std::net::IpAddr;

use crate::domain::{AnyDomain, ColumnSpec, Kind};
use crate::store::{Filter, Op, Value};
use crate::types::{AddressRange, MacAddr, Timestamp};

use super::catalog;
use super::error::AskError;

/// Conditions in one text; more is a mistake or an attack.
const MOST_CONDITIONS: usize = 32;

/// Values in one `in (…)`.
const MOST_VALUES: usize = 500;

/// Reads conditions joined by `and`.
pub(super) fn parse(domain: &'static dyn AnyDomain, text: &str) -> Result<Vec<Filter>, AskError> {
    let wrong = |why: &str| AskError::Filter {
        text: text.chars().take(200).collect(),
        why: why.to_owned(),
    };
    let tokens = tokens(text).map_err(wrong)?;
    let conditions: Vec<&[Token]> = tokens.split(Token::is_and).collect();
    if conditions.len() > MOST_CONDITIONS {
        return Err(wrong("it has too many conditions"));
    }
    conditions
        .into_iter()
        .map(|condition| match condition {
            [] => Err(wrong("a condition is missing")),
            [_] => {
                Err(wrong("an operator is missing (=, !=, <, <=, >, >=, in, covers, ~, is null)"))
            }
            [name, op, values @ ..] => one(domain, name, op, values, &wrong),
        })
        .collect()
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    text: String,
    quoted: bool,
}

impl Token {
    fn is_and(&self) -> bool {
        self.is("and") || self.is("&&")
    }

    fn is(&self, word: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(word)
    }
}

/// Words, quoted words, operators; commas and parentheses separate.
fn tokens(text: &str) -> Result<Vec<Token>, &'static str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(quote) = Some(first).filter(|c| matches!(c, '\'' | '"')) {
            let inside = rest.get(1..).unwrap_or_default();
            let end = inside.find(quote).ok_or("a quote is not closed")?;
            let (word, after) = inside.split_at(end);
            tokens.push(Token { text: word.to_owned(), quoted: true });
            rest = after.get(1..).unwrap_or_default();
        } else if matches!(first, ',' | '(' | ')') {
            rest = rest.get(1..).unwrap_or_default();
        } else {
            let is_operator = |c: char| matches!(c, '=' | '!' | '<' | '>' | '~');
            let same = is_operator(first);
            // `!` begins a value such as `!h_nas` unless an operator follows it.
            let operator = same && (first != '!' || rest.get(1..2) == Some("="));
            let stop = |c: char| {
                c.is_whitespace()
                    || matches!(c, ',' | '(' | ')')
                    || if operator { !is_operator(c) } else { matches!(c, '=' | '<' | '>' | '~') }
            };
            let end = rest
                .char_indices()
                .skip(1)
                .find(|(i, c)| {
                    stop(*c) || (!operator && *c == '!' && rest.get(i + 1..i + 2) == Some("="))
                })
                .map_or(rest.len(), |(i, _)| i);
            let (word, after) = rest.split_at(end);
            tokens.push(Token { text: word.to_owned(), quoted: false });
            rest = after;
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

fn one(
    domain: &'static dyn AnyDomain,
    name: &Token,
    op: &Token,
    values: &[Token],
    wrong: &impl Fn(&str) -> AskError,
) -> Result<Filter, AskError> {
    let column = catalog::column(domain, &name.text)?;
    let op = match (op.text.to_lowercase().as_str(), values) {
        ("is", [null]) if null.is("null") || null.is("absent") => Op::Absent,
        ("is", [not, null]) if not.is("not") && (null.is("null") || null.is("absent")) => {
            Op::Present
        }
        ("in", []) => return Err(wrong("nothing follows `in`")),
        ("in", values) => any_of(&column, values, wrong)?,
        ("not", _) => return Err(wrong("`not` is not supported; use != or `is not null`")),
        (
            op @ ("=" | "==" | "is" | "!=" | "<>" | "<" | "<=" | ">" | ">=" | "~" | "covers"
            | "contains"),
            [value],
        ) => compare(&column, op, value)?,
        (
            "=" | "==" | "is" | "!=" | "<>" | "<" | "<=" | ">" | ">=" | "~" | "covers" | "contains",
            [],
        ) => return Err(wrong("a value is missing")),
        (
            "=" | "==" | "is" | "!=" | "<>" | "<" | "<=" | ">" | ">=" | "~" | "covers" | "contains",
            _,
        ) => {
            return Err(wrong(
                "a value of several words needs quotes; conditions are joined by `and`",
            ));
        }
        (other, _) => {
            return Err(wrong(&format!(
                "`{}` is no operator (=, !=, <, <=, >, >=, in, covers, ~, is null)",
                other.chars().take(20).collect::<String>()
            )));
        }
    };
    Ok(Filter { column, op })
}

/// `in (a, b)`, `in 10.0.0.0/24`, `in 10.0.0.5-10.0.0.9`.
fn any_of(
    column: &ColumnSpec,
    values: &[Token],
    wrong: &impl Fn(&str) -> AskError,
) -> Result<Op, AskError> {
    if values.len() > MOST_VALUES {
        return Err(wrong("it lists too many values"));
    }
    if let ([one], Kind::Ip | Kind::Nets) = (values, column.kind) {
        return one
            .text
            .parse::<AddressRange>()
            .map(Op::Within)
            .map_err(|e| bad(column, &one.text, &e.to_string()));
    }
    if column.kind == Kind::Nets {
        return Err(operator(column, "in (several)"));
    }
    values.iter().map(|v| value(column, &v.text)).collect::<Result<_, _>>().map(Op::AnyOf)
}

fn compare(column: &ColumnSpec, op: &str, given: &Token) -> Result<Op, AskError> {
    let text = given.text.as_str();
    let textual = matches!(column.kind, Kind::Text | Kind::Name | Kind::Nets);
    let ordered = matches!(column.kind, Kind::Int | Kind::Time | Kind::Ip);
    match op {
        "~" | "contains" if textual => Ok(Op::Contains(text.to_owned())),
        "covers" if column.kind == Kind::Nets => text
            .parse::<IpAddr>()
            .map(Op::Covers)
            .map_err(|_| bad(column, text, "give one address, such as 10.0.0.9")),
        "=" | "==" | "is" if textual && !given.quoted && text.len() > 1 && text.ends_with('*') => {
            Ok(Op::Begins(text.trim_end_matches('*').to_owned()))
        }
        "=" | "==" | "is" => value(column, text).map(Op::Is),
        "!=" | "<>" => value(column, text).map(Op::IsNot),
        "<" if ordered => value(column, text).map(Op::Less),
        "<=" if ordered => value(column, text).map(Op::AtMost),
        ">" if ordered => value(column, text).map(Op::More),
        ">=" if ordered => value(column, text).map(Op::AtLeast),
        other => Err(operator(column, other)),
    }
}

fn value(column: &ColumnSpec, text: &str) -> Result<Value, AskError> {
    match column.kind {
        Kind::Text | Kind::Name | Kind::Nets => Ok(Value::Text(text.to_owned())),
        Kind::Int => {
            text.parse().map(Value::Int).map_err(|_| bad(column, text, "give a whole number"))
        }
        Kind::Bool => match text.to_lowercase().as_str() {
            "true" | "yes" | "1" | "on" => Ok(Value::Bool(true)),
            "false" | "no" | "0" | "off" => Ok(Value::Bool(false)),
            _ => Err(bad(column, text, "give true or false")),
        },
        Kind::Time => time(text).map(Value::Time).ok_or_else(|| {
            bad(
                column,
                text,
                "give a time such as 2026-11-24T08:00:00Z, or a day such as 2026-11-24",
            )
        }),
        Kind::Ip => text.parse().map(Value::Ip).map_err(|_| {
            bad(column, text, "give one address such as 10.0.0.9; for a network use `in`")
        }),
        Kind::Mac => {
            text.parse::<MacAddr>().map(Value::Mac).map_err(|e| bad(column, text, &e.to_string()))
        }
    }
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| format!("{text}T00:00:00Z").parse().ok())
}

fn bad(column: &ColumnSpec, value: &str, why: &str) -> AskError {
    AskError::Value {
        column: column.name,
        kind: column.kind.as_str(),
        value: value.chars().take(80).collect(),
        why: why.to_owned(),
    }
}

fn operator(column: &ColumnSpec, op: &str) -> AskError {
    let usable = match column.kind {
        Kind::Text | Kind::Name => "=, !=, ~ (contains), = with a trailing *, in, is null",
        Kind::Int | Kind::Time => "=, !=, <, <=, >, >=, in, is null",
        Kind::Bool => "=, !=, is null",
        Kind::Ip => "=, !=, <, >, in (a network, a range or a list), is null",
        Kind::Mac => "=, !=, in, is null",
        Kind::Nets => "covers ADDRESS, in NETWORK, ~ (contains), is null",
    };
    AskError::Operator {
        column: column.name,
        kind: column.kind.as_str(),
        op: op.to_owned(),
        usable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leases(text: &str) -> Result<Vec<Filter>, AskError> {
        parse(catalog::domain("dhcp_leases").unwrap(), text)
    }

    fn op(text: &str) -> Op {
        leases(text).unwrap().remove(0).op
    }

    #[test]
    fn operators_need_no_blanks_and_values_may_be_quoted() {
        assert_eq!(op("hostname='my nas'"), Op::Is(Value::Text("my nas".into())));
        assert_eq!(op("hostname != \"a and b\""), Op::IsNot(Value::Text("a and b".into())));
        assert_eq!(op("ip>=10.0.0.5"), Op::AtLeast(Value::Ip("10.0.0.5".parse().unwrap())));
        assert_eq!(leases("mac = 00:1b:21:00:00:01 and reserved = yes").unwrap().len(), 2);
    }

    #[test]
    fn a_trailing_star_asks_for_the_beginning() {
        assert_eq!(op("hostname = nas*"), Op::Begins("nas".into()));
        assert_eq!(op("hostname = 'nas*'"), Op::Is(Value::Text("nas*".into())));
        assert_eq!(op("hostname = *"), Op::Is(Value::Text("*".into())));
    }

    #[test]
    fn networks_ranges_and_lists_follow_in() {
        assert!(matches!(op("ip in 10.0.0.0/24"), Op::Within(_)));
        assert!(matches!(op("ip in 10.0.0.1-10.0.0.9"), Op::Within(_)));
        assert!(matches!(op("backend in (kea4, kea6)"), Op::AnyOf(v) if v.len() == 2));
    }

    #[test]
    fn a_mistake_is_answered_with_what_would_work() {
        let says = |text| leases(text).unwrap_err().to_string();
        assert!(
            says("ipaddr = 10.0.0.1").contains("did you mean `ip`?"),
            "{}",
            says("ipaddr = 10.0.0.1")
        );
        assert!(says("ip ~ 10.0").contains("in (a network"));
        assert!(says("ip = 10.0.0.0/24").contains("for a network use `in`"));
        assert!(says("hostname").contains("operator is missing"));
        assert!(says("hostname = my nas").contains("needs quotes"));
        assert!(says("hostname = 'open").contains("not closed"));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in "\\PC{0,80}") {
            let _either = leases(&text);
        }
    }
}
