//! Rules that count only where others find something near.

use super::{Detector, Pass};
use crate::compat::gitleaks::config::{Required, Rule};
use crate::compat::gitleaks::finding::{Finding, Part};

impl Detector {
    /// The findings that have one of every required rule near them.
    pub(super) fn with_required(
        &self,
        rule: &Rule,
        findings: Vec<Finding>,
        pass: &Pass,
    ) -> Vec<Finding> {
        let number = |id: &str| self.rules.iter().position(|rule| rule.id == id);
        let others: Vec<(&Required, Vec<Finding>)> = rule
            .required
            .iter()
            .map(|required| {
                let found = match number(&required.id) {
                    Some(number) => self.alone(number, pass),
                    None => {
                        let fields = [("path", &*pass.fragment.file), ("rule-id", &*required.id)];
                        self.log.error("required rule not found in config", &fields);
                        Vec::new()
                    }
                };
                (required, found)
            })
            .collect();
        let mut kept = Vec::new();
        for mut finding in findings {
            for (required, found) in &others {
                let near = found.iter().filter(|other| is_near(&finding, other, required));
                let parts: Vec<Part> = near.map(part).collect();
                finding.required.extend(parts);
            }
            let has =
                |required: &Required| finding.required.iter().any(|it| it.rule == required.id);
            if rule.required.iter().all(has) {
                kept.push(finding);
            }
        }
        kept
    }
}

fn is_near(finding: &Finding, other: &Finding, required: &Required) -> bool {
    let within = |apart: i64, most: Option<i64>| most.is_none_or(|most| apart.abs() <= most);
    within(finding.start_line - other.start_line, required.within_lines)
        && within(finding.start_column - other.start_column, required.within_columns)
}

fn part(finding: &Finding) -> Part {
    Part {
        rule: finding.rule.clone(),
        start_line: finding.start_line,
        secret: finding.secret.clone(),
    }
}
