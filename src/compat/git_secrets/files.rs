//! Files that are named, folders that are gone through, and standard input: what the original has
//! grep look at.

use super::ere::{Dialect, Pattern};
use super::report::{Hit, Search};
use super::say::complain;
use super::text::{self, Binary, Found};
use super::{Session, bytes, patterns};
use rayon::prelude::*;
use std::ffi::OsString;
use std::fs::{self, File, FileType};
use std::io;
use std::path::{Path, PathBuf};

/// grep could not look at something.
const TROUBLE: u8 = 2;

/// Looks for the prohibited patterns in files.
pub fn grep(session: &Session, names: &[OsString], is_recursive: bool) -> Search {
    let pattern = match pattern(session) {
        Ok(Some(pattern)) => pattern,
        Ok(None) => return Search::Clean,
        Err(code) => return Search::Failed(code),
    };
    let mut files = Vec::new();
    let mut is_in_trouble = false;
    for name in names {
        is_in_trouble |= list(name, is_recursive, &mut files).is_err();
    }
    let found: Vec<(Vec<u8>, io::Result<Found>)> =
        files.par_iter().map(|path| (shown(path), look(path, &pattern))).collect();
    let (mut hits, mut counts) = (Vec::new(), false);
    for (place, found) in found {
        match found {
            Ok(found) => {
                counts |= !found.is_void && !found.lines.is_empty();
                hits.extend(found.lines.into_iter().map(|line| Hit { place: place.clone(), line }));
            }
            Err(error) => {
                trouble(&place, &error);
                is_in_trouble = true;
            }
        }
    }
    match (is_in_trouble, counts) {
        (true, _) => Search::Failed(TROUBLE),
        (false, true) => Search::Found { pattern, hits },
        (false, false) => Search::Clean,
    }
}

/// Looks for the prohibited patterns in a text that comes from somewhere else.
pub fn grep_text(session: &Session, text: &[u8]) -> Search {
    match pattern(session) {
        Ok(None) => Search::Clean,
        Err(code) => Search::Failed(code),
        Ok(Some(pattern)) => {
            let place = || STDIN.as_bytes().to_vec();
            let found = text::of_bytes(text, &pattern, Binary::Grep);
            let hits = found.lines.into_iter().map(|line| Hit { place: place(), line }).collect();
            Search::Found { pattern, hits }
        }
    }
}

const STDIN: &str = "(standard input)";

fn pattern(session: &Session) -> Result<Option<Pattern>, u8> {
    let trouble = |why: String| {
        complain(format!("grep: {why}").as_bytes());
        TROUBLE
    };
    let lines = patterns::prohibited(session).map_err(|error| trouble(error.to_string()))?;
    let pattern = lines.map(|lines| Pattern::new(&lines, Dialect::Grep));
    pattern.transpose().map_err(|error| trouble(error.to_string()))
}

fn shown(path: &Path) -> Vec<u8> {
    if path == Path::new("-") { STDIN.into() } else { bytes(path.as_os_str()).to_vec() }
}

fn look(path: &Path, pattern: &Pattern) -> io::Result<Found> {
    if path == Path::new("-") {
        return text::of_reader(io::stdin().lock(), pattern, Binary::Grep);
    }
    text::of_reader(File::open(path)?, pattern, Binary::Grep)
}

/// Says what is in the way, as grep does.
fn trouble(place: &[u8], error: &io::Error) {
    let why = error.to_string();
    let why = why.split(" (os error").next().unwrap_or_default();
    complain(&[b"grep: ", place, b": ", why.as_bytes()].concat());
}

/// Adds the files that a name stands for: itself, or those below it.
fn list(name: &OsString, is_recursive: bool, files: &mut Vec<PathBuf>) -> Result<(), ()> {
    let path = PathBuf::from(name);
    let found = if path == Path::new("-") { Ok(None) } else { fs::metadata(&path).map(Some) };
    match found {
        Ok(Some(found)) if found.is_dir() && is_recursive => below(&without_slash(path), files),
        Ok(Some(found)) if found.is_dir() => Ok(()),
        Ok(_) => {
            files.push(path);
            Ok(())
        }
        Err(error) => {
            trouble(bytes(name), &error);
            Err(())
        }
    }
}

fn without_slash(path: PathBuf) -> PathBuf {
    match path.as_os_str().len() {
        1 => path,
        _ => path.components().as_path().to_owned(),
    }
}

/// Adds what lies in a folder, in the order in which the folder has it. Links are not followed.
fn below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), ()> {
    let mut result = Ok(());
    let mut fail = |path: &Path, error: &io::Error| {
        trouble(bytes(path.as_os_str()), error);
        result = Err(());
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            fail(folder, &error);
            return result;
        }
    };
    for entry in entries.flatten() {
        let path = folder.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                if below(&path, files).is_err() {
                    result = Err(());
                }
            }
            Ok(kind) if FileType::is_file(&kind) => files.push(path),
            Ok(_) => {}
            Err(error) => {
                trouble(bytes(path.as_os_str()), &error);
                result = Err(());
            }
        }
    }
    result
}
