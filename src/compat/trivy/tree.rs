//! The files of what is scanned.

use super::Stopped;
use super::glob::Globs;
use super::options::Options;
use crate::compat::go::reason;
use crate::target::relative;
use std::fs;
use std::path::{Path, PathBuf};

/// How deep folders are looked into; links are not followed, so more is hostile.
const DEEPEST: usize = 512;
/// More files than that are not looked at.
const MOST: usize = 1_000_000;

/// What is scanned.
#[derive(Debug)]
pub struct Tree {
    /// The folder that paths are relative to: absolute.
    pub folder: PathBuf,
    /// Sorted, `/`-separated.
    pub paths: Vec<String>,
}

impl Tree {
    /// Walks a folder, or stands at one file.
    ///
    /// # Errors
    /// It is not there.
    pub fn new(given: &str, options: &Options) -> Result<Tree, Stopped> {
        let unread = |error| {
            let why = reason(&error);
            Stopped(format!("run error: fs scan error: scan error: stat {given}: {why}"))
        };
        let absolute = fs::canonicalize(given).map_err(unread)?;
        if !absolute.is_dir() {
            let name = absolute.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let folder = absolute.parent().unwrap_or(Path::new("/")).to_owned();
            return Ok(Tree { folder, paths: vec![name] });
        }
        let mut walk = Walk {
            folder: &absolute,
            given: given.trim_end_matches('/'),
            dirs: Globs::new(&options.skip_dirs),
            files: Globs::new(&options.skip_files),
            paths: Vec::new(),
        };
        walk.folder(&absolute, 0);
        let mut paths = walk.paths;
        paths.sort();
        Ok(Tree { folder: absolute, paths })
    }
}

struct Walk<'a> {
    folder: &'a Path,
    /// As it stands on the command line.
    given: &'a str,
    dirs: Globs,
    files: Globs,
    paths: Vec<String>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, depth: usize) {
        // What cannot be read is passed over, as with Trivy.
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.filter_map(Result::ok) {
            let Ok(kind) = entry.file_type() else { continue };
            let path = entry.path();
            let shown = relative(self.folder, &path);
            if kind.is_dir() {
                if depth < DEEPEST && entry.file_name() != ".git" && !self.is_in(&self.dirs, &shown)
                {
                    self.folder(&path, depth + 1);
                }
            } else if kind.is_file() && self.paths.len() < MOST && !self.is_in(&self.files, &shown)
            {
                self.paths.push(shown);
            }
        }
    }

    /// A path may be named as seen from what is scanned, from the working folder, or from the top.
    fn is_in(&self, globs: &Globs, path: &str) -> bool {
        globs.has(path)
            || globs.has(&format!("{}/{path}", self.given))
            || globs.has(&self.folder.join(path).to_string_lossy())
    }
}
