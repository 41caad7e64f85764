//! What a check of a pipeline's file found, before it is a hit of its rule.

use super::shell::text::Text;
use super::{Hit, HitAnchor, HitFix, Seen};
use crate::finding::{Confidence, Severity};
use crate::rule::Rule;
use std::borrow::Cow;
use std::ops::Range;

/// Something at fault.
#[derive(Debug)]
pub struct Fault {
    pub range: Range<usize>,
    /// The job or the like that it is in.
    pub scope: String,
    /// What it is known by again, where its text is not what it is about.
    pub about: Option<String>,
    /// What the title of the rule does not say.
    pub message: Option<String>,
    /// Other than the rule's.
    pub severity: Option<Severity>,
    /// Other than the rule's.
    pub confidence: Option<Confidence>,
    pub fix: Option<HitFix>,
    /// The value of a secret, which no snippet may show.
    pub secret: Option<Range<usize>>,
}

impl Fault {
    pub fn at(range: Range<usize>, scope: &str) -> Fault {
        Fault {
            range,
            scope: scope.to_owned(),
            about: None,
            message: None,
            severity: None,
            confidence: None,
            fix: None,
            secret: None,
        }
    }

    pub fn saying(self, message: impl Into<String>) -> Fault {
        Fault { message: Some(message.into()), ..self }
    }

    pub fn about(self, what: &str) -> Fault {
        Fault { about: Some(what.to_owned()), ..self }
    }

    pub fn with(self, fix: Option<HitFix>) -> Fault {
        Fault { fix, ..self }
    }

    pub fn severe(self, severity: Severity) -> Fault {
        Fault { severity: Some(severity), ..self }
    }

    pub fn sure(self, confidence: Confidence) -> Fault {
        Fault { confidence: Some(confidence), ..self }
    }

    /// Makes it a hit of its rule. `text` is that of the file.
    pub fn tell(self, rule: &'static Rule, text: &str, seen: &mut Seen) {
        let range = within(self.range, text);
        let anchor = match self.about {
            None => HitAnchor::Code { scope: self.scope.into() },
            Some(about) => {
                HitAnchor::Resource { address: self.scope.into(), attribute: about.into() }
            }
        };
        seen.masks.extend(self.secret);
        seen.hits.push(Hit {
            message: self.message.map_or(Cow::Borrowed(rule.title), Cow::Owned),
            severity: self.severity.unwrap_or(rule.severity),
            confidence: self.confidence.unwrap_or(rule.confidence),
            fix: self.fix,
            ..Hit::new(rule, range, anchor)
        });
    }
}

/// A range as it is, or the rest of the line that it begins on, where it is none of the text: parts
/// of a script that an escape or an alias stands for have places that are near, not exact.
fn within(range: Range<usize>, text: &str) -> Range<usize> {
    if text.get(range.clone()).is_some_and(|found| !found.is_empty()) {
        return range;
    }
    let mut start = range.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
    start..end
}

/// The line of a script around an offset of it, without the blanks around it, as a place.
pub fn line_of(script: &Text, at: usize) -> Range<usize> {
    let text = script.as_str();
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let line = &text[start..end];
    let indent = line.len() - line.trim_start().len();
    script.place(start + indent..start + indent + line.trim().len())
}
