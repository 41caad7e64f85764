//! A folder of its own for a program, for as long as that runs.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Component, Path, PathBuf};

/// A folder that nobody else may look into, gone with this value.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// # Errors
    /// The folder for temporary files takes none.
    pub fn new() -> io::Result<Scratch> {
        let mut number = [0_u8; 12];
        getrandom::fill(&mut number).map_err(io::Error::other)?;
        let name: String = number.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = env::temp_dir().join(format!("lockgate-{name}"));
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        Ok(Scratch(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file below the folder, and the folders on the way. A path that leads elsewhere is
    /// refused.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let is_plain = |part: Component| matches!(part, Component::Normal(_));
        if !Path::new(path).components().all(is_plain) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it leads elsewhere"));
        }
        let path = self.0.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_elsewhere_and_nothing_stays() {
        let scratch = Scratch::new().unwrap();
        scratch.write("a/b", b"x").unwrap();
        assert_eq!(fs::read(scratch.path().join("a/b")).unwrap(), b"x");
        assert!(scratch.write("../c", b"x").is_err());
        assert!(scratch.write("/c", b"x").is_err());
        let path = scratch.path().to_owned();
        drop(scratch);
        assert!(!path.exists());
    }
}
