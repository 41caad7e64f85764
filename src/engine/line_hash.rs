//! `primaryLocationLineHash` as GitHub's upload action computes it, so that both agree.

use crate::finding::LineHash;
use std::collections::HashMap;

/// How many UTF-16 code units, blanks left out, one hash is taken over.
const WINDOW: usize = 100;
const FACTOR: u64 = 37;

/// The hash of every line of a text, in order.
///
/// Code units of the text without spaces and tabs, CR and CR LF as LF, then the unit 65535; a
/// line's hash covers the 100 units from its first one, zeros past the end (the algorithm of
/// `fingerprints.ts` in the upload action).
pub fn line_hashes(text: &[u8]) -> Vec<LineHash> {
    let leaving = (0..WINDOW).fold(1u64, |power, _| power.wrapping_mul(FACTOR));
    let mut hashes = Rolling {
        window: [0; WINDOW],
        starts: [usize::MAX; WINDOW],
        at: 0,
        hash: 0,
        leaving,
        raw: Vec::new(),
    };
    let text = String::from_utf8_lossy(text);
    let mut line_start = true;
    let mut lines = 0;
    let mut previous_cr = false;
    for unit in text.encode_utf16().chain([u16::MAX]) {
        let cr = unit == u16::from(b'\r');
        if unit == u16::from(b' ')
            || unit == u16::from(b'\t')
            || (previous_cr && unit == u16::from(b'\n'))
        {
            previous_cr = false;
            continue;
        }
        previous_cr = cr;
        let unit = if cr { u16::from(b'\n') } else { unit };
        hashes.push(unit, line_start.then_some(lines));
        lines += usize::from(line_start);
        line_start = unit == u16::from(b'\n');
    }
    for _ in 0..WINDOW {
        hashes.push(0, None);
    }
    counted(hashes.raw)
}

/// Numbers the equal ones.
fn counted(raw: Vec<u64>) -> Vec<LineHash> {
    let mut seen = HashMap::with_capacity(raw.len());
    raw.into_iter()
        .map(|hash| {
            let count = seen.entry(hash).or_insert(0);
            *count += 1;
            LineHash { hash, count: *count }
        })
        .collect()
}

struct Rolling {
    window: [u16; WINDOW],
    /// The line that begins at the unit in the same place of `window`.
    starts: [usize; WINDOW],
    at: usize,
    hash: u64,
    leaving: u64,
    raw: Vec<u64>,
}

impl Rolling {
    fn push(&mut self, unit: u16, starts_line: Option<usize>) {
        if self.starts[self.at] != usize::MAX {
            self.raw.push(self.hash);
        }
        self.starts[self.at] = starts_line.unwrap_or(usize::MAX);
        let old = u64::from(self.window[self.at]);
        self.window[self.at] = unit;
        self.hash = self
            .hash
            .wrapping_mul(FACTOR)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(self.leaving.wrapping_mul(old));
        self.at = (self.at + 1) % WINDOW;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        line_hashes(text.as_bytes()).iter().map(LineHash::to_string).collect()
    }

    #[test]
    fn agrees_with_the_upload_action() {
        assert_eq!(shown(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            shown(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let lorem = shown(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(lorem[0], "a7f2ff13bc495cf2:1");
        assert_eq!(lorem[5], "a7f2ff13bc495cf2:6");
        assert_eq!(
            lorem[6..],
            [
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1"
            ]
        );
    }
}
