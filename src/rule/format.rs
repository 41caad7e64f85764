//! The shape of a rule, shared by `build.rs`, which packs the catalogue, and the binary, which
//! reads it. `S` is `String` while packing and `&'static str` (borrowed from the blob) in use.

use super::{Confidence, Severity};
use serde::{Deserialize, Serialize};

/// One rule: all that `rules/FOLDER/ID.md` says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rule<S = &'static str> {
    /// Unique; where Lockgate emulates a tool, that tool's own id (`B602`, `github-pat`).
    pub id: S,
    /// The name the emulated tool knows the rule by, for comments and profiles.
    pub name: S,
    /// The folder below `rules/`, which is the engine that runs the rule.
    pub engine: S,
    /// Other ids that mean this rule.
    pub aliases: Vec<S>,
    pub severity: Severity,
    pub confidence: Confidence,
    /// Numbers in the Common Weakness Enumeration, the most specific first.
    pub cwe: Vec<u16>,
    /// Findings of rules of one group that overlap in place are one finding with many witnesses.
    pub group: Option<S>,
    /// Links for further reading.
    pub references: Vec<S>,
    /// How the rule finds what it finds.
    pub matcher: Matcher<S>,
    /// The heading: what was found, as one phrase. The message of a finding that has no own one.
    pub title: S,
    /// The first paragraph: why it matters.
    pub summary: S,
    /// The section `## Fix`: what to do instead.
    pub fix: S,
    /// The whole text in Markdown, examples included, their markers removed.
    pub help: S,
    /// The fenced code blocks, which the catalogue's test runs.
    pub examples: Vec<Example<S>>,
}

/// How a rule matches: data wherever data can say it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matcher<S> {
    /// The name of one Rust function of the engine.
    Native(S),
    /// Python: calls of any of these qualified names.
    Call(Vec<S>),
    /// Python: imports of any of these modules, or of what is below them.
    Import(Vec<S>),
    /// A credential in any text.
    Secret(Secret<S>),
    /// A pattern of the syntax tree: an ast-grep rule without id, language and texts, as JSON.
    Syntax(S),
}

/// A pattern of a credential.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret<S> {
    /// Lower-case substrings, one of which must be near for the pattern to be tried.
    pub keywords: Vec<S>,
    /// Regular expression. The group named `secret` (or `legacy`, for an older form of the token)
    /// is the credential, else the whole match.
    pub pattern: S,
    /// The least Shannon entropy of the credential, in bits a character; 0 for no bound.
    #[serde(default)]
    pub entropy: f32,
    /// Lower-case words that make the credential a placeholder when it holds one.
    #[serde(default = "Vec::new")]
    pub stopwords: Vec<S>,
    /// Regular expression that the path must match for the rule to be tried.
    pub path: Option<S>,
    /// The name of a Rust function that judges the credential further: checksum, structure.
    pub validate: Option<S>,
}

/// A fenced code block of a rule's text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Example<S> {
    /// The name of the file that the block stands for.
    pub file: S,
    /// The code, without markers. Secret samples are templates (`{{alnum 36}}`).
    pub code: S,
    /// The lines (from 1) on which the rule fires. Empty for a quiet example.
    pub findings: Vec<u32>,
}
