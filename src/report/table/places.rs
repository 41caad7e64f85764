//! One secret in many places: which findings of a report are about the same value. Each place is a
//! finding with an identity of its own; the table says beside each where the others are.

use super::Report;
use super::summary;
use crate::finding::{Anchor, Finding};
use std::collections::HashMap;

/// How many other places are named.
const NAMED: usize = 3;

/// The findings of every secret, by rule and hash of the value.
pub struct Places<'r>(HashMap<(&'r str, u32), Vec<&'r Finding>>);

impl<'r> Places<'r> {
    /// Of what is open in a report.
    pub fn of(report: &'r Report) -> Places<'r> {
        let mut places: HashMap<_, Vec<_>> = HashMap::new();
        for reported in report.open() {
            if let Some(secret) = secret(&reported.finding) {
                places.entry(secret).or_default().push(&reported.finding);
            }
        }
        Places(places)
    }

    /// `2 more places: a.py:3:7, b.yaml:1:1`; none where there are no others.
    pub fn others(&self, finding: &Finding) -> Option<String> {
        let all = self.0.get(&secret(finding)?)?;
        let others = all.iter().filter(|other| other.fingerprint != finding.fingerprint);
        let named: Vec<String> =
            others.clone().take(NAMED).map(|other| summary::place(other)).collect();
        let count = others.count();
        let rest = if count > NAMED { ", …" } else { "" };
        let more = summary::plural(count, "more place");
        (count > 0).then(|| format!("{more}: {}{rest}", named.join(", ")))
    }
}

/// What two findings of one secret have in common.
fn secret(finding: &Finding) -> Option<(&str, u32)> {
    match finding.anchor {
        Anchor::Secret(bits) => Some((&*finding.rule, bits)),
        _ => None,
    }
}
