//! The secrets that other scanners know are known here, under the names that these give them.

use crate::sandbox::Sandbox;
use crate::templates;
use lockgate::finding::Severity;
use lockgate::rule::{Catalogue, Rule};

const IDS: &str = include_str!("../../fixtures/secrets/rule-ids.tsv");

fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = IDS.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once('\t').unwrap())
}

fn rule(id: &str) -> Option<&'static Rule> {
    Catalogue::get().find(id).filter(|rule| rule.engine == "secrets")
}

#[test]
fn every_id_of_another_scanner_finds_a_rule() {
    let missing: Vec<_> = known().filter(|(_, id)| rule(id).is_none()).collect();
    assert_eq!(missing, []);
    for (tool, least) in [("gitleaks", 222), ("trivy", 105), ("git-secrets", 5)] {
        assert_eq!(known().filter(|(of, _)| *of == tool).count(), least, "{tool}");
    }
}

/// A user of gitleaks' drop-in reads gitleaks' names, so that no alias will do.
#[test]
fn every_id_of_gitleaks_is_a_rule_of_its_own() {
    for (_, id) in known().filter(|(tool, _)| *tool == "gitleaks") {
        assert_eq!(rule(id).map(|rule| rule.id), Some(id));
    }
}

#[test]
fn a_public_half_blocks_nothing_and_is_told_of_only_beside_its_secret() {
    let id = templates::expand("DISCORD_CLIENT_ID = '{{digit 18}}'\n");
    let alone = Sandbox::repository(&[("a.py", &id)]).scan(&[]).exits(0);
    assert!(!alone.stdout.contains("discord-client-id"), "{}", alone.stdout);
    let secret = templates::expand("DISCORD_CLIENT_SECRET = '{{alnum 32}}'\n");
    let beside = Sandbox::repository(&[("a.py", &(id + &secret))]).scan(&[]).exits(1);
    beside.says("discord-client-id");
    assert_eq!(rule("discord-client-id").unwrap().severity, Severity::Info);
}

#[test]
fn the_examples_of_amazons_documentation_are_quiet() {
    let text = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
                aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
    Sandbox::repository(&[("credentials.ini", text)]).scan(&[]).exits(0).says("No findings");
}
