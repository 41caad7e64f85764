//! Private keys in PEM armour.

use super::super::base64;
use super::{Candidate, Verdict};

/// The least that a key holds: Ed25519 in PKCS#8 has 48 bytes.
const LEAST: usize = 40;

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
        Verdict::Unsound
    } else if encrypted {
        Verdict::Doubtful("it is encrypted with a passphrase")
    } else if bytes[0] == 0x30 || bytes.starts_with(b"openssh-key-v1\0") || bytes[0] & 0x80 != 0 {
        Verdict::Sound // DER, OpenSSH's own format, an OpenPGP packet
    } else {
        Verdict::Doubtful("its body has no known structure")
    }
}

/// What stands between the lines `-----BEGIN …-----` and `-----END …-----`.
fn between(block: &[u8]) -> Option<&[u8]> {
    let start = memchr::memmem::find(block.get(5..)?, b"-----")? + 10;
    let end = memchr::memmem::rfind(block.get(..block.len().checked_sub(5)?)?, b"-----")?;
    block.get(start..end)
}

/// The base64 of a body without line ends (real or escaped), quotes, indentation and headers.
fn base64_of(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body).replace("\\r", "\n").replace("\\n", "\n");
    let mut out = Vec::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim_matches(|c: char| c.is_whitespace() || "\"'`+,\\*#>|;()".contains(c));
        let is_header = line.contains(": ");
        let is_pgp_checksum = line.len() == 5 && line.starts_with('=');
        if !is_header && !is_pgp_checksum {
            out.extend(line.bytes().filter(|b| *b != b' '));
        }
    }
    out
}
