//! A baseline file: an earlier report, as JSON of Lockgate's own or as SARIF, told apart by what
//! it holds. Only the fingerprints of what was open are kept of it.

mod text;

use crate::engine::masked;
use crate::finding::{Fingerprint, WaiverSource};
use crate::policy::Base;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;
use std::io::{BufReader, Read};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use text::Utf8;
use thiserror::Error;

/// Why a baseline file cannot be used.
#[derive(Debug, Error)]
pub enum BaselineError {
    #[error(
        "{path}:{line}:{column}: {why}; take a baseline with `lockgate scan --format json=FILE`"
    )]
    Parse { path: PathBuf, line: usize, column: usize, why: String },
    #[error(
        "{path}: is neither a report of Lockgate (lockgate/report/v1) nor SARIF 2.1.0; take a baseline with `lockgate scan --format json=FILE`"
    )]
    Unknown { path: PathBuf },
    #[error(
        "{path}: none of its results has a lockgate/v1 fingerprint, so nothing in it can be known again; take a baseline with `lockgate scan --format json=FILE`"
    )]
    Foreign { path: PathBuf },
}

/// What the report had open; it is read as it comes, and never in memory whole. Waived and fixed
/// findings of it are not known: what waives them still does, or they count.
///
/// # Errors
/// It is no such report, or not all of one.
pub fn parse(path: &Path, report: impl Read) -> Result<Base, BaselineError> {
    let report = BufReader::with_capacity(64 << 10, Utf8::new(report));
    let document: Document = serde_json::from_reader(report).map_err(|error| {
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        let (line, column) = (error.line(), error.column());
        BaselineError::Parse { path: path.to_owned(), line, column, why: masked(why) }
    })?;
    let unknown = || BaselineError::Unknown { path: path.to_owned() };
    let known = match (document.schema.as_deref(), document.version.as_deref()) {
        (Some("lockgate/report/v1"), _) => document.findings.ok_or_else(unknown)?,
        (_, Some("2.1.0")) => document.runs.ok_or_else(unknown)?,
        _ => return Err(unknown()),
    };
    if known.fingerprints.is_empty() && known.foreign {
        return Err(BaselineError::Foreign { path: path.to_owned() });
    }
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let name = masked(&format!("the baseline {name}"));
    Ok(Base { name, fingerprints: known.fingerprints, commented: known.commented })
}

/// Either of the two formats.
#[derive(Deserialize)]
struct Document {
    schema: Option<String>,
    version: Option<String>,
    #[serde(default, deserialize_with = "all::<_, OfReport>")]
    findings: Option<Known>,
    #[serde(default, deserialize_with = "all::<_, OfRun>")]
    runs: Option<Known>,
}

/// What a report knows.
#[derive(Default)]
struct Known {
    fingerprints: HashSet<Fingerprint>,
    /// Those that a comment waived.
    commented: HashSet<Fingerprint>,
    /// Whether there are results without a fingerprint of ours.
    foreign: bool,
}

/// An element of a list that something is known by.
trait Knows: for<'de> Deserialize<'de> {
    fn add_to(self, known: &mut Known);
}

/// A finding of Lockgate's own report.
#[derive(Deserialize)]
struct OfReport {
    fingerprint: Text,
    #[serde(default)]
    also: Vec<Text>,
    waiver: Option<Waived>,
    #[serde(default)]
    witnesses: Vec<Witness>,
}

/// Who waived a finding of Lockgate's own report.
#[derive(Deserialize)]
struct Waived {
    source: Option<WaiverSource>,
}

#[derive(Deserialize)]
struct Witness {
    fingerprint: Text,
}

/// A run of SARIF.
#[derive(Deserialize)]
struct OfRun {
    #[serde(default, deserialize_with = "all::<_, OfResult>")]
    results: Option<Known>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfResult {
    #[serde(default)]
    partial_fingerprints: Fingerprints,
    baseline_state: Option<String>,
    #[serde(default)]
    suppressions: Option<Vec<IgnoredAny>>,
}

#[derive(Deserialize, Default)]
struct Fingerprints {
    #[serde(rename = "lockgate/v1")]
    own: Option<Text>,
}

impl Knows for OfReport {
    fn add_to(self, known: &mut Known) {
        let fingerprints = match self.waiver {
            None => &mut known.fingerprints,
            Some(Waived { source: Some(WaiverSource::Comment) }) => &mut known.commented,
            Some(_) => return,
        };
        let witnesses = self.witnesses.into_iter().map(|witness| witness.fingerprint.0);
        fingerprints.insert(self.fingerprint.0);
        fingerprints.extend(self.also.into_iter().map(|also| also.0).chain(witnesses));
    }
}

impl Knows for OfRun {
    fn add_to(self, known: &mut Known) {
        let results = self.results.unwrap_or_default();
        known.fingerprints.extend(results.fingerprints);
        known.foreign |= results.foreign;
    }
}

impl Knows for OfResult {
    fn add_to(self, known: &mut Known) {
        let waived = self.suppressions.is_some_and(|suppressions| !suppressions.is_empty());
        match self.partial_fingerprints.own {
            None => known.foreign = true,
            Some(_) if waived || self.baseline_state.as_deref() == Some("absent") => {}
            Some(Text(fingerprint)) => {
                known.fingerprints.insert(fingerprint);
            }
        }
    }
}

/// A fingerprint as text.
struct Text(Fingerprint);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        struct Hexadecimal;
        impl Visitor<'_> for Hexadecimal {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a fingerprint of 32 hexadecimal digits")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text, E> {
                text.parse().map(Text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Hexadecimal)
    }
}

/// Goes through a list one element at a time and keeps only what each is known by.
fn all<'de, D: Deserializer<'de>, T: Knows>(deserializer: D) -> Result<Option<Known>, D::Error> {
    struct List<T>(PhantomData<T>);
    impl<'de, T: Knows> Visitor<'de> for List<T> {
        type Value = Option<Known>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a list")
        }

        // SARIF's word for results that were not looked for.
        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
            let mut known = Known::default();
            while let Some(element) = elements.next_element::<T>()? {
                element.add_to(&mut known);
            }
            Ok(Some(known))
        }
    }
    deserializer.deserialize_any(List(PhantomData::<T>))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ONE: &str = "000102030405060708090a0b0c0d0e0f";

    fn base(text: &str) -> Result<Vec<String>, String> {
        let base = parse(Path::new("old.json"), text.as_bytes()).map_err(|e| e.to_string())?;
        Ok(base.fingerprints.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_was_open_is_known() {
        let report = format!(
            r#"{{"schema":"lockgate/report/v1","findings":[{{"fingerprint":"{ONE}","witnesses":[]}}]}}"#
        );
        assert_eq!(base(&report).unwrap(), [ONE]);
        let waived = report.replace(r#""witnesses""#, r#""waiver":{"reason":"x"},"witnesses""#);
        assert!(base(&waived).unwrap().is_empty());
        let sarif = format!(
            r#"{{"version":"2.1.0","runs":[{{"results":[{{"partialFingerprints":{{"lockgate/v1":"{ONE}"}}}}]}}]}}"#
        );
        assert_eq!(base(&sarif).unwrap(), [ONE]);
        let absent = sarif.replace(r#""partial"#, r#""baselineState":"absent","partial"#);
        assert!(base(&absent).unwrap().is_empty());
        let waived = sarif.replace(r#""partial"#, r#""suppressions":[{}],"partial"#);
        assert!(base(&waived).unwrap().is_empty());
        assert!(base(r#"{"version":"2.1.0","runs":[]}"#).unwrap().is_empty());
        let null = sarif.replace(r#""runs":["#, r#""runs":[{"results":null},"#);
        assert_eq!(base(&null).unwrap(), [ONE]);
    }

    #[test]
    fn what_is_no_baseline_says_so_with_its_place() {
        let error = |text: &str| base(text).unwrap_err();
        assert!(error("[]").starts_with("old.json:1:"), "{}", error("[]"));
        assert!(error("{}").contains("is neither a report of Lockgate"));
        assert!(error(r#"{"schema":"lockgate/report/v2"}"#).contains("is neither"));
        let cut = error("{\"schema\":\"lockgate/report/v1\",\n\"findings\":[");
        assert!(cut.starts_with("old.json:2:12: EOF while parsing"), "{cut}");
        let hex = error(r#"{"schema":"lockgate/report/v1","findings":[{"fingerprint":"1a"}]}"#);
        assert!(hex.contains("a fingerprint is 32 hexadecimal digits"), "{hex}");
        let other = error(r#"{"version":"2.1.0","runs":[{"results":[{"ruleId":"x"}]}]}"#);
        assert!(other.contains("none of its results has a lockgate/v1 fingerprint"), "{other}");
    }

    #[test]
    fn it_is_read_in_the_encoding_that_a_shell_gave_it() {
        let report = format!(
            r#"{{"schema":"lockgate/report/v1","note":"é𝄞{}","findings":[{{"fingerprint":"{ONE}"}}]}}"#,
            "é".repeat(50_000)
        );
        let marked = format!("\u{feff}{report}");
        let units = || marked.encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        for bytes in [report.clone().into_bytes(), marked.clone().into_bytes(), little, big] {
            let base = parse(Path::new("old.json"), &bytes[..]).unwrap();
            assert_eq!(base.fingerprints.len(), 1, "{:?}", &bytes[..4]);
        }
        let broken = parse(Path::new("old.json"), &b"{\"schema\": \"\xff\"}"[..]).unwrap_err();
        assert!(broken.to_string().contains("is not valid UTF-8 or UTF-16"), "{broken}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_baseline_or_an_error(bytes: Vec<u8>) {
            parse(Path::new("x"), &bytes[..]).ok();
        }
    }
}
