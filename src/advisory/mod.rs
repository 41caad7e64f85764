//! Known vulnerabilities of packages: OSV data, kept for use without a network.

mod record;

pub use record::{Advisory, Affected, Event, Range, Rating};
