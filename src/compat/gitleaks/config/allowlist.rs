//! What is no secret: by commit, path, expression or stop word.

use super::ConfigError;
use crate::compat::go::expression::Expression;
use aho_corasick::AhoCorasick;
use std::collections::HashSet;
use std::sync::OnceLock;

/// What the expressions of an allowlist are tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    #[default]
    Secret,
    Match,
    Line,
}

/// An allowlist as it is written.
#[derive(Debug, Default)]
pub struct Written<'a> {
    pub condition: &'a str,
    pub regex_target: &'a str,
    pub commits: Vec<&'a str>,
    pub paths: Vec<&'a str>,
    pub regexes: Vec<&'a str>,
    pub stopwords: Vec<&'a str>,
}

/// An allowlist.
#[derive(Debug)]
pub struct Allowlist {
    /// Whether all that it says must hold, not only one of it.
    pub all: bool,
    pub target: Target,
    /// In lower case.
    commits: HashSet<String>,
    paths: Option<Expression>,
    regexes: Option<Expression>,
    /// In lower case.
    stopwords: Vec<String>,
    automaton: OnceLock<Option<AhoCorasick>>,
}

impl Allowlist {
    /// # Errors
    /// It says nothing, or what it says cannot be read.
    pub fn new(written: &Written) -> Result<Allowlist, ConfigError> {
        let wrong = |why: String| Err(ConfigError::Wrong(why));
        let all = match &*written.condition.to_uppercase() {
            "AND" | "&&" => true,
            "" | "OR" | "||" => false,
            _ => {
                return wrong(format!(
                    "unknown allowlist |condition| '{}' (expected 'and', 'or')",
                    written.condition
                ));
            }
        };
        let target = match written.regex_target {
            "" | "secret" => Target::Secret,
            "match" => Target::Match,
            "line" => Target::Line,
            other => {
                return wrong(format!(
                    "unknown allowlist |regexTarget| '{other}' (expected 'match', 'line')"
                ));
            }
        };
        let Written { commits, paths, regexes, stopwords, .. } = written;
        if [commits, paths, regexes, stopwords].into_iter().all(Vec::is_empty) {
            let why = "must contain at least one check for: commits, paths, regexes, or stopwords";
            return wrong(why.to_owned());
        }
        Ok(Allowlist {
            all,
            target,
            commits: commits.iter().map(|commit| commit.to_lowercase().trim().to_owned()).collect(),
            paths: any(paths)?,
            regexes: any(regexes)?,
            stopwords: stopwords.iter().map(|word| word.to_lowercase()).collect(),
            automaton: OnceLock::new(),
        })
    }

    /// Compiles what it holds, to be told of what is too large.
    pub fn compile(&self) -> Result<(), ConfigError> {
        let place = || "allowlist".to_owned();
        for expression in self.paths.iter().chain(&self.regexes) {
            let refused = |source| ConfigError::Expression { place: place(), source };
            expression.compile().map_err(refused)?;
        }
        Ok(())
    }

    pub fn allows_commit(&self, commit: &str) -> bool {
        !commit.is_empty() && self.commits.contains(&commit.to_lowercase())
    }

    pub fn allows_path(&self, path: &str) -> bool {
        !path.is_empty() && self.paths.as_ref().is_some_and(|paths| paths.is_match(path))
    }

    /// Whether a commit or a path alone is enough.
    pub fn allows_place(&self, path: &str, commit: &str) -> bool {
        if !self.all {
            return self.allows_commit(commit) || self.allows_path(path);
        }
        // What else must hold shows at the finding.
        self.regexes.is_none()
            && self.stopwords.is_empty()
            && (self.commits.is_empty() || self.allows_commit(commit))
            && (self.paths.is_none() || self.allows_path(path))
    }

    /// Whether what was found is none. `target` is what the expressions are tried on.
    pub fn allows(&self, target: &str, secret: &str, path: &str, commit: &str) -> bool {
        let regex = || {
            !target.is_empty() && self.regexes.as_ref().is_some_and(|regex| regex.is_match(target))
        };
        if !self.all {
            return regex() || self.has_stopword(secret);
        }
        (self.commits.is_empty() || self.allows_commit(commit))
            && (self.paths.is_none() || self.allows_path(path))
            && (self.regexes.is_none() || regex())
            && (self.stopwords.is_empty() || self.has_stopword(secret))
    }

    fn has_stopword(&self, secret: &str) -> bool {
        if self.stopwords.is_empty() || secret.is_empty() {
            return false;
        }
        let automaton = self.automaton.get_or_init(|| AhoCorasick::new(&self.stopwords).ok());
        automaton.as_ref().is_some_and(|words| words.is_match(&secret.to_lowercase()))
    }
}

fn any(sources: &[&str]) -> Result<Option<Expression>, ConfigError> {
    if sources.is_empty() {
        return Ok(None);
    }
    let refused = |source| ConfigError::Expression { place: "allowlist".to_owned(), source };
    // Each must be one of its own, also where they would make one when they are joined.
    for source in sources {
        Expression::new(source).map_err(refused)?;
    }
    Expression::any(sources.iter().copied()).map(Some).map_err(refused)
}
