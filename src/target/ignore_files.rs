//! `.lockgateignore`: Lockgate's own ignore file, in any folder. The nearest one that says
//! something about a file counts.

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Its name.
pub const IGNORE_FILE: &str = ".lockgateignore";
/// Ignore files of more bytes than this are passed over, which is notified.
pub const IGNORE_LIMIT: u64 = 1 << 20;

/// Ignore files that stand in for those on the disk, such as those of a commit.
#[derive(Debug, Default)]
pub struct IgnoreFiles {
    root: PathBuf,
    folders: HashMap<PathBuf, Gitignore>,
}

impl IgnoreFiles {
    /// From their paths relative to the root and what they hold. A line that is no pattern is
    /// passed over, as in those on the disk.
    pub fn new<'a>(root: &Path, files: impl Iterator<Item = (&'a str, &'a [u8])>) -> IgnoreFiles {
        let rules = |(path, text): (&str, &[u8])| {
            let folder = root.join(path).parent().unwrap_or(root).to_owned();
            let mut builder = GitignoreBuilder::new(&folder);
            for line in String::from_utf8_lossy(text).trim_start_matches('\u{feff}').lines() {
                builder.add_line(None, line).ok();
            }
            (folder, build(&builder))
        };
        IgnoreFiles { root: root.to_owned(), folders: files.map(rules).collect() }
    }

    /// Whether they say to ignore a file or folder (absolute) itself.
    pub(super) fn ignore(&self, path: &Path, is_folder: bool) -> bool {
        let folders = path.ancestors().skip(1).take_while(|f| f.starts_with(&self.root));
        decided(
            folders
                .filter_map(|folder| self.folders.get(folder))
                .map(|rules| rules.matched(path, is_folder).map(|_| ())),
        )
    }
}

/// The ignore files that hold in a run: the given ones, else those on the disk, each read once.
pub(super) struct InForce<'a> {
    root: &'a Path,
    given: Option<&'a IgnoreFiles>,
    read: HashMap<PathBuf, Gitignore>,
}

impl<'a> InForce<'a> {
    pub(super) fn new(root: &'a Path, given: Option<&'a IgnoreFiles>) -> InForce<'a> {
        InForce { root, given, read: HashMap::new() }
    }

    /// Whether they say to ignore a file (absolute) or a folder that it is in.
    pub(super) fn ignore(&mut self, file: &Path) -> bool {
        let root = self.root;
        let folders = file.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
        decided(folders.map(|folder| match self.rules(folder) {
            Some(rules) => rules.matched_path_or_any_parents(file, false).map(|_| ()),
            None => Match::None,
        }))
    }

    /// What the ignore file of a folder says.
    fn rules(&mut self, folder: &Path) -> Option<&Gitignore> {
        if let Some(given) = self.given {
            return given.folders.get(folder);
        }
        Some(self.read.entry(folder.to_owned()).or_insert_with(|| {
            let mut builder = GitignoreBuilder::new(folder);
            builder.add(folder.join(IGNORE_FILE));
            build(&builder)
        }))
    }
}

fn build(builder: &GitignoreBuilder) -> Gitignore {
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// What the first of the matches that says something says.
fn decided(mut matches: impl Iterator<Item = Match<()>>) -> bool {
    matches.find(|matched| !matched.is_none()).is_some_and(|matched| matched.is_ignore())
}
