//! What is asked for: by the command line, else by `TRIVY_` and the name of a flag in the
//! environment, else by `trivy.yaml`.

use super::flags::{self, Known};
use super::severity;
use crate::compat::go::flags as pflag;
use crate::compat::go::flags::{Flag, parsed_truth};
use crate::compat::go::reason;
use crate::engine::kubernetes::Values;
use crate::waiver::convert::yaml;
use serde_json::Value;
use std::fs;
use std::io;

/// The configuration that is read where none is named.
const CONFIGURATION: &str = "trivy.yaml";
/// More is no configuration, in bytes.
const MOST: u64 = 4 << 20;
/// What `--format` takes.
const FORMATS: [&str; 9] = [
    "table",
    "json",
    "template",
    "sarif",
    "cyclonedx",
    "spdx",
    "spdx-json",
    "github",
    "cosign-vuln",
];
/// What `--misconfig-scanners` takes.
const SCANNERS: [&str; 9] = [
    "ansible",
    "azure-arm",
    "cloudformation",
    "dockerfile",
    "helm",
    "kubernetes",
    "terraform",
    "terraformplan-json",
    "terraformplan-snapshot",
];
/// What `--table-mode` takes.
const TABLES: [&str; 2] = ["summary", "detailed"];

/// What would change what is found, and does nothing here: it is said.
const UNHEEDED: [&str; 5] = [
    "ansible-extra-vars",
    "ansible-inventory",
    "ansible-playbook",
    "config-file-schemas",
    "raw-config-scanners",
];

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub command: String,
    /// What the command is for.
    pub targets: Vec<String>,
    pub format: String,
    pub template: String,
    pub output: String,
    /// None where the default is meant, which need not be there.
    pub ignorefiles: Option<Vec<String>>,
    pub severities: Vec<&'static str>,
    pub exit_code: u8,
    pub scanners: Vec<&'static str>,
    pub tables: Vec<&'static str>,
    pub skip_dirs: Vec<String>,
    pub skip_files: Vec<String>,
    pub file_patterns: Vec<String>,
    pub tfvars: Vec<String>,
    /// What charts are rendered with.
    pub helm: Values,
    /// Files of parameters for templates of CloudFormation.
    pub parameters: Vec<String>,
    pub exclude_downloaded: bool,
    pub include_deprecated: bool,
    pub include_passed: bool,
    pub quiet: bool,
    pub version: bool,
    /// Flags that would change what is found, and do nothing here.
    pub unheeded: Vec<&'static str>,
    /// What was asked for that is refused, and why.
    refused: Option<String>,
}

/// Why there is nothing to run.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    Help,
    /// What is asked for means nothing, and why.
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
            format: "table".to_owned(),
            severities: severity::NAMES.to_vec(),
            scanners: SCANNERS.to_vec(),
            tables: TABLES.to_vec(),
            ..Options::default()
        };
        let mut given_flags: Vec<(&'static str, String)> = Vec::new();
        let mut positional = Vec::new();
        let all = || flags::all().map(|known| &known.flag);
        pflag::read(given, all(), &mut positional, &mut |flag, value| {
            given_flags.push((flag.long, value.to_owned()));
            Ok(())
        })
        .map_err(|stop| match stop {
            pflag::Stop::Help => Stop::Help,
            pflag::Stop::Unknown(name) => Stop::Misuse(format!("unknown flag: --{name}")),
            pflag::Stop::Misuse(why) => Stop::Misuse(why),
        })?;
        let mut positional = positional.into_iter();
        options.command = positional.next().unwrap_or_default();
        options.targets = positional.collect();
        // What only a command line can ask for has no key: `TRIVY_VERSION` is said by many pipelines.
        let has_word = |known: &Known| !known.key.is_empty() || known.flag.long == "config";
        let from_environment = |known: &Known| {
            let name = format!("TRIVY_{}", known.flag.long.to_uppercase().replace('-', "_"));
            environment(&name).filter(|value| !value.is_empty() && has_word(known))
        };
        let given = |known: &Known| {
            let values = given_flags.iter().filter(|(long, _)| *long == known.flag.long);
            // Of a list all count, else the last.
            let values: Vec<&str> = values.map(|(_, value)| &**value).collect();
            match known.flag.kind {
                pflag::Kind::Texts if !values.is_empty() => Some(values.join(",")),
                _ => values.last().map(|&value| value.to_owned()),
            }
        };
        let asked = |known: &Known| given(known).or_else(|| from_environment(known));
        let named = flags::all().find(|known| known.flag.long == "config").and_then(asked);
        let configuration = configuration(named.as_deref()).map_err(Stop::Misuse)?;
        for known in flags::all() {
            let value = asked(known).or_else(|| written(&configuration, known.key));
            if let Some(value) = value {
                let said = options.set(&known.flag, &value);
                said.map_err(|why| Stop::Misuse(format!("flag error: {why}")))?;
            }
        }
        match options.refused.take() {
            Some(why) => Err(Stop::Misuse(why)),
            None => Ok(options),
        }
    }

    /// Sets what a flag says.
    fn set(&mut self, flag: &Flag, value: &str) -> Result<(), String> {
        let texts = || -> Vec<String> {
            value.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect()
        };
        match flag.long {
            "format" => {
                self.format = chosen(flag, &[value.to_owned()], &FORMATS, value)?[0].to_owned()
            }
            "severity" => {
                let given: Vec<String> =
                    value.split(',').map(|it| it.trim().to_uppercase()).collect();
                self.severities = chosen(flag, &given, &severity::NAMES, &format!("[{value}]"))?;
            }
            "misconfig-scanners" => {
                self.scanners = chosen(flag, &texts(), &SCANNERS, &format!("[{value}]"))?;
            }
            "table-mode" => {
                self.tables = chosen(flag, &texts(), &TABLES, &format!("[{value}]"))?;
            }
            "exit-code" => {
                let code: i64 = value
                    .parse()
                    .map_err(|_| pflag::invalid(flag, value, "ParseInt", "invalid syntax"))?;
                // As systems take the code of a process.
                self.exit_code = code.rem_euclid(256) as u8;
            }
            "template" => self.template = value.to_owned(),
            "output" => self.output = value.to_owned(),
            "ignorefile" => self.ignorefiles = Some(texts()),
            "skip-dirs" => self.skip_dirs = texts(),
            "skip-files" => self.skip_files = texts(),
            "file-patterns" => self.file_patterns = texts(),
            "helm-values" => self.helm.files = texts(),
            "helm-set" => self.helm.set = texts(),
            "helm-set-string" => self.helm.set_string = texts(),
            "helm-set-file" => self.helm.set_file = texts(),
            "helm-api-versions" => self.helm.api_versions = texts(),
            "helm-kube-version" => self.helm.kube_version = value.to_owned(),
            "tf-vars" => self.tfvars = texts(),
            "cf-params" => self.parameters = texts(),
            "tf-exclude-downloaded-modules" => self.exclude_downloaded = parsed_truth(flag, value)?,
            "include-deprecated-checks" => self.include_deprecated = parsed_truth(flag, value)?,
            "include-non-failures" => self.include_passed = parsed_truth(flag, value)?,
            "quiet" => self.quiet = parsed_truth(flag, value)?,
            "version" => self.version = parsed_truth(flag, value)?,
            "generate-default-config" if parsed_truth(flag, value)? => {
                self.refuse(flag, "no configuration is written here");
            }
            "ignore-policy" | "config-check" | "config-policy" | "policy" if !value.is_empty() => {
                self.refuse(
                    flag,
                    "Rego is not run here; ids, paths and days of what is accepted can stand in \
                     --ignorefile",
                );
            }
            "compliance" if !value.is_empty() => {
                self.refuse(flag, "there are no compliance reports here");
            }
            _ if UNHEEDED.contains(&flag.long) && !value.is_empty() => {
                self.unheeded.push(flag.long);
            }
            _ => {}
        }
        Ok(())
    }

    fn refuse(&mut self, flag: &Flag, why: &str) {
        self.refused.get_or_insert_with(|| format!("--{}: {why}", flag.long));
    }
}

/// What is chosen of what there is.
fn chosen(
    flag: &Flag,
    given: &[String],
    known: &[&'static str],
    shown: &str,
) -> Result<Vec<&'static str>, String> {
    let choose = |value: &String| known.iter().find(|known| **known == *value).copied();
    given.iter().map(choose).collect::<Option<Vec<_>>>().ok_or_else(|| {
        let quoted: Vec<String> = known.iter().map(|known| format!("{known:?}")).collect();
        format!(
            "unable to parse flags: unable to parse flag: invalid argument {shown:?} for \
             \"--{}\" flag: must be one of [{}]",
            flag.long,
            quoted.join(" ")
        )
    })
}

/// The configuration that is named, or that of the working folder.
fn configuration(named: Option<&str>) -> Result<Value, String> {
    let path = named.unwrap_or(CONFIGURATION);
    let unread = |why: String| format!("config file {path:?} loading error: {why}");
    let text = match fs::metadata(path) {
        Ok(metadata) if metadata.len() > MOST => {
            return Err(unread(format!("it is larger than {} MiB", MOST >> 20)));
        }
        Ok(_) => fs::read_to_string(path).map_err(|error| unread(reason(&error)))?,
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
            return Ok(Value::Null);
        }
        Err(error) => return Err(unread(format!("open {path}: {}", reason(&error)))),
    };
    match text.trim().is_empty() {
        true => Ok(Value::Null),
        false => yaml::read(&text).map_err(unread),
    }
}

/// What a configuration says, as the command line would have it.
fn written(configuration: &Value, key: &str) -> Option<String> {
    let mut steps = key.split('.').filter(|_| !key.is_empty());
    let top = configuration.get(steps.next()?)?;
    match steps.try_fold(top, |at, step| at.get(step))? {
        Value::String(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(all) => {
            let texts = all.iter().filter_map(|it| match it {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            });
            Some(texts.collect::<Vec<_>>().join(","))
        }
        Value::Null | Value::Object(_) => None,
    }
}
