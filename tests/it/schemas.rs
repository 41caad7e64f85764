//! The JSON Schemas of `schemas/` are those of the types.

use lockgate::{config, report, verdict, waiver};
use std::fs;

#[test]
fn schemas_are_current() {
    let schemas = [
        ("report", report::json::schema()),
        ("config", config::schema()),
        ("verdict", verdict::schema()),
        ("waivers", waiver::schema()),
    ];
    for (name, schema) in schemas {
        let path = format!("{}/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        let current = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            fs::write(&path, &current).unwrap();
        }
        let checked_in = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            checked_in == current,
            "{path} is not that of the type; write it anew: ./x schemas"
        );
    }
}
