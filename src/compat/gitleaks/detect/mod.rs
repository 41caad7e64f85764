//! Finding secrets in a text as gitleaks does: which rules it may concern (`prefilter`), where they
//! match, and what of that is no secret; then the same in what is decoded of it.

mod entropy;
mod fragment;
mod heads;
mod location;
mod prefilter;
mod required;
mod tail;

pub use fragment::{Fragment, text};

use super::config::{Allowlist, Config, Rule, Target};
use super::decode::{self, Decoded};
use super::finding::{self, Finding};
use super::link::Remote;
use super::log::Log;
use location::Lines;
use prefilter::{Places, Prefilter, Seen};
use std::ops::Range;
use std::sync::Arc;

/// What makes gitleaks pass over a line.
const ALLOW: &str = "gitleaks:allow";

/// How to look.
#[derive(Debug, Default)]
pub struct Settings {
    pub ignore_allow: bool,
    pub max_decode_depth: i64,
    pub max_target_megabytes: i64,
    /// Files that are told what to look for, and so are not looked at.
    pub own_files: Vec<String>,
    pub remote: Remote,
}

/// Finds secrets.
#[derive(Debug)]
pub struct Detector {
    rules: Vec<Rule>,
    allowlists: Vec<Arc<Allowlist>>,
    prefilter: Prefilter,
    settings: Settings,
    log: Log,
}

/// A text in one pass of decoding.
struct Pass<'a> {
    text: &'a str,
    decoded: Option<&'a Decoded>,
    seen: &'a Seen,
    fragment: &'a Fragment<'a>,
    lines: &'a Lines,
}

impl Detector {
    /// # Errors
    /// There are more keywords than can be looked for at once.
    pub fn new(config: Config, settings: Settings, log: Log) -> Result<Detector, String> {
        let rules: Vec<Rule> = config.rules.into_values().collect();
        let prefilter = Prefilter::new(&rules).map_err(|error| error.to_string())?;
        Ok(Detector { rules, allowlists: config.allowlists, prefilter, settings, log })
    }

    /// Whether a path is passed over without a look into it.
    pub fn skips(&self, path: &str) -> bool {
        self.allowlists.iter().any(|allowlist| allowlist.allows_path(path))
    }

    /// The secrets in a text, masked.
    pub fn detect(&self, fragment: &Fragment) -> Vec<Finding> {
        let mut findings = self.search(fragment);
        let specific: Vec<Finding> = std::mem::take(&mut findings);
        let is_generic = |finding: &Finding| finding.rule.to_lowercase().contains("generic");
        let gives_way = |finding: &Finding| {
            is_generic(finding)
                && specific.iter().any(|other| {
                    finding.start_line == other.start_line
                        && finding.rule != other.rule
                        && other.secret.contains(&finding.secret)
                        && !is_generic(other)
                })
        };
        findings.extend(specific.iter().filter(|finding| !gives_way(finding)).cloned());
        finding::mask(&mut findings);
        findings
    }

    fn search(&self, fragment: &Fragment) -> Vec<Finding> {
        let mut findings = Vec::new();
        let file = &*fragment.file;
        let is_own = !file.is_empty() && self.settings.own_files.iter().any(|own| own == file);
        if is_own || allows_place(&self.allowlists, fragment) {
            return findings;
        }
        let lines = Lines::of(fragment);
        let mut decoded: Option<Decoded> = None;
        let mut depth = 0;
        loop {
            let text = decoded.as_ref().map_or(&*fragment.text, |decoded| &decoded.text);
            let seen = &self.prefilter.look(text);
            let pass = Pass { text, decoded: decoded.as_ref(), seen, fragment, lines: &lines };
            for rule in (0..self.rules.len()).filter(|&rule| self.prefilter.concerns(seen, rule)) {
                findings.extend(self.rule(rule, &pass));
            }
            depth += 1;
            if depth > self.settings.max_decode_depth {
                return findings;
            }
            decoded = decode::decode(text, decoded.as_ref());
            if decoded.is_none() {
                return findings;
            }
        }
    }

    /// What a rule finds, and the rules that it requires.
    fn rule(&self, number: usize, pass: &Pass) -> Vec<Finding> {
        let rule = &self.rules[number];
        if rule.skip_report {
            return Vec::new();
        }
        let findings = self.alone(number, pass);
        match findings.is_empty() || rule.required.is_empty() {
            true => findings,
            false => self.with_required(rule, findings, pass),
        }
    }

    /// What a rule finds by itself.
    fn alone(&self, number: usize, pass: &Pass) -> Vec<Finding> {
        let rule = &self.rules[number];
        let fragment = pass.fragment;
        if allows_place(&rule.allowlists, fragment) {
            return Vec::new();
        }
        if let Some(path) = &rule.path {
            let matches = path.is_match(&fragment.file);
            if rule.regex.is_none() && pass.decoded.is_none() && matches {
                return vec![self.of_path(rule, fragment)];
            }
            if !matches {
                return Vec::new();
            }
        }
        let megabytes = (pass.text.len() / 1_000_000) as i64;
        let most = self.settings.max_target_megabytes;
        if rule.regex.is_none() || (most > 0 && megabytes > most) {
            return Vec::new();
        }
        let found = matches(rule, pass.text, pass.seen.places(number));
        found.into_iter().filter_map(|found| self.judged(rule, pass, found)).collect()
    }

    fn of_path(&self, rule: &Rule, fragment: &Fragment) -> Finding {
        let mut finding = started(rule, fragment);
        finding.matched = format!("file detected: {}", fragment.file);
        finding.link = self.settings.remote.link(&finding);
        finding
    }

    /// The finding of a match, where it is a secret.
    fn judged(&self, rule: &Rule, pass: &Pass, found: Range<usize>) -> Option<Finding> {
        let fragment = pass.fragment;
        let matched = pass.text.get(found.clone())?.trim_matches('\n');
        let mut finding = started(rule, fragment);
        let mut place = found.start..found.start + matched.len();
        let mut line = None;
        if let Some(decoded) = pass.decoded {
            let touched = decoded.touched(&found);
            if touched.is_empty() {
                return None;
            }
            place = decoded.original(touched, &found);
            finding.tags.extend(decoded.tags(touched));
            line = Some(decoded.line(touched));
        }
        let location = pass.lines.locate(fragment, &place);
        let whole = fragment.text.get(location.line.clone()).unwrap_or_default();
        if !self.settings.ignore_allow && whole.contains(ALLOW) {
            return None;
        }
        let line = line.filter(|line| !line.is_empty()).unwrap_or(whole);
        let secret = secret(rule, matched)?;
        let bytes = match fragment.is_altered() {
            true => secret.len() - 2 * secret.matches('\u{fffd}').count(),
            false => secret.len(),
        };
        let bits = entropy::entropy(secret, bytes);
        if rule.entropy != 0.0 && bits <= rule.entropy {
            return None;
        }
        for allowlist in self.allowlists.iter().chain(&rule.allowlists) {
            let target = match allowlist.target {
                Target::Secret => secret,
                Target::Match => matched,
                Target::Line => line,
            };
            if allowlist.allows(target, secret, &fragment.file, fragment.commit_id()) {
                return None;
            }
        }
        finding.start_line = fragment.start_line + location.start_line;
        finding.end_line = fragment.start_line + location.end_line;
        finding.start_column = location.start_column;
        finding.end_column = location.end_column;
        finding.line = match pass.decoded {
            // What is encoded in it says as much as the secret itself.
            Some(_) => without(whole, location.line.start, &place),
            None => whole.to_owned(),
        };
        finding.matched = matched.to_owned();
        finding.secret = secret.to_owned();
        finding.entropy = bits as f32;
        finding.link = self.settings.remote.link(&finding);
        Some(finding)
    }
}

fn allows_place(allowlists: &[Arc<Allowlist>], fragment: &Fragment) -> bool {
    let (path, commit) = (&*fragment.file, fragment.commit_id());
    (!path.is_empty() || !commit.is_empty())
        && allowlists.iter().any(|allowlist| allowlist.allows_place(path, commit))
}

fn started(rule: &Rule, fragment: &Fragment) -> Finding {
    Finding {
        rule: rule.id.clone(),
        description: rule.description.clone(),
        is_users: rule.is_users,
        file: fragment.file.clone(),
        symlink: fragment.symlink.clone(),
        commit: fragment.commit.clone(),
        tags: rule.tags.clone(),
        ..Finding::default()
    }
}

/// Every match of a rule's expression, looked for where it may be.
fn matches(rule: &Rule, text: &str, places: &Places) -> Vec<Range<usize>> {
    let Some(regex) = &rule.regex else { return Vec::new() };
    if places.anywhere {
        return regex.find_all(text);
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    for &(from, head) in &places.at {
        let last = found.last().map_or(0, |last| last.end);
        if head < last {
            continue;
        }
        // Nothing matches before: no head is there.
        match regex.find_at(text, from.max(last)) {
            Some(next) => found.push(next),
            None => break,
        }
    }
    found
}

/// The part of a match that is the secret: the group that the rule names, or the first that holds
/// something.
fn secret<'t>(rule: &Rule, matched: &'t str) -> Option<&'t str> {
    let groups = match &rule.regex {
        Some(regex) if regex.group_count() > 0 => regex.groups(matched),
        _ => None,
    };
    match groups {
        None => Some(matched),
        Some(groups) if rule.secret_group > 0 => groups.get(rule.secret_group - 1).copied(),
        Some(groups) => Some(groups.into_iter().find(|group| !group.is_empty()).unwrap_or(matched)),
    }
}

/// A line without the part of the text at `place`; `start` is where the line begins in the text.
fn without(line: &str, start: usize, place: &Range<usize>) -> String {
    let from = place.start.saturating_sub(start).min(line.len());
    let to = place.end.saturating_sub(start).clamp(from, line.len());
    match (line.get(..from), line.get(to..)) {
        (Some(before), Some(after)) => format!("{before}{}{after}", finding::REDACTED),
        _ => finding::REDACTED.to_owned(),
    }
}
