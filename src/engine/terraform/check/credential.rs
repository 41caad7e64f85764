//! Credentials in texts that are not files: scripts for machines, variables of containers.

use crate::engine::terraform::value::{CLOSE, OPEN};
use regex::RegexSet;
use std::sync::LazyLock;

/// What credentials look like, and passwords that are written out. Rules about texts go by these;
/// what looks for secrets in files knows far more, and reports them as secrets.
const SHAPES: &[&str] = &[
    // Amazon
    r"(A3T[A-Z0-9]|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA)[A-Z0-9]{16}",
    r"(?i)aws_secre.+[=:]\s*[a-z0-9/+=]{40}",
    r#"(?i:aws).{0,20}['"][0-9a-zA-Z/+]{40}['"]"#,
    r"amzn\.mws\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    // Code and packages
    r"gh[opusr]_[A-Za-z0-9_]{30}",
    r#"(?i:github[_.-]?token)[\s:,="'\]]+[0-9a-zA-Z]{35,40}"#,
    r"(?i:github.{0,3}(token|api|key).{0,10}?)[0-9a-zA-Z]{35,40}",
    r"//registry\.npmjs\.org/:_authToken=[0-9a-f-]+",
    // Chat and social networks
    r"xox[baprs]-",
    r"xox.-[0-9]{12}-[0-9]{12}-([0-9]{12}-[a-zA-Z0-9]{32}|[0-9a-zA-Z]{24})",
    r"https://hooks\.slack\.com/services/T\w{8}/B\w{8}/\w{24}",
    r#"(?i)(facebook|fb).{0,20}['"]([0-9a-f]{32}|[0-9]{13,17})['"]"#,
    r#"(?i)twitter.{0,20}['"]([0-9a-z]{18,25}|[0-9a-z]{35,44})['"]"#,
    r#"(?i)linkedin.{0,20}['"]([0-9a-z]{12}|[0-9a-z]{16})['"]"#,
    // Other services
    r"AIza[0-9A-Za-z_-]{35}",
    r#"(?i)heroku.{0,20}['"][0-9a-f]{8}(-[0-9a-f]{4}){2,3}-[0-9a-f]{12}['"]"#,
    r#"(?i)(mailchimp|mc).{0,20}['"][0-9a-f]{32}-us[0-9]{1,2}['"]"#,
    r#"(?i)(mailgun|mg).{0,20}['"][0-9a-z]{32}['"]"#,
    r"access_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}",
    r"sk_live_[0-9a-z]{32}",
    r#"(?i)stripe.{0,20}['"][sr]k_live_[0-9a-z]{24}"#,
    r"sq0atp-[0-9A-Za-z_-]{22}|sq0csp-[0-9A-Za-z_-]{43}",
    r#"(?i)twilio.{0,20}['"][0-9a-f]{32}['"]"#,
    r"dt0[a-zA-Z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}",
    r"shp(ss|at|ca|pa)_[a-fA-F0-9]{32}",
    // Keys and what is written out
    r"-----BEGIN ((EC|PGP|DSA|RSA|OPENSSH) )?PRIVATE KEY( BLOCK)?-----",
    r#"(?i)password\s?[:=]\s?"?[^\s?${]."#,
    r#"(?i)(apikey|api_key|secret|password|passphrase|token|client_id|service_key|record_key|gpg_private_key|certificate_osx_p12).*[(:=]\s?['"][0-9a-z_!$^%=-]{10,120}['")]"#,
    r#"define.{0,20}(NONCE_SALT|LOGGED_IN_SALT|AUTH_SALT|NONCE_KEY|DB_PASSWORD|AUTH_KEY|LOGGED_IN_KEY).{0,20}['"].{10,120}['"]"#,
];

/// None where a shape is no expression, which its test excludes.
static SET: LazyLock<Option<RegexSet>> = LazyLock::new(|| RegexSet::new(SHAPES).ok());

/// Whether a text holds a credential. What is known only after an apply holds none.
pub fn is_in(text: &str) -> bool {
    let is_in = |text: &str| SET.as_ref().is_some_and(|set| set.is_match(text));
    match text.contains(OPEN) {
        true => is_in(&without_unknown(text)),
        false => is_in(text),
    }
}

/// The text with `${}` for what is not known, as a script has it for what it takes from elsewhere.
fn without_unknown(text: &str) -> String {
    let mut parts = text.split(OPEN);
    let mut known = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        known += "${}";
        known += part.split_once(CLOSE).map_or("", |(_, rest)| rest);
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_an_expression() {
        assert!(RegexSet::new(SHAPES).is_ok());
    }

    #[test]
    fn passwords_count_where_they_are_written_out() {
        assert!(is_in("export DB_PASSWORD=winter"));
        assert!(is_in("password: \"winter\""));
        assert!(!is_in("export DB_PASSWORD=$(fetch db)"));
        assert!(!is_in("password = ${var.password}"));
        assert!(!is_in(&format!("password={OPEN}random_password.db.result{CLOSE}")));
        assert!(is_in(&format!("host={OPEN}aws_db_instance.shop.address{CLOSE} password=winter")));
    }
}
