//! Hash functions.

use super::{Proposal, Site, never};

/// B324 for `hashlib`. Not safe, for it changes nothing but what is said: whether the digest
/// matters to security is for people to tell. Needs Python 3.9.
pub fn not_for_security(site: &Site) -> Option<Proposal> {
    let name = site.imported(&site.call.node.func)?;
    if !name.starts_with("hashlib.") {
        return None;
    }
    let edits = site.pass("usedforsecurity", never, "False")?;
    let what = "say that it is not for security: `usedforsecurity=False`";
    Some(Proposal::suggested(what, edits))
}
