//! Where an expression can match at all: most begin, behind a bounded prefix, with one of a few
//! words. One automaton finds the words of all rules in one pass; only behind them is looked on.
//! What is found is the same as if the expression were tried on the whole text.

use regex_syntax::hir::{Class, Hir, HirKind};

/// No head where an expression would have more of them than this.
const MOST: usize = 64;
/// The longest head: what follows adds nothing.
const LONGEST: usize = 12;
/// The shortest that tells anything.
const SHORTEST: usize = 2;
/// A prefix of an expression may hold so many bytes.
const REACH: usize = 4096;

/// One way in which an expression can match.
#[derive(Debug)]
pub struct Branch {
    /// Lower-case words of ASCII, with one of which the tail begins, in whatever case.
    pub heads: Vec<String>,
    /// A match begins at most so many bytes before its head.
    pub reach: usize,
    /// The expression from the head on.
    pub tail: Hir,
}

/// The branches of an expression; none where one of them has no head.
pub fn branches(hir: &Hir) -> Option<Vec<Branch>> {
    match hir.kind() {
        HirKind::Alternation(ways) => {
            let branches: Option<Vec<Vec<Branch>>> = ways.iter().map(branches).collect();
            branches.map(|branches| branches.into_iter().flatten().collect())
        }
        HirKind::Capture(group) => branches(&group.sub),
        _ => branch(hir).map(|branch| vec![branch]),
    }
}

fn branch(hir: &Hir) -> Option<Branch> {
    let mut parts = Vec::new();
    flatten(hir, &mut parts);
    let mut reach = 0;
    for (at, part) in parts.iter().enumerate() {
        if let Some(heads) = heads(&parts[at..]) {
            return Some(Branch { heads, reach, tail: Hir::concat(parts.split_off(at)) });
        }
        reach += part.properties().maximum_len()?;
        if reach > REACH {
            return None;
        }
    }
    None
}

/// The parts of a concatenation, those of groups in it among them.
fn flatten(hir: &Hir, to: &mut Vec<Hir>) {
    match hir.kind() {
        HirKind::Concat(parts) => parts.iter().for_each(|part| flatten(part, to)),
        HirKind::Capture(group) => flatten(&group.sub, to),
        _ => to.push(hir.clone()),
    }
}

/// The words that parts begin with. A part that only looks around is no beginning.
fn heads(parts: &[Hir]) -> Option<Vec<String>> {
    if matches!(parts.first()?.kind(), HirKind::Look(_)) {
        return None;
    }
    let mut words = Words { all: vec![String::new()], goes_on: true };
    for part in parts {
        if !words.goes_on {
            break;
        }
        words.append(part);
    }
    let short = words.all.iter().any(|word| word.len() < SHORTEST);
    (!short).then(|| {
        words.all.sort();
        words.all.dedup();
        words.all
    })
}

struct Words {
    all: Vec<String>,
    /// Whether what follows can make them longer.
    goes_on: bool,
}

impl Words {
    fn append(&mut self, hir: &Hir) {
        let beginnings = match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => return,
            HirKind::Literal(literal) if literal.0.is_ascii() => {
                let word = String::from_utf8_lossy(&literal.0).to_ascii_lowercase();
                Some(Words { all: vec![word], goes_on: true })
            }
            HirKind::Class(class) => letters(class),
            HirKind::Capture(group) => return self.append(&group.sub),
            HirKind::Concat(parts) => {
                for part in parts {
                    if !self.goes_on {
                        return;
                    }
                    self.append(part);
                }
                return;
            }
            HirKind::Alternation(ways) => Words::any(ways),
            HirKind::Repetition(repetition) if repetition.min > 0 => {
                let mut once = Words { all: vec![String::new()], goes_on: true };
                once.append(&repetition.sub);
                once.goes_on = false;
                Some(once)
            }
            HirKind::Literal(_) | HirKind::Repetition(_) => None,
        };
        let Some(next) = beginnings else {
            self.goes_on = false;
            return;
        };
        let long = self.all.iter().any(|word| word.len() >= LONGEST);
        if long || self.all.len() * next.all.len() > MOST {
            self.goes_on = false;
            return;
        }
        let pairs = self.all.iter().flat_map(|word| next.all.iter().map(move |more| (word, more)));
        self.all = pairs.map(|(word, more)| format!("{word}{more}")).collect();
        self.all.sort();
        self.all.dedup();
        self.goes_on = next.goes_on;
    }

    fn any(ways: &[Hir]) -> Option<Words> {
        let mut any = Words { all: Vec::new(), goes_on: true };
        for way in ways {
            let mut one = Words { all: vec![String::new()], goes_on: true };
            one.append(way);
            any.goes_on &= one.goes_on;
            any.all.extend(one.all);
        }
        Some(any)
    }
}

/// The characters of a small class, each in lower case. Those beyond ASCII that fold to a letter
/// are left out: a text that has one of them is not searched by heads.
fn letters(class: &Class) -> Option<Words> {
    let mut all = Vec::new();
    let Class::Unicode(class) = class else { return None };
    for range in class.ranges() {
        for c in range.start()..=range.end() {
            match c {
                '\u{17f}' | '\u{212a}' => {}
                c if c.is_ascii() => all.push(c.to_ascii_lowercase().to_string()),
                _ => return None,
            }
            if all.len() > 8 {
                return None;
            }
        }
    }
    Some(Words { all, goes_on: true }).filter(|words| !words.all.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::go::expression::Expression;

    fn of(go: &str) -> Option<Vec<(Vec<String>, usize)>> {
        let branches = branches(Expression::new(go).unwrap().hir())?;
        Some(branches.into_iter().map(|branch| (branch.heads, branch.reach)).collect())
    }

    #[test]
    fn words_behind_a_bounded_prefix_are_heads() {
        assert_eq!(of(r"\bab[12]x+"), Some(vec![(vec!["ab1x".into(), "ab2x".into()], 0)]));
        assert_eq!(of(r"[\w.-]{0,50}?(?i:acme)\s*=(x)").unwrap()[0].1, 50);
        let two = of(r"[a-z]{3}token|\b(KEY-\d)").unwrap();
        assert_eq!(two, [(vec!["token".to_owned()], 3), (vec!["key-".to_owned()], 0)]);
    }

    #[test]
    fn what_begins_with_anything_has_none() {
        assert!(of(r"\d{15}[|%]\w+").is_none());
        assert!(of(r".*token").is_none());
        assert!(of(r"token|\d+").is_none());
    }
}
