//! CSV as Terraform reads it.

use super::Needs::All;
use super::{Call, Function, MOST_VALUES, Value, Wrong, function};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const FUNCTIONS: &[Function] = &[function("csvdecode", All, (1, 1), decode)];

/// A map for each row, by the names in the first.
fn decode(call: &Call) -> Result<Value, Wrong> {
    let text = call.text(0)?;
    let failed = |error: csv::Error| call.failed(error.to_string());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<Arc<str>> = reader.headers().map_err(failed)?.iter().map(Arc::from).collect();
    if names.is_empty() {
        return Err(call.failed("there is no row of names"));
    }
    let mut rows = Vec::new();
    for record in reader.into_records() {
        let record = record.map_err(failed)?;
        let cells = record.iter().map(Value::string);
        let row = names.iter().cloned().zip(cells).collect::<BTreeMap<_, _>>();
        if row.len() < names.len() {
            return Err(call.failed("two columns have the same name"));
        }
        if (rows.len() + 1).saturating_mul(names.len()) > MOST_VALUES {
            return Err(Wrong::TooLarge);
        }
        rows.push(Value::map(row));
    }
    Ok(Value::list(rows))
}
