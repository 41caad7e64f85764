//! The Python that Bandit would have run on, told without running it.
//!
//! To Bandit, syntax that is newer than its own Python is an error, and the file is skipped. So
//! what it says of a tree depends on the `python3` that stands first on the path.

use crate::engine::python::bandit::PythonVersion;
use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

/// The oldest that Bandit 1.9 runs on.
const OLDEST: PythonVersion = PythonVersion::PY310;

/// The Python of this machine, if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Python(pub Option<PythonVersion>);

impl Python {
    /// The first `python3` on the path that tells its version: the program behind the link is
    /// called `python3.11`.
    pub fn on_path() -> Python {
        let path = env::var_os("PATH").unwrap_or_default();
        Python::among(env::split_paths(&path))
    }

    fn among(folders: impl Iterator<Item = impl AsRef<Path>>) -> Python {
        let behind = |folder: &Path| folder.join("python3").canonicalize().ok();
        let mut programs = folders.filter_map(|folder| behind(folder.as_ref()));
        let version = programs.find_map(|program| version(program.file_name()?));
        Python(version.filter(|version| *version >= OLDEST))
    }
}

fn version(program: &OsStr) -> Option<PythonVersion> {
    program.to_str()?.strip_prefix("python")?.parse().ok()
}

/// Without a Python, all syntax to date is read.
impl fmt::Display for Python {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let version = self.0.unwrap_or(PythonVersion::latest());
        write!(f, "{version} (Lockgate {})", env!("CARGO_PKG_VERSION"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn the_first_that_tells_its_version_counts() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, program: &str| {
            let at = folder.path().join(name);
            std::fs::create_dir(&at).unwrap();
            std::fs::write(at.join(program), "").unwrap();
            if program != "python3" {
                symlink(program, at.join("python3")).unwrap();
            }
            at
        };
        let (shim, old, new) =
            (make("shim", "python3"), make("old", "python3.8"), make("new", "python3.12"));
        let missing = folder.path().join("missing");
        assert_eq!(Python::among([&missing, &shim, &new].iter()).0, Some(PythonVersion::PY312));
        assert_eq!(Python::among([&shim, &missing].iter()).0, None);
        assert_eq!(Python::among([&old, &new].iter()).0, None);
    }
}
