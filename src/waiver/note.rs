//! What is to be said of the entries of the file: which of them are stale.

use super::entry::days_after;
use super::file::Placed;
use crate::engine::masked;
use jiff::civil::Date;
use serde::Serialize;
use std::fmt;

/// An entry is soon to expire when it has at most so many days left.
pub const SOON: i64 = 7;

/// Something to be said of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    pub kind: Kind,
    /// The line of the file on which the entry begins.
    pub line: usize,
    /// What the entry is for, in a few words.
    pub waiver: String,
    pub owner: String,
    /// The last day on which it holds.
    pub until: Date,
    /// How many sightings of findings it is for now.
    pub findings: usize,
    /// What happened and what to do about it.
    pub message: String,
}

/// What makes an entry stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Its last day is over: what it was for counts again.
    Expired,
    /// It was created on a day that has not come yet: it does not hold.
    Early,
    /// It has at most a week left.
    Soon,
    /// It is for nothing that was found: mended, gone or mistyped. Says little where not all of
    /// the repository was scanned.
    Unused,
    /// It is for a package of which there is a version without the vulnerability.
    Fixed,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Kind::Expired => "expired",
            Kind::Early => "early",
            Kind::Soon => "soon",
            Kind::Unused => "unused",
            Kind::Fixed => "fixed",
        })
    }
}

/// What an entry was for in one run.
#[derive(Debug, Clone, Default)]
pub(super) struct Use {
    /// How many findings it is for, whether it waives them or something else does.
    pub findings: usize,
    /// A package of these, the version that is fixed.
    pub fixed_in: Option<String>,
}

/// The notes of all entries, in the order of the file.
pub(super) fn notes(entries: &[Placed], uses: &[Use], today: Date) -> Vec<Note> {
    let mut notes = Vec::new();
    for (Placed { entry, line, .. }, used) in entries.iter().zip(uses) {
        let until = entry.last_day();
        let mut note = |kind, message: String| {
            notes.push(Note {
                kind,
                line: *line,
                waiver: entry.to_string(),
                owner: masked(&entry.owner),
                until,
                findings: used.findings,
                message,
            });
        };
        let nothing = used.findings == 0;
        if until < today {
            let next = match nothing {
                true => "nothing is left of what it was for; remove it",
                false => "what it was for counts again; mend that, or decide anew and renew it",
            };
            note(Kind::Expired, format!("expired on {until}: {next}"));
            continue;
        }
        if entry.created > days_after(today, 1) {
            let when = entry.created;
            note(
                Kind::Early,
                format!("does not hold before {when}, the day it says it was created"),
            );
        } else if until <= days_after(today, SOON) && !nothing {
            note(Kind::Soon, format!("expires on {until}: mend what it is for, or renew it"));
        }
        if nothing {
            note(Kind::Unused, "is for nothing that is found now; remove it".into());
        }
        if let Some(version) = &used.fixed_in {
            note(Kind::Fixed, format!("version {version} mends this; update, then remove it"));
        }
    }
    notes
}
