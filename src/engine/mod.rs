//! Native engines: each looks at one file, or at all of its files at once, and says what it sees, as
//! ranges of bytes. `frame` turns that into findings, which is the only place where source text
//! becomes output.

pub mod cloudformation;
mod comment;
pub mod compose;
pub mod docker;
pub mod embedded;
mod evidence;
mod fault;
mod frame;
pub mod gitlab;
mod image;
pub mod javascript;
pub mod kubernetes;
mod line_hash;
mod nested;
pub mod python;
pub mod rules;
pub mod secrets;
mod shell;
pub mod syntax;
pub mod terraform;
pub mod workflows;
pub mod yaml;

pub use comment::{Remark, remarks};
pub use frame::{MASK, View, frame, masked, masked_as, masked_lines};
pub use line_hash::line_hashes;

use crate::finding::{Confidence, Evidence, Notification, Package, Severity};
use crate::rule::{Catalogue, Matcher, Rule};
use crate::target::SourceFile;
use jiff::civil::Date;
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

/// Every native engine, in the order in which their findings are reported.
pub const ENGINES: &[&dyn Engine] = &[
    &python::Python,
    &javascript::JavaScript,
    &terraform::Terraform,
    &cloudformation::CloudFormation,
    &docker::Docker,
    &kubernetes::Kubernetes,
    &compose::Compose,
    &workflows::Workflows,
    &gitlab::Gitlab,
    &rules::Rules,
    &secrets::Secrets,
];

/// The rules of an engine, each with the check that its `match.native` names.
fn of_natives<C: Copy>(engine: &'static str, checks: &[(&str, C)]) -> Vec<(&'static Rule, C)> {
    let check = |rule: &'static Rule| match rule.matcher {
        Matcher::Native(name) => {
            checks.iter().find(|(known, _)| *known == name).map(|(_, check)| (rule, *check))
        }
        _ => None,
    };
    Catalogue::get().of_engine(engine).filter_map(check).collect()
}

/// Whether a machine may be able to mend what a rule finds.
pub fn is_fixable(rule: &Rule) -> bool {
    match &rule.matcher {
        Matcher::Resource(resources) => resources.iter().any(|resource| resource.set.is_some()),
        _ => {
            let mut native = python::fixable().chain(docker::fixable()).chain(workflows::fixable());
            rule.engine == syntax::ENGINE || native.any(|id| id == rule.id)
        }
    }
}

/// Looks at one file at a time; knows nothing of store, policy or format.
pub trait Engine: Sync {
    /// The folder below `rules/`, and the name on the command line.
    fn name(&self) -> &'static str;

    /// Whether this engine has a use for the file.
    fn wants(&self, file: &SourceFile) -> bool;

    /// What the engine sees. A file that it cannot make out is a notification, not an error.
    fn scan(&self, file: &SourceFile) -> Seen;

    /// What a tool that is stood in for sees in the file; as `scan`, where the engine has no other
    /// conditions or places for it.
    fn exam(&self, file: &SourceFile, _tool: &str) -> Exam {
        Exam { seen: self.scan(file), looked: None }
    }

    /// The engine as one that looks at all of its files at once; none where each stands alone.
    fn of_tree(&self) -> Option<&'static dyn TreeEngine> {
        None
    }

    /// Whether the engine looks at each file by itself; one may do both.
    fn is_of_files(&self) -> bool {
        self.of_tree().is_none()
    }
}

/// Looks at all of its files at once, for what one of them says is decided by the others.
pub trait TreeEngine: Engine {
    /// Whether the file at a path is one of them.
    fn wants_path(&self, path: &str) -> bool;

    /// What the engine sees in each of the files, in their order.
    fn scan_tree(&self, files: &[SourceFile], root: &Path) -> Vec<Seen>;
}

/// What an engine saw in one file.
#[derive(Debug, Default)]
pub struct Seen {
    pub hits: Vec<Hit>,
    /// Ranges that hold the value of a secret: masked in every snippet of the file, whichever
    /// engine's finding it belongs to.
    pub masks: Vec<Range<usize>>,
    pub notifications: Vec<Notification>,
}

/// What an engine saw in one file as another tool has its rules.
#[derive(Debug, Default)]
pub struct Exam {
    pub seen: Seen,
    /// The rules that had something to look at; none where all had.
    pub looked: Option<Vec<&'static Rule>>,
}

/// A match of a rule. Offsets count in `SourceFile::bytes`.
#[derive(Debug, Clone)]
pub struct Hit {
    pub rule: &'static Rule,
    /// The engine that saw it.
    pub engine: &'static str,
    /// The place at fault.
    pub range: Range<usize>,
    /// What the identity is taken from: the whole statement or call where `range` is a part.
    pub matched: Range<usize>,
    pub severity: Severity,
    /// What the check says, as the emulated tool does; the evidence is weighed by `frame`.
    pub confidence: Confidence,
    /// Where the argument comes from that it is about.
    pub evidence: Option<Evidence>,
    /// What the rule's title does not say. Holds no text of the source that may be a secret.
    pub message: Cow<'static, str>,
    pub anchor: HitAnchor,
    /// The comment that waives the hit, where the engine reads comments of its own; see `comment`
    /// for those that it need not read.
    pub waiver: Option<HitWaiver>,
    /// What a machine may change so that it is gone.
    pub fix: Option<HitFix>,
}

/// A comment that waives a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HitWaiver {
    /// As it stands there.
    pub text: Box<str>,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

impl From<&str> for HitWaiver {
    fn from(text: &str) -> HitWaiver {
        HitWaiver { text: text.into(), until: None }
    }
}

/// A change that mends a hit; see `finding::Fix`. Offsets count in `SourceFile::bytes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HitFix {
    /// What it does, as an order. Holds no text of the source.
    pub description: Cow<'static, str>,
    /// Whether it may be made without looking.
    pub safe: bool,
    /// In the order of the file; no two overlap.
    pub edits: Vec<(Range<usize>, Box<str>)>,
}

/// What makes a hit itself; see `finding::Anchor`.
#[derive(Debug, Clone)]
pub enum HitAnchor {
    /// The qualified name of the function or class around the hit, empty at the top of a module.
    Code { scope: Box<str> },
    /// 20 bits of the slow hash of the value.
    Secret(u32),
    /// The address of a resource, and the way from it to the attribute at fault.
    Resource { address: Box<str>, attribute: Box<str> },
    /// A package and its advisory, whose first id the finding goes by instead of that of the hit's
    /// rule.
    Package(Box<Package>),
}

impl Hit {
    /// A hit with the engine, severity, confidence and message of its rule.
    pub fn new(rule: &'static Rule, range: Range<usize>, anchor: HitAnchor) -> Hit {
        Hit {
            rule,
            engine: rule.engine,
            matched: range.clone(),
            range,
            severity: rule.severity,
            confidence: rule.confidence,
            message: Cow::Borrowed(rule.title),
            anchor,
            evidence: None,
            waiver: None,
            fix: None,
        }
    }
}
