//! What is said on standard error and standard output. A terminal gets no character that acts on
//! it, everything else the bytes as they are.

use crate::engine::{View, secrets};
use crate::report::untrusted::push_visible;
use crate::target::SourceFile;
use std::io::{self, IsTerminal, Write};
use std::ops::Range;

/// What stands for a secret.
const MASK: &str = "REDACTED";

/// A line on standard error. With it closed there is nobody left to tell.
pub fn complain(line: &[u8]) {
    let _ = put(&mut io::stderr().lock(), line);
}

/// A line on standard output.
pub fn say(line: &[u8]) {
    let _ = put(&mut io::stdout().lock(), line);
}

fn put(stream: &mut (impl Write + IsTerminal), line: &[u8]) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(line.len() + 1);
    if stream.is_terminal() {
        let mut shown = String::new();
        for c in String::from_utf8_lossy(line).chars() {
            match c {
                '\t' => shown.push(c),
                c => push_visible(c, &mut shown),
            }
        }
        bytes.extend(shown.bytes());
    } else {
        bytes.extend(line);
    }
    bytes.push(b'\n');
    stream.write_all(&bytes)
}

/// A line without what was found in it, nor any secret that Lockgate itself knows.
pub fn masked(line: &[u8], mut found: Vec<Range<usize>>) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(line) else { return replaced(line, found) };
    let file = SourceFile::new("".into(), text.as_bytes().to_vec());
    // Where the text was read in another way than it stands here, the places say nothing.
    if file.bytes() != line {
        return replaced(line, found);
    }
    found.extend(secrets::masks(&file));
    View::new(&file, found, MASK).show(0..line.len()).into_bytes()
}

fn replaced(line: &[u8], mut ranges: Vec<Range<usize>>) -> Vec<u8> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let (mut masked, mut at) = (Vec::with_capacity(line.len()), 0);
    for range in ranges {
        if range.start >= at {
            masked.extend(&line[at..range.start]);
            masked.extend(MASK.as_bytes());
        }
        at = at.max(range.end);
    }
    masked.extend(&line[at..]);
    masked
}
