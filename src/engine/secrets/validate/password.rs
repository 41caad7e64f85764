//! Passwords that people choose: which values are worth reporting as one.

use super::{Candidate, Verdict};
use crate::engine::secrets::placeholder::is_placeholder;

/// What stands for a password in documentation and tests, after digits and signs are read as the
/// letters they look like and what follows the word is cut off.
const STAND_INS: &[&str] = &[
    "admin",
    "auth",
    "bar",
    "baz",
    "credential",
    "credentials",
    "default",
    "demo",
    "example",
    "fake",
    "foo",
    "guest",
    "hunter",
    "key",
    "letmein",
    "login",
    "mock",
    "my",
    "mypass",
    "mypassword",
    "mysecret",
    "mytoken",
    "name",
    "none",
    "null",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "pw",
    "pwd",
    "qwerty",
    "root",
    "sample",
    "scott",
    "secret",
    "some",
    "supersecret",
    "test",
    "tiger",
    "token",
    "topsecret",
    "true",
    "false",
    "user",
    "username",
    "yourpassword",
];

/// Hosts that exist for documentation.
const NO_HOSTS: &[&str] = &[
    "example",
    "localhost",
    "127.0.0.1",
    "0.0.0.0",
    "[::1]",
    "foo",
    "bar",
    "domain",
    "server",
    "host",
];

/// A password that somebody may really use.
pub fn password(candidate: Candidate) -> Verdict {
    if is_password(candidate.secret) { Verdict::Sound } else { Verdict::Unsound }
}

/// The password of a URL: not a stand-in, and not for a host that nobody runs.
pub fn url_password(candidate: Candidate) -> Verdict {
    let after = candidate.matched.iter().rposition(|&b| b == b'@').map_or(0, |at| at + 1);
    let host = String::from_utf8_lossy(&candidate.matched[after..]).to_ascii_lowercase();
    let documented = host.split('.').any(|part| NO_HOSTS.contains(&part))
        || NO_HOSTS.contains(&host.as_str())
        || host.ends_with(".test")
        || host.ends_with(".invalid");
    let user = candidate.matched.split(|b| b"/:@".contains(b)).nth(3);
    if !is_password(candidate.secret) || user == Some(candidate.secret) {
        Verdict::Unsound
    } else if documented {
        Verdict::Doubtful("its host looks like documentation")
    } else {
        Verdict::Sound
    }
}

/// Whether a value is a password that somebody may really use.
pub fn is_password(value: &[u8]) -> bool {
    if is_placeholder(value) || value.len() < 6 {
        return false;
    }
    let plain: String = value.iter().filter_map(|&b| look(b)).collect();
    // A stand-in and a few characters are one still: `password1`, `my-secret`.
    !STAND_INS.iter().any(|word| {
        plain
            .strip_prefix(word)
            .or_else(|| plain.strip_suffix(word))
            .is_some_and(|rest| rest.len() <= 3 || STAND_INS.contains(&rest))
    })
}

/// The letter that a character looks like; nothing for what only separates.
fn look(byte: u8) -> Option<char> {
    Some(match byte.to_ascii_lowercase() {
        b'@' | b'4' => 'a',
        b'3' => 'e',
        b'1' | b'!' => 'i',
        b'0' => 'o',
        b'$' | b'5' => 's',
        b'7' => 't',
        b'_' | b'-' | b'.' | b' ' => return None,
        other => char::from(other),
    })
}
