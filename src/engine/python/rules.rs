//! The checks joined with the catalogue, in the shape in which the walk looks them up.

use super::checks::{
    AssertCheck, CHECKS, CallCheck, Check, FileCheck, FunctionCheck, HandlerCheck, OPTIONAL,
    TextCheck, Trigger, When,
};
use crate::rule::{Catalogue, Matcher, Rule};
use memchr::memmem::Finder;
use std::collections::HashMap;
use std::sync::LazyLock;

static RULES: LazyLock<Rules> = LazyLock::new(Rules::new);

/// Things, each with the rule that it belongs to.
type OfRules<T> = Vec<(&'static Rule, T)>;
/// What triggers checks of calls, each with the index of the check.
type Triggers<T> = Vec<(T, usize)>;

/// All rules of the engine, by what triggers them.
#[derive(Default)]
pub struct Rules {
    /// Every check of calls.
    pub calls: OfRules<CallCheck>,
    /// By what the last part of the called name has in it.
    pub holding: Triggers<Finder<'static>>,
    /// By a keyword argument.
    pub passing: Triggers<Trigger>,
    /// The checks of calls that options may make see other calls.
    pub optional: Vec<usize>,
    pub asserts: OfRules<AssertCheck>,
    pub files: OfRules<FileCheck>,
    pub functions: OfRules<FunctionCheck>,
    pub handlers: OfRules<HandlerCheck>,
    pub texts: OfRules<TextCheck>,
    /// Prefixes of imported names, in order: the first rule wins.
    pub imports: OfRules<&'static [&'static str]>,
    /// The first bytes of those.
    import_starts: Vec<u8>,
    /// Whole names of listed calls.
    listed: HashMap<&'static str, &'static Rule>,
    /// By the last part of the called name.
    named: HashMap<&'static str, Interest>,
    /// Lengths (modulo 32) of the names in `named`, by first byte: most calls end here.
    filter: Lengths,
}

/// What a check looks at, as Bandit tells nodes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visited {
    Assert,
    Call,
    File,
    Function,
    Handler,
    Import,
    Text,
}

/// Who wants to see a call.
#[derive(Default)]
pub struct Interest {
    pub checks: Vec<usize>,
    /// Some listed call ends in this name.
    pub listed: bool,
}

/// Bandit runs its checks in the order of their names, and the lists last.
pub fn order(rule: &'static Rule) -> (bool, &'static str) {
    match rule.matcher {
        Matcher::Native(_) => (false, rule.name),
        _ => (true, rule.id),
    }
}

struct Lengths([u32; 256]);

impl Default for Lengths {
    fn default() -> Lengths {
        Lengths([0; 256])
    }
}

impl Rules {
    /// The rules; built at the first call.
    pub fn get() -> &'static Rules {
        &RULES
    }

    fn new() -> Rules {
        let mut rules = Rules::default();
        let mut catalogue: Vec<&Rule> = Catalogue::get().of_engine("python").collect();
        catalogue.sort_by_key(|rule| order(rule));
        for rule in catalogue {
            match &rule.matcher {
                Matcher::Native(name) => {
                    if let Some((_, check)) = CHECKS.iter().find(|(known, _)| known == name) {
                        rules.add(rule, check);
                    }
                }
                Matcher::Call(names) => rules.list(rule, names),
                Matcher::Import(names) => {
                    rules.list(rule, names);
                    rules.import_starts.extend(names.iter().flat_map(|name| name.bytes().next()));
                    rules.imports.push((rule, names));
                }
                Matcher::Secret(_) | Matcher::Syntax(_) | Matcher::Resource(_) => {}
            }
        }
        for name in ["__import__", "import_module"] {
            rules.named.entry(name).or_default().listed = true;
        }
        for name in rules.named.keys() {
            let first = usize::from(name.bytes().next().unwrap_or_default());
            rules.filter.0[first] |= 1 << (name.len() % 32);
        }
        rules
    }

    fn add(&mut self, rule: &'static Rule, check: &'static Check) {
        match check {
            Check::Assert(run) => self.asserts.push((rule, *run)),
            Check::File(run) => self.files.push((rule, *run)),
            Check::Function(run) => self.functions.push((rule, *run)),
            Check::Handler(run) => self.handlers.push((rule, *run)),
            Check::Text(run) => self.texts.push((rule, *run)),
            Check::Call(when, run) => {
                let index = self.calls.len();
                self.calls.push((rule, *run));
                if OPTIONAL.contains(&rule.name) {
                    self.optional.push(index);
                }
                match when {
                    When::Holding(part) => self.holding.push((Finder::new(part), index)),
                    When::Passing(trigger) => self.passing.push((*trigger, index)),
                    When::Named(names) => self.name(names, index),
                    When::AnyOf(lists) => lists.iter().for_each(|names| self.name(names, index)),
                }
            }
        }
    }

    fn name(&mut self, names: &'static [&'static str], index: usize) {
        for name in names {
            self.named.entry(name).or_default().checks.push(index);
        }
    }

    fn list(&mut self, rule: &'static Rule, names: &[&'static str]) {
        for name in names {
            self.listed.entry(name).or_insert(rule);
            let last = name.rsplit('.').next().unwrap_or(name);
            self.named.entry(last).or_default().listed = true;
        }
    }

    /// Who wants to see the calls of this name.
    pub fn interest(&self, last_part: &str) -> Option<&Interest> {
        let first = *last_part.as_bytes().first()?;
        let lengths = self.filter.0[usize::from(first)];
        (lengths & 1 << (last_part.len() % 32) != 0).then(|| self.named.get(last_part))?
    }

    /// The rules of the checks that look at nodes of a kind, in Bandit's order.
    pub fn tests(&self, visited: Visited) -> Vec<&'static Rule> {
        fn rules<T>(of: &OfRules<T>) -> Vec<&'static Rule> {
            of.iter().map(|(rule, _)| *rule).collect()
        }
        match visited {
            Visited::Assert => rules(&self.asserts),
            Visited::Call => rules(&self.calls),
            Visited::File => rules(&self.files),
            Visited::Function => rules(&self.functions),
            Visited::Handler => rules(&self.handlers),
            Visited::Import => Vec::new(),
            Visited::Text => rules(&self.texts),
        }
    }

    /// The rules that list what nodes of a kind may name.
    pub fn lists(&self, visited: Visited) -> Vec<&'static Rule> {
        match visited {
            Visited::Call => self.listed.values().copied().collect(),
            Visited::Import => self.imports.iter().map(|(rule, _)| *rule).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a listed import begins with this byte.
    pub fn may_list_import(&self, first: Option<u8>) -> bool {
        first.is_some_and(|first| self.import_starts.contains(&first))
    }

    /// The rule that lists this very name, and the name as the catalogue has it.
    pub fn listed(&self, name: &str) -> Option<(&'static Rule, &'static str)> {
        self.listed.get_key_value(name).map(|(name, rule)| (*rule, *name))
    }
}
