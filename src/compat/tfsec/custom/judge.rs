//! Whether a block is as a check wants it.

use super::format::{Action, Check, Spec};
use super::value::{self, Expressions};
use crate::engine::terraform::Project;
use crate::engine::terraform::Value;
use crate::engine::terraform::{Attribute, Block, Instance};
use regex::Regex;
use serde_json::Value as Json;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What stands for the value that `assignVariable` keeps.
static VARIABLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("TFSEC_VAR_[A-Z_]+").ok());

/// Judges the blocks of a project.
pub struct Judge<'a> {
    project: &'a Project,
    /// The resources of each module, by their type.
    resources: HashMap<u32, HashMap<&'a str, Vec<&'a Block>>>,
    expressions: Expressions,
}

/// One block, judged by one check.
struct Question<'a> {
    judge: &'a Judge<'a>,
    instance: &'a Instance,
    variables: HashMap<&'a str, String>,
}

/// Whether a check is for a block.
pub fn applies(check: &Check, block: &Block) -> bool {
    let label = block.labels.first().map(|label| &**label);
    let is_wanted =
        |pattern: &String| pattern == "*" || label.is_some_and(|label| is_like(pattern, label));
    let of_source = || {
        let source = block.attributes.get("source").and_then(|source| source.value.as_str());
        let is_wanted = |source: &str, pattern: &String| pattern == "*" || is_like(pattern, source);
        source.is_some_and(|it| check.required_sources.iter().any(|wanted| is_wanted(it, wanted)))
    };
    check.required_types.iter().any(|kind| **kind == *block.kind)
        && check.required_labels.iter().any(is_wanted)
        && (check.required_sources.is_empty() || (&*block.kind == "module" && of_source()))
}

/// Whether a text is like a pattern, in which `*` stands for anything.
fn is_like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

impl<'a> Judge<'a> {
    pub fn new(project: &'a Project) -> Judge<'a> {
        let mut resources: HashMap<_, HashMap<_, Vec<_>>> = HashMap::new();
        for instance in &project.instances {
            if let ("resource", Some(label)) =
                (&*instance.block.kind, instance.block.labels.first())
            {
                let of_module = resources.entry(instance.module).or_default();
                of_module.entry(&**label).or_default().push(&instance.block);
            }
        }
        Judge { project, resources, expressions: Expressions::default() }
    }

    /// Whether an instance is as a check wants it.
    pub fn passes(&self, check: &Check, instance: &Instance) -> bool {
        let mut question = Question { judge: self, instance, variables: HashMap::new() };
        check.match_spec.as_ref().is_none_or(|spec| question.holds(&instance.block, spec))
    }

    fn resources(&self, module: u32, kind: &str) -> &[&'a Block] {
        let of_module = self.resources.get(&module);
        of_module.and_then(|it| it.get(kind)).map_or(&[], Vec::as_slice)
    }
}

impl<'a> Question<'a> {
    fn holds(&mut self, block: &Block, spec: &'a Spec) -> bool {
        if !spec.pre_conditions.iter().all(|condition| self.holds(block, condition)) {
            return true;
        }
        let inner = &spec.predicate_match_spec;
        let held = match spec.action {
            Action::InModule => {
                return self.judge.project.modules[self.instance.module as usize].call.is_some();
            }
            Action::HasTag => return self.has_tag(block, spec),
            Action::OfType => {
                let label = block.labels.first().map(|label| Json::from(&**label));
                let kinds = spec.value.as_array().map_or(&[][..], Vec::as_slice);
                return label.is_some_and(|label| kinds.contains(&label));
            }
            Action::Not => return inner.first().is_some_and(|spec| !self.holds(block, spec)),
            // All are asked, for what they keep in variables.
            Action::And => {
                let held = inner.iter().map(|spec| self.holds(block, spec));
                return held.fold(!inner.is_empty(), |all, one| all && one);
            }
            Action::Or => return inner.iter().any(|spec| self.holds(block, spec)),
            Action::RequiresPresence => {
                !self.judge.resources(self.instance.module, &spec.name).is_empty()
            }
            Action::IsPresent => is_there(block, &spec.name) || spec.ignore_undefined,
            Action::NotPresent => !is_there(block, &spec.name),
            action => self.attribute_holds(block, spec, action),
        };
        if !spec.assign_variable.is_empty() {
            let text = block.attributes.get(&spec.name).and_then(|it| it.value.as_str());
            self.variables.insert(&spec.assign_variable, text.unwrap_or_default().to_owned());
        }
        held && self.all_below(block, spec) && self.one_below(block, spec)
    }

    fn attribute_holds(&self, block: &Block, spec: &Spec, action: Action) -> bool {
        let attribute = block.attributes.get(&spec.name);
        match (attribute, action) {
            (Some(it), _) => {
                value::holds(action, &it.value, &self.wanted(spec), &self.judge.expressions)
            }
            (None, Action::IsEmpty) => {
                let inner = block.blocks.iter().find(|inner| *inner.kind == *spec.name);
                inner.is_none_or(|inner| inner.attributes.is_empty() && inner.blocks.is_empty())
            }
            (None, Action::IsAny) => false,
            (None, _) => spec.ignore_undefined,
        }
    }

    /// The value of a check, with the variables in it.
    fn wanted(&self, spec: &Spec) -> Json {
        match (&spec.value, &*VARIABLE) {
            (Json::String(text), Some(variable)) if text.contains("TFSEC_VAR_") => {
                let value = |found: &regex::Captures| {
                    self.variables.get(&found[0]).cloned().unwrap_or_default()
                };
                Json::String(variable.replace_all(text, value).into_owned())
            }
            (value, _) => value.clone(),
        }
    }

    /// Tags of the block itself, or those that its provider gives to all.
    fn has_tag(&self, block: &Block, spec: &Spec) -> bool {
        let wanted = Json::String(value::shown(&spec.value));
        let has = |tags: Option<&Attribute>| {
            let expressions = &self.judge.expressions;
            tags.is_some_and(|it| value::contains(&it.value, &wanted, false, expressions))
        };
        if has(block.attributes.get("tags")) {
            return true;
        }
        let alias = block.attributes.get("provider").and_then(|it| match &it.value {
            Value::String(text) => Some(text.to_string()),
            Value::Unknown(Some(symbol)) => Some(symbol.address.to_string()),
            _ => None,
        });
        let alias = alias.as_deref().map(|alias| alias.strip_prefix("aws.").unwrap_or(alias));
        let providers = self.judge.project.instances.iter().filter(|instance| {
            let block = &instance.block;
            let own = block.attributes.get("alias").and_then(|it| it.value.as_str());
            instance.module == self.instance.module
                && &*block.kind == "provider"
                && block.labels.first().is_some_and(|label| &**label == "aws")
                && own == alias
        });
        providers
            .flat_map(|provider| &provider.block.blocks)
            .filter(|inner| &*inner.kind == "default_tags")
            .any(|defaults| has(defaults.attributes.get("tags")))
    }

    /// What `subMatch` and `subMatchOne` are asked of.
    fn below<'b>(&self, block: &'b Block, spec: &Spec) -> Vec<&'b Block>
    where
        'a: 'b,
    {
        match spec.action {
            Action::RequiresPresence => {
                self.judge.resources(self.instance.module, &spec.name).to_vec()
            }
            _ => block.blocks.iter().filter(|inner| *inner.kind == *spec.name).collect(),
        }
    }

    fn all_below(&mut self, block: &Block, spec: &'a Spec) -> bool {
        let Some(sub) = spec.sub_match.as_deref() else { return true };
        if spec.action != Action::RequiresPresence
            && let Some(attribute) = block.attributes.get(&spec.name)
            && !self.entry_holds(&attribute.value, sub)
        {
            return false;
        }
        self.below(block, spec).into_iter().all(|inner| self.holds(inner, sub))
    }

    fn one_below(&mut self, block: &Block, spec: &'a Spec) -> bool {
        let Some(sub) = spec.sub_match_one.as_deref() else { return true };
        let below = self.below(block, spec);
        below.into_iter().filter(|inner| self.holds(inner, sub)).take(2).count() == 1
    }

    /// Of an attribute that is a map.
    fn entry_holds(&self, map: &Value, spec: &Spec) -> bool {
        if !spec.pre_conditions.iter().all(|condition| self.entry_holds(map, condition)) {
            return true;
        }
        let inner = &spec.predicate_match_spec;
        let expressions = &self.judge.expressions;
        let has = || value::contains(map, &Json::from(&*spec.name), false, expressions);
        match spec.action {
            Action::Not => inner.first().is_some_and(|spec| !self.entry_holds(map, spec)),
            Action::And => !inner.is_empty() && inner.iter().all(|it| self.entry_holds(map, it)),
            Action::Or => inner.iter().any(|spec| self.entry_holds(map, spec)),
            Action::IsPresent => has() || spec.ignore_undefined,
            Action::NotPresent => !has(),
            action => {
                let entry = match map {
                    Value::Map(entries) => entries.get(&*spec.name),
                    _ => None,
                };
                match entry.filter(|entry| **entry != Value::Null) {
                    Some(entry) => {
                        value::entry_holds(action, entry, &self.wanted(spec), expressions)
                    }
                    None => spec.ignore_undefined,
                }
            }
        }
    }
}

fn is_there(block: &Block, name: &str) -> bool {
    block.attributes.get(name).is_some() || block.blocks.iter().any(|inner| *inner.kind == *name)
}
