//! The part of a tree that a path of the configuration stands for.

use super::hosts;
use crate::finding::is_below;
use globset::{Glob, GlobBuilder, GlobMatcher};
use std::sync::OnceLock;

/// Files and folders by a glob relative to the root, in which `*` stops at a slash. A folder
/// stands for all that is in it: one by its name, or by a pattern with a slash at its end.
#[derive(Debug, Clone)]
pub struct Area {
    /// Without `./` or `/` before it or a slash at its end; empty stands for the root.
    whole: String,
    /// Where it is a pattern: one that is asked of few paths is never compiled.
    glob: Option<Pattern>,
}

#[derive(Debug, Clone)]
struct Pattern {
    /// The pattern itself, and what is below it where it stands for folders.
    globs: Vec<Glob>,
    compiled: OnceLock<Vec<GlobMatcher>>,
}

impl Area {
    /// Reads what somebody wrote: `src`, `./src/`, `/src`, `**/tests`, `docs/*.md`, `.`.
    ///
    /// # Errors
    /// It is no glob.
    pub fn new(text: &str) -> Result<Area, globset::Error> {
        let (whole, is_folder) = bare(text);
        let last = whole.rsplit('/').next().unwrap_or_default();
        let glob = match is_pattern(whole) {
            false => None,
            true => {
                let mut globs = vec![glob(whole)?];
                if is_folder || !is_pattern(last) {
                    globs.push(glob(&format!("{whole}/**"))?);
                }
                Some(Pattern { globs, compiled: OnceLock::new() })
            }
        };
        Ok(Area { whole: whole.to_owned(), glob })
    }

    /// Whether the path is in it. What is inside an archive is where the archive is.
    pub fn holds(&self, path: &str) -> bool {
        let matches = |glob: &GlobMatcher| hosts(path).any(|path| glob.is_match(path));
        match &self.glob {
            Some(pattern) => pattern.matchers().iter().any(matches),
            None => self.whole.is_empty() || is_below(path, &self.whole),
        }
    }

    /// Whether the file is meant by its name, not by that of a folder around it.
    pub fn names(&self, file: &str) -> bool {
        let last = self.whole.rsplit('/').next().unwrap_or_default();
        match &self.glob {
            None => self.whole == file,
            Some(pattern) => {
                let says_something = last.contains(|c| c != '*');
                says_something && pattern.matchers().first().is_some_and(|g| g.is_match(file))
            }
        }
    }

    /// Whether it may have anything in common with a file, or with a folder and all in it.
    pub fn touches(&self, file_or_folder: &str) -> bool {
        let named = match &self.glob {
            None => self.whole.as_str(),
            Some(_) => {
                let first = self.whole.find(SPECIAL).unwrap_or_default();
                self.whole[..first].rsplit_once('/').map_or("", |(folder, _)| folder)
            }
        };
        let inside = named.is_empty() || is_below(file_or_folder, named);
        self.holds(file_or_folder)
            || is_below(named, file_or_folder)
            || (self.glob.is_some() && inside)
    }
}

impl Pattern {
    fn matchers(&self) -> &[GlobMatcher] {
        self.compiled.get_or_init(|| self.globs.iter().map(Glob::compile_matcher).collect())
    }
}

/// What makes a path a pattern.
const SPECIAL: [char; 7] = ['*', '?', '[', ']', '{', '}', '\\'];

fn is_pattern(text: &str) -> bool {
    text.contains(SPECIAL)
}

fn glob(text: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(text).literal_separator(true).build()
}

/// The path below the root, and whether a slash at its end says that it is a folder.
fn bare(text: &str) -> (&str, bool) {
    let mut rest = text;
    while let Some(shorter) = rest.strip_prefix("./").or_else(|| rest.strip_prefix('/')) {
        rest = shorter;
    }
    let end = rest.trim_end_matches('/');
    (if end == "." { "" } else { end }, end.len() < rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holds(text: &str, path: &str) -> bool {
        Area::new(text).unwrap().holds(path)
    }

    #[test]
    fn a_path_is_meant_however_it_is_written() {
        for text in ["src", "./src", "/src", "src/", ".//src//", "src/app", "src/app/a.py", "."] {
            assert!(holds(text, "src/app/a.py"), "{text}");
        }
        for text in ["s*", "src/*", "sr", "app", "src/a", "/a.py", "*.py"] {
            assert!(!holds(text, "src/app/a.py"), "{text}");
        }
        for text in ["/", "./", "**", "src/**", "**/app", "s*/", "src/*/", "**/*.py", "s?c/app"] {
            assert!(holds(text, "src/app/a.py"), "{text}");
        }
        assert!(Area::new("a[").is_err());
    }

    #[test]
    fn a_file_is_named_by_more_than_its_folder() {
        let names = |text: &str| Area::new(text).unwrap().names("src/a.bin");
        assert!(names("src/a.bin") && names("./src/a.bin") && names("**/*.bin") && names("src/a*"));
        assert!(!names("src") && !names("src/**") && !names("**/src") && !names("."));
    }

    #[test]
    fn it_touches_what_it_may_hold_a_part_of() {
        let touches = |text: &str, path: &str| Area::new(text).unwrap().touches(path);
        for (text, path) in
            [("src", "src/a.py"), ("src/a.py", "src"), ("**/a.py", "src"), ("src/*.py", "src/app")]
        {
            assert!(touches(text, path), "{text} {path}");
        }
        assert!(!touches("src", "lib/a.py") && !touches("src/*.py", "lib"));
    }

    proptest! {
        #[test]
        fn what_is_held_is_touched(text in "[a-c*/.]{0,8}", path in "[a-c]{1,2}(/[a-c]{1,2}){0,3}") {
            if let Ok(area) = Area::new(&text) {
                prop_assert!(!area.holds(&path) || area.touches(&path));
                for (at, _) in path.match_indices('/') {
                    prop_assert!(!area.holds(&path) || area.touches(&path[..at]), "{}", &path[..at]);
                }
            }
        }
    }
}
