//! The command line of tfsec, read as tfsec reads it: a flag that is not given takes the value of
//! `TFSEC_` and its name, where that is set.

use super::flags::FLAGS;
use crate::compat::go::flags::{self, Flag, parsed_truth};

/// A command line.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What is to be scanned; the working folder where none is given.
    pub folder: Option<String>,
    pub formats: String,
    pub out: String,
    pub config_file: String,
    pub config_file_url: String,
    pub custom_check_dir: String,
    pub custom_check_url: String,
    pub rego_policy_dir: String,
    pub exclude: String,
    pub exclude_ignores: String,
    pub exclude_path: Vec<String>,
    pub filter_results: String,
    pub minimum_severity: String,
    pub tfvars_file: Vec<String>,
    pub workspace: String,
    pub concise: bool,
    pub verbose: bool,
    pub no_grouping: bool,
    pub exclude_downloaded: bool,
    pub all_dirs: bool,
    pub ignore_hcl_errors: bool,
    pub include_ignored: bool,
    pub include_passed: bool,
    pub migrate: bool,
    pub no_code: bool,
    pub no_colour: bool,
    pub no_ignores: bool,
    pub print_input: bool,
    pub rego_only: bool,
    pub statistics: bool,
    pub single_thread: bool,
    pub soft_fail: bool,
    pub update: bool,
    pub version: bool,
}

/// Why there is nothing to run.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    Help,
    /// The command line means nothing, and why.
    Misuse(String),
}

impl Options {
    /// Reads a command line, without the name of the program.
    ///
    /// # Errors
    /// There is nothing to run.
    pub fn read(
        given: &[String],
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Options, Stop> {
        let mut options = Options {
            formats: "lovely".to_owned(),
            workspace: "default".to_owned(),
            ..Options::default()
        };
        let mut given_flags = Vec::new();
        let mut positional = Vec::new();
        let read = flags::read(given, FLAGS.iter(), &mut positional, &mut |flag, value| {
            given_flags.push(flag.long);
            options.set(flag, value)
        });
        read.map_err(|stop| match stop {
            flags::Stop::Help => Stop::Help,
            flags::Stop::Unknown(name) => Stop::Misuse(format!("unknown flag: --{name}")),
            flags::Stop::Misuse(why) => Stop::Misuse(why),
        })?;
        if positional.len() > 1 {
            let count = positional.len();
            return Err(Stop::Misuse(format!("accepts between 0 and 1 arg(s), received {count}")));
        }
        options.folder = positional.pop();
        for flag in FLAGS.iter().filter(|flag| !given_flags.contains(&flag.long)) {
            let name = format!("TFSEC_{}", flag.long.to_uppercase().replace('-', "_"));
            if let Some(value) = environment(&name).filter(|value| !value.is_empty()) {
                // What it cannot take from there it passes over.
                let _ = options.set(flag, &value);
            }
        }
        Ok(options)
    }

    /// Sets what a flag says.
    fn set(&mut self, flag: &Flag, value: &str) -> Result<(), String> {
        let text = || value.to_owned();
        let list = || value.split(',').filter(|_| !value.is_empty()).map(str::to_owned);
        match flag.long {
            "format" => self.formats = text(),
            "out" => self.out = text(),
            "config-file" => self.config_file = text(),
            "config-file-url" => self.config_file_url = text(),
            "custom-check-dir" => self.custom_check_dir = text(),
            "custom-check-url" => self.custom_check_url = text(),
            "rego-policy-dir" => self.rego_policy_dir = text(),
            "exclude" => self.exclude = text(),
            "exclude-ignores" => self.exclude_ignores = text(),
            "exclude-path" => self.exclude_path.extend(list()),
            "filter-results" => self.filter_results = text(),
            "minimum-severity" => self.minimum_severity = text(),
            "tfvars-file" | "var-file" => self.tfvars_file.extend(list()),
            "workspace" => self.workspace = text(),
            "code-theme" => {}
            "allow-checks-to-panic" | "no-module-downloads" => {
                parsed_truth(flag, value)?;
            }
            _ => *self.truth(flag) = parsed_truth(flag, value)?,
        }
        Ok(())
    }

    fn truth(&mut self, flag: &Flag) -> &mut bool {
        match flag.long {
            "concise-output" => &mut self.concise,
            "disable-grouping" => &mut self.no_grouping,
            "exclude-downloaded-modules" => &mut self.exclude_downloaded,
            "force-all-dirs" => &mut self.all_dirs,
            "ignore-hcl-errors" => &mut self.ignore_hcl_errors,
            "include-ignored" => &mut self.include_ignored,
            "include-passed" => &mut self.include_passed,
            "migrate-ignores" => &mut self.migrate,
            "no-code" => &mut self.no_code,
            "no-color" | "no-colour" => &mut self.no_colour,
            "no-ignores" => &mut self.no_ignores,
            "print-rego-input" => &mut self.print_input,
            "rego-only" => &mut self.rego_only,
            "run-statistics" => &mut self.statistics,
            "single-thread" => &mut self.single_thread,
            "soft-fail" => &mut self.soft_fail,
            "update" => &mut self.update,
            "version" => &mut self.version,
            _ => &mut self.verbose,
        }
    }
}
