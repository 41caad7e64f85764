//! A configuration as it is written: TOML, whose keys are in any case and whose values are taken
//! for what is wanted where they can be, as gitleaks takes them.

use super::allowlist::Written;
use super::{Allowlist, Config, ConfigError, Extends, Required, Rule};
use crate::compat::go::expression::{Expression, Refused};
use std::sync::Arc;
use toml::{Table, Value};

/// Allowlists that a configuration has for single rules, which show when all rules are known.
pub type Targeted = Vec<(String, Arc<Allowlist>)>;

/// A part of the configuration whose keys are in lower case.
#[derive(Clone, Copy)]
struct Part<'a>(&'a Table);

/// Reads a configuration.
///
/// # Errors
/// It is no TOML, or what it says cannot be.
pub fn read(text: &str) -> Result<(Config, Targeted), ConfigError> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        let place = line.map(|line| format!(" (line {line})")).unwrap_or_default();
        ConfigError::Toml(format!("{}{place}", error.message()))
    })?;
    let table = lower(table);
    let part = Part(&table);
    let mut config = Config {
        least_version: part.text("minversion"),
        extends: part.part("extend").map(extends).unwrap_or_default(),
        ..Config::default()
    };
    for part in part.parts("rules")? {
        let rule = rule(part)?;
        config.order.push(rule.id.clone());
        config.rules.insert(rule.id.clone(), rule);
    }
    for rule in config.rules.values() {
        if let Some(missing) = rule.required.iter().find(|it| !config.rules.contains_key(&it.id)) {
            return Err(ConfigError::Wrong(format!(
                "{}: [[rules.required]] rule ID '{}' does not exist",
                rule.id, missing.id
            )));
        }
    }
    let mut targeted = Targeted::new();
    let both = "[allowlist] is deprecated, it cannot be used alongside [[allowlists]]";
    for part in part.allowlists(both)? {
        let read = allowlist(part).map_err(|error| within("[[allowlists]]", error))?;
        let targets = part.texts("targetrules");
        if targets.is_empty() {
            config.allowlists.push(read);
        } else {
            targeted.extend(targets.into_iter().map(|id| (id, read.clone())));
        }
    }
    Ok((config, targeted))
}

fn within(place: &str, error: ConfigError) -> ConfigError {
    ConfigError::Wrong(format!("{place} {error}"))
}

fn lower(table: Table) -> Table {
    fn value(it: Value) -> Value {
        match it {
            Value::Table(table) => Value::Table(lower(table)),
            Value::Array(values) => Value::Array(values.into_iter().map(value).collect()),
            other => other,
        }
    }
    table.into_iter().map(|(key, it)| (key.to_lowercase(), value(it))).collect()
}

fn extends(part: Part) -> Extends {
    Extends {
        path: part.text("path"),
        default: part.is_true("usedefault"),
        disabled: part.texts("disabledrules"),
    }
}

fn rule(part: Part) -> Result<Rule, ConfigError> {
    let id = part.text("id");
    let expression = |key: &str| {
        let source = part.text(key);
        let refused = |source: Refused| ConfigError::Expression { place: id.clone(), source };
        (!source.is_empty())
            .then(|| {
                let expression = Expression::new(&source)?;
                expression.compile()?;
                Ok(Arc::new(expression))
            })
            .transpose()
            .map_err(refused)
    };
    let both = format!(
        "{id}: [rules.allowlist] is deprecated, it cannot be used alongside [[rules.allowlist]]"
    );
    let wrong = |error| within(&format!("{id}: [[rules.allowlists]]"), error);
    let allowlists = part.allowlists(&both)?.into_iter();
    let required = part.parts("required")?.into_iter().map(|part| {
        let required = Required {
            id: part.text("id"),
            within_lines: part.number("withinlines").map(|n| n as i64),
            within_columns: part.number("withincolumns").map(|n| n as i64),
        };
        match required.id.is_empty() {
            true => Err(ConfigError::Wrong(format!("{id}: [[rules.required]] rule ID is empty"))),
            false => Ok(required),
        }
    });
    Ok(Rule {
        description: part.text("description"),
        is_users: true,
        path: expression("path")?,
        regex: expression("regex")?,
        secret_group: part.number("secretgroup").unwrap_or_default() as usize,
        entropy: part.number("entropy").unwrap_or_default(),
        keywords: part.texts("keywords").iter().map(|word| word.to_lowercase()).collect(),
        tags: part.texts("tags"),
        allowlists: allowlists.map(allowlist).collect::<Result<_, _>>().map_err(wrong)?,
        required: required.collect::<Result<_, _>>()?,
        skip_report: part.is_true("skipreport"),
        id: id.clone(),
    })
}

fn allowlist(part: Part) -> Result<Arc<Allowlist>, ConfigError> {
    let (condition, target) = (part.text("condition"), part.text("regextarget"));
    let [commits, paths, regexes, stopwords] =
        ["commits", "paths", "regexes", "stopwords"].map(|key| part.texts(key));
    let read = Allowlist::new(&Written {
        condition: &condition,
        regex_target: &target,
        commits: borrow(&commits),
        paths: borrow(&paths),
        regexes: borrow(&regexes),
        stopwords: borrow(&stopwords),
    })?;
    read.compile()?;
    Ok(Arc::new(read))
}

fn borrow(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

impl<'a> Part<'a> {
    /// Empty where it is not there or no plain value.
    fn text(self, key: &str) -> String {
        self.0.get(key).and_then(plain).unwrap_or_default()
    }

    /// A text where a list is wanted is split at its commas.
    fn texts(self, key: &str) -> Vec<String> {
        match self.0.get(key) {
            Some(Value::Array(values)) => values.iter().filter_map(plain).collect(),
            Some(Value::String(text)) if text.is_empty() => Vec::new(),
            Some(Value::String(text)) => text.split(',').map(str::to_owned).collect(),
            Some(value) => plain(value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn number(self, key: &str) -> Option<f64> {
        match self.0.get(key)? {
            Value::Integer(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            Value::Boolean(yes) => Some(f64::from(u8::from(*yes))),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn is_true(self, key: &str) -> bool {
        match self.0.get(key) {
            Some(Value::Boolean(yes)) => *yes,
            Some(Value::Integer(number)) => *number != 0,
            Some(Value::String(text)) => {
                matches!(&**text, "1" | "t" | "T" | "true" | "TRUE" | "True")
            }
            _ => false,
        }
    }

    fn part(self, key: &str) -> Option<Part<'a>> {
        self.0.get(key)?.as_table().map(Part)
    }

    /// A list of tables, or the one that stands in its place.
    fn parts(self, key: &str) -> Result<Vec<Part<'a>>, ConfigError> {
        match self.0.get(key) {
            None => Ok(Vec::new()),
            Some(Value::Table(table)) => Ok(vec![Part(table)]),
            Some(Value::Array(values)) => {
                let part = |value: &'a Value| match value {
                    Value::Table(table) => Ok(Part(table)),
                    _ => Err(ConfigError::Wrong(format!("'{key}' holds what is no table"))),
                };
                values.iter().map(part).collect()
            }
            Some(_) => Err(ConfigError::Wrong(format!("'{key}' is no list of tables"))),
        }
    }

    /// Both forms; `both` says what is wrong with writing both.
    fn allowlists(self, both: &str) -> Result<Vec<Part<'a>>, ConfigError> {
        let mut parts = self.parts("allowlists")?;
        if let Some(old) = self.part("allowlist") {
            if !parts.is_empty() {
                return Err(ConfigError::Wrong(both.to_owned()));
            }
            parts.push(old);
        }
        Ok(parts)
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(yes) => Some(u8::from(*yes).to_string()),
        Value::Datetime(time) => Some(time.to_string()),
        _ => None,
    }
}
