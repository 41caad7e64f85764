//! One test binary: a file a capability.

#[path = "../support/templates.rs"]
mod templates;

mod bad_input;
mod catalogue;
mod command_line;
mod gate;
mod sandbox;
