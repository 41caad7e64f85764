//! SSH.

use super::{Proposal, Site};
use ruff_python_ast::Expr;

/// What trusts a host that nobody knows, under the names that paramiko has for it.
const TRUSTING: &[&str] = &[
    "paramiko.AutoAddPolicy",
    "paramiko.WarningPolicy",
    "paramiko.client.AutoAddPolicy",
    "paramiko.client.WarningPolicy",
];

/// B507. Not safe: hosts that are not among the known ones are refused from then on.
pub fn reject_unknown(site: &Site) -> Option<Proposal> {
    let policy = match site.call.args().first()? {
        Expr::Call(made) => &*made.func,
        policy => policy,
    };
    let edits = site.rename(policy, TRUSTING, "RejectPolicy")?;
    Some(Proposal::suggested("refuse unknown hosts: `paramiko.RejectPolicy`", edits))
}
