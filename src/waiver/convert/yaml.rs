//! YAML of foreign writers, bounded.

use serde::de::DeserializeOwned;
pub(super) use serde_saphyr::Spanned;
use serde_saphyr::{budget, options};

/// Reads a document. Anchors are for people who repeat themselves; a file that multiplies itself
/// by them is refused.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let options = options! {
        budget: budget! {
            max_depth: 32,
            max_documents: 1,
            max_nodes: 500_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_total_scalar_bytes: super::MOST_BYTES as usize,
        },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().map(|at| format!(" in line {}", at.line()));
        let why = error.without_snippet().to_string();
        format!("{}{}", why.lines().next().unwrap_or_default(), line.unwrap_or_default())
    })
}

/// Where an id stands: its line, and itself.
pub(super) fn place(id: &Spanned<String>) -> String {
    format!("{}:{}", id.referenced.line(), id.value)
}

/// A number or a text, as a text: ids and dates are written as either.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Scalar(pub String);
