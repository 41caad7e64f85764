//! Hashes of texts and files.

use super::Needs::{All, Nothing};
use super::encoding::base64_text;
use super::file::content;
use super::{Call, Function, Value, Wrong, function};
use md5::Md5;
use sha2::{Digest, Sha256, Sha512};
use std::fmt::Write;

pub(super) const FUNCTIONS: &[Function] = &[
    function("base64sha256", All, (1, 1), |call| text(call, sha256, base64_text)),
    function("base64sha512", All, (1, 1), |call| text(call, sha512, base64_text)),
    function("bcrypt", Nothing, (1, 2), random),
    function("filebase64sha256", All, (1, 1), |call| file(call, sha256, base64_text)),
    function("filebase64sha512", All, (1, 1), |call| file(call, sha512, base64_text)),
    function("filemd5", All, (1, 1), |call| file(call, md5, hex)),
    function("filesha1", All, (1, 1), |call| file(call, sha1, hex)),
    function("filesha256", All, (1, 1), |call| file(call, sha256, hex)),
    function("filesha512", All, (1, 1), |call| file(call, sha512, hex)),
    function("md5", All, (1, 1), |call| text(call, md5, hex)),
    function("rsadecrypt", Nothing, (2, 2), random),
    function("sha1", All, (1, 1), |call| text(call, sha1, hex)),
    function("sha256", All, (1, 1), |call| text(call, sha256, hex)),
    function("sha512", All, (1, 1), |call| text(call, sha512, hex)),
    function("uuid", Nothing, (0, 0), random),
    function("uuidv5", All, (2, 2), uuid_v5),
];

/// Random numbers and keys are for the apply.
fn random(_: &Call) -> Result<Value, Wrong> {
    Ok(Value::UNKNOWN)
}

type Hash = fn(&[u8]) -> Vec<u8>;
type Written = fn(&[u8]) -> String;

fn text(call: &Call, hash: Hash, written: Written) -> Result<Value, Wrong> {
    Ok(Value::string(written(&hash(call.text(0)?.as_bytes()))))
}

fn file(call: &Call, hash: Hash, written: Written) -> Result<Value, Wrong> {
    Ok(Value::string(written(&hash(&content(call)?))))
}

fn md5(bytes: &[u8]) -> Vec<u8> {
    Md5::digest(bytes).to_vec()
}

/// What was made to collide has the plain digest all the same.
fn sha1(bytes: &[u8]) -> Vec<u8> {
    match sha1dc::digest(bytes) {
        Ok(digest) => digest.as_ref().to_vec(),
        Err(collision) => collision.digest().as_ref().to_vec(),
    }
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

fn sha512(bytes: &[u8]) -> Vec<u8> {
    Sha512::digest(bytes).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The name-based UUID of RFC 9562, section 5.5. The namespace is a UUID, or the name of one of
/// those in section 6.6.
fn uuid_v5(call: &Call) -> Result<Value, Wrong> {
    let (namespace, name) = (call.text(0)?, call.text(1)?);
    let namespace = match &*namespace {
        "dns" => 0x6ba7b810_9dad_11d1_80b4_00c04fd430c8,
        "url" => 0x6ba7b811_9dad_11d1_80b4_00c04fd430c8,
        "oid" => 0x6ba7b812_9dad_11d1_80b4_00c04fd430c8,
        "x500" => 0x6ba7b814_9dad_11d1_80b4_00c04fd430c8,
        text => uuid(text).ok_or_else(|| call.not(0, "a UUID"))?,
    };
    let mut bytes = u128::to_be_bytes(namespace).to_vec();
    bytes.extend_from_slice(name.as_bytes());
    let mut digest = sha1(&bytes);
    digest.truncate(16);
    digest[6] = digest[6] & 0x0F | 0x50;
    digest[8] = digest[8] & 0x3F | 0x80;
    let mut text = hex(&digest);
    [20, 16, 12, 8].into_iter().for_each(|at| text.insert(at, '-'));
    Ok(Value::string(text))
}

/// A UUID as it is written: 32 hexadecimal digits with hyphens between.
fn uuid(text: &str) -> Option<u128> {
    let shape = text.len() == 36 && [8, 13, 18, 23].iter().all(|at| text.as_bytes()[*at] == b'-');
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    (shape && digits.len() == 32).then(|| u128::from_str_radix(&digits, 16).ok()).flatten()
}
