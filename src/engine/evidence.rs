//! What evidence does to a finding: one step of confidence, and a clause of its message.

use super::{Hit, masked};
use crate::finding::{Confidence, Evidence};

/// Lockgate's own confidence in a hit, in whose message it says what the evidence is.
pub fn weigh(hit: &mut Hit) -> Confidence {
    let told = hit.confidence;
    let (own, clause) = match &mut hit.evidence {
        None => return told,
        Some(Evidence::Constant) if told.less() == told => return told,
        Some(Evidence::Constant) => (told.less(), "it is given constants alone".to_owned()),
        Some(Evidence::Outside { source, line }) => {
            *source = masked(source).into();
            (told.more(), format!("it is given `{source}` of line {line}"))
        }
    };
    hit.message = format!("{}; {clause}", hit.message).into();
    own
}
