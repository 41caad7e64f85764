//! HTTP clients, TLS contexts, and the debugger of Flask.

use super::{Proposal, Site, is_false, is_true};
use ruff_python_ast::Expr;

/// Seconds without an answer after which a request may as well give up. Few servers that will
/// answer at all take longer; requests and httpx count them anew with every byte that comes.
const TIMEOUT: &str = "30";

/// B113. A client of httpx has a timeout unless it is switched off.
pub fn give_timeout(site: &Site) -> Option<Proposal> {
    let name = site.imported(&site.call.node.func)?;
    let requests = match name.split('.').next()? {
        "requests" => true,
        "httpx" => false,
        _ => return None,
    };
    if !requests && site.keyword("timeout").is_none() {
        return None;
    }
    let edits = site.pass("timeout", Expr::is_none_literal_expr, TIMEOUT)?;
    Some(Proposal::safe("pass `timeout=30`, in seconds", edits))
}

/// B501. Not safe: a server with a certificate of its own making is refused from then on.
pub fn verify(site: &Site) -> Option<Proposal> {
    site.keyword("verify")?;
    let edits = site.pass("verify", is_false, "True")?;
    Some(Proposal::suggested("check certificates: `verify=True`", edits))
}

/// B201. Not safe: the reloader goes as well.
pub fn stop_debugging(site: &Site) -> Option<Proposal> {
    site.keyword("debug")?;
    let edits = site.pass("debug", is_true, "False")?;
    Some(Proposal::suggested("switch the debugger off: `debug=False`", edits))
}

/// B323, with no arguments: the two functions do not take the same ones. Not safe, as for B501.
pub fn verify_context(site: &Site) -> Option<Proposal> {
    if !site.call.node.arguments.is_empty() {
        return None;
    }
    let old = ["ssl._create_unverified_context"];
    let edits = site.rename(&site.call.node.func, &old, "create_default_context")?;
    Some(Proposal::suggested("call `ssl.create_default_context`", edits))
}
