//! What a pattern cannot say: checksums and structure. A rule names a function of this table.

use super::entropy::restlessness;

mod checksum;
mod cloud;
mod encoded;
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

/// What ended before this year has ended whenever this runs. The clock is not asked: the same files
/// have the same findings tomorrow.
const CURRENT_YEAR: &[u8] = b"2026";
/// The same in seconds since 1970.
const CURRENT_YEAR_BEGAN: u64 = 1_767_225_600;

/// Every check, by the name that `validate` in a rule gives it.
pub const VALIDATORS: &[(&str, Check)] = &[
    ("aws_access_key", cloud::aws_access_key),
    ("azure_account_key", cloud::azure_account_key),
    ("azure_sas", cloud::azure_sas),
    ("base62_checksum", checksum::base62_checksum),
    ("basic_auth", encoded::basic_auth),
    ("discord_bot", encoded::discord_bot),
    ("docker_config", encoded::docker_config),
    ("gitlab_routable", checksum::gitlab_routable),
    ("google_api_key", cloud::google_api_key),
    ("grafana_checksum", checksum::grafana_checksum),
    ("json_token", encoded::json_token),
    ("jwt", jwt::jwt),
    ("jwt_base64", jwt::jwt_base64),
    ("live_mode", live_mode),
    ("mixed", mixed),
    ("password", password::password),
    ("pem", pem::pem),
    ("putty", pem::putty),
    ("pypi_macaroon", encoded::pypi_macaroon),
    ("slack_bot", slack_bot),
    ("url_password", password::url_password),
    ("uuid", uuid),
];

/// The check of that name.
pub fn validator(name: &str) -> Option<Check> {
    VALIDATORS.iter().find(|(known, _)| *known == name).map(|&(_, check)| check)
}

/// Letters of both cases and digits, in no order: not a hash, a path or words.
fn mixed(candidate: Candidate) -> Verdict {
    let has = |class: fn(&u8) -> bool| candidate.secret.iter().any(class);
    let all = has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    if all && restlessness(candidate.secret) > 0.25 { Verdict::Sound } else { Verdict::Unsound }
}

/// A key that says of itself that it moves test data only.
fn live_mode(candidate: Candidate) -> Verdict {
    let is_test = candidate
        .secret
        .split(|b| b"_-".contains(b))
        .any(|part| part.eq_ignore_ascii_case(b"test") || part.eq_ignore_ascii_case(b"sandbox"));
    if is_test { Verdict::Doubtful("it is for test data only") } else { Verdict::Sound }
}

/// A bot's token at Slack has three parts, of which the last is the secret.
fn slack_bot(candidate: Candidate) -> Verdict {
    let secret = candidate.secret.splitn(4, |&b| b == b'-').nth(3).unwrap_or_default();
    if secret.len() >= 20 { Verdict::Sound } else { Verdict::Doubtful("its last part is missing") }
}

/// A UUID of RFC 9562: the version is 1 to 8, the variant 8 to b. Random ones are of version 4; the
/// empty one is none.
fn uuid(candidate: Candidate) -> Verdict {
    let digit = |at: usize| candidate.secret.get(at).map(u8::to_ascii_lowercase);
    match (digit(14), digit(19)) {
        _ if candidate.secret.iter().all(|b| b"0-".contains(b)) => Verdict::Unsound,
        (Some(b'1'..=b'8'), Some(b'8' | b'9' | b'a' | b'b')) => Verdict::Sound,
        _ => Verdict::Doubtful("no UUID has its version"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub use crate::engine::secrets::tests::templates;

    fn of(check: Check, template: &str) -> Verdict {
        let text = templates::expand(template);
        check(Candidate { secret: text.as_bytes(), matched: text.as_bytes() })
    }

    pub fn sound(check: Check, template: &str) -> bool {
        of(check, template) == Verdict::Sound
    }

    pub fn doubted(check: Check, template: &str) -> bool {
        matches!(of(check, template), Verdict::Doubtful(_))
    }

    pub fn unsound(check: Check, template: &str) -> bool {
        of(check, template) == Verdict::Unsound
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(VALIDATORS.is_sorted_by_key(|(name, _)| *name));
    }

    proptest::proptest! {
        /// The checks cut and index what an attacker wrote.
        #[test]
        fn no_check_panics_on_any_text(
            prefix in "(pypi-|glsa_|eyJ|-----BEGIN |AKIA|xoxb-|)",
            rest in "\\PC{0,80}",
        ) {
            for (_, check) in VALIDATORS {
                of(*check, &format!("{prefix}{rest}"));
            }
        }
    }

    #[test]
    fn a_key_for_tests_is_less() {
        assert!(sound(live_mode, "sk_live_{{alnum 24}}"));
        assert!(doubted(live_mode, "sk_test_{{alnum 24}}"));
        assert!(doubted(live_mode, "access-sandbox-{{uuid}}"));
    }

    #[test]
    fn a_bot_of_slack_has_its_secret() {
        assert!(sound(slack_bot, "xoxb-{{digit 12}}-{{digit 12}}-{{alnum 24}}"));
        assert!(doubted(slack_bot, "xoxb-{{digit 12}}-{{digit 12}}"));
    }

    #[test]
    fn a_uuid_has_a_version() {
        assert!(sound(uuid, "{{uuid}}"));
        assert!(doubted(uuid, "3f2504e0-4f89-f1d3-9a0c-0305e82c3301"));
        assert!(unsound(uuid, "00000000-0000-0000-0000-000000000000"));
    }
}
