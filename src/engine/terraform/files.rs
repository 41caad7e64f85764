//! The files of a tree on the disk, for the functions that read some.

use super::functions::Files;
use ignore::WalkBuilder;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest file that a function reads.
const LARGEST: u64 = 16 << 20;
/// How many files of a folder a pattern is tried on.
const MOST_FILES: usize = 10_000;

/// The files below a folder; nothing outside of it is read, wherever a link leads.
#[derive(Debug)]
pub struct Disk(Option<PathBuf>);

impl Disk {
    /// `root` is the folder; where it is empty there are no files.
    pub fn new(root: &Path) -> Disk {
        Disk((!root.as_os_str().is_empty()).then(|| root.canonicalize().ok()).flatten())
    }

    fn inside(&self, path: &str) -> Option<PathBuf> {
        let root = self.0.as_ref()?;
        let path = root.join(path).canonicalize().ok()?;
        path.starts_with(root).then_some(path)
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        let path = self.inside(path).filter(|path| path.is_file())?;
        let mut bytes = Vec::new();
        File::open(path).ok()?.take(LARGEST + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= LARGEST).then(|| bytes.into())
    }

    fn exists(&self, path: &str) -> bool {
        self.inside(path).is_some_and(|path| path.is_file())
    }

    fn glob(&self, folder: &str, pattern: &str) -> Vec<String> {
        let Some(folder) = self.inside(folder) else { return Vec::new() };
        let Ok(glob) = globset::GlobBuilder::new(pattern).literal_separator(true).build() else {
            return Vec::new();
        };
        let matcher = glob.compile_matcher();
        let walk = WalkBuilder::new(&folder).standard_filters(false).build();
        let files = walk.flatten().filter(|it| it.file_type().is_some_and(|kind| kind.is_file()));
        let mut found: Vec<String> = files
            .take(MOST_FILES)
            .filter_map(|file| file.path().strip_prefix(&folder).ok()?.to_str().map(str::to_owned))
            .filter(|path| matcher.is_match(path))
            .collect();
        found.sort();
        found
    }
}
