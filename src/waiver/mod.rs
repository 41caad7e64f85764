//! Decisions that a finding does not count, and the last day on which each holds.
//!
//! They come from three places: comments in the source (`engine::comment`, `# nosec`), the file
//! `.lockgate/waivers.toml` (`file` reads it, `apply` applies it) and the triage in the store
//! (`triage`). `note` says which entries of the file are stale, and `convert` makes entries of the
//! ignore files of other tools.
//!
//! A run calls, in this order, [`expire`] on what was found, [`Waivers::apply`] and
//! [`apply_triage`] on it before findings are merged, and these two again after that. What is
//! waived already stays as it is: a comment goes before the file, and the file before the triage.

mod apply;
mod check;
pub mod convert;
mod entry;
mod file;
mod note;
mod triage;

pub use apply::expire;
pub use check::{Idle, idle};
pub use entry::Entry;
pub use file::{FILE, WaiverError, Waivers, append, schema};
pub use note::{Kind, Note, SOON};
pub use triage::{Triage, TriageState, Triaged, apply_triage};

/// The days that an entry holds where it does not say until when.
pub const DEFAULT_DAYS: i64 = 90;
/// The most days that an entry may hold.
pub const MOST_DAYS: i64 = 365;

#[cfg(test)]
mod tests;
