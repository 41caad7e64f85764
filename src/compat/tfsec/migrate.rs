//! `--migrate-ignores`: ignore comments that name a rule by its oldest id name it by the long one.

use super::options::Options;
use super::{Stopped, say, session};
use crate::compat::go::reason;
use crate::report::untrusted::visible;
use crate::rule::Catalogue;
use ignore::WalkBuilder;
use regex::{Captures, Regex};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Larger files are left alone, in bytes.
const MOST: u64 = 4 << 20;

/// Rewrites the files of a folder, and says what was done.
pub fn run(options: &Options) -> Result<u8, Stopped> {
    let folder = session::folder(options.folder.as_deref())?;
    let failed = |why: String| Stopped(format!("migration failed: {why}"));
    let pattern = Regex::new("(tfsec:ignore:)([A-Z]{3}[0-9]{3})")
        .map_err(|error| failed(error.to_string()))?;
    let mut said = String::new();
    let walk = WalkBuilder::new(folder).standard_filters(false).sort_by_file_name(Ord::cmp).build();
    for entry in walk.filter_map(Result::ok) {
        let path = entry.path();
        if entry.file_type().is_some_and(|kind| kind.is_file())
            && path.extension().is_some_and(|ending| ending == "tf")
        {
            let shown = visible(&path.to_string_lossy()).into_owned();
            file(path, &shown, &pattern, &mut said)
                .map_err(|error| failed(format!("{shown}: {}", reason(&error))))?;
        }
    }
    say(&said)
}

fn file(path: &Path, shown: &str, pattern: &Regex, said: &mut String) -> std::io::Result<()> {
    if fs::metadata(path)?.len() > MOST {
        return Ok(());
    }
    // What is not UTF-8 is not rewritten.
    let Ok(text) = String::from_utf8(fs::read(path)?) else { return Ok(()) };
    let renewed = pattern.replace_all(&text, |found: &Captures| {
        let rule = Catalogue::get().find(&found[2]).filter(|rule| rule.engine == "terraform");
        let Some(rule) = rule else { return found[0].to_owned() };
        let _ = writeln!(said, "{shown} migrated from {} => {}", &found[2], rule.id);
        format!("{}{}", &found[1], rule.id)
    });
    if renewed != text {
        fs::write(path, renewed.as_bytes())?;
    }
    Ok(())
}
