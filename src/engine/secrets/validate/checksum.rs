//! Tokens that end in a CRC32 of what stands before, each provider in its own digits.

use super::{Candidate, Verdict};

const MISMATCH: Verdict = Verdict::Doubtful("its checksum does not match");
/// Digits in GitHub's and npm's order: capitals before small letters.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The last six characters are the CRC32 of the thirty before, in base 62: GitHub's and npm's
/// tokens since 2021. What GitHub gives out in newer forms, longer or with dots, has none.
pub fn base62_checksum(candidate: Candidate) -> Verdict {
    let secret = candidate.secret;
    let Some(body) = secret.iter().position(|&b| b == b'_').map(|at| &secret[at + 1..]) else {
        return Verdict::Unsound;
    };
    if body.len() != 36 {
        return Verdict::Sound;
    }
    let (random, checksum) = body.split_at(30);
    if checksum == digits::<6>(crc32(random), BASE62) { Verdict::Sound } else { MISMATCH }
}

/// GitLab's routable tokens: the last seven characters are the CRC32 of all before in base 36, the
/// two before these the length of the payload.
pub fn gitlab_routable(candidate: Candidate) -> Verdict {
    let Some((body, checksum)) = tail(candidate.secret, 7) else {
        return Verdict::Unsound;
    };
    if checksum == digits::<7>(crc32(body), BASE36) { Verdict::Sound } else { MISMATCH }
}

/// Grafana's service account tokens: the CRC32 of all before the last `_`, its lowest byte first,
/// in hexadecimal digits.
pub fn grafana_checksum(candidate: Candidate) -> Verdict {
    let Some((body, checksum)) = tail(candidate.secret, 8) else {
        return Verdict::Unsound;
    };
    let body = body.strip_suffix(b"_").unwrap_or(body);
    let expected = format!("{:08x}", crc32(body).swap_bytes());
    if checksum.eq_ignore_ascii_case(expected.as_bytes()) { Verdict::Sound } else { MISMATCH }
}

fn tail(text: &[u8], length: usize) -> Option<(&[u8], &[u8])> {
    text.split_at_checked(text.len().checked_sub(length)?)
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

/// The number in that many digits.
fn digits<const N: usize>(mut number: u32, of: &[u8]) -> [u8; N] {
    let base = of.len() as u32;
    let mut out = [of[0]; N];
    for digit in out.iter_mut().rev() {
        *digit = of[(number % base) as usize];
        number /= base;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tests::{doubted, sound};
    use super::*;

    #[test]
    fn checksum_as_computed_elsewhere() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(&digits::<6>(crc32(b"123456789"), BASE62), b"3jZRME");
        assert_eq!(&digits::<7>(crc32(b"123456789"), BASE36), b"1kl8mjq");
    }

    #[test]
    fn each_provider_has_its_own() {
        assert!(doubted(base62_checksum, "ghp_{{alnum 36}}"));
        assert!(sound(base62_checksum, "{{github ghp}}"));
        assert!(sound(base62_checksum, "ghs_{{digit 6}}_{{jwt}}"), "a form without one");
        assert!(sound(gitlab_routable, "{{gitlab glpat-}}"));
        assert!(doubted(gitlab_routable, "glpat-{{base64url 40}}.01.14{{of abcdef01 7}}"));
        assert!(sound(grafana_checksum, "{{grafana}}"));
        assert!(doubted(grafana_checksum, "glsa_{{alnum 32}}_{{hex 8}}"));
    }
}
