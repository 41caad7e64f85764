//! Decisions that a finding does not count.

mod triage;

pub use triage::{Triage, TriageState, Triaged};
