//! Rules of a configuration that name what no engine here has: mistyped, or of an imported tool.

use super::Settings;
use super::rule::{Rule, glob};
use crate::engine::ENGINES;
use crate::rule::Catalogue;

impl Settings {
    /// What is to be said of names of rules that are met by none that Lockgate has.
    pub fn unmet(&self) -> Vec<String> {
        let mut notes = Vec::new();
        self.add_unmet("gate", &mut notes);
        notes
    }

    fn add_unmet(&self, section: &str, notes: &mut Vec<String>) {
        for rule in self.rules.iter().filter(|rule| asks_native(rule)) {
            for text in rule.rule.iter().filter(|text| !is_met(text)) {
                let nearest = Catalogue::get().nearest(text);
                let hint = nearest.map_or(String::new(), |id| format!("; did you mean `{id}`?"));
                let name = &rule.name;
                notes.push(format!(
                    "[[{section}.rules]] \"{name}\": no rule here goes by `{text}`, so only \
                     findings of other tools can{hint}"
                ));
            }
        }
        for (branch, settings) in &self.branches {
            settings.add_unmet(&format!("{section}.branches.\"{branch}\""), notes);
        }
        for (event, settings) in &self.events {
            settings.add_unmet(&format!("{section}.events.{event}"), notes);
        }
    }
}

fn asks_native(rule: &Rule) -> bool {
    let native = |text: &String| {
        let matcher = glob(text, true).map(|glob| glob.compile_matcher());
        matcher.is_ok_and(|matcher| ENGINES.iter().any(|engine| matcher.is_match(engine.name())))
    };
    rule.engine.is_empty() || rule.engine.iter().any(native)
}

fn is_met(text: &str) -> bool {
    let Ok(matcher) = glob(text, true).map(|glob| glob.compile_matcher()) else { return true };
    let catalogue = Catalogue::get();
    let met = |id| catalogue.goes_by(id, |name| matcher.is_match(name));
    catalogue.rules().iter().any(|rule| met(rule.id))
}
