//! YAML: what the report in JSON has, with the line ends in code written as `\n`.

use super::json::Document;
use super::{Failure, Report, failed};
use std::io::Write;

pub(super) fn write(report: &Report, mut to: &mut dyn Write) -> Result<(), Failure> {
    let document = Document::new(report, |code| code.numbered(' ').replace('\n', "\\n"));
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    serde_saphyr::to_io_writer_with_options(&mut to, &document, options).map_err(failed)
}
