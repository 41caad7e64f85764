//! Words that a file must have for a rule to match anything in it. They are looked for before the
//! file is parsed, and most files have none of them.

use aho_corasick::AhoCorasick;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Rules that use one another are followed so far.
const DEPTH: usize = 16;

/// A word that a file must have.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    /// As it is written, and no part of another word: a pattern spells it out.
    Whole(String),
    /// In any case and anywhere: `metadata.words` says it.
    Anywhere(String),
}

/// Words of which a file must have one.
type Words = BTreeSet<String>;

/// Looks for the words of many rules at once.
#[derive(Default)]
pub struct Prefilter {
    automaton: Option<AhoCorasick>,
    /// The words, and the rules that ask for each.
    asking: Vec<(Word, Vec<usize>)>,
    /// The rules that ask for none.
    always: Vec<usize>,
}

impl Prefilter {
    /// That of rules, by their place.
    pub fn new<'a>(rules: impl Iterator<Item = &'a Value>) -> Prefilter {
        let mut asking: BTreeMap<Word, Vec<usize>> = BTreeMap::new();
        let mut always = Vec::new();
        for (place, document) in rules.enumerate() {
            match required(document) {
                None => always.push(place),
                Some(words) => {
                    words.into_iter().for_each(|word| asking.entry(word).or_default().push(place));
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(asking.keys().map(Word::text));
        match automaton {
            Ok(automaton) => {
                let asking = asking.into_iter().collect();
                Prefilter { automaton: Some(automaton), asking, always }
            }
            // More words than an automaton has room for.
            Err(_) => {
                always.extend(asking.into_values().flatten());
                Prefilter { automaton: None, asking: Vec::new(), always }
            }
        }
    }

    /// The places of the rules that may match something in the text.
    pub fn matching(&self, text: &[u8]) -> BTreeSet<usize> {
        let mut found: BTreeSet<usize> = self.always.iter().copied().collect();
        let mut open = self.asking.len();
        let mut seen = vec![false; open];
        let words = self.automaton.iter().flat_map(|words| words.find_overlapping_iter(text));
        for word in words {
            let which = word.pattern().as_usize();
            let (wanted, rules) = &self.asking[which];
            if seen[which] || !wanted.is_at(text, word.start(), word.end()) {
                continue;
            }
            seen[which] = true;
            found.extend(rules);
            open -= 1;
            if open == 0 {
                break;
            }
        }
        found
    }
}

impl Word {
    fn text(&self) -> &str {
        match self {
            Word::Whole(text) | Word::Anywhere(text) => text,
        }
    }

    /// Whether it stands where its letters do.
    fn is_at(&self, text: &[u8], start: usize, end: usize) -> bool {
        let Word::Whole(word) = self else { return true };
        let is_word =
            |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|b| is_word(*b));
        &text[start..end] == word.as_bytes()
            && !is_word(start.checked_sub(1))
            && !is_word(Some(end))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The words of a whole rule; none where it may match without any.
fn required(document: &Value) -> Option<BTreeSet<Word>> {
    let said = document.pointer("/metadata/words").and_then(Value::as_array);
    let said = said.into_iter().flatten().filter_map(Value::as_str).filter(|word| !word.is_empty());
    let said: BTreeSet<Word> = said.map(|word| Word::Anywhere(word.to_owned())).collect();
    if !said.is_empty() {
        return Some(said);
    }
    let words = of_rule(document.get("rule")?, document.get("utils"), DEPTH)?;
    Some(words.into_iter().map(Word::Whole).collect())
}

/// Everything that a rule object says must hold, so any part of it tells; the one that says most
/// is taken.
fn of_rule(rule: &Value, utils: Option<&Value>, depth: usize) -> Option<Words> {
    let depth = depth.checked_sub(1)?;
    let below = |rule: &Value| of_rule(rule, utils, depth);
    let mut told: Vec<Words> = Vec::new();
    for (key, value) in rule.as_object()? {
        match key.as_str() {
            "pattern" => told.extend(of_pattern(value)),
            "regex" => told.extend(value.as_str().and_then(of_regex)),
            "all" => told.extend(value.as_array().into_iter().flatten().filter_map(below)),
            "any" => {
                let any = value.as_array().into_iter().flatten().map(below);
                let any: Option<Vec<Words>> = any.collect();
                told.extend(any.map(|any| any.into_iter().flatten().collect::<Words>()));
            }
            "inside" | "has" | "precedes" | "follows" => told.extend(below(value)),
            "matches" => {
                let util = value.as_str().and_then(|name| utils?.get(name));
                told.extend(util.and_then(below));
            }
            _ => {}
        }
    }
    let shortest = |words: &Words| words.iter().map(String::len).min().unwrap_or_default();
    let says_most = |words: &Words| (std::cmp::Reverse(words.len()), shortest(words));
    told.into_iter().filter(|words| !words.is_empty()).max_by_key(says_most)
}

/// The longest word of a pattern that stands for itself.
fn of_pattern(pattern: &Value) -> Option<Words> {
    let text = match pattern {
        Value::String(text) => text,
        // Of a context only a part is looked for, and a strictness may pass over names.
        Value::Object(object) if object.len() == 1 => object.get("context")?.as_str()?,
        _ => return None,
    };
    // A comment in a pattern is none that a file must have.
    if ["//", "/*", "#"].iter().any(|opener| text.contains(opener)) {
        return None;
    }
    let mut longest = "";
    let mut rest: &str = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii() && is_word(c as u8)) {
        let before = rest[..start].chars().next_back();
        rest = &rest[start..];
        let end = rest.find(|c: char| !(c.is_ascii() && is_word(c as u8))).unwrap_or(rest.len());
        if before != Some('$') && end > longest.len() {
            longest = &rest[..end];
        }
        rest = &rest[end..];
    }
    (!longest.is_empty()).then(|| Words::from([longest.to_owned()]))
}

/// The words of `^(one|other)$`: the text of a node is one of them.
fn of_regex(regex: &str) -> Option<Words> {
    let all = regex.strip_prefix('^')?.strip_suffix('$')?;
    let group = all.strip_prefix("(?:").or(all.strip_prefix('('));
    let list = group.map_or(Some(all), |group| group.strip_suffix(')'))?;
    // Without the group, the ends of the text belong to the first and the last alone.
    let alone = group.is_some() || !list.contains('|');
    let words: Words = list.split('|').map(str::to_owned).collect();
    let plain = words.iter().all(|word| !word.is_empty() && word.bytes().all(is_word));
    (alone && plain).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words(rule: Value) -> Option<Vec<String>> {
        of_rule(&rule, None, DEPTH).map(|words| words.into_iter().collect())
    }

    #[test]
    fn a_rule_asks_for_what_its_patterns_spell_out() {
        assert_eq!(words(json!({"pattern": "child.execSync($A)"})).unwrap(), ["execSync"]);
        assert_eq!(words(json!({"pattern": "$OBJ.$NAME($$$ARGS)"})), None);
        let any = json!({"any": [{"pattern": "eval($A)"}, {"pattern": "new Function($A)"}]});
        assert_eq!(words(any).unwrap(), ["Function", "eval"]);
        let open = json!({"any": [{"pattern": "eval($A)"}, {"kind": "identifier"}]});
        assert_eq!(words(open), None);
        let all = json!({"all": [{"kind": "pair"}, {"has": {"regex": "^(md5|sha1)$"}}]});
        assert_eq!(words(all).unwrap(), ["md5", "sha1"]);
        assert_eq!(words(json!({"not": {"pattern": "eval($A)"}})), None);
        assert_eq!(words(json!({"regex": "^md5|sha1$"})), None);
        assert_eq!(words(json!({"pattern": {"context": "f(a)", "selector": "call"}})), None);
        assert_eq!(words(json!({"pattern": "a // about"})), None);
    }

    #[test]
    fn a_word_is_a_whole_one() {
        let rules = [json!({"rule": {"pattern": "eval($A)"}}), json!({"rule": {"kind": "number"}})];
        let prefilter = Prefilter::new(rules.iter());
        let matching = |text: &str| Vec::from_iter(prefilter.matching(text.as_bytes()));
        assert_eq!(matching("a.evaluate(); retrieval"), [1]);
        assert_eq!(matching("Eval(a)"), [1]);
        assert_eq!(matching("évaleval; eval(x)"), [0, 1]);
        let said = [json!({"rule": {"pattern": "f($A)"}, "metadata": {"words": ["Token", ""]}})];
        let prefilter = Prefilter::new(said.iter());
        assert!(prefilter.matching(b"f(a)").is_empty());
        assert_eq!(Vec::from_iter(prefilter.matching(b"MYTOKENS")), [0]);
    }

    #[test]
    fn rules_that_use_one_another_come_to_an_end() {
        let utils = json!({"a": {"matches": "b"}, "b": {"matches": "a"}});
        assert_eq!(required(&json!({"rule": {"matches": "a"}, "utils": utils})), None);
    }
}
