//! Lockgate: one scanner, one memory and one gate.
//!
//! A finding travels one way, and a module imports only from its left:
//!
//! ```text
//! { finding, hint } <- rule <- target <- { git, cache } <- engine <- identity <- scan <- policy <- store
//!         <- report <- config <- pipeline <- cli <- main
//! ```

pub mod cache;
pub mod cli;
pub mod config;
pub mod engine;
pub mod finding;
pub mod git;
pub mod hint;
pub mod identity;
pub mod pipeline;
pub mod policy;
pub mod report;
pub mod rule;
pub mod scan;
pub mod store;
pub mod target;
