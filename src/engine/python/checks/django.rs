//! Django's ways around its own query builder.

use super::Found;
use crate::engine::python::args::{Call, string};
use crate::engine::python::names::Module;
use ruff_python_ast::Expr;

pub fn extra<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    // A positional argument wins over a keyword of its name.
    let argument = |name, position: usize| call.args().get(position).or_else(|| call.keyword(name));
    let open = argument("where", 1).is_some_and(|list| !is_fixed_list(list))
        || argument("tables", 3).is_some_and(|list| !is_fixed_list(list))
        || argument("select", 0).is_some_and(|dict| !is_fixed_dict(dict));
    open.then(|| Found::at(call.node))
}

fn is_fixed_list(expr: &Expr) -> bool {
    match expr {
        Expr::List(list) => list.elts.iter().all(|element| string(element).is_some()),
        _ => false,
    }
}

fn is_fixed_dict(expr: &Expr) -> bool {
    let fixed = |expr: &Expr| string(expr).is_some();
    match expr {
        Expr::Dict(dict) => {
            dict.items.iter().all(|item| item.key.as_ref().is_some_and(fixed) && fixed(&item.value))
        }
        _ => false,
    }
}

pub fn raw_sql<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    if !call.imported(Module::DjangoModels) {
        return None;
    }
    match call.args().first().or_else(|| call.keyword("sql")) {
        None => Some(Found::failed(call.node, "'sql'")),
        Some(sql) => string(sql).is_none().then(|| Found::at(call.node)),
    }
}
