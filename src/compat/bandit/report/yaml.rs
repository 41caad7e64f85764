//! YAML: what the report in JSON has, with the line ends in code written as `\n`.

use super::json::Document;
use super::{Failure, Report, failed};

pub(super) fn write(report: &Report) -> Result<Vec<u8>, Failure> {
    let document = Document::new(report, |issue| issue.code.numbered(' ').replace('\n', "\\n"));
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    let mut text = String::new();
    serde_saphyr::to_fmt_writer_with_options(&mut text, &document, options).map_err(failed)?;
    Ok(text.into_bytes())
}
