//! The checks, a topic a file. Each looks at the whole file and says what is at fault.

mod files;
mod images;
mod packages;
mod ports;
mod scripts;
mod secrets;
mod stages;

use super::instruction::Instruction;
use super::view::View;
use crate::engine::HitFix;
use crate::finding::Confidence;
use std::ops::Range;

/// Says what is at fault in a file.
pub type Check = fn(&View) -> Vec<Fault>;

/// Every check, by the name that `match.native` of its rule has.
pub const CHECKS: &[(&str, Check)] = &[
    ("avoid-sys-workdir-mounts", files::system_workdirs),
    ("do-not-pass-secrets", secrets::passed),
    ("least-privilege-user", images::root),
    ("no-dist-upgrade", packages::dist_upgrades),
    ("no-duplicate-alias", images::duplicate_aliases),
    ("no-healthcheck", stages::no_healthcheck),
    ("no-maintainer", stages::maintainers),
    ("no-orphan-package-update", packages::orphan_updates),
    ("no-self-referencing-copy-from", images::copies_from_itself),
    ("no-ssh-port", ports::ssh),
    ("no-sudo-run", scripts::sudo),
    ("only-one-cmd", stages::commands),
    ("only-one-entrypoint", stages::entrypoints),
    ("only-one-healthcheck", stages::healthchecks),
    ("port-out-of-range", ports::out_of_range),
    ("purge-apk-package-cache", packages::apk_cache),
    ("purge-dnf-package-cache", packages::dnf_cache),
    ("purge-microdnf-package-cache", packages::microdnf_cache),
    ("purge-yum-package-cache", packages::yum_cache),
    ("purge-zipper-cache", packages::zypper_cache),
    ("standardise-remote-get", scripts::two_downloaders),
    ("use-apt-auto-confirm", packages::apt_confirmation),
    ("use-apt-no-install-recommends", packages::apt_recommends),
    ("use-copy-over-add", files::additions),
    ("use-slash-for-copy-args", files::copies_without_slash),
    ("use-specific-tags", images::latest),
    ("use-workdir-over-cd", scripts::changes_of_folder),
    ("user-absolute-workdir", files::relative_workdirs),
];

/// What a check found.
#[derive(Debug)]
pub struct Fault {
    /// All of the instruction, as Trivy reports it.
    pub range: Range<usize>,
    /// The part of it that is at fault, by which it is known again.
    pub matched: Range<usize>,
    /// What the title of the rule does not say.
    pub message: Option<String>,
    /// What it is known by again, where its text is not what it is about.
    pub about: Option<String>,
    /// Other than the rule's.
    pub confidence: Option<Confidence>,
    pub fix: Option<HitFix>,
    /// The value of a secret, which no snippet may show.
    pub secret: Option<Range<usize>>,
}

impl Fault {
    /// An instruction is at fault.
    pub fn of(instruction: &Instruction) -> Fault {
        Fault {
            range: instruction.range.clone(),
            matched: instruction.range.clone(),
            message: None,
            about: None,
            confidence: None,
            fix: None,
            secret: None,
        }
    }

    /// A part of it is.
    pub fn at(self, matched: Range<usize>) -> Fault {
        Fault { matched, ..self }
    }

    pub fn saying(self, message: String) -> Fault {
        Fault { message: Some(message), ..self }
    }

    pub fn about(self, what: &str) -> Fault {
        Fault { about: Some(what.to_owned()), ..self }
    }

    pub fn with(self, fix: Option<HitFix>) -> Fault {
        Fault { fix, ..self }
    }
}
