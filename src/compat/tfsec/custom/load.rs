//! The files of checks below a folder.

use super::format::{Check, File};
use crate::compat::go::reason;
use crate::compat::tfsec::severity::Level;
use std::fs;
use std::path::{Path, PathBuf};

/// What the name of such a file holds.
const MARK: &str = "_tfchecks.";
/// More is no file of checks, in bytes.
const MOST: u64 = 16 << 20;
/// How deep they are looked for, and how many entries of folders.
const DEPTH: usize = 32;
const ENTRIES: usize = 100_000;

/// The checks of all files below a folder; none where it is not there.
///
/// # Errors
/// One of the files holds no checks, or one that means nothing; a line each.
pub fn load(folder: &Path) -> Result<Vec<Check>, String> {
    let mut files = Vec::new();
    if folder.exists() {
        list(folder, DEPTH, &mut ENTRIES.clone(), &mut files).map_err(|error| reason(&error))?;
    }
    let mut checks = Vec::new();
    let mut faults = Vec::new();
    for file in files {
        match read(&file) {
            Ok(read) => checks.extend(read),
            Err(why) => faults.push(format!("{}: {why}", file.display())),
        }
    }
    if faults.is_empty() { Ok(checks) } else { Err(faults.join("\n")) }
}

fn list(
    folder: &Path,
    depth: usize,
    left: &mut usize,
    to: &mut Vec<PathBuf>,
) -> std::io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.take(*left).collect::<Result<_, _>>()?;
    *left -= entries.len();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        // Where a link leads is not looked at, as with tfsec.
        let kind = entry.file_type()?;
        if kind.is_dir() && depth > 0 {
            list(&entry.path(), depth - 1, left, to)?;
        } else if !kind.is_dir() && entry.file_name().to_string_lossy().contains(MARK) {
            to.push(entry.path());
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Check>, String> {
    let size = fs::metadata(path).map_err(|error| reason(&error))?.len();
    if size > MOST {
        return Err(format!("it has more than {MOST} bytes"));
    }
    let text = fs::read_to_string(path).map_err(|error| reason(&error))?;
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let file: File = match &*ending.to_lowercase() {
        "json" => serde_json::from_str(&text).map_err(|error| error.to_string())?,
        "yml" | "yaml" => serde_saphyr::from_str(&text).map_err(|error| error.to_string())?,
        _ => return Err("it is neither JSON nor YAML".to_owned()),
    };
    for check in &file.checks {
        let faults = faults(check);
        if !faults.is_empty() {
            return Err(format!("check {:?}: {}", check.code, faults.join(", ")));
        }
    }
    Ok(file.checks)
}

fn faults(check: &Check) -> Vec<String> {
    let mut faults = Vec::new();
    let required = [
        ("code", check.code.is_empty()),
        ("description", check.description.is_empty()),
        ("requiredTypes", check.required_types.is_empty()),
        ("requiredLabels", check.required_labels.is_empty()),
        ("matchSpec", check.match_spec.is_none()),
    ];
    let missing = required.iter().filter(|(_, is_missing)| *is_missing);
    faults.extend(missing.map(|(name, _)| format!("{name} requires a value")));
    if Level::named(&check.severity).is_none() {
        faults.push("severity is none of CRITICAL, HIGH, MEDIUM and LOW".to_owned());
    }
    if let Some(spec) = &check.match_spec {
        spec.faults(&mut faults);
    }
    faults
}
