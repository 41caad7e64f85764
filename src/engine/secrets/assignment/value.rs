//! Whether a value may be a secret, and how random it is.

use crate::engine::secrets::entropy::{restlessness, shannon};
use crate::engine::secrets::validate::is_password;

/// How much a value looks generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// Short, of several classes of characters: a chosen password.
    Mixed,
    /// Long and random.
    Random,
}

const SHORTEST: usize = 10;
const LONGEST: usize = 150;
/// From here on a value is long enough to measure.
const LONG: usize = 20;
/// The shortest run of hexadecimal digits that is a key: 96 bits.
const SHORTEST_HEX: usize = 24;

/// The quality of a value; `None` for words, paths, names, expressions, ids and stand-ins.
pub fn quality(value: &[u8]) -> Option<Quality> {
    if !(SHORTEST..=LONGEST).contains(&value.len()) || !value.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let is_hex = value.iter().all(u8::is_ascii_hexdigit);
    if !has(u8::is_ascii_digit)
        || !has(u8::is_ascii_alphabetic)
        || value.iter().any(|b| b"{}[]<>|;,\"'\\`".contains(b))
        || is_call(value)
        || is_hex && value.len() < SHORTEST_HEX
        || is_uuid(value)
        || is_hash(value)
        || is_path(value)
        || is_versioned_name(value)
        || word_share(value) > 0.5
        || !is_password(value)
    {
        return None;
    }
    let (entropy, restless) = (shannon(value), restlessness(value));
    if value.len() >= LONG {
        let one_case = value.iter().all(u8::is_ascii_alphanumeric)
            && !(has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase));
        let (bits, changes) = match (is_hex, one_case && word_share(value) < 0.35) {
            (true, _) => (3.0, 0.25),
            (false, true) => (3.5, 0.2),
            (false, false) => (3.5, 0.3),
        };
        return (entropy >= bits && restless >= changes).then_some(Quality::Random);
    }
    let classes = [
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
        has(|b| b.is_ascii_punctuation() && !b"-_.:/".contains(b)),
    ];
    let mixed = classes.iter().filter(|class| **class).count() >= 3;
    (mixed && entropy >= 3.0 && restless >= 0.4).then_some(Quality::Mixed)
}

/// `8-4-4-4-12` hexadecimal digits: an id more often than a secret.
fn is_uuid(value: &[u8]) -> bool {
    let parts: Vec<&[u8]> = value.split(|b| *b == b'-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.iter().all(u8::is_ascii_hexdigit))
}

/// `name(…)`. A random value of signs may hold parentheses as well, but it is long.
fn is_call(value: &[u8]) -> bool {
    let parentheses = value.iter().any(|b| b"()".contains(b));
    parentheses && (value.len() < 40 || value.ends_with(b")"))
}

/// `$1$salt$hash`: what is left of a password when it is kept well.
fn is_hash(value: &[u8]) -> bool {
    matches!(value, [b'$', scheme, ..] if scheme.is_ascii_alphanumeric())
        && value[1..].iter().filter(|b| **b == b'$').count() >= 2
}

/// URLs, paths, names of resources and file names.
fn is_path(value: &[u8]) -> bool {
    let slashes = value.iter().filter(|b| **b == b'/').count();
    let opens = [&b"/"[..], b"./", b"../", b"~/", b"@/"].iter().any(|s| value.starts_with(s));
    memchr::memmem::find(value, b"://").is_some()
        || value.starts_with(b"arn:")
        || value.starts_with(b"urn:")
        || opens && value.len() < 40
        || slashes >= 2 && word_share(value) > 0.25
        || matches!(value.iter().rposition(|b| *b == b'.'), Some(dot)
            if (2..=5).contains(&(value.len() - dot))
                && value[dot + 1..].iter().all(u8::is_ascii_lowercase))
}

/// Short parts between separators, each a word or a number: `sha2-256-etm`, `2.4.1-beta.3`,
/// `us-east-1a`, `X-Amz-Id-2`.
fn is_versioned_name(value: &[u8]) -> bool {
    let mut parts = value.split(|b| b"-_.:/+".contains(b)).filter(|part| !part.is_empty());
    parts.clone().count() >= 3
        && parts.all(|part| part.len() <= 8 && restlessness(part) <= 0.34 || is_word(part))
}

fn is_word(part: &[u8]) -> bool {
    let rest = if part.first().is_some_and(u8::is_ascii_uppercase) { &part[1..] } else { part };
    rest.iter().all(u8::is_ascii_lowercase)
}

/// The share of a value that is pronounceable words of four letters and more.
fn word_share(value: &[u8]) -> f32 {
    let mut in_words = 0;
    let mut start = 0;
    for end in 1..=value.len() {
        // `word`, `Word` or `WORD`.
        let goes_on = end < value.len()
            && (value[end].is_ascii_lowercase()
                && value[end - 1].is_ascii_alphabetic()
                && (end - 1 == start || value[end - 1].is_ascii_lowercase())
                || value[start..=end].iter().all(u8::is_ascii_uppercase));
        if !goes_on {
            let word = &value[start..end];
            if word.len() >= 4 && word[0].is_ascii_alphabetic() && is_pronounceable(word) {
                in_words += word.len();
            }
            start = end;
        }
    }
    in_words as f32 / value.len().max(1) as f32
}

/// Vowels in about the share of a natural language, and never four other letters in a row.
fn is_pronounceable(word: &[u8]) -> bool {
    let is_vowel = |b: &u8| b"aeiouyAEIOUY".contains(b);
    let vowels = word.iter().filter(|b| is_vowel(b)).count() * 100 / word.len();
    let longest = word.split(is_vowel).map(<[u8]>::len).max().unwrap_or(0);
    (20..=70).contains(&vowels) && longest <= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_values_are_random() {
        assert_eq!(quality(b"q7Zt0bYw3KpXr9LmV2dH"), Some(Quality::Random));
        assert_eq!(quality(b"9f86d081884c7d659a2feaa0c55ad015"), Some(Quality::Random));
        assert_eq!(quality(b"tR7!kQz9#mW2"), Some(Quality::Mixed));
    }

    #[test]
    fn other_values_are_quiet() {
        let quiet = [
            "application_settings",
            "2b9c7f1e-4a55-4c1e-9d0e-0f5e6d7c8b9a",
            "/etc/ssl/key1.pem",
            "https://host/token?a=1",
            "config.get(name1)",
            "password123",
            "sha2-256-etm",
            "AWS_SECRET_ACCESS_KEY_2",
            "us-east-1-production",
            "deadbeef01",
            "1234567890123456",
            "someVariableName2",
            "X-Amz-Security-Token2",
            "P@ssw0rd12",
        ];
        for value in quiet {
            assert_eq!(quality(value.as_bytes()), None, "{value}");
        }
    }
}
