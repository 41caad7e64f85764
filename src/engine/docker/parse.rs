//! From text to instructions, by the rules of BuildKit's reader: lines that go on, comments and
//! blank lines between them, the `escape` directive, here-documents.
//! What cannot be read is passed over, and the first of it is told.

use super::instruction::{Dockerfile, Instruction, Keyword, Stage};
use super::quoted;
use super::text::{Text, Word};
use std::ops::Range;

/// Reads a file.
pub fn parse(source: &str) -> Dockerfile {
    let mut lines = Lines { source, at: 0 };
    let escape = directives(source);
    let mut file = Dockerfile::default();
    while let Some(first) = lines.next() {
        let Some((line, range)) = logical_line(&mut lines, first, escape) else { continue };
        match instruction(&line, range.clone(), escape) {
            Some(mut found) => {
                if let Err(why) = read_heredocs(&mut found, &mut lines) {
                    file.trouble.get_or_insert((range.start, why));
                }
                file.instructions.push(found);
            }
            None => {
                file.trouble.get_or_insert((range.start, "no instruction of a Dockerfile"));
            }
        }
    }
    file.stages = stages(&file.instructions);
    file
}

/// The lines of a file, without their ends.
struct Lines<'a> {
    source: &'a str,
    at: usize,
}

impl Lines<'_> {
    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.source.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let start = self.at;
        self.at += length + 1;
        let line = &rest[..length];
        Some(start..start + line.strip_suffix('\r').unwrap_or(line).len())
    }
}

/// The escape character, which a directive at the very top may change.
fn directives(source: &str) -> u8 {
    for line in source.lines() {
        let Some((name, value)) = line.strip_prefix('#').and_then(|rest| rest.split_once('='))
        else {
            break;
        };
        match name.trim().to_ascii_lowercase().as_str() {
            "escape" if value.trim() == "`" => return b'`',
            "escape" | "syntax" | "check" => {}
            _ => break,
        }
    }
    b'\\'
}

/// A line with those that continue it, and where it all stands; none for comments and blank lines.
fn logical_line(
    lines: &mut Lines,
    first: Range<usize>,
    escape: u8,
) -> Option<(Text, Range<usize>)> {
    let source = lines.source;
    let is_nothing = |line: &str| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('#')
    };
    let line = &source[first.clone()];
    if is_nothing(line) {
        return None;
    }
    let start = first.end - line.trim_start().len();
    let (mut text, mut range) = (Text::default(), start..first.start + line.trim_end().len());
    let mut line = start..first.end;
    loop {
        let (kept, goes_on) = kept(&source[line.clone()], escape);
        text.push(kept, line.start);
        range.end = range.end.max(line.start + source[line.clone()].trim_end().len());
        if !goes_on {
            break;
        }
        let mut more = std::iter::from_fn(|| lines.next());
        match more.find(|line| !is_nothing(&source[line.clone()])) {
            Some(next) => line = next,
            None => break,
        }
    }
    (!text.as_str().trim().is_empty()).then_some((text, range))
}

/// The line without the escape character at its end, and whether there was one. Two of them are a
/// character of the text.
fn kept(line: &str, escape: u8) -> (&str, bool) {
    let text = line.trim_end_matches([' ', '\t']);
    match text.strip_suffix(char::from(escape)) {
        Some(kept) if !kept.ends_with(char::from(escape)) => (kept, true),
        _ => (line, false),
    }
}

fn instruction(line: &Text, range: Range<usize>, escape: u8) -> Option<Instruction> {
    let (mut keyword, mut name, mut rest) = keyword(line, 0)?;
    let is_trigger = keyword == Keyword::Onbuild;
    if is_trigger {
        (keyword, name, rest) = self::keyword(line, rest)?;
    }
    let (flags, rest) = flags(line, rest);
    let text = line.as_str();
    let arguments = line.slice(rest..rest + text[rest..].trim_end().len());
    let list = quoted::list(&arguments);
    let name = line.place(name);
    let heredocs = Vec::new();
    Some(Instruction { keyword, is_trigger, range, name, flags, arguments, list, heredocs, escape })
}

/// The keyword at an offset, where it is, and where what follows it begins.
fn keyword(line: &Text, from: usize) -> Option<(Keyword, Range<usize>, usize)> {
    let text = line.as_str();
    let start = text.len() - text[from..].trim_start().len();
    let length = text[start..].find(char::is_whitespace).unwrap_or(text.len() - start);
    let name = start..start + length;
    let rest = text.len() - text[name.end..].trim_start().len();
    Some((Keyword::of(&text[name.clone()])?, name, rest))
}

/// The flags at an offset, and where what follows them begins.
fn flags(line: &Text, mut from: usize) -> (Vec<Word>, usize) {
    let text = line.as_str();
    let mut flags = Vec::new();
    while text[from..].starts_with("--") {
        let length = text[from..].find(char::is_whitespace).unwrap_or(text.len() - from);
        let flag = from..from + length;
        from = text.len() - text[flag.end..].trim_start().len();
        if length == 2 {
            break;
        }
        flags.push(line.word(flag));
    }
    (flags, from)
}

/// Gives an instruction the here-documents that it opens.
fn read_heredocs(instruction: &mut Instruction, lines: &mut Lines) -> Result<(), &'static str> {
    let text = instruction.arguments.as_str();
    if !instruction.keyword.takes_heredocs() || !text.contains("<<") {
        return Ok(());
    }
    let words = quoted::split(text, instruction.escape);
    let opened: Vec<(String, bool)> = words.into_iter().filter_map(|w| opens(&text[w])).collect();
    for (name, is_indented) in opened {
        let start = lines.at.min(lines.source.len());
        let (mut end, mut closed) = (start, false);
        while let Some(line) = lines.next() {
            let written = &lines.source[line.clone()];
            closed = name == if is_indented { written.trim_start_matches('\t') } else { written };
            instruction.range.end = instruction.range.end.max(line.end);
            if closed {
                break;
            }
            end = lines.at.min(lines.source.len());
        }
        instruction.heredocs.push(Text::new(&lines.source[start..end], start));
        if !closed {
            return Err("a here-document that nothing ends");
        }
    }
    Ok(())
}

/// The name of the here-document that a word opens, and whether its lines may be indented.
fn opens(word: &str) -> Option<(String, bool)> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let (rest, is_indented) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
    let name: String = rest.chars().filter(|c| !matches!(c, '"' | '\'' | '\\')).collect();
    (!name.is_empty() && !name.contains('<')).then_some((name, is_indented))
}

fn stages(instructions: &[Instruction]) -> Vec<Stage> {
    let is_from = |it: &Instruction| it.keyword == Keyword::From && !it.is_trigger;
    let starts: Vec<usize> =
        (0..instructions.len()).filter(|at| is_from(&instructions[*at])).collect();
    let ends = starts.iter().copied().skip(1).chain([instructions.len()]);
    let stage = |(start, end): (usize, usize)| Stage {
        alias: instructions[start].alias(),
        instructions: start..end,
    };
    starts.iter().copied().zip(ends).map(stage).collect()
}
