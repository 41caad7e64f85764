//! Paths as `--skip-dirs`, `--skip-files` and ignore files name them: globs in which `*` stays
//! within a folder and `**` does not.

use globset::{GlobBuilder, GlobMatcher};
use std::path::Path;

/// Several of them. What is no glob is taken as it stands.
#[derive(Debug, Default)]
pub struct Globs {
    globs: Vec<GlobMatcher>,
    plain: Vec<String>,
}

impl Globs {
    pub fn new(given: &[String]) -> Globs {
        let mut globs = Globs::default();
        for pattern in given {
            let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
            match GlobBuilder::new(pattern).literal_separator(true).build() {
                Ok(glob) => globs.globs.push(glob.compile_matcher()),
                Err(_) => globs.plain.push(pattern.to_owned()),
            }
        }
        globs
    }

    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_start_matches("./");
        self.globs.iter().any(|glob| glob.is_match(Path::new(path)))
            || self.plain.iter().any(|plain| plain == path)
    }
}
