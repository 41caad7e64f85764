//! Archives and temporary files.

use super::edit::at;
use super::{Proposal, Site, never};
use crate::engine::python::args;
use crate::engine::python::node::Node;
use crate::engine::python::scopes::{Bound, Root};
use ruff_python_ast::{ArgOrKeyword, Expr, ExprCall};
use ruff_text_size::Ranged;

const ARCHIVES: &[&str] = &["tarfile.TarFile", "tarfile.TarFile.open", "tarfile.open"];

/// B202, for what is an archive of `tarfile` for sure: `zipfile` knows no filters. Not safe: the
/// filters came with Python 3.12 and the last fixes of 3.8 to 3.11, and drop owners and modes.
pub fn filter_members(site: &Site) -> Option<Proposal> {
    let Expr::Attribute(method) = &*site.call.node.func else { return None };
    if !is_archive(site, &method.value) {
        return None;
    }
    let edits = site.pass("filter", never, "\"data\"")?;
    Some(Proposal::suggested("refuse what lies outside: `filter=\"data\"`", edits))
}

fn is_archive(site: &Site, object: &Expr) -> bool {
    let opens = |expr: &Expr| {
        let Expr::Call(call) = expr else { return false };
        site.imported(&call.func).is_some_and(|name| ARCHIVES.contains(&&*name))
    };
    let Expr::Name(name) = object else { return opens(object) };
    let Some((_, scope)) = site.scopes.find(&name.id, &site.levels) else { return false };
    let bindings = scope.bindings(&name.id);
    let opened = |bound: &Bound| match bound {
        Bound::Value(value) | Bound::Entered(value) => opens(value),
        _ => false,
    };
    !bindings.is_empty() && bindings.iter().all(|one| opened(&one.bound))
}

/// The parameters of `mktemp`, which `NamedTemporaryFile` has elsewhere.
const PARAMETERS: [&str; 3] = ["suffix", "prefix", "dir"];

/// B306: a file that is there, and is this program's, under a name of the same form. Safe where the
/// name is opened on the spot, by the built-in `open` and not for a file that must be new, for which
/// none is offered; anywhere else it may be meant for something that must not be there
/// yet, such as a folder.
pub fn make_file(site: &Site) -> Option<Proposal> {
    let call = site.call.node;
    if !site.is_spelled_out() || call.arguments.args.len() > PARAMETERS.len() {
        return None;
    }
    let mut edits = site.rename(&call.func, &["tempfile.mktemp"], "NamedTemporaryFile")?;
    for (value, name) in call.arguments.args.iter().zip(PARAMETERS) {
        if matches!(value, Expr::Generator(_) | Expr::Named(_)) {
            return None; // these may stand without parentheses, but not behind a keyword
        }
        let place = site.place(ArgOrKeyword::Arg(value));
        edits.push((at(place.start()), format!("{name}=").into()));
    }
    edits.extend(site.add_keyword("delete=False")?);
    edits.push((at(call.end()), ".name".into()));
    let what = "make the file: `tempfile.NamedTemporaryFile(delete=False).name`";
    match opened(site) {
        Some(around) if is_there_for(site, around) => Some(Proposal::safe(what, edits)),
        Some(_) => None,
        None => Some(Proposal::suggested(what, edits)),
    }
}

/// The `open`, whosever it is, that the name is made for.
fn opened<'a>(site: &Site<'a, '_>) -> Option<&'a ExprCall> {
    let Some(Node::Expr(Expr::Call(around))) = site.parents.last() else { return None };
    let first = around.arguments.args.first()?;
    let is_open = around.func.as_name_expr()?.id == "open";
    (is_open && first.range() == site.call.node.range()).then_some(around)
}

/// Whether it is the built-in `open`, in a mode that takes a file that is there.
fn is_there_for(site: &Site, open: &ExprCall) -> bool {
    let called = site.scopes.dotted(&open.func, &site.levels);
    let everything = site.scopes.find("*", &site.levels);
    let built_in = called.is_some_and(|name| name.root == Root::Unbound)
        && everything.is_some_and(|(_, scope)| scope.bindings("*").is_empty());
    let arguments = &open.arguments;
    let told = arguments.args.iter().all(|argument| !argument.is_starred_expr())
        && arguments.keywords.iter().all(|one| one.arg.as_deref().is_some_and(|n| n != "opener"));
    let mode = arguments.find_argument_value("mode", 1);
    built_in && told && mode.is_none_or(|mode| args::string(mode).is_some_and(|m| !m.contains('x')))
}
