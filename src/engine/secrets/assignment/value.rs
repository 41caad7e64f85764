//! Whether a value may be a secret, and how random it is.

use super::name::words;
use crate::engine::secrets::base64;
use crate::engine::secrets::entropy::{fluency, restlessness, shannon};
use crate::engine::secrets::validate::is_password;

/// How much a value looks generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// Words with a digit or a sign: what people take for a password.
    Chosen,
    /// A UUID: an id more often than a secret.
    Uuid,
    /// Short, of several classes of characters: a chosen password.
    Mixed,
    /// Long and random.
    Random,
}

const SHORTEST: usize = 10;
/// Below this nobody bothers to guess.
const SHORTEST_CHOSEN: usize = 8;
const LONGEST_CHOSEN: usize = 48;
const LONGEST: usize = 150;
/// From here on a value is long enough to measure.
const LONG: usize = 20;
/// The shortest run of hexadecimal digits that is a key: 96 bits.
const SHORTEST_HEX: usize = 24;

/// Words of names, of user interfaces and of settings. A value that holds one names or describes a
/// password; it is none.
const DESCRIBING: &str = "
    account admin api app argon2 at auth autocomplete backend bcrypt bearer button by change
    char characters checked class client com config confirm confirmation contraseña credential
    credentials current data database db default demo dev disabled div enabled enter env error
    event example expired false field file filter for forgot form from get guest handler hash
    hide hint host http https id in incorrect input internal invalid is item json key keys label
    length list local localhost login manager max md5 message method min missing mode module my
    mysql name new none not null object of old only option or org page param pass passphrase
    passwd passwort password passwords path phrase please plugin policy postgres profile prompt
    provider pwd pw read redis req request required reset response root salt scram script secret
    secrets self sent server service session set sha sha1 sha256 sha512 show simple some str
    strength string system template test testing tests text the this title to toggle token true
    type undefined update url use user username utf valid validation validator value var view
    with write xml yaml you your
";

/// How what a key encrypted begins: KMS, Jasypt, SOPS, Spring Cloud, Vault's transit, Fernet,
/// OpenSSL, a Sealed Secret; and how a hash begins that says what it is.
const ENCRYPTED: &[&str] = &[
    "AQICAH",
    "ENC(",
    "ENC[",
    "{cipher}",
    "vault:",
    "gAAAAAB",
    "U2FsdGVkX1",
    "AgA",
    "AgB",
    "AgC",
    "AgD",
    "{SSHA",
    "{SHA",
    "sha1:",
    "sha256:",
    "sha512:",
    "md5:",
    "argon2:",
    "pbkdf2:",
];

/// From this share of common pairs of letters on, a value may be words.
const FLUENT: f32 = 0.5;

/// The quality of a value; `None` for words, paths, names, expressions, ids and stand-ins. Only
/// where a `person` may have thought it up, words with a digit or a sign are a value.
pub fn quality(value: &[u8], person: bool) -> Option<Quality> {
    if is_uuid(value) {
        return is_password(value).then_some(Quality::Uuid);
    }
    let generated = generated(value);
    if generated.is_none() && person && is_chosen(value) {
        return Some(Quality::Chosen);
    }
    generated
}

/// The quality of a value that is a name and a password, or a password, in base 64.
pub fn encoded_quality(value: &[u8], person: bool) -> Option<Quality> {
    let is_base64 = value.len() >= SHORTEST_CHOSEN
        && value.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b));
    let plain = is_base64.then(|| base64::decode(value)).flatten()?;
    if !plain.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let password = memchr::memchr(b':', &plain).map_or(&plain[..], |at| &plain[at + 1..]);
    quality(password, person)
}

/// The quality of what a program made.
fn generated(value: &[u8]) -> Option<Quality> {
    if !(SHORTEST..=LONGEST).contains(&value.len()) || !value.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let is_hex = value.iter().all(u8::is_ascii_hexdigit);
    let letters_alone = value.len() >= LONG
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && fluency(value) < 0.4;
    if !has(u8::is_ascii_digit) && !letters_alone
        || !has(u8::is_ascii_alphabetic)
        || value.iter().any(|b| b"{}[]<>|;,\"'\\`".contains(b))
        || is_call(value)
        || is_hex && value.len() < SHORTEST_HEX
        || is_hash(value)
        || is_path(value)
        || is_versioned_name(value)
        || fluency(value) >= FLUENT && word_share(value) > 0.5
        || !is_password(value)
    {
        return None;
    }
    let (entropy, restless) = (shannon(value), restlessness(value));
    if value.len() >= LONG {
        let (bits, changes) = if is_hex { (3.0, 0.15) } else { (3.5, 0.3) };
        let changes = if !is_hex && fluency(value) < FLUENT { 0.08 } else { changes };
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

/// Whether a person may have thought of this as a password: words and numbers, no name of anything
/// that has to do with passwords, and no reference to where it is.
fn is_chosen(value: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| value.iter().any(class);
    let is_phrase = value.iter().filter(|b| b" -_.".contains(b)).count() >= 3;
    (SHORTEST_CHOSEN..=LONGEST_CHOSEN).contains(&value.len())
        && value.iter().all(|b| b.is_ascii_graphic() || *b == b' ')
        && (is_phrase || !value.contains(&b' '))
        && has(u8::is_ascii_alphabetic)
        && (is_phrase || !value.iter().all(|b| b.is_ascii_alphabetic() || b"-_.".contains(b)))
        && !value.iter().any(|b| b"{}[]<>|;,\"'\\`()/=~".contains(b))
        && !value.windows(2).any(|pair| pair[0] == b'$' && pair[1].is_ascii_alphabetic())
        && !value.iter().all(u8::is_ascii_hexdigit)
        && !is_path(value)
        && !value.split(|b| *b == b' ').flat_map(words).any(|word| is_describing(&word))
        && is_password(value)
}

fn is_describing(word: &str) -> bool {
    let known = |word: &str| DESCRIBING.split_ascii_whitespace().any(|one| one == word);
    known(word) || known(word.trim_matches(|c: char| !c.is_ascii_lowercase()))
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

/// `$1$salt$hash`, `pbkdf2_sha256$600000$…`: what is left of a password when it is kept well; and
/// what only another key opens.
fn is_hash(value: &[u8]) -> bool {
    let scheme = memchr::memchr(b'$', value).map_or(&b""[..], |at| &value[..at]);
    let hashed = scheme.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
        && value.iter().filter(|b| **b == b'$').count() >= if scheme.is_empty() { 3 } else { 2 };
    hashed || ENCRYPTED.iter().any(|opening| value.starts_with(opening.as_bytes()))
}

/// URLs, paths, names of resources and file names.
fn is_path(value: &[u8]) -> bool {
    let slashes = value.iter().filter(|b| **b == b'/').count();
    let opens = [&b"/"[..], b"./", b"../", b"~/", b"@/"].iter().any(|s| value.starts_with(s));
    memchr::memmem::find(value, b"://").is_some()
        || value.starts_with(b"arn:")
        || value.starts_with(b"urn:")
        || opens && value.len() < 40 && restlessness(value) < 0.4
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
        assert_eq!(quality(b"q7Zt0bYw3KpXr9LmV2dH", false), Some(Quality::Random));
        assert_eq!(quality(b"9f86d081884c7d659a2feaa0c55ad015", false), Some(Quality::Random));
        assert_eq!(quality(b"tR7!kQz9#mW2", false), Some(Quality::Mixed));
    }

    #[test]
    fn people_choose_words() {
        for value in ["Lantern2031!", "otter-cedar-47", "plum and fern and moss"] {
            assert_eq!(quality(value.as_bytes(), true), Some(Quality::Chosen), "{value}");
            assert_eq!(quality(value.as_bytes(), false), None, "{value}");
        }
        for value in [
            "password-input-2",
            "scram-sha-256",
            "Passwort2",
            "At least 8 characters",
            "new_password_2",
            "short1",
            "$VAULT_PASS1",
            "getPassword1()",
        ] {
            assert_eq!(quality(value.as_bytes(), true), None, "{value}");
        }
    }

    #[test]
    fn a_login_in_base64_is_as_good_as_its_password() {
        let quality = |plain: &str| {
            let text = base64::encode(plain.as_bytes());
            encoded_quality(text.as_bytes(), true)
        };
        assert_eq!(quality("shop:tR7!kQz9#mW2"), Some(Quality::Mixed));
        assert_eq!(quality("shop:changeme"), None);
    }

    #[test]
    fn other_values_are_quiet() {
        let quiet = [
            "application_settings",
            "pbkdf2_sha256$600000$q7Zt0bYw3KpX$r9LmV2dHq7Zt0bYw3KpXr9LmV2dH",
            "sha1:67c9e60bb8b6:9ffede0825894254b2e042ea597d771089e11aed",
            "AQICAHq7Zt0bYw3KpXr9LmV2dH",
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
            assert_eq!(quality(value.as_bytes(), false), None, "{value}");
        }
    }
}
