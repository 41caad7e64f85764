//! The command line, in the way of git's own option parser: options anywhere before `--`, unique
//! beginnings of long ones, `--no-` before any, flags of one letter in clusters.

use std::ffi::OsString;

/// One option: name, letter, whether the usage leaves it out, and what it does.
struct Known {
    long: &'static str,
    short: Option<char>,
    is_hidden: bool,
    help: &'static str,
}

const fn known(long: &'static str, short: Option<char>, help: &'static str) -> Known {
    Known { long, short, is_hidden: false, help }
}

const fn hidden(long: &'static str) -> Known {
    Known { long, short: None, is_hidden: true, help: "" }
}

/// All of them, in the order of the usage.
const KNOWN: &[Known] = &[
    known("scan", None, "Look for prohibited patterns in <files>, or in what git tracks"),
    known("scan-history", None, "Look for prohibited patterns in every commit"),
    known("install", None, "Install the hooks in a repository or in a template directory"),
    known("list", None, "List the settings of git that hold patterns"),
    known("add", None, "Add a pattern, prohibited or allowed, unless it is there"),
    known("add-provider", None, "Add a command whose output is prohibited patterns, one a line"),
    known("aws-provider", None, "Be such a command, with the keys of an AWS credentials file"),
    known("register-aws", None, "Add the patterns of AWS keys, and the keys of ~/.aws/credentials"),
    known("recursive", Some('r'), "--scan goes into the directories among <files>"),
    known("cached", None, "--scan looks at what is in the index"),
    known("no-index", None, "--scan looks at the current directory, whether git tracks it or not"),
    known("untracked", None, "--scan looks at what git neither tracks nor ignores, too"),
    known("force", Some('f'), "--install replaces hooks that are there"),
    known("literal", Some('l'), "--add takes the pattern as it is written"),
    known("allowed", Some('a'), "--add adds an allowed pattern"),
    known("global", None, "Read and write the settings of the user"),
    hidden("commit_msg_hook"),
    hidden("pre_commit_hook"),
    hidden("prepare_commit_msg_hook"),
];

const SYNOPSIS: &[&str] = &[
    "--scan [-r|--recursive] [--cached] [--no-index] [--untracked] [<files>...]",
    "--scan-history",
    "--install [-f|--force] [<target-directory>]",
    "--list [--global]",
    "--add [-a|--allowed] [-l|--literal] [--global] <pattern>",
    "--add-provider [--global] <command> [arguments...]",
    "--register-aws [--global]",
    "--aws-provider [<credentials-file>]",
];

/// A command line in which every option has one spelling: `-r`, `--cached`.
#[derive(Debug, Default)]
pub struct Options {
    /// The first option.
    pub command: String,
    /// The others.
    pub flags: Vec<String>,
    /// What is no option.
    pub rest: Vec<OsString>,
}

/// Why there is nothing to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// The usage is asked for.
    Help,
    /// There is no such option, or it cannot be told which is meant.
    Misuse { why: String, usage: Usage },
}

/// Where the usage is printed when a command line means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    Nowhere,
    Output,
    Error,
}

impl Options {
    /// # Errors
    /// There is nothing to do but to say how it is used.
    pub fn read(given: &[OsString]) -> Result<Options, Stop> {
        let mut named = Vec::new();
        let mut rest = Vec::new();
        let mut arguments = given.iter();
        for argument in arguments.by_ref() {
            let text = argument.to_string_lossy();
            match text.strip_prefix('-') {
                Some("-") => break,
                None | Some("") => rest.push(argument.clone()),
                Some(long) => match long.strip_prefix('-') {
                    Some(long) => named.push(long_option(long)?),
                    None => letters(long, &mut named)?,
                },
            }
        }
        rest.extend(arguments.cloned());
        let mut named = named.into_iter();
        Ok(Options { command: named.next().unwrap_or_default(), flags: named.collect(), rest })
    }

    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|own| own == flag)
    }
}

fn unknown(why: String) -> Stop {
    Stop::Misuse { why, usage: Usage::Error }
}

fn letters(cluster: &str, named: &mut Vec<String>) -> Result<(), Stop> {
    for letter in cluster.chars() {
        if letter == 'h' {
            return Err(Stop::Help);
        }
        if !KNOWN.iter().any(|known| known.short == Some(letter)) {
            return Err(unknown(format!("unknown switch `{letter}'")));
        }
        named.push(format!("-{letter}"));
    }
    Ok(())
}

fn long_option(given: &str) -> Result<String, Stop> {
    if matches!(given, "help" | "help-all") {
        return Err(Stop::Help);
    }
    let (name, value) = given.split_once('=').map_or((given, None), |(name, v)| (name, Some(v)));
    let exact = |name: &str| KNOWN.iter().find(|known| known.long == name);
    let spelling = match (exact(name), name.strip_prefix("no-").and_then(exact)) {
        (Some(known), _) => spelled(known),
        (None, Some(known)) => format!("--no-{}", known.long),
        (None, None) => abbreviated(name)?,
    };
    match value {
        Some(_) => {
            let why = format!("option `{name}' takes no value");
            Err(Stop::Misuse { why, usage: Usage::Nowhere })
        }
        None => Ok(spelling),
    }
}

fn spelled(known: &Known) -> String {
    known.short.map_or_else(|| format!("--{}", known.long), |letter| format!("-{letter}"))
}

/// The one option that begins like this, or its negation.
fn abbreviated(name: &str) -> Result<String, Stop> {
    let positive = KNOWN.iter().filter(|known| known.long.starts_with(name)).map(spelled);
    let negated = name.strip_prefix("no-").filter(|name| !name.is_empty());
    let negative = KNOWN.iter().filter(|known| {
        negated.is_some_and(|negated| known.long.starts_with(negated))
            || known.long.strip_prefix("no-").is_some_and(|long| long.starts_with(name))
    });
    let negative = negative.map(|known| format!("--no-{}", known.long));
    let mut found: Vec<String> = positive.chain(negative).collect();
    found.dedup();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(unknown(format!("unknown option `{name}'"))),
        _ => {
            let (one, other) = (&found[found.len() - 2], &found[found.len() - 1]);
            {
                let why = format!("ambiguous option: {name} (could be {one} or {other})");
                Err(Stop::Misuse { why, usage: Usage::Output })
            }
        }
    }
}

/// The usage, as it is printed when asked for.
pub fn usage() -> String {
    let mut usage = String::new();
    for (index, line) in SYNOPSIS.iter().enumerate() {
        let lead = if index == 0 { "usage:" } else { "   or:" };
        usage += &format!("{lead} git secrets {line}\n");
    }
    usage += "\n";
    for known in KNOWN.iter().filter(|known| !known.is_hidden) {
        let short = known.short.map_or_else(String::new, |letter| format!("-{letter}, "));
        usage += &format!("    {:<22}{}\n", format!("{short}--{}", known.long), known.help);
    }
    usage + "\n"
}

#[cfg(test)]
mod tests {
    use super::{Options, Stop, Usage};
    use std::ffi::OsString;

    fn read(line: &str) -> Result<Options, Stop> {
        Options::read(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn options_stand_anywhere_and_may_be_shortened() {
        let options = read("--scan a --recur b -- -r").unwrap();
        assert_eq!((&*options.command, &*options.flags), ("--scan", &["-r".to_owned()][..]));
        assert_eq!(options.rest, ["a", "b", "-r"]);
        assert_eq!(read("--add -al x").unwrap().flags, ["-a", "-l"]);
        for (line, why) in [
            (
                "--pre",
                "ambiguous option: pre (could be --pre_commit_hook or --prepare_commit_msg_hook)",
            ),
            ("--scan=x", "option `scan' takes no value"),
            ("--bogus", "unknown option `bogus'"),
            ("-x", "unknown switch `x'"),
        ] {
            let Err(Stop::Misuse { why: said, usage }) = read(line) else { panic!("{line}") };
            assert_eq!(
                (&*said, usage == Usage::Error),
                (why, why.starts_with("unknown")),
                "{line}"
            );
        }
        assert_eq!(read("--no-cached").unwrap().command, "--no-cached");
        assert_eq!(read("--scan -h").err(), Some(Stop::Help));
    }
}
