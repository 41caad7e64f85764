//! Lockgate: one scanner, one memory and one gate.
//!
//! A finding travels one way, and a module imports only from its left:
//!
//! ```text
//! finding <- rule <- target <- { git, cache, tool } <- version <- inventory <- advisory <- engine
//!         <- identity <- scan <- live <- waiver <- policy <- store <- verdict <- report <- attest
//!         <- compat <- config <- pipeline <- { recall, fix } <- cli <- main
//! ```

pub mod advisory;
pub mod attest;
pub mod cache;
pub mod cli;
pub mod clock;
pub mod compat;
pub mod config;
pub mod engine;
pub mod finding;
pub mod fix;
pub mod git;
pub mod identity;
pub mod inventory;
pub mod live;
pub mod pipeline;
pub mod policy;
pub mod recall;
pub mod report;
pub mod rule;
pub mod scan;
pub mod store;
pub mod target;
pub mod tool;
pub mod typo;
pub mod verdict;
pub mod version;
pub mod waiver;
