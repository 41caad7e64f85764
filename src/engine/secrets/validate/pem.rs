//! Private keys in PEM armour.

use super::super::base64;
use super::{Candidate, Verdict};

/// The least that a key holds: Ed25519 in PKCS#8 has 48 bytes.
const LEAST: usize = 40;

const ENCRYPTED: Verdict = Verdict::Doubtful("it is encrypted with a passphrase");

/// Takes the armour, header lines and whatever a string literal puts between the lines off the
/// block, and looks at what the rest decodes to.
pub fn pem(candidate: Candidate) -> Verdict {
    let block = candidate.secret;
    let Some(body) = between(block) else {
        return Verdict::Unsound;
    };
    if memchr::memmem::find(body, b"EXAMPLE").is_some() {
        return Verdict::Unsound;
    }
    let encrypted = memchr::memmem::find(block, b"ENCRYPTED").is_some();
    let Some(bytes) = base64::decode(&base64_of(body)) else {
        return Verdict::Unsound;
    };
    if bytes.len() < LEAST || bytes.iter().all(|b| *b == bytes[0]) {
        return Verdict::Unsound;
    }
    match structure(&bytes) {
        _ if encrypted => ENCRYPTED,
        Structure::Plain => Verdict::Sound,
        Structure::Encrypted => ENCRYPTED,
        Structure::Cut => Verdict::Doubtful("it is cut short"),
        Structure::Unknown => Verdict::Doubtful("its body has no known structure"),
    }
}

/// A key file of PuTTY, whose lines say how it is encrypted.
pub fn putty(candidate: Candidate) -> Verdict {
    match memchr::memmem::find(candidate.matched, b"Encryption: none") {
        Some(_) => Verdict::Sound,
        None => ENCRYPTED,
    }
}

enum Structure {
    Plain,
    Encrypted,
    Cut,
    Unknown,
}

/// What the bytes of a key are, by the beginning of each format.
fn structure(bytes: &[u8]) -> Structure {
    if let Some(rest) = bytes.strip_prefix(b"openssh-key-v1\0") {
        // Then the name of the cipher, its length in four bytes before it.
        return if rest.starts_with(b"\0\0\0\x04none") {
            Structure::Plain
        } else {
            Structure::Encrypted
        };
    }
    let Some((length, content)) = sequence(bytes) else {
        // The tag of an OpenPGP packet has the highest bit set; five is a secret key.
        let tag = if bytes[0] & 0x40 == 0 { bytes[0] >> 2 & 0xF } else { bytes[0] & 0x3F };
        return match bytes[0] & 0x80 != 0 && tag == 5 {
            true => Structure::Plain,
            false => Structure::Unknown,
        };
    };
    match content {
        _ if length > content.len() => Structure::Cut,
        // PKCS#1, SEC 1, DSA and PKCS#8 begin with their version; what is encrypted by PKCS#8 with
        // the algorithm.
        [0x02, 0x01, 0..=1, ..] => Structure::Plain,
        [0x30, ..] => Structure::Encrypted,
        _ => Structure::Unknown,
    }
}

/// The length that a DER sequence says it has, and what follows.
fn sequence(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [0x30, 0x81, a, rest @ ..] => Some((usize::from(*a), rest)),
        [0x30, 0x82, a, b, rest @ ..] => Some((usize::from(*a) << 8 | usize::from(*b), rest)),
        [0x30, a @ ..=0x7F, rest @ ..] => Some((usize::from(*a), rest)),
        _ => None,
    }
}

/// What stands between the lines `-----BEGIN …-----` and `-----END …-----`.
fn between(block: &[u8]) -> Option<&[u8]> {
    let start = memchr::memmem::find(block.get(5..)?, b"-----")? + 10;
    let end = memchr::memmem::rfind(block.get(..block.len().checked_sub(5)?)?, b"-----")?;
    block.get(start..end)
}

/// A line without the signs of the literal or comment that it stands in. A plus is one only apart
/// from the text, else it is base 64.
fn bare(line: &str) -> &str {
    let is_sign = |c: char| c.is_whitespace() || "\"'`,\\*#>|;()".contains(c);
    let line = line.trim_matches(is_sign);
    let line = match line.strip_prefix('+') {
        Some(rest) if rest.is_empty() || rest.starts_with(is_sign) => rest,
        _ => line,
    };
    let line = match line.strip_suffix('+') {
        Some(rest) if rest.ends_with(is_sign) => rest,
        _ => line,
    };
    line.trim_matches(is_sign)
}

/// The base64 of a body without line ends (real or escaped), quotes, indentation and headers.
fn base64_of(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body).replace("\\r", "\n").replace("\\n", "\n");
    let mut out = Vec::with_capacity(text.len());
    for line in text.lines() {
        let line = bare(line);
        let is_header = line.contains(": ");
        let is_pgp_checksum = line.len() == 5 && line.starts_with('=');
        if !is_header && !is_pgp_checksum {
            out.extend(line.bytes().filter(|b| *b != b' '));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tests::{doubted, sound, unsound};
    use super::*;

    /// The armour around a body given as a template of base 64.
    fn armoured(body: &str) -> String {
        format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----")
    }

    #[test]
    fn keys_that_parse() {
        assert!(sound(pem, "{{pem RSA PRIVATE KEY}}"));
        assert!(sound(pem, "{{pemline EC PRIVATE KEY}}"));
    }

    #[test]
    fn a_plus_is_taken_for_base64_unless_it_joins() {
        assert_eq!(bare(" + \"+ab+\""), "+ab+");
        assert_eq!(bare("\"+ab+\" +"), "+ab+");
        assert_eq!(bare(" * ab+"), "ab+");
        assert_eq!(bare(" +"), "");
    }

    #[test]
    fn keys_that_do_not() {
        assert!(doubted(pem, &armoured("{{bytes 64}}")), "no known structure");
        assert!(
            doubted(pem, &armoured("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{{alnum 64}}")),
            "cut short"
        );
        assert!(doubted(pem, "{{pem ENCRYPTED PRIVATE KEY}}"));
        assert!(unsound(pem, &armoured("{{alnum 24}}")), "too short");
        assert!(unsound(pem, "-----BEGIN PRIVATE KEY-----"));
    }

    #[test]
    fn openssh_names_its_cipher() {
        let body = |cipher: &[u8]| {
            let mut bytes = b"openssh-key-v1\0\0\0\0".to_vec();
            bytes.push(cipher.len() as u8);
            bytes.extend(cipher);
            bytes.extend([7; 60]);
            bytes
        };
        assert!(matches!(structure(&body(b"none")), Structure::Plain));
        assert!(matches!(structure(&body(b"aes256-ctr")), Structure::Encrypted));
    }

    #[test]
    fn putty_says_how_it_is_encrypted() {
        assert!(sound(putty, "Encryption: none\r\nComment: a"));
        assert!(doubted(putty, "Encryption: aes256-cbc\r\n"));
    }
}
