//! What entries and decisions do to findings.

use super::*;
use crate::engine::{ENGINES, Engine};
use crate::finding::{Anchor, Finding, Fingerprint, Package, WaiverSource};
use crate::identity;
use crate::scan::scan_file;
use crate::target::{Settings, SourceFile};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::path::Path;

const TODAY: Date = date(2026, 11, 23);

fn parse(text: &str) -> Result<Waivers, String> {
    Waivers::parse(text, Path::new("waivers.toml")).map_err(|error| error.to_string())
}

/// Entries with what each of them needs.
fn waivers(entries: &[&str]) -> Waivers {
    let rest = "reason = \"r\"\nowner = \"o\"\ncreated = 2026-11-01\n";
    let text: String = entries.iter().map(|entry| format!("[[waiver]]\n{entry}\n{rest}")).collect();
    parse(&text).unwrap()
}

fn found(path: &str, text: &str) -> Vec<Finding> {
    let engines: Vec<&'static dyn Engine> = ENGINES.to_vec();
    scan_file(SourceFile::new(path.into(), text.into()), &Settings::default(), &engines, false)
        .findings
}

/// A password that is seen by two engines, and an assertion.
fn sample() -> Vec<Finding> {
    let findings = found("app/a.py", "password = \"k3Jx9-vTqZ72mLwP\"\nassert password\n");
    assert!(findings.len() >= 2, "{findings:?}");
    findings
}

fn by(findings: &[Finding]) -> Vec<(&str, bool)> {
    findings.iter().map(|finding| (&*finding.rule, finding.waiver.is_some())).collect()
}

fn kinds(notes: &[Note]) -> Vec<Kind> {
    notes.iter().map(|note| note.kind).collect()
}

fn package(advisories: &[&str], fixed_in: &[&str]) -> Finding {
    let mut finding = sample().remove(0);
    finding.rule = advisories[0].to_owned().into();
    finding.engine = "advisories".into();
    let boxed = |list: &[&str]| list.iter().map(|one| Box::from(*one)).collect();
    finding.anchor = Anchor::Package {
        ecosystem: "PyPI".into(),
        name: "jinja2".into(),
        advisory: advisories[0].into(),
    };
    finding.package = Some(Box::new(Package {
        ecosystem: "PyPI".into(),
        name: "Jinja2".into(),
        version: "2.10".into(),
        advisories: boxed(advisories),
        fixed_in: boxed(fixed_in),
        direct: None,
        cvss: None,
        epss: None,
        exploited: None,
        ..Package::default()
    }));
    finding
}

#[test]
fn what_means_nothing_is_an_error_with_its_line() {
    let rest = "reason = \"r\"\nowner = \"o\"\ncreated = 2026-11-23\n";
    for (entry, error) in [
        ("rule = \"B101\"\nruel = \"x\"", ":3: unknown key `ruel`; did you mean `rule`?"),
        ("path = \"tests/**\"", ":1: the waiver for in tests/**: a path alone would waive"),
        ("engine = \"python\"", ":1: the waiver for of python: says not what it is for"),
        ("rule = \"*\"", ":1: the waiver for *: `rule = \"*\"` names hardly anything"),
        ("rule = \"?*\"", "names hardly anything"),
        ("advisory = \"*\"", "`advisory = \"*\"` names hardly anything"),
        ("package = \"flask\"\nadvisory = \"B*\"", "names hardly anything"),
        ("package = \"*\"", "a package goes by its name"),
        ("rule = \"\"", ":1: the waiver for : `reason`, `owner` and what it is for must not be"),
        ("rule = \"B101\"\npath = \"a[\"", "error parsing glob"),
        ("fingerprint = \"abc\"", ":2: a fingerprint is 32 hexadecimal digits"),
        ("fingerprint = []", ":2: a list of fingerprints holds 1 to"),
        ("fingerprint = 7", ":2: a fingerprint is a text of 32 hexadecimal digits"),
        (
            "rule = \"B101\"\nuntil = 2027-11-24",
            "for more than 365 days; the last day it may name is 2027-11-23",
        ),
        ("rule = \"B101\"\nuntil = 2026-11-22", "`until` is before `created` (2026-11-23)"),
        ("rule = \"B101\"\nuntil = 2027-01-01T00:00:00", ":3: a day is written as 2027-02-20"),
    ] {
        let said = parse(&format!("[[waiver]]\n{entry}\n{rest}")).unwrap_err();
        assert!(said.contains(error), "{entry}\n{said}");
    }
    for missing in ["reason", "owner", "created"] {
        let kept: String = rest
            .lines()
            .filter(|line| !line.starts_with(missing))
            .fold("[[waiver]]\nrule = \"B101\"\n".to_owned(), |text, line| text + line + "\n");
        let said = parse(&kept).unwrap_err();
        assert!(said.contains(&format!("missing field `{missing}`")), "{said}");
    }
    assert!(parse("[[wavier]]\n").unwrap_err().contains("did you mean `waiver`?"));
}

#[test]
fn an_entry_holds_through_its_last_day() {
    let entry =
        "[[waiver]]\nrule = \"B101\"\nreason = \"r\"\nowner = \"o\"\ncreated = \"2026-11-23\"\n";
    let waivers = parse(entry).unwrap();
    assert_eq!(waivers.entries().next().unwrap().1.last_day(), date(2027, 2, 21));
    let on = |day: Date| {
        let mut findings = sample();
        let notes = waivers.apply(&mut findings, day);
        let waived = by(&findings).contains(&("B101", true));
        (waived, kinds(&notes))
    };
    assert_eq!(on(date(2026, 11, 20)), (false, vec![Kind::Early]));
    assert_eq!(on(date(2026, 11, 22)), (true, vec![]), "one time zone ahead");
    assert_eq!(on(date(2027, 2, 13)), (true, vec![]));
    assert_eq!(on(date(2027, 2, 14)), (true, vec![Kind::Soon]));
    assert_eq!(on(date(2027, 2, 21)), (true, vec![Kind::Soon]));
    assert_eq!(on(date(2027, 2, 22)), (false, vec![Kind::Expired]));
}

#[test]
fn scopes_narrow_each_other() {
    for (entry, holds) in [
        ("rule = \"assert_used\"", true),
        ("rule = \"b1*1\"", true),
        ("rule = \"B101\"\npath = \"app\"", true),
        ("rule = \"B101\"\npath = \"./app/\"", true),
        ("rule = \"B101\"\npath = \"**/*.py\"", true),
        ("rule = \"B101\"\nengine = \"python\"", true),
        ("rule = \"B101\"\nengine = \"secrets\"", false),
        ("rule = \"B101\"\npath = \"*.py\"", false),
        ("rule = \"B101\"\npath = \"tests/**\"", false),
        ("rule = \"B102\"", false),
        ("advisory = \"CVE-2020-1\"", false),
        ("advisory = \"B101\"", false),
        ("rule = \"B101\"\npath = \"/app/\"", true),
        ("rule = \"B101\"\npath = \".\"", true),
        ("rule = \"B101\"\npath = \"ap\"", false),
    ] {
        let mut findings = sample();
        let notes = waivers(&[entry]).apply(&mut findings, TODAY);
        assert_eq!(by(&findings).contains(&("B101", true)), holds, "{entry}");
        assert_eq!(kinds(&notes), if holds { vec![] } else { vec![Kind::Unused] }, "{entry}");
        assert!(!by(&findings).iter().any(|(rule, waived)| *rule != "B101" && *waived && holds));
    }
}

#[test]
fn packages_go_by_name_and_any_id() {
    for (entry, holds) in [
        ("advisory = \"GHSA-x\"", true),
        ("rule = \"cve-2020-1\"", true),
        ("package = \"jinja2\"", true),
        ("package = \"jinja2\"\nadvisory = \"CVE-2020-2\"", false),
        ("package = \"flask\"", false),
        ("advisory = \"CVE-2020-*\"", true),
        ("advisory = \"B101\"", false),
    ] {
        let mut findings = [package(&["CVE-2020-1", "GHSA-x"], &[])];
        waivers(&[entry]).apply(&mut findings, TODAY);
        assert_eq!(findings[0].waiver.is_some(), holds, "{entry}");
    }
    let mut mended = [package(&["CVE-2020-1"], &["2.11.3"])];
    let notes = waivers(&["package = \"jinja2\""]).apply(&mut mended, TODAY);
    assert_eq!(kinds(&notes), [Kind::Fixed]);
    assert!(notes[0].message.contains("version 2.11.3"));
}

/// The two sightings of the password, merged.
fn united(findings: Vec<Finding>) -> Vec<Finding> {
    identity::unite(findings, &identity::MergeSettings::default())
}

#[test]
fn a_scope_waives_one_sighting_and_a_fingerprint_the_whole_finding() {
    let alone = sample();
    let merged = united(alone.clone());
    let speaker = merged.iter().find(|finding| !finding.witnesses.is_empty()).unwrap();
    let (rule, witness) = (speaker.rule.clone(), speaker.witnesses[0].clone());

    let whole = |waivers: &Waivers| {
        let mut findings = alone.clone();
        let first = waivers.apply(&mut findings, TODAY);
        let mut merged = united(findings);
        assert_eq!(waivers.apply(&mut merged, TODAY), first);
        merged.into_iter().find(|finding| !finding.witnesses.is_empty()).unwrap()
    };
    let scoped = whole(&waivers(&[&format!("rule = \"{}\"", witness.rule)]));
    assert_eq!((scoped.waiver, scoped.rule), (None, rule.clone()));
    let scoped = whole(&waivers(&[&format!("rule = \"{rule}\"")]));
    assert_eq!(scoped.waiver, None, "the other sighting still speaks");
    let print = whole(&waivers(&[&format!("fingerprint = \"{}\"", witness.fingerprint)]));
    assert!(print.sightings().all(|sighting| sighting.waiver.is_some()));
    let waiver = print.waiver.unwrap();
    assert_eq!((waiver.source, waiver.until), (WaiverSource::File, Some(date(2027, 1, 30))));

    let mut renamed = alone.clone();
    let old = Fingerprint([7; 16]);
    renamed[0].also.push(old);
    waivers(&[&format!("fingerprint = \"{old}\"")]).apply(&mut renamed, TODAY);
    assert!(renamed[0].waiver.is_some());
}

#[test]
fn a_comment_goes_before_the_file_and_the_file_before_the_triage() {
    let mut findings = found("a.py", "assert a  # lockgate:ignore B101 ours\nassert b\nassert c\n");
    assert_eq!(findings.len(), 3);
    let entry = format!("fingerprint = \"{}\"", findings[1].fingerprint);
    let notes = waivers(&["rule = \"B102\"", &entry]).apply(&mut findings, TODAY);
    assert_eq!(kinds(&notes), [Kind::Unused]);
    let fingerprints = findings.iter().map(|finding| finding.fingerprint).collect();
    let triage = |state, until, decided| Triaged {
        fingerprints: Vec::clone(&fingerprints),
        triage: Triage { state, reason: "seen".into(), owner: None, until, decided },
    };
    let decisions =
        [triage(TriageState::FalsePositive, None, 5), triage(TriageState::Confirmed, None, 4)];
    let mut triaged = findings.clone();
    apply_triage(&decisions, &mut triaged, TODAY);
    let sources: Vec<_> = triaged.iter().map(|f| f.waiver.as_ref().unwrap().source).collect();
    assert_eq!(sources, [WaiverSource::Comment, WaiverSource::File, WaiverSource::Triage]);
    assert_eq!(&*triaged[2].waiver.as_ref().unwrap().reason, "false-positive: seen");
    for later in [
        triage(TriageState::Confirmed, None, 6),
        triage(TriageState::Accepted, Some(date(2026, 11, 22)), 6),
    ] {
        let mut again = findings.clone();
        apply_triage(&[decisions[0].clone(), later], &mut again, TODAY);
        assert_eq!(again[2].waiver, None, "the last decision counts");
    }
}

#[test]
fn a_comment_expires_after_the_cache() {
    let mut findings = found("a.py", "assert a  # trivy:ignore:B101:exp:2026-11-22\n");
    assert!(findings[0].waiver.is_some());
    expire(&mut findings, date(2026, 11, 22));
    assert!(findings[0].waiver.is_some());
    expire(&mut findings, TODAY);
    assert!(findings[0].waiver.is_none());
}

fn entries() -> impl Strategy<Value = Entry> {
    let text = || "[^\u{0}]{0,12}[a-z\"'é]";
    let scopes = (
        prop::collection::vec(any::<[u8; 16]>().prop_map(Fingerprint), 0..3),
        prop::option::of("[^\u{0}*]{0,12}[a-z\"'é]"),
        prop::option::of("[a-z/]{0,6}[a-z]"),
        prop::option::of(text()),
        prop::option::of("[a-z@/.-]{0,12}[a-z]"),
    );
    (scopes, text(), text(), 0i64..=365).prop_map(|(scopes, reason, owner, days)| Entry {
        fingerprint: scopes.0,
        rule: Some(scopes.1.unwrap_or_else(|| "B1".into())),
        path: scopes.2,
        engine: scopes.3,
        package: scopes.4,
        advisory: None,
        reason,
        owner,
        created: TODAY,
        until: Some(entry::days_after(TODAY, days)),
        tool: None,
        source: None,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(written in prop::collection::vec(entries(), 0..4)) {
        let text: String = written.iter().map(Entry::to_toml).collect();
        let read = parse(&text).unwrap();
        let read: Vec<Entry> = read.entries().map(|(_, entry)| entry.clone()).collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn no_text_is_too_odd(text in "(\\[\\[waiver\\]\\]|rule|until|= *|\"|2026-01-0[0-9]|\\PC|\n){0,60}") {
        let _ = parse(&text);
    }
}
