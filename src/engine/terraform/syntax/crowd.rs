//! How many entries the objects and bodies of a text have. `hcl-edit` compares each new entry with
//! those before it, so a single object of a megabyte would take it minutes.

use memchr::memchr2_iter;

/// Entries of one object or body; this many take the parser about a second.
pub const MOST: u64 = 20_000;
/// The squares of all, added up, of as many objects as one text may hold.
const MOST_WORK: u64 = 4 * MOST * MOST;

enum Inside<'t> {
    /// Braces, or the whole text, with the entries so far.
    Braces(u64),
    Quotes,
    /// A heredoc, up to the line of its delimiter.
    Heredoc(&'t str),
}

/// Whether an object or body, or all of them together, are too crowded to be parsed.
pub fn is_crowded(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Most texts hold fewer signs than one object may have entries.
    if memchr2_iter(b'=', b':', bytes).nth(MOST as usize).is_none() {
        return false;
    }
    let mut open = vec![Inside::Braces(0)];
    let mut work = 0;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        match open.last_mut() {
            Some(Inside::Braces(entries)) => match rest {
                [b'#', ..] | [b'/', b'/', ..] => at = line_end(bytes, at),
                [b'/', b'*', ..] => at += text[at..].find("*/").map_or(rest.len(), |end| end + 2),
                [b'"', ..] => {
                    open.push(Inside::Quotes);
                    at += 1;
                }
                [b'<', b'<', ..] => match delimiter(&text[at..]) {
                    Some(delimiter) => {
                        open.push(Inside::Heredoc(delimiter));
                        at = line_end(bytes, at);
                    }
                    None => at += 2,
                },
                [b'{', ..] => {
                    open.push(Inside::Braces(0));
                    at += 1;
                }
                [b'}', ..] => {
                    work += *entries * *entries;
                    open.pop();
                    at += 1;
                }
                [b'=' | b'!' | b'<' | b'>', b'=', ..] | [b'=', b'>', ..] => at += 2,
                [b'=' | b':', ..] => {
                    *entries += 1;
                    if *entries > MOST {
                        return true;
                    }
                    at += 1;
                }
                _ => at += 1,
            },
            Some(Inside::Heredoc(delimiter)) if rest[0] == b'\n' => {
                let line = text[at + 1..].trim_start_matches([' ', '\t']);
                let ends = line.strip_prefix(*delimiter).is_some_and(|after| !is_word(after));
                at += 1;
                if ends {
                    open.pop();
                }
            }
            Some(Inside::Quotes | Inside::Heredoc(_)) => match rest {
                [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => at += 3,
                [b'$' | b'%', b'{', ..] => {
                    open.push(Inside::Braces(0));
                    at += 2;
                }
                [b'\\', ..] if matches!(open.last(), Some(Inside::Quotes)) => at += 2,
                [b'"', ..] if matches!(open.last(), Some(Inside::Quotes)) => {
                    open.pop();
                    at += 1;
                }
                _ => at += 1,
            },
            // More is closed than was open: the parser will say so.
            None => return false,
        }
        if work > MOST_WORK {
            return true;
        }
    }
    false
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let end = bytes[from..].iter().position(|byte| *byte == b'\n');
    end.map_or(bytes.len(), |end| from + end)
}

/// The delimiter of a heredoc, which ends its line.
fn delimiter(text: &str) -> Option<&str> {
    let text = text.strip_prefix("<<")?;
    let text = text.strip_prefix('-').unwrap_or(text);
    let line = text.split('\n').next()?.trim_end_matches('\r');
    (is_word(line) && line.chars().all(|letter| letter == '-' || is_part(letter))).then_some(line)
}

fn is_word(text: &str) -> bool {
    text.starts_with(|letter| letter == '-' || is_part(letter))
}

fn is_part(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}
