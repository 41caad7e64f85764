//! TLS: protocol versions that are broken, or nobody's choice.

use super::{Found, Function};
use crate::engine::python::args::{Call, text};
use crate::engine::python::bandit::ask;
use crate::finding::{Confidence, Severity};
use ruff_python_ast::{Expr, Keyword};

/// Whether the keyword is one that chooses a version.
pub fn is_version(keyword: &Keyword) -> bool {
    matches!(keyword.arg.as_deref(), Some("method" | "ssl_version"))
}

pub fn bad_version<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let (keyword, severity, confidence) = match call.qualified {
        "ssl.wrap_socket" => ("ssl_version", Severity::High, Confidence::High),
        "pyOpenSSL.SSL.Context" => ("method", Severity::High, Confidence::High),
        _ => {
            let passed = call.keyword("method").is_some();
            let shown = if passed { "method" } else { "ssl_version" };
            (shown, Severity::Medium, Confidence::Medium)
        }
    };
    Found::attempt(call.node, || {
        let options = &call.options.ssl_with_bad_version;
        if let Some(failed) = &options.failure {
            return Err(failed.clone());
        }
        let broken = options.bad_protocol_versions.as_ref().ok();
        let is_broken = |version: &Expr| {
            text(version).is_some_and(|version| broken.is_some_and(|broken| broken.are(version)))
        };
        let chosen = |name| call.keyword(name).is_some_and(is_broken);
        let chosen = match severity {
            Severity::High => chosen(keyword),
            _ => chosen("method") || chosen("ssl_version"),
        };
        Ok(chosen
            .then(|| Found::at(&call.place_of(keyword)).severity(severity).confidence(confidence)))
    })
}

pub fn bad_default<'a>(function: &Function<'a>) -> Option<Found<'a>> {
    Found::attempt(&function.head, || {
        let options = &function.options.ssl_with_bad_version;
        if options.failure.is_none() && function.defaults().next().is_none() {
            return Ok(None);
        }
        let broken = ask(&options.bad_protocol_versions)?;
        let is_broken = |default: &Expr| match default {
            Expr::Attribute(attribute) => broken.hold(&attribute.attr),
            _ => broken.hold(""),
        };
        Ok(function.defaults().any(is_broken).then(|| function.found()))
    })
}

pub fn no_version<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let open = call.qualified == "ssl.wrap_socket" && !call.passes_known("ssl_version");
    open.then(|| Found::at(&call.place_of("ssl_version")))
}
