//! Where git looks for hooks.

use super::Git;
use gix::bstr::ByteSlice;
use std::path::{Path, PathBuf};

impl Git {
    /// The folder of the hooks: that which `core.hooksPath` names, else the one that all working
    /// trees of the repository share. Whether it is there is another question.
    pub fn hooks_folder(&self) -> PathBuf {
        let named = self.0.config_snapshot().string("core.hooksPath");
        let path = named.and_then(|path| path.to_path().ok().map(Path::to_owned));
        let path = path.filter(|path| !path.as_os_str().is_empty());
        // What is relative is so to where hooks run.
        let root = self.0.workdir().unwrap_or(self.0.git_dir());
        match path {
            Some(path) => match (path.strip_prefix("~"), std::env::var_os("HOME")) {
                (Ok(below), Some(home)) => Path::new(&home).join(below),
                _ => root.join(path),
            },
            None => self.0.common_dir().join("hooks"),
        }
    }

    /// Whether the hooks' folder is this repository's own, and not one of all repositories of
    /// a user.
    pub fn owns_hooks(&self) -> bool {
        let folder = self.hooks_folder();
        let root = self.0.workdir().unwrap_or(self.0.git_dir());
        folder.starts_with(root) || folder.starts_with(self.0.common_dir())
    }
}
