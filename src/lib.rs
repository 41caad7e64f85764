//! Lockgate: one scanner, one memory and one gate.
//!
//! A finding travels one way, and a module imports only from its left:
//!
//! ```text
//! finding <- rule <- target <- { git, cache } <- engine <- identity <- scan <- store <- policy
//!         <- report <- config <- cli <- main
//! ```

pub mod engine;
pub mod finding;
pub mod identity;
pub mod rule;
pub mod target;
