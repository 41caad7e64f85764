//! What a file looks like, in little.

use serde::{Deserialize, Serialize};

/// The lowest hashes of the lines of a file, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sketch(pub Vec<u32>);
