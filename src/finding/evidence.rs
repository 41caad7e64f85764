//! What the source itself tells about the argument that a finding is about.

use super::Confidence;
use serde::{Deserialize, Serialize};

/// Where an argument comes from, as far as the function around it tells.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Evidence {
    /// It is made of literals alone: nobody outside has a say in it.
    Constant,
    /// Somebody outside chooses it.
    Outside {
        /// What it is read from: `sys.argv`, `request.args`.
        source: Box<str>,
        /// Where it is read, from 1.
        line: u32,
    },
}

impl Confidence {
    /// One step less, or the least.
    pub fn less(self) -> Confidence {
        match self {
            Confidence::High => Confidence::Medium,
            Confidence::Medium | Confidence::Low => Confidence::Low,
        }
    }

    /// One step more, or the most.
    pub fn more(self) -> Confidence {
        match self {
            Confidence::Low => Confidence::Medium,
            Confidence::Medium | Confidence::High => Confidence::High,
        }
    }
}
