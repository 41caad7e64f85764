//! Which checks run.

use super::log::Log;
use super::rules;
use std::collections::BTreeSet;

/// The checks that are named, to run them or to leave them out.
#[derive(Debug)]
pub struct Profile {
    include: Vec<String>,
    exclude: Vec<String>,
}

impl Profile {
    pub fn new(include: Vec<String>, exclude: Vec<String>) -> Profile {
        let mut profile = Profile { include: Vec::new(), exclude: Vec::new() };
        add(&mut profile.include, include);
        add(&mut profile.exclude, exclude);
        profile
    }

    /// A profile of old may include and exclude the lists of names, which were two: what it
    /// includes runs.
    pub fn without_conflict(mut self) -> Profile {
        if self.include.iter().any(|id| id == rules::BLACKLIST) {
            self.exclude.retain(|id| id != rules::BLACKLIST);
        }
        self
    }

    /// What the command line and the configuration name, for the log.
    pub fn describe(&self, tests: Option<&str>, skips: Option<&str>, log: &Log) {
        let list = |ids: &[String]| match ids {
            [] => "None".to_owned(),
            ids => ids.join(","),
        };
        log.info("main", &format!("profile include tests: {}", list(&self.include)));
        log.info("main", &format!("profile exclude tests: {}", list(&self.exclude)));
        log.info("main", &format!("cli include tests: {}", tests.unwrap_or("None")));
        log.info("main", &format!("cli exclude tests: {}", skips.unwrap_or("None")));
    }

    /// Takes those of the command line to those of the configuration.
    pub fn add(&mut self, tests: Option<&str>, skips: Option<&str>) {
        for (list, more) in [(&mut self.include, tests), (&mut self.exclude, skips)] {
            let more = more.filter(|more| !more.is_empty());
            add(list, more.iter().flat_map(|more| more.split(',')).map(str::to_owned).collect());
        }
    }

    /// The ids of the rules that run.
    ///
    /// # Errors
    /// A check is both included and excluded.
    pub fn resolve(&self, log: &Log) -> Result<BTreeSet<&'static str>, String> {
        for id in self.include.iter().chain(&self.exclude).filter(|id| !rules::is_known(id)) {
            log.warning("extension_loader", &format!("Unknown test found in profile: {id}"));
        }
        let both: Vec<String> = self
            .include
            .iter()
            .filter(|id| self.exclude.contains(id))
            .map(|id| super::arguments::quoted(id))
            .collect();
        if !both.is_empty() {
            let both = both.join(", ");
            return Err(format!("Non-exclusive include/exclude test sets: {{{both}}}"));
        }
        let (include, exclude) = (widened(&self.include), widened(&self.exclude));
        let all = rules::all().map(|rule| rule.id);
        Ok(all
            .filter(|id| include.is_empty() || include.contains(id))
            .filter(|id| !exclude.contains(id))
            .collect())
    }
}

fn add(list: &mut Vec<String>, more: Vec<String>) {
    for id in more {
        if !list.contains(&id) {
            list.push(id);
        }
    }
}

/// The ids, with all rules of names on a list for the check that finds them, unless some of these
/// are named.
fn widened(ids: &[String]) -> BTreeSet<&str> {
    let mut wide: BTreeSet<&str> = ids.iter().map(|id| &**id).collect();
    let listed = || rules::all().map(|rule| rule.id).filter(|id| rules::is_listed(id));
    if wide.remove(rules::BLACKLIST) && !listed().any(|id| wide.contains(id)) {
        wide.extend(listed());
    }
    wide
}
