//! Bandit's options: which there are, and what a command line says with them.

use super::arguments::{self, Spec, Takes, quoted};
use super::output::Output;
use std::ffi::OsString;

/// What is said where an option is not given.
pub const EXCLUDED: &str = ".svn,CVS,.bzr,.hg,.git,__pycache__,.tox,.eggs,*.egg";
/// The names of the formats, as `--format` has them.
pub const FORMATS: &[&str] =
    &["csv", "custom", "html", "json", "sarif", "screen", "txt", "xml", "yaml"];
const LEVELS: &[&str] = &["all", "low", "medium", "high"];

/// What a command line says, or a command line and an ini file.
#[derive(Debug)]
pub struct Options {
    pub targets: Vec<OsString>,
    pub recursive: bool,
    pub aggregate: String,
    /// How many lines of code an issue is shown with.
    pub number: i64,
    pub config_file: Option<String>,
    pub profile: Option<String>,
    pub tests: Option<String>,
    pub skips: Option<String>,
    pub severity: Least,
    pub confidence: Least,
    pub format: String,
    pub msg_template: Option<String>,
    pub output: Output,
    pub verbose: bool,
    pub debug: bool,
    pub quiet: bool,
    pub ignore_nosec: bool,
    pub excluded: String,
    pub baseline: Option<String>,
    pub ini: Option<String>,
    pub exit_zero: bool,
}

/// The least severity or confidence that is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Least {
    /// 1 for all, 2 for low, 3 for medium, 4 for high. Bandit ends with an error beyond.
    Rank(u32),
    /// From an ini file, where Bandit takes it for a text and ends with an error.
    Text(String),
}

/// Why nothing is scanned.
#[derive(Debug, PartialEq)]
pub enum Stop {
    Help,
    Version,
    Misuse(String),
}

impl From<String> for Stop {
    fn from(why: String) -> Stop {
        Stop::Misuse(why)
    }
}

/// The options, in the order in which the help has them.
pub const SPECS: &[Spec] = &[
    Spec { names: &["-h", "--help"], takes: Takes::Nothing },
    Spec { names: &["-r", "--recursive"], takes: Takes::Nothing },
    Spec { names: &["-a", "--aggregate"], takes: Takes::One },
    Spec { names: &["-n", "--number"], takes: Takes::One },
    Spec { names: &["-c", "--configfile"], takes: Takes::One },
    Spec { names: &["-p", "--profile"], takes: Takes::One },
    Spec { names: &["-t", "--tests"], takes: Takes::One },
    Spec { names: &["-s", "--skip"], takes: Takes::One },
    Spec { names: &["-l", "--level"], takes: Takes::Nothing },
    Spec { names: &["--severity-level"], takes: Takes::One },
    Spec { names: &["-i", "--confidence"], takes: Takes::Nothing },
    Spec { names: &["--confidence-level"], takes: Takes::One },
    Spec { names: &["-f", "--format"], takes: Takes::One },
    Spec { names: &["--msg-template"], takes: Takes::One },
    Spec { names: &["-o", "--output"], takes: Takes::AtMostOne },
    Spec { names: &["-v", "--verbose"], takes: Takes::Nothing },
    Spec { names: &["-d", "--debug"], takes: Takes::Nothing },
    Spec { names: &["-q", "--quiet", "--silent"], takes: Takes::Nothing },
    Spec { names: &["--ignore-nosec"], takes: Takes::Nothing },
    Spec { names: &["-x", "--exclude"], takes: Takes::One },
    Spec { names: &["-b", "--baseline"], takes: Takes::One },
    Spec { names: &["--ini"], takes: Takes::One },
    Spec { names: &["--exit-zero"], takes: Takes::Nothing },
    Spec { names: &["--version"], takes: Takes::Nothing },
];

/// Of each group, one option at most.
const EXCLUSIVE: &[[&str; 2]] = &[
    ["--level", "--severity-level"],
    ["--confidence", "--confidence-level"],
    ["--verbose", "--quiet"],
];

impl Options {
    /// What is said by saying nothing. `format` is the one that standard output asks for.
    fn new(format: &str) -> Options {
        Options {
            targets: Vec::new(),
            recursive: false,
            aggregate: "file".to_owned(),
            number: 3,
            config_file: None,
            profile: None,
            tests: None,
            skips: None,
            severity: Least::Rank(1),
            confidence: Least::Rank(1),
            format: format.to_owned(),
            msg_template: None,
            output: Output::Stdout,
            verbose: false,
            debug: false,
            quiet: false,
            ignore_nosec: false,
            excluded: EXCLUDED.to_owned(),
            baseline: None,
            ini: None,
            exit_zero: false,
        }
    }

    /// Reads a command line.
    ///
    /// # Errors
    /// It asks for help, or means nothing.
    pub fn read(given: &[OsString], default_format: &str) -> Result<Options, Stop> {
        let texts: Vec<String> = given.iter().map(|text| text.to_string_lossy().into()).collect();
        let mut options = Options::new(default_format);
        let mut seen: Vec<&'static str> = Vec::new();
        let rest = arguments::read(SPECS, &texts, &mut |at, value| {
            let spec = &SPECS[at];
            let name = *spec.names.get(1).unwrap_or(&spec.names[0]);
            let value = value.map(|value| checked(spec, name, value)).transpose()?;
            exclude(spec, name, &mut seen)?;
            options.take(spec, name, value.unwrap_or_default())
        })?;
        if !rest.extras.is_empty() {
            let extras: Vec<&str> = rest.extras.iter().map(|&at| &*texts[at]).collect();
            return Err(Stop::Misuse(format!("unrecognized arguments: {}", extras.join(" "))));
        }
        if options.format != "custom" && options.msg_template.is_some() {
            let why = "--msg-template can only be used with --format=custom";
            return Err(Stop::Misuse(why.to_owned()));
        }
        options.targets = rest.targets.into_iter().map(|at| given[at].clone()).collect();
        Ok(options)
    }

    fn take(&mut self, spec: &Spec, name: &str, value: &str) -> Result<(), Stop> {
        let text = || Some(value.to_owned());
        match name {
            "--help" => return Err(Stop::Help),
            "--version" => return Err(Stop::Version),
            "--recursive" => self.recursive = true,
            "--aggregate" => self.aggregate = value.to_owned(),
            "--number" => {
                let why = || spec.complains(&format!("invalid int value: {}", quoted(value)));
                self.number = integer(value).ok_or_else(why)?;
            }
            "--configfile" => self.config_file = text(),
            "--profile" => self.profile = text(),
            "--tests" => self.tests = text(),
            "--skip" => self.skips = text(),
            "--level" => self.severity.raise(),
            "--severity-level" => self.severity = Least::named(value),
            "--confidence" => self.confidence.raise(),
            "--confidence-level" => self.confidence = Least::named(value),
            "--format" => self.format = value.to_owned(),
            "--msg-template" => self.msg_template = text(),
            "--output" => {
                self.output = Output::open(value).map_err(|error| {
                    let number = error.raw_os_error().unwrap_or_default();
                    let why = format!("[Errno {number}] {}: '{value}'", strerror(&error));
                    spec.complains(&format!("can't open '{value}': {why}"))
                })?;
            }
            "--verbose" => self.verbose = true,
            "--debug" => self.debug = true,
            "--quiet" => self.quiet = true,
            "--ignore-nosec" => self.ignore_nosec = true,
            "--exclude" => self.excluded = value.to_owned(),
            "--baseline" => self.baseline = text(),
            "--ini" => self.ini = text(),
            _ => self.exit_zero = true,
        }
        Ok(())
    }
}

impl Least {
    fn raise(&mut self) {
        if let Least::Rank(rank) = self {
            *rank += 1;
        }
    }

    fn named(level: &str) -> Least {
        Least::Rank(LEVELS.iter().position(|known| *known == level).map_or(1, |at| at as u32 + 1))
    }
}

/// The value, which must be one of those that the option can have.
fn checked<'a>(spec: &Spec, name: &str, value: &'a str) -> Result<&'a str, String> {
    let choices: &[&str] = match name {
        "--aggregate" => &["file", "vuln"],
        "--severity-level" | "--confidence-level" => LEVELS,
        "--format" => FORMATS,
        _ => return Ok(value),
    };
    if choices.contains(&value) {
        return Ok(value);
    }
    let known: Vec<String> = choices.iter().map(|choice| quoted(choice)).collect();
    let (value, known) = (quoted(value), known.join(", "));
    Err(spec.complains(&format!("invalid choice: {value} (choose from {known})")))
}

/// Keeps in mind that the option was given, which others may not be beside it.
fn exclude(spec: &Spec, name: &'static str, seen: &mut Vec<&'static str>) -> Result<(), String> {
    let other = EXCLUSIVE
        .iter()
        .find(|pair| pair.contains(&name))
        .and_then(|pair| pair.iter().find(|other| **other != name && seen.contains(other)));
    seen.push(name);
    match other.and_then(|other| SPECS.iter().find(|spec| spec.names.contains(other))) {
        Some(other) => {
            Err(spec.complains(&format!("not allowed with argument {}", other.names.join("/"))))
        }
        None => Ok(()),
    }
}

/// A whole number as Python's `int` reads it.
pub fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let lone = digits
        .split('_')
        .all(|run| !run.is_empty() && run.bytes().all(|byte| byte.is_ascii_digit()));
    // What is beyond any number of lines is the most of them.
    let most = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    lone.then(|| text.replace('_', "").parse().unwrap_or(most))
}

/// What the system says of an error, without its number.
pub fn strerror(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(&*text, |(text, _)| text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> Result<Options, Stop> {
        let given: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        Options::read(&given, "txt")
    }

    fn misuse(line: &str) -> String {
        match read(line) {
            Err(Stop::Misuse(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn options_come_in_every_way_that_argparse_takes() {
        let options = read("-rllifjson --sever high -").unwrap_err();
        assert_eq!(
            options,
            Stop::Misuse("argument --severity-level: not allowed with argument -l/--level".into())
        );
        let options = read("-rllifjson -n=7 --excl=a,b a.py b.py -tB101 --ig").unwrap();
        assert!(options.recursive && options.ignore_nosec);
        assert_eq!((options.severity, options.confidence), (Least::Rank(3), Least::Rank(2)));
        assert_eq!((&*options.format, options.number, &*options.excluded), ("json", 7, "a,b"));
        assert_eq!(options.targets, ["a.py", "b.py"]);
        assert_eq!(options.tests.as_deref(), Some("B101"));
        assert_eq!(read("-- -r --x").unwrap().targets, ["-r", "--x"]);
        assert_eq!(read("-n -1 -5 -").unwrap().targets, ["-5", "-"]);
    }

    proptest! {
        #[test]
        fn no_command_line_is_a_surprise(given in prop::collection::vec("-{0,2}[-=a-np-zé1 ]{0,6}", 0..5)) {
            // Without `o`, no file is opened.
            let given: Vec<OsString> = given.into_iter().map(OsString::from).collect();
            let _ = Options::read(&given, "txt");
        }
    }

    #[test]
    fn what_means_nothing_is_said_as_argparse_says_it() {
        for (line, why) in [
            ("--ex a", "ambiguous option: --ex could match --exclude, --exit-zero"),
            ("-t", "argument -t/--tests: expected one argument"),
            ("-t -r", "argument -t/--tests: expected one argument"),
            ("-n x", "argument -n/--number: invalid int value: 'x'"),
            ("-rz", "argument -r/--recursive: ignored explicit argument 'z'"),
            ("--exit-zero=1", "argument --exit-zero: ignored explicit argument '1'"),
            (
                "-a it's",
                "argument -a/--aggregate: invalid choice: \"it's\" (choose from 'file', 'vuln')",
            ),
            ("-v -q", "argument -q/--quiet/--silent: not allowed with argument -v/--verbose"),
            ("a.py -r b.py --nope", "unrecognized arguments: b.py --nope"),
        ] {
            assert_eq!(misuse(line), why, "{line}");
        }
        assert_eq!(read("-hq --nope").unwrap_err(), Stop::Help);
        assert_eq!(read("--vers").unwrap_err(), Stop::Version);
    }
}
