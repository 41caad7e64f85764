//! What a merge brings in, as a text that grep can look at: `git log -p` of the commits that are
//! new to the branch.

use crate::git::{Git, HistoryError, Span};

/// A text of more bytes is cut off.
const LARGEST: usize = 1 << 30;

/// The commits that `merged` has and the branch that is checked out has not.
///
/// # Errors
/// There is no such commit.
pub fn text(git: &Git, merged: Option<&str>) -> Result<Vec<u8>, HistoryError> {
    let branch = git.checked_out().unwrap_or_default();
    let range = format!("{branch}..{}", merged.unwrap_or_default());
    let (steps, _) = git.steps(&Span::Range(range))?;
    let reader = git.reader();
    let mut handle = reader.handle(1);
    let mut text = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        if text.len() > LARGEST {
            break;
        }
        if index > 0 {
            text.push(b'\n');
        }
        text.extend(git.told(step).unwrap_or_default());
        let changes = handle.changes(step);
        let changes = handle.follow(changes);
        if !changes.is_empty() {
            text.push(b'\n');
        }
        for change in &changes {
            text.extend(handle.patch(change));
        }
    }
    Ok(text)
}
