//! Whether a name sounds like a secret.

/// How much it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// `token`, `auth`, `credentials`.
    Weak,
    /// `api_key`, `client_secret`: a program made it.
    Strong,
    /// `password`: a person may have thought it up.
    Password,
}

/// Words behind the noun that change nothing.
const TRAILING: &[&str] = &[
    "value",
    "val",
    "string",
    "str",
    "text",
    "plain",
    "plaintext",
    "raw",
    "base",
    "base64",
    "b64",
    "hex",
    "default",
    "prod",
    "production",
    "dev",
    "development",
    "staging",
    "live",
    "old",
    "new",
    "current",
    "env",
    "bytes",
];

/// Words that make a name harmless wherever they stand.
const HARMLESS: &[&str] = &[
    "public",
    "pub",
    "hash",
    "hashed",
    "digest",
    "checksum",
    "fingerprint",
    "csrf",
    "xsrf",
    "authenticity",
    "foreign",
    "primary",
    "fake",
    "mock",
    "dummy",
    "example",
    "sample",
    "invalid",
    "wrong",
    "bad",
    "expected",
    "partition",
    "sort",
    "cache",
    "idempotency",
    "row",
    "column",
    "dict",
    "object",
    "map",
    "index",
    "translation",
    "message",
    "msg",
    "error",
    "site",
    "widget",
    "placeholder",
    "next",
    "page",
    "continuation",
    "cursor",
    "sync",
    "pad",
    "eos",
    "bos",
    "mask",
    "unk",
    "sep",
    "cls",
    "lex",
    "syntax",
    "encrypted",
    "prompt",
    "label",
    "hint",
    "title",
    "test",
    "wcf",
    "dkim",
];

/// Words before `key` that make it a secret.
const QUALIFIERS: &[&str] = &[
    "api",
    "secret",
    "access",
    "private",
    "priv",
    "auth",
    "encryption",
    "encrypt",
    "signing",
    "sign",
    "master",
    "account",
    "storage",
    "subscription",
    "service",
    "shared",
    "session",
    "app",
    "application",
    "client",
    "consumer",
    "crypto",
    "hmac",
    "jwt",
    "webhook",
    "license",
    "admin",
    "root",
    "aes",
    "cipher",
    "server",
    "integration",
    "write",
    "ingest",
    "deploy",
    "rest",
];

/// What people call what they type in; the last is SQL's.
const PASSWORDS: &[&str] = &["password", "passwd", "passphrase", "pwd", "sshpass", "identified by"];

/// What a name sounds like; `None` for no secret.
pub fn strength(name: &[u8]) -> Option<Strength> {
    let mut words = words(name);
    while words.last().is_some_and(|word| {
        TRAILING.contains(&word.as_str()) || word.bytes().all(|b| b.is_ascii_digit())
    }) {
        words.pop();
    }
    if words.iter().any(|word| HARMLESS.contains(&word.as_str())) {
        return None;
    }
    let (noun, before) = words.split_last()?;
    let joined = format!("{}{noun}", before.last().map_or("", String::as_str));
    let ends_in = |suffixes: &[&str]| suffixes.iter().any(|suffix| noun.ends_with(suffix));
    let is_key = noun.ends_with("key")
        && QUALIFIERS
            .iter()
            .any(|word| joined.strip_suffix("key").is_some_and(|rest| rest.ends_with(word)));
    if ends_in(PASSWORDS) || noun == "pass" && !before.is_empty() {
        return Some(Strength::Password);
    }
    if is_key || ends_in(&["secret"]) || noun == "token" && !before.is_empty() {
        return Some(Strength::Strong);
    }
    match noun.as_str() {
        "auth" | "authorization" | "credential" | "credentials" | "creds" => Some(Strength::Weak),
        _ if noun.ends_with("token") => Some(Strength::Weak),
        _ => None,
    }
}

/// The words of `snake_case`, `kebab-case`, `camelCase` and `dotted.names`, in lower case.
pub fn words(name: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut previous = b'_';
    for (at, &byte) in name.iter().enumerate() {
        let next_is_lower = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let hump = byte.is_ascii_uppercase()
            && (previous.is_ascii_lowercase()
                || previous.is_ascii_digit()
                || (previous.is_ascii_uppercase() && next_is_lower));
        let separator = b"_-.".contains(&byte);
        if (separator || hump) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if !separator {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
        previous = byte;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_every_style() {
        assert_eq!(words(b"awsSecretKey"), ["aws", "secret", "key"]);
        assert_eq!(words(b"AWS_SECRET-KEY.1"), ["aws", "secret", "key", "1"]);
        assert_eq!(words(b"APIKey"), ["api", "key"]);
    }

    #[test]
    fn what_sounds_like_a_secret() {
        for name in ["password", "DB_PASSWORD", "db_pass", "smtp.password", "PGPASSWORD"] {
            assert_eq!(strength(name.as_bytes()), Some(Strength::Password), "{name}");
        }
        for name in
            ["apiKey", "apikey", "client-secret", "SECRET_KEY_BASE", "accessToken", "x-api-key"]
        {
            assert_eq!(strength(name.as_bytes()), Some(Strength::Strong), "{name}");
        }
        for name in ["token", "Authorization", "auth", "aws_credentials"] {
            assert_eq!(strength(name.as_bytes()), Some(Strength::Weak), "{name}");
        }
        for name in [
            "key",
            "monkey",
            "primary_key",
            "public_key",
            "token_type",
            "key_name",
            "csrf_token",
            "next_token",
            "password_hash",
            "author",
            "pass",
            "secretary",
        ] {
            assert_eq!(strength(name.as_bytes()), None, "{name}");
        }
    }
}
