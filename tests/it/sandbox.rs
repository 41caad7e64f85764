//! A scratch repository and the real binary in a clean environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A folder of its own, gone with the test.
pub struct Sandbox {
    folder: TempDir,
}

/// What a run came to.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Asserts the exit code, and says all that was printed where it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        assert_eq!(self.code, code, "\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Run {
        assert!(self.stdout.contains(text), "{text:?} is not in\n{}", self.stdout);
        self
    }

    #[track_caller]
    pub fn complains(self, text: &str) -> Run {
        assert!(self.stderr.contains(text), "{text:?} is not in\n{}", self.stderr);
        self
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}\n{}", self.stdout))
    }
}

/// A Python file with a severe finding in line 2.
pub const SHELL: &str = "import subprocess\nsubprocess.call(command, shell=True)\n";

/// `RULE file:line` of the findings of an engine in a JSON report that nothing waives.
pub fn places(report: &serde_json::Value, engine: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let mut places: Vec<String> = findings
        .filter(|it| it["engine"] == engine && it["waiver"].is_null())
        .map(|it| {
            let (rule, path) = (it["rule"]["id"].as_str().unwrap(), it["path"].as_str().unwrap());
            format!("{rule} {path}:{}", it["span"]["start_line"])
        })
        .collect();
    places.sort();
    places
}

impl Sandbox {
    /// The JSON report of files.
    pub fn report_of(files: &[(&str, &str)]) -> serde_json::Value {
        Sandbox::with(files).run(&["scan", "--format", "json", "."]).json()
    }

    /// An empty folder.
    pub fn empty() -> Sandbox {
        Sandbox { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder that holds these files.
    pub fn with(files: &[(&str, &str)]) -> Sandbox {
        let sandbox = Sandbox::empty();
        for (path, content) in files {
            sandbox.write(path, content);
        }
        sandbox
    }

    /// A folder that holds what another does.
    pub fn copy_of(folder: &Path) -> Sandbox {
        let sandbox = Sandbox::empty();
        let mut left = vec![folder.to_owned()];
        while let Some(path) = left.pop() {
            match path.is_dir() {
                true => left.extend(fs::read_dir(path).unwrap().map(|it| it.unwrap().path())),
                false => {
                    let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                    sandbox.write(name, fs::read(&path).unwrap());
                }
            }
        }
        sandbox
    }

    /// A git repository on the branch `main` whose one commit holds these files.
    pub fn repository(files: &[(&str, &str)]) -> Sandbox {
        let sandbox = Sandbox::with(files);
        sandbox.git(&["init", "-q", "-b", "main"]);
        sandbox.commit();
        sandbox
    }

    /// A repository whose branch `topic` is checked out and is one commit ahead of `main`.
    pub fn topic(old: &[(&str, &str)], new: &[(&str, &str)]) -> Sandbox {
        let sandbox = Sandbox::repository(old);
        sandbox.git(&["checkout", "-q", "-b", "topic"]);
        new.iter().for_each(|(path, content)| sandbox.write(path, content));
        sandbox.commit();
        sandbox
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn join(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.join(path)).unwrap();
    }

    pub fn git(&self, arguments: &[&str]) {
        self.output(arguments);
    }

    /// What git says, without the line end.
    pub fn output(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=tester", "-c", "user.email=tester@example.com"]);
        command.args(["-c", "commit.gpgsign=false"]).args(arguments).current_dir(self.path());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let output = command.output().unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    pub fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "change"]);
    }

    /// Runs the binary in the folder.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.run_by(Command::new(env!("CARGO_BIN_EXE_lockgate")), arguments)
    }

    /// `lockgate scan` with more arguments.
    pub fn scan(&self, arguments: &[&str]) -> Run {
        self.run(&[&["scan"], arguments].concat())
    }

    /// Runs `lockgate scan` with one more variable in its environment.
    pub fn scan_with(&self, variable: (&str, &str), arguments: &[&str]) -> Run {
        self.scan_in(&[variable], arguments)
    }

    /// Runs `lockgate scan` with more variables in its environment, such as those of a CI system.
    pub fn scan_in(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        let mut command = Command::new("env");
        command.args(variables.iter().map(|(name, value)| format!("{name}={value}")));
        command.arg(env!("CARGO_BIN_EXE_lockgate"));
        self.run_by(command, &[&["scan"], arguments].concat())
    }

    /// Runs `lockgate bandit` where the first Python on the path is of this version.
    pub fn bandit_on(&self, python: &str, arguments: &[&str]) -> Run {
        let path = tempfile::tempdir().unwrap();
        fs::write(path.path().join(python), "").unwrap();
        std::os::unix::fs::symlink(python, path.path().join("python3")).unwrap();
        let mut command = Command::new("env");
        command.arg(format!("PATH={}", path.path().display()));
        command.args([env!("CARGO_BIN_EXE_lockgate"), "bandit"]);
        self.run_by(command, arguments)
    }

    /// A clone of this repository, as a CI system makes one.
    pub fn clone(&self, options: &[&str]) -> Sandbox {
        let clone = Sandbox::empty();
        let from = format!("file://{}", self.path().display());
        clone.git(&[&["clone", "-q"], options, &[&from, "."]].concat());
        clone
    }

    /// Runs through another command, such as one that drops privileges first.
    pub fn run_by(&self, mut command: Command, arguments: &[&str]) -> Run {
        command.args(arguments).current_dir(self.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let output = command.output().unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
