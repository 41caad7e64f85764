//! Parses the command line, runs it, and turns what came of it into an exit code.

use lockgate::cli::{Cli, Error, Outcome};
use std::io::Write;
use std::panic;
use std::process::ExitCode;

/// Syntax trees are many small allocations; this one makes a scan a quarter quicker.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Says where the program failed, not with what: the text of a panic may quote the source.
fn say_where(info: &panic::PanicHookInfo) {
    let place =
        info.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    let _ = writeln!(std::io::stderr(), "lockgate: internal error{place}");
}

fn main() -> ExitCode {
    panic::set_hook(Box::new(say_where));
    match panic::catch_unwind(|| lockgate::compat::called(std::env::args_os())) {
        Ok(None) => own(),
        Ok(Some(code)) => ExitCode::from(code),
        Err(_) => ExitCode::from(4),
    }
}

/// The command line of Lockgate itself.
fn own() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(code) => return ExitCode::from(code),
    };
    let outcome = panic::catch_unwind(|| lockgate::cli::run(cli));
    let (code, message) = match outcome {
        Ok(Ok(Outcome::Passed)) => (0, None),
        Ok(Ok(Outcome::Blocked)) => (1, None),
        Ok(Ok(Outcome::Incomplete)) => (3, None),
        Ok(Ok(Outcome::Code(code))) => (code, None),
        Ok(Err(Error::Closed)) => (4, None),
        Ok(Err(error @ Error::Usage(_))) => (2, Some(error.to_string())),
        Ok(Err(error @ Error::Internal(_))) => (4, Some(error.to_string())),
        Err(_) => {
            (4, Some("this is a defect of Lockgate; please report it with the lines above".into()))
        }
    };
    if let Some(message) = message {
        // With standard error closed there is nobody left to tell.
        let _ = writeln!(std::io::stderr(), "lockgate: {message}");
    }
    ExitCode::from(code)
}
