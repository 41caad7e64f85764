//! What a cell of a notebook says beside its Python: text, code in other languages, what running it
//! printed. In the notebook it stands as JSON, in which an escape may touch a word or break it.
//! Facts: the notebook format, versions 3 and 4 (nbformat.readthedocs.io).

use super::json;
use crate::target::Builder;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Cell<'a> {
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    /// The source in version 3.
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow, default)]
    outputs: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Output<'a> {
    /// What was printed.
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    evalue: Option<&'a RawValue>,
    #[serde(borrow)]
    traceback: Option<&'a RawValue>,
    /// What is shown, by its media type.
    #[serde(borrow, default)]
    data: HashMap<Cow<'a, str>, &'a RawValue>,
}

/// Adds the texts of a cell, its source among them where that is wanted.
pub fn push(cell: &RawValue, text: &str, with_source: bool, number: u32, to: &mut Builder) {
    let Ok(cell) = serde_json::from_str::<Cell>(cell.get()) else { return };
    let mut texts: Vec<&RawValue> = Vec::new();
    texts.extend(cell.source.or(cell.input).filter(|_| with_source));
    for output in cell.outputs {
        let Ok(output) = serde_json::from_str::<Output>(output.get()) else { continue };
        texts.extend([output.text, output.evalue, output.traceback].into_iter().flatten());
        let shown = output.data.into_iter().filter(|(kind, _)| is_text(kind));
        texts.extend(shown.map(|(_, value)| value));
    }
    // In the order of the file, whatever that of the names.
    texts.sort_by_key(|value| value.get().as_ptr() as usize);
    for value in texts {
        to.begin_cell(number);
        if json::push_text(value, text, to).is_none() {
            to.drop_cell();
        }
    }
}

fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || ["json", "javascript", "xml"].iter().any(|name| media_type.ends_with(name))
            && !media_type.starts_with("image/")
}
