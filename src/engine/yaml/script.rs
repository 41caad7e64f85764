//! The text of a scalar with the places of its parts: a script that is written in YAML.

use super::node::Node;
use crate::engine::shell::text::Text;
use memchr::memmem;

/// How many parts of a scalar may be looked for in vain: escapes make them look otherwise.
const MOST_MISSED: usize = 64;

/// The text that a scalar says, each line of it where it stands in the source. What is not to be
/// found there, for an escape is in it, stands where the scalar begins; none where the node is no
/// scalar.
pub fn script(node: &Node, source: &str) -> Option<Text> {
    let text = node.text()?;
    let written = source.get(node.range.clone())?;
    let mut finder = Finder { written, at: 0, missed: 0 };
    let mut script = Text::default();
    for line in text.split_inclusive('\n') {
        if let Some(place) = finder.find(line.trim()) {
            let indent = line.len() - line.trim_start().len();
            let start = (node.range.start + place).saturating_sub(indent);
            script.push(line, start);
            continue;
        }
        // Lines that are folded into one are apart in the source.
        for part in line.split_inclusive(' ') {
            let place = finder.find(part.trim()).unwrap_or(0);
            script.push(part, node.range.start + place);
        }
    }
    Some(script)
}

struct Finder<'s> {
    written: &'s str,
    at: usize,
    missed: usize,
}

impl Finder<'_> {
    /// Where the next such text is; the search goes on behind it.
    fn find(&mut self, text: &str) -> Option<usize> {
        if self.missed == MOST_MISSED {
            return None;
        }
        let rest = &self.written.as_bytes()[self.at..];
        match memmem::find(rest, text.as_bytes()) {
            Some(found) => {
                let place = self.at + found;
                self.at = place + text.len();
                Some(place)
            }
            None => {
                self.missed += 1;
                None
            }
        }
    }
}
