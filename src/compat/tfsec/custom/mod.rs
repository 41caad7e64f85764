//! Checks of one's own, in `*_tfchecks.json` and `*_tfchecks.yaml`.
//!
//! `format` is what such a file says, `load` finds and reads them. A check is asked of whole blocks
//! (`judge`); what it asks of the values of attributes is in `value`.

mod format;
mod judge;
mod load;
mod value;

pub use format::Check;
pub use judge::{Judge, applies};
pub use load::load;
