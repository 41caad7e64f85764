//! The writers, on one hand-built report that is as nasty as its inputs may be.

mod sample;

use lockgate::report::{self, Format, Report, Style};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

const PLAIN: Style = Style { color: false, verbose: false, width: 100 };

fn written(report: &Report, format: Format, style: Style) -> String {
    let mut out = Vec::new();
    report::write(report, format, style, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("writers write UTF-8")
}

fn parsed(report: &Report, format: Format) -> Value {
    serde_json::from_str(&written(report, format, PLAIN)).expect("JSON")
}

#[test]
fn table() {
    insta::assert_snapshot!(written(&sample::nasty(), Format::Table, PLAIN));
}
