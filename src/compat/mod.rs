//! Drop-ins: the command lines of other tools, standing where those stood. Each takes the
//! original's arguments, configuration and ignore files, and keeps its output and exit codes.
//! None reads or writes what is Lockgate's own: `lockgate.toml`, `.lockgate/`, cache or store.

pub mod bandit;
mod defsec;
pub mod git_secrets;
pub mod gitleaks;
mod go;
pub mod tfsec;
pub mod trivy;

use std::ffi::OsString;
use std::path::Path;

/// Runs as the original by whose name the program was called, with or without `.exe`. None is
/// Lockgate under its own name.
///
/// Returns the code to end with.
pub fn called(mut arguments: impl Iterator<Item = OsString>) -> Option<u8> {
    let program = arguments.next()?;
    let name = Path::new(&program).file_name()?.to_str()?;
    match name.strip_suffix(".exe").unwrap_or(name) {
        "bandit" => Some(bandit::run(&arguments.collect::<Vec<_>>())),
        "git-secrets" => {
            let called = git_secrets::Called::GitSecrets;
            Some(git_secrets::run(&arguments.collect::<Vec<_>>(), called))
        }
        "gitleaks" => Some(gitleaks::run(&arguments.collect::<Vec<_>>())),
        "tfsec" => Some(tfsec::run(&arguments.collect::<Vec<_>>())),
        "trivy" => Some(trivy::run(&arguments.collect::<Vec<_>>())),
        _ => None,
    }
}
