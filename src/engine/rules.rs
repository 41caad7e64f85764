//! Users' own rules, read once a process.

use super::syntax::{Document, Pattern, Ruleset, language};
use super::{Engine, Seen, syntax};
use crate::rule::{Catalogue, Rule};
use crate::target::{Kind, SourceFile};
use ast_grep_language::SupportLang;
use std::sync::OnceLock;

static RULESETS: OnceLock<Vec<Ruleset>> = OnceLock::new();

/// The engine. Without rules it has nothing to do.
pub struct Rules;

impl Engine for Rules {
    fn name(&self) -> &'static str {
        syntax::ENGINE
    }

    fn wants(&self, file: &SourceFile) -> bool {
        ruleset(file.kind).is_some()
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        ruleset(file.kind).map(|rules| rules.scan(file, self.name())).unwrap_or_default()
    }
}

fn ruleset(kind: Kind) -> Option<&'static Ruleset> {
    let language = language(kind)?;
    RULESETS.get()?.iter().find(|rules| rules.language() == language)
}

/// Takes users' rules into the catalogue, and runs them from now on. The first call of a process
/// counts.
pub fn adopt(documents: Vec<Document>) {
    if documents.is_empty() {
        return;
    }
    let mut hasher = blake3::Hasher::new();
    let mut rules: Vec<Rule> = Vec::with_capacity(documents.len());
    let mut patterns: Vec<Pattern> = Vec::new();
    for document in documents {
        hasher.update(document.pattern.document().to_string().as_bytes()).update(b"\0");
        rules.push(document.rule.clone());
        if !document.off {
            patterns.push(document.pattern);
        }
    }
    Catalogue::adopt(rules, hasher.finalize());
    let mut languages: Vec<SupportLang> = patterns.iter().map(Pattern::language).collect();
    languages.sort_unstable_by_key(|language| *language as u8);
    languages.dedup();
    let mut rulesets = Vec::with_capacity(languages.len());
    for language in languages {
        let of_language = |pattern: &mut Pattern| pattern.language() == language;
        rulesets.push(Ruleset::new(language, patterns.extract_if(.., of_language)));
    }
    RULESETS.get_or_init(|| rulesets);
}
