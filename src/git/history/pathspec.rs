//! Which files: what follows `--` on git's command line.

use super::HistoryError;
use globset::{GlobBuilder, GlobMatcher};

/// Paths and patterns. Nothing said means every file.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    wanted: Vec<Spec>,
    unwanted: Vec<Spec>,
}

#[derive(Debug, Clone)]
enum Spec {
    /// A file or folder, without the slash at its end; empty for all.
    Literal(Vec<u8>),
    /// A pattern whose stars also stand for slashes.
    Pattern(GlobMatcher),
}

impl Paths {
    /// Reads paths relative to the root. `:!` and `:^` before one leave it out.
    ///
    /// # Errors
    /// One has other magic, or is no pattern.
    pub fn parse<'a>(words: impl Iterator<Item = &'a str>) -> Result<Paths, HistoryError> {
        let mut paths = Paths::default();
        for word in words {
            let excluded =
                [":!", ":^", ":(exclude)"].iter().find_map(|magic| word.strip_prefix(magic));
            match excluded {
                Some(path) => paths.unwanted.push(spec(word, path)?),
                None => paths.wanted.push(spec(word, word.strip_prefix(":/").unwrap_or(word))?),
            }
        }
        Ok(paths)
    }

    /// Whether every file is wanted.
    pub fn is_all(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }

    /// Whether a file is wanted.
    pub fn has(&self, path: &[u8]) -> bool {
        (self.wanted.is_empty() || self.wanted.iter().any(|spec| spec.has(path)))
            && !self.unwanted.iter().any(|spec| spec.has(path))
    }
}

impl Spec {
    fn has(&self, path: &[u8]) -> bool {
        match self {
            Spec::Literal(own) => {
                let rest = path.strip_prefix(&own[..]);
                own.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
            }
            Spec::Pattern(glob) => String::from_utf8_lossy(path)
                .match_indices('/')
                .map(|(at, _)| at)
                .chain([path.len()])
                .any(|end| {
                    path.get(..end)
                        .is_some_and(|part| glob.is_match(&*String::from_utf8_lossy(part)))
                }),
        }
    }
}

fn spec(word: &str, path: &str) -> Result<Spec, HistoryError> {
    let wrong = || HistoryError::Value {
        word: word.to_owned(),
        value: path.to_owned(),
        what: "path relative to the root, nor a pattern of git",
    };
    let path = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
    match path {
        "." => Ok(Spec::Literal(Vec::new())),
        _ if path.starts_with([':', '/']) => Err(wrong()),
        _ if path.contains(['*', '?', '[']) => {
            let glob = GlobBuilder::new(path).literal_separator(false).build();
            glob.map(|glob| Spec::Pattern(glob.compile_matcher())).map_err(|_| wrong())
        }
        _ => Ok(Spec::Literal(path.as_bytes().to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_patterns_and_exceptions() {
        let paths = Paths::parse(["src/", "*.env", ":!src/old"].into_iter()).unwrap();
        for (path, wanted) in [
            ("src/a.py", true),
            ("src", true),
            ("srcs/a.py", false),
            ("deep/in/.env", true),
            ("src/old/a.py", false),
            ("README", false),
        ] {
            assert_eq!(paths.has(path.as_bytes()), wanted, "{path}");
        }
        assert!(Paths::parse([":(top,icase)a"].into_iter()).is_err());
    }
}
