//! How much work an expression can be, and whether it can be a condition at all.

use super::check::Problem;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};

/// Operations for one finding: so many that a list of a hundred names is fine, and one of fifty
/// inside another is not.
const MAX_STEPS: usize = 1_000;
/// How many elements a list of a finding is taken to have: it has few.
const LIST_OF_A_FINDING: usize = 8;

/// Whether evaluating it is bounded, and comes to true or false as far as that can be told.
pub fn check(tree: &IdedExpr) -> Result<(), Problem> {
    let steps = steps(tree, &mut Vec::new());
    if steps > MAX_STEPS {
        let why = format!(
            "may take {steps} operations for each finding; {MAX_STEPS} are allowed: shorten the lists"
        );
        return Err(Problem { node: tree.id, why });
    }
    condition(tree)
}

/// The most operations that it takes. `variables` are those of the macros around, with the number
/// of elements that each may hold where it is a list.
fn steps<'a>(node: &'a IdedExpr, variables: &mut Vec<(&'a str, usize)>) -> usize {
    let sum = |nodes: &mut dyn Iterator<Item = &'a IdedExpr>, variables: &mut Vec<_>| {
        nodes.fold(1_usize, |sum, node| sum.saturating_add(steps(node, variables)))
    };
    match &node.expr {
        Expr::Call(call) => match repeated(call) {
            None => {
                sum(&mut call.target.iter().map(|target| &**target).chain(&call.args), variables)
            }
            Some((list, variable, condition)) => {
                let once = steps(list, variables);
                let elements = elements(list, variables);
                variables.push((variable, elements));
                let each = steps(condition, variables);
                variables.pop();
                each.saturating_add(1).saturating_mul(elements).saturating_add(once)
            }
        },
        Expr::List(list) => sum(&mut list.elements.iter(), variables),
        Expr::Select(select) => sum(&mut std::iter::once(&*select.operand), variables),
        _ => 1,
    }
}

/// `LIST.all(x, CONDITION)` and the like.
fn repeated(call: &CallExpr) -> Option<(&IdedExpr, &str, &IdedExpr)> {
    match (&call.target, &call.args[..]) {
        (Some(list), [IdedExpr { expr: Expr::Ident(variable), .. }, condition])
            if super::check::MACROS.contains(&call.func_name.as_str()) =>
        {
            Some((list, variable, condition))
        }
        _ => None,
    }
}

/// The most elements that a list which is made of this can have, at any depth.
fn elements(node: &IdedExpr, variables: &[(&str, usize)]) -> usize {
    let of_all = |nodes: &mut dyn Iterator<Item = &IdedExpr>| -> usize {
        nodes.map(|node| elements(node, variables)).sum()
    };
    match &node.expr {
        Expr::List(list) => list.elements.len() + of_all(&mut list.elements.iter()),
        Expr::Call(call) => {
            of_all(&mut call.target.iter().map(|target| &**target).chain(&call.args))
        }
        Expr::Select(select) => elements(&select.operand, variables),
        Expr::Ident(name) => {
            let variable = variables.iter().rev().find(|(known, _)| known == name);
            variable.map_or(LIST_OF_A_FINDING, |(_, elements)| *elements)
        }
        _ => 0,
    }
}

/// Functions and operators that come to something else than true or false.
const NO_CONDITIONS: &[&str] =
    &["_+_", "_-_", "_*_", "_/_", "_%_", "-_", "size", "int", "double", "string", "filter"];
/// Fields that are true or false.
const CONDITIONS: &[&str] = &["new", "waived", "direct", "exploited"];

/// Whether it may be true or false.
fn condition(node: &IdedExpr) -> Result<(), Problem> {
    let may_be = match &node.expr {
        Expr::Literal(literal) => matches!(literal, LiteralValue::Boolean(_)),
        Expr::List(_) => false,
        Expr::Ident(name) => name != "finding",
        Expr::Select(select) => select.test || CONDITIONS.contains(&select.field.as_str()),
        Expr::Call(call) => match (call.func_name.as_str(), &call.args[..]) {
            ("_&&_" | "_||_" | "!_", parts) => return parts.iter().try_for_each(condition),
            ("_?_:_", [asked, yes, no]) => {
                return [asked, yes, no].into_iter().try_for_each(condition);
            }
            (name, _) => !NO_CONDITIONS.contains(&name),
        },
        _ => true,
    };
    match may_be {
        true => Ok(()),
        false => Err(Problem { node: node.id, why: "is neither true nor false".to_owned() }),
    }
}
