//! What the replay asks `git`: commits, blobs, and the line diff that is the measure of truth.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub type Failure = Box<dyn std::error::Error>;

/// A repository and a process that hands out its blobs.
pub struct Git<'a> {
    repository: &'a Path,
    blobs: Child,
}

/// A file's old and new path and blob; none where it came or went.
pub struct Change {
    pub old: Option<String>,
    /// Path and blob.
    pub new: Option<(String, String)>,
}

/// Lines that a commit took out of a file and put in, from 1: first line and how many.
#[derive(Debug, Clone, Copy)]
pub struct Hunk {
    pub old: (u32, u32),
    pub new: (u32, u32),
}

/// The file of the old commit that a file of the new one was, and what changed in it.
pub struct Diff {
    pub old: String,
    pub hunks: Vec<Hunk>,
}

impl<'a> Git<'a> {
    pub fn open(repository: &'a Path) -> Result<Git<'a>, Failure> {
        let blobs = command(repository)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Git { repository, blobs })
    }

    /// The last commits on the first parents' line, the oldest first.
    pub fn commits(&self, last: usize) -> Result<Vec<String>, Failure> {
        let count = format!("-n{}", last + 1);
        let out = self.ask(&["log", "--first-parent", "--reverse", "--format=%H", &count])?;
        Ok(out.lines().map(str::to_owned).collect())
    }

    /// What differs between two trees; everything came where there is no old one.
    pub fn changes(&self, old: Option<&str>, new: &str) -> Result<Vec<Change>, Failure> {
        let empty = self.ask(&["hash-object", "-t", "tree", "/dev/null"])?;
        let old = old.unwrap_or(empty.trim());
        let out = self.ask(&["diff-tree", "-r", "-z", "--raw", "--no-renames", old, new])?;
        let mut fields = out.split('\0');
        let mut changes = Vec::new();
        while let (Some(raw), Some(path)) = (fields.next(), fields.next()) {
            let raw: Vec<&str> = raw.trim_start_matches(':').split(' ').collect();
            let [old_mode, new_mode, _, blob, _] = raw[..] else {
                return Err("git diff-tree".into());
            };
            let file = |mode: &str| mode.starts_with("100");
            changes.push(Change {
                old: file(old_mode).then(|| path.to_owned()),
                new: file(new_mode).then(|| (path.to_owned(), blob.to_owned())),
            });
        }
        Ok(changes)
    }

    pub fn blob(&mut self, id: &str) -> Result<Vec<u8>, Failure> {
        let stdin = self.blobs.stdin.as_mut().ok_or("git cat-file")?;
        writeln!(stdin, "{id}")?;
        stdin.flush()?;
        // One answer to one question: nothing beyond it can be read ahead.
        let stdout = self.blobs.stdout.as_mut().ok_or("git cat-file")?;
        let mut head = Vec::new();
        while head.last() != Some(&b'\n') {
            let mut byte = [0];
            stdout.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let size: usize =
            String::from_utf8(head)?.trim().rsplit(' ').next().unwrap_or("").parse()?;
        let mut blob = vec![0; size + 1];
        stdout.read_exact(&mut blob)?;
        blob.truncate(size);
        Ok(blob)
    }

    /// The line diff of every file that both commits have, renamed or not, by its new path.
    pub fn diffs(&self, old: &str, new: &str) -> Result<HashMap<String, Diff>, Failure> {
        let mut child = command(self.repository)
            .args(["-c", "core.quotePath=false", "diff", "-U0", "-M", "-l20000", "--no-color"])
            .args(["--no-ext-diff", "--src-prefix=a/", "--dst-prefix=b/", old, new])
            .stdout(Stdio::piped())
            .spawn()?;
        let out = BufReader::new(child.stdout.take().ok_or("git diff")?);
        let diffs = parse(out)?;
        child.wait()?.success().then_some(diffs).ok_or_else(|| "git diff failed".into())
    }

    fn ask(&self, arguments: &[&str]) -> Result<String, Failure> {
        let output = command(self.repository).args(arguments).stderr(Stdio::inherit()).output()?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!("git {} failed", arguments[0]).into()),
        }
    }
}

impl Drop for Git<'_> {
    fn drop(&mut self) {
        drop(self.blobs.stdin.take());
        self.blobs.wait().ok();
    }
}

fn command(repository: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(repository);
    command
}

fn parse(mut out: impl BufRead) -> Result<HashMap<String, Diff>, Failure> {
    let mut diffs = HashMap::new();
    let (mut old, mut new) = (None::<String>, None::<String>);
    let mut hunks = Vec::new();
    let mut skip = 0;
    let mut line = Vec::new();
    let mut keep = |old: &mut Option<String>, new: &mut Option<String>, hunks: &mut Vec<Hunk>| {
        let hunks = std::mem::take(hunks);
        if let (Some(old), Some(new)) = (old.take(), new.take()) {
            diffs.insert(new, Diff { old, hunks });
        }
    };
    while out.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned();
        line.clear();
        if skip > 0 {
            skip -= u32::from(!text.starts_with('\\'));
        } else if text.starts_with("diff --git ") {
            keep(&mut old, &mut new, &mut hunks);
        } else if let Some(path) = text.strip_prefix("rename from ").or(text.strip_prefix("--- a/"))
        {
            old = Some(path.trim_end_matches('\t').to_owned());
        } else if let Some(path) = text.strip_prefix("rename to ").or(text.strip_prefix("+++ b/")) {
            new = Some(path.trim_end_matches('\t').to_owned());
        } else if let Some(rest) = text.strip_prefix("@@ -") {
            let hunk = hunk(rest).ok_or("git diff: a hunk")?;
            skip = hunk.old.1 + hunk.new.1;
            hunks.push(hunk);
        }
    }
    keep(&mut old, &mut new, &mut hunks);
    Ok(diffs)
}

/// `12,3 +14 @@ …`
fn hunk(text: &str) -> Option<Hunk> {
    let (old, rest) = text.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let range = |text: &str| match text.split_once(',') {
        Some((first, count)) => Some((first.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    };
    Some(Hunk { old: range(old)?, new: range(new)? })
}

impl Diff {
    /// Where unchanged lines of the old file are now; none where the commit changed any of them
    /// or put lines between them.
    pub fn now(&self, first: u32, last: u32) -> Option<i64> {
        let mut shift = 0;
        for Hunk { old, new } in &self.hunks {
            // What only adds comes after the line that it names.
            let (from, to) =
                if old.1 == 0 { (old.0 + 1, old.0) } else { (old.0, old.0 + old.1 - 1) };
            if to < first {
                shift += i64::from(new.1) - i64::from(old.1);
            } else if from <= last {
                return None;
            }
        }
        Some(shift)
    }
}
