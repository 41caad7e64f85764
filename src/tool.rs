//! Other programs: where one is, and what it says. No shell is asked, the input is empty, and what
//! a program may take of time and memory is bounded.

mod scratch;

pub use scratch::Scratch;

use std::env;
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};
use thiserror::Error;

/// More of what a program complains of is not kept, in bytes.
const COMPLAINTS: u64 = 64 << 10;

/// A program, and how it is run.
#[derive(Debug)]
pub struct Tool {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    /// The working folder; that of this process where there is none.
    pub folder: Option<PathBuf>,
    /// All that the program sees of the environment; that of this process where there is none.
    pub environment: Option<Vec<(&'static str, OsString)>>,
    pub time: Duration,
    /// How much it may print, in bytes.
    pub limit: u64,
    /// What becomes of what it complains of.
    pub complaints: Complaints,
}

/// What becomes of standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complaints {
    /// It goes where that of this process goes.
    Shown,
    /// It is kept, the beginning at least.
    Kept,
}

/// What a program said.
#[derive(Debug)]
pub struct Said {
    pub output: Vec<u8>,
    /// Empty where it was shown.
    pub complaints: Vec<u8>,
    pub status: ExitStatus,
}

/// Why nothing is known of what a program says.
#[derive(Debug, Error)]
pub enum ToolError {
    #[error("cannot be run: {0}")]
    Unstarted(#[from] io::Error),
    #[error("takes longer than {} seconds", .0.as_secs())]
    Slow(Duration),
    #[error("says more than {} MiB", .0 >> 20)]
    Endless(u64),
}

/// Where a program of that name is on the path: in an absolute folder, so that what is scanned has
/// no word in it, and not Lockgate itself under another name.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let own = env::current_exe().and_then(|own| own.canonicalize()).ok();
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    let candidates = env::split_paths(&path).filter(|folder| folder.is_absolute());
    candidates.map(|folder| folder.join(&name)).find(|program| {
        is_executable(program) && own.as_deref() != program.canonicalize().ok().as_deref()
    })
}

#[cfg(unix)]
fn is_executable(program: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let metadata = program.metadata();
    metadata.is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(program: &Path) -> bool {
    program.is_file()
}

impl Tool {
    /// Runs the program to its end.
    ///
    /// # Errors
    /// It does not start, or does not end within its bounds; it is stopped then.
    pub fn run(&self) -> Result<Said, ToolError> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        if self.complaints == Complaints::Kept {
            command.stderr(Stdio::piped());
        }
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        if let Some(environment) = &self.environment {
            command.env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
        }
        let deadline = Instant::now() + self.time;
        let mut child = command.spawn()?;
        let output = gather(child.stdout.take(), self.limit, false);
        let complaints = gather(child.stderr.take(), COMPLAINTS, true);
        let said = wait(&output, deadline).and_then(|output| {
            let is_over = output.len() as u64 > self.limit;
            match is_over {
                true => Err(ToolError::Endless(self.limit)),
                false => Ok((output, wait(&complaints, deadline)?)),
            }
        });
        // One that has closed its outputs may still be at it.
        while said.is_ok() && Instant::now() < deadline && child.try_wait()?.is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        let ended = child.try_wait()?;
        if ended.is_none() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let (output, complaints) = said.map_err(|error| match error {
            ToolError::Slow(_) => ToolError::Slow(self.time),
            error => error,
        })?;
        let status = ended.ok_or(ToolError::Slow(self.time))?;
        Ok(Said { output, complaints, status })
    }
}

/// Reads on a thread of its own: what a program leaves behind may hold the pipe open, so nobody
/// waits for more than the deadline. Reads one byte over the limit, and throws the rest away where
/// the program is to go on.
fn gather(
    from: Option<impl Read + Send + 'static>,
    limit: u64,
    goes_on: bool,
) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut said = Vec::new();
        let Some(mut from) = from else { return sender.send(said) };
        let _ = (&mut from).take(limit + 1).read_to_end(&mut said);
        if goes_on {
            let _ = io::copy(&mut from, &mut io::sink());
        }
        sender.send(said)
    });
    receiver
}

fn wait(said: &mpsc::Receiver<Vec<u8>>, deadline: Instant) -> Result<Vec<u8>, ToolError> {
    let left = deadline.saturating_duration_since(Instant::now());
    match said.recv_timeout(left) {
        Ok(said) => Ok(said),
        Err(RecvTimeoutError::Timeout) => Err(ToolError::Slow(left)),
        Err(RecvTimeoutError::Disconnected) => Ok(Vec::new()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Tool {
        Tool {
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), script.into()],
            folder: None,
            environment: Some(vec![("WORD", "said".into())]),
            time: Duration::from_secs(20),
            limit: 100,
            complaints: Complaints::Kept,
        }
    }

    #[test]
    fn what_a_program_says_and_ends_with_is_known() {
        let said = shell("echo $WORD$HOME; echo wrong >&2; exit 3").run().unwrap();
        assert_eq!(said.output, b"said\n");
        assert_eq!(said.complaints, b"wrong\n");
        assert_eq!(said.status.code(), Some(3));
    }

    #[test]
    fn a_program_that_comes_to_no_end_is_stopped() {
        let slow = Tool { time: Duration::from_millis(20), ..shell("sleep 60") };
        assert!(matches!(slow.run(), Err(ToolError::Slow(_))));
        let deaf = Tool { time: Duration::from_millis(50), ..shell("exec >&- 2>&-; sleep 60") };
        assert!(matches!(deaf.run(), Err(ToolError::Slow(_))));
        let endless = shell("while :; do echo more; done");
        assert!(matches!(endless.run(), Err(ToolError::Endless(100))));
        let missing = Tool { program: "/nowhere/tool".into(), ..shell("") };
        assert!(matches!(missing.run(), Err(ToolError::Unstarted(_))));
    }

    #[test]
    fn many_complaints_do_not_stop_a_program() {
        let said = shell("head -c 200000 /dev/zero >&2; echo done").run().unwrap();
        assert_eq!(said.output, b"done\n");
    }
}
