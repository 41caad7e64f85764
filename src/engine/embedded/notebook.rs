//! The code cells of a Jupyter notebook, as one source: what a cell imports, the next one knows. What
//! else the cells say is another source, of plain text.
//! Facts: the notebook format, versions 3 and 4 (nbformat.readthedocs.io); the cell magics whose
//! cells are Python (the documentation of IPython's built-in magics).

use super::{Embeds, json, said, unparsed};
use crate::engine::python;
use crate::target::{Builder, Kind, SourceFile};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// The cell magics that run their cell as Python; the cell of any other is in another language, or
/// no code.
const PYTHON_MAGICS: [&str; 8] =
    ["capture", "debug", "prun", "pypy", "python", "python3", "time", "timeit"];

#[derive(Deserialize)]
struct Notebook<'a> {
    #[serde(borrow, default)]
    cells: Vec<&'a RawValue>,
    /// Where version 3 keeps its cells.
    #[serde(borrow, default)]
    worksheets: Vec<Worksheet<'a>>,
    #[serde(default)]
    metadata: Value,
}

#[derive(Deserialize)]
struct Worksheet<'a> {
    #[serde(borrow, default)]
    cells: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Cell<'a> {
    #[serde(default)]
    cell_type: Value,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    /// The source in version 3.
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    /// Its language in version 3.
    #[serde(default)]
    language: Value,
    #[serde(default)]
    metadata: Value,
}

/// The Python of a notebook, where that is wanted, and what else its cells say. Of the cells that
/// cannot be made out the first is named.
pub fn cells(file: &SourceFile, with_python: bool) -> Embeds {
    let text = file.text();
    let notebook: Notebook = match serde_json::from_str(text) {
        Ok(notebook) => notebook,
        Err(error) => {
            let why = format!("is no notebook that can be read: {error}");
            let notifications = with_python.then(|| unparsed(file, why)).into_iter().collect();
            return Embeds { notifications, ..Embeds::default() };
        }
    };
    let with_python = with_python && is_python(&kernel(&notebook.metadata));
    let (mut python, mut rest) = (Builder::default(), Builder::default());
    let mut failures = Vec::new();
    let sheets = notebook.worksheets.iter().flat_map(|sheet| &sheet.cells);
    for (cell, number) in notebook.cells.iter().chain(sheets).zip(1..) {
        let mut is_python = false;
        if with_python {
            python.begin_cell(number);
            is_python = push_cell(cell, text, &mut python).unwrap_or_else(|why| {
                failures.push(format!("cell {number} {why}"));
                false
            });
            if !is_python {
                python.drop_cell();
            }
        }
        said::push(cell, text, !is_python, number, &mut rest);
    }
    let python = python.finish(&file.path, Kind::Ipython, false);
    let rest = rest.finish(&file.path, Kind::Text, true);
    Embeds {
        sources: python.into_iter().chain(rest).collect(),
        notifications: first_of(failures).map(|why| unparsed(file, why)).into_iter().collect(),
    }
}

/// Adds what a cell has of Python; false where it has none.
fn push_cell(cell: &RawValue, text: &str, to: &mut Builder) -> Result<bool, String> {
    let unreadable = |error| format!("cannot be read: {error}");
    let cell: Cell = serde_json::from_str(cell.get()).map_err(unreadable)?;
    let language = cell.metadata.pointer("/vscode/languageId").or(Some(&cell.language));
    if cell.cell_type != "code" || !is_python(&language.and_then(Value::as_str)) {
        return Ok(false);
    }
    let Some(source) = cell.source.or(cell.input) else { return Ok(false) };
    json::push_text(source, text, to).ok_or("has a source that is no text")?;
    if is_other_magic(to.cell_text()) {
        return Ok(false);
    }
    python::parses(to.cell_text()).map_err(|why| format!("does not parse: {why}"))?;
    Ok(true)
}

/// What the notebook says that it is written in.
fn kernel(metadata: &Value) -> Option<&str> {
    ["/language_info/name", "/kernelspec/language", "/kernelspec/name"]
        .iter()
        .find_map(|place| metadata.pointer(place)?.as_str())
}

/// Whether the language is Python, which is what notebooks are in that do not say.
fn is_python(language: &Option<&str>) -> bool {
    language.is_none_or(|name| name.to_ascii_lowercase().contains("python"))
}

/// Whether the cell begins with the magic of something else than Python.
fn is_other_magic(cell: &str) -> bool {
    let magic = cell.trim_start().strip_prefix("%%");
    let name = magic.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next());
    name.flatten().is_some_and(|name| !PYTHON_MAGICS.contains(&name))
}

fn first_of(failures: Vec<String>) -> Option<String> {
    let first = failures.first()?;
    Some(match failures.len() {
        1 => format!("{first}; the other cells are scanned"),
        count => format!("{first}, and {} more cells do not; the others are scanned", count - 1),
    })
}
