//! Text put together from parts of a file, each of which knows where it stands there.

use std::ops::Range;

/// A logical line, a script or a word. Offsets in it lead back to the file.
#[derive(Debug, Clone, Default)]
pub struct Text {
    text: String,
    /// Where a part begins: in the text, and in the file.
    parts: Vec<(usize, usize)>,
}

/// A word and where it stands in the file.
#[derive(Debug, Clone)]
pub struct Word {
    /// Without quotes.
    pub text: String,
    pub range: Range<usize>,
}

impl Text {
    /// A part of a file.
    pub fn new(text: &str, at: usize) -> Text {
        let mut new = Text::default();
        new.push(text, at);
        new
    }

    /// Adds a part that stands at an offset of the file.
    pub fn push(&mut self, text: &str, at: usize) {
        if !text.is_empty() {
            self.parts.push((self.text.len(), at));
            self.text += text;
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where a range of the text stands in the file.
    pub fn place(&self, range: Range<usize>) -> Range<usize> {
        let start = self.offset(range.start);
        match range.is_empty() {
            true => start..start,
            false => start..self.offset(range.end - 1) + 1,
        }
    }

    /// A part of the text.
    pub fn slice(&self, range: Range<usize>) -> Text {
        let mut slice = Text::default();
        for (index, (start, at)) in self.parts.iter().enumerate().skip(self.part(range.start)) {
            let end = self.parts.get(index + 1).map_or(self.text.len(), |next| next.0);
            let (from, to) = (range.start.max(*start), range.end.min(end));
            if from >= to {
                break;
            }
            slice.push(&self.text[from..to], at + from - start);
        }
        slice
    }

    /// A range of the text as a word.
    pub fn word(&self, range: Range<usize>) -> Word {
        Word { text: self.text[range.clone()].to_owned(), range: self.place(range) }
    }

    /// The words between blanks; quotes mean nothing.
    pub fn plain_words(&self) -> Vec<Word> {
        let base = self.text.as_ptr() as usize;
        let start = |word: &str| word.as_ptr() as usize - base;
        let words = self.text.split_ascii_whitespace();
        words.map(|word| self.word(start(word)..start(word) + word.len())).collect()
    }

    fn part(&self, at: usize) -> usize {
        self.parts.partition_point(|(start, _)| *start <= at).saturating_sub(1)
    }

    fn offset(&self, at: usize) -> usize {
        self.parts.get(self.part(at)).map_or(0, |(start, offset)| offset + at - start)
    }
}
