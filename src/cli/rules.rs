//! `lockgate rules`: reads the catalogue, and tests users' own rules.

mod test;

use super::{Error, Outcome, memory, print};
use crate::engine::is_fixable;
use crate::git;
use crate::rule::{Catalogue, Rule};
use serde::Serialize;
use std::fmt::Write;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List every rule: id, severity, engine, title
    List {
        /// Only the rules of this engine
        #[arg(long, value_name = "NAME")]
        engine: Option<String>,
        #[command(flatten)]
        settings: memory::SettingsArgs,
    },
    /// Print what a rule looks for, why, and what to do instead
    Explain {
        /// The rule's id or one of its aliases, such as B602
        id: String,
        #[command(flatten)]
        settings: memory::SettingsArgs,
    },
    /// Run the tests of your own rules: ends with 1 if one of them fails
    #[command(after_help = test::HELP)]
    Test(test::Args),
}

pub fn run(command: Command) -> Result<Outcome, Error> {
    match command {
        Command::List { engine, settings } => {
            adopt(&settings)?;
            list(engine.as_deref()).map(|()| Outcome::Passed)
        }
        Command::Explain { id, settings } => {
            adopt(&settings)?;
            explain(&id).map(|()| Outcome::Passed)
        }
        Command::Test(args) => test::run(&args),
    }
}

/// Takes in the rules that are known here beside Lockgate's own.
fn adopt(settings: &memory::SettingsArgs) -> Result<(), Error> {
    let here = std::fs::canonicalize(".")
        .map_err(|error| Error::Usage(format!("the working folder: {error}")))?;
    let (repository, git) = git::open(&here);
    settings.config(&repository, git.as_ref()).map(|_| ())
}

fn list(engine: Option<&str>) -> Result<(), Error> {
    let rules = Catalogue::get().rules();
    let wanted = |rule: &&Rule| engine.is_none_or(|engine| rule.is_of(engine));
    let widest = rules.iter().filter(wanted).map(|rule| rule.id.len()).max();
    let Some(widest) = widest else {
        let mut engines: Vec<&str> = rules.iter().map(|rule| rule.engine).collect();
        engines.dedup();
        return Err(Error::Usage(format!(
            "no engine of that name; there are: {}",
            engines.join(", ")
        )));
    };
    let mut text = String::new();
    for rule in rules.iter().filter(wanted) {
        let severity = word(&rule.severity);
        let by = engine.unwrap_or(rule.engine);
        let _ = writeln!(text, "{:widest$}  {severity:8}  {by:14}  {}", rule.id, rule.title);
    }
    print(text.as_bytes())
}

fn explain(id: &str) -> Result<(), Error> {
    let catalogue = Catalogue::get();
    let rule = catalogue.find(id).ok_or_else(|| {
        let near = catalogue.nearest(id).map(|near| format!("; did you mean {near}?"));
        Error::Usage(format!(
            "no rule {id:?}{}",
            near.unwrap_or_else(|| "; see `lockgate rules list`".into())
        ))
    })?;
    let mut text = format!("{}\n\n", rule.help.trim_end());
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:11} {value}");
        }
    };
    fact("id", rule.id.to_owned());
    fact("name", rule.name.to_owned());
    fact("aliases", rule.aliases.join(", "));
    fact("engine", rule.engines().collect::<Vec<_>>().join(", "));
    fact("severity", word(&rule.severity));
    fact("confidence", word(&rule.confidence));
    fact("CWE", rule.cwe.iter().map(|cwe| format!("CWE-{cwe}")).collect::<Vec<_>>().join(", "));
    let fixable = is_fixable(rule);
    fact("fix", if fixable { format!("lockgate fix --rule {}", rule.id) } else { String::new() });
    rule.references.iter().for_each(|link| fact("see", (*link).to_owned()));
    print(text.as_bytes())
}

/// A scale's value as it is written everywhere.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
