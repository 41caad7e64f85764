//! The verdict as an artefact: what was judged, by which policy, on which inputs, and what became
//! of every finding. It can be signed (`attest`), and judged again from the same inputs.

mod compare;
mod decided;
mod document;
mod inputs;
mod replay;

pub use compare::{Differences, compare};
pub use decided::{Action, Decided, Id, Waived, Witness};
pub use document::{Abridged, Document, Judged, Malformed, SCHEMA, schema};
pub use inputs::{Inputs, Settings, digest};
pub use replay::{Configuration, Here, ReplayError, again};
