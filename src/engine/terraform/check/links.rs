//! Which blocks refer to which resource.

use super::kind_of;
use crate::engine::terraform::Instance;
use crate::engine::terraform::Project;
use crate::engine::terraform::{CLOSE, OPEN, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Attributes that name a resource where another has its name in a text.
const NAMES: [&str; 6] = ["name", "bucket", "id", "identifier", "project_id", "BucketName"];

/// By what a resource is referred to: its address, or a text that is its name.
type ByTarget = HashMap<Arc<str>, Vec<u32>>;

/// What refers, and to which: kind, attribute, kind of the target.
type Relation = (String, String, String);

/// The blocks below a root by what they refer to; each kind of link is made when it is first asked
/// for.
pub struct Links<'a> {
    project: &'a Project,
    own: &'a [u32],
    /// The instances by what conditions go by.
    by_kind: HashMap<String, Vec<u32>>,
    made: Mutex<HashMap<(String, String), Arc<ByTarget>>>,
    /// For each relation that was asked for, the first target of each instance.
    targets: Mutex<HashMap<Relation, HashMap<u32, u32>>>,
    /// The instances by their addresses, the first also by the address that it shares.
    by_address: OnceLock<HashMap<Arc<str>, u32>>,
    /// The last instance of each kind in each module, in tfsec's order.
    last: OnceLock<HashMap<(u32, String), u32>>,
}

impl<'a> Links<'a> {
    /// `own` are the instances below the root.
    pub fn new(project: &'a Project, own: &'a [u32]) -> Links<'a> {
        let mut by_kind: HashMap<String, Vec<u32>> = HashMap::new();
        for &index in own {
            let instance = &project.instances[index as usize];
            by_kind.entry(kind_of(instance).into_owned()).or_default().push(index);
        }
        let (made, targets, by_address, last) = Default::default();
        Links { project, own, by_kind, made, targets, by_address, last }
    }

    /// All instances of a kind.
    pub fn all(&self, kind: &str) -> &[u32] {
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The instances of a kind whose attribute refers to an instance.
    pub fn to(&self, target: &Instance, kind: &str, attribute: &str) -> Vec<u32> {
        if self.all(kind).is_empty() {
            return Vec::new();
        }
        let by_target = self.made(kind, attribute);
        let mut found: Vec<u32> = names(target, attribute)
            .filter_map(|name| by_target.get(name))
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The first instance of a kind that an attribute of an instance refers to.
    pub fn from(&self, index: u32, attribute: &str, kind: &str) -> Option<u32> {
        let own = kind_of(&self.project.instances[index as usize]);
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        let relation = (own.clone().into_owned(), attribute.to_owned(), kind.to_owned());
        let targets = targets.entry(relation).or_insert_with(|| {
            let mut targets = HashMap::new();
            for &target in self.all(kind) {
                let instance = &self.project.instances[target as usize];
                for source in self.to(instance, &own, attribute) {
                    targets.entry(source).or_insert(target);
                }
            }
            targets
        });
        targets.get(&index).copied()
    }

    /// The instance that a value is an attribute of.
    pub fn target(&self, value: &Value) -> Option<u32> {
        let address = match value {
            Value::Unknown(Some(symbol)) => &*symbol.address,
            Value::String(text) => {
                let name = text.strip_prefix(OPEN)?.strip_suffix(CLOSE)?;
                name.rsplit_once('.').map_or(name, |(address, _)| address)
            }
            _ => return None,
        };
        self.at(address)
    }

    /// The instance of an address, the first where it is that of several.
    pub fn at(&self, address: &str) -> Option<u32> {
        self.by_address().get(address).copied()
    }

    /// The last instance of a kind in a module, in tfsec's order.
    pub fn last(&self, module: u32, kind: &str) -> Option<u32> {
        let last = self.last.get_or_init(|| {
            let mut last = HashMap::new();
            let order = |index: u32| tfsec_order(&self.project.instances[index as usize]);
            for &index in self.own {
                let instance = &self.project.instances[index as usize];
                let last = last.entry((instance.module, kind_of(instance).into_owned()));
                let last = last.or_insert(index);
                if order(*last) <= order(index) {
                    *last = index;
                }
            }
            last
        });
        last.get(&(module, kind.to_owned())).copied()
    }

    fn by_address(&self) -> &HashMap<Arc<str>, u32> {
        self.by_address.get_or_init(|| {
            let mut by_address = HashMap::new();
            for &index in self.own {
                let instance = &self.project.instances[index as usize];
                by_address.insert(instance.address.clone(), index);
                if let Some(shared) = shared_address(&instance.address) {
                    by_address.entry(shared.into()).or_insert(index);
                }
            }
            by_address
        })
    }

    fn made(&self, kind: &str, attribute: &str) -> Arc<ByTarget> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let links = made.entry((kind.to_owned(), attribute.to_owned())).or_insert_with(|| {
            let mut by_target = ByTarget::new();
            for &index in self.all(kind) {
                let block = &self.project.instances[index as usize].block;
                if let Some(attribute) = block.attributes.get(attribute) {
                    targets(&attribute.value, &mut |target| {
                        by_target.entry(target).or_default().push(index);
                    });
                }
            }
            Arc::new(by_target)
        });
        links.clone()
    }
}

/// What an instance is referred to by: its address, that of all its siblings, its own name.
fn names<'a>(instance: &'a Instance, attribute: &'a str) -> impl Iterator<Item = &'a str> {
    let address = &*instance.address;
    let siblings = shared_address(address);
    let own = std::iter::once(attribute).chain(NAMES.into_iter().filter(move |n| *n != attribute));
    let own = own.filter_map(|name| instance.block.attributes.get(name)?.value.as_str());
    std::iter::once(address).chain(siblings).chain(own.filter(|name| !name.is_empty()))
}

/// The address of all instances of a resource, from that of one.
fn shared_address(address: &str) -> Option<&str> {
    address.ends_with(']').then(|| address.rfind('[').map(|at| &address[..at])).flatten()
}

/// By what tfsec orders the blocks of a project: their module, then those that are made several
/// times after the others, then their names.
pub fn tfsec_order(instance: &Instance) -> (u32, bool, &str) {
    let shared = shared_address(&instance.address);
    (instance.module, shared.is_some(), shared.unwrap_or(&instance.address))
}

/// What a value refers to.
fn targets(value: &Value, each: &mut dyn FnMut(Arc<str>)) {
    match value {
        Value::Unknown(Some(symbol)) => each(symbol.address.clone()),
        Value::String(text) => {
            each(text.clone());
            for name in text.split(OPEN).skip(1).filter_map(|rest| rest.split(CLOSE).next()) {
                each(name.rsplit_once('.').map_or(name, |(address, _)| address).into());
            }
        }
        Value::List(values) => values.iter().for_each(|value| targets(value, each)),
        _ => {}
    }
}
