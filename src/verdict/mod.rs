//! The verdict as an artefact: what was judged, by which policy, on which inputs, and what became
//! of every finding. It can be signed (`attest`), and judged again from the same inputs.

mod bridge;
mod compare;
mod document;
mod inputs;
mod replay;

pub use bridge::Facts;
pub use compare::{Differences, compare};
pub use document::{Action, Decided, Document, Judged, Malformed, SCHEMA, schema};
pub use replay::{ReplayError, again};

use serde::Serialize;

/// The hash of a value's JSON, in hexadecimal: what names a configuration or a policy.
pub fn digest(value: &impl Serialize) -> String {
    // Settings are plain maps and scalars, which JSON always has a form for.
    blake3::hash(&serde_json::to_vec(value).unwrap_or_default()).to_hex().to_string()
}
