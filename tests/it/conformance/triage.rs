//! Decisions about findings.

use super::*;
use lockgate::waiver::{Triage, TriageState, Triaged};

fn decision(state: TriageState, reason: &str, decided: i64) -> Triage {
    let (owner, until) = (Some("security".to_owned()), Some("2027-02-28".parse().unwrap()));
    Triage { state, reason: reason.to_owned(), owner, until, decided }
}

#[test]
fn the_newest_decision_holds_on_every_branch() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1, 2]));
    let mut open = store.open();
    assert_eq!(open.triaged(PROJECT).unwrap(), []);
    // The clock was set back in between, which changes nothing.
    let first = decision(TriageState::Accepted, "behind a proxy", 2_000);
    let second = decision(TriageState::FalsePositive, "no shell", 1_000);
    open.triage(PROJECT, &fingerprint(1), &first).unwrap();
    assert_eq!(store.find("01")[0].triage, Some(first));
    open.triage(PROJECT, &fingerprint(1), &second).unwrap();
    let expected = Triaged { fingerprints: vec![fingerprint(1)], triage: second.clone() };
    assert_eq!(open.triaged(PROJECT).unwrap(), [expected]);
    store.passed("feature", &findings(&[1]));
    assert_eq!(store.open_on("feature")[0].triage, Some(second));
    assert_eq!(store.find("02")[0].triage, None);
}

#[test]
fn a_decision_follows_the_finding() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1]));
    let confirmed = decision(TriageState::Confirmed, "real", 1);
    store.open().triage(PROJECT, &fingerprint(1), &confirmed).unwrap();
    store.passed("main", &[Finding { also: vec![fingerprint(1)], ..finding(2) }]);
    let triaged = store.open().triaged(PROJECT).unwrap();
    assert_eq!(triaged[0].fingerprints, [fingerprint(1), fingerprint(2)]);
    // Another engine that sees the same later is decided about too.
    let secrets = [run("secrets", &[""])];
    store.record(&on("main"), Decision::Passed, &secrets, &[of("secrets", 2)]);
    assert!(store.open_on("main").iter().all(|known| known.triage == Some(confirmed.clone())));
    assert_eq!(store.open_on("main").len(), 2);
}

#[test]
fn nothing_is_decided_about_what_nobody_found() {
    let store = Scratch::new();
    store.passed("main", &findings(&[1]));
    let triage = decision(TriageState::Accepted, "", 0);
    for (repository, number) in [(PROJECT, 2), ("example.org/other", 1)] {
        let error = store.open().triage(repository, &fingerprint(number), &triage).unwrap_err();
        assert!(matches!(error, StoreError::NoFinding { .. }), "{error}");
        assert!(error.to_string().contains(&fingerprint(number).to_string()), "{error}");
    }
    assert_eq!(store.open().triaged(PROJECT).unwrap(), []);
}
