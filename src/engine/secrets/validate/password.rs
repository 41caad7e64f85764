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

/// Users that exist for documentation.
const NO_USERS: &[&str] = &["user", "username", "scott", "foo", "bar", "me", "someone", "yourname"];

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
    let user = candidate.matched.split(|b| b"/:@".contains(b)).nth(3).unwrap_or_default();
    if !is_password(candidate.secret) || user == candidate.secret {
        Verdict::Unsound
    } else if documented {
        Verdict::Doubtful("its host looks like documentation")
    } else if NO_USERS.iter().any(|name| user.eq_ignore_ascii_case(name.as_bytes())) {
        Verdict::Doubtful("its user looks like documentation")
    } else {
        Verdict::Sound
    }
}

/// Whether a value is a password that somebody may really use.
pub fn is_password(value: &[u8]) -> bool {
    if is_placeholder(value) || value.len() < 6 {
        return false;
    }
    if names_itself(value) {
        return false;
    }
    // What is counted up is no other word: `password12345`.
    let counted = value.iter().rposition(|b| !b.is_ascii_digit()).map_or(0, |at| at + 1);
    let plain: String = value[..counted].iter().filter_map(|&b| look(b)).collect();
    // A stand-in and a few characters are one still: `password1`, `my-secret`.
    !STAND_INS.iter().any(|word| {
        plain
            .strip_prefix(word)
            .or_else(|| plain.strip_suffix(word))
            .is_some_and(|rest| rest.len() <= 3 || STAND_INS.contains(&rest))
    })
}

/// Small letters that say what they stand for: `my_secret_password`, `aws_secret_access_key`.
fn names_itself(value: &[u8]) -> bool {
    let is_words = value.iter().all(|b| b.is_ascii_lowercase() || b"_-.".contains(b));
    let names: [&[u8]; 4] = [b"password", b"passwd", b"secret", b"token"];
    is_words && names.iter().any(|name| memchr::memmem::find(value, name).is_some())
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

#[cfg(test)]
mod tests {
    use super::super::tests::{doubted, sound, unsound};
    use super::*;

    #[test]
    fn what_stands_for_a_password_is_none() {
        for value in [
            "password",
            "p@ssw0rd",
            "password12345",
            "new_secured_password",
            "aws_secret_access_key",
            "<password>",
            "12345",
        ] {
            assert!(!is_password(value.as_bytes()), "{value}");
        }
        for value in ["q7Zt0bYw3KpX", "tr0ub4dor&3", "correct horse battery", "S3cret-9f2Kq"] {
            assert!(is_password(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_url_is_judged_by_its_user_and_host_too() {
        let of = |url: &str| {
            let text = super::super::tests::templates::expand(url);
            let start = text.rfind(':').map_or(0, |at| at + 1);
            let end = text.rfind('@').unwrap_or(text.len());
            let secret = &text.as_bytes()[start..end];
            url_password(Candidate { secret, matched: text.as_bytes() })
        };
        let is_doubted = |url| matches!(of(url), Verdict::Doubtful(_));
        assert_eq!(of("postgres://shop:{{alnum 16}}@db.internal.net"), Verdict::Sound);
        assert!(is_doubted("postgres://shop:{{alnum 16}}@localhost"));
        assert!(is_doubted("postgres://shop:{{alnum 16}}@db.example.com"));
        assert!(is_doubted("mysql://scott:{{alnum 16}}@db2"));
        assert_eq!(of("postgres://shopkeeper:shopkeeper@db2"), Verdict::Unsound);
        assert_eq!(of("postgres://shop:password@db2"), Verdict::Unsound);
    }

    #[test]
    fn the_check_of_a_rule_is_the_same() {
        assert!(sound(password, "{{alnum 16}}"));
        assert!(unsound(password, "changeme"));
        assert!(!doubted(password, "changeme"));
    }
}
