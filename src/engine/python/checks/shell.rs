//! Other programs: whether a shell starts them, where they are, what a wildcard adds.

use super::Found;
use crate::engine::python::args::{Call, is_truthy, string, text};
use crate::finding::{Confidence, Severity};
use ruff_python_ast::{Expr, Keyword};
use std::borrow::Cow;

/// The functions of `subprocess` that have an argument `shell`.
pub const SUBPROCESS_NAMES: &[&str] = &["Popen", "call", "check_call", "check_output", "run"];
/// The last parts of the names that [`by_shell`] knows.
pub const SHELL_NAMES: &[&str] = &[
    "system",
    "popen",
    "popen2",
    "popen3",
    "popen4",
    "Popen3",
    "Popen4",
    "getoutput",
    "getstatusoutput",
];
/// The functions of `os` that start a program themselves.
pub const NO_SHELL_NAMES: &[&str] = &[
    "execl",
    "execle",
    "execlp",
    "execlpe",
    "execv",
    "execve",
    "execvp",
    "execvpe",
    "spawnl",
    "spawnle",
    "spawnlp",
    "spawnlpe",
    "spawnv",
    "spawnve",
    "spawnvp",
    "spawnvpe",
    "startfile",
];
/// The last parts of the names of all functions that start a program.
pub const STARTERS: &[&[&str]] = &[SUBPROCESS_NAMES, SHELL_NAMES, NO_SHELL_NAMES];

fn by_subprocess(call: &Call) -> bool {
    let function = call.qualified.strip_prefix("subprocess.");
    function.is_some_and(|function| SUBPROCESS_NAMES.contains(&function))
}

fn by_shell(call: &Call) -> bool {
    let Some((module, function)) = call.qualified.split_once('.') else { return false };
    match module {
        "os" => matches!(function, "system" | "popen" | "popen2" | "popen3" | "popen4"),
        "popen2" => matches!(function, "popen2" | "popen3" | "popen4" | "Popen3" | "Popen4"),
        "commands" | "subprocess" => matches!(function, "getoutput" | "getstatusoutput"),
        _ => false,
    }
}

fn by_system(call: &Call) -> bool {
    let function = call.qualified.strip_prefix("os.");
    function.is_some_and(|function| NO_SHELL_NAMES.contains(&function))
}

/// Whether a keyword argument is the one that asks for a shell.
pub fn is_shell(keyword: &Keyword) -> bool {
    keyword.arg.as_deref() == Some("shell")
}

/// Whether a shell is asked for by anything that is not false for sure.
fn asks_for_shell(call: &Call) -> bool {
    match call.keyword("shell") {
        None | Some(Expr::NoneLiteral(_)) => false,
        Some(Expr::BooleanLiteral(literal)) => literal.value,
        Some(Expr::Tuple(_) | Expr::Set(_)) => true,
        Some(value) => is_truthy(value),
    }
}

/// A command that is a literal is bad style; one that is not may be an injection.
fn severity(command: &Expr) -> Severity {
    if command.is_string_literal_expr() { Severity::Low } else { Severity::High }
}

pub fn subprocess_with_shell<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    if !by_subprocess(call) || !asks_for_shell(call) {
        return None;
    }
    let severity = severity(call.args().first()?);
    let message = match severity {
        Severity::Low => format!("`{}` runs a fixed command through a shell", call.qualified),
        _ => format!("`{}` runs a command through a shell", call.qualified),
    };
    Some(
        Found::at(&call.place_of("shell"))
            .severity(severity)
            .confidence(Confidence::High)
            .message(message),
    )
}

pub fn subprocess_without_shell<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    (by_subprocess(call) && !asks_for_shell(call)).then(|| {
        let name = call.qualified;
        let message = format!("`{name}` starts a program: check where its input is from");
        Found::at(&call.place_of("shell")).message(message)
    })
}

pub fn other_shell<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let other = !by_subprocess(call) && asks_for_shell(call);
    other.then(|| Found::at(&call.place_of("shell")))
}

pub fn process_with_shell<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    if !by_shell(call) {
        return None;
    }
    let severity = severity(call.args().first()?);
    let message = match severity {
        Severity::Low => format!("`{}` hands a fixed command to a shell", call.qualified),
        _ => format!("`{}` hands a command to a shell", call.qualified),
    };
    Some(Found::at(call.node).severity(severity).confidence(Confidence::High).message(message))
}

pub fn process_without_shell<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    by_system(call).then(|| {
        let message = format!("`{}` starts a program without a shell", call.qualified);
        Found::at(call.node).message(message)
    })
}

pub fn partial_path<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    if !(by_subprocess(call) || by_shell(call) || by_system(call)) {
        return None;
    }
    let program = match call.args().first()? {
        Expr::List(list) => list.elts.first()?,
        program => program,
    };
    let path = string(program)?.as_bytes();
    let full = matches!(path, [b'/' | b'\\' | b'.', ..])
        || matches!(path, [drive, b':', ..] if drive.is_ascii_alphabetic());
    (!full).then(|| {
        let message = format!("`{}` looks for the program along the search path", call.qualified);
        Found::at(call.node).message(message)
    })
}

pub fn wildcard<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    const GREEDY: [&str; 4] = ["chown", "chmod", "tar", "rsync"];
    if !(by_shell(call) || by_subprocess(call) && call.passes("shell", &["True"])) {
        return None;
    }
    let command = match call.args().first()? {
        Expr::List(list) => Cow::Owned(joined(&list.elts)),
        other => Cow::Borrowed(text(other)?),
    };
    let program = GREEDY.iter().find(|program| command.contains(*program))?;
    command.contains('*').then(|| {
        let message = format!("`{program}` takes file names that look like options for options");
        Found::at(&call.place_of("shell")).message(message)
    })
}

/// The texts of a list, also of the lists in it, with blanks between them.
fn joined(elements: &[Expr]) -> String {
    let mut command = String::new();
    let mut stack: Vec<&Expr> = elements.iter().rev().collect();
    while let Some(element) = stack.pop() {
        match element {
            Expr::List(list) => stack.extend(list.elts.iter().rev()),
            Expr::Tuple(tuple) => stack.extend(tuple.elts.iter().rev()),
            _ => {
                command.push(' ');
                command.push_str(text(element).unwrap_or_default());
            }
        }
    }
    command
}
