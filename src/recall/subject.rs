//! The finding that a few digits of a fingerprint mean.

use super::RecallError;
use crate::finding::{Finding, Fingerprint};
use crate::store::{Known, Stay, Store};
use std::collections::BTreeMap;

/// Fewer digits would lead to too many findings to be worth reading.
const LEAST_DIGITS: usize = 4;

/// How many findings are named where the digits lead to several.
const CANDIDATES: usize = 10;

/// The sightings that one fingerprint leads to, and their lives, one each.
pub struct Subject {
    /// The fingerprint that was meant, in full.
    pub fingerprint: Fingerprint,
    pub sightings: Vec<Known>,
    pub lives: Vec<Vec<Stay>>,
}

impl Subject {
    /// The sighting to speak of: one that is open on the branch, or else open at all.
    pub fn speaker(&self, branch: Option<&str>) -> (&Known, Option<&Stay>) {
        let open = |at: usize| self.lives[at].iter().filter(|stay| stay.closed.is_none());
        let all = || (0..self.sightings.len()).flat_map(|at| open(at).map(move |stay| (at, stay)));
        let wanted = all().find(|(_, stay)| Some(stay.opened.branch.as_str()) == branch);
        let newest = || all().max_by_key(|(_, stay)| stay.opened.id);
        match wanted.or_else(newest) {
            Some((at, stay)) => (&self.sightings[at], Some(stay)),
            None => (&self.sightings[0], None),
        }
    }
}

/// Looks a finding up.
///
/// # Errors
/// These are no digits of a fingerprint, or they lead to none or to several findings.
pub fn subject(
    store: &mut dyn Store,
    repository: &str,
    prefix: &str,
) -> Result<Subject, RecallError> {
    let prefix = prefix.trim().to_ascii_lowercase();
    if !(LEAST_DIGITS..=32).contains(&prefix.len())
        || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Err(RecallError::Digits(prefix));
    }
    let sightings = store.find(repository, &prefix)?;
    if sightings.is_empty() {
        let nothing = store.scans(repository, None, 1)?.is_empty();
        let repository = repository.to_owned();
        return Err(match nothing {
            true => RecallError::Empty { repository },
            false => RecallError::Unknown { repository, prefix },
        });
    }
    let mut meant = groups(&sightings, &prefix);
    let Some((fingerprint, _)) = meant.pop_first().filter(|_| meant.is_empty()) else {
        let candidates = candidates(&groups(&sightings, &prefix));
        return Err(RecallError::Ambiguous { prefix, candidates });
    };
    let lives = sightings.iter().map(|known| store.life(known.id));
    let lives = lives.collect::<Result<_, _>>()?;
    Ok(Subject { fingerprint, sightings, lives })
}

fn names(finding: &Finding) -> impl Iterator<Item = Fingerprint> {
    std::iter::once(finding.fingerprint).chain(finding.also.iter().copied())
}

/// One sighting for each finding, by a fingerprint that was meant: sightings that share one are
/// one finding.
fn groups<'a>(sightings: &'a [Known], prefix: &str) -> BTreeMap<Fingerprint, &'a Finding> {
    let mut groups: BTreeMap<Fingerprint, &Finding> = BTreeMap::new();
    for Known { finding, .. } in sightings {
        let known =
            groups.values().any(|other| names(other).any(|n| names(finding).any(|m| m == n)));
        let meant = names(finding).find(|name| name.to_string().starts_with(prefix));
        if let (false, Some(meant)) = (known, meant) {
            groups.insert(meant, finding);
        }
    }
    groups
}

fn candidates(groups: &BTreeMap<Fingerprint, &Finding>) -> String {
    let word = |(fingerprint, finding): (&Fingerprint, &&Finding)| {
        let (path, line) = (&finding.location.path, finding.location.span.start_line);
        format!("{fingerprint} ({} at {path}:{line})", finding.rule)
    };
    let words: Vec<String> = groups.iter().take(CANDIDATES).map(word).collect();
    match groups.len() - words.len() {
        0 => words.join(", "),
        more => format!("{}, and {more} more", words.join(", ")),
    }
}
