//! How much a pattern must say: one that names hardly anything waives almost everything.

/// Letters or digits in a row that a pattern has at its beginning, or elsewhere.
const AT_THE_BEGINNING: usize = 2;
const ELSEWHERE: usize = 3;
/// Letters and digits of an advisory behind the kind of its id.
const OF_AN_ADVISORY: usize = 4;

/// Whether the id is one of an advisory, not of a rule.
pub(super) fn is_advisory(id: &str) -> bool {
    kind(id).is_some()
}

/// What ids of advisories begin with.
fn kind(id: &str) -> Option<&'static str> {
    const KINDS: [&str; 14] = [
        "CVE-", "GHSA-", "PYSEC-", "RUSTSEC-", "GO-2", "DLA-", "DSA-", "ALAS-", "RHSA-", "ELSA-",
        "USN-", "OSV-", "TEMP-", "SNYK-",
    ];
    let begins = |kind: &&str| id.starts_with(kind) && !id.starts_with("SNYK-CC-");
    KINDS.into_iter().find(begins)
}

/// Whether a rule is named: any without a star, and patterns such as `B6*` and `*-token`.
pub(super) fn names_rules(pattern: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric();
    let beginning = pattern.chars().take_while(|c| is_word(*c)).count();
    let longest =
        pattern.split(|c| !is_word(c)).map(|run| run.chars().count()).max().unwrap_or_default();
    match kind(&pattern.to_ascii_uppercase()) {
        _ if !pattern.contains('*') => true,
        Some(_) => names_advisories(pattern),
        None => beginning >= AT_THE_BEGINNING || longest >= ELSEWHERE,
    }
}

/// Whether an advisory is named: any without a star, and patterns such as `CVE-2021-44*`.
pub(super) fn names_advisories(pattern: &str) -> bool {
    let upper = pattern.to_ascii_uppercase();
    let own = kind(&upper).map_or(&*upper, |kind| &upper[kind.len()..]);
    let said = own.chars().filter(|c| c.is_alphanumeric()).count();
    !pattern.contains('*') || said >= OF_AN_ADVISORY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_says_what_it_is_about() {
        for rule in ["B101", "B6*", "aws-s3-*", "*-token", "*password*", "CVE-2021-*", "x"] {
            assert!(names_rules(rule), "{rule}");
        }
        for rule in ["*", "**", "?*", "*-*", "*_*", "B*", "*e*", "b*1", "CVE-*", "ghsa-*", "cve-2*"]
        {
            assert!(!names_rules(rule), "{rule}");
        }
        assert!(names_advisories("CVE-2021-44228") && names_advisories("CVE-2021-*"));
        for advisory in ["*", "B*", "CVE-*", "GHSA-*", "*-*", "GO-2*", "cve-20*"] {
            assert!(!names_advisories(advisory), "{advisory}");
        }
    }
}
