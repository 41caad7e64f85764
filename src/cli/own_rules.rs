//! Users' own rules: the folders that hold them, from where they can be trusted.

use super::{Error, output};
use crate::config::Config;
use crate::engine::{rules, syntax};
use crate::git::{Files, Source};
use clap::builder::NonEmptyStringValueParser;
use std::path::{Component, Path};

/// The option of every command that has to do with findings.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// A folder of YAML files with rules of your own, beside those that lockgate.toml names;
    /// repeatable
    #[arg(long, value_name = "DIR", env = "LOCKGATE_RULES", hide_env = true, value_delimiter = ',',
          value_parser = NonEmptyStringValueParser::new())]
    rules: Vec<String>,
}

impl Args {
    /// Reads the rules that the configuration and the command line name, and adds them to the
    /// catalogue of this process.
    pub fn adopt(&self, config: &Config, source: &Source) -> Result<(), Error> {
        let mut files = Files::new();
        for folder in &config.rules.dirs {
            let below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
            if !Path::new(folder).components().all(below) {
                let why = "[rules] dirs: a folder must be below the repository's root";
                return Err(Error::Usage(format!("{why}, which {folder:?} is not")));
            }
            let read = source.folder(folder, is_rule).map_err(Error::usage)?;
            files.extend(some(read, &source.place(folder), "[rules] dirs")?);
        }
        for folder in &self.rules {
            let read = source.folder_named(Path::new(folder), is_rule).map_err(Error::usage)?;
            files.extend(some(read, Path::new(folder), "--rules")?);
        }
        // A folder that is named twice holds its rules once.
        files.sort();
        files.dedup();
        rules::adopt(syntax::read(&files).map_err(Error::usage)?);
        Ok(())
    }
}

/// Says which folders of rules of the working tree are not those in force.
pub fn note_differing(
    config: &Config,
    source: &Source,
    output: &output::Args,
) -> Result<(), Error> {
    for folder in &config.rules.dirs {
        if source.folder_differs(folder, is_rule).map_err(Error::usage)? {
            let name = source.name().unwrap_or_default();
            let text = format!("the rules in {folder} differ from {name}'s, which are in force");
            output.note(&text)?;
        }
    }
    Ok(())
}

/// The files of a folder that was named for its rules.
fn some(read: Option<Files>, folder: &Path, by: &str) -> Result<Files, Error> {
    let wrong = |why| Error::Usage(format!("{}: {why} ({by})", folder.display()));
    let files = read.ok_or_else(|| wrong("there is no such folder"))?;
    match files.is_empty() {
        true => Err(wrong("holds no .yml or .yaml file with rules")),
        false => Ok(files),
    }
}

/// Whether a file holds rules, by its path below the folder.
pub fn is_rule(path: &str) -> bool {
    is_yaml(path) && !is_test(path) && !is_of_ast_grep(path)
}

/// Whether a file holds tests of rules, as ast-grep calls them.
pub fn is_test(path: &str) -> bool {
    path.ends_with("-test.yml") || path.ends_with("-test.yaml")
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yml") || path.ends_with(".yaml")
}

/// Files that ast-grep keeps beside rules.
fn is_of_ast_grep(path: &str) -> bool {
    path.rsplit('/').next() == Some("sgconfig.yml")
        || path.split('/').any(|part| part == "__snapshots__")
}
