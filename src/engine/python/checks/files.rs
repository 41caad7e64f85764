//! Files: their mode, their place, and archives that say where to put them.

use super::{Found, Text};
use crate::engine::python::args::{Call, integer, string};
use crate::engine::python::bandit::ask;
use crate::engine::python::names::Module;
use crate::finding::{Confidence, Severity};
use ruff_python_ast::Expr;

/// Execution by the group or all, writing by the group or all.
const TOO_WIDE: i64 = 0o33;
const WRITABLE_BY_ALL: i64 = 0o2;

pub fn bad_permissions<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let [_, mode] = call.args() else { return None };
    let mode = integer(mode).filter(|mode| mode & TOO_WIDE != 0)?;
    let severity = if mode & WRITABLE_BY_ALL != 0 { Severity::High } else { Severity::Medium };
    let message = format!("`{}` sets the mode {mode:#o}, which is too wide", call.name());
    Some(Found::at(call.node).severity(severity).message(message))
}

pub fn tmp_directory<'a>(text: &Text<'a>) -> Option<Found<'a>> {
    Found::attempt(&text.range, || {
        let directories = ask(&text.options.hardcoded_tmp_directory.tmp_dirs)?;
        let is_shared = directories.any(|directory| text.value.starts_with(directory))?;
        Ok(is_shared.then(|| Found::at(&text.range)))
    })
}

pub fn tar_extraction<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    if !call.imported(Module::Tarfile) {
        return None;
    }
    let mut keywords = call.node.arguments.keywords.iter();
    let filter = keywords.clone().find(|k| k.arg.as_deref() == Some("filter"));
    if filter.and_then(|k| string(&k.value)) == Some("data") {
        return None;
    }
    let found = Found::at(call.node);
    let Some(members) = keywords.find(|k| k.arg.as_deref() == Some("members")) else {
        let message = "`extractall` writes every member wherever the archive says";
        return Some(found.severity(Severity::High).confidence(Confidence::High).message(message));
    };
    match &members.value {
        Expr::Call(filter) if filter.func.is_name_expr() => {
            let message = "`extractall` trusts a function to leave out dangerous members";
            Some(found.severity(Severity::Low).confidence(Confidence::Low).message(message))
        }
        Expr::Call(_) => Some(Found::failed(call.node, "the function has no attribute 'id'")),
        _ => {
            let message = "`extractall` is given members that may not have been checked";
            Some(found.severity(Severity::Medium).confidence(Confidence::Medium).message(message))
        }
    }
}
