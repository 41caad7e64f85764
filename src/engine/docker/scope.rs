//! What variables are set to where an instruction stands.
//!
//! `ARG` counts with its default, `ENV` with its value; one that has neither, or comes with the
//! base image, is not known. A stage takes over the `ENV` of the stage that it is built on.

use super::instruction::{Dockerfile, Instruction, Keyword};
use std::collections::HashMap;

/// Stands for what is not known in an expanded text.
pub const UNKNOWN: char = '\0';
/// Variables of a stage, and bytes of a value, that are kept; what is beyond is not known.
const MOST: usize = 200;
const LONGEST: usize = 1024;
/// Stages whose environment is kept, and stages that take one over.
const MOST_STAGES: usize = 100;
/// How deep `${A:-${B:-…}}` is followed.
const DEEPEST: usize = 8;

type Variables = HashMap<String, String>;

/// The variables of a stage.
#[derive(Debug, Default, Clone)]
pub struct Scope {
    arguments: Variables,
    environment: Variables,
}

/// The scopes of a file, as a walk through its instructions meets them.
#[derive(Debug, Default)]
pub struct Scopes {
    /// Of the lines before the first stage.
    global: Scope,
    /// Environments that stages leave, by alias.
    left: HashMap<String, Variables>,
    /// How many stages have taken one over.
    taken: usize,
    alias: Option<String>,
    current: Option<Scope>,
}

impl Scopes {
    /// What is known where the next instruction stands: to the arguments of `FROM`, the global
    /// `ARG` alone.
    pub fn before(&mut self, instruction: &Instruction) -> &Scope {
        if instruction.keyword == Keyword::From && !instruction.is_trigger {
            self.leave();
            return &self.global;
        }
        self.current.as_ref().unwrap_or(&self.global)
    }

    /// Takes in what an instruction sets.
    pub fn after(&mut self, instruction: &Instruction) {
        if instruction.is_trigger {
            return;
        }
        match instruction.keyword {
            Keyword::From => self.enter(instruction),
            Keyword::Arg => self.declare(instruction),
            Keyword::Env => {
                let scope = self.current.as_mut().unwrap_or(&mut self.global);
                // All of one instruction see what was set before it.
                let pairs = instruction.pairs().into_iter();
                let set: Vec<(String, String)> = pairs
                    .filter_map(|(name, value)| Some((name.text, scope.word(&value?.text))))
                    .collect();
                set.into_iter().for_each(|(name, value)| put(&mut scope.environment, name, value));
            }
            _ => {}
        }
    }

    fn declare(&mut self, instruction: &Instruction) {
        for (name, value) in instruction.pairs() {
            let global = self.global.arguments.get(&name.text).cloned();
            let scope = self.current.as_mut().unwrap_or(&mut self.global);
            let value = value.map(|value| scope.word(&value.text)).or(global);
            put(&mut scope.arguments, name.text, value.unwrap_or_else(|| UNKNOWN.to_string()));
        }
    }

    fn leave(&mut self) {
        if let (Some(alias), Some(scope)) = (self.alias.take(), self.current.take())
            && self.left.len() < MOST_STAGES
        {
            self.left.insert(alias, scope.environment);
        }
    }

    fn enter(&mut self, from: &Instruction) {
        let words = from.arguments.plain_words();
        let image = words.first().map(|word| self.global.expand(&word.text).to_lowercase());
        let left = image.and_then(|image| self.left.get(&image));
        let environment = left.filter(|_| self.taken < MOST_STAGES).cloned();
        self.taken += usize::from(environment.is_some());
        self.alias = from.alias();
        self.current =
            Some(Scope { environment: environment.unwrap_or_default(), ..Scope::default() });
    }
}

fn put(variables: &mut Variables, name: String, value: String) {
    if variables.len() < MOST || variables.contains_key(&name) {
        let value = if value.len() > LONGEST { UNKNOWN.to_string() } else { value };
        variables.insert(name, value);
    }
}

impl Scope {
    /// A text with its variables replaced, each that is not known by `UNKNOWN`.
    pub fn expand(&self, text: &str) -> String {
        match text.contains(['$', '\0']) {
            true => self.expand_to(text, 0, false),
            false => text.to_owned(),
        }
    }

    /// A word with quotes: these go, and single ones keep what they hold as it is.
    pub fn word(&self, text: &str) -> String {
        self.expand_to(text, 0, true)
    }

    fn expand_to(&self, text: &str, depth: usize, has_quotes: bool) -> String {
        let mut out = String::new();
        let (mut rest, mut quote) = (text, None);
        while let Some(c) = rest.chars().next() {
            let behind = &rest[c.len_utf8()..];
            rest = behind;
            match c {
                '\\' => {
                    let next = behind.chars().next();
                    out.extend(next);
                    rest = &behind[next.map_or(0, char::len_utf8)..];
                }
                '\'' | '"' if has_quotes && quote.is_none_or(|open| open == c) => {
                    quote = if quote.is_none() { Some(c) } else { None };
                }
                '$' if quote != Some('\'') => rest = self.variable(behind, depth, &mut out),
                c => out.push(c),
            }
            if out.len() > LONGEST {
                return UNKNOWN.to_string();
            }
        }
        out
    }

    /// Writes what the variable behind a `$` stands for, and gives what follows it.
    fn variable<'t>(&self, text: &'t str, depth: usize, out: &mut String) -> &'t str {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let Some(braced) = text.strip_prefix('{') else {
            let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
            match end {
                0 => out.push('$'),
                _ => out.push_str(self.value(&text[..end])),
            }
            return &text[end..];
        };
        let Some(end) = closing(braced) else {
            out.push(UNKNOWN);
            return "";
        };
        let inner = &braced[..end];
        let name = &inner[..inner.find(|c| !is_name(c)).unwrap_or(inner.len())];
        out.push_str(&self.modified(name, &inner[name.len()..], depth));
        &braced[end + 1..]
    }

    fn modified(&self, name: &str, modifier: &str, depth: usize) -> String {
        let value = self.value(name);
        let is_set = (value != UNKNOWN.to_string()).then_some(value);
        let other = |text: &str| match depth < DEEPEST {
            true => self.expand_to(text, depth + 1, true),
            false => UNKNOWN.to_string(),
        };
        if let Some(default) = modifier.strip_prefix(":-") {
            return is_set
                .filter(|value| !value.is_empty())
                .map_or_else(|| other(default), str::to_owned);
        }
        if let Some(default) = modifier.strip_prefix('-') {
            return is_set.map_or_else(|| other(default), str::to_owned);
        }
        match (modifier.strip_prefix(":+"), modifier.strip_prefix('+'), is_set) {
            (_, _, _) if modifier.is_empty() => value.to_owned(),
            (Some(_), _, Some("")) => String::new(),
            (Some(text), _, Some(_)) | (_, Some(text), Some(_)) => other(text),
            _ if modifier.starts_with([':', '?']) && is_set.is_some() => value.to_owned(),
            _ => UNKNOWN.to_string(),
        }
    }

    fn value(&self, name: &str) -> &str {
        let value = self.environment.get(name).or_else(|| self.arguments.get(name));
        value.map_or("\0", String::as_str)
    }
}

/// Where the brace is closed that is open at the beginning.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Calls a function with every instruction, its index and what is known where it stands.
pub fn walk(file: &Dockerfile, mut visit: impl FnMut(usize, &Instruction, &Scope)) {
    let mut scopes = Scopes::default();
    for (index, instruction) in file.instructions.iter().enumerate() {
        visit(index, instruction, scopes.before(instruction));
        scopes.after(instruction);
    }
}
