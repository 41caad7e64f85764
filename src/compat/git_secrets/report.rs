//! Says what was found that is not allowed, and what to do about it.

use super::ere::Pattern;
use super::say::{complain, masked};
use super::text::Line;
use super::{Session, patterns};
use std::ops::Range;

/// A line that was found, and where: `settings.py` or `1a2b3c…:settings.py`.
pub struct Hit {
    pub place: Vec<u8>,
    pub line: Line,
}

/// What a search came to.
pub enum Search {
    /// Nothing was looked for, or nothing found.
    Clean,
    Found {
        pattern: Pattern,
        hits: Vec<Hit>,
    },
    /// It could not be done, which was said.
    Failed(u8),
}

const ADVICE: &str = "
[ERROR] Matched one or more prohibited patterns

Possible mitigations:
- Take the secret out of the file and have it replaced where it is valid; it has been written down
- Allow what is no secret with: git secrets --add --allowed PATTERN
- Or with a regular expression in .gitallowed, at the root of the repository
- See what is prohibited and allowed with: git secrets --list
- Commit once without this check with: git commit --no-verify";

/// Says what is not allowed of what was found. Returns the code to end with.
pub fn conclude(session: &Session, search: Search) -> u8 {
    let allowed = patterns::allowed(session);
    match search {
        Search::Clean => 0,
        Search::Failed(code) => code,
        Search::Found { hits, .. } if hits.is_empty() => 0,
        Search::Found { pattern, hits } => match allowed {
            // Whoever allows in vain allows everything, as it was.
            Err(error) => {
                complain(format!("grep: {error}").as_bytes());
                0
            }
            Ok(allowed) => {
                let found = hits.iter().filter(|hit| show(hit, &pattern, allowed.as_ref())).count();
                end(found > 0)
            }
        },
    }
}

/// Says a line unless it is allowed. Returns whether it was said.
fn show(hit: &Hit, pattern: &Pattern, allowed: Option<&Pattern>) -> bool {
    let lead = [&hit.place[..], format!(":{}:", hit.line.number).as_bytes()].concat();
    let text = &hit.line.text;
    if allowed.is_some_and(|allowed| allowed.is_in(&[&lead[..], text].concat())) {
        return false;
    }
    complain(&[lead, masked(text, hidden(text, pattern))].concat());
    true
}

/// What of a line is not to be shown: all that matches, but for words that a pattern spells out.
pub fn hidden(text: &[u8], pattern: &Pattern) -> Vec<Range<usize>> {
    let mut hidden = pattern.matches(text);
    hidden.retain(|range| !pattern.spells(&text[range.clone()]));
    hidden
}

/// Ends with what to do, where something was found.
pub fn end(is_found: bool) -> u8 {
    if is_found {
        ADVICE.split('\n').for_each(|line| complain(line.as_bytes()));
    }
    u8::from(is_found)
}
