//! Statements that hide failures: asserts that vanish, handlers that swallow.

use super::Found;
use ruff_python_ast::{ExceptHandlerExceptHandler, Expr, Stmt, StmtAssert};

pub fn assert_used(assert: &StmtAssert) -> Found<'_> {
    Found::at(assert)
}

pub fn try_except_pass(handler: &ExceptHandlerExceptHandler) -> Option<Found<'_>> {
    let swallows = catches_all(handler) && matches!(&*handler.body, [Stmt::Pass(_)]);
    swallows.then(|| Found::at(handler))
}

pub fn try_except_continue(handler: &ExceptHandlerExceptHandler) -> Option<Found<'_>> {
    let skips = catches_all(handler) && matches!(&*handler.body, [Stmt::Continue(_)]);
    skips.then(|| Found::at(handler))
}

/// Whether the handler has no type, or the type of nearly everything.
fn catches_all(handler: &ExceptHandlerExceptHandler) -> bool {
    match handler.type_.as_deref() {
        None => true,
        Some(Expr::Name(name)) => name.id == "Exception",
        Some(_) => false,
    }
}
