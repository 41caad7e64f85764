//! Which rules of which tools mean the same: `rules/equivalents.tsv`, read when it is first asked
//! for, which is when findings of another tool are there.

use super::Catalogue;
use std::collections::HashMap;
use std::sync::LazyLock;

static TEXT: &str = include_str!("../../rules/equivalents.tsv");
static EQUIVALENTS: LazyLock<Equivalents> = LazyLock::new(|| Equivalents::parse(TEXT));

/// Stands for every tool, or for every rule of a tool.
const ANY: &str = "*";

/// What a rule holds against a place, in words that all tools share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Meaning {
    /// Rules of one group mean the same.
    pub group: &'static str,
    /// The kind of secret, where the rule tells it.
    pub kind: Option<&'static str>,
    /// Where the fact is from.
    pub source: &'static str,
}

/// What a rule of an engine or tool means; none where no other rule is known to mean the same.
/// A group in the rule's own front matter comes before one of the table.
pub fn meaning(tool: &str, rule: &str) -> Option<Meaning> {
    let own = own(tool, rule);
    match own.and_then(|own| own.group) {
        None => Equivalents::get().find(tool, rule),
        Some(group) => {
            let kind = Equivalents::get().find(tool, rule).and_then(|meaning| meaning.kind);
            Some(Meaning { group, kind, source: "the group of the rule itself" })
        }
    }
}

/// The rule of the catalogue that is meant, where the tool is an engine of Lockgate.
pub fn own(tool: &str, rule: &str) -> Option<&'static super::Rule> {
    Catalogue::get().find(rule).filter(|known| known.is_of(tool))
}

/// The table.
struct Equivalents {
    by_rule: HashMap<(&'static str, &'static str), Meaning>,
}

impl Equivalents {
    fn get() -> &'static Equivalents {
        &EQUIVALENTS
    }

    /// Reads the table; a test holds that every line has the three columns.
    fn parse(text: &'static str) -> Equivalents {
        let mut by_rule = HashMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let (Some(group), Some(rules), Some(source)) =
                (columns.next(), columns.next(), columns.next())
            else {
                continue;
            };
            let (group, kind) = match group.split_once('/') {
                Some((group, kind)) => (group, Some(kind)),
                None => (group, None),
            };
            let meaning = Meaning { group, kind, source };
            by_rule.extend(members(rules).map(|member| (member, meaning)));
        }
        Equivalents { by_rule }
    }

    /// What the table says of a rule: of the tool, of any tool, or of all rules of the tool.
    fn find(&self, tool: &str, rule: &str) -> Option<Meaning> {
        let tool = tool.split(' ').next().unwrap_or_default().to_lowercase();
        let table: &HashMap<(&str, &str), Meaning> = &self.by_rule;
        let keys = [(tool.as_str(), rule), (ANY, rule), (tool.as_str(), ANY)];
        keys.iter().find_map(|key| table.get(key)).copied()
    }
}

/// `TOOL:ID, TOOL:ID`.
fn members(rules: &str) -> impl Iterator<Item = (&str, &str)> {
    rules.split(", ").filter_map(|member| member.split_once(':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_line_has_three_columns_and_every_rule_one_group() {
        let mut seen = HashSet::new();
        for line in TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            assert!(columns.len() == 3 && columns.iter().all(|c| !c.trim().is_empty()), "{line}");
            assert_eq!(members(columns[1]).count(), columns[1].split(", ").count(), "{line}");
            for member in members(columns[1]) {
                assert!(seen.insert(member), "{member:?} has two lines");
            }
        }
    }

    /// Otherwise what is one finding would depend on whether another tool's report is there.
    #[test]
    fn the_table_joins_no_two_rules_of_our_own() {
        let mut groups = HashSet::new();
        for rule in Catalogue::get().rules().iter().filter(|rule| rule.group.is_none()) {
            if let Some(meaning) = Equivalents::get().find(rule.engine, rule.id) {
                assert!(groups.insert(meaning.group), "{} and another", rule.id);
            }
        }
    }

    #[test]
    fn our_own_rules_in_the_table_are_in_the_catalogue_and_in_their_group() {
        for ((tool, rule), meaning) in &Equivalents::get().by_rule {
            if ["python", "secrets"].contains(tool) {
                let known = own(tool, rule).unwrap_or_else(|| unreachable!("{tool}:{rule}"));
                assert!(known.group.is_none_or(|group| group == meaning.group), "{rule}");
            }
        }
    }

    #[test]
    fn rules_of_different_tools_mean_the_same() {
        let group = |tool: &str, rule: &str| meaning(tool, rule).map(|meaning| meaning.group);
        assert_eq!(group("python", "B105"), group("ruff", "S105"));
        assert_eq!(group("bandit", "B602"), group("ruff", "S602"));
        assert_eq!(group("python", "B602"), group("ruff", "S602"));
        assert_ne!(group("bandit", "B602"), group("ruff", "S603"));
        assert_eq!(group("gitleaks", "a-rule-of-their-own"), group("secrets", "github-pat"));
        assert_eq!(group("detect-secrets", "Public IP (ipv4)"), None);
        assert_eq!(group("tfsec", "aws-ec2-enable-volume-encryption"), group("trivy", "AWS-0026"));
        assert_eq!(group("checkov", "CKV_AWS_3"), group("tfsec", "AVD-AWS-0026"));
        assert_eq!(group("trivy", "DS-0002"), group("Trivy 0.72", "AVD-DS-0002"));
        assert_eq!(group("another", "S602"), None, "the number of another linter");
    }
}
