//! Makes entries of the ignore files and baselines of other tools.
//!
//! A reader for each format says what the file asks for (`Wish`), and what a waiver cannot say
//! becomes a note. `resolve` makes entries of wishes: what was said by line numbers is looked for
//! in the tree as it is now, and becomes the fingerprints of what is found there.

mod bandit;
mod git_secrets;
mod gitleaks;
mod resolve;
mod safety;
mod snyk;
mod text;
mod trivy;
pub(crate) mod yaml;

use super::Entry;
use super::pattern::is_advisory;
use crate::finding::Finding;
use jiff::civil::Date;
use regex::Regex;
use std::path::Path;
use thiserror::Error;

/// The most bytes that are read of a file, and the most entries of one.
pub const MOST_BYTES: u64 = 16 << 20;
const MOST_WISHES: usize = 20_000;

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// `.trivyignore`
    Trivyignore,
    /// `.trivyignore.yaml`
    TrivyignoreYaml,
    /// `.gitleaksignore`
    Gitleaksignore,
    /// A report of gitleaks in JSON, given to it as a baseline
    GitleaksBaseline,
    /// `.bandit`, an INI file
    Bandit,
    /// A report of Bandit in JSON, given to it as a baseline
    BanditBaseline,
    /// `.safety-policy.yml`, of Safety 2 or 3
    SafetyPolicy,
    /// `.snyk`
    Snyk,
    /// `.gitallowed` of git-secrets
    Gitallowed,
}

/// What is converted, and what the entries are to say.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The file's name as it is to be shown.
    pub file: &'a str,
    pub text: &'a str,
    pub format: Format,
    pub owner: &'a str,
    pub today: Date,
    /// The last day of entries for which the file names none.
    pub until: Option<Date>,
}

/// The repository as it is now.
pub struct Tree<'a> {
    /// What a scan finds in it, before merging.
    pub findings: &'a [Finding],
    /// A line of a file, by path and number.
    pub line: &'a dyn Fn(&str, u32) -> Option<String>,
    /// The repository's root, which absolute paths begin with.
    pub root: &'a str,
}

/// What came of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Converted {
    pub entries: Vec<Entry>,
    /// What could not be said by an entry, with what to do about it.
    pub notes: Vec<String>,
}

/// Why a file cannot be converted.
#[derive(Debug, Error)]
pub enum ConvertError {
    #[error("{file}: is no {format}: {why}; name what it is with --from")]
    Malformed { file: String, format: &'static str, why: String },
    #[error("{file}: holds more than {MOST_WISHES} entries; split it")]
    OverLimit { file: String },
}

/// What a file asks for.
#[derive(Debug, Default)]
struct Wishes {
    wishes: Vec<Wish>,
    notes: Vec<String>,
    /// Paths that it keeps from being looked at, as globs of `[scan] exclude`.
    exclude: Vec<String>,
}

/// One thing that a file asks for.
#[derive(Debug, Default)]
struct Wish {
    what: What,
    reason: Option<String>,
    until: Option<Date>,
    /// Where in the file, such as a line number or an id.
    place: String,
}

/// What it is about.
#[derive(Debug)]
enum What {
    Rule {
        rule: String,
        path: Option<String>,
        engine: Option<&'static str>,
    },
    Advisory {
        advisory: String,
        package: Option<String>,
        path: Option<String>,
    },
    /// What a rule holds against a line.
    Place {
        rule: String,
        path: String,
        line: u32,
    },
    /// Secrets on lines whose `path:number:text` the pattern matches.
    Lines(Regex),
}

impl Default for What {
    fn default() -> What {
        What::Rule { rule: String::new(), path: None, engine: None }
    }
}

impl Format {
    /// The format of a file, told by its name, else by what it holds.
    pub fn of(path: &Path, text: &str) -> Option<Format> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let yaml = name.ends_with(".yaml") || name.ends_with(".yml");
        let says = |key: &str| text.lines().any(|line| line.trim_end().starts_with(key));
        let json = text.trim_start_matches('\u{feff}').trim_start();
        Some(match &*name {
            ".gitleaksignore" => Format::Gitleaksignore,
            ".gitallowed" => Format::Gitallowed,
            ".snyk" => Format::Snyk,
            ".trivyignore" => Format::Trivyignore,
            _ if name.contains("trivyignore") && yaml => Format::TrivyignoreYaml,
            _ if name.contains("safety") && yaml => Format::SafetyPolicy,
            _ if says("[bandit]") => Format::Bandit,
            _ if json.starts_with('[')
                && (json.contains("\"RuleID\"") || name.contains("leaks")) =>
            {
                Format::GitleaksBaseline
            }
            _ if json.starts_with('{') && json.contains("\"results\"") => Format::BanditBaseline,
            ".bandit" => Format::Bandit,
            _ if says("security:") || says("scanning-settings:") => Format::SafetyPolicy,
            _ if says("vulnerabilities:") || says("misconfigurations:") => Format::TrivyignoreYaml,
            _ if says("ignore:") => Format::Snyk,
            _ => return None,
        })
    }

    /// The tool whose file it is.
    pub fn tool(self) -> &'static str {
        match self {
            Format::Trivyignore | Format::TrivyignoreYaml => "trivy",
            Format::Gitleaksignore | Format::GitleaksBaseline => "gitleaks",
            Format::Bandit | Format::BanditBaseline => "bandit",
            Format::SafetyPolicy => "safety",
            Format::Snyk => "snyk",
            Format::Gitallowed => "git-secrets",
        }
    }

    fn what(self) -> &'static str {
        match self {
            Format::Trivyignore => "ignore file of Trivy",
            Format::TrivyignoreYaml => "ignore file of Trivy in YAML",
            Format::Gitleaksignore => "ignore file of gitleaks",
            Format::GitleaksBaseline => "report of gitleaks in JSON",
            Format::Bandit => "INI file of Bandit",
            Format::BanditBaseline => "report of Bandit in JSON",
            Format::SafetyPolicy => "policy of Safety",
            Format::Snyk => "policy of Snyk",
            Format::Gitallowed => "list of allowed patterns of git-secrets",
        }
    }
}

/// Converts one file.
///
/// # Errors
/// It is not of that format, or over the limits.
pub fn convert(request: &Request, tree: &Tree) -> Result<Converted, ConvertError> {
    let file = || request.file.to_owned();
    let text = request.text.trim_start_matches('\u{feff}');
    let read = match request.format {
        Format::Trivyignore => Ok(trivy::lines(text)),
        Format::TrivyignoreYaml => trivy::yaml(text),
        Format::Gitleaksignore => Ok(gitleaks::lines(text)),
        Format::GitleaksBaseline => gitleaks::baseline(text),
        Format::Bandit => bandit::ini(text),
        Format::BanditBaseline => bandit::baseline(text),
        Format::SafetyPolicy => safety::policy(text),
        Format::Snyk => snyk::policy(text),
        Format::Gitallowed => Ok(git_secrets::allowed(text)),
    };
    let format = request.format.what();
    let wishes = read.map_err(|why| ConvertError::Malformed { file: file(), format, why })?;
    match wishes.wishes.len() > MOST_WISHES {
        true => Err(ConvertError::OverLimit { file: file() }),
        false => Ok(resolve::resolve(request, tree, wishes)),
    }
}

/// A file of a tool is one of a foreign writer: so much of a date as is a day.
fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

/// The glob of `[scan] exclude` for a path: a file, or all that is in a folder.
fn below(path: &str) -> String {
    let path = path.replace('\\', "/");
    let path = path.trim_start_matches("./").trim_matches('/');
    match path.contains('*') || path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        true => path.to_owned(),
        false => format!("{path}/**"),
    }
}

/// What an id means that may be of a rule or of an advisory.
fn either(id: &str, path: Option<String>) -> What {
    match is_advisory(id) {
        true => What::Advisory { advisory: id.to_owned(), package: None, path },
        false => What::Rule { rule: id.to_owned(), path, engine: None },
    }
}

#[cfg(test)]
mod tests;
