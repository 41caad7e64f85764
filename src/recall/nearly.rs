//! Which waivers hold for a finding, and which nearly do.

use super::Recall;
use crate::engine::masked;
use crate::finding::{Finding, Fingerprint};
use crate::report::explain::Near;
use crate::rule;
use crate::store::Known;
use crate::waiver::Entry;
use std::collections::HashSet;

/// How many waivers that nearly match are named.
const NAMED: usize = 5;

/// The entries of the file that are for the finding, then those that nearly are. `once` is what
/// was ever seen in the file of the finding.
pub fn waivers(recall: &Recall, finding: &Finding, once: &[Known]) -> Vec<Near> {
    let mut near = Vec::new();
    let own = recall.waivers.entries_for(finding);
    for (line, entry) in &own {
        let last = entry.last_day();
        let (holds, why) = match () {
            () if last < recall.today => (false, format!("expired on {last}")),
            () if entry.created > recall.today.tomorrow().unwrap_or(recall.today) => {
                (false, format!("does not hold before {}, when it was created", entry.created))
            }
            () => (true, format!("holds until {last}")),
        };
        near.push(name(*line, entry, holds, why));
    }
    let former = former(finding, once);
    let mut left = NAMED;
    for (line, entry) in recall.waivers.entries() {
        if left == 0 {
            break;
        }
        let known = own.iter().any(|(other, _)| *other == line);
        if let (false, Some(why)) = (known, misses(entry, finding, &former)) {
            near.push(name(line, entry, false, why));
            left -= 1;
        }
    }
    near
}

fn name(line: usize, entry: &Entry, holds: bool, why: String) -> Near {
    let Entry { reason, owner, .. } = entry.clone().without_secrets();
    Near { line, what: entry.to_string(), reason, owner, holds, why: masked(&why) }
}

/// The fingerprints of what the same rules held against the same file, and that are not the
/// finding.
fn former(finding: &Finding, once: &[Known]) -> HashSet<Fingerprint> {
    let own: HashSet<Fingerprint> = finding.fingerprints().collect();
    let of_rule = |known: &&Known| finding.sightings().any(|s| s.rule == known.finding.rule);
    let all = once.iter().filter(of_rule).flat_map(|known| known.finding.fingerprints());
    all.filter(|fingerprint| !own.contains(fingerprint)).collect()
}

/// Why an entry is not for the finding, where it is for something near.
fn misses(entry: &Entry, finding: &Finding, former: &HashSet<Fingerprint>) -> Option<String> {
    if entry.fingerprint.iter().any(|fingerprint| former.contains(fingerprint)) {
        return Some(
            "names another finding of this rule in this file: when the flagged content changes, \
             it is a new finding"
                .into(),
        );
    }
    let pattern = entry.rule.as_deref()?;
    if !finding.sightings().any(|sighting| rule::matches(pattern, &sighting.rule)) {
        return None;
    }
    if let Some(engine) = &entry.engine
        && !finding.sightings().any(|sighting| sighting.engine == engine.as_str())
    {
        return Some(format!("is for what {engine} sees, which is none of the witnesses"));
    }
    if !entry.fingerprint.is_empty() {
        return Some("names the rule, but the fingerprint of another finding".into());
    }
    let path = entry.path.as_deref().unwrap_or("another path");
    Some(format!("is for the rule, but in {path}"))
}
