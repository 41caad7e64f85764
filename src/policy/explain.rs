//! Why a finding blocks, or does not: every rule, in order, and what kept it from taking it.

use super::case::case;
use super::condition::{Answer, Condition};
use super::judge::day;
use super::resolved::written;
use super::{Action, Facts, Policy, comments};
use crate::finding::Finding;

/// What one rule said of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The rule, as it stands in the configuration.
    pub rule: String,
    pub action: Action,
    /// The first of its conditions that does not hold, as the configuration writes it; none for
    /// the rule that took the finding, after which no other is asked.
    pub fails: Option<String>,
}

/// Asks every rule up to the one that takes the finding. `now` is in seconds since 1970. A cap on
/// comments, and `more_than`, need all findings and are left out.
pub fn explain(finding: &Finding, facts: Facts, now: i64, policy: &Policy) -> Vec<Asked> {
    let one = std::slice::from_ref(finding);
    let uncapped = super::Comments { max: None, ..policy.comments.clone() };
    let void = !comments::void(one, &[facts], &uncapped).is_empty();
    let case = case(finding, facts, void, now);
    let mut asked = Vec::new();
    for condition in Condition::all(policy, day(now)) {
        let answer = condition.ask(&case);
        let taken = match &answer {
            Answer::Takes => true,
            Answer::Leaves(_) => false,
            Answer::Unknown(_) => condition.action() == Action::Block,
        };
        let fails = match answer {
            Answer::Leaves(key) => Some(said(&condition, key)),
            Answer::Unknown(why) if !taken => Some(format!("expr: {why}")),
            Answer::Takes | Answer::Unknown(_) => None,
        };
        asked.push(Asked { rule: condition.label().to_owned(), action: condition.action(), fails });
        if taken {
            break;
        }
    }
    asked
}

/// A key of a rule and its value.
fn said(condition: &Condition, key: &str) -> String {
    let table = toml::Table::try_from(condition.as_written()).unwrap_or_default();
    match table.get(key) {
        Some(value) => format!("{key} = {}", written(value)),
        // The one condition that holds of rules that do not say it.
        None => format!("{key} = false"),
    }
}
