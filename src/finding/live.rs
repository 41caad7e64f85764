//! What the provider of a credential says of it.

use super::{Confidence, Finding};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a credential works.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Live {
    /// It could not be asked, or the answer tells nothing.
    Unknown,
    /// The provider refuses it: it was revoked, has expired, or never worked there.
    Revoked,
    /// The provider accepts it.
    Verified,
}

impl Live {
    /// What a message says of it beside.
    fn clause(self) -> Option<&'static str> {
        match self {
            Live::Unknown => None,
            Live::Revoked => Some("revoked: its provider refuses it"),
            Live::Verified => Some("verified: it works"),
        }
    }
}

impl Finding {
    /// Takes in what the provider says. What works is a credential for sure; what is refused was
    /// one, and may be accepted elsewhere, so that its severity stays.
    pub fn answer(&mut self, live: Live) {
        self.live = Some(live);
        if let Some(clause) = live.clause() {
            self.message = format!("{}; {clause}", self.message).into();
        }
        if live == Live::Verified && self.confidence != Confidence::High {
            self.told.get_or_insert(self.confidence);
            self.confidence = Confidence::High;
        }
    }

    /// What a provider says of it, or of what a witness saw.
    pub fn answered(&self) -> Option<Live> {
        self.sightings().filter_map(|seen| seen.live).max()
    }
}
