use super::*;
use crate::finding::{
    Anchor, Confidence, Fingerprint, Location, Package, Severity, Snippet, Span, Waiver,
};
use proptest::prelude::*;

fn found(engine: &'static str, rule: &'static str, span: (u32, u32, u32, u32)) -> Finding {
    let (start_line, start_column, end_line, end_column) = span;
    let hash = blake3::hash(format!("{engine} {rule} {span:?}").as_bytes());
    Finding {
        rule: rule.into(),
        engine: engine.into(),
        severity: Severity::Medium,
        confidence: Confidence::High,
        location: Location {
            cell: None,
            path: "app.py".into(),
            span: Span { start_line, start_column, end_line, end_column },
        },
        message: "".into(),
        snippet: Snippet::default(),
        anchor: Anchor::Secret(7),
        ordinal: 0,
        fingerprint: Fingerprint(std::array::from_fn(|at| hash.as_bytes()[at])),
        also: Vec::new(),
        live: None,
        line_hash: None,
        package: None,
        waiver: None,
        told: None,
        evidence: None,
        fix: None,
        introduced: None,
        witnesses: Vec::new(),
    }
}

/// In the columns of line 3.
fn at(engine: &'static str, rule: &'static str, columns: (u32, u32)) -> Finding {
    found(engine, rule, (3, columns.0, 3, columns.1))
}

/// Of a tool that knows lines only.
fn lines(engine: &'static str, rule: &'static str, lines: (u32, u32)) -> Finding {
    found(engine, rule, (lines.0, 1, lines.1 + 1, 1))
}

fn with(mut finding: Finding, severity: Severity) -> Finding {
    finding.severity = severity;
    finding
}

fn package(
    engine: &'static str,
    ids: &[&'static str],
    name: &'static str,
    version: &'static str,
) -> Finding {
    let mut finding = found(engine, ids[0], (1, 1, 1, 1));
    finding.location.path = "requirements.txt".into();
    finding.package = Some(Box::new(Package {
        ecosystem: "PyPI".into(),
        name: name.into(),
        version: version.into(),
        advisories: ids.iter().map(|id| (*id).into()).collect(),
        fixed_in: Vec::new(),
        direct: None,
        cvss: None,
        epss: None,
        exploited: None,
        ..Package::default()
    }));
    finding
}

fn united(findings: Vec<Finding>) -> Vec<Finding> {
    unite(findings, &MergeSettings::default())
}

/// `TOOL:RULE` of each finding and its witnesses.
fn words(merged: &[Finding]) -> Vec<String> {
    let word = |f: &Finding| format!("{}:{}", f.engine, f.rule);
    merged.iter().map(|f| f.sightings().map(word).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn one_group_at_one_place_is_one_finding_and_the_most_severe_speaks() {
    let merged = united(vec![
        with(at("python", "B105", (10, 30)), Severity::Low),
        with(at("secrets", "github-pat", (11, 29)), Severity::Critical),
        at("python", "B608", (10, 30)),
        with(at("secrets", "github-pat", (40, 60)), Severity::Critical),
    ]);
    let expected = ["python:B608", "secrets:github-pat python:B105", "secrets:github-pat"];
    assert_eq!(words(&merged), expected);
}

#[test]
fn what_waives_one_witness_does_not_waive_the_other() {
    let mut waived = with(at("secrets", "github-pat", (11, 29)), Severity::Critical);
    waived.waiver = Some(Waiver::comment("gitleaks:allow"));
    let mut both = vec![at("python", "B105", (10, 30)), waived];
    let merged = united(both.clone());
    assert_eq!(words(&merged), ["python:B105 secrets:github-pat"]);
    assert_eq!(merged[0].waiver, None);
    both[0].waiver = Some(Waiver::comment("# nosec"));
    assert_eq!(united(both)[0].waiver, Some(Waiver::comment("gitleaks:allow")));
}

#[test]
fn tools_that_mean_the_same_are_witnesses_of_one_finding() {
    let merged = united(vec![
        at("bandit", "B602", (1, 40)),
        at("ruff", "S602", (20, 30)),
        at("python", "B602", (1, 41)),
        at("ruff", "S603", (20, 30)),
    ]);
    assert_eq!(words(&merged), ["python:B602 bandit:B602 ruff:S602", "ruff:S603"]);
}

#[test]
fn a_rule_that_fires_twice_at_one_place_has_found_two() {
    let merged = united(vec![
        at("python", "B602", (1, 60)),
        at("python", "B602", (20, 40)),
        at("ruff", "S602", (1, 60)),
    ]);
    assert_eq!(words(&merged), ["python:B602 ruff:S602", "python:B602"]);
}

#[test]
fn two_defects_of_a_block_stay_two_whoever_reports_the_whole_block() {
    let merged = united(vec![
        lines("checkov", "CKV_AWS_24", (12, 35)),
        lines("tfsec", "AVD-AWS-0107", (21, 21)),
        lines("trivy", "AWS-0107", (30, 30)),
    ]);
    assert_eq!(words(&merged), ["tfsec:AVD-AWS-0107 checkov:CKV_AWS_24", "trivy:AWS-0107"]);
}

#[test]
fn kinds_tell_two_secrets_of_one_line_apart_where_tools_know_lines_only() {
    let merged = united(vec![
        at("secrets", "github-pat", (1, 20)),
        at("secrets", "slack-bot-token", (30, 60)),
        lines("detect-secrets", "Slack Token", (3, 3)),
        lines("trivy", "github-pat", (3, 3)),
        lines("trivy", "stripe-secret-token", (3, 3)),
    ]);
    assert_eq!(
        words(&merged),
        [
            "secrets:github-pat trivy:github-pat",
            "trivy:stripe-secret-token",
            "secrets:slack-bot-token detect-secrets:Slack Token"
        ]
    );
}

#[test]
fn the_lines_of_one_key_are_one_finding() {
    let merged = united(vec![
        lines("detect-secrets", "Private Key", (1, 1)),
        lines("trivy", "private-key", (2, 2)),
        found("secrets", "private-key", (1, 1, 28, 26)),
    ]);
    assert_eq!(
        words(&merged),
        ["secrets:private-key detect-secrets:Private Key trivy:private-key"]
    );
}

#[test]
fn advisories_of_one_package_that_share_an_id_are_one() {
    let merged = united(vec![
        package("safety", &["CVE-2024-1", "PYSEC-2024-9"], "Foo_Bar", "1.0"),
        package("pip-audit", &["PYSEC-2024-9", "GHSA-aaaa-bbbb-cccc"], "foo-bar", "1.0"),
        package("osv", &["GHSA-AAAA-bbbb-cccc"], "foo-bar", "1.0"),
        package("trivy", &["CVE-2024-1"], "other", "1.0"),
        package("trivy", &["CVE-2024-2"], "foo-bar", "1.0"),
    ]);
    let mut sizes: Vec<usize> = merged.iter().map(|f| f.sightings().count()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 1, 1, 2]);
}

#[test]
fn a_report_that_folds_two_advisories_does_not_fold_those_of_others() {
    let merged = united(vec![
        package("trivy", &["CVE-2024-1"], "foo", "1.0"),
        package("trivy", &["CVE-2024-2"], "foo", "1.0"),
        package("safety", &["PVE-1", "CVE-2024-1", "CVE-2024-2"], "foo", "1.0"),
    ]);
    assert_eq!(words(&merged), ["safety:PVE-1 trivy:CVE-2024-1", "trivy:CVE-2024-2"]);
}

#[test]
fn one_package_in_two_versions_stays_two() {
    let both = |tool| ["1.0", "2.0"].map(|version| package(tool, &["CVE-2024-1"], "foo", version));
    let merged = united([both("trivy"), both("osv")].concat());
    let versions = |f: &Finding| f.package.as_ref().unwrap().version.clone();
    assert_eq!(merged.len(), 2);
    for finding in &merged {
        assert!(finding.sightings().count() == 2);
        assert!(finding.sightings().all(|sighting| versions(sighting) == versions(finding)));
    }
}

#[test]
fn what_is_named_stays_apart() {
    let findings = || vec![at("bandit", "B602", (1, 40)), at("ruff", "S602", (1, 40))];
    let first = findings()[0].fingerprint.to_string();
    for apart in ["S602", "ruff:S602", &first, &first[..8].to_uppercase()] {
        let settings: MergeSettings = toml::from_str(&format!("apart = [\"{apart}\"]")).unwrap();
        assert_eq!(unite(findings(), &settings).len(), 2, "{apart}");
    }
    for apart in ["bandit:S602", "S60", "00000000"] {
        let settings: MergeSettings = toml::from_str(&format!("apart = [\"{apart}\"]")).unwrap();
        assert_eq!(unite(findings(), &settings).len(), 1, "{apart}");
    }
    let merged = unite(
        vec![
            package("safety", &["CVE-2024-1"], "foo", "1"),
            package("osv", &["CVE-2024-1"], "foo", "1"),
        ],
        &toml::from_str("apart = [\"CVE-2024-1\"]").unwrap(),
    );
    assert_eq!(merged.len(), 2);
    assert!(toml::from_str::<MergeSettings>("apart = [\" \"]").is_err());
    assert!(toml::from_str::<MergeSettings>("part = []").is_err());
}

#[test]
fn many_findings_at_one_place_take_no_square_of_time() {
    let rules = ["github-pat", "slack-bot-token", "generic-api-key", "private-key"];
    let findings = (0..60_000)
        .map(|i| lines("secrets", rules[i % 4], (1 + (i / 40_000) as u32, 90_000)))
        .collect();
    assert!(united(findings).len() >= 15_000);
}

fn any_finding() -> impl Strategy<Value = Finding> {
    let rule = prop::sample::select(vec![
        ("python", "B105"),
        ("python", "B602"),
        ("secrets", "github-pat"),
        ("secrets", "slack-bot-token"),
        ("ruff", "S105"),
        ("ruff", "S602"),
        ("trivy", "github-pat"),
        ("detect-secrets", "Secret Keyword"),
        ("checkov", "CKV_AWS_24"),
        ("unheard-of", "RULE"),
    ]);
    let span = (1u32..6, 1u32..20, 0u32..3, 1u32..20, any::<bool>());
    (rule, span, 0usize..3, any::<bool>(), any::<bool>()).prop_map(
        |((tool, rule), (line, column, more, width, whole), severity, waived, other_file)| {
            let mut finding = match whole {
                true => lines(tool, rule, (line, line + more)),
                false => found(tool, rule, (line, column, line + more, column + width)),
            };
            finding.severity = [Severity::Low, Severity::High, Severity::Critical][severity];
            finding.waiver = waived.then(|| Waiver::comment("# nosec"));
            if other_file {
                finding.location.path = "other.py".into();
            }
            finding
        },
    )
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(
        (findings, shuffled) in prop::collection::vec(any_finding(), 0..24)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        let merged = united(findings.clone());
        prop_assert_eq!(&merged, &united(shuffled));
        prop_assert_eq!(&merged, &united(merged.clone()), "merging again changes nothing");
        let sightings = merged.iter().map(|f| f.sightings().count()).sum::<usize>();
        prop_assert_eq!(sightings, findings.len(), "nothing is lost");
    }

    #[test]
    fn a_finding_and_its_witnesses_mean_the_same_in_one_file_and_are_of_different_rules(
        findings in prop::collection::vec(any_finding(), 0..24)
    ) {
        for finding in united(findings) {
            let group = |f: &Finding| rule::meaning(&f.engine, &f.rule).map(|m| m.group);
            prop_assert!(finding.witnesses.iter().all(|witness| witness.witnesses.is_empty()));
            let mut rules = Vec::new();
            for sighting in finding.sightings() {
                rules.push((sighting.engine.clone(), sighting.rule.clone()));
                prop_assert_eq!(group(sighting), group(&finding));
                prop_assert_eq!(&sighting.location.path, &finding.location.path);
                prop_assert!(finding.waiver.is_none() || sighting.waiver.is_some());
                prop_assert!(sighting.severity <= finding.severity || sighting.waiver.is_some());
            }
            rules.sort();
            rules.dedup();
            prop_assert_eq!(rules.len(), finding.sightings().count());
        }
    }

    #[test]
    fn no_place_is_too_odd(spans in prop::collection::vec(any::<(u32, u32, u32, u32)>(), 0..40)) {
        let tools = [("python", "B602"), ("ruff", "S602"), ("bandit", "B602")];
        let findings = spans.iter().zip(tools.iter().cycle());
        let findings: Vec<_> = findings.map(|(span, (tool, rule))| found(tool, rule, *span)).collect();
        prop_assert!(united(findings).len() <= spans.len());
    }
}
