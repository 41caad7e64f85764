//! Judging: every finding is taken by the first rule that does, and one value says what came of
//! it all.

use super::case::{Facts, case};
use super::condition::{Answer, Condition};
use super::{Action, Policy, comments, incomplete};
use crate::finding::{EngineRun, Finding, Notification};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the gate knows of the scan.
pub struct Circumstances<'a> {
    pub runs: &'a [EngineRun],
    /// What concerns every engine.
    pub notifications: &'a [Notification],
    /// Seconds since 1970, UTC.
    pub now: i64,
    /// The date of the advisory data, likewise; none where none was asked.
    pub advisories: Option<i64>,
}

impl Circumstances<'_> {
    /// The day, UTC. A time that there is not counts as the last: nothing is too early to block.
    pub fn today(&self) -> Date {
        day(self.now)
    }
}

/// The day of a time in seconds since 1970, UTC.
pub fn day(time: i64) -> Date {
    let time = Timestamp::from_second(time).unwrap_or(Timestamp::MAX);
    time.to_zoned(TimeZone::UTC).date()
}

/// What the gate decided. All that holds is said; `outcome` is the first in the order of the
/// exit codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub outcome: Decision,
    /// The findings that block, by index, and why each does.
    pub blocking: Vec<Blocking>,
    /// The findings that are warned about, likewise.
    pub warnings: Vec<Blocking>,
    /// The findings that block as soon as the gate does not only observe any more.
    pub would_block: Vec<Blocking>,
    /// The findings that a rule says to ignore.
    pub ignored: Vec<Blocking>,
    /// Whether what would block is only said.
    pub observed: bool,
    /// Why the scan is incomplete; empty when it is not.
    pub incomplete: Vec<String>,
    pub policy: Policy,
    /// What the findings were compared with; none: everything counted as new.
    pub base: Option<String>,
}

impl Verdict {
    /// The findings have other places now: those that were judged first come to `moved[0]`, and so
    /// on.
    pub fn move_to(&mut self, moved: &[usize]) {
        let Verdict { blocking, warnings, would_block, ignored, .. } = self;
        let lists = [blocking, warnings, would_block, ignored];
        for entry in lists.into_iter().flatten() {
            entry.finding = moved[entry.finding];
        }
    }

    /// What the memory is to know: a dry run that would have been blocked was blocked, so that it
    /// never becomes the base. While a gate has not started yet, what it observes passed.
    pub fn recorded(&self) -> Decision {
        match self.outcome {
            Decision::Passed if !self.would_block.is_empty() && self.policy.starts.is_none() => {
                Decision::Blocked
            }
            outcome => outcome,
        }
    }
}

/// The outcome of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    Passed,
    Blocked,
    Incomplete,
}

/// A finding that a rule decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocking {
    /// Its index in the judged findings.
    pub finding: usize,
    /// The rule of the policy that took it, as it stands in the configuration.
    pub rule: String,
    /// The waiver that it has, and why that does not count.
    pub despite: Option<String>,
}

/// Judges. `facts` are those of the findings, in their order; a finding without any is new. `base`
/// is the name of what they were compared with.
pub fn judge(
    findings: &[Finding],
    facts: &[Facts],
    circumstances: &Circumstances,
    base: Option<String>,
    policy: Policy,
) -> Verdict {
    let today = circumstances.today();
    let court = Court {
        findings,
        facts,
        void: comments::void(findings, facts, &policy.comments),
        conditions: Condition::all(&policy, today),
        now: circumstances.now,
    };
    let mut incomplete = incomplete::reasons(findings, circumstances, &policy);
    let mut troubles = vec![None; court.conditions.len()];
    let taken = court.taken(&mut troubles);
    for (condition, trouble) in court.conditions.iter().zip(troubles) {
        incomplete.extend(trouble.map(|trouble| trouble.reason(condition)));
    }
    let (mut blocking, mut warnings, mut ignored) = (Vec::new(), Vec::new(), Vec::new());
    for (finding, taken) in taken.into_iter().enumerate() {
        let Some(condition) = taken.map(|at| &court.conditions[at]) else { continue };
        let sort = match condition.action() {
            Action::Block if !policy.blocks_nothing() => &mut blocking,
            Action::Block | Action::Warn => &mut warnings,
            Action::Ignore => &mut ignored,
        };
        let despite = court.void.get(&finding).cloned();
        sort.push(Blocking { finding, rule: condition.label().to_owned(), despite });
    }
    let observed = policy.observes(today);
    let would_block = if observed { std::mem::take(&mut blocking) } else { Vec::new() };
    let outcome = match (blocking.is_empty(), incomplete.is_empty()) {
        (false, _) => Decision::Blocked,
        (true, false) => Decision::Incomplete,
        (true, true) => Decision::Passed,
    };
    Verdict {
        outcome,
        blocking,
        warnings,
        would_block,
        ignored,
        observed,
        incomplete,
        policy,
        base,
    }
}

struct Court<'a> {
    findings: &'a [Finding],
    facts: &'a [Facts],
    /// The waivers that do not count, by finding, and why.
    void: comments::Void,
    conditions: Vec<Condition>,
    now: i64,
}

/// An expression that could not be evaluated: the first reason, and of how many findings.
#[derive(Clone)]
struct Trouble {
    why: String,
    findings: usize,
}

/// The condition that takes a finding, and those that could not be told before it, with the
/// reasons.
type Asked = (Option<usize>, Vec<(usize, String)>);

impl Trouble {
    fn reason(&self, condition: &Condition) -> String {
        let Trouble { why, findings } = self;
        let label = condition.label();
        format!("{label}: its `expr` could not be asked of {findings} of the findings: {why}")
    }
}

impl Court<'_> {
    /// The condition that takes each finding. A rule that says `more_than` and does not take so
    /// many is as if it were not there.
    fn taken(&self, troubles: &mut [Option<Trouble>]) -> Vec<Option<usize>> {
        let asked: Vec<_> = (0..self.findings.len())
            .into_par_iter()
            .map(|finding| self.first(finding, 0))
            .collect();
        let mut note = |(taken, unknown): Asked| {
            for (at, why) in unknown {
                troubles[at].get_or_insert(Trouble { why, findings: 0 }).findings += 1;
            }
            taken
        };
        let mut taken: Vec<Option<usize>> = asked.into_iter().map(&mut note).collect();
        for (at, condition) in self.conditions.iter().enumerate() {
            let Some(tolerated) = condition.as_written().more_than else { continue };
            let count = taken.iter().filter(|taken| **taken == Some(at)).count();
            if count > usize::try_from(tolerated).unwrap_or(usize::MAX) {
                continue;
            }
            for (finding, taken) in taken.iter_mut().enumerate() {
                if *taken == Some(at) {
                    *taken = note(self.first(finding, at + 1));
                }
            }
        }
        taken
    }

    /// The first condition from one on that takes a finding. One that cannot be told counts
    /// against the finding: it blocks, but it neither warns nor ignores.
    fn first(&self, finding: usize, from: usize) -> Asked {
        let facts = self.facts.get(finding).copied().unwrap_or(Facts::UNKNOWN);
        let void = self.void.contains_key(&finding);
        let case = case(&self.findings[finding], facts, void, self.now);
        let mut unknown = Vec::new();
        for (at, condition) in self.conditions.iter().enumerate().skip(from) {
            match condition.ask(&case) {
                Answer::Takes => return (Some(at), unknown),
                Answer::Leaves(_) => {}
                Answer::Unknown(why) => {
                    unknown.push((at, why));
                    if condition.action() == Action::Block {
                        return (Some(at), unknown);
                    }
                }
            }
        }
        (None, unknown)
    }
}
