//! A finding as an expression sees it.

use crate::finding::Package;
use crate::policy::Case;
use crate::policy::condition::cwe;
use crate::policy::resolved::word;
use cel::Value;
use std::collections::HashMap;

/// The fields of `finding`.
pub const FIELDS: &[&str] = &[
    "rule",
    "engine",
    "severity",
    "severity_rank",
    "confidence",
    "path",
    "line",
    "message",
    "cwe",
    "new",
    "age_days",
    "waived",
    "witnesses",
    "package",
];

/// The fields of `finding.package`.
pub const PACKAGE_FIELDS: &[&str] = &[
    "ecosystem",
    "name",
    "version",
    "advisories",
    "fixed_in",
    "direct",
    "cvss",
    "epss",
    "exploited",
];

/// What an expression is asked of.
pub struct Subject<'a> {
    pub case: &'a Case<'a>,
}

impl Subject<'_> {
    /// Every field is there for every finding: what is not known, or concerns a package where there
    /// is none, is empty, 0 or false.
    pub fn value(&self) -> Value {
        let Case { finding, new, age_days, waived } = self.case;
        let witnesses: Vec<&str> = finding.sightings().map(|seen| &*seen.engine).collect();
        let fields: [(&str, Value); FIELDS.len()] = [
            ("rule", (*finding.rule).into()),
            ("engine", (*finding.engine).into()),
            ("severity", word(&finding.severity).into()),
            ("severity_rank", (finding.severity as i64).into()),
            ("confidence", word(&finding.confidence).into()),
            ("path", (*finding.location.path).into()),
            ("line", i64::from(finding.location.span.start_line).into()),
            ("message", (*finding.message).into()),
            ("cwe", cwe(finding).map(i64::from).collect::<Vec<i64>>().into()),
            ("new", (*new).into()),
            ("age_days", age_days.unwrap_or(0).into()),
            ("waived", (*waived).into()),
            ("witnesses", witnesses.into()),
            ("package", package(finding.package.as_deref())),
        ];
        HashMap::from(fields).into()
    }
}

fn package(package: Option<&Package>) -> Value {
    let text = |of: fn(&Package) -> &str| package.map_or("", of).into();
    let list = |of: fn(&Package) -> &[Box<str>]| -> Value {
        let list = package.map_or(&[][..], of);
        list.iter().map(|text| &**text).collect::<Vec<&str>>().into()
    };
    let number = |of: fn(&Package) -> Option<f32>| -> Value {
        // By way of its digits, so that 0.1 is the 0.1 of the expression.
        let number = package.and_then(of).and_then(|n| n.to_string().parse::<f64>().ok());
        number.unwrap_or(0.0).into()
    };
    let fields: [(&str, Value); PACKAGE_FIELDS.len()] = [
        ("ecosystem", text(|p| &p.ecosystem)),
        ("name", text(|p| &p.name)),
        ("version", text(|p| &p.version)),
        ("advisories", list(|p| &p.advisories)),
        ("fixed_in", list(|p| &p.fixed_in)),
        ("direct", package.is_some_and(|p| p.direct == Some(true)).into()),
        ("cvss", number(|p| p.cvss)),
        ("epss", number(|p| p.epss)),
        ("exploited", package.is_some_and(|p| p.exploited.is_some()).into()),
    ];
    HashMap::from(fields).into()
}
