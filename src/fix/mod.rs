//! Changes files so that findings are gone. What is to be changed comes from a scan (`Plan`); each
//! file is changed in memory and scanned again, and what does not come out as it should is not
//! written (`mend`); a file is replaced as a whole or not at all (`replace`).

mod diff;
mod file;
mod replace;

pub use diff::{lines, unified};
pub use file::{Made, Mended, Refusal, mend};
pub use replace::{ReplaceError, read, replace};

use crate::engine::{embedded::is_host, python};
use crate::finding::Finding;
use crate::scan::{Input, Looked};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The byte order mark of UTF-8, which is no part of a file's text.
pub const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Which findings are to be mended.
#[derive(Debug)]
pub enum Choice {
    /// Those whose fix is safe.
    Safe,
    /// Those of the rules with these ids, whose fix may be a suggestion.
    Rules(Vec<String>),
}

impl Choice {
    fn takes(&self, finding: &Finding) -> bool {
        match self {
            Choice::Safe => finding.fix.as_ref().is_some_and(|fix| fix.safe),
            Choice::Rules(ids) => ids.iter().any(|id| *id == finding.rule),
        }
    }
}

/// What is to be changed, and what is left as it is.
#[derive(Debug, Default)]
pub struct Plan {
    /// The files with something to mend, by path.
    pub files: Vec<Wanted>,
    pub left: Left,
}

/// A file with something to mend.
#[derive(Debug)]
pub struct Wanted {
    /// Relative to the repository root.
    pub path: Arc<str>,
    /// The hash of what the findings were found in.
    pub content: blake3::Hash,
    /// In the order of the file.
    pub findings: Vec<Finding>,
}

/// Findings that are left, by rule, and why.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Their fix is a suggestion, and nobody has named the rule.
    pub suggested: BTreeMap<String, usize>,
    /// The rule has been named, but no change is right for sure.
    pub unsure: BTreeMap<String, usize>,
    /// The rule has fixes, but not for what stands inside a notebook or a text.
    pub embedded: BTreeMap<String, usize>,
    /// Somebody has decided that they do not count.
    pub waived: usize,
}

/// Whether a finding has no fix because it stands inside another file.
fn is_embedded(finding: &Finding) -> bool {
    is_host(&finding.location.path) && python::fixable().any(|id| finding.rule == *id)
}

impl Plan {
    /// Sorts findings, each with its witnesses, by what is to be done about them.
    pub fn new(findings: &[Finding], inputs: &[Input], choice: &Choice) -> Plan {
        let mut plan = Plan::default();
        let mut files: BTreeMap<Arc<str>, Vec<Finding>> = BTreeMap::new();
        for finding in findings.iter().flat_map(Finding::sightings) {
            let (taken, rule) = (choice.takes(finding), || finding.rule.to_string());
            match &finding.fix {
                _ if finding.waiver.is_some() => {
                    plan.left.waived += usize::from(taken);
                }
                Some(_) if taken => {
                    let alone = Finding { witnesses: Vec::new(), ..finding.clone() };
                    files.entry(finding.location.path.clone()).or_default().push(alone);
                }
                Some(_) if matches!(choice, Choice::Safe) => {
                    *plan.left.suggested.entry(rule()).or_default() += 1;
                }
                None if (taken || matches!(choice, Choice::Safe)) && is_embedded(finding) => {
                    *plan.left.embedded.entry(rule()).or_default() += 1;
                }
                None if taken => *plan.left.unsure.entry(rule()).or_default() += 1,
                _ => {}
            }
        }
        plan.files = files
            .into_iter()
            .filter_map(|(path, mut findings)| {
                let at = inputs.binary_search_by(|input| input.path.cmp(&path)).ok()?;
                let Looked::Source(content) = inputs[at].looked else { return None };
                findings.sort_by_key(|finding| finding.location.span);
                Some(Wanted { path, content, findings })
            })
            .collect();
        plan
    }
}
