//! Every format on random input, and how each is recognised.

use super::*;
use clap::ValueEnum;
use jiff::civil::date;
use proptest::prelude::*;

fn run(format: Format, text: &str) -> Result<Converted, ConvertError> {
    let owner = "sam";
    let today = date(2026, 11, 23);
    let request = Request { file: "ignored", text, format, owner, today, until: None };
    convert(&request, &Tree { findings: &[], line: &|_, _| None, root: "/src" })
}

#[test]
fn formats_are_told_by_name_then_by_content() {
    for (name, text, format) in [
        ("a/.trivyignore", "", Format::Trivyignore),
        (".trivyignore.yaml", "", Format::TrivyignoreYaml),
        (".gitleaksignore", "", Format::Gitleaksignore),
        ("leaks.json", "[]", Format::GitleaksBaseline),
        ("base.json", "\u{feff} [{\"RuleID\": 1}]", Format::GitleaksBaseline),
        ("base.json", "{\"results\": []}", Format::BanditBaseline),
        (".bandit", "", Format::Bandit),
        ("tox.ini", "[tox]\n[bandit]\n", Format::Bandit),
        (".safety-policy-all.yml", "", Format::SafetyPolicy),
        ("policy.yml", "version: '3.0'\nscanning-settings:\n", Format::SafetyPolicy),
        ("policy.yml", "security: # x\n", Format::SafetyPolicy),
        ("ignored.yml", "misconfigurations:\n", Format::TrivyignoreYaml),
        (".snyk", "", Format::Snyk),
        (".gitallowed", "", Format::Gitallowed),
    ] {
        assert_eq!(Format::of(Path::new(name), text), Some(format), "{name} {text}");
    }
    assert_eq!(Format::of(Path::new("notes.txt"), "hello"), None);
}

#[test]
fn days_are_carried_over_within_bounds() {
    let text = "CVE-2021-1\nCVE-2021-2 exp:2027-01-31\nCVE-2021-3 exp:2099-01-01\n\
                CVE-2021-4 exp:2020-01-01\nCVE-2021-5 exp:soon\n";
    let converted = run(Format::Trivyignore, text).unwrap();
    let days: Vec<String> =
        converted.entries.iter().map(|entry| entry.until.unwrap().to_string()).collect();
    assert_eq!(days, ["2027-02-21", "2027-01-31", "2027-11-23"]);
    assert_eq!(converted.notes.len(), 3, "{:?}", converted.notes);
}

#[test]
fn yaml_that_multiplies_itself_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let last = format!("*a{}, ", level - 1).repeat(10);
        bomb += &format!("a{level}: &a{level} [{last}]\n");
    }
    bomb += "ignore: *a11\n";
    for format in [Format::Snyk, Format::SafetyPolicy, Format::TrivyignoreYaml] {
        // Whatever it says of keys that mean nothing, it says it at once.
        let _ = run(format, &bomb);
        assert!(run(format, &("[".repeat(10_000))).is_err());
    }
}

fn formats() -> impl Strategy<Value = Format> {
    prop::sample::select(Format::value_variants())
}

proptest! {
    #[test]
    fn no_text_is_too_odd(format in formats(), text in "\\PC{0,80}") {
        let _ = run(format, &text);
    }

    #[test]
    fn what_comes_out_can_be_read_again(
        format in formats(),
        text in "(CVE-2020-1|B101|DS002|aws-x|SNYK-JS-A-1|ignore|vulnerabilities|security|reason|\
                 expires|exp:2027-01-01|\\[bandit\\]|skips|ignore-vulnerabilities|[-:#'\" {}\\[\\],*\n]| {2}){0,40}",
    ) {
        if let Ok(converted) = run(format, &text) {
            let file: String = converted.entries.iter().map(Entry::to_toml).collect();
            let read = crate::waiver::Waivers::parse(&file, Path::new("waivers.toml")).unwrap();
            let read: Vec<Entry> = read.entries().map(|(_, entry)| entry.clone()).collect();
            prop_assert_eq!(read, converted.entries);
        }
    }
}
