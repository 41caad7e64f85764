//! Words that a file must have for a rule to match anything in it. They are looked for before the
//! file is parsed, and most files have none of them.

use aho_corasick::AhoCorasick;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Rules that use one another are followed so far.
const DEPTH: usize = 16;

/// Words of which a file must have one.
type Words = BTreeSet<String>;

/// Looks for the words of many rules at once.
#[derive(Default)]
pub struct Prefilter {
    automaton: Option<AhoCorasick>,
    /// The rules that ask for each word.
    asking: Vec<Vec<usize>>,
    /// The rules that ask for none.
    always: Vec<usize>,
}

impl Prefilter {
    /// That of rules, by their place.
    pub fn new<'a>(rules: impl Iterator<Item = &'a Value>) -> Prefilter {
        let mut asking: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut always = Vec::new();
        for (place, document) in rules.enumerate() {
            match required(document) {
                None => always.push(place),
                Some(words) => {
                    words.into_iter().for_each(|word| asking.entry(word).or_default().push(place));
                }
            }
        }
        match AhoCorasick::new(asking.keys()) {
            Ok(automaton) => {
                let asking = asking.into_values().collect();
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
        let is_word = |at: Option<&u8>| at.is_some_and(|byte| is_word(*byte));
        for word in self.automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(text)) {
            let which = word.pattern().as_usize();
            let within = word.start().checked_sub(1).is_some_and(|before| is_word(text.get(before)))
                || is_word(text.get(word.end()));
            if within || seen[which] {
                continue;
            }
            seen[which] = true;
            found.extend(&self.asking[which]);
            open -= 1;
            if open == 0 {
                break;
            }
        }
        found
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The words of a whole rule; none where it may match without any.
fn required(document: &Value) -> Option<Words> {
    of_rule(document.get("rule")?, document.get("utils"), DEPTH)
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
        required(&json!({ "rule": rule })).map(|words| words.into_iter().collect())
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
        assert_eq!(matching("évaleval; eval(x)"), [0, 1]);
    }

    #[test]
    fn rules_that_use_one_another_come_to_an_end() {
        let utils = json!({"a": {"matches": "b"}, "b": {"matches": "a"}});
        assert_eq!(required(&json!({"rule": {"matches": "a"}, "utils": utils})), None);
    }
}
