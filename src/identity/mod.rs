//! The identity of a finding, how it is followed through edits, and which findings are one.

mod fingerprint;
mod follow;
mod rename;
mod unite;

pub use fingerprint::{assign, fingerprint};
pub use follow::{Trace, Trail, follow};
pub use unite::{MergeSettings, unite};
