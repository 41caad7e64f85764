//! Decisions that a finding does not count, and the last day on which each holds.
//!
//! They come from three places: comments in the source (`engine::comment`, `# nosec`), the file
//! `.lockgate/waivers.toml` (`file` reads it, `apply` applies it) and the triage in the store
//! (`triage`). `note` says which entries of the file are stale, and `convert` makes entries of the
//! ignore files of other tools.
//!
//! [`Decisions`] brings the three together where findings are merged.

mod apply;
mod check;
pub mod convert;
mod decisions;
mod entry;
mod file;
mod note;
mod pattern;
mod told;
mod triage;

pub use apply::expire;
pub use check::{Idle, idle};
pub use decisions::Decisions;
pub use entry::Entry;
pub use file::{FILE, WaiverError, Waivers, append, schema};
pub use note::{Kind, Note, SOON};
pub use told::leave_untold;
pub use triage::{Triage, TriageState, Triaged, apply_triage};

/// The days that an entry holds where it does not say until when.
pub const DEFAULT_DAYS: i64 = 90;
/// The most days that an entry may hold.
pub const MOST_DAYS: i64 = 365;

#[cfg(test)]
mod tests;
