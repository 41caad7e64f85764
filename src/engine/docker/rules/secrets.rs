//! Credentials that stay in the image, or in its history.

use super::Fault;
use crate::engine::docker::instruction::{Instruction, Keyword};
use crate::engine::docker::shell::Command;
use crate::engine::docker::text::Word;
use crate::engine::docker::view::{Site, View};
use crate::finding::Confidence;
use std::collections::HashSet;

/// Variables that are known to hold a credential.
const KNOWN: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "CI_DEPLOY_PASSWORD",
    "DIGITALOCEAN_ACCESS_TOKEN",
    "DOCKERHUB_PASSWORD",
    "FIREBASE_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "GH_TOKEN",
    "GITHUB_ENTERPRISE_TOKEN",
    "GITHUB_TOKEN",
    "GOOGLE_API_KEY",
    "HEROKU_API_KEY",
    "HF_TOKEN",
    "LANGCHAIN_API_KEY",
    "LANGSMITH_API_KEY",
    "OPENAI_API_KEY",
];
/// What bundlers put before the name of a variable that reaches the browser.
const PREFIXES: &[&str] = &["VITE_", "REACT_APP_"];
/// Variables that name a file with credentials.
const FILES: &[&str] = &["AWS_CONFIG_FILE", "GOOGLE_APPLICATION_CREDENTIALS", "HF_TOKEN_PATH"];
/// Parts of a name that make it sound like a credential.
const PARTS: &[&str] = &[
    "apikey",
    "auth",
    "credential",
    "credentials",
    "key",
    "passwd",
    "password",
    "psw",
    "pword",
    "secret",
    "token",
    "usr",
];
/// The part that says that it is none.
const PUBLIC: &str = "public";

/// Folders around a file that are looked at.
const DEEPEST: usize = 64;

/// DS-0031, in the stage that becomes the image.
pub fn passed(view: &View) -> Vec<Fault> {
    let stage = view.last_stage();
    let copies = stage.iter().filter(|site| site.instruction.keyword == Keyword::Copy);
    let copied: HashSet<&str> =
        copies.filter_map(|site| site.words.last().map(|(_, value)| clean(value))).collect();
    let own = stage.iter().filter(|site| !site.instruction.is_trigger);
    own.flat_map(|site| match site.instruction.keyword {
        Keyword::Arg | Keyword::Env => variables(site.instruction, &copied),
        Keyword::Copy => copy(site).into_iter().collect(),
        Keyword::Run => login(site).into_iter().collect(),
        _ => Vec::new(),
    })
    .collect()
}

fn variables(instruction: &Instruction, copied: &HashSet<&str>) -> Vec<Fault> {
    let keyword = if instruction.keyword == Keyword::Arg { "ARG" } else { "ENV" };
    let mut faults = Vec::new();
    for (name, value) in instruction.pairs() {
        let text = value.as_ref().map_or("", |value| value.text.as_str());
        let (what, confidence) = match kind(&name.text) {
            Some(Kind::Credential(confidence)) => ("a credential", confidence),
            Some(Kind::File) if is_copied(text, copied) => {
                ("a copied file with credentials", Confidence::High)
            }
            _ => continue,
        };
        let message = format!("`{}` is {what}, passed by {keyword}", name.text);
        let is_value = |value: &Word| !value.text.is_empty() && !value.text.contains('$');
        let secret = value.filter(is_value).map(|value| unquoted(&value));
        let fault = Fault::of(instruction).saying(message);
        let fault = fault.at(name.range).about(&format!("{keyword} {}", name.text));
        faults.push(Fault { secret, confidence: Some(confidence), ..fault });
    }
    faults
}

/// The range of a value without the quotes around it.
fn unquoted(value: &Word) -> std::ops::Range<usize> {
    let is_quoted = |quote: char| {
        value.text.len() > 2 && value.text.starts_with(quote) && value.text.ends_with(quote)
    };
    match is_quoted('"') || is_quoted('\'') {
        true => value.range.start + 1..value.range.end - 1,
        false => value.range.clone(),
    }
}

enum Kind {
    Credential(Confidence),
    File,
}

/// What a variable holds by its name.
fn kind(name: &str) -> Option<Kind> {
    let plain = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    if KNOWN.contains(&name) || KNOWN.contains(&plain) {
        return Some(Kind::Credential(Confidence::High));
    }
    if FILES.contains(&name) {
        return Some(Kind::File);
    }
    let lower = name.to_lowercase();
    let sounds = lower.split('_').any(|part| PARTS.contains(&part));
    let is_public = lower.split('_').any(|part| part == PUBLIC);
    (sounds && !is_public).then_some(Kind::Credential(Confidence::Medium))
}

/// Whether a path, or a folder around it, was copied; all may be relative to the working directory.
fn is_copied(path: &str, copied: &HashSet<&str>) -> bool {
    let path = clean(path);
    let ends = memchr::memchr_iter(b'/', path.as_bytes()).take(DEEPEST);
    let mut around = ends.chain([0, path.len()]).map(|end| &path[..end]);
    !path.is_empty() && around.any(|folder| copied.contains(folder))
}

fn clean(path: &str) -> &str {
    let path = path.trim_matches(['"', '\'']);
    let path = path.strip_prefix('.').unwrap_or(path);
    path.strip_prefix('/').unwrap_or(path).trim_end_matches('/')
}

/// `COPY key.json $GOOGLE_APPLICATION_CREDENTIALS`.
fn copy(site: &Site) -> Option<Fault> {
    let [_, (target, _)] = site.words.as_slice() else { return None };
    let name = target.text.strip_prefix('$')?.trim_matches(['{', '}']);
    let message = format!("A file with credentials is copied to `{name}`");
    FILES.contains(&name).then(|| Fault::of(site.instruction).saying(message))
}

/// A command that leaves a credential in the home directory, where no secret is mounted.
fn login(site: &Site) -> Option<Fault> {
    let is_secret =
        |flag: &Word| flag.text.starts_with("--mount=") && flag.text.contains("type=secret");
    if site.instruction.flags.iter().any(is_secret) {
        return None;
    }
    let command = site.commands.iter().find(|command| logs_in(command))?;
    let message = "A command of `RUN` stores a credential in the image".to_owned();
    Some(Fault::of(site.instruction).at(command.range()).saying(message))
}

fn logs_in(command: &Command) -> bool {
    let with = |tool: &str, all: &[&str], one_of: &[&str]| {
        command.of(tool).is_some_and(|words| {
            let has =
                |text: &&str| words.iter().any(|word| word.text.split('=').next() == Some(*text));
            all.iter().all(&has) && (one_of.is_empty() || one_of.iter().any(has))
        })
    };
    with("aws", &["configure", "set"], &["aws_access_key_id", "aws_secret_access_key"])
        || with("gcloud", &["auth", "activate-service-account"], &[])
        || with("az", &["login"], &["-p", "--password", "--federated-token"])
        || with("doctl", &["auth", "init"], &["-t", "--access-token"])
}
