//! An issue as Bandit reports it.

use super::rules;
use crate::finding::{Confidence, Severity};
use crate::rule::Rule;
use std::sync::Arc;

/// How bad, or how sure: Bandit's one scale for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    Undefined,
    Low,
    Medium,
    High,
}

/// All ranks, from the lowest.
pub const RANKS: [Rank; 4] = [Rank::Undefined, Rank::Low, Rank::Medium, Rank::High];

impl Rank {
    pub fn name(self) -> &'static str {
        match self {
            Rank::Undefined => "UNDEFINED",
            Rank::Low => "LOW",
            Rank::Medium => "MEDIUM",
            Rank::High => "HIGH",
        }
    }

    /// As a title has it.
    pub fn title(self) -> &'static str {
        match self {
            Rank::Undefined => "Undefined",
            Rank::Low => "Low",
            Rank::Medium => "Medium",
            Rank::High => "High",
        }
    }

    /// What an issue of the rank adds to the score of its file.
    pub fn score(self) -> u64 {
        match self {
            Rank::Undefined => 1,
            Rank::Low => 3,
            Rank::Medium => 5,
            Rank::High => 10,
        }
    }
}

impl From<Severity> for Rank {
    fn from(severity: Severity) -> Rank {
        match severity {
            Severity::Unknown | Severity::Info => Rank::Undefined,
            Severity::Low => Rank::Low,
            Severity::Medium => Rank::Medium,
            Severity::High | Severity::Critical => Rank::High,
        }
    }
}

impl From<Confidence> for Rank {
    fn from(confidence: Confidence) -> Rank {
        match confidence {
            Confidence::Low => Rank::Low,
            Confidence::Medium => Rank::Medium,
            Confidence::High => Rank::High,
        }
    }
}

/// Something that a check holds against a place. No secret is in it.
#[derive(Debug, Clone)]
pub struct Issue {
    pub rule: &'static Rule,
    pub severity: Rank,
    pub confidence: Rank,
    pub text: Box<str>,
    /// The hash of the password that the text leaves out.
    pub secret: Option<blake3::Hash>,
    /// The file, as it is reported.
    pub file: Arc<str>,
    pub line: u32,
    /// Every line that belongs to it.
    pub lines: Vec<u32>,
    /// Bytes from 0, or -1.
    pub column: i64,
    pub end_column: i64,
    pub code: Code,
}

/// The lines around an issue, with their ends.
#[derive(Debug, Clone, Default)]
pub struct Code {
    /// The number of the first.
    pub first: u32,
    pub lines: Vec<Arc<str>>,
}

impl Issue {
    /// The name of the check.
    pub fn test_name(&self) -> &'static str {
        rules::test_name(self.rule)
    }

    /// `CWE-78 (https://…)`
    pub fn cwe(&self) -> String {
        let (number, link) = rules::cwe(self.rule);
        format!("CWE-{number} ({link})")
    }

    /// The lines that belong to it, as Python shows a list.
    pub fn range(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(u32::to_string).collect();
        format!("[{}]", lines.join(", "))
    }
}

impl Code {
    /// The lines, each behind its number and what separates the two.
    pub fn numbered(&self, separator: char) -> String {
        let mut text = String::new();
        for (line, number) in self.lines.iter().zip(self.first..) {
            text += &number.to_string();
            text.push(separator);
            text += line;
        }
        text
    }

    /// Those shown of a file for an issue in these lines, with `context` of them around it.
    pub fn around(
        line: u32,
        count: usize,
        context: i64,
        get: impl FnMut(u32) -> Option<Arc<str>>,
    ) -> Code {
        let context = context.clamp(1, i64::from(u32::MAX) / 2);
        let first = i64::from(line).saturating_sub(context / 2).max(1) as u32;
        let last = u64::from(first) + count as u64 + context as u64 - 1;
        let numbers = first..u32::try_from(last).unwrap_or(u32::MAX);
        Code { first, lines: numbers.map_while(get).collect() }
    }
}
