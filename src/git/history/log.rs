//! Which commits: a range of revisions, or what people give `git log`.

use super::HistoryError;
use super::pathspec::Paths;
use crate::clock;

/// Commits whose additions are looked at.
#[derive(Debug, Clone)]
pub enum Span {
    /// All that any reference leads to: `git log --all`.
    All,
    /// A revision range of git, of one or several words; options of `git log` that `Log` knows
    /// may be among them.
    Range(String),
    /// What was read of a command line.
    Log(Log),
}

/// What `git log` is asked for, as far as it says which commits and which of their files.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// `--all`.
    pub all: bool,
    /// The references below these are meant too: `--branches`, `--tags`, `--remotes`.
    pub below: Vec<&'static str>,
    /// `A..B`, `A...B`, `^A`, `A`. Where nothing is said, HEAD is meant.
    pub revisions: Vec<String>,
    /// What these lead to is left out, by the beginning of their whole names:
    /// `refs/remotes/origin/`.
    pub but_below: Vec<String>,
    /// `-n N`, `-N`, `--max-count=N`: no more commits than this.
    pub most: Option<usize>,
    /// `--skip=N`: as many of the newest are left out.
    pub skip: usize,
    /// `--since`, `--after`: no commits made before it, in seconds since 1970.
    pub since: Option<i64>,
    /// `--until`, `--before`: none made after it.
    pub until: Option<i64>,
    /// `--no-merges`. Without it merges count, whether or not they are shown a difference.
    pub no_merges: bool,
    /// `--merges`: no others.
    pub merges_only: bool,
    /// `--first-parent`: merges are compared with their first parent, and no other is followed.
    pub first_parent: bool,
    /// `-c`: a merge adds what none of its parents has; of `--all` every stash is part. Without it
    /// merges are shown no difference.
    pub combined: bool,
    /// `--no-renames`: a file that moved is a new file.
    pub no_renames: bool,
    /// What follows `--`.
    pub(super) paths: Paths,
}

/// Options that say how a log looks, and change nothing of which lines are in it.
const LOOKS: &[&str] = &[
    "-p",
    "-u",
    "--patch",
    "-U0",
    "--unified=0",
    "--full-history",
    "--no-color",
    "--no-ext-diff",
    "--date-order",
    "--topo-order",
    "--author-date-order",
    "--reverse",
    "-M",
    "--find-renames",
    "--oneline",
    "--no-textconv",
    "--no-decorate",
    "--color=never",
];

impl Span {
    /// The span as what `git log` is asked for.
    ///
    /// # Errors
    /// It has a word that is none that is known here.
    pub fn log(&self) -> Result<Log, HistoryError> {
        match self {
            Span::All => Ok(Log { all: true, ..Log::default() }),
            Span::Range(range) => Log::parse(range.split_whitespace()),
            Span::Log(log) => Ok(log.clone()),
        }
    }
}

impl Log {
    /// Reads words that somebody would give `git log`.
    ///
    /// # Errors
    /// A word is none that is known here, or its value cannot be read. Whether the revisions are
    /// there shows when they are walked.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Log, HistoryError> {
        let mut log = Log::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) if word.starts_with("--") => (name, Some(value)),
                _ => (word, None),
            };
            let unknown = || HistoryError::Word { word: word.to_owned() };
            let mut valued = || value.or_else(|| words.next()).ok_or_else(unknown);
            match name {
                "--" => {
                    log.paths = Paths::parse(words.by_ref())?;
                }
                "--all" if value.is_none() => log.all = true,
                "--branches" if value.is_none() => log.below.push("refs/heads/"),
                "--tags" if value.is_none() => log.below.push("refs/tags/"),
                "--remotes" if value.is_none() => log.below.push("refs/remotes/"),
                "--no-merges" => log.no_merges = true,
                "--merges" => log.merges_only = true,
                "--first-parent" => log.first_parent = true,
                "--no-renames" => log.no_renames = true,
                "-n" | "--max-count" => log.most = Some(number(word, valued()?)?),
                "--skip" => log.skip = number(word, valued()?)?,
                "--since" | "--after" => log.since = Some(time(word, valued()?)?),
                "--until" | "--before" => log.until = Some(time(word, valued()?)?),
                _ if LOOKS.contains(&word) => {}
                _ => match word.strip_prefix("-n").or_else(|| word.strip_prefix('-')) {
                    Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                        log.most = Some(number(word, digits)?);
                    }
                    Some(_) => return Err(unknown()),
                    None => log.revisions.push(word.to_owned()),
                },
            }
        }
        Ok(log)
    }
}

fn number(word: &str, value: &str) -> Result<usize, HistoryError> {
    let wrong = |_| HistoryError::Value {
        word: word.to_owned(),
        value: value.to_owned(),
        what: "number of commits",
    };
    value.parse().map_err(wrong)
}

/// A date as git takes them: `2024-03-01`, `2 weeks ago`, seconds since 1970.
fn time(word: &str, value: &str) -> Result<i64, HistoryError> {
    let now = clock::now().to_zoned(jiff::tz::TimeZone::UTC);
    let value = value.trim_matches(['"', '\'']);
    let parsed = gix::date::parse(&value.replace('.', " "), Some(now.clone()));
    let wrong = |_| HistoryError::Value {
        word: word.to_owned(),
        value: value.to_owned(),
        what: "date; say one like 2024-03-01 or \"2 weeks ago\"",
    };
    gix::date::parse(value, Some(now)).or(parsed).map(|time| time.seconds).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Log, HistoryError> {
        Log::parse(line.split(' '))
    }

    #[test]
    fn numbers_dates_and_revisions_are_told_apart() {
        let log = parse("--all -n5 --no-merges ^old main..topic --since=2024-03-01").unwrap();
        assert!(log.all && log.no_merges && !log.first_parent);
        assert_eq!((log.most, log.since), (Some(5), Some(1_709_251_200)));
        assert_eq!(log.revisions, ["^old", "main..topic"]);
        for line in ["-5", "-n 5", "--max-count=5", "--max-count 5"] {
            assert_eq!(parse(line).unwrap().most, Some(5), "{line}");
        }
        assert!(parse("--until=yesterday").unwrap().until.is_some());
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for line in ["--author=ann", "-S", "-n", "-n x", "--since=notadate", "-", "--grep x"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
