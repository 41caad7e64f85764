//! What messages quote of the command line, the environment and files: no secret in it, whatever
//! was given where something else was meant.

use crate::engine::{MASK, masked};
use crate::report::untrusted::visible;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use clap::error::Error;
use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

/// So many characters of base64 tell what a key begins with.
const HEAD: usize = 16;

/// The text with every secret in it masked: what the engine takes for one, the base64 of a private
/// key, and the password in the address of a server.
pub fn without_secrets(text: &str) -> String {
    let mut text = masked(text);
    for find in [packed_key, password] {
        let mut from = 0;
        while let Some(found) = find(&text, from) {
            text.replace_range(found.clone(), MASK);
            from = found.start + MASK.len();
        }
    }
    text
}

/// The next base64 of a private key, in PEM or DER.
fn packed_key(text: &str, from: usize) -> Option<Range<usize>> {
    let is_packed = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let bytes = text.as_bytes();
    let begins = |at: &usize| {
        let inside = at.checked_sub(1).is_some_and(|at| bytes[at].is_ascii_alphanumeric());
        let head = bytes.get(*at..at + HEAD).filter(|_| !inside);
        head.and_then(|head| STANDARD_NO_PAD.decode(head).ok()).is_some_and(|head| is_key(&head))
    };
    let start = (from..bytes.len()).find(begins)?;
    let length = bytes[start..].iter().take_while(|byte| is_packed(byte)).count();
    Some(start..start + length)
}

/// The armour of PEM, or a DER sequence whose first part is a version: PKCS#8, PKCS#1 or SEC 1.
fn is_key(head: &[u8]) -> bool {
    let version = |rest: &[u8]| matches!(rest, [2, 1, 0 | 1, ..]);
    match head {
        [0x30, 0x82, _, _, rest @ ..] | [0x30, 0x81, _, rest @ ..] => version(rest),
        [0x30, length, rest @ ..] if *length < 0x80 => version(rest),
        head => head.starts_with(b"-----BEGIN"),
    }
}

/// The next password in `scheme://user:password@host`. It may hold any character, so it ends at the
/// last `@` before another address, else at the last of the line.
fn password(text: &str, from: usize) -> Option<Range<usize>> {
    let mut starts = text[from..].match_indices("://").map(|(at, found)| from + at + found.len());
    let inside = |rest: &str| {
        let end = rest.rfind('@')?;
        Some(rest[..end].find(':')? + 1..end)
    };
    let found = |start: usize| {
        let line = text[start..].lines().next()?;
        let address = &line[..line.find("://").unwrap_or(line.len())];
        let found = inside(address).or_else(|| inside(line).filter(|_| !address.contains('@')))?;
        Some(start + found.start..start + found.end)
    };
    starts.find_map(found)
}

/// Says what is wrong with a command line, or the help that was asked for.
///
/// # Errors
/// It cannot be written.
pub fn say(error: &Error) -> io::Result<()> {
    let plain = error.render().to_string();
    let masked = without_secrets(&plain);
    let lines: Vec<Cow<str>> = masked.split('\n').map(visible).collect();
    let safe = lines.join("\n");
    match !error.use_stderr() || safe == plain {
        // With colours where they are shown.
        true => error.print(),
        false => io::stderr().write_all(safe.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_password_of_an_address_is_masked_whatever_it_holds() {
        for (text, safe) in [
            ("postgres://ops:word@host/db: no", "postgres://ops:********@host/db: no"),
            ("'a://b:w/o@r d@host'", "'a://b:********@host'"),
            ("a://b:c://d@e", "a://b:********@e"),
            ("a://b:c@d a://e:f@g", "a://b:********@d a://e:********@g"),
            ("https://host/a: x", "https://host/a: x"),
            ("ssh://git@host:22/a", "ssh://git@host:22/a"),
        ] {
            assert_eq!(without_secrets(text), safe);
        }
    }

    #[test]
    fn the_base64_of_a_private_key_is_masked() {
        let pem = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1DNENB";
        for body in [pem, "MC4CAQAwBQYDK2VwBCIEIAAA", "MIIEvQIBADANBgkqhkiG9w0BAQ/x+=="] {
            assert_eq!(without_secrets(&format!("/a/{body}: no")), "/a/********: no");
        }
        let path = "/srv/MIIBIjANBgkqhkiG9w0BAQEFAAOC/another/path/without/a/key";
        assert_eq!(without_secrets(path), path);
    }

    proptest! {
        #[test]
        fn no_password_is_left(password in "[a-z/@: \u{e9}]{0,12}", after in "[a-z/ :]{0,12}") {
            prop_assume!(!(password.contains("://") && password.contains('@')));
            let text = format!("no x://user:Q{password}Q@host{after}");
            prop_assert!(!without_secrets(&text).contains('Q'), "{}", without_secrets(&text));
        }

        #[test]
        fn no_text_is_too_odd(text in "([a-z:/@\u{e9}\n]|://|MC4CAQAwBQYDK2Vw){0,30}") {
            without_secrets(&text);
        }
    }
}
