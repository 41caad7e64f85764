//! What became of each finding according to the line diff, and whether its identity agrees.

use crate::git::Diff;
use crate::{Scanned, Tree};
use lockgate::finding::{Finding, Fingerprint};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Two commits, one after the other.
pub struct Step<'a> {
    pub old: &'a Tree,
    pub new: &'a Tree,
    /// By the new path.
    pub diffs: &'a HashMap<String, Diff>,
}

/// How the identity of a finding compares with the diff. `rows` says it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Case {
    Untouched,
    Kept,
    Interchanged,
    Another,
    Lost,
    Moved,
    Mistaken,
    Missed,
    New,
}

/// What all steps came to.
#[derive(Default)]
pub struct Count {
    cases: BTreeMap<Case, usize>,
    /// Renamed files that have findings on unchanged lines; those of them where none was followed.
    renamed: (usize, usize),
    /// Files followed from a path that git does not say they had.
    own_renames: usize,
    examples: Vec<String>,
}

/// What is known of a finding by its fingerprints.
#[derive(Clone, Copy)]
struct Was<'a> {
    path: &'a str,
    finding: &'a Finding,
}

impl Step<'_> {
    pub fn count(&self, count: &mut Count, commit: &str) {
        let was = |path, finding| Was { path, finding };
        let known: HashMap<Fingerprint, Was> = self
            .old
            .iter()
            .flat_map(|(path, file)| {
                file.findings.iter().map(move |f| (f.fingerprint, was(path, f)))
            })
            .collect();
        let new = self.new.values().flat_map(|file| &file.findings);
        let here: HashSet<Fingerprint> = new.flat_map(Finding::fingerprints).collect();
        for (path, file) in self.new {
            let untouched = |old: &Scanned| Arc::ptr_eq(&old.source, &file.source);
            if self.old.get(path).is_some_and(untouched) {
                *count.cases.entry(Case::Untouched).or_default() += file.findings.len();
            } else {
                self.count_file(count, commit, path, &known, &here);
            }
        }
    }

    fn count_file(
        &self,
        count: &mut Count,
        commit: &str,
        path: &str,
        known: &HashMap<Fingerprint, Was>,
        here: &HashSet<Fingerprint>,
    ) {
        let file = &self.new[path];
        let diff = self.diffs.get(path);
        let old_path = diff.map_or(path, |diff| &diff.old);
        let pairs = diff.map_or_else(HashMap::new, |diff| self.pairs(diff, file));
        let mut former: HashSet<&str> = HashSet::new();
        for (at, finding) in file.findings.iter().enumerate() {
            let was = finding.fingerprints().find_map(|print| known.get(&print).copied());
            former.extend(was.map(|was| was.path));
            let (case, other) = match (pairs.get(&at).copied(), was) {
                (Some(old), Some(was)) if was.finding.fingerprint == old.fingerprint => {
                    (Case::Kept, None)
                }
                (Some(old), Some(was)) if was.finding.anchor == old.anchor => {
                    (Case::Interchanged, Some(old))
                }
                (Some(_), Some(was)) => (Case::Another, Some(was.finding)),
                (Some(old), None) if here.contains(&old.fingerprint) => {
                    (Case::Interchanged, Some(old))
                }
                (Some(old), None) => (Case::Lost, Some(old)),
                (None, Some(was)) if self.holds(was.path, &file.text(at)) => (Case::Moved, None),
                (None, Some(was)) => (Case::Mistaken, Some(was.finding)),
                (None, None) => match self.equal(old_path, file, at, here) {
                    Some(old) => (Case::Missed, Some(old)),
                    None => (Case::New, None),
                },
            };
            *count.cases.entry(case).or_default() += 1;
            if let Some(other) = other {
                let (now, was) = (show(finding), show(other));
                count.examples.push(format!("{case:?} in {commit:.10}\n  was {was}\n  now {now}"));
            }
        }
        former.remove(path);
        let renamed = old_path != path && !pairs.is_empty();
        count.renamed.0 += usize::from(renamed);
        count.renamed.1 += usize::from(renamed && !former.contains(old_path));
        former.remove(old_path);
        count.own_renames += usize::from(!former.is_empty());
        let followed = |was: &&str| format!("Followed in {commit:.10}\n  was {was}\n  now {path}");
        count.examples.extend(former.iter().map(followed));
    }

    /// By the place in the list, the findings that were there before: the same rule at the same
    /// columns of lines that did not change.
    fn pairs<'s>(&'s self, diff: &Diff, file: &Scanned) -> HashMap<usize, &'s Finding> {
        let Some(old) = self.old.get(&diff.old) else { return HashMap::new() };
        let place = |finding: &Finding, shift: i64| {
            let span = finding.location.span;
            let line = i64::from(span.start_line) + shift;
            (finding.rule.clone(), line, span.start_column, span.end_column)
        };
        let unchanged = old.findings.iter().zip(&old.lines).filter_map(|(finding, lines)| {
            let span = finding.location.span;
            let shift = diff.now(lines.0.min(span.start_line), lines.1.max(span.end_line))?;
            Some((place(finding, shift), finding))
        });
        let places: HashMap<_, &Finding> = unchanged.collect();
        let was = |finding: &Finding| places.get(&place(finding, 0)).copied();
        file.findings.iter().enumerate().filter_map(|(at, f)| Some((at, was(f)?))).collect()
    }

    /// Whether the old file holds a text, white space aside.
    fn holds(&self, old: &str, text: &str) -> bool {
        self.old.get(old).is_some_and(|file| bare(&file.source).contains(text))
    }

    /// What went from the old file with the same rule and the same text.
    fn equal<'s>(
        &'s self,
        old: &str,
        file: &Scanned,
        at: usize,
        here: &HashSet<Fingerprint>,
    ) -> Option<&'s Finding> {
        let old = self.old.get(old)?;
        let text = file.text(at);
        let mut went = old.findings.iter().enumerate().filter(|(_, was)| {
            was.rule == file.findings[at].rule && !here.contains(&was.fingerprint)
        });
        went.find(|(at, _)| old.text(*at) == text).map(|(_, was)| was)
    }
}

impl Scanned {
    /// What a finding is about, white space aside.
    fn text(&self, at: usize) -> String {
        self.flagged
            .get(at)
            .and_then(|range| self.source.get(range.clone()))
            .map(bare)
            .unwrap_or_default()
    }
}

fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

fn show(finding: &Finding) -> String {
    let (rule, path) = (&finding.rule, &finding.location.path);
    let line = finding.snippet.text.lines().next().unwrap_or_default().trim();
    format!("{rule} {path}:{} {line}", finding.location.span.start_line)
}

impl Count {
    pub fn print(&self, steps: usize, findings: usize, verbose: bool) {
        use Case::*;
        let of = |cases: &[Case]| -> usize {
            cases.iter().filter_map(|case| self.cases.get(case)).sum()
        };
        let rows = [
            ("commits followed", steps),
            ("findings in the last", findings),
            ("in files that did not change", of(&[Untouched])),
            ("on lines that did not change", of(&[Kept, Interchanged, Another, Lost])),
            ("  known", of(&[Kept])),
            ("  an equal one of the file has its identity", of(&[Interchanged])),
            ("  called another", of(&[Another])),
            ("  called new", of(&[Lost])),
            ("on lines that changed", of(&[Moved, Mistaken, Missed, New])),
            ("  known, its text was there before", of(&[Moved])),
            ("  known, its text was not there before", of(&[Mistaken])),
            ("  called new, its text went elsewhere in the file", of(&[Missed])),
            ("  called new", of(&[New])),
            ("renamed files with unchanged findings", self.renamed.0),
            ("  not followed", self.renamed.1),
            ("files followed that git does not call renamed", self.own_renames),
        ];
        for (what, number) in rows {
            println!("{what:<52} {number:>8}");
        }
        if verbose {
            self.examples.iter().for_each(|example| println!("{example}"));
        }
    }
}
