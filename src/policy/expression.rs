//! `expr`: a condition in CEL over one finding.
//!
//! Everything that can be wrong is found when the configuration is read: names, fields, functions,
//! patterns, and what might take for ever. The parser runs on a thread of its own, with a stack
//! that its bounded input cannot use up; what it panics on is an expression it does not accept.

mod check;
mod cost;
mod subject;

pub use subject::Subject;

use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr};
use cel::{Context, Env, Value};
use regex::Regex;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use subject::Asked;
use thiserror::Error;

/// Bytes of an expression.
pub const MAX_LENGTH: usize = 1000;
/// How deep brackets may nest.
const MAX_BRACKETS: usize = 16;
/// The stack of the parser, in bytes.
const STACK: usize = 64 << 20;
/// What the calls of `matches` are called once their pattern is compiled.
const PATTERN: &str = "pattern_";

/// A compiled expression.
pub struct Expression {
    tree: IdedExpr,
    context: Context<'static, 'static>,
    /// What of a finding it looks at.
    asked: Asked,
}

/// Why an expression cannot be used: where, as lines and columns from 1, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}{why}")]
pub struct ExpressionError {
    place: String,
    why: String,
}

impl ExpressionError {
    fn of_whole(why: impl Into<String>) -> ExpressionError {
        ExpressionError { place: String::new(), why: why.into() }
    }

    /// At an offset in characters.
    fn at(text: &str, offset: usize, why: impl Into<String>) -> ExpressionError {
        let before: String = text.chars().take(offset).collect();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
        let place = match text.contains('\n') {
            true => format!("line {line}, column {column}: "),
            false => format!("column {column}: "),
        };
        ExpressionError { place, why: why.into() }
    }
}

impl Expression {
    /// Compiles.
    ///
    /// # Errors
    /// A text that is no expression, that names what there is not, or that is too large.
    pub fn compile(text: &str) -> Result<Expression, ExpressionError> {
        bounds(text)?;
        let owned = text.to_owned();
        let parser = thread::Builder::new().stack_size(STACK).spawn(move || parse(&owned));
        let joined = parser
            .map_err(|error| ExpressionError::of_whole(format!("cannot be read: {error}")))?
            .join();
        let mut tree =
            joined.unwrap_or_else(|_| Err(ExpressionError::of_whole("is no CEL expression")))?;
        let (mut patterns, mut asked) = (Vec::new(), Asked::default());
        note_fields(&mut tree, &mut asked);
        name_patterns(&mut tree, &mut patterns);
        let env = Env::default().with_optional_support(false).with_stdlib();
        let mut context = Context::with_env(Arc::new(env));
        for (index, pattern) in patterns.into_iter().enumerate() {
            let matches = move |text: Arc<String>| pattern.is_match(&text);
            context
                .add_function(&format!("{PATTERN}{index}"), matches)
                .map_err(|error| ExpressionError::of_whole(error.to_string()))?;
        }
        Ok(Expression { tree, context, asked })
    }

    /// Whether it holds of a finding.
    ///
    /// # Errors
    /// Operations that do not fit the values, and results that are neither true nor false.
    pub fn holds(&self, subject: &Subject) -> Result<bool, String> {
        let mut scope = self.context.new_inner_scope();
        scope.add_variable_from_value("finding", subject.value(&self.asked));
        let result = catch_unwind(AssertUnwindSafe(|| Value::resolve(&self.tree, &scope)));
        match result {
            Ok(Ok(Value::Bool(holds))) => Ok(holds),
            Ok(Ok(other)) => Err(format!("is {}, neither true nor false", other.type_of())),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("cannot be evaluated".to_owned()),
        }
    }
}

/// What can be told before the parser sees the text.
fn bounds(text: &str) -> Result<(), ExpressionError> {
    if text.len() > MAX_LENGTH {
        let why = format!("is {} bytes long; {MAX_LENGTH} are allowed", text.len());
        return Err(ExpressionError::of_whole(why));
    }
    let mut depth = 0_usize;
    for (offset, c) in text.chars().enumerate() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_BRACKETS {
            let why = format!("more than {MAX_BRACKETS} brackets inside each other");
            return Err(ExpressionError::at(text, offset, why));
        }
    }
    Ok(())
}

/// Parses twice: as it is written, to be checked, and with the macros expanded, to be evaluated.
fn parse(text: &str) -> Result<IdedExpr, ExpressionError> {
    let as_written = Env::default().with_optional_support(false);
    let (tree, places) =
        as_written.parser().parse_with_source_info(text).map_err(|errors| syntax(text, &errors))?;
    check::check(&tree).and_then(|()| cost::check(&tree)).map_err(|problem| {
        let offset = places.offset_for(problem.node).map_or(0, |(start, _)| start as usize);
        ExpressionError::at(text, offset, problem.why)
    })?;
    let expanding = Env::stdlib().with_optional_support(false);
    expanding.parser().parse(text).map_err(|errors| syntax(text, &errors))
}

/// The first of the parser's errors.
fn syntax(text: &str, errors: &cel::ParseErrors) -> ExpressionError {
    let Some(error) = errors.errors.first() else {
        return ExpressionError::of_whole("is no CEL expression");
    };
    let why = error.msg.lines().next().unwrap_or_default();
    let Ok(line) = usize::try_from(error.pos.0 - 1) else {
        return ExpressionError::of_whole(why);
    };
    let above: usize = text.split_inclusive('\n').take(line).map(|l| l.chars().count()).sum();
    ExpressionError::at(text, above + usize::try_from(error.pos.1 - 1).unwrap_or(0), why)
}

/// Makes each call of `matches` one of a function of its own, so that a pattern is compiled once.
/// That patterns are literals and compile has been checked.
fn name_patterns(node: &mut IdedExpr, patterns: &mut Vec<Regex>) {
    if let Expr::Call(call) = &mut node.expr
        && call.func_name == "matches"
        && let [IdedExpr { expr: Expr::Literal(LiteralValue::String(text)), .. }] = &call.args[..]
        && let Ok(pattern) = Regex::new(text.inner())
        && let Some(target) = call.target.take()
    {
        call.func_name = format!("{PATTERN}{}", patterns.len());
        patterns.push(pattern);
        call.args = vec![*target];
    }
    parts(node).into_iter().for_each(|part| name_patterns(part, patterns));
}

/// Notes the fields that are asked for; all of them where the finding, or its package, is asked
/// for as a whole.
fn note_fields(node: &mut IdedExpr, asked: &mut Asked) {
    match &node.expr {
        Expr::Ident(name) if name == "finding" => *asked = Asked::everything(),
        Expr::Select(select) => match &select.operand.expr {
            Expr::Ident(name) if name == "finding" => return asked.field(&select.field),
            Expr::Select(outer) if is_package(outer) => return asked.package_field(&select.field),
            _ => {}
        },
        _ => {}
    }
    parts(node).into_iter().for_each(|part| note_fields(part, asked));
}

fn is_package(select: &SelectExpr) -> bool {
    let of_finding = matches!(&select.operand.expr, Expr::Ident(name) if name == "finding");
    of_finding && select.field == "package"
}

/// The expressions that one is made of.
fn parts(node: &mut IdedExpr) -> Vec<&mut IdedExpr> {
    match &mut node.expr {
        Expr::Call(call) => {
            let target = call.target.iter_mut().map(|target| &mut **target);
            target.chain(&mut call.args).collect()
        }
        Expr::Comprehension(all) => vec![
            &mut all.iter_range,
            &mut all.accu_init,
            &mut all.loop_cond,
            &mut all.loop_step,
            &mut all.result,
        ],
        Expr::List(list) => list.elements.iter_mut().collect(),
        Expr::Select(select) => vec![&mut select.operand],
        Expr::Map(map) => {
            let entries = map.entries.iter_mut().filter_map(|entry| match &mut entry.expr {
                EntryExpr::MapEntry(entry) => Some([&mut entry.key, &mut entry.value]),
                EntryExpr::StructField(_) => None,
            });
            entries.flatten().collect()
        }
        Expr::Struct(_) | Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
