//! The bundled web shop: what its list of flaws says is what a scan finds, no more and no less.

use crate::sandbox::Sandbox;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/webshop");

/// The rows of a section of the list: file, line, rule and severity.
fn listed(section: &str) -> BTreeSet<String> {
    let list = fs::read_to_string(Path::new(SHOP).join("FLAWS.md")).unwrap();
    let (_, rest) = list.split_once(&format!("\n## {section}\n")).unwrap();
    let table = rest.split("\n#").next().unwrap();
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.split('|').skip(1).take(4).map(str::trim).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn a_scan_finds_what_the_list_of_flaws_says() {
    let shop = Sandbox::empty();
    copy(Path::new(SHOP), shop.path());
    let report = shop.scan(&["--no-store", "--format", "json"]).exits(1).json();
    let found = |engine: &str, waived: bool| -> BTreeSet<String> {
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .filter(|f| f["engine"] == engine && f["waiver"].is_object() == waived)
            .map(|f| {
                let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
                let line = &f["span"]["start_line"];
                format!(
                    "{} {line} {} {}",
                    word(&f["path"]),
                    word(&f["rule"]["id"]),
                    word(&f["severity"])
                )
            })
            .collect()
    };
    assert_eq!(found("python", false), listed("Python"));
    assert_eq!(found("python", true), listed("Python, waived"));
    assert_eq!(found("secrets", false), listed("Secrets"));
    assert_eq!(found("docker", false), listed("Docker"));
    assert_eq!(found("kubernetes", false), listed("Kubernetes"));
    assert_eq!(found("workflows", false), listed("Workflows"));
    assert_eq!(report["notifications"].as_array().unwrap().len(), 0);
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
