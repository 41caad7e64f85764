//! Comments that waive findings, in any file and for every engine.
//!
//! ```text
//! lockgate:ignore                      whatever is found here
//! lockgate:ignore B602,B607 a reason   these rules; lockgate:ignore[B602, B607] is the same
//! lockgate:ignore B602 exp:2027-01-31  through that day
//! gitleaks:allow                       secrets
//! tfsec:ignore:RULE:exp:2027-01-31     that rule, through that day; several may follow each other
//! cfsec:ignore:RULE                    likewise
//! trivy:ignore:RULE                    likewise
//! zizmor: ignore[NAME, NAME]           the rules for workflows that are the same checks
//! ```
//!
//! A comment holds for what begins or ends on its line; one that has a line to itself holds for
//! the line below. A rule goes by its id, an alias, its name or a pattern. Whether a comment has
//! expired is not judged here: what is found in a file is cached for longer than a day.
//! `# nosec` follows the rules of Bandit and is read by the Python engine.

use super::workflows;
use crate::finding::{Finding, Waiver, written_day};
use crate::rule::Catalogue;
use crate::target::SourceFile;
use aho_corasick::AhoCorasick;
use jiff::civil::Date;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// What opens such a comment, in lower case.
const MARKERS: [(&str, Dialect); 6] = [
    ("lockgate:ignore", Dialect::Lockgate),
    ("gitleaks:allow", Dialect::Gitleaks),
    ("tfsec:ignore:", Dialect::Tfsec),
    ("cfsec:ignore:", Dialect::Tfsec),
    ("trivy:ignore:", Dialect::Tfsec),
    ("zizmor: ignore[", Dialect::Zizmor),
];

static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let markers = MARKERS.iter().map(|(marker, _)| marker);
    AhoCorasick::builder().ascii_case_insensitive(true).build(markers).ok()
});

/// The longest comment that is kept, in bytes.
const LONGEST: usize = 200;
/// The most comments of one line that are read, and the most lines of comments above a finding.
const MOST: usize = 16;
/// What ends a comment before its line does.
const CLOSERS: [&[u8]; 4] = [b"*/", b"-->", b"#}", b"%>"];

#[derive(Debug, Clone, Copy)]
enum Dialect {
    Lockgate,
    Gitleaks,
    /// And cfsec, its sister, and Trivy, which took both over.
    Tfsec,
    Zizmor,
}

/// A comment that waives.
#[derive(Debug, PartialEq)]
struct Comment {
    scope: Scope,
    until: Option<Date>,
    /// The comment from its marker on, without what closes it.
    range: Range<usize>,
}

#[derive(Debug, PartialEq)]
enum Scope {
    Every,
    Secrets,
    Rules(Vec<Box<str>>),
    /// A rule of tools that know infrastructure code only: their `*` is no word on other findings.
    Infrastructure(Box<str>),
}

/// Gives each finding of the file that has no waiver the comment that waives it. `show` gives the
/// text of a range with every secret in it masked.
pub(super) fn waive(
    file: &SourceFile,
    findings: &mut [Finding],
    show: impl Fn(Range<usize>) -> String,
) {
    let mut open = findings.iter_mut().filter(|finding| finding.waiver.is_none()).peekable();
    if open.peek().is_none() {
        return;
    }
    let Some(mut comments) = Comments::of(file) else { return };
    for finding in open {
        let span = finding.location.span;
        let above = (1..span.start_line).rev().take(MOST).take_while(|line| comments.alone(*line));
        let mut lines = vec![span.start_line, span.end_line];
        lines.extend(above);
        lines.dedup();
        // The one that holds for longest: whether a day is over is not known here.
        let mut best: Option<(Date, Waiver)> = None;
        for line in lines {
            for comment in comments.on(line).iter().filter(|comment| comment.holds_for(finding)) {
                let last = comment.until.unwrap_or(Date::MAX);
                if best.as_ref().is_none_or(|(longest, _)| last > *longest) {
                    let until = comment.until;
                    best = Some((
                        last,
                        Waiver { until, ..*Waiver::comment(show(comment.range.clone())) },
                    ));
                }
            }
        }
        finding.waiver = best.map(|(_, waiver)| Box::new(waiver));
    }
}

/// A comment that would waive something, wherever it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Remark {
    pub line: u32,
    /// As it is kept in a waiver, secrets masked.
    pub text: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

/// What opens a comment in one language or another.
const OPENERS: [&[u8]; 7] = [b"#", b"//", b"/*", b"*", b"<!--", b"--", b";"];

/// The waiving comments of a file. Words that nothing makes a comment are left out, and so are
/// those in a string: a text about such comments has them too.
pub fn remarks(file: &SourceFile) -> Vec<Remark> {
    let Some(mut comments) = Comments::of(file) else { return Vec::new() };
    let (lines, bytes) = (file.lines(), file.bytes());
    let is_comment = |start: usize| {
        let before = &bytes[lines.start(lines.line(start), bytes)..start];
        let even = |quote: u8| memchr::memchr_iter(quote, before).count().is_multiple_of(2);
        let opened = |opener: &&[u8]| before.trim_ascii_end().ends_with(opener);
        OPENERS.iter().any(opened) && even(b'"') && even(b'`')
    };
    let mut numbers: Vec<u32> =
        comments.markers.iter().map(|(marker, _)| lines.line(marker.start)).collect();
    numbers.dedup();
    let mut remarks = Vec::new();
    for line in numbers {
        let on_line = comments.on(line).iter();
        remarks.extend(on_line.filter(|comment| is_comment(comment.range.start)).map(|comment| {
            let text = String::from_utf8_lossy(&bytes[comment.range.clone()]);
            Remark { line, text: super::masked(&text), until: comment.until }
        }));
    }
    remarks
}

impl Comment {
    fn holds_for(&self, finding: &Finding) -> bool {
        let means = |name: &str| Catalogue::get().means(name, &finding.rule);
        match &self.scope {
            Scope::Every => true,
            Scope::Secrets => finding.engine == "secrets",
            Scope::Rules(names) => names.iter().any(|name| means(name)),
            Scope::Infrastructure(name) => {
                let elsewhere = matches!(&*finding.engine, "python" | "secrets");
                !(name.contains('*') && elsewhere) && means(name)
            }
        }
    }
}

/// The comments of a file, parsed where a finding asks for their line.
struct Comments<'a> {
    file: &'a SourceFile,
    /// Where each marker is, and its number.
    markers: Vec<(Range<usize>, usize)>,
    parsed: HashMap<u32, Vec<Comment>>,
}

impl<'a> Comments<'a> {
    /// None where no marker is in the file.
    fn of(file: &'a SourceFile) -> Option<Comments<'a>> {
        let found = AUTOMATON.as_ref()?.find_iter(file.bytes());
        let markers: Vec<_> = found.map(|m| (m.range(), m.pattern().as_usize())).collect();
        (!markers.is_empty()).then(|| Comments { file, markers, parsed: HashMap::new() })
    }

    fn markers_on(&self, line: &Range<usize>) -> impl Iterator<Item = &(Range<usize>, usize)> {
        let from = self.markers.partition_point(|(marker, _)| marker.start < line.start);
        let end = line.end;
        self.markers[from..].iter().take(MOST).take_while(move |(marker, _)| marker.end <= end)
    }

    fn on(&mut self, number: u32) -> &[Comment] {
        if !self.parsed.contains_key(&number) {
            let bytes = self.file.bytes();
            let line = self.file.lines().range(number, bytes);
            let comments = self.markers_on(&line).filter_map(|(marker, which)| {
                let range = marker.start..end_of_comment(bytes, marker.start, line.end);
                let rest = String::from_utf8_lossy(&bytes[marker.end.min(range.end)..range.end]);
                let (scope, until) = parse(MARKERS[*which].1, &rest)?;
                Some(Comment { scope, until, range })
            });
            let comments = comments.collect();
            self.parsed.insert(number, comments);
        }
        self.parsed.get(&number).map_or(&[], Vec::as_slice)
    }

    /// Whether the line holds such a comment and nothing else.
    fn alone(&self, number: u32) -> bool {
        let bytes = self.file.bytes();
        let line = self.file.lines().range(number, bytes);
        let Some((marker, _)) = self.markers_on(&line).next() else { return false };
        let closer = closer(bytes, marker.start, line.end);
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80;
        !bytes[line.start..marker.start].iter().any(is_word)
            && !bytes[closer..line.end].iter().any(is_word)
    }
}

/// Where the comment that begins at `start` is closed, at the latest with its line.
fn closer(bytes: &[u8], start: usize, line_end: usize) -> usize {
    let text = &bytes[start..line_end];
    let ends = CLOSERS.iter().filter_map(|closer| memchr::memmem::find(text, closer));
    ends.min().map_or(line_end, |end| start + end)
}

/// The end of what is kept of the comment, without blanks and quotes at its end.
fn end_of_comment(bytes: &[u8], start: usize, line_end: usize) -> usize {
    let mut end = closer(bytes, start, line_end.min(start + LONGEST));
    while end < line_end && bytes[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    let text = &bytes[start..end];
    let kept = text.iter().rposition(|byte| !byte.is_ascii_whitespace() && !b"\"'".contains(byte));
    start + kept.map_or(0, |last| last + 1)
}

/// What follows the marker; none where it only looked like one.
fn parse(dialect: Dialect, rest: &str) -> Option<(Scope, Option<Date>)> {
    match dialect {
        Dialect::Tfsec => tfsec(rest),
        Dialect::Zizmor => zizmor(rest),
        Dialect::Gitleaks => (!goes_on(rest)).then_some((Scope::Secrets, None)),
        Dialect::Lockgate => {
            let apart = rest.replace(":exp", " exp");
            Some((lockgate(&apart)?, expiry(&apart)?))
        }
    }
}

/// Whether the marker is the beginning of a longer word.
fn goes_on(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

/// The last day that a word of the comment names, as `exp:2027-01-31`. One that is no day makes the
/// comment void.
fn expiry(rest: &str) -> Option<Option<Date>> {
    let day = |word: &str| {
        let word = word.trim_start_matches('(');
        let day = word.strip_prefix("exp:").or_else(|| word.strip_prefix("exp="))?;
        Some(written_day(day.trim_end_matches([',', ';', ')', '.'])))
    };
    rest.split_whitespace().find_map(day).transpose().ok()
}

/// The names up to the bracket, which has opened. Without one of ours among them it says nothing.
fn zizmor(rest: &str) -> Option<(Scope, Option<Date>)> {
    let (names, _) = rest.split_once(']')?;
    let ids = names.split(',').take(MOST).flat_map(|name| workflows::zizmor_ids(name.trim()));
    let ids: Vec<Box<str>> = ids.map(|id| Box::from(*id)).collect();
    (!ids.is_empty()).then_some((Scope::Rules(ids), None))
}

fn lockgate(rest: &str) -> Option<Scope> {
    let names = |list: &str| {
        let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(Box::from).collect::<Vec<Box<str>>>()
    };
    if let Some(list) = rest.strip_prefix('[') {
        return list.split_once(']').map(|(list, _)| Scope::Rules(names(list)));
    }
    if goes_on(rest) {
        return None;
    }
    let mut listed = String::new();
    for word in rest.trim_start_matches(':').split_whitespace().take(MOST) {
        listed += word.trim_end_matches(':');
        if !word.ends_with(',') {
            break;
        }
    }
    let listed = names(&listed);
    // A name that nearly is a rule's must not hold for all rules: it holds for none.
    let is_rule = |name: &str| Catalogue::get().knows(name) || is_slip(name) || is_id(name);
    match listed.iter().any(|name| is_rule(name)) {
        true => Some(Scope::Rules(listed)),
        false => Some(Scope::Every),
    }
}

/// Whether the word looks like the id of a rule, or of an advisory, of whatever tool, or like a
/// pattern of such: a letter first, a dash, an underscore or a digit behind it, and no mark that
/// words of a reason have. The rules that a user wrote are not at hand wherever a file is read.
fn is_id(word: &str) -> bool {
    // What is longer and has no dash is rather a token.
    const LONGEST_WORD: usize = 32;
    (word.len() <= LONGEST_WORD || word.contains('-'))
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.contains(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_'))
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./*?".contains(c))
}

/// Whether the word is one slip away from the id of a rule.
fn is_slip(word: &str) -> bool {
    let near = |id: &str| id.len().abs_diff(word.len()) <= 1 && strsim::levenshtein(id, word) <= 1;
    word.len() >= 3 && Catalogue::get().rules().iter().any(|rule| near(rule.id))
}

/// `RULE` and `RULE:exp:DATE`. What narrows it in a way that is not known here makes it void, for
/// a comment that says less than it holds for would hide things.
fn tfsec(rest: &str) -> Option<(Scope, Option<Date>)> {
    let mut parts = rest.split_whitespace().next()?.split(':');
    let rule = parts.next().filter(|rule| !rule.is_empty() && !rule.contains(['[', ']']))?;
    let mut until = None;
    while let Some(part) = parts.next() {
        let day = match part {
            "exp" => parts.next()?,
            part => part.strip_prefix("exp=")?,
        };
        until = Some(written_day(day).ok()?);
    }
    Some((Scope::Infrastructure(rule.into()), until))
}

#[cfg(test)]
mod tests;
