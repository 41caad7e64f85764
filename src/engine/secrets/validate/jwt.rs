//! JSON Web Tokens: a header that names an algorithm, a payload that is an object.

use super::super::base64;
use super::{Candidate, Verdict};
use serde_json::Value;

/// A token that lives no longer than this, in seconds, has most likely ended before it is found.
const SHORT: u64 = 24 * 60 * 60;

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
    let Some(algorithm) = text(&header, "alg").or_else(|| text(&header, "enc")) else {
        return Verdict::Unsound;
    };
    let time = |key| payload.get(key).and_then(Value::as_f64).map(|seconds| seconds as u64);
    let lifetime = time("exp").zip(time("iat")).map(|(exp, iat)| exp.saturating_sub(iat));
    if algorithm.eq_ignore_ascii_case("none") {
        Verdict::Doubtful("it is not signed")
    } else if time("exp").is_some_and(|end| end < super::CURRENT_YEAR_BEGAN) {
        Verdict::Doubtful("it has expired")
    } else if lifetime.is_some_and(|seconds| seconds <= SHORT) {
        Verdict::Doubtful("it is valid for hours only")
    } else {
        Verdict::Sound
    }
}

fn object(part: &[u8]) -> Option<Value> {
    serde_json::from_slice(&base64::decode(part)?).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{doubted, sound, unsound};
    use super::*;

    fn token(header: &str, payload: &str) -> String {
        format!("{{{{base64of {header}}}}}.{{{{base64of {payload}}}}}.{{{{alnum 43}}}}")
    }

    #[test]
    fn what_is_over_is_less() {
        let signed = r#"{"alg":"HS256"}"#;
        assert!(sound(jwt, "{{jwt}}"));
        assert!(sound(jwt_base64, "{{jwtbase64}}"));
        assert!(sound(jwt, &token(signed, r#"{"exp":4102444800}"#)));
        assert!(doubted(jwt, &token(signed, r#"{"exp":1500000000}"#)));
        assert!(doubted(jwt, &token(signed, r#"{"iat":4102441200,"exp":4102444800}"#)));
        assert!(doubted(jwt, &token(r#"{"alg":"none"}"#, r#"{"sub":"a"}"#)));
    }

    #[test]
    fn what_is_no_token_is_nothing() {
        assert!(unsound(jwt, &token(r#"{"typ":"JWT"}"#, r#"{"sub":"a"}"#)), "no algorithm");
        assert!(unsound(jwt, &token(r#"{"alg":"HS256"}"#, "[]")), "no object");
        assert!(unsound(jwt, "eyJ{{alnum 20}}.eyJ{{alnum 20}}.{{alnum 43}}"));
    }
}
