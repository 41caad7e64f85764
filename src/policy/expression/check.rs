//! What an expression may say: the names, fields and functions that there are, and bounds on what
//! evaluating it can take.

use super::subject::{FIELDS, PACKAGE_FIELDS};
use crate::typo::hint;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr};
use regex::RegexBuilder;

/// How deep the tree may be.
const MAX_DEPTH: usize = 48;
/// How many macros over lists may stand inside each other.
const MAX_NESTING: usize = 2;
/// Bytes that a compiled pattern may take.
const MAX_PATTERN: usize = 1 << 20;

/// The functions. `map` is not among them: it makes lists of what it likes, of any size.
const FUNCTIONS: &[&str] = &[
    "all",
    "contains",
    "double",
    "endsWith",
    "exists",
    "exists_one",
    "filter",
    "has",
    "int",
    "matches",
    "size",
    "startsWith",
    "string",
];
/// Those that name a variable and ask about every element of a list.
pub const MACROS: &[&str] = &["all", "exists", "exists_one", "filter"];

/// What is wrong, and with which node.
pub struct Problem {
    pub node: u64,
    pub why: String,
}

/// Checks a tree in which no macro is expanded.
pub fn check(tree: &IdedExpr) -> Result<(), Problem> {
    Checker { variables: Vec::new(), depth: 0 }.node(tree)
}

struct Checker<'a> {
    /// The variables of the macros around.
    variables: Vec<&'a str>,
    depth: usize,
}

impl<'a> Checker<'a> {
    fn node(&mut self, node: &'a IdedExpr) -> Result<(), Problem> {
        let problem = |why: String| Err(Problem { node: node.id, why });
        if self.depth == MAX_DEPTH {
            return problem(format!("is more than {MAX_DEPTH} operations deep"));
        }
        self.depth += 1;
        match &node.expr {
            Expr::Ident(name) if name == "finding" || self.variables.contains(&name.as_str()) => {}
            Expr::Ident(name) => {
                let known = self.variables.iter().copied().chain(["finding"]);
                return problem(format!("no name `{name}`{}", hint(name, known)));
            }
            Expr::Select(select) => {
                field(select).or_else(problem)?;
                self.node(&select.operand)?;
            }
            Expr::Call(call) => {
                function(call).or_else(problem)?;
                self.call(node.id, call)?;
            }
            Expr::List(list) => list.elements.iter().try_for_each(|element| self.node(element))?,
            Expr::Literal(_) => {}
            Expr::Map(_) | Expr::Struct(_) | Expr::Comprehension(_) | Expr::Unspecified => {
                return problem("only names, fields, functions, literals and lists".to_owned());
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn call(&mut self, id: u64, call: &'a CallExpr) -> Result<(), Problem> {
        if let Some(target) = &call.target {
            self.node(target)?;
        }
        let (true, [IdedExpr { expr: Expr::Ident(variable), .. }, condition]) =
            (MACROS.contains(&call.func_name.as_str()), &call.args[..])
        else {
            return call.args.iter().try_for_each(|argument| self.node(argument));
        };
        if self.variables.len() == MAX_NESTING {
            let why = format!("more than {MAX_NESTING} of {} inside each other", MACROS.join(", "));
            return Err(Problem { node: id, why });
        }
        self.variables.push(variable);
        self.node(condition)?;
        self.variables.pop();
        Ok(())
    }
}

/// Whether there is such a field, where that can be told.
fn field(select: &SelectExpr) -> Result<(), String> {
    let (of, fields) = match &select.operand.expr {
        Expr::Ident(name) if name == "finding" => ("finding", FIELDS),
        Expr::Select(outer) if outer.field == "package" => ("finding.package", PACKAGE_FIELDS),
        _ => return Ok(()),
    };
    let name = select.field.as_str();
    match fields.contains(&name) {
        true => Ok(()),
        false => Err(format!("no field `{of}.{name}`{}", hint(name, fields.iter().copied()))),
    }
}

/// Whether there is such a function, and a pattern is one.
fn function(call: &CallExpr) -> Result<(), String> {
    let name = call.func_name.as_str();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Ok(());
    }
    if !FUNCTIONS.contains(&name) {
        return Err(format!("no function `{name}`{}", hint(name, FUNCTIONS.iter().copied())));
    }
    if MACROS.contains(&name) && (call.target.is_none() || call.args.len() != 2) {
        return Err(format!("`{name}` is written LIST.{name}(x, CONDITION)"));
    }
    if name != "matches" {
        return Ok(());
    }
    match (&call.target, &call.args[..]) {
        (Some(_), [IdedExpr { expr: Expr::Literal(LiteralValue::String(text)), .. }]) => {
            let pattern = RegexBuilder::new(text.inner()).size_limit(MAX_PATTERN).build();
            pattern.map(drop).map_err(|error| format!("`{}`: {error}", text.inner()))
        }
        _ => Err("`matches` is written TEXT.matches(\"PATTERN\")".to_owned()),
    }
}
