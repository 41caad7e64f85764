//! Every integration test in one binary, which links once: a file a capability.

#[path = "../support/templates.rs"]
mod templates;

mod bad_input;
mod catalogue;
mod command_line;
mod gate;
mod report;
mod sandbox;
mod schemas;
