//! Why a scan runs.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What made a scan run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub kind: EventKind,
    /// The branch that a pull request is to be merged into, where the CI system names it.
    pub target: Option<String>,
    /// The branch that the CI system says it runs for; of a pull request a name that no branch can
    /// have, `pull-request:12`: whoever asks for the merge chooses what its branch is called. A tag
    /// is no branch.
    pub branch: Option<String>,
    /// The commit that this branch is at, in hexadecimal, where the CI system says it.
    pub commit: Option<String>,
}

/// The kinds of event that a gate can be chosen by.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// No CI system.
    Local,
    /// A push, and whatever else a CI system runs for: a schedule, a button.
    Push,
    /// A pull or merge request, or a merge queue.
    PullRequest,
    Tag,
    Release,
}

impl EventKind {
    /// All of them, in the order of a change's life.
    pub const ALL: [EventKind; 5] = [Local, PullRequest, Push, Tag, Release];
}

impl fmt::Display for EventKind {
    /// As the configuration writes it.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Local => "local",
            Push => "push",
            PullRequest => "pull-request",
            Tag => "tag",
            Release => "release",
        })
    }
}

use EventKind::{Local, PullRequest, Push, Release, Tag};

impl Event {
    /// What a desk has to say.
    pub const LOCAL: Event = Event { kind: Local, target: None, branch: None, commit: None };

    pub fn is_pull_request(&self) -> bool {
        self.kind == PullRequest
    }
}
