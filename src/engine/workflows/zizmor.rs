//! Names that zizmor has for the same checks, for its comments: `# zizmor: ignore[NAME]`.

/// Our rules, by zizmor's name.
const NAMES: &[(&str, &[&str])] = &[
    ("artipacked", &["LG-GHA-053"]),
    ("bot-conditions", &["LG-GHA-062"]),
    ("cache-poisoning", &["LG-GHA-054"]),
    ("dangerous-triggers", &["LG-GHA-020", "LG-GHA-032"]),
    ("excessive-permissions", &["LG-GHA-030", "LG-GHA-031", "LG-GHA-032"]),
    ("github-env", &["LG-GHA-021"]),
    ("hardcoded-container-credentials", &["LG-GHA-043"]),
    ("insecure-commands", &["LG-GHA-050"]),
    ("obfuscation", &["LG-GHA-063"]),
    ("overprovisioned-secrets", &["LG-GHA-041"]),
    ("secrets-inherit", &["LG-GHA-042"]),
    ("self-hosted-runner", &["LG-GHA-052"]),
    ("template-injection", &["LG-GHA-010", "LG-GHA-011"]),
    ("unpinned-images", &["LG-GHA-004"]),
    ("unpinned-uses", &["LG-GHA-001", "LG-GHA-002", "LG-GHA-003", "LG-GHA-004"]),
    ("unsound-condition", &["LG-GHA-060"]),
    ("unsound-contains", &["LG-GHA-061"]),
];

/// The ids of the rules that a name means; none where it means none of ours.
pub fn ids(name: &str) -> &'static [&'static str] {
    NAMES.iter().find(|(own, _)| *own == name).map_or(&[], |(_, ids)| ids)
}
