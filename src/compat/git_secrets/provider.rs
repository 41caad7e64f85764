//! Providers: commands whose output is prohibited patterns. The one for AWS credentials is done
//! here; the others are run without a shell, and for so long only.

use super::say::complain;
use super::words;
use crate::tool::{Complaints, Tool, ToolError};
use std::env;
use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// A provider is given so much time.
const TIME: Duration = Duration::from_secs(60);
/// And may say so many bytes.
const LIMIT: u64 = 16 << 20;

/// A provider came to no end in time, or said too much.
#[derive(Debug, Error)]
#[error(
    "a provider among `git config --get-all secrets.providers` {0}, so not every prohibited pattern is known; mend it or take it out"
)]
pub struct Endless(ToolError);

/// What a provider says, without carriage returns and the line ends at the end.
///
/// # Errors
/// It does not end.
pub fn run(command: &[u8]) -> Result<Vec<u8>, Endless> {
    let command = String::from_utf8_lossy(command);
    let words = words::of(&command);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut said = match own(&words) {
        Some(file) => credentials(file.map(PathBuf::from)),
        None => match words.split_first() {
            None => Vec::new(),
            Some((program, arguments)) => output(program, arguments)?,
        },
    };
    said.retain(|byte| !matches!(byte, b'\r' | 0));
    while said.last() == Some(&b'\n') {
        said.pop();
    }
    Ok(said)
}

/// The file that is named where the command is the provider for AWS credentials.
fn own<'a>(words: &[&'a str]) -> Option<Option<&'a str>> {
    let rest = match words {
        ["git" | "lockgate", "secrets" | "git-secrets", rest @ ..] | ["git-secrets", rest @ ..] => {
            rest
        }
        _ => return None,
    };
    match rest {
        ["--aws-provider"] | ["--aws-provider", "--"] => Some(None),
        ["--aws-provider", "--", file] | ["--aws-provider", file] if !file.starts_with('-') => {
            Some(Some(file))
        }
        _ => None,
    }
}

fn output(program: &str, arguments: &[&str]) -> Result<Vec<u8>, Endless> {
    let tool = Tool {
        program: program.into(),
        arguments: arguments.iter().map(Into::into).collect(),
        folder: None,
        environment: None,
        time: TIME,
        limit: LIMIT,
        complaints: Complaints::Shown,
    };
    match tool.run() {
        Ok(said) => Ok(said.output),
        Err(ToolError::Unstarted(error)) => {
            complain(
                format!("git-secrets: the provider {program} cannot be run: {error}").as_bytes(),
            );
            Ok(Vec::new())
        }
        Err(endless) => Err(Endless(endless)),
    }
}

/// The values of the two keys in an AWS credentials file (`~/.aws/credentials` unless named), each
/// a pattern that matches it.
pub fn credentials(file: Option<PathBuf>) -> Vec<u8> {
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".aws/credentials"));
    let Some(file) = file.or_else(home).filter(|file| file.is_file()) else { return Vec::new() };
    let mut text = Vec::new();
    let read = fs::File::open(&file).and_then(|file| file.take(LIMIT).read_to_end(&mut text));
    if let Err(error) = read {
        complain(format!("git-secrets: {}: {error}", file.display()).as_bytes());
    }
    let mut patterns = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        let has = |name: &[u8]| memchr::memmem::find(line, name).is_some();
        if has(b"aws_access_key_id") || has(b"aws_secret_access_key") {
            let value = line.split(|byte| *byte == b'=').nth(1).unwrap_or_default();
            let value: Vec<u8> =
                value.iter().copied().filter(|b| !matches!(b, b' ' | b'"')).collect();
            patterns.extend(escaped(&value, b"]\\.|$(){}?+*^"));
            patterns.push(b'\n');
        }
    }
    patterns
}

/// A text with a backslash before each of some characters.
pub fn escaped(text: &[u8], special: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len());
    for byte in text {
        if special.contains(byte) {
            escaped.push(b'\\');
        }
        escaped.push(*byte);
    }
    escaped
}
