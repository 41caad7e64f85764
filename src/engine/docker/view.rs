//! A Dockerfile with what its variables and scripts come to: what the checks look at.

use super::instruction::{Dockerfile, Instruction, Keyword};
use super::quoted;
use super::scope::{UNKNOWN, walk};
use super::shell::{Command, commands};
use super::text::{Text, Word};

/// Shells, which run what they are given.
const SHELLS: &[&str] = &["sh", "bash", "ash", "dash", "ksh", "zsh"];

/// What variables of a file may come to, in bytes; what is beyond is not known.
const MOST_EXPANDED: usize = 1 << 20;

/// All of a file.
pub struct View<'a> {
    pub file: &'a Dockerfile,
    pub source: &'a str,
    /// One an instruction.
    pub sites: Vec<Site<'a>>,
}

/// An instruction and what is known where it stands.
pub struct Site<'a> {
    pub instruction: &'a Instruction,
    /// The arguments, and what they are with their variables replaced.
    pub words: Vec<(Word, String)>,
    /// What a `RUN` runs.
    pub commands: Vec<Command>,
}

impl<'a> View<'a> {
    pub fn new(file: &'a Dockerfile, source: &'a str) -> View<'a> {
        let mut sites = Vec::with_capacity(file.instructions.len());
        let mut left = MOST_EXPANDED;
        walk(file, |index, _, scope| {
            let mut expand = |text: &str| {
                let value = scope.expand(text);
                let cost = if text.contains('$') { value.len() } else { 0 };
                let is_within = cost <= left;
                left = left.saturating_sub(cost);
                if is_within { value } else { UNKNOWN.to_string() }
            };
            sites.push(Site::new(&file.instructions[index], &mut expand));
        });
        View { file, source, sites }
    }

    /// The instructions of a kind, those behind `ONBUILD` among them.
    pub fn each(&self, keyword: Keyword) -> impl Iterator<Item = &Site<'a>> {
        self.sites.iter().filter(move |site| site.instruction.keyword == keyword)
    }

    /// The stages; a file without any is one.
    pub fn stages(&self) -> Vec<&[Site<'a>]> {
        match self.file.stages.as_slice() {
            [] => vec![&self.sites],
            stages => stages.iter().map(|stage| &self.sites[stage.instructions.clone()]).collect(),
        }
    }

    /// The stage that becomes the image.
    pub fn last_stage(&self) -> &[Site<'a>] {
        let start = self.file.stages.last().map_or(0, |stage| stage.instructions.start);
        &self.sites[start..]
    }

    /// Where something is missing: the last `FROM`, else the first instruction.
    pub fn image(&self) -> Option<&'a Instruction> {
        let from = self.file.all(Keyword::From).next_back();
        from.or(self.file.instructions.first())
    }

    /// The alias of the stage around an offset; empty where it has none.
    pub fn stage_name(&self, at: usize) -> &str {
        let after = self.file.instructions.partition_point(|it| it.range.start <= at);
        let stage = after.checked_sub(1).and_then(|index| self.file.stage_of(index));
        stage.and_then(|stage| self.file.stages[stage].alias.as_deref()).unwrap_or_default()
    }

    /// Whether a word is written as it is meant, without variables or quotes.
    pub fn is_plain(&self, word: &Word) -> bool {
        self.source.get(word.range.clone()) == Some(word.text.as_str())
    }
}

impl<'a> Site<'a> {
    fn new(instruction: &'a Instruction, expand: &mut impl FnMut(&str) -> String) -> Site<'a> {
        let commands = match instruction.keyword {
            Keyword::Run => {
                scripts(instruction).into_iter().map(|it| expanded(it, expand)).collect()
            }
            _ => Vec::new(),
        };
        let words = match instruction.keyword {
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => Vec::new(),
            _ => instruction.words(),
        };
        let with_value = |word: Word| {
            let value = expand(&word.text);
            (word, value)
        };
        Site { instruction, words: words.into_iter().map(with_value).collect(), commands }
    }
}

/// All that a `RUN` runs: its arguments, and the here-documents that a shell reads.
fn scripts(run: &Instruction) -> Vec<Command> {
    if let Some(list) = &run.list {
        return of_list(list);
    }
    let mut found = commands(&run.arguments);
    let Some(body) = run.heredocs.first() else { return found };
    let is_script = match found.first() {
        // `RUN <<EOF` alone: the shell reads it, unless its first line names who does.
        None => !body.as_str().starts_with("#!") || names_shell(body.as_str()),
        Some(command) => found.len() == 1 && SHELLS.contains(&command.name()),
    };
    if is_script {
        found.extend(commands(body));
    }
    found
}

/// The commands of the exec form: one, or those of the script that a shell is given.
fn of_list(list: &[Text]) -> Vec<Command> {
    let words = quoted::words(list);
    let shell = |word: &Word| SHELLS.contains(&word.text.rsplit('/').next().unwrap_or_default());
    if let ([first, option, ..], Some(script)) = (words.as_slice(), list.get(2))
        && shell(first)
        && option.text.starts_with('-')
        && option.text.ends_with('c')
    {
        return commands(script);
    }
    match words.is_empty() {
        true => Vec::new(),
        false => vec![Command { words, is_apart: false, reads_last: false, feeds_next: false }],
    }
}

/// Whether the first line of a script says that a shell runs it.
fn names_shell(script: &str) -> bool {
    let line = script.lines().next().unwrap_or_default();
    line.split(['/', ' ', '!']).any(|word| SHELLS.contains(&word))
}

/// The command with each word that is a variable replaced by what it is set to, if that is known.
fn expanded(mut command: Command, expand: &mut impl FnMut(&str) -> String) -> Command {
    if !command.words.iter().any(|word| is_variable(&word.text)) {
        return command;
    }
    for word in std::mem::take(&mut command.words) {
        let value = if is_variable(&word.text) { expand(&word.text) } else { String::new() };
        match value.trim() {
            known if !known.is_empty() && !known.contains(UNKNOWN) => {
                let part = |text: &str| Word { text: text.to_owned(), range: word.range.clone() };
                command.words.extend(known.split_ascii_whitespace().map(part));
            }
            _ => command.words.push(word),
        }
    }
    command
}

/// Whether a word is `$NAME` or `${NAME}`, with or without a default.
fn is_variable(word: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    word.strip_prefix('$').is_some_and(|rest| {
        !rest.is_empty()
            && (rest.chars().all(is_name) || rest.starts_with('{') && rest.ends_with('}'))
    })
}
