//! Templates.

use super::{Proposal, Site, is_false};

/// B701. Not safe: a template of plain text is escaped from then on as if it were HTML.
pub fn escape(site: &Site) -> Option<Proposal> {
    let makes = site.calls(&["jinja2.Environment", "jinja2.environment.Environment"]);
    if !makes || !site.call.args().is_empty() {
        return None;
    }
    let edits = site.pass("autoescape", is_false, "True")?;
    Some(Proposal::suggested("escape: `autoescape=True`", edits))
}
