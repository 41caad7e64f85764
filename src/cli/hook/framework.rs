//! Entries of the pre-commit framework's configuration. The rest of the file stays as it is.

use super::Name;
use crate::cli::{Error, note};
use crate::git;
use serde::Deserialize;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const FILE: &str = ".pre-commit-config.yaml";
/// Above and below what is Lockgate's in the file.
const BEGIN: &str = "# lockgate: begin";
const END: &str = "# lockgate: end";

#[derive(Deserialize)]
struct Configuration {
    repos: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    hooks: Vec<Hook>,
}

#[derive(Deserialize)]
struct Hook {
    id: String,
}

/// Enters hooks, in the place of those that were entered before.
pub fn install(here: &Path, names: &[Name]) -> Result<(), Error> {
    let file = file(here);
    let old = read(&file)?.unwrap_or_else(|| "repos:\n".to_owned());
    let new = entered(&old, names).ok_or_else(|| {
        Error::Usage(format!(
            "{}: there is no list `repos:` that an entry can be put at the head of; put this there by hand:\n{}",
            file.display(),
            entry(names, "")
        ))
    })?;
    write(&file, &new)?;
    let types: String = names.iter().map(|name| format!(" -t {}", name.name())).collect();
    note(&format!("{FILE} has Lockgate; `pre-commit install{types}` makes git call it"))
}

/// Takes out what was entered, but for the hooks that are not named.
pub fn uninstall(here: &Path, names: &[Name]) -> Result<(), Error> {
    let file = file(here);
    let Some(old) = read(&file)? else { return Ok(()) };
    let all = [Name::PreCommit, Name::CommitMsg, Name::PrePush];
    let kept: Vec<Name> = all
        .into_iter()
        .filter(|name| !names.contains(name) && old.contains(&format!("id: {}\n", id(*name))))
        .collect();
    let without = cut(&old);
    match entered(&without, &kept).filter(|_| !kept.is_empty()) {
        Some(new) => write(&file, &new),
        None => write(&file, &without),
    }
}

fn id(name: Name) -> String {
    format!("lockgate-{}", name.name())
}

/// The file at the root of the repository.
fn file(here: &Path) -> PathBuf {
    git::discover(here).root.join(FILE)
}

fn read(file: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::Usage(format!("{}: cannot be read: {error}", file.display()))),
    }
}

fn write(file: &Path, text: &str) -> Result<(), Error> {
    fs::write(file, text)
        .map_err(|error| Error::Usage(format!("{}: cannot be written: {error}", file.display())))
}

/// The text with an entry at the head of its list, indented as the list is. None where that makes
/// no configuration.
fn entered(text: &str, names: &[Name]) -> Option<String> {
    let text = cut(text);
    let mut at = 0;
    let mut head = None;
    let mut indent = "";
    for line in text.split_inclusive('\n') {
        at += line.len();
        match head {
            None if line.trim_end() == "repos:" => head = Some(at),
            Some(_) if line.trim_start().starts_with('-') => {
                indent = &line[..line.len() - line.trim_start().len()];
                break;
            }
            _ => {}
        }
    }
    let head = head?;
    let new = format!("{}{}{}", &text[..head], entry(names, indent), &text[head..]);
    let read: Configuration = serde_saphyr::from_str(&new).ok()?;
    let ids: Vec<String> =
        read.repos.into_iter().flat_map(|entry| entry.hooks).map(|hook| hook.id).collect();
    names.iter().all(|name| ids.contains(&id(*name))).then_some(new)
}

/// The text without what is Lockgate's.
fn cut(text: &str) -> String {
    let mut ours = false;
    let keep = |line: &&str| {
        let was = ours;
        match line.trim() {
            BEGIN => ours = true,
            END => ours = false,
            _ => {}
        }
        !was && !ours
    };
    text.split_inclusive('\n').filter(keep).collect()
}

fn entry(names: &[Name], indent: &str) -> String {
    let mut entry = format!("{indent}{BEGIN}\n{indent}- repo: local\n{indent}  hooks:\n");
    for name in names {
        let (id, hook) = (id(*name), name.name());
        // The message is in the file that is passed; the others ask git.
        let passes = *name == Name::CommitMsg;
        for line in [
            format!("- id: {id}"),
            format!("  name: lockgate {hook}"),
            format!("  entry: lockgate hook run {hook}"),
            "  language: system".to_owned(),
            format!("  stages: [{hook}]"),
            format!("  pass_filenames: {passes}"),
            "  always_run: true".to_owned(),
        ] {
            entry += &format!("{indent}    {line}\n");
        }
    }
    entry + &format!("{indent}{END}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str =
        "# ours\nrepos:\n  - repo: https://example.com/a\n    rev: v1\n    hooks:\n      - id: a\n";

    #[test]
    fn an_entry_comes_and_goes_and_leaves_the_rest_alone() {
        for text in ["repos:\n", OWN, &OWN.replace("  - ", "- ").replace("    ", "  ")] {
            let with = entered(text, &[Name::PreCommit, Name::PrePush]).unwrap();
            assert!(with.contains("id: lockgate-pre-push"), "{with}");
            assert_eq!(cut(&with), text);
            assert_eq!(entered(&with, &[Name::PreCommit, Name::PrePush]).unwrap(), with);
        }
        assert_eq!(entered("repos: []\n", &[Name::PreCommit]), None);
        assert_eq!(entered("files: ''\n", &[Name::PreCommit]), None);
    }
}
