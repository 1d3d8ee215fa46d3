//! How much a statement grows when its `WITH` clauses are put where they are named.
//!
//! SQLite copies a clause to each place, before it asks anybody anything: thirty that name the one before twice are a
//! thousand million copies, 22 GB of them.

use std::collections::BTreeMap;

/// Copies of clauses: a hundred times what a person writes.
const MOST: u64 = 1_000;

/// Whether `sql` would grow beyond all bounds. Names of columns may count as names of clauses; nothing counts too little.
pub(super) fn is_too_much(sql: &str) -> bool {
    let tokens = tokens(sql);
    let clauses = clauses(&tokens);
    let mut known = BTreeMap::new();
    !clauses.is_empty() && copies(&tokens, &clauses, &mut known) > MOST
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// A word, or what is in quotes of any kind, in lower case.
    Name(String),
    Sign(char),
}

fn tokens(sql: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        if rest.starts_with("--") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if rest.starts_with("/*") {
            let inside = rest.get(2..).unwrap_or_default();
            rest = inside.split_once("*/").map_or("", |(_, rest)| rest);
        } else if let Some(end) = closing(first) {
            let (name, behind) = after.split_once(end).unwrap_or((after, ""));
            found.push(Token::Name(name.to_lowercase()));
            rest = behind;
        } else if is_of_word(first) {
            let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
            let (word, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
            found.push(Token::Name(word.to_lowercase()));
            rest = behind;
        } else {
            if !first.is_whitespace() {
                found.push(Token::Sign(first));
            }
            rest = after;
        }
    }
    found
}

const fn closing(first: char) -> Option<char> {
    match first {
        '\'' | '"' | '`' => Some(first),
        '[' => Some(']'),
        _ => None,
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// The bodies of all clauses, by name. Clauses of one name count together.
fn clauses(tokens: &[Token]) -> BTreeMap<&str, Vec<&[Token]>> {
    let mut found: BTreeMap<&str, Vec<&[Token]>> = BTreeMap::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Name(name) = token else { continue };
        let mut rest = tokens.get(at.saturating_add(1)..).unwrap_or_default();
        if let Some((_, behind)) = parenthesis(rest) {
            rest = behind;
        }
        let Some((Token::Name(word), mut rest)) = rest.split_first() else { continue };
        if word != "as" {
            continue;
        }
        while let Some((Token::Name(word), behind)) = rest.split_first() {
            if word != "not" && word != "materialized" {
                break;
            }
            rest = behind;
        }
        if let Some((body, _)) = parenthesis(rest) {
            found.entry(name).or_default().push(body);
        }
    }
    found
}

/// What is in the parenthesis that `tokens` begin with, and what comes after it.
fn parenthesis(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    if tokens.first() != Some(&Token::Sign('(')) {
        return None;
    }
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('(') => depth = depth.saturating_add(1),
            Token::Sign(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some((tokens.get(1..at)?, tokens.get(at.saturating_add(1)..)?));
        }
    }
    None
}

/// Copies of clauses in `tokens`. What names itself is not copied, but repeated.
fn copies<'a>(
    tokens: &[Token],
    clauses: &BTreeMap<&'a str, Vec<&'a [Token]>>,
    known: &mut BTreeMap<&'a str, u64>,
) -> u64 {
    let mut sum = 0_u64;
    let mut before = None;
    for (at, token) in tokens.iter().enumerate() {
        let dot = Some(&Token::Sign('.'));
        let is_part = before == dot || tokens.get(at.saturating_add(1)) == dot;
        before = Some(token);
        let Token::Name(name) = token else { continue };
        let Some((name, bodies)) = clauses.get_key_value(name.as_str()).filter(|_| !is_part) else {
            continue;
        };
        let each = if let Some(known) = known.get(name) {
            *known
        } else {
            known.insert(name, 1);
            let inside = bodies.iter().map(|body| copies(body, clauses, known));
            let each = inside.fold(1, u64::saturating_add);
            known.insert(name, each);
            each
        };
        sum = sum.saturating_add(each);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(first: &str, each: &dyn Fn(usize) -> String, times: usize) -> String {
        let later = (1..times).map(|n| format!(", t{n}(x) AS ({})", each(n - 1)));
        format!("WITH t0 AS ({first}){} SELECT * FROM t{}", later.collect::<String>(), times - 1)
    }

    #[test]
    fn clauses_that_double_are_seen_however_they_are_written() {
        let ways: [&dyn Fn(usize) -> String; 7] = [
            &|n| format!("SELECT a.x FROM t{n} a, t{n} b"),
            &|n| format!("SELECT x FROM t{n} UNION ALL SELECT x FROM T{n}"),
            &|n| format!("SELECT x FROM \"t{n}\" JOIN [t{n}]"),
            &|n| format!("SELECT x FROM `t{n}`/* */, 'T{n}' -- (\n"),
            &|n| format!("SELECT x FROM t{n} WHERE x IN (SELECT x FROM t{n})"),
            &|n| format!("SELECT x FROM t{n} WHERE x IN t{n}"),
            &|n| format!("WITH y AS (SELECT * FROM t{n}) SELECT * FROM y, y z"),
        ];
        for way in ways {
            let sql = chain("SELECT 1 AS x", way, 12);
            assert!(is_too_much(&sql), "{sql}");
        }
    }

    #[test]
    fn what_people_write_is_not() {
        for sql in [
            "SELECT 1",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n, n m",
            "WITH a AS NOT MATERIALIZED (SELECT 1 AS x), b AS (SELECT a.x, a.x + 1 FROM a), c AS (SELECT b.x FROM b JOIN a) SELECT * FROM a, b, c",
            "SELECT (((1)))) AS (",
            "WITH",
            "'",
            "/*",
        ] {
            assert!(!is_too_much(sql), "{sql}");
        }
        let long = chain("SELECT 1", &|n| format!("SELECT t{n}.x, t{n}.x + 1 FROM t{n}"), 30);
        assert!(!is_too_much(&long));
    }
}
