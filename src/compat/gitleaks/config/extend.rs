//! A configuration on top of another: its own rules, and what it adds to those of the other.

use super::written::{self, Targeted};
use super::{Config, ConfigError, Rule, defaults};
use crate::compat::gitleaks::log::Log;
use std::fs;

/// So many configurations may stand on one another.
const DEEPEST: usize = 2;

/// Reads a configuration and all that it stands on.
///
/// # Errors
/// One of them cannot be read, or they cannot be together.
pub fn read(text: &str, log: &Log) -> Result<Config, ConfigError> {
    let (config, targeted) = written::read(text)?;
    let config = on_top(config, 0, log)?;
    finish(config, targeted)
}

fn on_top(mut config: Config, depth: usize, log: &Log) -> Result<Config, ConfigError> {
    if depth == DEEPEST {
        return Ok(config);
    }
    let extends = std::mem::take(&mut config.extends);
    if extends.default && !extends.path.is_empty() {
        let why = "unable to load config due to extend.path and extend.useDefault being set";
        return Err(ConfigError::Wrong(why.to_owned()));
    }
    let (base, name) = if extends.default {
        (defaults::defaults()?, "default")
    } else if !extends.path.is_empty() {
        let extended = |error| ConfigError::Extended(Box::new(error));
        let base = file(&extends.path).map_err(extended)?;
        (on_top(base, depth + 1, log).map_err(extended)?, &*extends.path)
    } else {
        return Ok(config);
    };
    for id in extends.disabled.iter().filter(|id| !base.rules.contains_key(*id)) {
        let fields = [("config", name), ("rule-id", id)];
        log.warn("Disabled rule doesn't exist in extended config.", &fields);
    }
    for (id, rule) in base.rules.into_iter().filter(|(id, _)| !extends.disabled.contains(id)) {
        let rule = match config.rules.remove(&id) {
            Some(own) => merged(rule, own),
            None => {
                config.order.push(id.clone());
                rule
            }
        };
        config.rules.insert(id, rule);
    }
    config.allowlists.extend(base.allowlists);
    config.order.sort();
    Ok(config)
}

/// The configuration in a file; allowlists for single rules count only in the outermost.
fn file(path: &str) -> Result<Config, ConfigError> {
    let unreadable = |error: std::io::Error| ConfigError::Unreadable {
        path: path.to_owned(),
        why: crate::compat::go::reason(&error),
    };
    let bytes = fs::read(path).map_err(unreadable)?;
    Ok(written::read(&String::from_utf8_lossy(&bytes))?.0)
}

/// What a configuration says about a rule, on top of what that rule is.
fn merged(base: Rule, own: Rule) -> Rule {
    let described = !own.description.is_empty();
    Rule {
        description: if described { own.description } else { base.description },
        is_users: described || base.is_users,
        entropy: if own.entropy == 0.0 { base.entropy } else { own.entropy },
        secret_group: if own.secret_group == 0 { base.secret_group } else { own.secret_group },
        regex: own.regex.or(base.regex),
        path: own.path.or(base.path),
        tags: [base.tags, own.tags].concat(),
        keywords: [base.keywords, own.keywords].concat(),
        allowlists: [base.allowlists, own.allowlists].concat(),
        // These are not taken over.
        required: base.required,
        skip_report: base.skip_report,
        id: base.id,
    }
}

fn finish(mut config: Config, targeted: Targeted) -> Result<Config, ConfigError> {
    config.rules.values().try_for_each(Rule::validate)?;
    for (id, allowlist) in targeted {
        let missing = || format!("[[allowlists]] target rule ID '{id}' does not exist");
        let rule = config.rules.get_mut(&id).ok_or_else(|| ConfigError::Wrong(missing()))?;
        rule.allowlists.push(allowlist);
    }
    Ok(config)
}
