//! What the hooks do.

use super::Name;
use crate::cli::scan::{How, Work, run_on};
use crate::cli::{Error, Outcome, secrets};
use crate::git::{self, Log, Span};
use crate::pipeline::added::Subject;
use crate::policy::Profile;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

/// The message of a commit is not longer, nor is what a push says of its references.
const LONGEST: u64 = 16 << 20;
/// Where a message ends that git shows the changes below.
const SCISSORS: &str = "------------------------ >8 ------------------------";

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Credentials block, unless [gate] of lockgate.toml says otherwise. Nothing is recorded.")]
pub struct Args {
    /// Which hook
    #[arg(value_name = "HOOK")]
    name: Name,
    /// What git passes to it
    #[arg(value_name = "ARGUMENT")]
    arguments: Vec<String>,
    #[command(flatten)]
    how: How,
}

pub fn run(args: Args) -> Result<Outcome, Error> {
    let Args { name, arguments, how } = args;
    let subject = match name {
        Name::PreCommit => Some(Subject::Staged),
        Name::CommitMsg => message(arguments.first())?,
        Name::PrePush => pushed(arguments.first())?,
    };
    let Some(subject) = subject else { return Ok(Outcome::Passed) };
    let work = secrets::work(vec![PathBuf::from(".")], subject);
    let outcome = run_on(Work { profile: Some(Profile::SecretsOnly), ..work }, &how)?;
    if outcome == Outcome::Incomplete {
        how.output.note("not everything could be looked at, so git is told to stop; --no-verify goes on all the same")?;
    }
    if outcome == Outcome::Blocked {
        remedy(name).iter().try_for_each(|line| how.output.note(line))?;
    }
    Ok(outcome)
}

/// What to do about a secret, in lines.
fn remedy(name: Name) -> &'static [&'static str] {
    match name {
        Name::PreCommit => &[
            "this commit would add a secret",
            "  remove it: take it out of the file, then `git add` the file again",
            "  move it: read it from the environment or from a store of secrets",
            "  allow it: end its line with the comment `lockgate:ignore RULE a reason`, or \
             `lockgate waivers add FINGERPRINT --reason REASON --owner NAME`",
        ],
        Name::CommitMsg => {
            &["the message of this commit holds a secret; write it without: `git commit --edit \
             --file=.git/COMMIT_EDITMSG` takes up what you wrote"]
        }
        Name::PrePush => &[
            "this push would publish a secret",
            "  remove it: take it out of the commit that adds it, by `git commit --amend` or \
             `git rebase -i`; a later commit does not take it back",
            "  move it: read it from the environment or from a store of secrets",
            "  allow it: `lockgate waivers add FINGERPRINT --reason REASON --owner NAME`",
        ],
    }
}

/// The message of a commit as it will be recorded.
fn message(file: Option<&String>) -> Result<Option<Subject>, Error> {
    let Some(file) = file else {
        return Err(Error::Usage("commit-msg: say the file of the message, as git does".into()));
    };
    let path = Path::new(file);
    let failed = |error| Error::Usage(format!("{}: cannot be read: {error}", path.display()));
    let mut text = Vec::new();
    File::open(path).and_then(|it| it.take(LONGEST + 1).read_to_end(&mut text)).map_err(failed)?;
    if text.len() as u64 > LONGEST {
        return Err(Error::Usage(format!(
            "{}: has more than {} MiB, which is not looked at; write a shorter message",
            path.display(),
            LONGEST >> 20
        )));
    }
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    Ok(Some(Subject::Text { path: (&*name).into(), bytes: above_scissors(text) }))
}

/// What is below the scissors is never recorded. Comments are, where the message did not come from
/// an editor, which the hook is not told.
fn above_scissors(mut message: Vec<u8>) -> Vec<u8> {
    // The comment character is the repository's choice.
    let is_cut = |line: &[u8]| {
        let line = line.trim_ascii_end().strip_suffix(SCISSORS.as_bytes());
        let mark = line.and_then(|line| line.strip_suffix(b" "));
        mark.is_some_and(|mark| !mark.is_empty() && !mark.contains(&b' '))
    };
    let mut length = 0;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if is_cut(line) {
            break;
        }
        length += line.len();
    }
    message.truncate(length);
    message
}

/// The commits that are pushed and that the other side does not have. Git says on standard input
/// for each reference its name here, its commit here, its name there and its commit there.
fn pushed(remote: Option<&String>) -> Result<Option<Subject>, Error> {
    let mut text = Vec::new();
    if !io::stdin().is_terminal() {
        let read = io::stdin().lock().take(LONGEST + 1).read_to_end(&mut text);
        read.map_err(|error| Error::Usage(format!("standard input cannot be read: {error}")))?;
    }
    let mut pushed = references(&text)?;
    // The framework keeps standard input to itself.
    let told = |name: &str| std::env::var(name).ok().filter(|id| !id.is_empty());
    if let (true, Some(here)) = (pushed.is_empty(), told("PRE_COMMIT_TO_REF")) {
        pushed.push((here, told("PRE_COMMIT_FROM_REF").unwrap_or_default()));
    }
    let is_id = |id: &str| id.bytes().any(|digit| digit != b'0');
    pushed.retain(|(here, _)| is_id(here));
    if pushed.is_empty() {
        return Ok(None);
    }
    let here = super::super::scan::resolve(&[PathBuf::from(".")])?;
    let (_, git) = git::open(&here[0]);
    let mut log = Log::default();
    for (here, there) in pushed {
        let known = git.as_ref().filter(|_| is_id(&there)).and_then(|git| git.resolve(&there).ok());
        log.revisions.extend(known.map(|_| format!("^{there}")));
        log.revisions.push(here);
    }
    // What the other side has by another name is not published anew.
    let remote = remote.filter(|name| !name.contains([':', '/', '\\']));
    log.but_below.extend(remote.map(|name| format!("refs/remotes/{name}/")));
    Ok(Some(Subject::History(Span::Log(log))))
}

/// What git says of each reference that is pushed: its commit here, and its commit there.
fn references(text: &[u8]) -> Result<Vec<(String, String)>, Error> {
    let is_id = |id: &str| id.len() >= 40 && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    let line = |line: &str| {
        match line.split_whitespace().collect::<Vec<_>>()[..] {
        [_, .., here, _, there] if is_id(here) && is_id(there) => {
            Ok((here.to_owned(), there.to_owned()))
        }
        _ => Err(Error::Usage(
            "pre-push: standard input is not what git says there of a push, a line `NAME COMMIT NAME COMMIT` for each reference; hand it on as it comes from git"
                .to_owned(),
        )),
    }
    };
    if text.len() as u64 > LONGEST {
        return Err(Error::Usage(format!(
            "pre-push: standard input has more than {} MiB; push fewer references at a time",
            LONGEST >> 20
        )));
    }
    let text = String::from_utf8_lossy(text);
    text.lines().filter(|text| !text.trim().is_empty()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_leaves_out_of_a_message_is_not_looked_at() {
        let of = |text: &str| String::from_utf8(above_scissors(text.into())).unwrap();
        assert_eq!(of(&format!("one\n# two\nthree\n# {SCISSORS}\ndiff\n")), "one\n# two\nthree\n");
        assert_eq!(of(&format!("one\n; {SCISSORS}\r\ndiff\n")), "one\n");
        let quoted = format!("one\nbelow # {SCISSORS} it goes on\n{SCISSORS}\nthree");
        assert_eq!(of(&quoted), quoted);
    }

    #[test]
    fn what_is_pushed_is_told_by_git_alone() {
        let (zeros, ones) = ("0".repeat(40), "1".repeat(40));
        let line = format!("(delete) {zeros} refs/heads/a {ones}\n\n");
        assert_eq!(references(line.as_bytes()).unwrap(), [(zeros, ones)]);
        assert!(references(b"\n").unwrap().is_empty());
        for text in ["garbage", "a b c d", "\u{fffd}"] {
            assert!(references(text.as_bytes()).is_err(), "{text}");
        }
    }
}
