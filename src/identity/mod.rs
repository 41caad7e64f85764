//! The identity of a finding, how it is followed through edits, and which findings are one.

mod fingerprint;
mod unite;

pub use fingerprint::{assign, fingerprint};
pub use unite::{MergeSettings, unite};
