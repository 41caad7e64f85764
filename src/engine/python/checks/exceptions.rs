//! Statements that hide failures: asserts that vanish, handlers that swallow.

use super::Found;
use crate::engine::python::bandit::{Options, TypedExceptions, ask, fnmatch};
use crate::target::SourceFile;
use ruff_python_ast::{ExceptHandlerExceptHandler, Expr, Stmt, StmtAssert};

pub fn assert_used<'a>(
    assert: &'a StmtAssert,
    options: &Options,
    file: &SourceFile,
) -> Option<Found<'a>> {
    Found::attempt(assert, || {
        let skips = ask(&options.assert_used.skips)?;
        let is_skipped = skips.any(|pattern| fnmatch(pattern, &file.path))?;
        Ok((!is_skipped).then(|| Found::at(assert)))
    })
}

pub fn try_except_pass<'a>(
    handler: &'a ExceptHandlerExceptHandler,
    options: &Options,
) -> Option<Found<'a>> {
    hides(handler, &options.try_except_pass, |stmt| stmt.is_pass_stmt())
}

pub fn try_except_continue<'a>(
    handler: &'a ExceptHandlerExceptHandler,
    options: &Options,
) -> Option<Found<'a>> {
    hides(handler, &options.try_except_continue, |stmt| stmt.is_continue_stmt())
}

/// The handler, if it does nothing but this with what it catches.
fn hides<'a>(
    handler: &'a ExceptHandlerExceptHandler,
    options: &TypedExceptions,
    does: impl FnOnce(&Stmt) -> bool,
) -> Option<Found<'a>> {
    let [only] = &*handler.body else { return None };
    Found::attempt(handler, || {
        let is_typed_asked = options.check_typed_exception.clone()?;
        Ok(((is_typed_asked || catches_all(handler)) && does(only)).then(|| Found::at(handler)))
    })
}

/// Whether the handler has no type, or the type of nearly everything.
fn catches_all(handler: &ExceptHandlerExceptHandler) -> bool {
    match handler.type_.as_deref() {
        None => true,
        Some(Expr::Name(name)) => name.id == "Exception",
        Some(_) => false,
    }
}
