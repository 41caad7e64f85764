//! Checks that no condition can say.

mod known_to_tfsec;
mod object_logging;
mod policy_wildcards;
mod text_place;

use super::{Context, Outcome};
use crate::rule::Rule;

/// Adds what a rule says of a project.
pub type Native = fn(&Context, &'static Rule, &mut Vec<Outcome>);

const NATIVES: &[(&str, Native)] = &[
    ("ecr_policy_everybody", policy_wildcards::ecr),
    ("ecr_policy_everybody_of_tfsec", policy_wildcards::ecr_of_tfsec),
    ("iam_policy_wildcards", policy_wildcards::iam),
    ("iam_policy_wildcards_of_tfsec", policy_wildcards::iam_of_tfsec),
    ("sam_function_policy_wildcards", policy_wildcards::functions),
    ("sam_state_machine_policy_wildcards", policy_wildcards::state_machines),
    ("s3_object_reads", object_logging::reads),
    ("s3_object_writes", object_logging::writes),
    ("sqs_policy_wildcards", policy_wildcards::sqs),
    ("sqs_policy_wildcards_of_tfsec", policy_wildcards::sqs_of_tfsec),
];

/// The function that rules name so.
pub fn find(name: &str) -> Option<Native> {
    NATIVES.iter().find(|(own, _)| *own == name).map(|(_, native)| *native)
}

/// The functions that rules may name in `native`.
pub fn natives() -> impl Iterator<Item = &'static str> {
    NATIVES.iter().map(|(name, _)| *name)
}
