//! A finding as an expression sees it.

use crate::finding::Package;
use crate::policy::case::{Case, cwe};
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

/// The fields that an expression asks for: only these are made, for there may be a million
/// findings.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    fields: Vec<&'static str>,
    package: Vec<&'static str>,
}

impl Asked {
    pub fn everything() -> Asked {
        Asked { fields: FIELDS.to_vec(), package: PACKAGE_FIELDS.to_vec() }
    }

    /// A field of the finding; its package as a whole is all that it holds.
    pub fn field(&mut self, name: &str) {
        add(&mut self.fields, FIELDS, name);
        if name == "package" {
            self.package = PACKAGE_FIELDS.to_vec();
        }
    }

    pub fn package_field(&mut self, name: &str) {
        add(&mut self.fields, FIELDS, "package");
        add(&mut self.package, PACKAGE_FIELDS, name);
    }
}

fn add(to: &mut Vec<&'static str>, known: &[&'static str], name: &str) {
    if !to.contains(&name) {
        to.extend(known.iter().find(|known| **known == name));
    }
}

impl Subject<'_> {
    /// Every field that is asked for is there for every finding: what is not known, or concerns a
    /// package where there is none, is empty, 0 or false.
    pub fn value(&self, asked: &Asked) -> Value {
        let fields = asked.fields.iter().map(|name| (*name, self.field(name, asked)));
        fields.collect::<HashMap<_, _>>().into()
    }

    fn field(&self, name: &str, asked: &Asked) -> Value {
        let Case { finding, new, age_days, waived } = self.case;
        match name {
            "rule" => (*finding.rule).into(),
            "engine" => (*finding.engine).into(),
            "severity" => word(&finding.severity).into(),
            "severity_rank" => (finding.severity as i64).into(),
            "confidence" => word(&finding.confidence).into(),
            "path" => (*finding.location.path).into(),
            "line" => i64::from(finding.location.span.start_line).into(),
            "message" => (*finding.message).into(),
            "cwe" => cwe(finding).map(i64::from).collect::<Vec<i64>>().into(),
            "new" => (*new).into(),
            "age_days" => age_days.unwrap_or(0).into(),
            "waived" => (*waived).into(),
            "witnesses" => {
                finding.sightings().map(|seen| &*seen.engine).collect::<Vec<&str>>().into()
            }
            _ => {
                let package = finding.package.as_deref();
                let fields = asked.package.iter().map(|name| (*name, of_package(package, name)));
                fields.collect::<HashMap<_, _>>().into()
            }
        }
    }
}

fn of_package(package: Option<&Package>, name: &str) -> Value {
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
    match name {
        "ecosystem" => text(|p| &p.ecosystem),
        "name" => text(|p| &p.name),
        "version" => text(|p| &p.version),
        "advisories" => list(|p| &p.advisories),
        "fixed_in" => list(|p| &p.fixed_in),
        "direct" => package.is_some_and(|p| p.direct == Some(true)).into(),
        "cvss" => number(|p| p.cvss),
        "epss" => number(|p| p.epss),
        _ => package.is_some_and(|p| p.exploited.is_some()).into(),
    }
}
