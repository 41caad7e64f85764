//! The whole story of a finding.

use super::base::of_pull_request;
use super::gate::policy;
use super::nearly::waivers;
use super::subject::{Subject, subject};
use super::{Recall, RecallError};
use crate::finding::{Anchor, Finding, WaiverSource};
use crate::policy::{self, Base, Circumstances, Decision, Facts};
use crate::report::explain::{
    Asked, Decided, Event, Explanation, Gate, Name, Near, Step, VERSION, Witness,
};
use crate::report::summary;
use crate::rule;
use crate::store::{Beginning, Known, PastScan, Stay};
use crate::waiver::{Triage, Triaged};
use jiff::Timestamp;

/// How many scans of a branch are looked through for the last one that passed.
const SCANS: usize = 10_000;

/// Explains the finding that the digits lead to, as it stands on the branch of the repository.
///
/// # Errors
/// See [`subject`]; or the store cannot be read.
pub fn explain(recall: &mut Recall, prefix: &str) -> Result<Explanation, RecallError> {
    let subject = subject(recall.store, &recall.repository.name, prefix)?;
    let wanted = recall.repository.branch.clone().unwrap_or_default();
    let (known, stay) = subject.speaker(Some(&wanted));
    let branch = stay.map_or(wanted, |stay| stay.opened.branch.clone());
    let story = Story::read(recall, &subject, known, stay.is_some(), branch)?;
    let gate = story.gate(recall)?;
    let once = recall.store.in_file(&recall.repository.name, None, &known.finding.location.path)?;
    let near = waivers(recall, &story.finding, &once);
    let rule = rule::own(&story.finding.engine, &story.finding.rule);
    Ok(Explanation {
        schema: VERSION,
        fingerprint: subject.fingerprint.to_string(),
        repository: recall.repository.name.clone(),
        witnesses: story.finding.sightings().map(witness).collect(),
        title: rule.map(|rule| rule.title.to_owned()),
        merged: merged(&story.finding),
        identity: names(&story.finding),
        history: story.history(),
        triage: story.triage().map(|(_, triage)| decided(triage, recall)),
        next: story.next(&subject, &gate, &near),
        open: story.open,
        branch: story.branch,
        gate,
        waivers: near,
    })
}

/// The finding as all see it who see it, and their lives.
struct Story {
    finding: Finding,
    open: bool,
    branch: String,
    /// Every sighting that a fingerprint of the finding leads to, with its life.
    lives: Vec<(Known, Vec<Stay>)>,
}

impl Story {
    fn read(
        recall: &mut Recall,
        subject: &Subject,
        known: &Known,
        open: bool,
        branch: String,
    ) -> Result<Story, RecallError> {
        let name = &recall.repository.name;
        let of_file = match open {
            true => recall.store.in_file(name, Some(&branch), &known.finding.location.path)?,
            false => vec![known.clone()],
        };
        let triaged: Vec<Triaged> = of_file.iter().filter_map(triaged).collect();
        let sightings = of_file.iter().map(|known| known.finding.clone()).collect();
        let is_it = |finding: &Finding| {
            finding.sightings().any(|sighting| {
                sighting.fingerprint == known.finding.fingerprint
                    && sighting.engine == known.finding.engine
            })
        };
        let found = recall.unite(sightings, &triaged).into_iter().find(is_it);
        let finding = found.unwrap_or_else(|| known.finding.clone());
        let mut lives: Vec<(Known, Vec<Stay>)> =
            subject.sightings.iter().cloned().zip(subject.lives.iter().cloned()).collect();
        for witness in finding.sightings() {
            let fingerprint = witness.fingerprint.to_string();
            for other in recall.store.find(name, &fingerprint)? {
                if lives.iter().all(|(known, _)| known.id != other.id) {
                    let life = recall.store.life(other.id)?;
                    lives.push((other, life));
                }
            }
        }
        Ok(Story { finding, open, branch, lives })
    }

    /// The decision that was made last, and what it is about.
    fn triage(&self) -> Option<(&Known, &Triage)> {
        let all = self.lives.iter().filter_map(|(known, _)| Some((known, known.triage.as_ref()?)));
        all.max_by_key(|(_, triage)| triage.decided).filter(|(_, last)| !last.is_taken_back())
    }

    /// Judges the finding alone, against the base that a scan of the branch would have now.
    fn gate(&self, recall: &mut Recall) -> Result<Gate, RecallError> {
        let findings = std::slice::from_ref(&self.finding);
        let base = match of_pull_request(recall, findings)? {
            None => self.base(recall)?,
            base => base,
        };
        let new = base.as_ref().is_none_or(|base| !base.has(&self.finding));
        let repository = crate::git::Repository {
            branch: Some(self.branch.clone()).filter(|branch| !branch.is_empty()),
            ..recall.repository.clone()
        };
        let of_branch = Recall {
            store: recall.store,
            repository: &repository,
            config: recall.config,
            waivers: recall.waivers,
            git: recall.git,
            ignore_files: recall.ignore_files.clone(),
            event: recall.event,
            now: recall.now,
            today: recall.today,
        };
        let policy = policy(&of_branch)?;
        let name = base.as_ref().map(|base| base.name.clone());
        let facts = Facts { new, first_seen: self.first_seen() };
        let rules = policy::explain(&self.finding, facts, recall.now, &policy);
        let circumstances =
            Circumstances { runs: &[], notifications: &[], now: recall.now, advisories: None };
        let verdict = policy::judge(findings, &[facts], &circumstances, name, policy);
        let blocks = self.open && !verdict.blocking.is_empty();
        let compared = match &verdict.base {
            Some(name) if new => format!("it is not in {name}"),
            Some(name) => format!("it is in {name}"),
            None => "there is no scan that passed to compare with, so everything counts as new"
                .to_owned(),
        };
        let why = match &self.finding.waiver {
            _ if !self.open => "does not block: it is not open on any branch".to_owned(),
            _ if blocks => format!("blocks: {compared}"),
            Some(waiver) => {
                let source = match waiver.source {
                    WaiverSource::Comment => "a comment in the source",
                    WaiverSource::File => "the waiver file",
                    WaiverSource::Triage => "the triage",
                };
                format!("does not block: {source} waives it: {}", waiver.reason)
            }
            None if !verdict.would_block.is_empty() => {
                format!("does not block yet, for the gate only observes: {compared}")
            }
            None if !verdict.warnings.is_empty() => format!("is warned about: {compared}"),
            None => format!("does not block: no rule of the policy takes it; {compared}"),
        };
        let policy = match verdict.blocking.first() {
            Some(blocking) if blocks => blocking.rule.clone(),
            _ => verdict.policy.rule(),
        };
        Ok(Gate { blocks, policy, new, why, rules: rules.into_iter().map(asked).collect() })
    }

    /// When any who see it saw it first, on any branch.
    fn first_seen(&self) -> Option<i64> {
        let stays = self.lives.iter().flat_map(|(_, life)| life);
        stays.map(|stay| stay.opened.authored.unwrap_or(stay.opened.recorded)).min()
    }

    /// The base, as far as it says something of the finding: who is open in its scan is told by
    /// the lives, without reading all that the scan has.
    fn base(&self, recall: &mut Recall) -> Result<Option<Base>, RecallError> {
        let default = recall.repository.default_branch.as_deref();
        let others = default.filter(|default| *default != self.branch);
        for branch in std::iter::once(self.branch.as_str()).chain(others) {
            let scans = recall.store.scans(&recall.repository.name, Some(branch), SCANS)?;
            let Some(passed) = scans.iter().find(|scan| scan.decision == Decision::Passed) else {
                continue;
            };
            let was_there = |stay: &&Stay| {
                stay.opened.branch == branch
                    && stay.passed.is_some_and(|first| first <= passed.id)
                    && stay.closed.as_ref().is_none_or(|closed| closed.id > passed.id)
            };
            let mut base = Base { name: scan_name(passed), ..Base::default() };
            for stay in self.lives.iter().flat_map(|(_, life)| life).filter(was_there) {
                let known = match stay.waiver.as_ref().map(|waiver| waiver.source) {
                    None => &mut base.fingerprints,
                    Some(WaiverSource::Comment) => &mut base.commented,
                    Some(_) => continue,
                };
                known.extend(self.finding.fingerprints());
            }
            return Ok(Some(base));
        }
        Ok(None)
    }

    fn history(&self) -> Vec<Event> {
        let mut events: Vec<(i64, Event)> = Vec::new();
        for (known, life) in &self.lives {
            for stay in life {
                let what = match (stay.beginning, &stay.waiver) {
                    (Beginning::New, _) => "new",
                    (Beginning::Reopened, _) => "reopened",
                    (Beginning::Continued, Some(_)) => "waived",
                    (Beginning::Continued, None) => "no longer waived",
                };
                events.push((stay.opened.id, event(&stay.opened, known, what)));
                let goes_on = |closed: &PastScan| {
                    life.iter().any(|next| {
                        next.beginning == Beginning::Continued && next.opened.id == closed.id
                    })
                };
                if let Some(closed) = stay.closed.as_ref().filter(|closed| !goes_on(closed)) {
                    events.push((closed.id, event(closed, known, "fixed")));
                }
            }
        }
        events.sort_by(|(a, x), (b, y)| (a, &x.tool).cmp(&(b, &y.tool)));
        events.into_iter().map(|(_, event)| event).collect()
    }

    fn next(&self, subject: &Subject, gate: &Gate, near: &[Near]) -> Vec<Step> {
        let short = &subject.fingerprint.to_string()[..12];
        let mut steps = Vec::new();
        let mut step = |command: String, why: &str| steps.push(Step { command, why: why.into() });
        if let Some(rule) = rule::own(&self.finding.engine, &self.finding.rule) {
            let fix = summary::first_sentence(rule.fix);
            step(format!("lockgate rules explain {}", rule.id), &format!("what to do: {fix}"));
        }
        if !self.open {
            step("lockgate scan".into(), "look whether it is still gone");
            return steps;
        }
        if self.finding.waiver.is_none() {
            let state = "--state false-positive --reason REASON";
            step(
                format!("lockgate triage {short} {state}"),
                "if it is not true: holds on all branches that share the store",
            );
            step(
                format!("lockgate triage {short} --state accepted --reason REASON --until DATE"),
                "if it is true and is lived with until then",
            );
            let add = format!("lockgate waivers add {short} --reason REASON --owner NAME");
            step(add, "the same, reviewed in git with the code");
        } else if let Some((about, _)) = self.triage() {
            let about = &about.finding.fingerprint.to_string()[..12];
            step(format!("lockgate triage clear {about}"), "take the decision back");
        }
        if near.iter().any(|near| !near.holds) {
            step("lockgate waivers check".into(), "what is stale in the waiver file");
        }
        if gate.blocks {
            step("lockgate scan".into(), "judge again when it is mended or waived");
        }
        steps
    }
}

fn triaged(known: &Known) -> Option<Triaged> {
    let triage = known.triage.clone()?;
    Some(Triaged { fingerprints: known.finding.fingerprints().collect(), triage })
}

fn witness(finding: &Finding) -> Witness {
    let span = finding.location.span;
    let meaning = rule::meaning(&finding.engine, &finding.rule);
    Witness {
        tool: finding.engine.to_string(),
        rule: finding.rule.to_string(),
        severity: summary::severity(finding.severity),
        confidence: summary::confidence(finding.confidence),
        path: finding.location.path.to_string(),
        line: span.start_line,
        column: span.start_column,
        message: finding.message.to_string(),
        fingerprint: finding.fingerprint.to_string(),
        waived: finding.waiver.as_ref().map(|waiver| waiver.reason.to_string()),
        group: meaning.map(|meaning| format!("means {} ({})", meaning.group, meaning.source)),
    }
}

/// Why the witnesses are one.
fn merged(finding: &Finding) -> Option<String> {
    if finding.witnesses.is_empty() {
        return None;
    }
    let why = match &finding.package {
        Some(package) => format!(
            "One finding, because their advisories for {} go by a common id: {}",
            package.name,
            package.advisories.join(", ")
        ),
        None => "One finding, because their rules mean the same and their places overlap".into(),
    };
    let apart = format!("{}:{}", finding.witnesses[0].engine, finding.witnesses[0].rule);
    Some(format!("{why}. Take it apart in lockgate.toml: [merge] apart = [\"{apart}\"]"))
}

/// The fingerprints, and why it goes by each.
fn names(finding: &Finding) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for sighting in finding.sightings() {
        let own = match &sighting.anchor {
            Anchor::Code { .. } => "the flagged code, what is around it, the rule and the path",
            Anchor::Secret(_) => "20 bits of the secret's hash, the rule and the path",
            Anchor::Resource { .. } => "the resource, the attribute and the rule",
            Anchor::Package { .. } => "the package, the manifest and the advisory",
            Anchor::Image { .. } => "the image, the package and the advisory",
        };
        let own = format!("{} {}: made of {own}", sighting.engine, sighting.rule);
        let other = match &sighting.package {
            Some(package) => format!(
                "another id of the advisory ({}), or another path before a rename",
                package.advisories.join(", ")
            ),
            None => "before a rename of the file or of what is around it".into(),
        };
        let also = sighting.also.iter().map(|also| (*also, other.clone()));
        for (fingerprint, why) in std::iter::once((sighting.fingerprint, own)).chain(also) {
            let fingerprint = fingerprint.to_string();
            if names.iter().all(|name| name.fingerprint != fingerprint) {
                names.push(Name { fingerprint, why });
            }
        }
    }
    names
}

fn decided(triage: &Triage, recall: &Recall) -> Decided {
    Decided {
        state: triage.state.as_str(),
        reason: triage.reason.clone(),
        owner: triage.owner.clone(),
        until: triage.until.map(|until| until.to_string()),
        holds: triage.until.is_none_or(|until| recall.today <= until),
        decided: time(triage.decided),
    }
}

fn asked(asked: policy::Asked) -> Asked {
    Asked { rule: asked.rule, action: asked.action.to_string(), fails: asked.fails }
}

fn event(scan: &PastScan, known: &Known, what: &'static str) -> Event {
    Event {
        branch: scan.branch.clone(),
        tool: known.finding.engine.to_string(),
        what,
        commit: scan.commit.clone(),
        authored: scan.authored.map(time),
        scanned: time(scan.recorded),
    }
}

fn scan_name(scan: &PastScan) -> String {
    let on = if scan.branch.is_empty() { String::new() } else { format!(" of {}", scan.branch) };
    format!("the last scan{on} that passed, on {}", time(scan.recorded))
}

/// RFC 3339.
fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().to_string()
}
