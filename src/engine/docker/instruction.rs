//! What a Dockerfile consists of.

use super::quoted;
use super::text::{Text, Word};
use std::ops::Range;

/// A Dockerfile, as far as it could be read.
#[derive(Debug, Default)]
pub struct Dockerfile {
    pub instructions: Vec<Instruction>,
    /// In the order of the file. Instructions before the first `FROM` belong to none.
    pub stages: Vec<Stage>,
    /// The first thing that no builder would take: where, and what.
    pub trouble: Option<(usize, &'static str)>,
}

/// `FROM` and what follows it.
#[derive(Debug)]
pub struct Stage {
    /// The name behind `AS`, in lower case.
    pub alias: Option<String>,
    /// Indices into `Dockerfile::instructions`, `FROM` first.
    pub instructions: Range<usize>,
}

/// One instruction.
#[derive(Debug)]
pub struct Instruction {
    pub keyword: Keyword,
    /// Whether it runs in builds on top of the image only: it stands behind `ONBUILD`.
    pub is_trigger: bool,
    /// From the keyword (or `ONBUILD`) to the end of the last line, here-documents included.
    pub range: Range<usize>,
    /// Where the keyword is.
    pub name: Range<usize>,
    /// `--from=build`, in order.
    pub flags: Vec<Word>,
    /// What follows the flags.
    pub arguments: Text,
    /// The list of strings that the arguments are.
    pub list: Option<Vec<Text>>,
    /// The lines of the here-documents behind it.
    pub heredocs: Vec<Text>,
    /// The escape character of the file.
    pub escape: u8,
}

impl Instruction {
    /// The value of a flag: `build` of `--from=build`.
    pub fn flag(&self, name: &str) -> Option<&str> {
        let value = |flag: &'_ Word| {
            flag.text
                .strip_prefix("--")
                .is_some_and(|it| it.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))
        };
        let flag = self.flags.iter().find(|flag| value(flag))?;
        flag.text.split_once('=').map(|(_, value)| value)
    }

    /// The arguments of what takes a list or words between blanks.
    pub fn words(&self) -> Vec<Word> {
        match &self.list {
            Some(list) => quoted::words(list),
            None => self.arguments.plain_words(),
        }
    }

    /// Names with what they are set to, of `ENV`, `ARG` and `LABEL`; none where there is no value.
    pub fn pairs(&self) -> Vec<(Word, Option<Word>)> {
        let text = self.arguments.as_str();
        let words = quoted::split(text, self.escape);
        if let (Keyword::Env, Some(first)) = (self.keyword, words.first())
            && !text[first.clone()].contains('=')
        {
            let value = words.get(1).map(|second| self.arguments.word(second.start..text.len()));
            return vec![(self.arguments.word(first.clone()), value)];
        }
        let pair = |word: Range<usize>| match text[word.clone()].find('=') {
            None => (self.arguments.word(word), None),
            Some(at) => {
                let at = word.start + at;
                let value = self.arguments.word(at + 1..word.end);
                (self.arguments.word(word.start..at), Some(value))
            }
        };
        words.into_iter().map(pair).collect()
    }

    /// The name behind `AS` of a `FROM`, in lower case.
    pub fn alias(&self) -> Option<String> {
        let words = self.arguments.plain_words();
        let [_, word, alias, ..] = words.as_slice() else { return None };
        word.text.eq_ignore_ascii_case("as").then(|| alias.text.to_lowercase())
    }
}

impl Dockerfile {
    /// The instructions of a stage.
    pub fn of_stage(&self, stage: &Stage) -> &[Instruction] {
        &self.instructions[stage.instructions.clone()]
    }

    /// The instructions of a kind that are no triggers.
    pub fn all(&self, keyword: Keyword) -> impl DoubleEndedIterator<Item = &Instruction> {
        let is = move |it: &&Instruction| it.keyword == keyword && !it.is_trigger;
        self.instructions.iter().filter(is)
    }

    /// The stage that an instruction belongs to, by the index of each.
    pub fn stage_of(&self, index: usize) -> Option<usize> {
        let after = self.stages.partition_point(|stage| stage.instructions.start <= index);
        after.checked_sub(1)
    }
}

/// What an instruction is, whatever case it is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    StopSignal,
    User,
    Volume,
    Workdir,
}

impl Keyword {
    const ALL: [(&str, Keyword); 18] = [
        ("ADD", Keyword::Add),
        ("ARG", Keyword::Arg),
        ("CMD", Keyword::Cmd),
        ("COPY", Keyword::Copy),
        ("ENTRYPOINT", Keyword::Entrypoint),
        ("ENV", Keyword::Env),
        ("EXPOSE", Keyword::Expose),
        ("FROM", Keyword::From),
        ("HEALTHCHECK", Keyword::Healthcheck),
        ("LABEL", Keyword::Label),
        ("MAINTAINER", Keyword::Maintainer),
        ("ONBUILD", Keyword::Onbuild),
        ("RUN", Keyword::Run),
        ("SHELL", Keyword::Shell),
        ("STOPSIGNAL", Keyword::StopSignal),
        ("USER", Keyword::User),
        ("VOLUME", Keyword::Volume),
        ("WORKDIR", Keyword::Workdir),
    ];

    /// The keyword that a word is.
    pub fn of(word: &str) -> Option<Keyword> {
        let found = Self::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        found.map(|(_, keyword)| *keyword)
    }

    /// Whether lines behind it may be here-documents.
    pub fn takes_heredocs(self) -> bool {
        matches!(self, Keyword::Add | Keyword::Copy | Keyword::Run)
    }
}
