//! `.safety-policy.yml`: of Safety 2 (`security:`) and of Safety 3 (`report:`, `installation:`).

use super::yaml::{self, Scalar};
use super::{What, Wish, Wishes, below, day};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

type Ignored = BTreeMap<String, Option<Reasons>>;

#[derive(Deserialize)]
struct File {
    security: Option<Security>,
    #[serde(rename = "scanning-settings")]
    scanning: Option<Scanning>,
    report: Option<Report>,
    installation: Option<Installation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Security {
    ignore_cvss_severity_below: Option<Scalar>,
    ignore_cvss_unknown_severity: Option<IgnoredAny>,
    ignore_vulnerabilities: Option<Ignored>,
    continue_on_vulnerability_error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Scanning {
    exclude: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Report {
    dependency_vulnerabilities: Option<Dependencies>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Dependencies {
    auto_ignore_in_report: Option<AutoIgnore>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct AutoIgnore {
    vulnerabilities: Option<Ignored>,
    cvss_severity: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Installation {
    allow: Option<Allow>,
}

#[derive(Deserialize)]
struct Allow {
    vulnerabilities: Option<Ignored>,
}

#[derive(Deserialize)]
struct Reasons {
    reason: Option<String>,
    expires: Option<Scalar>,
    specifications: Option<IgnoredAny>,
}

pub(super) fn policy(text: &str) -> Result<Wishes, String> {
    let file: File = yaml::read(text)?;
    let mut wishes = Wishes::default();
    let mut note = |text: &str| wishes.notes.push(text.to_owned());
    let mut lists = Vec::new();
    if let Some(security) = file.security {
        if let Some(least) = security.ignore_cvss_severity_below.filter(|least| least.0 != "0") {
            note(&format!(
                "ignore-cvss-severity-below: {}: is for the gate: set `fail_on` in lockgate.toml",
                least.0
            ));
        }
        if security.ignore_cvss_unknown_severity.is_some() {
            note("ignore-cvss-unknown-severity: is for the gate: see [gate] in lockgate.toml");
        }
        if security.continue_on_vulnerability_error.is_some() {
            note(
                "continue-on-vulnerability-error: is for the gate: `lockgate scan --fail-on none`",
            );
        }
        lists.extend(security.ignore_vulnerabilities);
    }
    let report = file.report.and_then(|report| report.dependency_vulnerabilities);
    if let Some(ignored) = report.and_then(|dependencies| dependencies.auto_ignore_in_report) {
        if ignored.cvss_severity.is_some_and(|severities| !severities.is_empty()) {
            note("cvss-severity: is for the gate: set `fail_on` in lockgate.toml");
        }
        lists.extend(ignored.vulnerabilities);
    }
    lists.extend(file.installation.and_then(|installation| installation.allow?.vulnerabilities));
    let excluded = file.scanning.and_then(|scanning| scanning.exclude).unwrap_or_default();
    wishes.exclude.extend(excluded.iter().map(|path| below(path)));
    for (id, said) in lists.into_iter().flatten() {
        push(&mut wishes, id, said);
    }
    Ok(wishes)
}

fn push(wishes: &mut Wishes, id: String, said: Option<Reasons>) {
    let (reason, expires, specifications) =
        said.map_or((None, None, None), |said| (said.reason, said.expires, said.specifications));
    let until = expires.as_ref().and_then(|expires| day(&expires.0));
    if let Some(wrong) = expires.filter(|_| until.is_none()) {
        wishes.notes.push(format!("{id}: {} is no date; left out", wrong.0));
        return;
    }
    if specifications.is_some() {
        wishes.notes.push(format!("{id}: held for some versions of a package; for all here"));
    }
    if id.bytes().all(|byte| byte.is_ascii_digit()) {
        wishes.notes.push(format!(
            "{id}: is a number of Safety's own, met by findings of reports of Safety; name the CVE \
             for it to hold for other findings as well"
        ));
    }
    let what = What::Advisory { advisory: id.clone(), package: None, path: None };
    wishes.wishes.push(Wish { what, reason, until, place: id });
}
