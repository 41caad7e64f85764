//! TLS: protocol versions that are broken, or nobody's choice.

use super::{Found, Function};
use crate::engine::python::args::{Call, text};
use crate::finding::{Confidence, Severity};
use ruff_python_ast::{Expr, Keyword};

const BROKEN: &[&str] = &[
    "PROTOCOL_SSLv2",
    "SSLv2_METHOD",
    "SSLv23_METHOD",
    "PROTOCOL_SSLv3",
    "PROTOCOL_TLSv1",
    "SSLv3_METHOD",
    "TLSv1_METHOD",
    "PROTOCOL_TLSv1_1",
    "TLSv1_1_METHOD",
];

/// Whether a broken version is passed by one of the keywords that choose a version.
pub fn is_version(keyword: &Keyword) -> bool {
    matches!(keyword.arg.as_deref(), Some("method" | "ssl_version"))
        && text(&keyword.value).is_some_and(|version| BROKEN.contains(&version))
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
    let chosen = |name| call.passes(name, BROKEN);
    let broken = match severity {
        Severity::High => chosen(keyword),
        _ => chosen("method") || chosen("ssl_version"),
    };
    broken.then(|| Found::at(&call.place_of(keyword)).severity(severity).confidence(confidence))
}

pub fn bad_default<'a>(function: &Function<'a>) -> Option<Found<'a>> {
    let broken = |default: &Expr| match default {
        Expr::Attribute(attribute) => BROKEN.contains(&attribute.attr.as_str()),
        _ => false,
    };
    function.defaults().any(broken).then(|| function.found())
}

pub fn no_version<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let open = call.qualified == "ssl.wrap_socket" && !call.passes_known("ssl_version");
    open.then(|| Found::at(&call.place_of("ssl_version")))
}
