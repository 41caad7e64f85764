//! Comments that waive the secrets on their line: `gitleaks:allow`, `lockgate:ignore`, and
//! `lockgate:ignore[RULE, RULE]` for these rules only.

use crate::engine::Hit;
use crate::rule::Catalogue;
use crate::target::SourceFile;
use std::ops::Range;

/// What opens such a comment, in lower case.
pub const MARKERS: [&str; 2] = ["gitleaks:allow", "lockgate:ignore"];

/// The longest comment that is kept, and the most comments of one line that are read.
const LONGEST: usize = 200;
const MOST: usize = 16;

/// Gives each hit the comment that waives it. Hits and markers are sorted by place.
pub fn waive(file: &SourceFile, markers: &[Range<usize>], hits: &mut [Hit]) {
    if markers.is_empty() {
        return;
    }
    let (lines, bytes) = (file.lines(), file.bytes());
    let secrets: Vec<usize> = hits.iter().map(|hit| hit.range.start).collect();
    for hit in hits {
        let first = lines.range(lines.line(hit.range.start), bytes).start;
        let last = lines.range(lines.line(hit.range.end.saturating_sub(1)), bytes).end;
        let from = markers.partition_point(|marker| marker.start < first);
        let on_line = markers[from..].iter().take(MOST).take_while(|marker| marker.end <= last);
        hit.waiver = on_line
            .map(|marker| {
                // No secret that follows the comment becomes a part of it.
                let next = secrets.partition_point(|start| *start < marker.end);
                let end = secrets.get(next).map_or(last, |start| last.min(*start));
                comment(&bytes[marker.start..end.min(marker.start + LONGEST)])
            })
            .find(|comment| holds_for(comment, hit.rule.id))
            .map(String::into_boxed_str);
    }
}

/// The comment from its marker on, without what closes it.
fn comment(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let line = text.lines().next().unwrap_or_default();
    line.trim_end_matches(|c: char| c.is_whitespace() || "*/->\"'".contains(c)).to_owned()
}

/// Whether the comment names no rule, or this one.
fn holds_for(comment: &str, id: &str) -> bool {
    let rest = comment.get(MARKERS[1].len()..).unwrap_or_default();
    let listed = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((list, _)) = listed.filter(|_| !comment.starts_with("gitleaks")) else {
        return true;
    };
    list.split(',').map(str::trim).any(|name| {
        let known = Catalogue::get().find(name);
        known.map_or(name.eq_ignore_ascii_case(id), |rule| rule.id == id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_and_without_rules() {
        assert!(holds_for("gitleaks:allow", "jwt"));
        assert!(holds_for("lockgate:ignore a test key", "jwt"));
        assert!(holds_for("lockgate:ignore[github-pat, JWT] made up", "jwt"));
        assert!(!holds_for("lockgate:ignore[github-pat]", "jwt"));
    }

    #[test]
    fn what_closes_a_comment_is_not_of_it() {
        assert_eq!(comment(b"gitleaks:allow -->"), "gitleaks:allow");
        assert_eq!(comment(b"lockgate:ignore[jwt] sample */"), "lockgate:ignore[jwt] sample");
    }
}
