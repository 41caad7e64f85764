//! JavaScript and TypeScript: the rules of `rules/javascript`, on tree-sitter's syntax tree.

use super::syntax::{Pattern, Ruleset, language};
use super::{Engine, Seen};
use crate::rule::{Catalogue, Matcher};
use crate::target::{Kind, SourceFile};
use ast_grep_language::SupportLang;
use std::sync::LazyLock;

static JAVASCRIPT: LazyLock<Ruleset> = LazyLock::new(|| ruleset(SupportLang::JavaScript));
static TYPESCRIPT: LazyLock<Ruleset> = LazyLock::new(|| ruleset(SupportLang::TypeScript));
static TSX: LazyLock<Ruleset> = LazyLock::new(|| ruleset(SupportLang::Tsx));

/// The engine.
pub struct JavaScript;

impl Engine for JavaScript {
    fn name(&self) -> &'static str {
        "javascript"
    }

    fn wants(&self, file: &SourceFile) -> bool {
        of_kind(file.kind).is_some()
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        of_kind(file.kind).map(|rules| rules.scan(file, self.name())).unwrap_or_default()
    }
}

/// The rules for files of a kind.
pub fn of_kind(kind: Kind) -> Option<&'static Ruleset> {
    match language(kind)? {
        SupportLang::JavaScript => Some(&JAVASCRIPT),
        SupportLang::TypeScript => Some(&TYPESCRIPT),
        SupportLang::Tsx => Some(&TSX),
        _ => None,
    }
}

/// Every rule of the folder, for one of the three grammars.
fn ruleset(language: SupportLang) -> Ruleset {
    let rules = Catalogue::get().of_engine("javascript");
    let patterns = rules.filter_map(|rule| match rule.matcher {
        // `build.rs` wrote it.
        Matcher::Syntax(json) => {
            Some(Pattern::new(rule, serde_json::from_str(json).ok()?, language))
        }
        _ => None,
    });
    Ruleset::new(language, patterns)
}
