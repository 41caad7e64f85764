//! The in-toto statement: which files, by their SHA-256, a verdict speaks for.

use crate::target;
use crate::verdict::{Abridged, Document};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::path::Path;

/// The statement's own type.
pub const TYPE: &str = "https://in-toto.io/Statement/v1";
/// The type of a predicate that is a verdict.
pub const VERDICT: &str = "urn:lockgate:verdict:v1";
/// A verdict that is longer than this as JSON, in bytes, is signed without its decisions.
const LONGEST: usize = 4 << 20;

/// A statement to sign.
#[derive(Debug, Serialize)]
pub struct Statement<'a> {
    #[serde(rename = "_type")]
    kind: &'static str,
    subject: &'a [Subject],
    #[serde(rename = "predicateType")]
    predicate_type: &'static str,
    predicate: Document,
}

/// A file that is spoken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// For people: files are told by their digests.
    #[serde(default)]
    pub name: String,
    pub digest: Digests,
}

/// The digests of a file, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    /// Absent where another tool names the file by another digest.
    #[serde(default)]
    pub sha256: String,
}

/// The payload of an envelope: the statement that the verdict, whose file holds `json`, speaks for
/// the subjects.
///
/// # Errors
/// Only what serialising can fail with.
pub fn payload(subject: &[Subject], verdict: Document, json: &[u8]) -> serde_json::Result<Vec<u8>> {
    let predicate = if json.len() > LONGEST { abridge(verdict, json) } else { verdict };
    serde_json::to_vec(&Statement { kind: TYPE, subject, predicate_type: VERDICT, predicate })
}

/// Leaves the decisions out, which take almost all of the room, unless that was done before.
fn abridge(mut verdict: Document, json: &[u8]) -> Document {
    let decisions = std::mem::take(&mut verdict.decisions).len() as u64;
    let whole = Abridged { decisions, sha256: hexadecimal(&Sha256::digest(json)) };
    verdict.abridged.get_or_insert(whole);
    verdict
}

/// The SHA-256 of a file, in lower-case hexadecimal, whatever its size.
///
/// # Errors
/// It cannot be read, or is no regular file.
pub fn sha256(path: &Path) -> io::Result<String> {
    let mut file = target::open_regular(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hexadecimal(&hasher.finalize())),
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
