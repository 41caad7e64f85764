//! What is looked for where no configuration says otherwise: the rules of the catalogue, as
//! gitleaks has them.

use super::allowlist::Written;
use super::{Allowlist, Config, ConfigError, Rule};
use crate::compat::go::expression::{Expression, Refused};
use crate::rule::{self, Gitleaks};
use std::sync::Arc;

/// The configuration that gitleaks has built in.
///
/// # Errors
/// None that its own test does not see.
pub fn defaults() -> Result<Config, ConfigError> {
    let defaults = rule::gitleaks();
    let mut config = Config::default();
    for (id, description, dialect) in defaults.rules {
        config.order.push(id.to_owned());
        config.rules.insert(id.to_owned(), convert(id, description, &dialect)?);
    }
    for allowlist in &defaults.allowlists {
        let read = Arc::new(Allowlist::new(&written(allowlist))?);
        match &allowlist.target_rules[..] {
            [] => config.allowlists.push(read),
            targets => {
                for (_, rule) in config.rules.iter_mut().filter(|(id, _)| targets.contains(&&***id))
                {
                    rule.allowlists.push(read.clone());
                }
            }
        }
    }
    Ok(config)
}

fn convert(
    id: &str,
    description: &str,
    dialect: &Gitleaks<&'static str>,
) -> Result<Rule, ConfigError> {
    let refused = |source: Refused| ConfigError::Expression { place: id.to_owned(), source };
    let expression = |source: Option<&str>| {
        source.map(|source| Expression::new(source).map(Arc::new)).transpose().map_err(refused)
    };
    let allowlists = dialect.allowlists.iter().map(|it| Allowlist::new(&written(it)).map(Arc::new));
    Ok(Rule {
        id: id.to_owned(),
        description: description.to_owned(),
        regex: expression(dialect.pattern)?,
        path: expression(dialect.path)?,
        secret_group: dialect.secret_group,
        entropy: dialect.entropy,
        keywords: dialect.keywords.iter().map(|&word| word.to_owned()).collect(),
        allowlists: allowlists.collect::<Result<_, _>>()?,
        ..Rule::default()
    })
}

fn written(packed: &rule::Allowlist<&'static str>) -> Written<'static> {
    Written {
        condition: packed.condition.unwrap_or_default(),
        regex_target: packed.regex_target.unwrap_or_default(),
        commits: Vec::new(),
        paths: packed.paths.clone(),
        regexes: packed.regexes.clone(),
        stopwords: packed.stopwords.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_compiles() {
        let config = defaults().unwrap();
        assert!(config.rules.len() > 200);
        for rule in config.rules.values() {
            rule.validate().unwrap();
            for expression in rule.regex.iter().chain(&rule.path) {
                expression.compile().unwrap();
            }
            rule.allowlists.iter().for_each(|allowlist| allowlist.compile().unwrap());
        }
    }
}
