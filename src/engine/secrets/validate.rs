//! What a pattern cannot say: checksums and structure. A rule names a function of this table.

use super::entropy::restlessness;

mod jwt;
mod password;
mod pem;

pub use password::is_password;

/// What the checks of a rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The credential.
    pub secret: &'a [u8],
    /// All that the pattern matched.
    pub matched: &'a [u8],
}

/// What a check says of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is what the pattern takes it for.
    Sound,
    /// It may be: reported with less confidence, and why.
    Doubtful(&'static str),
    /// It is not.
    Unsound,
}

type Check = fn(Candidate) -> Verdict;

/// Every check, by the name that `validate` in a rule gives it.
pub const VALIDATORS: &[(&str, Check)] = &[
    ("aws_access_key", aws_access_key),
    ("base62_checksum", base62_checksum),
    ("jwt", jwt::jwt),
    ("jwt_base64", jwt::jwt_base64),
    ("mixed", mixed),
    ("password", password::password),
    ("pem", pem::pem),
    ("url_password", password::url_password),
];

/// The check of that name.
pub fn validator(name: &str) -> Option<Check> {
    VALIDATORS.iter().find(|(known, _)| *known == name).map(|&(_, check)| check)
}

/// The last six characters are the CRC32 of the thirty before, in base 62: GitHub's and npm's
/// tokens since 2021.
fn base62_checksum(candidate: Candidate) -> Verdict {
    let secret = candidate.secret;
    let Some(body) = secret.iter().position(|&b| b == b'_').map(|at| &secret[at + 1..]) else {
        return Verdict::Unsound;
    };
    let Some((random, checksum)) = body.split_at_checked(30) else {
        return Verdict::Unsound;
    };
    if checksum == base62(crc32(random)) {
        Verdict::Sound
    } else {
        Verdict::Doubtful("its checksum does not match")
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

/// Six digits of base 62.
fn base62(mut number: u32) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    digits
}

/// Base 32 of random bytes holds letters and digits; an identifier in capitals does not.
fn aws_access_key(candidate: Candidate) -> Verdict {
    let body = &candidate.secret[4..];
    if body.iter().any(u8::is_ascii_digit) && body.iter().any(u8::is_ascii_uppercase) {
        Verdict::Sound
    } else {
        Verdict::Doubtful("it holds no digit")
    }
}

/// Letters of both cases and digits, in no order: not a hash, a path or words.
fn mixed(candidate: Candidate) -> Verdict {
    let has = |class: fn(&u8) -> bool| candidate.secret.iter().any(class);
    let all = has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    if all && restlessness(candidate.secret) > 0.25 { Verdict::Sound } else { Verdict::Unsound }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_as_computed_elsewhere() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(&base62(crc32(b"123456789")), b"3jZRME");
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(VALIDATORS.is_sorted_by_key(|(name, _)| *name));
    }
}
