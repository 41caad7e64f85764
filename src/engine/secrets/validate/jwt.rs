//! JSON Web Tokens: a header that names an algorithm, a payload that is an object.

use super::super::base64;
use super::{Candidate, Verdict};
use serde_json::Value;

/// A token that is encoded once more.
pub fn jwt_base64(candidate: Candidate) -> Verdict {
    base64::decode(candidate.secret)
        .map_or(Verdict::Unsound, |token| jwt(Candidate { secret: &token, ..candidate }))
}

/// Decodes header and payload; the signature needs the key.
pub fn jwt(candidate: Candidate) -> Verdict {
    let mut parts = candidate.secret.split(|&b| b == b'.');
    let header = parts.next().and_then(object);
    let payload = parts.next().and_then(object);
    let (Some(header), Some(payload)) = (header, payload) else {
        return Verdict::Unsound;
    };
    let text = |object: &Value, key| object.get(key).and_then(Value::as_str).map(str::to_owned);
    // The token that jwt.io opens with, and every page that copied it.
    if text(&payload, "name").is_some_and(|name| name == "John Doe") {
        return Verdict::Unsound;
    }
    match text(&header, "alg").or_else(|| text(&header, "enc")) {
        Some(algorithm) if algorithm.eq_ignore_ascii_case("none") => {
            Verdict::Doubtful("it is not signed")
        }
        Some(_) => Verdict::Sound,
        None => Verdict::Unsound,
    }
}

fn object(part: &[u8]) -> Option<Value> {
    serde_json::from_slice(&base64::decode(part)?).ok().filter(Value::is_object)
}
