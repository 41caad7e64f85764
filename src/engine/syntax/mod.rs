//! Patterns of the syntax tree: rules in the language of ast-grep, on tree-sitter's trees.
//!
//! `pattern` is one rule and compiles it; `ruleset` holds those of one language and runs them over
//! a file, which it parses once, and only where `words` says that a rule may match; `meter` bounds
//! how much of the tree they look at; `scope` names the functions and classes around a match;
//! `document` reads what users write, and `trial` tests it.

mod document;
mod meter;
mod pattern;
mod ruleset;
mod scope;
#[cfg(test)]
mod tests;
mod trial;
mod words;

pub use document::{Document, DocumentError, ENGINE, read};
pub use pattern::{Pattern, PatternError};
pub use ruleset::Ruleset;
pub use trial::{Case, Missed, TestError, Tests, Trial, read_tests, run};

use crate::target::Kind;
use ast_grep_language::SupportLang;

/// The languages whose grammars are built in, by the names that a rule has for them first.
pub const LANGUAGES: &[(&str, SupportLang)] = &[
    ("Bash", SupportLang::Bash),
    ("C", SupportLang::C),
    ("Go", SupportLang::Go),
    ("Java", SupportLang::Java),
    ("JavaScript", SupportLang::JavaScript),
    ("Python", SupportLang::Python),
    ("Ruby", SupportLang::Ruby),
    ("TypeScript", SupportLang::TypeScript),
    ("Tsx", SupportLang::Tsx),
];

/// The language that files of a kind are in.
pub fn language(kind: Kind) -> Option<SupportLang> {
    match kind {
        Kind::Text => None,
        Kind::Python | Kind::Ipython => Some(SupportLang::Python),
        Kind::JavaScript => Some(SupportLang::JavaScript),
        Kind::TypeScript => Some(SupportLang::TypeScript),
        Kind::Tsx => Some(SupportLang::Tsx),
        Kind::Go => Some(SupportLang::Go),
        Kind::Java => Some(SupportLang::Java),
        Kind::Ruby => Some(SupportLang::Ruby),
        Kind::C => Some(SupportLang::C),
        Kind::Bash => Some(SupportLang::Bash),
    }
}
