//! The prefilter: one automaton over the keywords of every rule, and what each keyword is for.

use super::Known;
use super::assignment::{self, Assignments};
use super::decode::{self, Decoded};
use super::found::{Found, keep_specific};
use super::pattern::Pattern;
use super::window::Windows;
use crate::engine::Seen;
use crate::finding::{Notification, Trouble};
use crate::rule::{Catalogue, Matcher};
use crate::target::SourceFile;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> = LazyLock::new(Detector::new);

/// The most findings of one file that are reported. Their values are hashed slowly, so a file made
/// of nothing but credentials would take minutes; all of them are masked in any case.
const MOST: usize = 1000;

/// How often a text may be encoded anew, and how many bytes of one file are decoded.
const DEEPEST: usize = 3;
const MOST_DECODED: usize = 8 << 20;

/// Every rule of the engine, ready to run.
pub struct Detector {
    automaton: AhoCorasick,
    /// What the keyword of each number is for.
    uses: Vec<Vec<Use>>,
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone, Copy)]
enum Use {
    Pattern(usize),
    Assignment,
    Escape,
}

/// One pattern in one file.
enum Tried {
    /// None of its keywords was seen.
    No,
    /// The file's path is not one of its.
    Elsewhere,
    In(Windows),
}

/// What the automaton saw in a file.
struct Sightings<'a> {
    windows: Vec<Tried>,
    assignments: Assignments<'a>,
    decoded: Vec<Decoded>,
    /// Where the last text with escapes ends.
    escapes_to: usize,
}

impl Detector {
    /// The detector; built at the first call, in a few milliseconds.
    pub fn get() -> &'static Detector {
        &DETECTOR
    }

    fn new() -> Detector {
        let mut keywords: BTreeMap<&str, Vec<Use>> = BTreeMap::new();
        let mut patterns = Vec::new();
        for rule in Catalogue::get().of_engine("secrets") {
            match &rule.matcher {
                Matcher::Secret(secret) => {
                    for keyword in &secret.keywords {
                        keywords.entry(keyword).or_default().push(Use::Pattern(patterns.len()));
                    }
                    patterns.push(Pattern::new(rule, secret));
                }
                Matcher::Native(assignment::NATIVE) => {
                    for keyword in assignment::KEYWORDS {
                        keywords.entry(keyword).or_default().push(Use::Assignment);
                    }
                }
                _ => {}
            }
        }
        for keyword in decode::KEYWORDS {
            keywords.entry(keyword).or_default().push(Use::Escape);
        }
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(keywords.keys())
            .expect("some hundred short keywords fit an automaton");
        Detector { automaton, uses: keywords.into_values().collect(), patterns }
    }

    /// Everything in a file that looks like a credential.
    pub fn scan(&self, file: &SourceFile) -> Seen {
        let bytes = file.bytes();
        let found = self.find(file);
        let masks = found.iter().map(|one| one.range.clone()).collect();
        let notifications = (found.len() > MOST).then(|| over_limit(file, found.len()));
        let kept = found.into_iter().take(MOST);
        let hits = kept.map(|one| one.into_hit(bytes)).collect();
        Seen { hits, masks, notifications: notifications.into_iter().collect() }
    }

    /// Where in a file the values are, without the slow hash that a finding takes.
    pub fn masks(&self, file: &SourceFile) -> Vec<Range<usize>> {
        self.find(file).into_iter().map(|one| one.range).collect()
    }

    /// The secrets with their values, as many as are reported.
    pub fn values(&self, file: &SourceFile) -> Vec<Known> {
        let found = self.find(file).into_iter().take(MOST);
        found.map(|one| one.into_known(file.bytes())).collect()
    }

    /// The credentials of a file.
    fn find(&self, file: &SourceFile) -> Vec<Found> {
        let mut left = MOST_DECODED;
        self.find_in(&file.path, file.bytes(), DEEPEST, &mut left)
    }

    /// The credentials of a text and of what is encoded in it, so many times over; `left` is how
    /// much may still be decoded.
    fn find_in(&self, path: &str, bytes: &[u8], depth: usize, left: &mut usize) -> Vec<Found> {
        let sightings = self.sight(path, bytes);
        let mut found = sightings.assignments.into_found();
        for (pattern, windows) in self.patterns.iter().zip(&sightings.windows) {
            if let Tried::In(windows) = windows {
                windows.iter().for_each(|window| pattern.find(bytes, window, &mut found));
            }
        }
        if depth > 0 {
            for decoded in sightings.decoded.into_iter().chain(decode::digits(bytes)) {
                let Some(rest) = left.checked_sub(decoded.text.len()) else {
                    break;
                };
                *left = rest;
                let inner = self.find_in(path, &decoded.text, depth - 1, left);
                found.extend(inner.into_iter().map(|one| one.written_in(&decoded)));
            }
        }
        keep_specific(&mut found);
        found
    }

    /// Runs the automaton.
    fn sight<'a>(&self, path: &str, bytes: &'a [u8]) -> Sightings<'a> {
        let matches = self.automaton.find_overlapping_iter(bytes);
        let mut windows = Vec::new();
        windows.resize_with(self.patterns.len(), || Tried::No);
        let assignments = Assignments::new(path, bytes);
        let mut sightings = Sightings { windows, assignments, decoded: Vec::new(), escapes_to: 0 };
        for keyword in matches {
            for &purpose in &self.uses[keyword.pattern().as_usize()] {
                match purpose {
                    Use::Assignment => sightings.assignments.note(keyword.range()),
                    Use::Escape => sightings.note_escape(bytes, keyword.start()),
                    Use::Pattern(number) => {
                        let pattern = &self.patterns[number];
                        let tried = &mut sightings.windows[number];
                        if matches!(tried, Tried::No) {
                            *tried = match pattern.wants(path) {
                                true => Tried::In(Windows::default()),
                                false => Tried::Elsewhere,
                            };
                        }
                        if let Tried::In(windows) = tried
                            && pattern.may_begin(bytes, &keyword.range())
                        {
                            windows.note(&keyword.range(), bytes, pattern.across_lines());
                        }
                    }
                }
            }
        }
        sightings
    }
}

impl Sightings<'_> {
    /// Decodes around an escape, unless it is a part of what was decoded.
    fn note_escape(&mut self, bytes: &[u8], at: usize) {
        if at < self.escapes_to || self.decoded.len() >= MOST {
            return;
        }
        if let Some(decoded) = decode::escaped(bytes, at, self.escapes_to) {
            self.escapes_to = decoded.range.end;
            self.decoded.extend(Some(decoded).filter(Decoded::is_text));
        }
    }
}

fn over_limit(file: &SourceFile, count: usize) -> Notification {
    let message = format!(
        "looks like {count} credentials, of which the first {MOST} are reported; exclude the file \
         if it is a list of made-up ones"
    );
    Notification {
        path: file.path.clone(),
        engine: Some("secrets".into()),
        trouble: Trouble::OverLimit,
        message: message.into(),
    }
}
