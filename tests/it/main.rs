//! Every integration test in one binary, which links once: a file a capability.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops there")]

#[path = "../support/templates.rs"]
mod templates;

mod bad_input;
mod base;
mod cache;
mod catalogue;
mod command_line;
mod durability;
mod gate;
mod identity;
mod policy;
mod report;
mod sandbox;
mod schemas;
mod store;
mod webshop;
