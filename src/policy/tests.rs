use super::sample::*;
use super::*;
use crate::finding::{Confidence, EngineRun, Severity, Waiver, WaiverSource};
use crate::finding::{Coverage, Outcome};
use std::borrow::Cow;

const RUN: EngineRun = EngineRun {
    engine: Cow::Borrowed("other"),
    version: String::new(),
    outcome: Outcome::Complete,
    coverage: Coverage {
        roots: Vec::new(),
        except: Vec::new(),
        binary: Vec::new(),
        left_out: Vec::new(),
        files: 0,
    },
    findings: Vec::new(),
    notifications: Vec::new(),
};
const NONE: Circumstances =
    Circumstances { runs: &[RUN], notifications: &[], now: NOW, advisories: None };

fn settings(text: &str) -> Settings {
    toml::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn policy(text: &str) -> Policy {
    settings(text).policy(None, Event::Local).unwrap_or_else(|error| panic!("{error}"))
}

fn judged(text: &str, cases: &[(Finding, Facts)]) -> Verdict {
    let (findings, facts): (Vec<Finding>, Vec<Facts>) = cases.iter().cloned().unzip();
    judge(&findings, &facts, &NONE, None, policy(text))
}

/// `block`, `warn` or `pass`, and the name of the rule.
fn decided(text: &str, finding: &Finding, facts: Facts) -> String {
    let verdict = judged(text, &[(finding.clone(), facts)]);
    match (&verdict.blocking[..], &verdict.warnings[..]) {
        ([block], []) => format!("block {}", block.rule),
        ([], [warning]) => format!("warn {}", warning.rule),
        ([], []) => "pass".to_owned(),
        _ => panic!("decided twice: {verdict:?}"),
    }
}

#[track_caller]
fn decides(text: &str, finding: &Finding, facts: Facts, expected: &str) {
    let decided = decided(text, finding, facts);
    assert!(decided.starts_with(expected), "{decided}, not {expected}");
}

#[test]
fn new_code_blocks_what_is_new_severe_and_sure() {
    let of = |severity, confidence| finding("X", severity, confidence);
    let severe = of(Severity::Critical, Confidence::Medium);
    decides("", &severe, NEW, "block [gate] fail_on = \"high\"");
    decides("", &severe, OLD, "pass");
    decides("", &of(Severity::High, Confidence::Low), NEW, "warn [gate] warn_on = \"medium\"");
    decides("", &of(Severity::Medium, Confidence::High), NEW, "warn [gate] warn_on");
    decides("", &of(Severity::Medium, Confidence::High), OLD, "pass");
    decides("", &of(Severity::Low, Confidence::High), NEW, "pass");
    decides(
        "",
        &of(Severity::Unknown, Confidence::High),
        NEW,
        "warn [[gate.rules]] \"severity-unknown\"",
    );
}

#[test]
fn new_code_knows_secrets_exploited_packages_and_those_without_a_fix() {
    decides("", &secret(Severity::Low), NEW, "block [[gate.rules]] \"certain-secret\" (new-code)");
    decides("", &secret(Severity::Low), OLD, "pass");
    decides("", &package(), NEW, "block [gate] fail_on");
    let unfixed = package_with(|package| package.fixed_in.clear());
    decides("", &unfixed, NEW, "warn [[gate.rules]] \"no-fix-yet\"");
    let overdue = package_with(|package| package.exploited = due("2026-06-14"));
    decides("", &overdue, OLD, "block [[gate.rules]] \"known-exploited\"");
    let today = package_with(|package| package.exploited = due("2026-06-15"));
    decides("", &today, OLD, "pass");
}

#[test]
fn strict_counts_old_code_and_its_age() {
    let strict = "profile = \"strict\"";
    let known = Facts { new: false, first_seen: Some(NOW - 30 * 86_400) };
    decides(strict, &severe(), known, "block [gate] fail_on");
    decides(strict, &severe(), OLD, "block [[gate.rules]] \"overdue\"");
    let medium = finding("X", Severity::Medium, Confidence::Low);
    decides(strict, &medium, OLD, "block [[gate.rules]] \"overdue\" (strict)");
    decides(strict, &medium, NEW, "warn");
    let listed = package_with(|package| package.exploited = due("2030-01-01"));
    decides(strict, &listed, OLD, "block [[gate.rules]] \"known-exploited\"");
    let verdict = judged(strict, &[]);
    assert_eq!(verdict.outcome, Decision::Incomplete);
    assert_eq!(verdict.incomplete[0], "python: is required ([gate] require) and did not run");
}

#[test]
fn the_other_profiles() {
    decides("profile = \"secrets-only\"", &severe(), NEW, "pass");
    decides(
        "profile = \"secrets-only\"",
        &secret(Severity::Info),
        NEW,
        "block [[gate.rules]] \"secret\"",
    );
    let kev = "profile = \"kev-epss\"";
    decides(kev, &severe(), NEW, "warn");
    decides(kev, &package(), OLD, "block [[gate.rules]] \"likely-and-severe\"");
    let unlikely = package_with(|package| package.epss = Some(0.01));
    decides(kev, &unlikely, OLD, "block [[gate.rules]] \"critical-with-a-fix\"");
    let unfixed = package_with(|package| {
        package.epss = Some(0.01);
        package.fixed_in.clear();
    });
    decides(kev, &unfixed, OLD, "warn");
    decides("profile = \"none\"", &severe(), NEW, "pass");
    decides("profile = \"none\"\nfail_on = \"low\"", &severe(), OLD, "block");
}

#[test]
fn onboarding_observes_until_it_starts() {
    let error = settings("profile = \"legacy-onboarding\"").policy(None, Event::Local).unwrap_err();
    assert!(error.to_string().contains("starts = YYYY-MM-DD"), "{error}");
    let on = |day: &str| {
        let text = format!("profile = \"legacy-onboarding\"\nstarts = {day}");
        judged(&text, &[(severe(), NEW)])
    };
    let before = on("2026-06-16");
    assert_eq!((before.outcome, before.blocking.len()), (Decision::Passed, 0));
    assert_eq!(before.would_block.len(), 1);
    assert_eq!(before.recorded(), Decision::Passed, "what it observes becomes the base");
    let after = on("\"2026-06-15\"");
    assert_eq!((after.outcome, after.would_block.len()), (Decision::Blocked, 0));
}

#[test]
fn a_dry_run_blocks_nothing_and_becomes_no_base() {
    let flags = Flags { dry_run: true, ..Flags::default() };
    let verdict =
        judge(&[severe()], &[NEW], &NONE, None, policy("starts = 2020-01-01").with(flags));
    assert_eq!(verdict.outcome, Decision::Passed);
    assert_eq!(verdict.recorded(), Decision::Blocked);
    assert_eq!(verdict.would_block.len(), 1);
}

#[test]
fn fail_on_none_blocks_nothing_whatever_the_rules_say() {
    let verdict = judged("fail_on = \"none\"", &[(secret(Severity::High), NEW), (severe(), NEW)]);
    assert_eq!(verdict.outcome, Decision::Passed);
    assert_eq!(verdict.recorded(), Decision::Passed);
    assert_eq!(verdict.warnings.len(), 2);
}

#[test]
fn own_rules_come_first_and_the_first_that_takes_decides() {
    let text = r#"
        [[rules]]
        name = "tests"
        action = "ignore"
        path = ["tests/**", "src/*.py"]
        [[rules]]
        name = "never"
        action = "block"
    "#;
    decides(text, &severe(), NEW, "pass");
    let mut elsewhere = severe();
    elsewhere.location.path = "src/deep/app.py".into();
    decides(text, &elsewhere, OLD, "block [[gate.rules]] \"never\"");
}

#[test]
fn every_condition_takes_and_leaves() {
    let old_package = package_with(|package| {
        package.direct = Some(false);
        package.epss = None;
        package.fixed_in.clear();
    });
    let low = finding("B101", Severity::Low, Confidence::Low);
    for (condition, takes, leaves) in [
        ("severity = \"high\"", severe(), low.clone()),
        ("confidence = \"medium\"", severe(), low.clone()),
        ("engine = [\"SEC*\"]", secret(Severity::Low), severe()),
        ("rule = [\"b6*\"]", severe(), low.clone()),
        ("cwe = [78]", severe(), low.clone()),
        ("path = [\"src/**\"]", severe(), {
            let mut f = severe();
            f.location.path = "a.py".into();
            f
        }),
        ("fix = \"available\"", package(), old_package.clone()),
        ("fix = \"none\"", old_package.clone(), severe()),
        ("dependency = \"direct\"", package(), old_package.clone()),
        ("dependency = \"transitive\"", old_package.clone(), severe()),
        ("kev = \"listed\"", package_with(|p| p.exploited = due("2030-01-01")), package()),
        ("epss = 0.1", package(), old_package.clone()),
        ("cvss = 9.8", package(), severe()),
        ("expr = 'finding.line == 3'", severe(), {
            let mut f = severe();
            f.location.span.start_line = 4;
            f
        }),
    ] {
        let text = format!(
            "profile = \"none\"\n[[rules]]\nname = \"it\"\naction = \"block\"\n{condition}"
        );
        decides(&text, &takes, OLD, "block");
        decides(&text, &leaves, OLD, "pass");
    }
    for (condition, takes, leaves) in [
        ("new = true", NEW, OLD),
        ("new = false", OLD, NEW),
        ("age_days = 100", OLD, NEW),
        ("overdue = true", OLD, NEW),
        ("overdue = false", NEW, OLD),
    ] {
        let text = format!(
            "profile = \"none\"\nsla_days = {{ high = 99 }}\n[[rules]]\nname = \"it\"\naction = \"warn\"\n{condition}"
        );
        decides(&text, &severe(), takes, "warn");
        decides(&text, &severe(), leaves, "pass");
    }
}

#[test]
fn a_witness_is_enough_to_block_and_not_to_loosen() {
    let rule = |action: &str| {
        format!(
            "profile = \"none\"\nfail_on = \"high\"\n[[rules]]\nname = \"it\"\naction = \"{action}\"\nengine = [\"secrets\"]\n"
        )
    };
    let seen_by_two = Finding { witnesses: vec![secret(Severity::Low)], ..severe() };
    decides(&rule("block"), &seen_by_two, NEW, "block [[gate.rules]] \"it\"");
    decides(&rule("ignore"), &seen_by_two, NEW, "block [gate] fail_on");
    decides(&rule("ignore"), &secret(Severity::High), NEW, "pass");
}

#[test]
fn a_number_of_findings_is_tolerated() {
    let text = r#"
        profile = "none"
        [[rules]]
        name = "few"
        action = "block"
        severity = "low"
        more_than = 2
        [[rules]]
        name = "rest"
        action = "warn"
    "#;
    let low = || (finding("X", Severity::Low, Confidence::High), NEW);
    let two = judged(text, &[low(), low()]);
    assert_eq!((two.blocking.len(), two.warnings.len()), (0, 2));
    let three = judged(text, &[low(), low(), low()]);
    assert_eq!((three.blocking.len(), three.warnings.len()), (3, 0));
}

#[test]
fn an_expression_that_fails_blocks_and_is_said() {
    let text = |action: &str| {
        format!(
            "profile = \"none\"\n[[rules]]\nname = \"it\"\naction = \"{action}\"\nexpr = 'finding.cwe[99] == 1'\n"
        )
    };
    let blocked = judged(&text("block"), &[(severe(), NEW), (severe(), NEW)]);
    assert_eq!(blocked.blocking.len(), 2);
    assert_eq!(blocked.incomplete.len(), 1);
    assert!(blocked.incomplete[0].contains("\"it\": its `expr` could not be asked of 2"));
    let ignored = judged(&text("ignore"), &[(severe(), NEW)]);
    assert_eq!(ignored.outcome, Decision::Incomplete);
}

#[test]
fn comments_count_as_far_as_the_policy_lets_them() {
    decides("", &commented(), NEW, "pass");
    decides("[comments]\nforbid = [\"py*\"]", &commented(), NEW, "block");
    decides("[comments]\nforbid = [\"secrets\"]", &commented(), NEW, "pass");
    decides("[comments]\ncount_new = false", &commented(), NEW, "block");
    decides("new_only = false\n[comments]\ncount_new = false", &commented(), OLD, "pass");
    let from_file = Finding {
        waiver: commented()
            .waiver
            .map(|waiver| Box::new(Waiver { source: WaiverSource::File, ..*waiver })),
        ..severe()
    };
    decides("[comments]\nforbid = [\"*\"]\nmax = 0", &from_file, NEW, "pass");
    let cases = [(commented(), NEW), (commented(), OLD), (commented(), NEW)];
    let verdict = judged("new_only = false\n[comments]\nmax = 2", &cases);
    assert_eq!(verdict.blocking.len(), 1);
    assert_eq!(verdict.blocking[0].finding, 2, "what the base has keeps its place");
    let despite = verdict.blocking[0].despite.as_deref().unwrap();
    assert_eq!(despite, "the comment `# nosec` does not count: [gate.comments] max = 2");
}

#[test]
fn a_rule_can_be_about_what_is_waived() {
    let text = "[[rules]]\nname = \"no excuse\"\naction = \"block\"\nwaived = true\nengine = [\"secrets\"]";
    let waived = Finding { waiver: commented().waiver, ..secret(Severity::High) };
    decides(text, &waived, OLD, "block [[gate.rules]] \"no excuse\"");
    decides(text, &commented(), NEW, "pass");
}

#[test]
fn events_come_before_branches_and_both_before_the_gate() {
    let settings = settings(
        r#"
        fail_on = "low"
        min_confidence = "low"
        [branches."*"]
        fail_on = "medium"
        [branches."main"]
        fail_on = "high"
        events.push.fail_on = "info"
        [events.pull-request]
        fail_on = "critical"
        "#,
    );
    let fail_on = |branch: Option<&str>, event| {
        let policy = settings.policy(branch, event).unwrap();
        (policy.fail_on.unwrap(), policy.source)
    };
    let of = |threshold, source: &str| (threshold, source.to_owned());
    assert_eq!(fail_on(Some("a/b"), Event::Local), of(Threshold::Low, "[gate]"));
    assert_eq!(fail_on(Some("topic"), Event::Push), of(Threshold::Medium, "[gate.branches.\"*\"]"));
    assert_eq!(
        fail_on(Some("main"), Event::Local),
        of(Threshold::High, "[gate.branches.\"main\"]")
    );
    assert_eq!(
        fail_on(Some("main"), Event::Push),
        of(Threshold::Info, "[gate.branches.\"main\".events.push]")
    );
    assert_eq!(
        fail_on(Some("main"), Event::PullRequest),
        of(Threshold::Critical, "[gate.events.pull-request]")
    );
}

#[test]
fn what_means_nothing_is_an_error_that_names_the_rule() {
    let error = |text: &str| settings(text).check().unwrap_err().to_string();
    let rule = |line: &str| error(&format!("[[rules]]\nname = \"it\"\naction = \"block\"\n{line}"));
    assert!(
        rule("epss = 10").starts_with("[[gate.rules]] \"it\": `epss = 10` is not between 0 and 1")
    );
    assert!(rule("cvss = -1.0").contains("between 0 and 10"));
    assert!(rule("path = [\"a[\"]").contains("`path`: "));
    assert_eq!(
        rule("expr = 'finding.lime == 3'"),
        "[[gate.rules]] \"it\": `expr`: column 8: no field `finding.lime`; did you mean `line`?"
    );
    let nested =
        "[events.push]\n[[events.push.rules]]\nname = \"it\"\naction = \"warn\"\nepss = 2.0";
    assert!(error(nested).starts_with("[[gate.events.push.rules]] \"it\""));
    assert!(error("[branches.\"a[\"]\nfail_on = \"low\"").starts_with("[gate.branches.\"a[\"]: "));
    assert!(error("[comments]\nforbid = [\"a[\"]").starts_with("[gate.comments]: "));
    assert!(error("[events.push]\nprofile = \"legacy-onboarding\"").contains("starts"));
}

#[test]
fn a_policy_is_the_same_after_a_journey_as_json_and_as_toml() {
    for profile in Profile::ALL {
        let text =
            format!("profile = \"{}\"\nstarts = 2030-01-01\n[comments]\nmax = 3\n", profile.name());
        let policy = policy(&text);
        let json = serde_json::to_string(&policy).unwrap();
        let back: Policy = serde_json::from_str(&json).unwrap();
        assert_eq!(back, policy);
        assert_eq!(back.hash(), policy.hash());
        #[derive(serde::Deserialize)]
        struct File {
            gate: Settings,
        }
        let printed = policy.to_toml();
        let file: File =
            toml::from_str(&printed).unwrap_or_else(|error| panic!("{printed}{error}"));
        let again = file.gate.policy(None, Event::Local).unwrap();
        let rules =
            |policy: &Policy| policy.clauses.iter().map(|c| c.rule.clone()).collect::<Vec<_>>();
        assert_eq!(rules(&again), rules(&policy));
        assert_eq!(
            (again.fail_on, again.warn_on, again.sla_days, again.comments, again.require),
            (
                policy.fail_on,
                policy.warn_on,
                policy.sla_days,
                policy.comments.clone(),
                policy.require.clone()
            )
        );
    }
    assert_ne!(policy("").hash(), policy("warn_on = \"low\"").hash());
}

#[test]
fn a_policy_from_elsewhere_that_cannot_be_read_blocks() {
    let mut policy = policy("profile = \"none\"");
    let mut rule = Rule::new("odd", Action::Block);
    rule.expr = Some("no such name".to_owned());
    policy.clauses = vec![Clause { label: "odd".to_owned(), rule }];
    let verdict = judge(&[severe()], &[], &NONE, None, policy);
    assert_eq!(verdict.outcome, Decision::Blocked);
    assert_eq!(verdict.incomplete.len(), 1);
}

#[test]
fn what_is_required_and_how_old_advisories_may_be() {
    let run = |engine: &'static str, outcome| EngineRun {
        engine: engine.into(),
        version: String::new(),
        outcome,
        coverage: Coverage::default(),
        findings: Vec::new(),
        notifications: Vec::new(),
    };
    let runs =
        [run("python", Outcome::Complete), run("secrets", Outcome::Incomplete("it ended".into()))];
    let reasons = |text: &str, findings: &[Finding], advisories| {
        let now = NOW;
        let circumstances = Circumstances { runs: &runs, notifications: &[], now, advisories };
        judge(findings, &[], &circumstances, None, policy(text)).incomplete
    };
    let text = "profile = \"none\"\nrequire = [\"python\", \"secrets\", \"osv\"]";
    let expected = ["secrets: it ended", "osv: is required ([gate] require) and did not run"];
    assert_eq!(reasons(text, &[], None), expected);
    let text = "profile = \"none\"\nmax_advisory_age_days = 3";
    assert_eq!(reasons(text, &[], None).len(), 1, "nobody looked at packages");
    assert_eq!(
        reasons(text, &[package()], None)[1],
        "advisory data: its date is not known ([gate] max_advisory_age_days = 3)"
    );
    assert_eq!(reasons(text, &[], Some(NOW - 3 * 86_400)).len(), 1);
    assert_eq!(
        reasons(text, &[], Some(NOW - 4 * 86_400))[1],
        "advisory data: is 4 days old ([gate] max_advisory_age_days = 3)"
    );
}

#[test]
fn every_rule_says_why_it_did_not_take_a_finding() {
    let policy = policy("");
    let asked = explain(&finding("X", Severity::Medium, Confidence::High), NEW, NOW, &policy);
    let lines: Vec<String> = asked
        .iter()
        .map(|asked| format!("{} {}", asked.action, asked.fails.as_deref().unwrap_or("takes it")))
        .collect();
    assert_eq!(
        lines,
        [
            "block kev = \"overdue\"",
            "warn fix = \"none\"",
            "block engine = [\"secrets\", \"gitleaks\", \"git-secrets\", \"trufflehog\", \"detect-secrets\"]",
            "warn severity = \"unknown\"",
            "block severity = \"high\"",
            "warn takes it",
        ]
    );
    let waived = explain(&commented(), NEW, NOW, &policy);
    assert!(waived.iter().all(|asked| asked.fails.as_deref() == Some("waived = false")));
}

#[test]
fn a_proposed_policy_is_tried_on_the_past() {
    let past = |label: &str, time| Past {
        label: label.to_owned(),
        branch: Some("main".to_owned()),
        event: Event::Push,
        time,
        decision: Decision::Passed,
        findings: vec![finding("X", Severity::Medium, Confidence::High)],
        facts: vec![Facts { new: false, first_seen: Some(NOW - 100 * 86_400) }],
    };
    let scans = [past("then", NOW - 90 * 86_400), past("now", NOW)];
    let proposed = settings("profile = \"strict\"");
    let trial = trial::<PolicyError>(&proposed, scans.into_iter().map(Ok)).unwrap();
    assert_eq!(trial.blocked(), 1, "it was not overdue then");
    assert_eq!(trial.scans[1].blocking["[[gate.rules]] \"overdue\" (strict)"], 1);
}

#[test]
fn a_branch_by_its_name_comes_before_any_glob() {
    let settings = settings(
        "[branches.\"release/2\"]\nfail_on = \"low\"\n[branches.\"release/*\"]\nfail_on = \"none\"\n\
         [branches.\"h*/*\"]\nfail_on = \"info\"\n[branches.\"fix[1]\"]\nfail_on = \"medium\"\n",
    );
    for (branch, expected) in [
        ("release/2", Threshold::Low),
        ("release/3", Threshold::None),
        ("hotfix/3", Threshold::Info),
        ("fix[1]", Threshold::Medium),
        ("fix1", Threshold::Medium),
    ] {
        let policy = settings.policy(Some(branch), Event::Push).unwrap();
        assert_eq!(policy.fail_on, Some(expected), "{branch}");
    }
}

#[test]
fn a_hash_is_over_what_decides() {
    let hash = |text: &str| policy(text).hash();
    let rules = "profile = \"none\"\nrequire = [\"a\", \"b\"]\n[[rules]]\nname = \"x\"\naction = \"block\"\nseverity = \"low\"\n";
    assert_eq!(hash(rules), hash(&rules.replace("\"x\"", "\"y\"")));
    assert_eq!(hash(rules), hash(&rules.replace("\"a\", \"b\"", "\"b\", \"a\"")));
    assert_eq!(hash(rules), hash(&format!("sla_days = {{ low = 3 }}\n{rules}")));
    for (from, to) in [
        ("\"low\"", "\"high\""),
        ("\"block\"", "\"warn\""),
        ("\"a\", ", ""),
        ("req", "fail_on = \"none\"\nreq"),
    ] {
        assert_ne!(hash(rules), hash(&rules.replace(from, to)), "{from}");
    }
}

#[test]
fn rules_go_by_id_name_and_alias_and_paths_however_they_are_written() {
    let found = finding("B602", Severity::Low, Confidence::High);
    let taken = |condition: &str| {
        let text = format!(
            "profile = \"none\"\n[[rules]]\nname = \"it\"\naction = \"block\"\n{condition}\n"
        );
        decided(&text, &found, NEW) != "pass"
    };
    for condition in [
        "rule = [\"B602\"]",
        "rule = [\"b6*\"]",
        "rule = [\"subprocess_popen_with_shell_equals_true\"]",
        "rule = [\"subprocess_popen_*\"]",
        "path = [\"src\"]",
        "path = [\"./src/\"]",
        "path = [\"/src/**\"]",
        "path = [\".\"]",
        "path = [\"lib\", \"src/*\"]",
    ] {
        assert!(taken(condition), "{condition}");
    }
    for condition in
        ["rule = [\"B603\"]", "rule = [\"subprocess\"]", "path = [\"sr\"]", "path = [\"*\"]"]
    {
        assert!(!taken(condition), "{condition}");
    }
    assert_eq!(settings("[[rules]]\nname = \"it\"\naction = \"block\"\nrule = [\"B62*\", \"assert_used\"]\n[events.push]\n[[events.push.rules]]\nname = \"it\"\naction = \"block\"\nengine = [\"semgrep\"]\nrule = [\"mine\"]\n").unmet().len(), 1);
}

#[test]
fn what_reports_would_show_holds_no_secret() {
    let secret = format!("ghp_{}", "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0bC3dE6");
    for text in [
        "[[rules]]\nname = \"SECRET\"\naction = \"warn\"\n",
        "[[rules]]\nname = \"x\"\naction = \"warn\"\nexpr = \"finding.path == 'SECRET'\"\n",
        "[[rules]]\nname = \"x\"\naction = \"warn\"\npath = [\"SECRET\"]\n",
        "require = [\"SECRET\"]\n",
        "[comments]\nforbid = [\"SECRET\"]\n",
        "[branches.SECRET]\nfail_on = \"low\"\n",
    ] {
        let refused = settings(&text.replace("SECRET", &secret)).check().unwrap_err();
        assert!(refused.to_string().contains("what looks like a secret"), "{text}");
    }
}

#[test]
fn where_nothing_was_looked_at_nothing_passes() {
    let nothing = Circumstances { runs: &[], ..NONE };
    let verdict = judge(&[], &[], &nothing, None, policy(""));
    assert_eq!(verdict.outcome, Decision::Incomplete);
    assert!(verdict.incomplete[0].contains("every engine is off"), "{:?}", verdict.incomplete);
}
