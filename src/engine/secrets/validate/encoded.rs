//! Tokens that are something else in base 64: a JSON object, a user and password, a macaroon.

use super::{Candidate, Verdict};
use crate::engine::secrets::base64;
use serde_json::Value;

/// A token that is a JSON object between its prefix and what may follow: Grafana's, Sentry's,
/// 1Password's.
pub fn json_token(candidate: Candidate) -> Verdict {
    let start = memchr::memmem::find(candidate.secret, b"eyJ").unwrap_or(candidate.secret.len());
    let body = candidate.secret[start..].split(|&b| b == b'_').next().unwrap_or_default();
    let object = base64::decode(body).and_then(|json| serde_json::from_slice::<Value>(&json).ok());
    match object.is_some_and(|value| value.is_object()) {
        true => Verdict::Sound,
        false => Verdict::Doubtful("it holds no JSON object"),
    }
}

/// `user:password` in base 64, as registries have it.
pub fn basic_auth(candidate: Candidate) -> Verdict {
    let Some(pair) = base64::decode(candidate.secret) else {
        return Verdict::Unsound;
    };
    let is_text = std::str::from_utf8(&pair).is_ok_and(|pair| !pair.contains(char::is_control));
    let Some(at) = pair.iter().position(|&b| b == b':').filter(|_| is_text) else {
        return Verdict::Unsound;
    };
    let password = Candidate { secret: &pair[at + 1..], ..candidate };
    match (at, super::password::password(password)) {
        (0, _) => Verdict::Unsound,
        (_, Verdict::Unsound) => Verdict::Doubtful("its password looks made up"),
        (_, verdict) => verdict,
    }
}

/// The `.dockerconfigjson` of a Kubernetes Secret: an object that names registries.
pub fn docker_config(candidate: Candidate) -> Verdict {
    let config =
        base64::decode(candidate.secret).and_then(|json| serde_json::from_slice(&json).ok());
    let Some(Value::Object(config)) = config else {
        return Verdict::Unsound;
    };
    // The older `.dockercfg` has the registries at the top.
    let registries = config.get("auths").and_then(Value::as_object).unwrap_or(&config);
    let is_signed_in = |one: &Value| {
        ["auth", "password", "identitytoken"]
            .iter()
            .any(|key| one.get(key).and_then(Value::as_str).is_some_and(|text| !text.is_empty()))
    };
    if registries.values().any(is_signed_in) { Verdict::Sound } else { Verdict::Unsound }
}

/// A macaroon of version 2 from pypi.org: location first, a signature of 32 bytes last.
pub fn pypi_macaroon(candidate: Candidate) -> Verdict {
    let Some(bytes) = candidate.secret.strip_prefix(b"pypi-").and_then(base64::decode) else {
        return Verdict::Unsound;
    };
    let signature = bytes.len().checked_sub(34).and_then(|at| bytes.get(at..at + 2));
    if bytes.starts_with(b"\x02\x01\x08pypi.org\x02") && signature == Some(b"\x06\x20") {
        Verdict::Sound
    } else {
        Verdict::Doubtful("it is no whole macaroon")
    }
}

/// The first part of a Discord bot's token is the bot's number, in base 64.
pub fn discord_bot(candidate: Candidate) -> Verdict {
    let first = candidate.secret.split(|&b| b == b'.').next().unwrap_or_default();
    let is_number =
        |id: &Vec<u8>| (17..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit);
    if base64::decode(first).is_some_and(|id| is_number(&id)) {
        Verdict::Sound
    } else {
        Verdict::Unsound
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{doubted, sound, unsound};
    use super::*;

    #[test]
    fn objects_in_base64() {
        assert!(sound(json_token, "glc_{{base64of {\"o\":\"1\",\"n\":\"ci\",\"k\":\"Zk3vQ8\"}}}"));
        assert!(doubted(json_token, "glc_eyJ{{alnum 40}}"));
        assert!(doubted(json_token, "glc_{{alnum 40}}"));
    }

    #[test]
    fn a_user_and_a_password() {
        assert!(sound(basic_auth, "{{base64of deploy:q7Zt0bYw3KpX}}"));
        assert!(doubted(basic_auth, "{{base64of deploy:password}}"));
        assert!(unsound(basic_auth, "{{base64of no pair}}"));
        assert!(unsound(basic_auth, "{{bytes 24}}"));
    }

    #[test]
    fn registries_that_are_signed_in_to() {
        let auth = "{{base64of {\"auths\":{\"r.io\":{\"auth\":\"ZGVwbG95OnE3WnQwYll3\"}}}}}";
        assert!(sound(docker_config, auth));
        assert!(unsound(docker_config, "{{base64of {\"auths\":{\"r.io\":{}}}}}"));
        assert!(unsound(docker_config, "{{base64of no object}}"));
    }

    #[test]
    fn a_macaroon_is_whole() {
        assert!(sound(pypi_macaroon, "{{pypi}}"));
        assert!(doubted(pypi_macaroon, "pypi-AgEIcHlwaS5vcmc{{alnum 120}}"));
    }

    #[test]
    fn a_bot_has_a_number() {
        assert!(sound(discord_bot, "{{base64of 184739201746529018}}.{{alnum 6}}.{{alnum 38}}"));
        assert!(unsound(discord_bot, "{{base64of not-a-number-at-all}}.{{alnum 6}}.{{alnum 38}}"));
    }
}
