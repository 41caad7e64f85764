//! Other programs: whether a shell starts them, where they are, what a wildcard adds.

use super::Found;
use crate::engine::python::args::{Call, is_truthy, string, text};
use crate::engine::python::bandit::{Failed, ask};
use crate::finding::{Confidence, Severity};
use ruff_python_ast::{Expr, Keyword};
use std::borrow::Cow;

/// The last parts of the names of the functions that have an argument `shell`.
pub const SUBPROCESS_NAMES: &[&str] = &["Popen", "call", "check_call", "check_output", "run"];
/// The last parts of the names of the functions that hand a command to a shell.
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
/// The last parts of the names of the functions that start a program themselves.
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

fn by_subprocess(call: &Call) -> Result<bool, Failed> {
    Ok(ask(&call.options.shell_injection.subprocess)?.hold(call.qualified))
}

fn by_shell(call: &Call) -> Result<bool, Failed> {
    Ok(ask(&call.options.shell_injection.shell)?.hold(call.qualified))
}

fn by_system(call: &Call) -> Result<bool, Failed> {
    Ok(ask(&call.options.shell_injection.no_shell)?.hold(call.qualified))
}

/// A check that none of the options switches off.
fn attempt<'a>(
    call: &Call<'a>,
    check: impl FnOnce() -> Result<Option<Found<'a>>, Failed>,
) -> Option<Found<'a>> {
    call.options.shell_injection.is_set.then(|| Found::attempt(call.node, check))?
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
    attempt(call, || {
        if !by_subprocess(call)? || !asks_for_shell(call) {
            return Ok(None);
        }
        Ok(call.args().first().map(|command| {
            let severity = severity(command);
            let message = match severity {
                Severity::Low => {
                    format!("`{}` runs a fixed command through a shell", call.qualified)
                }
                _ => format!("`{}` runs a command through a shell", call.qualified),
            };
            Found::at(&call.place_of("shell"))
                .severity(severity)
                .confidence(Confidence::High)
                .message(message)
        }))
    })
}

pub fn subprocess_without_shell<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    attempt(call, || {
        Ok((by_subprocess(call)? && !asks_for_shell(call)).then(|| {
            let name = call.qualified;
            let message = format!("`{name}` starts a program: check where its input is from");
            Found::at(&call.place_of("shell")).message(message)
        }))
    })
}

pub fn other_shell<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    attempt(call, || {
        let other = !by_subprocess(call)? && asks_for_shell(call);
        Ok(other.then(|| Found::at(&call.place_of("shell"))))
    })
}

pub fn process_with_shell<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    attempt(call, || {
        if !by_shell(call)? {
            return Ok(None);
        }
        Ok(call.args().first().map(|command| {
            let severity = severity(command);
            let message = match severity {
                Severity::Low => format!("`{}` hands a fixed command to a shell", call.qualified),
                _ => format!("`{}` hands a command to a shell", call.qualified),
            };
            Found::at(call.node).severity(severity).confidence(Confidence::High).message(message)
        }))
    })
}

pub fn process_without_shell<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    attempt(call, || {
        Ok(by_system(call)?.then(|| {
            let message = format!("`{}` starts a program without a shell", call.qualified);
            Found::at(call.node).message(message)
        }))
    })
}

pub fn partial_path<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let program = match call.args().first()? {
        Expr::List(list) => list.elts.first().or(call.args().first())?,
        program => program,
    };
    attempt(call, || {
        if !(by_subprocess(call)? || by_shell(call)? || by_system(call)?) {
            return Ok(None);
        }
        let Some(path) = string(program).map(str::as_bytes) else { return Ok(None) };
        let full = matches!(path, [b'/' | b'\\' | b'.', ..])
            || matches!(path, [drive, b':', ..] if drive.is_ascii_alphabetic());
        Ok((!full).then(|| {
            let name = call.qualified;
            let message = format!("`{name}` looks for the program along the search path");
            Found::at(call.node).message(message)
        }))
    })
}

pub fn wildcard<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    const GREEDY: [&str; 4] = ["chown", "chmod", "tar", "rsync"];
    let options = &call.options.shell_injection;
    if !(options.has_shell && options.has_subprocess) {
        return None;
    }
    attempt(call, || {
        if !(by_shell(call)? || by_subprocess(call)? && call.passes("shell", &["True"])) {
            return Ok(None);
        }
        let command = match call.args().first() {
            Some(Expr::List(list)) => Some(Cow::Owned(joined(&list.elts))),
            other => other.and_then(text).map(Cow::Borrowed),
        };
        let command = command.filter(|command| command.contains('*')).unwrap_or_default();
        let program = GREEDY.iter().find(|program| command.contains(*program));
        Ok(program.map(|program| {
            let message =
                format!("`{program}` takes file names that look like options for options");
            Found::at(&call.place_of("shell")).message(message)
        }))
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
