//! Decisions of the triage, which the store keeps for all branches of a repository.

use crate::finding::{Finding, Fingerprint, Waiver, WaiverSource};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

/// A decision of the triage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Triage {
    pub state: TriageState,
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds; none for one that does not expire.
    #[schemars(with = "Option<String>")]
    pub until: Option<Date>,
    /// When it was decided, in seconds since 1970.
    pub decided: i64,
}

/// What a finding was found to be.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum TriageState {
    /// It is not true: it does not count.
    FalsePositive,
    /// It is true and is lived with: it does not count.
    Accepted,
    /// It is true and is to be mended: it counts.
    Confirmed,
}

impl TriageState {
    /// As it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            TriageState::FalsePositive => "false-positive",
            TriageState::Accepted => "accepted",
            TriageState::Confirmed => "confirmed",
        }
    }
}

impl fmt::Display for TriageState {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A decision and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triaged {
    pub fingerprints: Vec<Fingerprint>,
    pub triage: Triage,
}

impl Triage {
    /// The decision that takes this one back: the same, but over before it was made.
    pub fn taken_back(&self, now: Timestamp) -> Triage {
        let decided = now.as_second().max(self.decided.saturating_add(1));
        let until = Some(day(decided).yesterday().unwrap_or(Date::MIN));
        Triage { until, decided, ..self.clone() }
    }

    /// Whether it takes another one back.
    pub fn is_taken_back(&self) -> bool {
        self.until.is_some_and(|until| until < day(self.decided))
    }

    /// The waiver that the decision is on a day; none where it says that the finding counts.
    fn waiver(&self, today: Date) -> Option<Waiver> {
        let holds = self.until.is_none_or(|until| today <= until);
        (holds && self.state != TriageState::Confirmed).then(|| Waiver {
            source: WaiverSource::Triage,
            reason: format!("{}: {}", self.state, self.reason).into(),
            owner: self.owner.as_deref().map(Into::into),
            until: self.until,
        })
    }
}

/// In UTC.
fn day(seconds: i64) -> Date {
    Timestamp::from_second(seconds).unwrap_or_default().to_zoned(TimeZone::UTC).date()
}

/// Sets `Finding.waiver` where the triage says that a finding does not count. A decision is for
/// whatever goes by one of its fingerprints, with all who saw it; of several, the last counts,
/// and where that has expired, none.
pub fn apply_triage(triaged: &[Triaged], findings: &mut [Finding], today: Date) {
    let mut last: HashMap<Fingerprint, &Triage> = HashMap::new();
    for one in triaged {
        for fingerprint in &one.fingerprints {
            let known = last.entry(*fingerprint).or_insert(&one.triage);
            if one.triage.decided > known.decided {
                *known = &one.triage;
            }
        }
    }
    if last.is_empty() {
        return;
    }
    for finding in findings {
        let decisions = finding.fingerprints().filter_map(|one| last.get(&one).copied());
        let decision = decisions.max_by_key(|triage| triage.decided);
        spread(finding, decision.and_then(|triage| triage.waiver(today)));
    }
}

/// Waives the finding and all who saw it, but for what is waived already.
pub(super) fn spread(finding: &mut Finding, waiver: Option<Waiver>) {
    let Some(waiver) = waiver else { return };
    for sighting in std::iter::once(&mut finding.waiver)
        .chain(finding.witnesses.iter_mut().map(|witness| &mut witness.waiver))
    {
        sighting.get_or_insert_with(|| Box::new(waiver.clone()));
    }
}
