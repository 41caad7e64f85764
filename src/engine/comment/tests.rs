//! What each way of writing a comment holds for.

use super::*;
use crate::finding::{
    Anchor, Confidence, Fingerprint, Location, Severity, Snippet, Span, WaiverSource,
};
use jiff::civil::date;
use proptest::prelude::*;

fn finding(engine: &'static str, rule: &'static str, (first, last): (u32, u32)) -> Finding {
    let span = Span { start_line: first, start_column: 1, end_line: last, end_column: 2 };
    Finding {
        rule: rule.into(),
        engine: engine.into(),
        severity: Severity::High,
        confidence: Confidence::High,
        location: Location::new("a".into(), span),
        message: "".into(),
        snippet: Snippet::default(),
        anchor: Anchor::Secret(0),
        ordinal: 0,
        fingerprint: Fingerprint::default(),
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

/// The comment that waives a finding on these lines of the text.
fn waiver(text: &str, mut finding: Finding) -> Option<Waiver> {
    let file = SourceFile::new("a.txt".into(), text.into());
    let show = |range: Range<usize>| String::from_utf8_lossy(&file.bytes()[range]).into_owned();
    waive(&file, std::slice::from_mut(&mut finding), show);
    finding.waiver.map(|waiver| *waiver)
}

fn reason(text: &str, engine: &'static str, rule: &'static str, line: u32) -> Option<Box<str>> {
    waiver(text, finding(engine, rule, (line, line))).map(|waiver| waiver.reason)
}

#[test]
fn rules_are_named_in_either_spelling() {
    let holds = |comment: &str, rule| {
        let secret = Catalogue::get().find(rule).map(|rule| rule.engine).unwrap();
        reason(&format!("code # {comment}"), secret, rule, 1).is_some()
    };
    for comment in [
        "lockgate:ignore",
        "Lockgate:Ignore",
        "lockgate:ignore a test key",
        "lockgate:ignore: a test key",
        "lockgate:ignore - a well-known key",
        "lockgate:ignore n/a",
        "lockgate:ignore jwt",
        "lockgate:ignore B602,JWT made up",
        "lockgate:ignore B602, jwt: made up",
        "lockgate:ignore[github-pat, JWT] made up",
        "lockgate:ignore j*t made up",
        "gitleaks:allow",
    ] {
        assert!(holds(comment, "jwt"), "{comment}");
    }
    for comment in [
        "lockgate:ignore B602 made up",
        "lockgate:ignore B602,B607",
        "lockgate:ignore jwtt a slip",
        "lockgate:ignore[github-pat]",
        "lockgate:ignore[jwt",
        "lockgate:ignore[]",
        "lockgate:ignored",
        "lockgate:ignore CVE-2020-1",
        "lockgate:ignore B9999 made up",
        "lockgate:ignore made-up, B9999",
        "lockgate:ignore no-raw-query reviewed",
        "lockgate:ignore no_raw_query: reviewed",
        "lockgate:ignore team/no-raw-* reviewed",
        "lockgate:ignore B602:exp:2027-01-31",
        "lockgate:ignore jwt exp:soon",
        "lockgate:ignore jwt:exp:",
        "lockgate:ignore exp:2027-01-31T10:00",
        "lockgate:ignore-file",
        "gitleaks:allowed",
        "trivy:ignore:*",
    ] {
        assert!(!holds(comment, "jwt"), "{comment}");
    }
    assert!(holds("lockgate:ignore assert_used in a test", "B101"));
    assert!(!holds("gitleaks:allow", "B101"));
}

#[test]
fn a_day_may_stand_behind_a_rule_or_anywhere() {
    let of = |text: &str| waiver(text, finding("secrets", "jwt", (1, 1))).unwrap().until;
    for text in [
        "lockgate:ignore jwt exp:2027-01-31",
        "lockgate:ignore jwt exp=2027-01-31, made up",
        "lockgate:ignore jwt:exp:2027-01-31 made up",
        "lockgate:ignore[github-pat, jwt] made up (exp:2027-01-31)",
        "lockgate:ignore exp:2027-01-31",
        "lockgate:ignore made up exp:2027-01-31.",
    ] {
        assert_eq!(of(text), Some(date(2027, 1, 31)), "{text}");
    }
    assert_eq!(of("lockgate:ignore made up, expects 2027-01-31"), None);
}

#[test]
fn infrastructure_code_has_expiry_aliases_and_patterns() {
    let of = |text: &str, rule| waiver(text, finding("terraform", rule, (2, 2)));
    let text =
        "# tfsec:ignore:aws-s3-*:exp:2027-01-31 trivy:ignore:aws-ec2-x:exp=2026-02-28\nx {\n";
    let bucket = of(text, "aws-s3-enable-versioning").unwrap();
    assert_eq!((bucket.source, bucket.until), (WaiverSource::Comment, Some(date(2027, 1, 31))));
    assert!(bucket.reason.starts_with("tfsec:ignore:aws-s3-*:exp:2027-01-31"));
    assert_eq!(of(text, "aws-ec2-x").unwrap().until, Some(date(2026, 2, 28)));
    assert_eq!(of(text, "aws-rds-x"), None);
    for void in [
        "a-b:exp:soon",
        "a-b:ws:dev",
        "a-b[name=x]",
        "a-b:exp",
        "",
        "a-b:exp:2027-01-31T10:00",
        ":exp:2027-01-31",
    ] {
        assert_eq!(of(&format!("# trivy:ignore:{void}\nx {{"), "a-b"), None, "{void}");
    }
    let both = "# trivy:ignore:a-b:exp:2020-01-01\n# trivy:ignore:a-b\nx {";
    assert_eq!(waiver(both, finding("terraform", "a-b", (3, 3))).unwrap().until, None);
}

#[test]
fn a_comment_holds_for_its_line_and_alone_for_the_one_below() {
    let at = |text: &str, lines| waiver(text, finding("python", "B602", lines)).is_some();
    assert!(at("x\ny # lockgate:ignore\nz", (2, 2)));
    assert!(!at("x\ny # lockgate:ignore\nz", (3, 3)));
    assert!(at("  # lockgate:ignore\nz", (2, 2)));
    assert!(at("<!-- lockgate:ignore -->\nz", (2, 2)));
    assert!(at("# lockgate:ignore B602\n# lockgate:ignore B607\nz", (3, 3)));
    assert!(!at("# lockgate:ignore\n\nz", (3, 3)));
    assert!(!at("/* lockgate:ignore */ y()\nz", (2, 2)));
    assert!(at("call(\n  a,\n) # lockgate:ignore", (1, 3)));
    assert!(!at("call(\n  a, # lockgate:ignore\n)", (1, 3)), "that is of what is inside");
}

#[test]
fn what_closes_a_comment_is_not_of_it() {
    for (line, kept) in [
        ("<!-- gitleaks:allow -->", "gitleaks:allow"),
        ("/* lockgate:ignore[jwt] sample */ more", "lockgate:ignore[jwt] sample"),
        ("\"lockgate:ignore sample\"", "lockgate:ignore sample"),
    ] {
        assert_eq!(reason(line, "secrets", "jwt", 1).as_deref(), Some(kept));
    }
}

proptest! {
    #[test]
    fn no_text_is_too_odd(
        text in "([#/*\\[\\],:= \n]|lockgate:ignore|trivy:ignore:|gitleaks:allow|B602|exp|é){0,40}",
        line in 0u32..30,
        more in 0u32..3,
    ) {
        let found = finding("python", "B602", (line + 1, line + 1 + more));
        if let Some(waiver) = waiver(&text, found) {
            prop_assert!(waiver.reason.len() <= LONGEST);
            prop_assert!(text.contains(&*waiver.reason));
        }
    }
}

#[test]
fn remarks_are_comments_and_not_texts_about_them() {
    let text = "x  # lockgate:ignore B602 ours\nsay(\"# lockgate:ignore\")\nWrite lockgate:ignore.\n\
                // trivy:ignore:a-b:exp:2026-02-28\n";
    let file = SourceFile::new("a.py".into(), text.into());
    let found: Vec<_> = remarks(&file).into_iter().map(|r| (r.line, r.text, r.until)).collect();
    assert_eq!(
        found,
        [
            (1, "lockgate:ignore B602 ours".into(), None),
            (4, "trivy:ignore:a-b:exp:2026-02-28".into(), Some(date(2026, 2, 28))),
        ]
    );
}
