//! The rules of one language, over one file at a time.

use super::meter::Metered;
use super::pattern::{Compiled, Pattern};
use super::scope::scope;
use super::words::Prefilter;
use crate::engine::{Hit, HitAnchor, HitFix, MASK, Seen, masked, secrets};
use crate::finding::{Notification, Trouble};
use crate::target::SourceFile;
use ast_grep_core::matcher::MatcherExt;
use ast_grep_core::replacer::Replacer;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{AstGrep, Doc, NodeMatch};
use ast_grep_language::SupportLang;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// A tree takes forty times its source; what is longer is data, not code. In bytes.
const LARGEST: usize = 8 << 20;
/// Longer sources are parsed one after the other.
const LARGE: usize = 512 << 10;
/// Two equal parts of a tree are compared level by level, on the stack.
const DEEPEST: usize = 20_000;
/// Findings of one file; whoever has more has generated it, or means to fill the memory.
const MOST: usize = 10_000;
/// Characters of a message that quotes what was matched.
const MESSAGE: usize = 300;

static LARGE_TURN: Mutex<()> = Mutex::new(());

/// What there is to say of a file beside its matches.
type Limit = (Trouble, String);

/// The rules of one language.
pub struct Ruleset {
    language: SupportLang,
    patterns: Vec<Pattern>,
    prefilter: Prefilter,
}

impl Ruleset {
    /// Those of the patterns that are for the language.
    pub fn new(language: SupportLang, patterns: impl IntoIterator<Item = Pattern>) -> Ruleset {
        let own = |pattern: &Pattern| pattern.language() == language;
        let patterns: Vec<Pattern> = patterns.into_iter().filter(own).collect();
        let prefilter = Prefilter::new(patterns.iter().map(Pattern::document));
        Ruleset { language, patterns, prefilter }
    }

    pub fn language(&self) -> SupportLang {
        self.language
    }

    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// What the rules match in a file. `engine` is who says it.
    pub fn scan(&self, file: &SourceFile, engine: &str) -> Seen {
        let mut seen = Seen::default();
        let limit = self.look(file, &mut seen.hits).err();
        seen.notifications.extend(limit.map(|(trouble, why)| Notification {
            path: file.path.clone(),
            engine: Some(engine.into()),
            trouble,
            message: why.into(),
        }));
        seen
    }

    fn look(&self, file: &SourceFile, hits: &mut Vec<Hit>) -> Result<(), Limit> {
        let may_match = self.prefilter.matching(file.bytes());
        let patterns = may_match.into_iter().map(|place| &self.patterns[place]);
        let rules = patterns.filter_map(|pattern| Some((pattern, pattern.compiled()?)));
        let rules: Vec<(&Pattern, &Compiled)> =
            rules.filter(|(_, compiled)| compiled.is_for(&file.path)).collect();
        if rules.is_empty() {
            return Ok(());
        }
        if file.text().len() > LARGEST {
            let why = format!("is not parsed: over {} MiB of {}", LARGEST >> 20, self.language);
            return Err((Trouble::OverLimit, why));
        }
        let _turn = (file.text().len() > LARGE)
            .then(|| LARGE_TURN.lock().unwrap_or_else(PoisonError::into_inner));
        let doc = StrDoc::try_new(file.text(), self.language)
            .map_err(|why| (Trouble::Unparsed, format!("does not parse: {why}")))?;
        let depth = depth(&doc);
        if depth > DEEPEST {
            let why = format!("is not searched: nested over {DEEPEST} levels deep");
            return Err((Trouble::OverLimit, why));
        }
        search(file, AstGrep::doc(Metered::new(doc, depth)), &rules, hits)
    }
}

/// How many levels the tree has, where empty nodes may be counted to the one before.
fn depth(doc: &StrDoc<SupportLang>) -> usize {
    let mut open: Vec<usize> = Vec::new();
    let mut deepest = 0;
    for node in ast_grep_core::source::SgNode::dfs(&doc.root_node()) {
        let Range { start, end } = ast_grep_core::source::SgNode::range(&node);
        while open.last().is_some_and(|last| *last <= start) {
            open.pop();
        }
        open.push(end);
        deepest = deepest.max(open.len());
    }
    deepest
}

fn search(
    file: &SourceFile,
    tree: AstGrep<Metered>,
    rules: &[(&Pattern, &Compiled)],
    hits: &mut Vec<Hit>,
) -> Result<(), Limit> {
    let mut by_kind: Vec<Vec<usize>> = Vec::new();
    for (place, (_, compiled)) in rules.iter().enumerate() {
        for kind in &compiled.kinds {
            if by_kind.len() <= *kind {
                by_kind.resize_with(kind + 1, Vec::new);
            }
            by_kind[*kind].push(place);
        }
    }
    let root = tree.root();
    let mut quoted = Quoted { file, masks: None };
    for node in root.dfs() {
        for place in by_kind.get(usize::from(node.kind_id())).into_iter().flatten() {
            let (pattern, compiled) = rules[*place];
            let Some(found) = compiled.config.matcher.match_node(node.clone()) else { continue };
            let hit = hit(pattern, compiled, &found, &mut quoted);
            // With nothing left to look at, what is not there counts as found.
            if !node.root().root().get_doc().is_spent() {
                if hits.len() == MOST {
                    let why = format!("has over {MOST} findings: those behind are not seen");
                    return Err((Trouble::OverLimit, why));
                }
                hits.push(hit);
            }
        }
    }
    if root.get_doc().is_spent() {
        let why = "takes the rules too many steps: what they match in the rest of it is not seen";
        return Err((Trouble::OverLimit, why.to_owned()));
    }
    // Around an error inside, what parses is searched, and people write such code all day.
    match root.is_error() {
        false => Ok(()),
        true => {
            let why = format!("does not parse as {}: what can be read is searched", tree.lang());
            Err((Trouble::Unparsed, why))
        }
    }
}

fn hit(
    pattern: &Pattern,
    compiled: &Compiled,
    found: &NodeMatch<Metered>,
    quoted: &mut Quoted,
) -> Hit {
    let range = found.range();
    let length = quoted.file.bytes()[range.clone()].trim_ascii_end().len();
    let range = range.start..range.start + length;
    let anchor = HitAnchor::Code { scope: scope(found).into() };
    let mut hit = Hit::new(pattern.rule, range, anchor);
    if compiled.quotes {
        hit.message = Cow::Owned(quoted.message(compiled, found));
    }
    hit.fix = fix(compiled, found);
    hit
}

/// The first change that the rule has for what it found.
fn fix(compiled: &Compiled, found: &NodeMatch<Metered>) -> Option<HitFix> {
    let fixer = compiled.config.fixer.first()?;
    let range = fixer.get_replaced_range(found, &compiled.config.matcher);
    let text = String::from_utf8(fixer.generate_replacement(found)).ok()?;
    let title = fixer.title().map(|title| Cow::Owned(title.to_owned()));
    let description = title.unwrap_or(Cow::Borrowed("Write it as the rule says"));
    Some(HitFix { description, safe: compiled.safe_fix, edits: vec![(range, text.into())] })
}

/// A file whose text goes into messages, but for its secrets.
struct Quoted<'a> {
    file: &'a SourceFile,
    masks: Option<Vec<Range<usize>>>,
}

impl Quoted<'_> {
    /// The message of a rule, with what its variables stand for.
    fn message(&mut self, compiled: &Compiled, found: &NodeMatch<Metered>) -> String {
        let file = self.file;
        let mut message = compiled.config.get_message(found);
        let range = found.range();
        let masks = self.masks.get_or_insert_with(|| secrets::masks(file));
        let within = |mask: &&Range<usize>| mask.start < range.end && range.start < mask.end;
        for mask in masks.iter().filter(within) {
            message = message.replace(&file.text()[mask.clone()], MASK);
        }
        let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
        masked(&line.chars().take(MESSAGE).collect::<String>())
    }
}
