//! Templates, which the evaluator renders.

use super::Needs::Nothing;
use super::file::content_text;
use super::partial::{is_known, is_whole};
use super::{Function, Value, function};

pub(super) const FUNCTIONS: &[Function] = &[
    function("templatefile", Nothing, (2, 2), |call| {
        if !is_known(&call.args[0]) || call.args[1].is_unknown() {
            return Ok(Value::UNKNOWN);
        }
        call.files.render(&content_text(call)?, call.map(1)?)
    }),
    function("templatestring", Nothing, (2, 2), |call| {
        if call.args.iter().any(Value::is_unknown) {
            return Ok(Value::UNKNOWN);
        }
        let template = call.text(0)?;
        if !is_whole(&template) {
            return Ok(Value::UNKNOWN);
        }
        call.files.render(&template, call.map(1)?)
    }),
];
