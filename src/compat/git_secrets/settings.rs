//! `--list`, `--add`, `--add-provider` and `--register-aws`: what git's settings hold of patterns.

use super::options::Options;
use super::provider::escaped;
use super::say::{complain, masked, say};
use super::{FATAL, Session, bytes};
use crate::git::{Config, ConfigError, Scope, add_setting};

const PATTERNS: &str = "secrets.patterns";
const ALLOWED: &str = "secrets.allowed";
const PROVIDERS: &str = "secrets.providers";

/// What `--register-aws` adds, in this order.
const AWS: &[(&str, &str)] = &[
    (PROVIDERS, "git secrets --aws-provider"),
    // The id of an access key, by what it belongs to: the prefixes that AWS documents, spelled as
    // in settings that are there already, so that registering again adds no second one.
    (PATTERNS, "(A3T[A-Z0-9]|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA)[A-Z0-9]{16}"),
    // A secret access key, by the name that it is given to.
    (
        PATTERNS,
        r#"["']?(AWS|[Aa]ws)?_?(SECRET|[Ss]ecret)?_?(ACCESS|[Aa]ccess)?_?(KEY|[Kk]ey)["']?\s*(:|=>?)\s*["']?[+/0-9=A-Za-z\]{40}["']?"#,
    ),
    // The number of an account.
    (
        PATTERNS,
        r#"["']?(AWS|[Aa]ws)?_?(ACCOUNT|[Aa]ccount)_?(ID|[Ii]d)?["']?\s*(:|=>?)\s*["']?([0-9]{4}-?){2}[0-9]{4}["']?"#,
    ),
    // Keys of Bedrock, lasting and passing ones.
    (PATTERNS, "ABSK[+/0-9A-Za-z]{109,}={0,2}"),
    // A pattern that is found where it is written down would be found in `.git/config`.
    (PATTERNS, "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29[t][+/0-9=A-Za-z]*"),
    // The keys that the documentation of AWS shows.
    (ALLOWED, "AKIAIOSFODNN7EXAMPLE"),
    (ALLOWED, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
];

/// Why a value was not added.
enum Refused {
    /// It is there, or part of one that is.
    Known,
    Failed(ConfigError),
}

fn scope(options: &Options) -> Scope {
    if options.has("--global") { Scope::Global } else { Scope::Here }
}

/// Lists the settings whose names have to do with secrets.
pub fn list(session: &Session, options: &Options) -> u8 {
    let settings = match scope(options) {
        Scope::Here => session.config.settings(),
        Scope::Global => match Config::read(session.git.as_ref(), Scope::Global) {
            Ok(config) => config.settings(),
            Err(error) => return fail(&error),
        },
    };
    let mut is_empty = true;
    for setting in settings.iter().filter(|setting| setting.key.contains("secret")) {
        is_empty = false;
        let value = masked(&setting.value, Vec::new());
        say(&[setting.key.as_bytes(), b" ", &value[..]].concat());
    }
    u8::from(is_empty)
}

/// Adds a prohibited or an allowed pattern.
pub fn add_pattern(session: &Session, options: &Options) -> u8 {
    let key = if options.has("-a") { ALLOWED } else { PATTERNS };
    let value = options.rest.first().map(|value| bytes(value)).unwrap_or_default();
    let literal = options.has("-l").then(|| escaped(value, b"\\.|$(){}?+*^"));
    code(add(session, scope(options), key, literal.as_deref().unwrap_or(value)))
}

/// Adds a command that says patterns.
pub fn add_provider(session: &Session, options: &Options) -> u8 {
    let words: Vec<&[u8]> = options.rest.iter().map(|word| bytes(word)).collect();
    code(add(session, scope(options), PROVIDERS, &words.join(&b' ')))
}

/// Adds what finds the keys of AWS. All is well where some of it is there.
pub fn register_aws(session: &Session, options: &Options) -> u8 {
    let mut last = Err(Refused::Known);
    for (key, value) in AWS {
        last = add(session, scope(options), key, value.as_bytes());
        if let Err(Refused::Failed(error)) = &last {
            complain(format!("fatal: {error}").as_bytes());
            return 0;
        }
    }
    if last.is_ok() {
        say(b"OK");
    }
    0
}

/// Adds a value, unless one of those that hold has it in it.
fn add(session: &Session, scope: Scope, key: &'static str, value: &[u8]) -> Result<(), Refused> {
    let git = session.git.as_ref();
    let config = Config::read(git, scope).map_err(Refused::Failed)?;
    let has_all = |known: &[u8]| {
        value.split(|byte| *byte == b'\n').any(|line| memchr::memmem::find(known, line).is_some())
    };
    if config.all(key).iter().any(|setting| has_all(&setting.value)) {
        return Err(Refused::Known);
    }
    add_setting(git, scope, key, value).map_err(Refused::Failed)
}

fn code(added: Result<(), Refused>) -> u8 {
    match added {
        Ok(()) => 0,
        Err(Refused::Known) => 1,
        Err(Refused::Failed(error)) => fail(&error),
    }
}

fn fail(error: &ConfigError) -> u8 {
    complain(format!("fatal: {error}").as_bytes());
    FATAL
}
