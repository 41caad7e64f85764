//! Text that Django is told not to escape, unless it provably comes from literals: a small data
//! flow over the assignments of the function around the call, with Bandit's own shortcuts.

use super::Found;
use crate::engine::python::args::{Call, string};
use crate::engine::python::names::Module;
use crate::engine::python::node::{Node, def_start};
use ruff_python_ast::{ExceptHandler, Expr, ExprCall, ExprName, Operator, Parameters, Stmt};
use ruff_text_size::TextSize;

/// What makes a safe string.
pub const MAKERS: &[&str] = &["mark_safe", "SafeText", "SafeUnicode", "SafeString", "SafeBytes"];
/// Names that may stand for one another one after the other, and statements in one another.
const MAX_DEPTH: u32 = 150;

const OUT_OF_RANGE: &str = "list index out of range";
const TOO_DEEP: &str = "maximum recursion depth exceeded";

/// What Bandit's own code fails on: it reports nothing then.
struct GivesUp(&'static str);

pub fn mark_safe<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    if !call.imported(Module::DjangoSafestring) {
        return None;
    }
    let Some(text) = call.args().first() else {
        return Some(Found::failed(call.node, OUT_OF_RANGE));
    };
    if string(text).is_some() {
        return None;
    }
    let flow = Flow::around(call);
    let safe = match text {
        Expr::Name(name) => flow.is_safe_name(name, flow.line(call.node.range_start), 0),
        _ => flow.is_safe_call(text, 0),
    };
    match safe {
        Ok(false) => Some(Found::at(call.node)),
        Ok(true) => None,
        Err(GivesUp(why)) => Some(Found::failed(call.node, why)),
    }
}

/// What a statement assigns to a name.
enum Assigned<'a> {
    Nothing,
    One(&'a Expr),
    /// Something that no expression stands for.
    Unknown,
    /// In the branches of a compound statement.
    Several(Vec<Option<&'a Expr>>),
}

/// The statements among which a value is followed.
struct Flow<'a, 'c> {
    call: &'c Call<'a>,
    body: &'a [Stmt],
    /// The parameters, where the statements are those of a function.
    parameters: Option<&'a Parameters>,
}

impl<'a, 'c> Flow<'a, 'c> {
    /// The nearest function that is not `async`, else the module.
    fn around(call: &'c Call<'a>) -> Flow<'a, 'c> {
        let function = call.parents.iter().rev().find_map(|node| match node {
            Node::Stmt(Stmt::FunctionDef(def)) if !def.is_async => Some(def),
            _ => None,
        });
        match function {
            Some(def) => Flow { call, body: &def.body, parameters: Some(&def.parameters) },
            None => Flow { call, body: call.body, parameters: None },
        }
    }

    fn line(&self, offset: TextSize) -> u32 {
        self.call.file.lines().line(offset.to_usize())
    }

    /// The line of a statement: that of its keyword, below its decorators.
    fn line_of(&self, stmt: &Stmt) -> u32 {
        self.line(match stmt {
            Stmt::FunctionDef(def) => def_start(def, self.call.source),
            stmt => Node::Stmt(stmt).range(self.call.source).start(),
        })
    }

    /// Pays for a step; a value counts as unsafe once the budget of the file is spent.
    fn may_step(&self) -> bool {
        let left = self.call.budget.get();
        self.call.budget.set(left.saturating_sub(1));
        left > 0
    }

    /// Whether all that was assigned to the name before a line is safe.
    fn is_safe_name(&self, name: &ExprName, until: u32, depth: u32) -> Result<bool, GivesUp> {
        if depth > MAX_DEPTH {
            return Err(GivesUp(TOO_DEEP));
        }
        let is_parameter = |p: &Parameters| p.args.iter().any(|p| *p.parameter.name == *name.id);
        if self.parameters.is_some_and(is_parameter) {
            return Ok(false);
        }
        let mut safe = false;
        for stmt in self.body {
            let line = self.line_of(stmt);
            if line >= until || !self.may_step() {
                break;
            }
            safe = match self.assigned(&name.id, stmt, 0)? {
                Assigned::Nothing => continue,
                Assigned::Unknown => return Ok(false),
                Assigned::One(value) if string(value).is_some() => true,
                Assigned::One(Expr::Name(other)) => {
                    self.is_safe_name(other, self.line(other.range.start()), depth + 1)?
                }
                Assigned::One(value @ Expr::Call(_)) => self.is_safe_call(value, depth + 1)?,
                Assigned::One(_) => return Ok(false),
                Assigned::Several(values) => {
                    for value in values {
                        let safe = match value {
                            Some(Expr::Name(other)) => self.is_safe_name(other, line, depth + 1)?,
                            Some(value) => string(value).is_some(),
                            None => false,
                        };
                        if !safe {
                            return Ok(false);
                        }
                    }
                    true
                }
            };
        }
        Ok(safe)
    }

    /// Whether this is `"…".format(…)` or `"…" % …` of nothing but safe values.
    fn is_safe_call(&self, expr: &'a Expr, depth: u32) -> Result<bool, GivesUp> {
        if depth > MAX_DEPTH {
            return Err(GivesUp(TOO_DEEP));
        }
        match expr {
            Expr::Call(call) if is_format(call) => {
                self.are_safe(call.arguments.args.iter().collect(), call.range_start, depth)
            }
            // Only what is marked safe itself may be built with an operator.
            Expr::BinOp(node) if depth == 0 && node.op == Operator::Mod => {
                if string(&node.left).is_none() {
                    return Ok(false);
                }
                let values = match &*node.right {
                    Expr::Tuple(tuple) => tuple.elts.iter().collect(),
                    value => vec![value],
                };
                self.are_safe(values, node.range.start(), depth)
            }
            _ => Ok(false),
        }
    }

    fn are_safe(
        &self,
        mut values: Vec<&'a Expr>,
        at: TextSize,
        depth: u32,
    ) -> Result<bool, GivesUp> {
        let line = self.line(at);
        let mut next = 0;
        while let Some(&value) = values.get(next) {
            let safe = match value {
                Expr::Name(name) => self.is_safe_name(name, line, depth + 1)?,
                Expr::Call(_) => self.is_safe_call(value, depth + 1)?,
                Expr::Starred(starred) => match &*starred.value {
                    Expr::List(list) => {
                        values.extend(&list.elts);
                        true
                    }
                    Expr::Tuple(tuple) => {
                        values.extend(&tuple.elts);
                        true
                    }
                    _ => false,
                },
                value => string(value).is_some(),
            };
            if !safe || !self.may_step() {
                return Ok(false);
            }
            next += 1;
        }
        Ok(true)
    }

    fn assigned(&self, name: &str, stmt: &'a Stmt, depth: u32) -> Result<Assigned<'a>, GivesUp> {
        if depth > MAX_DEPTH {
            return Err(GivesUp(TOO_DEEP));
        }
        if !self.may_step() {
            return Ok(Assigned::Unknown);
        }
        let bodies: Vec<&'a [Stmt]> = match stmt {
            Stmt::Assign(assign) => {
                return assigned_by(name, assign.targets.first(), &assign.value);
            }
            Stmt::AugAssign(assign) => {
                return Ok(match &*assign.target {
                    Expr::Name(target) if target.id == name => Assigned::One(&assign.value),
                    _ => Assigned::Nothing,
                });
            }
            Stmt::With(with) if !with.is_async => {
                // The last item decides.
                let target = with.items.last().and_then(|item| item.optional_vars.as_deref());
                if matches!(target, Some(Expr::Name(target)) if target.id == name) {
                    return Ok(Assigned::Unknown);
                }
                vec![&with.body]
            }
            Stmt::FunctionDef(def) if !def.is_async => vec![&def.body],
            Stmt::For(node) if !node.is_async => vec![&node.body, &node.orelse],
            Stmt::While(node) => vec![&node.body, &node.orelse],
            Stmt::If(node) => {
                let clauses = node.elif_else_clauses.iter().map(|clause| &*clause.body);
                std::iter::once(&*node.body).chain(clauses).collect()
            }
            Stmt::Try(node) if !node.is_star => {
                let handlers = node.handlers.iter();
                let handlers = handlers.map(|ExceptHandler::ExceptHandler(h)| &*h.body);
                let rest = [&*node.orelse, &*node.finalbody];
                std::iter::once(&*node.body).chain(handlers).chain(rest).collect()
            }
            _ => return Ok(Assigned::Nothing),
        };
        let mut values = Vec::new();
        for stmt in bodies.into_iter().flatten() {
            match self.assigned(name, stmt, depth + 1)? {
                Assigned::Nothing => {}
                Assigned::One(value) => values.push(Some(value)),
                Assigned::Unknown => values.push(None),
                Assigned::Several(more) => values.extend(more),
            }
        }
        Ok(if values.is_empty() { Assigned::Nothing } else { Assigned::Several(values) })
    }
}

/// Only the first target of an assignment counts.
fn assigned_by<'a>(
    name: &str,
    target: Option<&'a Expr>,
    value: &'a Expr,
) -> Result<Assigned<'a>, GivesUp> {
    match (target, value) {
        (Some(Expr::Name(target)), _) if target.id == name => Ok(Assigned::One(value)),
        (Some(Expr::Tuple(targets)), Expr::Tuple(values)) => {
            for (position, target) in targets.elts.iter().enumerate() {
                let Expr::Name(target) = target else {
                    return Err(GivesUp("the target has no attribute 'id'"));
                };
                if target.id == name {
                    return values
                        .elts
                        .get(position)
                        .map(Assigned::One)
                        .ok_or(GivesUp(OUT_OF_RANGE));
                }
            }
            Ok(Assigned::Nothing)
        }
        _ => Ok(Assigned::Nothing),
    }
}

/// Whether this is `"…".format(…)` without keyword arguments.
fn is_format(call: &ExprCall) -> bool {
    match &*call.func {
        Expr::Attribute(attribute) => {
            attribute.attr.as_str() == "format"
                && attribute.value.is_literal_expr()
                && call.arguments.keywords.is_empty()
        }
        _ => false,
    }
}
