//! Vouching for an artefact: an in-toto statement that says by which verdict a file passed, signed
//! with an Ed25519 key in a DSSE envelope, and the check of it before a deployment.
//!
//! ```text
//! verdict.json + files -> statement -> dsse (keys) -> envelope -> verify (demands) -> yes or why not
//! ```

pub mod dsse;
pub mod keys;
pub mod statement;
mod verify;

pub use verify::{Answer, Demands, Refusal, SKEW, Unreadable, Vouched, few, verify};
