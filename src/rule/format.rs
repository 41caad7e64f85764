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
    /// The same in files of other engines, by their names.
    pub elsewhere: Vec<(S, Matcher<S>)>,
    /// How the tools that know the rule by other conditions have it.
    pub dialects: Vec<Dialect<S>>,
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
    /// Infrastructure code: conditions on blocks, each of which finds by itself.
    Resource(Vec<Resource<S>>),
}

/// A condition on a block of infrastructure code, in Terraform's own expression language. `self` is
/// the block, `parent` the one around it, `resource` the outermost; see
/// `engine::terraform::check` for what else an expression may say.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Resource<S> {
    /// What is looked at: `aws_sqs_queue`, `AWS::SQS::Queue`, each block `aws_security_group.ingress`, each element
    /// `aws_security_group.ingress.cidr_blocks[*]` or entry of a mapping `ConfigMap.data[*]` (whose
    /// name is `key`), `data.aws_ami`; in Kubernetes a kind, or what
    /// many kinds have: each `container`.
    pub of: Vec<S>,
    /// The first block of another resource whose attribute refers to this one, by the name that it
    /// has in the expressions: `status` is an `aws_s3_bucket_versioning.bucket`.
    pub with: Vec<(S, S)>,
    /// What must be true for it to be looked at.
    pub only: Option<S>,
    /// What must be true for it to be found.
    pub fails: S,
    /// The paths of what is at fault; the first that is there counts, else the innermost block on
    /// the way to the first of them.
    pub at: Vec<S>,
    /// What the attribute at the end of the first path must be for it not to be found, as Terraform
    /// writes it; where that alone is enough.
    pub set: Option<S>,
}

/// How another tool has the rule, where that is not the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dialect<S> {
    /// `tfsec`, `trivy`.
    pub tool: S,
    /// Whether the tool has the rule.
    pub known: bool,
    /// Whether the tool runs it only where that is asked for.
    pub deprecated: bool,
    pub severity: Option<Severity>,
    pub matcher: Option<Matcher<S>>,
    pub elsewhere: Vec<(S, Matcher<S>)>,
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

/// A rule as gitleaks has it, for its drop-in alone: gitleaks' own condition, which decides what
/// that command line reports, may differ from the one of the rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gitleaks<S> {
    /// Regular expression in Go's syntax. None where the path alone decides.
    pub pattern: Option<S>,
    /// Regular expression in Go's syntax that the path must match.
    pub path: Option<S>,
    /// Lower-case words, one of which must stand anywhere in the text.
    #[serde(default = "Vec::new")]
    pub keywords: Vec<S>,
    /// The Shannon entropy that the secret must be above, in bits a character; 0 for no bound.
    #[serde(default)]
    pub entropy: f64,
    /// The number of the group that is the secret; 0 for the first that holds something.
    #[serde(default)]
    pub secret_group: usize,
    #[serde(default = "Vec::new")]
    pub allowlists: Vec<Allowlist<S>>,
}

/// What is no secret, in gitleaks' words.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Allowlist<S> {
    /// The ids of the rules that it is for; all, where there are none.
    #[serde(default = "Vec::new")]
    pub target_rules: Vec<S>,
    /// `AND` or `OR`.
    pub condition: Option<S>,
    /// What the expressions are tried on: `secret`, `match` or `line`.
    pub regex_target: Option<S>,
    #[serde(default = "Vec::new")]
    pub paths: Vec<S>,
    #[serde(default = "Vec::new")]
    pub regexes: Vec<S>,
    #[serde(default = "Vec::new")]
    pub stopwords: Vec<S>,
}

/// All that gitleaks takes for granted where no configuration says otherwise.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GitleaksDefaults<S> {
    /// Id, description and rule, by id.
    pub rules: Vec<(S, S, Gitleaks<S>)>,
    pub allowlists: Vec<Allowlist<S>>,
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
