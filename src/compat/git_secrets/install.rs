//! `--install`: writes the hooks.

use super::say::{complain, say};
use super::{Called, NO_REPOSITORY, Session, bytes, is_colourful};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const HOOKS: [(&str, &str); 3] = [
    ("commit-msg", "commit_msg_hook"),
    ("pre-commit", "pre_commit_hook"),
    ("prepare-commit-msg", "prepare_commit_msg_hook"),
];

/// Installs into a folder that is a repository or a template, or into the repository here.
pub fn run(session: &Session, folder: Option<&OsString>, is_forced: bool) -> u8 {
    let folder = folder.filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let hooks = match folder {
        Some(folder) if folder.join(".git").is_dir() => {
            slashed(folder.into_os_string(), "/.git/hooks")
        }
        Some(folder) => slashed(folder.into_os_string(), "/hooks"),
        None => match own_hooks(session) {
            Some(hooks) => hooks,
            None => {
                complain(NO_REPOSITORY.as_bytes());
                complain(b"Not in a Git repository");
                return 1;
            }
        },
    };
    if let Err(error) = fs::create_dir_all(&hooks) {
        complain(format!("{}: cannot be made: {error}", hooks.display()).as_bytes());
        return 1;
    }
    let install = |(hook, command): &(&str, &str)| one(session, &hooks, hook, command, is_forced);
    u8::from(!HOOKS.iter().all(install))
}

/// The folder that git runs hooks from, as git would name it: `.git/hooks`, and in full from a
/// folder below.
fn own_hooks(session: &Session) -> Option<PathBuf> {
    let git = session.git.as_ref()?;
    if let Some(path) = session.config.path("core.hooksPath") {
        return Some(match git.workdir() {
            Some(root) if root != Path::new(".") => root.join(path),
            _ => path,
        });
    }
    let folder = git.common_folder();
    let is_above = folder.starts_with("..");
    let whole = if is_above { fs::canonicalize(folder).ok() } else { None };
    let folder = whole.as_deref().unwrap_or(folder);
    let plain = folder.strip_prefix("./").ok().filter(|plain| !plain.as_os_str().is_empty());
    Some(slashed(plain.unwrap_or(folder).into(), "/hooks"))
}

/// A path and what lies below it, written as a shell would.
fn slashed(mut folder: OsString, below: &str) -> PathBuf {
    folder.push(below);
    folder.into()
}

/// Installs one hook, beside others where the folder has a place for several.
fn one(session: &Session, hooks: &Path, hook: &str, command: &str, is_forced: bool) -> bool {
    let several = hooks.join(format!("{hook}.d"));
    let file = if several.is_dir() { several.join("git-secrets") } else { hooks.join(hook) };
    let shown = bytes(file.as_os_str());
    if file.is_file() && !is_forced {
        complain(&[shown, b" already exists. Use -f to replace it"].concat());
        return false;
    }
    let program = match session.called {
        Called::GitSecrets => "git secrets",
        Called::Lockgate => "lockgate git-secrets",
    };
    let script = format!("#!/usr/bin/env bash\n{program} --{command} -- \"$@\"\n");
    if let Err(error) = write(&file, &script) {
        complain(&[shown, format!(": cannot be written: {error}").as_bytes()].concat());
        return false;
    }
    let lead = if is_colourful() { "\x1b[32m\u{2713}\x1b[0m " } else { "" };
    // The sign in front is ours, and acts on a terminal on purpose.
    let _ = io::Write::write_all(&mut io::stdout(), lead.as_bytes());
    say(&[format!("Installed {hook} hook to ").as_bytes(), shown].concat());
    true
}

fn write(file: &Path, script: &str) -> io::Result<()> {
    fs::write(file, script)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mut permissions = fs::metadata(file)?.permissions();
        // Whoever may read it may run it.
        permissions.set_mode(permissions.mode() | (permissions.mode() & 0o444) >> 2);
        fs::set_permissions(file, permissions)?;
    }
    Ok(())
}
