//! Reading a template.

use super::functions;
use std::collections::HashMap;

/// So deep may pipelines and blocks stand in one another.
const DEEPEST: usize = 64;

/// A piece of a template.
#[derive(Debug, Clone)]
pub enum Node {
    Text(String),
    Say(Pipeline),
    If(Pipeline, Vec<Node>, Vec<Node>),
    With(Pipeline, Vec<Node>, Vec<Node>),
    Range(Pipeline, Vec<Node>, Vec<Node>),
    Template(String, Option<Pipeline>),
    Break,
    Continue,
}

/// Calls, each of which takes what the one before came to; and what that is kept as.
#[derive(Debug, Clone, Default)]
pub struct Pipeline {
    pub variables: Vec<String>,
    /// Whether the variables are there already.
    pub assigns: bool,
    pub calls: Vec<Vec<Term>>,
}

/// What stands in a call.
#[derive(Debug, Clone)]
pub enum Term {
    Dot,
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Variable(String),
    Function(String),
    Inner(Box<Pipeline>),
    /// A field of what stands before it, or of the dot.
    Field(Option<Box<Term>>, String),
}

/// What `define` and `block` name.
pub type Named = HashMap<String, Vec<Node>>;

/// Reads a template.
///
/// # Errors
/// It is none; the line, and why.
pub fn parse(text: &str, more: &[&str]) -> Result<(Vec<Node>, Named), String> {
    let mut parser = Parser { more, rest: text, line: 1, named: Named::new(), trims: false };
    let (nodes, end) = parser.nodes(0).map_err(|why| format!("{}: {why}", parser.line))?;
    match end {
        End::Text => Ok((nodes, parser.named)),
        _ => Err(format!("{}: unexpected {{{{end}}}}", parser.line)),
    }
}

/// What ends a list of nodes.
enum End {
    Text,
    Closed,
    /// With the action that follows `else`.
    Else(String),
}

struct Parser<'t> {
    /// Functions beside those that all templates have.
    more: &'t [&'t str],
    rest: &'t str,
    line: usize,
    named: Named,
    /// Whether white space at the front of what follows is left out.
    trims: bool,
}

impl Parser<'_> {
    fn nodes(&mut self, depth: usize) -> Result<(Vec<Node>, End), String> {
        if depth > DEEPEST {
            return Err("blocks stand too deep in one another".to_owned());
        }
        let mut nodes = Vec::new();
        loop {
            let Some(action) = self.text(&mut nodes)? else { return Ok((nodes, End::Text)) };
            let (word, rest) = split(&action);
            let node = match word {
                "" => return Err("missing value for command".to_owned()),
                "end" => return Ok((nodes, End::Closed)),
                "else" => return Ok((nodes, End::Else(rest.to_owned()))),
                "break" => Node::Break,
                "continue" => Node::Continue,
                "if" | "with" | "range" => self.block(word, rest, depth)?,
                "define" | "block" => match self.define(word, rest, depth)? {
                    Some(node) => node,
                    None => continue,
                },
                "template" => {
                    let (name, argument) = named(rest)?;
                    let argument = (!argument.is_empty())
                        .then(|| pipeline(argument, self.more))
                        .transpose()?;
                    Node::Template(name, argument)
                }
                _ => Node::Say(pipeline(&action, self.more)?),
            };
            nodes.push(node);
        }
    }

    /// Takes the text up to the next action, and that action; none at the end.
    fn text(&mut self, nodes: &mut Vec<Node>) -> Result<Option<String>, String> {
        loop {
            let at = self.rest.find("{{");
            let (mut text, rest) = self.rest.split_at(at.unwrap_or(self.rest.len()));
            self.line += text.matches('\n').count();
            if self.trims {
                text = text.trim_start();
            }
            let Some(mut inside) = rest.strip_prefix("{{") else {
                nodes.push(Node::Text(text.to_owned()));
                self.rest = "";
                return Ok(None);
            };
            if let Some(trimming) = inside.strip_prefix('-')
                && trimming.starts_with(char::is_whitespace)
            {
                text = text.trim_end();
                inside = trimming;
            }
            nodes.push(Node::Text(text.to_owned()));
            let comment = inside.trim_start().strip_prefix("/*");
            let end = match comment {
                Some(comment) => {
                    let skipped = inside.len() - comment.len();
                    comment.find("*/").map(|end| skipped + end + 2).ok_or("unclosed comment")?
                }
                None => close(inside).ok_or("unclosed action")?,
            };
            let (action, rest) = inside.split_at(end);
            self.line += action.matches('\n').count();
            let rest = if comment.is_some() { rest.trim_start() } else { rest };
            let (rest, action, trims) = match rest.strip_prefix("-}}") {
                Some(rest) => (rest, action, true),
                None => {
                    let rest = rest.strip_prefix("}}").ok_or("unclosed action")?;
                    match action.strip_suffix('-').filter(|it| it.ends_with(char::is_whitespace)) {
                        Some(action) if comment.is_none() => (rest, action, true),
                        _ => (rest, action, false),
                    }
                }
            };
            self.rest = rest;
            self.trims = trims;
            if comment.is_none() {
                return Ok(Some(action.trim().to_owned()));
            }
        }
    }

    fn block(&mut self, word: &str, rest: &str, depth: usize) -> Result<Node, String> {
        let head = pipeline(rest, self.more)?;
        let (body, end) = self.nodes(depth + 1)?;
        let other = match end {
            End::Text => return Err("unexpected EOF".to_owned()),
            End::Closed => Vec::new(),
            End::Else(more) => match split(&more) {
                ("", _) => match self.nodes(depth + 1)? {
                    (other, End::Closed) => other,
                    _ => return Err("expected end".to_owned()),
                },
                // The one `end` ends both.
                (inner @ ("if" | "with"), rest) if inner == word => {
                    vec![self.block(inner, rest, depth + 1)?]
                }
                _ => return Err(format!("unexpected {more:?} in else")),
            },
        };
        Ok(match word {
            "if" => Node::If(head, body, other),
            "with" => Node::With(head, body, other),
            _ => Node::Range(head, body, other),
        })
    }

    /// `define`, and `block`, which is also said where it stands.
    fn define(&mut self, word: &str, rest: &str, depth: usize) -> Result<Option<Node>, String> {
        let (name, argument) = named(rest)?;
        let argument = (word == "block").then(|| pipeline(argument, self.more)).transpose()?;
        let (body, end) = self.nodes(depth + 1)?;
        if !matches!(end, End::Closed) {
            return Err("expected end".to_owned());
        }
        self.named.insert(name.clone(), body);
        Ok(argument.map(|argument| Node::Template(name, Some(argument))))
    }
}

/// The offset of the `}}` or ` -}}` that closes an action, past what is quoted.
fn close(inside: &str) -> Option<usize> {
    let bytes = inside.as_bytes();
    let mut quote = None;
    let mut at = 0;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(b'"' | b'\''), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, byte @ (b'"' | b'`' | b'\'')) => quote = Some(byte),
            (None, b'}') if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The word that an action begins with, and what follows; all of it where it begins with none.
fn split(action: &str) -> (&str, &str) {
    match action.find(|c: char| !c.is_alphanumeric() && c != '_') {
        Some(0) | None => (action, ""),
        Some(end) => (&action[..end], action[end..].trim_start()),
    }
}

/// A quoted name, and what follows it.
fn named(rest: &str) -> Result<(String, &str), String> {
    let mut tokens = Tokens { more: &[], rest, depth: 0 };
    match tokens.next()? {
        Some(Token::Text(name)) => Ok((name, tokens.rest.trim())),
        _ => Err("missing name of a template".to_owned()),
    }
}

fn pipeline(text: &str, more: &[&str]) -> Result<Pipeline, String> {
    let mut tokens = Tokens { more, rest: text, depth: 0 };
    let pipeline = tokens.pipeline(false)?;
    match tokens.rest.trim() {
        "" => Ok(pipeline),
        rest => Err(format!("unexpected {rest:?} in operand")),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Text(String),
    Number(String),
    Word(String),
    Variable(String),
    /// `.` or a field; whether it stands right behind what is before it.
    Field(String, bool),
    Open,
    Close,
    Pipe,
    Comma,
    Assign,
    Declare,
}

struct Tokens<'t> {
    more: &'t [&'t str],
    rest: &'t str,
    depth: usize,
}

impl Tokens<'_> {
    fn next(&mut self) -> Result<Option<Token>, String> {
        let trimmed = self.rest.trim_start();
        let is_close = trimmed.len() == self.rest.len();
        let Some(first) = trimmed.chars().next() else {
            self.rest = "";
            return Ok(None);
        };
        let word = |text: &str| {
            let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
            end.unwrap_or(text.len())
        };
        let (token, length) = match first {
            '"' | '\'' => {
                let (text, length) = quoted(trimmed, first)?;
                match first {
                    '"' => (Token::Text(text), length),
                    _ => {
                        let c = text.chars().next().map_or(0, u32::from);
                        (Token::Number(c.to_string()), length)
                    }
                }
            }
            '`' => {
                let end = trimmed[1..].find('`').ok_or("unterminated raw quoted string")?;
                (Token::Text(trimmed[1..=end].to_owned()), end + 2)
            }
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '|' => (Token::Pipe, 1),
            ',' => (Token::Comma, 1),
            '=' => (Token::Assign, 1),
            ':' if trimmed.starts_with(":=") => (Token::Declare, 2),
            '$' => {
                let end = 1 + word(&trimmed[1..]);
                (Token::Variable(trimmed[..end].to_owned()), end)
            }
            '.' if !trimmed[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                let end = 1 + word(&trimmed[1..]);
                (Token::Field(trimmed[1..end].to_owned(), is_close), end)
            }
            c if c.is_ascii_digit() || "+-.".contains(c) => {
                let end = trimmed[1..]
                    .find(|c: char| !c.is_alphanumeric() && !"._".contains(c))
                    .map_or(trimmed.len(), |end| end + 1);
                (Token::Number(trimmed[..end].to_owned()), end)
            }
            c if c.is_alphabetic() || c == '_' => {
                let end = word(trimmed);
                (Token::Word(trimmed[..end].to_owned()), end)
            }
            c => return Err(format!("unexpected {c:?} in command")),
        };
        self.rest = &trimmed[length..];
        Ok(Some(token))
    }

    fn peek(&mut self) -> Result<Option<Token>, String> {
        let mut ahead = Tokens { more: self.more, rest: self.rest, depth: 0 };
        ahead.next()
    }

    /// Up to the end, or up to the parenthesis that closes it.
    fn pipeline(&mut self, is_inner: bool) -> Result<Pipeline, String> {
        if self.depth > DEEPEST {
            return Err("parentheses stand too deep in one another".to_owned());
        }
        let mut pipeline = Pipeline::default();
        self.declaration(&mut pipeline)?;
        let mut call: Vec<Term> = Vec::new();
        loop {
            let token = self.next()?;
            match token {
                Some(Token::Field(name, true)) if !call.is_empty() && !name.is_empty() => {
                    let of = call.pop().map(Box::new);
                    call.push(Term::Field(of, name));
                }
                Some(Token::Pipe) if !call.is_empty() => {
                    pipeline.calls.push(std::mem::take(&mut call));
                }
                Some(Token::Close) if is_inner => break,
                None if !is_inner => break,
                Some(token) => call.push(self.term(token)?),
                None => return Err("unclosed left paren".to_owned()),
            }
        }
        if call.is_empty() {
            return Err("missing value for command".to_owned());
        }
        pipeline.calls.push(call);
        Ok(pipeline)
    }

    /// `$a :=`, `$a, $b :=` or `$a =`.
    fn declaration(&mut self, pipeline: &mut Pipeline) -> Result<(), String> {
        let start = self.rest;
        let mut variables = Vec::new();
        while let Some(Token::Variable(name)) = self.peek()? {
            self.next()?;
            variables.push(name);
            match self.next()? {
                Some(Token::Comma) if variables.len() < 2 => {}
                Some(operator @ (Token::Declare | Token::Assign)) => {
                    pipeline.variables = variables;
                    pipeline.assigns = operator == Token::Assign;
                    return Ok(());
                }
                _ => break,
            }
        }
        self.rest = start;
        Ok(())
    }

    fn term(&mut self, token: Token) -> Result<Term, String> {
        Ok(match token {
            Token::Text(text) => Term::Text(text),
            Token::Number(text) => number(&text)?,
            Token::Variable(name) => Term::Variable(name),
            Token::Field(name, _) if name.is_empty() => Term::Dot,
            Token::Field(name, _) => Term::Field(None, name),
            Token::Word(word) => match &*word {
                "true" => Term::Bool(true),
                "false" => Term::Bool(false),
                "nil" => Term::Nil,
                _ if functions::is_known(&word) || self.more.contains(&&*word) => {
                    Term::Function(word)
                }
                _ => return Err(format!("function {word:?} not defined")),
            },
            Token::Open => {
                self.depth += 1;
                let inner = self.pipeline(true)?;
                self.depth -= 1;
                Term::Inner(Box::new(inner))
            }
            other => return Err(format!("unexpected {other:?} in command")),
        })
    }
}

fn number(text: &str) -> Result<Term, String> {
    let plain = text.replace('_', "");
    let hex = plain.strip_prefix("0x").or_else(|| plain.strip_prefix("0X"));
    let int = match hex {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => plain.parse().ok(),
    };
    match (int, plain.parse::<f64>()) {
        (Some(int), _) => Ok(Term::Int(int)),
        (None, Ok(float)) if plain.contains(|c: char| c.is_ascii_digit()) => Ok(Term::Float(float)),
        _ => Err(format!("bad number syntax: {text:?}")),
    }
}

/// A quoted text with its escapes undone, and its length in the source.
fn quoted(text: &str, quote: char) -> Result<(String, usize), String> {
    let unterminated = || "unterminated quoted string".to_owned();
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Ok((value, at + 1));
        }
        if c != '\\' {
            value.push(c);
            continue;
        }
        let (_, escape) = chars.next().ok_or_else(unterminated)?;
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let code: String = chars.by_ref().take(digits).map(|(_, digit)| digit).collect();
            let c = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
            value.push(c.ok_or("invalid syntax in a quoted string")?);
            continue;
        }
        value.push(match escape {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'v' => '\x0b',
            '\\' | '"' | '\'' => escape,
            _ => return Err("invalid syntax in a quoted string".to_owned()),
        });
    }
    Err(unterminated())
}
