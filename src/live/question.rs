//! From findings to questions: the values, read again from where the findings are.

use super::{PROVIDERS, Provider, Silence};
use crate::engine::secrets::{self, Known, digest};
use crate::finding::{Anchor, Finding};
use crate::target::SourceFile;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The most distinct values that one provider is asked about.
const MOST: usize = 100;

/// A value of a secret. It is wiped when it goes, and never shown.
#[derive(PartialEq, Eq)]
pub struct Value(Zeroizing<String>);

impl Value {
    pub fn new(text: &str) -> Value {
        Value(Zeroizing::new(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Value(…)")
    }
}

/// What is asked about.
#[derive(Debug, PartialEq, Eq)]
pub struct Credential {
    pub value: Value,
    /// The other half, of providers that need it.
    pub pair: Option<Value>,
}

/// A credential and the findings, by their indices, that an answer is for.
pub struct Question {
    pub credential: Credential,
    pub findings: Vec<usize>,
}

/// All that there is to ask.
pub struct Gathered {
    /// One list a provider, in the order of `PROVIDERS`; no credential is in it twice.
    pub questions: Vec<Vec<Question>>,
    /// What is not asked, and why.
    pub silent: Vec<Silence>,
}

/// Collects the questions.
pub fn gather(findings: &[Finding], read: &dyn Fn(&Finding) -> Option<SourceFile>) -> Gathered {
    let mut texts: HashMap<Arc<str>, Vec<usize>> = HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        let known =
            |p: &Provider| p.rules.contains(&&*finding.rule) || p.pair == Some(&finding.rule);
        if matches!(finding.anchor, Anchor::Secret(_)) && PROVIDERS.iter().any(known) {
            texts.entry(text_of(finding)).or_default().push(at);
        }
    }
    let mut texts: Vec<Vec<usize>> = texts.into_values().collect();
    texts.sort();
    let mut gathering = Gathering::default();
    for about in texts {
        let file = read(&findings[about[0]]);
        let text = file.as_ref().map(SourceFile::text);
        let known = file.as_ref().map(secrets::values).unwrap_or_default();
        for provider in PROVIDERS {
            gathering.take(provider, findings, &about, text, &known);
        }
    }
    gathering.finish()
}

/// The name of the text that a finding is in, in which the halves of a pair find each other.
fn text_of(finding: &Finding) -> Arc<str> {
    finding.location.path.clone()
}

#[derive(Default)]
struct Gathering {
    /// By provider's name.
    questions: HashMap<&'static str, Vec<Question>>,
    silent: Vec<Silence>,
}

impl Gathering {
    /// The questions to one provider about the findings of one text.
    fn take(
        &mut self,
        provider: &'static Provider,
        findings: &[Finding],
        about: &[usize],
        text: Option<&str>,
        known: &[Known],
    ) {
        let mut halves = of_rule(findings, about, provider.pair);
        for rule in provider.rules {
            for at in of_rule(findings, about, Some(rule)) {
                let mut silence = |why: &str, of| self.silent.push((provider, why.to_owned(), of));
                let Some(text) = text else {
                    silence("what it is in cannot be read again", vec![at]);
                    continue;
                };
                let Some((number, value)) = find(&findings[at], known) else {
                    silence("its value is no longer there", vec![at]);
                    continue;
                };
                if let Some(why) = (provider.unfit)(value.as_str(), text) {
                    silence(why, vec![at]);
                    continue;
                }
                if provider.pair.is_some() && known[number].is_encoded {
                    silence("it is encoded, so its other half is not told from others", vec![at]);
                    continue;
                }
                let other = provider.pair.and_then(|pair| partner(rule, number, pair, known));
                let pair = other.and_then(value_of);
                if provider.pair.is_some() && pair.is_none() {
                    silence("the other half is not in the file", vec![at]);
                    continue;
                }
                let mut answered = vec![at];
                if let Some(pair) = &pair {
                    let digest = digest(pair.as_str().as_bytes());
                    let is_it = |at: &usize| findings[*at].anchor == Anchor::Secret(digest);
                    answered.extend(halves.extract_if(.., |at| is_it(at)));
                }
                self.ask(provider, Credential { value, pair }, answered);
            }
        }
        if !halves.is_empty() {
            self.silent.push((provider, "the other half is not in the file".to_owned(), halves));
        }
    }

    fn ask(&mut self, provider: &'static Provider, credential: Credential, about: Vec<usize>) {
        let questions = self.questions.entry(provider.name).or_default();
        match questions.iter().position(|known| known.credential == credential) {
            Some(at) => questions[at].findings.extend(about),
            None if questions.len() == MOST => {
                let why = format!("only the first {MOST} distinct values are asked about");
                self.silent.push((provider, why, about));
            }
            None => questions.push(Question { credential, findings: about }),
        }
    }

    fn finish(mut self) -> Gathered {
        let of = |provider: &Provider| self.questions.remove(provider.name).unwrap_or_default();
        Gathered { questions: PROVIDERS.iter().map(of).collect(), silent: self.silent }
    }
}

fn of_rule(findings: &[Finding], about: &[usize], rule: Option<&str>) -> Vec<usize> {
    about.iter().copied().filter(|at| Some(&*findings[*at].rule) == rule).collect()
}

/// The value of a finding among what its text holds: what has its digest. Its number and itself.
fn find(finding: &Finding, known: &[Known]) -> Option<(usize, Value)> {
    let is_its = |one: &Known| {
        one.rule.id == &*finding.rule && finding.anchor == Anchor::Secret(digest(&one.value))
    };
    let at = known.iter().position(is_its)?;
    Some((at, value_of(&known[at])?))
}

fn value_of(known: &Known) -> Option<Value> {
    std::str::from_utf8(&known.value).ok().map(Value::new)
}

/// The half that belongs to another. Which of the two comes first in the file says on which side
/// it is looked for; on the other side where there is none.
fn partner<'a>(rule: &str, number: usize, pair: &str, known: &'a [Known]) -> Option<&'a Known> {
    let halves: Vec<usize> = (0..known.len())
        .filter(|at| !known[*at].is_encoded && [rule, pair].contains(&known[*at].rule.id))
        .collect();
    let is_pair = |at: &&usize| known[**at].rule.id == pair;
    let at = halves.iter().position(|at| *at == number)?;
    let next = halves.get(at + 1).filter(is_pair);
    let previous = at.checked_sub(1).map(|at| &halves[at]).filter(is_pair);
    let found = match known[halves[0]].rule.id == rule {
        true => next.or(previous),
        false => previous.or(next),
    };
    found.map(|at| &known[*at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Catalogue;
    use crate::scan::scan_file;
    use crate::target::Settings;

    const ID: &str = "aws-access-token";
    const KEY: &str = "aws-secret-access-key";

    fn partners(order: &[&'static str]) -> Vec<Option<usize>> {
        let known = |(at, id): (usize, &&str)| Known {
            rule: Catalogue::get().find(id).unwrap(),
            range: at..at,
            value: Zeroizing::default(),
            is_encoded: false,
        };
        let known: Vec<Known> = order.iter().enumerate().map(known).collect();
        let ids = (0..known.len()).filter(|at| known[*at].rule.id == ID);
        ids.map(|at| partner(ID, at, KEY, &known).map(|found| found.range.start)).collect()
    }

    #[test]
    fn halves_pair_in_the_order_of_the_file() {
        assert_eq!(partners(&[ID, KEY, ID, KEY]), [Some(1), Some(3)]);
        assert_eq!(partners(&[KEY, ID, KEY, ID]), [Some(0), Some(2)]);
        assert_eq!(partners(&[ID, ID, KEY]), [None, Some(2)]);
        assert_eq!(partners(&[ID]), [None]);
    }

    #[test]
    fn a_provider_is_asked_about_so_many_values_and_each_once() {
        let token = |number: usize| {
            let [one, two] =
                [number, number + 1000].map(|n| blake3::hash(&n.to_le_bytes()).to_hex());
            format!("TOKEN = \"github_pat_{}_{}\"\n", &one[..22], &two[..59])
        };
        let text: String = (0..MOST + 1).chain(0..MOST + 1).map(token).collect();
        let file = || SourceFile::new("a.py".into(), text.clone().into_bytes());
        let found = scan_file(file(), &Settings::default(), &[&secrets::Secrets], false).findings;
        assert_eq!(found.len(), 2 * (MOST + 1));
        let Gathered { questions, silent } = gather(&found, &|_| Some(file()));
        let github: Vec<Question> = questions.into_iter().flatten().collect();
        assert_eq!(github.len(), MOST);
        assert!(github.iter().all(|question| question.findings.len() == 2));
        assert_eq!(silent.len(), 2);
        let Gathered { questions, silent } = gather(&found, &|_| None);
        assert_eq!((questions.into_iter().flatten().count(), silent.len()), (0, found.len()));
    }

    #[test]
    fn a_value_is_not_shown() {
        let value = Value::new("hunter2");
        let shown = format!("{:?}", Credential { value, pair: Some(Value::new("hunter2")) });
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
