//! The built-in profiles: each a file that could stand in `lockgate.toml` as it is.

use super::Settings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A policy to start from. What the configuration says beside it overrules it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Nothing but what the configuration says.
    None,
    /// The default: what a change adds must be clean.
    NewCode,
    /// For releases: all code, overdue findings, fresh advisories, finished engines.
    Strict,
    /// Blocks nothing until a day that you name, and says what new-code would have blocked.
    LegacyOnboarding,
    /// For hooks: credentials block, nothing else is judged.
    SecretsOnly,
    /// Dependencies by danger: what is exploited, or likely to be, blocks.
    KevEpss,
}

impl Profile {
    /// The profiles that there is a file of.
    pub const ALL: [Profile; 5] = [
        Profile::NewCode,
        Profile::Strict,
        Profile::LegacyOnboarding,
        Profile::SecretsOnly,
        Profile::KevEpss,
    ];

    /// The name, as the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Profile::None => "none",
            Profile::NewCode => "new-code",
            Profile::Strict => "strict",
            Profile::LegacyOnboarding => "legacy-onboarding",
            Profile::SecretsOnly => "secrets-only",
            Profile::KevEpss => "kev-epss",
        }
    }

    /// The file: TOML, with comments that explain it.
    pub fn text(self) -> &'static str {
        match self {
            Profile::None => {
                "# none: nothing but what lockgate.toml says.\n\n[gate]\nprofile = \"none\"\n"
            }
            Profile::NewCode => include_str!("profiles/new-code.toml"),
            Profile::Strict => include_str!("profiles/strict.toml"),
            Profile::LegacyOnboarding => include_str!("profiles/legacy-onboarding.toml"),
            Profile::SecretsOnly => include_str!("profiles/secrets-only.toml"),
            Profile::KevEpss => include_str!("profiles/kev-epss.toml"),
        }
    }

    /// The first comment of the file: the name, and what it is for.
    pub fn summary(self) -> String {
        let comment = self.text().lines().map_while(|line| line.strip_prefix("# "));
        let text = comment.collect::<Vec<_>>().join(" ");
        let end = text.find(". ").unwrap_or(text.len());
        let sentence = text[..end].trim_end_matches('.');
        sentence
            .strip_prefix(self.name())
            .unwrap_or(sentence)
            .trim_start_matches([',', ':', ' '])
            .to_owned()
    }

    /// What the file says.
    pub fn settings(self) -> &'static Settings {
        static PARSED: LazyLock<Vec<Settings>> =
            LazyLock::new(|| Profile::ALL.iter().map(|profile| parse(profile.text())).collect());
        static EMPTY: LazyLock<Settings> = LazyLock::new(Settings::default);
        let at = Profile::ALL.iter().position(|&profile| profile == self);
        at.and_then(|at| PARSED.get(at)).unwrap_or(&EMPTY)
    }
}

fn parse(text: &str) -> Settings {
    #[derive(Deserialize)]
    struct File {
        gate: Settings,
    }
    toml::from_str::<File>(text).expect("the tests read every profile").gate
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Event;
    use jiff::civil::date;
    use std::collections::HashSet;

    #[test]
    fn every_profile_is_read_and_complete() {
        for profile in Profile::ALL {
            let settings = profile.settings();
            settings.check().unwrap();
            assert!(settings.profile.is_some(), "{profile:?} says what it is built on");
            assert!(!profile.summary().is_empty(), "{profile:?}");
            assert!(profile.text().starts_with(&format!("# {}", profile.name())), "{profile:?}");
        }
    }

    #[test]
    fn a_policy_pasted_into_the_configuration_is_the_policy() {
        let mut hashes = HashSet::new();
        for profile in Profile::ALL.into_iter().chain([Profile::None]) {
            let starts = (profile == Profile::LegacyOnboarding).then(|| date(2026, 12, 1));
            let policy = |settings: &Settings| {
                let settings = Settings { starts, ..settings.clone() };
                settings.policy(None, Event::Local).unwrap()
            };
            let named = policy(&Settings { profile: Some(profile), ..Settings::default() });
            let hash = named.hash();
            assert_eq!(policy(&parse(profile.text())).hash(), hash, "{profile:?} as a file");
            assert_eq!(policy(&parse(&named.to_toml())).hash(), hash, "{profile:?} resolved");
            assert!(hashes.insert(hash), "{profile:?} decides like another");
        }
    }
}
