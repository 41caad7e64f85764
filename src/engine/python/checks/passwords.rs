//! Passwords, tokens and secrets that stand in the source, told by the name they are given to.

use super::{Found, Function, Text};
use crate::engine::python::args::{Call, string};
use crate::engine::python::node::Node;
use ruff_python_ast::{Expr, ExprCompare, Keyword, Stmt, StmtAssign};
use ruff_text_size::{Ranged, TextRange};

/// Whether a name is one for a secret: such a word, alone or set off by underscores.
pub fn is_candidate(name: &str) -> bool {
    let name = name.as_bytes();
    begins_with_word(name)
        || memchr::memchr_iter(b'_', name).any(|at| begins_with_word(&name[at + 1..]))
}

/// Whether a word for a secret stands at the start, and then the end or an underscore.
fn begins_with_word(name: &[u8]) -> bool {
    let is_word = |word: &[u8]| after(name, word).is_some_and(ends_word);
    match name.first().map(u8::to_ascii_lowercase) {
        Some(b'p') => {
            is_word(b"pass")
                || is_word(b"passphrase")
                || is_word(b"pwd")
                || after_password(name).is_some_and(ends_word)
        }
        Some(b't') => is_word(b"token"),
        Some(b's') => is_word(b"secret") || is_word(b"secrete"),
        _ => false,
    }
}

fn ends_word(rest: &[u8]) -> bool {
    matches!(rest, [] | b"\n" | [b'_', ..])
}

fn after<'a>(name: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = name.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word).then_some(rest)
}

/// `password` in its spellings: `passwd`, `pasword`, `passwrd`, with any number of s.
fn after_password(name: &[u8]) -> Option<&[u8]> {
    let mut rest = after(name, b"pas")?;
    while let Some(next) = after(rest, b"s") {
        rest = next;
    }
    rest = after(rest, b"w")?;
    rest = after(rest, b"o").unwrap_or(rest);
    rest = after(rest, b"r").unwrap_or(rest);
    after(rest, b"d")
}

fn found(at: TextRange, literal: &Expr) -> Found<'_> {
    Found { secret: Some(literal), ..Found::at(&at) }
}

/// `password = "…"`, `{"password": "…"}`, `d["password"] = "…"`, `password == "…"`.
pub fn in_string<'a>(text: &Text<'a>) -> Option<Found<'a>> {
    let literal = text.literal?;
    match text.parent(0)? {
        Node::Stmt(Stmt::Assign(assign)) => is_assigned(assign).then(|| found(text.range, literal)),
        Node::Key(_, item) => {
            let secret = item.value.is_literal_expr() && is_candidate(text.value);
            let matched = TextRange::new(text.range.start(), item.value.end());
            secret.then(|| Found { matched: Some(matched), ..found(text.range, &item.value) })
        }
        Node::Expr(Expr::Subscript(_)) => match text.parent(1)? {
            Node::Stmt(Stmt::Assign(assign)) => {
                let secret = string(&assign.value).is_some() && is_candidate(text.value);
                let matched = Some(assign.range);
                secret.then(|| Found { matched, ..found(text.range, &assign.value) })
            }
            _ => None,
        },
        Node::Expr(Expr::Compare(compare)) => {
            let secret = compared(compare)?;
            Some(Found { matched: Some(compare.range), ..found(text.range, secret) })
        }
        _ => None,
    }
}

fn is_assigned(assign: &StmtAssign) -> bool {
    assign.targets.iter().any(|target| name_of(target).is_some_and(is_candidate))
}

/// The string that a name for a secret is compared with.
fn compared(compare: &ExprCompare) -> Option<&Expr> {
    let first = compare.comparators.first().filter(|value| string(value).is_some())?;
    name_of(&compare.left).is_some_and(is_candidate).then_some(first)
}

fn name_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        _ => None,
    }
}

/// Whether a string is passed by a name for a secret, or by none.
pub fn is_password(keyword: &Keyword) -> bool {
    keyword.value.is_string_literal_expr() && keyword.arg.as_deref().is_none_or(is_candidate)
}

pub fn in_argument<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let mut passwords = call.node.arguments.keywords.iter().filter(|keyword| is_password(keyword));
    let first = passwords.next()?;
    if first.arg.is_none() {
        return Some(Found::failed(
            call.node,
            "expected string or bytes-like object, got 'NoneType'",
        ));
    }
    let first = &first.value;
    let more = passwords.map(|keyword| &keyword.value).collect();
    Some(Found { more_secrets: more, ..found(first.range(), first) })
}

/// Pairs names and values as Bandit does: the values are those of all positional parameters, the
/// names only those of parameters that may also be passed by keyword.
pub fn in_default<'a>(function: &Function<'a>) -> Option<Found<'a>> {
    let names = &function.def.parameters.args;
    let without = names.len().saturating_sub(function.defaults().count());
    let mut pairs = names.iter().skip(without).zip(function.defaults());
    let (_, value) = pairs.find(|(parameter, value)| {
        value.is_string_literal_expr() && is_candidate(&parameter.parameter.name)
    })?;
    let parameters = function.def.parameters.iter_non_variadic_params();
    let more = parameters
        .filter(|with_default| is_candidate(&with_default.parameter.name))
        .filter_map(|with_default| with_default.default.as_deref())
        .collect();
    Some(Found { secret: Some(value), more_secrets: more, ..function.found() })
}

#[cfg(test)]
mod tests {
    use super::is_candidate;

    #[test]
    fn words_for_secrets() {
        for name in [
            "password",
            "PASSWD",
            "pasword",
            "passwrd",
            "db_pass",
            "pass_phrase",
            "passphrase",
            "my_token_id",
            "Secret",
            "secrete",
            "pwd",
            "pwd_file",
            "user_pwd",
            "token\n",
        ] {
            assert!(is_candidate(name), "{name}");
        }
    }

    #[test]
    fn words_that_only_hold_one() {
        for name in ["compass", "passage", "tokens", "secretary", "passwords", "apikey", "", "_"] {
            assert!(!is_candidate(name), "{name}");
        }
    }
}
