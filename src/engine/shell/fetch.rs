//! Programs that are fetched and run in one go, unseen.

use super::Command;
use std::ops::Range;

const DOWNLOADERS: &[&str] = &["curl", "wget"];
/// What runs what it reads from its standard input, or from the file that it is given.
const INTERPRETERS: &[&str] = &[
    "ash", "bash", "dash", "ksh", "node", "perl", "php", "pwsh", "python", "python2", "python3",
    "ruby", "sh", "zsh",
];
/// What takes its arguments as a script.
const EVALUATORS: &[&str] = &["eval", "source", "."];
/// Filters that hand on what they read.
const FILTERS: &[&str] = &["cat", "gunzip", "sed", "tee", "tr", "zcat"];

/// A download that is run.
#[derive(Debug)]
pub struct Fetched {
    pub range: Range<usize>,
    /// Whether it comes without TLS.
    pub is_plain: bool,
}

/// What of a script is downloaded and run: `curl … | sh`, `sh -c "$(curl …)"`, `bash <(curl …)`.
pub fn fetched(commands: &[Command]) -> Vec<Fetched> {
    let mut found = Vec::new();
    let mut source: Option<&Command> = None;
    for (index, command) in commands.iter().enumerate() {
        source = source.filter(|_| command.reads_last);
        if is_downloader(command) {
            source = Some(command);
        } else if let Some(download) = source.filter(|_| interprets(command)) {
            found.push(of(download, download.range().start..command.range().end));
        } else if !FILTERS.contains(&command.name()) {
            source = None;
        }
        if is_run(command) && substitutes(command) {
            found.push(of(command, command.range()));
        }
        let opens = command.words.last().is_some_and(|word| word.text == "<");
        let inner = commands.get(index + 1).filter(|inner| inner.is_apart && is_downloader(inner));
        if let Some(inner) = inner.filter(|_| opens && is_run(command)) {
            found.push(of(inner, command.range().start..inner.range().end));
        }
    }
    found
}

fn of(download: &Command, range: Range<usize>) -> Fetched {
    let is_plain = download
        .words
        .iter()
        .any(|word| word.text.contains("http://") && !word.text.contains("http://localhost"));
    Fetched { range, is_plain }
}

fn is_downloader(command: &Command) -> bool {
    DOWNLOADERS.contains(&command.name()) && !is_local(command)
}

fn is_local(command: &Command) -> bool {
    let is_here = |url: &str| url.contains("://localhost") || url.contains("://127.0.0.1");
    command.words.iter().any(|word| is_here(&word.text))
}

/// Whether a command runs what it reads: a shell without a script, `python -`, each behind `sudo`
/// and `env`.
fn interprets(command: &Command) -> bool {
    let skipped = |word: &&super::Word| {
        matches!(word.text.as_str(), "sudo" | "env" | "exec")
            || word.text.starts_with('-')
            || word.text.contains('=')
    };
    let mut words = command.words.iter().skip_while(skipped);
    let name = words.next().map_or("", |word| super::base(&word.text));
    if !INTERPRETERS.contains(&name) {
        return false;
    }
    let rest: Vec<&str> = words.map(|word| word.text.as_str()).collect();
    let takes_code = |flag: &str| matches!(flag, "-c" | "-e" | "-m" | "-n" | "-r" | "-ne" | "-pe");
    let is_shell = name.ends_with("sh");
    match rest.first() {
        None => true,
        Some(flag) if takes_code(flag) => false,
        Some(&"-" | &"-s" | &"/dev/stdin") => true,
        Some(flag) => is_shell && flag.starts_with('-') && !flag.contains('c'),
    }
}

/// Whether a command runs what it is given.
fn is_run(command: &Command) -> bool {
    let name = command.name();
    EVALUATORS.contains(&name)
        || INTERPRETERS.contains(&name)
        || name == "sudo"
            && command.words.get(1).is_some_and(|it| INTERPRETERS.contains(&super::base(&it.text)))
}

/// Whether a download is substituted into a command's script.
fn substitutes(command: &Command) -> bool {
    command.words.iter().any(|word| {
        let inner = word.text.trim_start_matches(['"', '\'']);
        let inner = inner.strip_prefix("$(").or_else(|| inner.strip_prefix('`'));
        inner.is_some_and(|it| {
            DOWNLOADERS.iter().any(|tool| it.trim_start().starts_with(&format!("{tool} ")))
        })
    })
}
