//! One test binary: a file a capability.

#[path = "../support/templates.rs"]
mod templates;

mod catalogue;
