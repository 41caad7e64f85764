//! Checks that no condition can say.

use super::{Context, Outcome};
use crate::rule::Rule;

/// Adds what a rule says of a project.
pub type Native = fn(&Context, &'static Rule, &mut Vec<Outcome>);

const NATIVES: &[(&str, Native)] = &[];

/// The function that rules name so.
pub fn find(name: &str) -> Option<Native> {
    NATIVES.iter().find(|(own, _)| *own == name).map(|(_, native)| *native)
}

/// The functions that rules may name in `native`.
pub fn natives() -> impl Iterator<Item = &'static str> {
    NATIVES.iter().map(|(name, _)| *name)
}
