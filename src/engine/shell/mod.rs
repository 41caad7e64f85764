//! The commands of a shell script, one after the other: what `RUN` of a Dockerfile or a step of a
//! pipeline has done.
//!
//! Words are taken apart at blanks and freed of quotes; what stands in `$(…)` or back quotes stays
//! part of its word, for only what it prints takes part.

pub mod fetch;
pub mod print;
pub mod text;

use std::ops::Range;
use text::{Text, Word};

/// A command with its arguments.
#[derive(Debug)]
pub struct Command {
    /// Never empty. Assignments and words such as `if` before the name are left out.
    pub words: Vec<Word>,
    /// Whether it stands in parentheses, and so has a working directory of its own.
    pub is_apart: bool,
    /// Whether it reads what the command before it writes.
    pub reads_last: bool,
    /// Whether what it writes goes to the command behind it.
    pub feeds_next: bool,
}

/// Words before a command that are not its name.
const BEFORE: &[&str] = &[
    "!", "{", "}", "command", "do", "elif", "else", "exec", "fi", "done", "if", "nohup", "then",
    "time", "until", "while",
];
/// Here-documents of one script that are told from commands.
const MOST_HEREDOCS: usize = 64;

impl Command {
    /// What is run, without its folder.
    pub fn name(&self) -> &str {
        base(&self.words[0].text)
    }

    /// The words behind the name of a tool, wherever that stands: `sudo` and `env` may be first.
    pub fn of(&self, tool: &str) -> Option<&[Word]> {
        let at = self.words.iter().position(|word| base(&word.text) == tool)?;
        Some(&self.words[at + 1..])
    }

    /// The first of these words behind the name of a tool.
    pub fn verb(&self, tool: &str, verbs: &[&str]) -> Option<&Word> {
        self.of(tool)?.iter().find(|word| verbs.contains(&word.text.as_str()))
    }

    pub fn range(&self) -> Range<usize> {
        let last = self.words.last().map_or(0, |word| word.range.end);
        self.words[0].range.start..last.max(self.words[0].range.end)
    }
}

fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// The commands of a script.
pub fn commands(script: &Text) -> Vec<Command> {
    let mut reader = Reader::new(script);
    reader.read();
    reader.commands
}

struct Reader<'a> {
    script: &'a Text,
    bytes: &'a [u8],
    at: usize,
    word: Vec<u8>,
    /// Where the word begins that is being read.
    start: Option<usize>,
    words: Vec<Word>,
    commands: Vec<Command>,
    parentheses: usize,
    /// Whether a pipe leads to the command that is being read.
    piped: bool,
    /// The names of here-documents whose lines begin behind this one.
    heredocs: Vec<Vec<u8>>,
    opened: usize,
}

impl<'a> Reader<'a> {
    fn new(script: &'a Text) -> Reader<'a> {
        Reader {
            script,
            bytes: script.as_str().as_bytes(),
            at: 0,
            word: Vec::new(),
            start: None,
            words: Vec::new(),
            commands: Vec::new(),
            parentheses: 0,
            piped: false,
            heredocs: Vec::new(),
            opened: 0,
        }
    }

    fn read(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' => self.end_word(),
                b'\n' => self.end_line(),
                b'#' if self.start.is_none() => self.at = self.find(b'\n', self.at) - 1,
                b'<' if self.opens_heredoc() => continue,
                b'&' if self.redirects() => self.take(byte),
                b'|' => self.end_at_pipe(),
                b';' | b'&' => self.end_command(),
                b'(' => {
                    self.end_command();
                    self.parentheses += 1;
                }
                b')' => {
                    self.end_command();
                    self.parentheses = self.parentheses.saturating_sub(1);
                }
                _ => self.read_part(byte),
            }
            self.at += 1;
        }
        self.end_command();
    }

    /// A byte of a word, or all that quotes or brackets hold together, up to its last byte.
    fn read_part(&mut self, byte: u8) {
        self.start.get_or_insert(self.at);
        let next = self.bytes.get(self.at + 1).copied();
        match (byte, next) {
            (b'\\', Some(next)) => {
                self.at += 1;
                if next != b'\n' {
                    self.word.push(next);
                }
            }
            (b'\'', _) => {
                let end = self.find(b'\'', self.at + 1);
                self.word.extend(&self.bytes[(self.at + 1).min(end)..end]);
                self.at = end;
            }
            (b'"', _) => self.read_quoted(),
            (b'`', _) => self.take_through(self.find(b'`', self.at + 1)),
            (b'$', Some(b'(')) => self.take_through(self.closing()),
            (b'$', Some(b'{')) => self.take_through(self.find(b'}', self.at + 1)),
            _ => self.word.push(byte),
        }
    }

    fn read_quoted(&mut self) {
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            match (byte, self.bytes.get(self.at + 1)) {
                (b'"', _) => return,
                (b'\\', Some(b'\n')) => self.at += 1,
                (b'\\', Some(next @ (b'"' | b'\\' | b'$' | b'`'))) => {
                    self.word.push(*next);
                    self.at += 1;
                }
                (b'$', Some(b'(')) => self.take_through(self.closing()),
                _ => self.word.push(byte),
            }
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) {
        self.start.get_or_insert(self.at);
        self.word.push(byte);
    }

    /// Takes all up to and with an offset as it is written.
    fn take_through(&mut self, last: usize) {
        let end = (last + 1).min(self.bytes.len());
        self.word.extend(&self.bytes[self.at..end]);
        self.at = end - 1;
    }

    /// Where the next such byte is, or the end.
    fn find(&self, byte: u8, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        memchr::memchr(byte, rest).map_or(self.bytes.len(), |at| from + at)
    }

    /// Where the parenthesis is closed that `$(` here opens.
    fn closing(&self) -> usize {
        let (mut depth, mut at, mut quote) = (0_usize, self.at + 1, None);
        while let Some(&byte) = self.bytes.get(at) {
            match (byte, quote) {
                (b'\\', None | Some(b'"')) => at += 1,
                (b'\'' | b'"', None) => quote = Some(byte),
                (_, Some(open)) if open == byte => quote = None,
                (b'(', None) => depth += 1,
                (b')', None) if depth == 1 => return at,
                (b')', None) => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        self.bytes.len()
    }

    /// Whether the `&` belongs to a redirection.
    fn redirects(&self) -> bool {
        self.bytes.get(self.at + 1) == Some(&b'>')
            || self.word.last().is_some_and(|byte| matches!(byte, b'>' | b'<'))
    }

    /// Takes in `<<NAME`, whose lines are no commands.
    fn opens_heredoc(&mut self) -> bool {
        let rest = &self.bytes[self.at..];
        let Some(rest) = rest.strip_prefix(b"<<").filter(|rest| !rest.starts_with(b"<")) else {
            return false;
        };
        let name = rest.strip_prefix(b"-").unwrap_or(rest);
        let blanks = name.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let name = &name[blanks..];
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b";|&<>()".contains(byte);
        let length = name.iter().position(ends).unwrap_or(name.len());
        if length == 0 || self.opened == MOST_HEREDOCS {
            return false;
        }
        let plain = name[..length].iter().filter(|byte| !b"'\"\\".contains(byte));
        self.heredocs.push(plain.copied().collect());
        self.opened += 1;
        self.end_word();
        self.at = self.bytes.len() - name.len() + length;
        true
    }

    fn end_word(&mut self) {
        if let Some(start) = self.start.take() {
            let text = String::from_utf8_lossy(&self.word).into_owned();
            // What nothing closes ends with the script.
            let end = self.at.min(self.bytes.len());
            self.words.push(Word { text, range: self.script.place(start..end) });
            self.word.clear();
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        let is_before = |word: &Word| BEFORE.contains(&word.text.as_str()) || assigns(&word.text);
        let before = self.words.iter().take_while(|word| is_before(word)).count();
        let words: Vec<Word> = self.words.drain(..).skip(before).collect();
        if !words.is_empty() {
            let is_apart = self.parentheses > 0;
            let reads_last = std::mem::take(&mut self.piped);
            self.commands.push(Command { words, is_apart, reads_last, feeds_next: false });
        }
    }

    /// The end of a command at `|`, `|&` or `||`.
    fn end_at_pipe(&mut self) {
        self.end_command();
        if self.bytes.get(self.at + 1) == Some(&b'|') {
            self.at += 1;
            return;
        }
        self.piped = true;
        if let Some(fed) = self.commands.last_mut() {
            fed.feeds_next = true;
        }
    }

    /// The end of a line, and of the here-documents that begin behind it.
    fn end_line(&mut self) {
        self.end_command();
        for name in std::mem::take(&mut self.heredocs) {
            while self.at < self.bytes.len() {
                let end = self.find(b'\n', self.at + 1);
                let line = &self.bytes[(self.at + 1).min(end)..end];
                self.at = end;
                if line.trim_ascii() == name {
                    break;
                }
            }
        }
    }
}

/// Whether a word sets a variable: `NAME=value`.
fn assigns(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(is_name) && !name.starts_with(|c: char| c.is_ascii_digit())
}
