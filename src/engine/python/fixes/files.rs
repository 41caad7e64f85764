//! Archives and temporary files.

use super::edit::at;
use super::{Proposal, Site, never};
use crate::engine::python::node::Node;
use crate::engine::python::scopes::Bound;
use ruff_python_ast::{ArgOrKeyword, Expr};
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
/// name is opened on the spot; anywhere else it may be meant for something that must not be there
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
    let opened = matches!(site.parents.last(), Some(Node::Expr(Expr::Call(around)))
        if around.func.as_name_expr().is_some_and(|name| name.id == "open")
            && around.arguments.args.first().is_some_and(|first| first.range() == call.range()));
    Some(if opened { Proposal::safe(what, edits) } else { Proposal::suggested(what, edits) })
}
