//! Hooks in git's own folder. One that is there and not Lockgate's is never lost.

use super::Name;
use super::script::{BESIDE, is_ours, script};
use crate::cli::{Error, note};
use crate::git::{self, Git};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Writes hooks. All that could be in the way is looked at before the first is written.
pub fn install(here: &Path, names: &[Name], force: bool) -> Result<(), Error> {
    let git = opened(here)?;
    let folder = git.hooks_folder();
    let lockgate = std::env::current_exe().map_err(|error| {
        Error::Internal(format!("where this program lies cannot be told: {error}"))
    })?;
    for name in names {
        let hook = folder.join(name.name());
        let foreign = read(&hook)?.is_some_and(|text| !is_ours(&text));
        if foreign && !force {
            return Err(Error::Usage(format!(
                "{hook}: there is a hook already; --force keeps it as {name}.{BESIDE} and calls it first, --framework enters Lockgate in .pre-commit-config.yaml",
                hook = hook.display(),
                name = name.name(),
            )));
        }
        if foreign && beside(&hook).symlink_metadata().is_ok() {
            return Err(Error::Usage(format!(
                "{}: a hook was kept under this name before; move it away first",
                beside(&hook).display()
            )));
        }
    }
    if !git.owns_hooks() {
        let folder = folder.display();
        note(&format!(
            "core.hooksPath is {folder}, so the hooks hold for every repository with it"
        ))?;
    }
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
    for name in names {
        let hook = folder.join(name.name());
        if read(&hook)?.is_some_and(|text| !is_ours(&text)) {
            fs::rename(&hook, beside(&hook)).map_err(|error| failed(&hook, error))?;
        }
        write(&hook, &script(*name, &lockgate)).map_err(|error| failed(&hook, error))?;
        note(&format!("{} is installed", hook.display()))?;
    }
    Ok(())
}

/// Takes hooks away that are Lockgate's, and puts those back that they stood before.
pub fn uninstall(here: &Path, names: &[Name]) -> Result<(), Error> {
    let folder = opened(here)?.hooks_folder();
    for name in names {
        let hook = folder.join(name.name());
        if !read(&hook)?.is_some_and(|text| is_ours(&text)) {
            continue;
        }
        fs::remove_file(&hook).map_err(|error| failed(&hook, error))?;
        let kept = beside(&hook);
        let is_back = kept.symlink_metadata().is_ok();
        if is_back {
            fs::rename(&kept, &hook).map_err(|error| failed(&kept, error))?;
        }
        let said = if is_back { "is as it was before" } else { "is removed" };
        note(&format!("{} {said}", hook.display()))?;
    }
    Ok(())
}

/// The repository around a folder.
fn opened(here: &Path) -> Result<Git, Error> {
    let why = "this is no git repository, so there is nothing to hook into; run it in one";
    git::open(here).1.ok_or_else(|| Error::Usage(why.to_owned()))
}

/// Where a hook is kept that Lockgate's stands before.
fn beside(hook: &Path) -> PathBuf {
    let mut name = hook.as_os_str().to_owned();
    name.push(".");
    name.push(BESIDE);
    PathBuf::from(name)
}

/// What a hook holds; none where there is none. A link that leads nowhere is one.
fn read(hook: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(hook) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(hook.symlink_metadata().is_ok().then(Vec::new))
        }
        Err(error) => Err(failed(hook, error)),
    }
}

fn write(hook: &Path, script: &str) -> io::Result<()> {
    // Not through a link, which may lead into another repository.
    match fs::remove_file(hook) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::write(hook, script)?,
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(hook, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::Usage(format!("{}: cannot be changed: {error}", path.display()))
}
