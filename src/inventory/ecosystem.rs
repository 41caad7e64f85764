//! Where packages come from, named as OSV names it.

use crate::version::Scheme;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Where a package comes from: a registry, or a release of a distribution.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ecosystem {
    pub system: System,
    /// `12` of `Debian:12`, `v3.19` of `Alpine:v3.19`; none for a registry, or where it is not
    /// known.
    pub release: Option<Arc<str>>,
}

/// A registry or a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    PyPi,
    Npm,
    Go,
    Cargo,
    Maven,
    NuGet,
    RubyGems,
    Packagist,
    Hex,
    Pub,
    Swift,
    CocoaPods,
    Conan,
    Conda,
    Cran,
    Hackage,
    GitHubActions,
    Debian,
    Ubuntu,
    Alpine,
    Wolfi,
    Chainguard,
    AlmaLinux,
    Rocky,
    RedHat,
    CentOs,
    Fedora,
    Oracle,
    Amazon,
    Azure,
    Photon,
    Suse,
    OpenSuse,
    Mageia,
    OpenEuler,
    Arch,
    /// A package of no known registry: from an SBOM, or a program by itself.
    Generic,
}

/// What is said of a system.
struct About {
    system: System,
    /// As OSV calls it, or would.
    osv: &'static str,
    /// The type of its package URLs.
    purl: &'static str,
    scheme: Scheme,
}

const fn about(system: System, osv: &'static str, purl: &'static str, scheme: Scheme) -> About {
    About { system, osv, purl, scheme }
}

/// Every system, in the order of `System`.
///
/// Source: the table of ecosystems in the OSV schema; the list of types in the package URL
/// specification.
const SYSTEMS: &[About] = &[
    about(System::PyPi, "PyPI", "pypi", Scheme::Pep440),
    about(System::Npm, "npm", "npm", Scheme::Semver),
    about(System::Go, "Go", "golang", Scheme::Semver),
    about(System::Cargo, "crates.io", "cargo", Scheme::Semver),
    about(System::Maven, "Maven", "maven", Scheme::Maven),
    about(System::NuGet, "NuGet", "nuget", Scheme::NuGet),
    about(System::RubyGems, "RubyGems", "gem", Scheme::RubyGems),
    about(System::Packagist, "Packagist", "composer", Scheme::Packagist),
    about(System::Hex, "Hex", "hex", Scheme::Semver),
    about(System::Pub, "Pub", "pub", Scheme::Semver),
    about(System::Swift, "SwiftURL", "swift", Scheme::Semver),
    about(System::CocoaPods, "CocoaPods", "cocoapods", Scheme::RubyGems),
    about(System::Conan, "ConanCenter", "conan", Scheme::Semver),
    about(System::Conda, "Conda", "conda", Scheme::Pep440),
    about(System::Cran, "CRAN", "cran", Scheme::Cran),
    about(System::Hackage, "Hackage", "hackage", Scheme::Hackage),
    about(System::GitHubActions, "GitHub Actions", "githubactions", Scheme::Semver),
    about(System::Debian, "Debian", "deb", Scheme::Debian),
    about(System::Ubuntu, "Ubuntu", "deb", Scheme::Debian),
    about(System::Alpine, "Alpine", "apk", Scheme::Apk),
    about(System::Wolfi, "Wolfi", "apk", Scheme::Apk),
    about(System::Chainguard, "Chainguard", "apk", Scheme::Apk),
    about(System::AlmaLinux, "AlmaLinux", "rpm", Scheme::Rpm),
    about(System::Rocky, "Rocky Linux", "rpm", Scheme::Rpm),
    about(System::RedHat, "Red Hat", "rpm", Scheme::Rpm),
    about(System::CentOs, "CentOS", "rpm", Scheme::Rpm),
    about(System::Fedora, "Fedora", "rpm", Scheme::Rpm),
    about(System::Oracle, "Oracle Linux", "rpm", Scheme::Rpm),
    about(System::Amazon, "Amazon Linux", "rpm", Scheme::Rpm),
    about(System::Azure, "Azure Linux", "rpm", Scheme::Rpm),
    about(System::Photon, "Photon OS", "rpm", Scheme::Rpm),
    about(System::Suse, "SUSE", "rpm", Scheme::Rpm),
    about(System::OpenSuse, "openSUSE", "rpm", Scheme::Rpm),
    about(System::Mageia, "Mageia", "rpm", Scheme::Rpm),
    about(System::OpenEuler, "openEuler", "rpm", Scheme::Rpm),
    about(System::Arch, "Arch Linux", "alpm", Scheme::Rpm),
    about(System::Generic, "generic", "generic", Scheme::Semver),
];

impl System {
    fn about(self) -> &'static About {
        &SYSTEMS[self as usize]
    }

    /// The type of its package URLs.
    pub fn purl_type(self) -> &'static str {
        self.about().purl
    }

    /// The order of its versions.
    pub fn scheme(self) -> Scheme {
        self.about().scheme
    }

    /// What two names of a package have in common: `Foo_Bar` and `foo.bar` of PyPI are one.
    pub fn key(self, name: &str) -> String {
        match self {
            System::PyPi => {
                let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
                parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
            }
            System::NuGet | System::Packagist | System::GitHubActions | System::Swift => {
                name.to_ascii_lowercase()
            }
            _ => name.to_owned(),
        }
    }
}

impl From<System> for Ecosystem {
    fn from(system: System) -> Ecosystem {
        Ecosystem { system, release: None }
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.system.about().osv)?;
        self.release.iter().try_for_each(|release| write!(f, ":{release}"))
    }
}

/// The name of no ecosystem that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ecosystem is one that OSV names")]
pub struct NoEcosystem;

impl FromStr for Ecosystem {
    type Err = NoEcosystem;

    /// OSV's name, in any case, and the release behind a colon.
    fn from_str(text: &str) -> Result<Ecosystem, NoEcosystem> {
        let (name, release) = match text.split_once(':') {
            Some((name, release)) => (name, Some(release.into())),
            None => (text, None),
        };
        let is_named = |about: &&About| about.osv.eq_ignore_ascii_case(name);
        let system = SYSTEMS.iter().find(is_named).ok_or(NoEcosystem)?.system;
        Ok(Ecosystem { system, release })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_is_at_its_place() {
        for (index, about) in SYSTEMS.iter().enumerate() {
            assert_eq!(about.system as usize, index);
            let system = Ecosystem::from(about.system);
            assert_eq!(system.to_string().parse(), Ok(system));
        }
        let debian: Ecosystem = "Debian:12".parse().unwrap();
        assert_eq!((debian.system, debian.release.as_deref()), (System::Debian, Some("12")));
        assert_eq!("nowhere".parse::<Ecosystem>(), Err(NoEcosystem));
    }

    #[test]
    fn names_are_one_as_their_registry_has_it() {
        assert_eq!(System::PyPi.key("Zope.Interface__x"), "zope-interface-x");
        assert_eq!(System::Npm.key("JSONStream"), "JSONStream");
    }
}
