//! YAML, in both directions.

use super::Needs::{Nothing, Source};
use super::json::Document;
use super::partial::is_known;
use super::yaml_encode::encoded;
use super::{Call, Function, MOST_DEPTH, MOST_TEXT, Value, Wrong, function};
use serde_saphyr::{DuplicateKeyPolicy, budget, options};

pub(super) const FUNCTIONS: &[Function] = &[
    function("yamldecode", Nothing, (1, 1), decode),
    function("yamlencode", Source, (1, 1), |call| Ok(Value::string(encoded(&call.args[0])?))),
];

/// One document; a document that multiplies itself by anchors is refused.
fn decode(call: &Call) -> Result<Value, Wrong> {
    if call.args[0].is_unknown() {
        return Ok(Value::UNKNOWN);
    }
    let text = call.text(0)?;
    let options = options! {
        budget: budget! {
            max_depth: MOST_DEPTH as usize,
            max_documents: 1,
            max_nodes: 500_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_total_scalar_bytes: MOST_TEXT,
        },
        duplicate_keys: DuplicateKeyPolicy::LastWins,
    };
    match serde_saphyr::from_str_with_options::<Document>(&text, options) {
        Ok(document) => Ok(document.0),
        Err(_) if !is_known(&call.args[0]) => Ok(Value::UNKNOWN),
        Err(error) => {
            let why = error.without_snippet().to_string();
            Err(call.failed(why.lines().next().unwrap_or_default()))
        }
    }
}
