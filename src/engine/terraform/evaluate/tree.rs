//! The files of a tree, parsed, by folder.

use super::super::project::{Kind, Roots, Settings, Source, Trouble};
use super::super::syntax::{self, Attribute, Body, Malformed, Node};
use super::folder::Folder;
use super::parallel;
use super::root::Root;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Bytes of a file of HCL; its syntax tree takes some fifty times as much memory.
const HCL_BYTES: usize = 4 << 20;
/// Bytes of a file of JSON.
const JSON_BYTES: usize = 16 << 20;

/// The parsed files of a tree.
#[derive(Debug, Default)]
pub struct Tree {
    pub folders: HashMap<Arc<str>, Folder>,
    /// Files of variables, by path.
    pub variables: BTreeMap<Arc<str>, Vec<Attribute>>,
    /// Output of `terraform show -json`, by the index of the file.
    pub plans: Vec<(u32, Node)>,
    pub roots: Vec<Root>,
    pub troubles: Vec<Trouble>,
}

enum Parsed {
    Configuration(Body),
    Variables(Vec<Attribute>),
    Plan(Node),
    Trouble(Trouble),
    Nothing,
}

enum Format {
    Hcl,
    Json,
}

impl Tree {
    /// Parses what of the sources is Terraform's.
    pub fn read(sources: &[Source], settings: &Settings) -> Tree {
        let numbered: Vec<(u32, &Source)> = (0..).zip(sources).collect();
        let parsed = parallel::map(&numbered, |(file, source)| parse(*file, source, settings));
        let mut tree = Tree::default();
        let mut bodies: BTreeMap<Arc<str>, Vec<(Arc<str>, Body)>> = BTreeMap::new();
        for ((file, source), parsed) in numbered.iter().zip(parsed) {
            let path = source.path.clone();
            match parsed {
                Parsed::Configuration(body) => {
                    let (folder, name) = split(&path);
                    bodies.entry(folder.into()).or_default().push((name.into(), body));
                }
                Parsed::Variables(variables) => drop(tree.variables.insert(path, variables)),
                Parsed::Plan(plan) => tree.plans.push((*file, plan)),
                Parsed::Trouble(trouble) => tree.troubles.push(trouble),
                Parsed::Nothing => {}
            }
        }
        let names: BTreeSet<Arc<str>> = bodies.keys().cloned().collect();
        for (path, files) in bodies {
            tree.folders.insert(path.clone(), folder(path, files));
        }
        let manifests = sources.iter().filter_map(|source| {
            let folder = source.path.strip_suffix(".terraform/modules/modules.json")?;
            Some((folder.trim_end_matches('/').to_owned(), source))
        });
        let manifests = manifests.collect();
        tree.roots = tree
            .root_folders(&names, sources, settings)
            .into_iter()
            .map(|folder| Root::new(&tree, folder, &manifests, settings))
            .collect();
        tree
    }

    fn root_folders(
        &self,
        names: &BTreeSet<Arc<str>>,
        sources: &[Source],
        settings: &Settings,
    ) -> Vec<Arc<str>> {
        let downloaded = |path: &str| path.split('/').any(|part| part == ".terraform");
        let all = names.iter().filter(|path| !downloaded(path));
        if !settings.given_roots.is_empty() {
            return names.iter().filter(|it| settings.given_roots.contains(it)).cloned().collect();
        }
        if settings.all_folders {
            return all.cloned().collect();
        }
        match settings.roots {
            Roots::NotCalled => {
                let called: HashSet<String> =
                    all.clone().flat_map(|path| self.called_by(path)).collect();
                let (roots, rest): (Vec<_>, Vec<_>) =
                    all.cloned().partition(|path| !called.contains(&**path));
                self.with_cycles(roots, rest)
            }
            Roots::TopMost => {
                let holders: BTreeSet<&str> = sources
                    .iter()
                    .filter(|source| {
                        source.path.ends_with(".tf") || source.path.ends_with(".tf.json")
                    })
                    .map(|source| split(&source.path).0)
                    .collect();
                let depth = |path: &str| match path {
                    "" => 0,
                    _ => path.matches('/').count() + 1,
                };
                let top = holders.iter().map(|path| depth(path)).min();
                names
                    .iter()
                    .filter(|path| holders.contains(&***path) && Some(depth(path)) == top)
                    .cloned()
                    .collect()
            }
        }
    }

    /// The roots, and of the rest one of each circle of modules that no root leads to.
    fn with_cycles(&self, mut roots: Vec<Arc<str>>, rest: Vec<Arc<str>>) -> Vec<Arc<str>> {
        let mut seen: HashSet<String> = HashSet::new();
        let reach = |from: &str, seen: &mut HashSet<String>| {
            let mut open = vec![from.to_owned()];
            while let Some(path) = open.pop() {
                if seen.insert(path.clone()) {
                    open.extend(self.called_by(&path));
                }
            }
        };
        roots.iter().for_each(|root| reach(root, &mut seen));
        for path in rest {
            if !seen.contains(&*path) {
                reach(&path, &mut seen);
                roots.push(path);
            }
        }
        roots
    }

    /// The folders of the tree that a folder calls as modules; one that calls itself does not count.
    fn called_by(&self, path: &str) -> Vec<String> {
        let Some(folder) = self.folders.get(path) else { return Vec::new() };
        let sources = folder.calls.all.iter().filter_map(|call| call.source.as_deref());
        sources
            .filter(|source| is_local(source))
            .filter_map(|source| join(path, source))
            .filter(|called| called != path)
            .collect()
    }
}

/// Whether a module's source is a path.
pub fn is_local(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../") || source == "." || source == ".."
}

/// A path relative to a folder of the tree, as a path of the tree; `None` where it leads out.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder and the name of a path.
pub fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn parse(file: u32, source: &Source, settings: &Settings) -> Parsed {
    let (_, name) = split(&source.path);
    if name.starts_with('.') || name.ends_with('~') {
        return Parsed::Nothing;
    }
    if let Some(format) = configuration(name) {
        return text(source, &format, |text| match format {
            Format::Hcl => syntax::hcl_body(file, text),
            Format::Json => syntax::json_body(file, text),
        })
        .map_or_else(Parsed::Trouble, Parsed::Configuration);
    }
    let chosen = settings.tfvars.contains(&source.path);
    if name.ends_with(".tfvars") || (chosen && !name.ends_with(".json")) {
        let body = text(source, &Format::Hcl, |text| syntax::hcl_body(file, text));
        return body.map_or_else(Parsed::Trouble, |body| Parsed::Variables(body.attributes));
    }
    if name.ends_with(".tfvars.json") || chosen {
        let attributes = text(source, &Format::Json, |text| syntax::json_variables(file, text));
        return attributes.map_or_else(Parsed::Trouble, Parsed::Variables);
    }
    if name.ends_with(".json") && holds(&source.bytes, b"\"planned_values\"") {
        return match text(source, &Format::Json, syntax::json) {
            Ok(node) if node.get("format_version").is_some() => Parsed::Plan(node),
            Ok(_) => Parsed::Nothing,
            Err(trouble) => Parsed::Trouble(trouble),
        };
    }
    Parsed::Nothing
}

/// Whether the file at a path says anything of a configuration: a part of it, values of variables, a
/// plan.
pub fn is_configuration(path: &str) -> bool {
    let (_, name) = split(path);
    let is_variables = name.ends_with(".tfvars") || name.ends_with(".tfvars.json");
    let is_plan = name.ends_with(".json") && (name.contains("plan") || name == "modules.json");
    !name.starts_with('.') && (configuration(name).is_some() || is_variables || is_plan)
}

fn configuration(name: &str) -> Option<Format> {
    if name.ends_with(".tf") || name.ends_with(".tofu") {
        Some(Format::Hcl)
    } else if name.ends_with(".tf.json") || name.ends_with(".tofu.json") {
        Some(Format::Json)
    } else {
        None
    }
}

fn text<T>(
    source: &Source,
    format: &Format,
    read: impl FnOnce(&str) -> Result<T, Malformed>,
) -> Result<T, Trouble> {
    let trouble = |line: Option<u32>, kind: Kind, message: String| Trouble {
        file: source.path.clone(),
        line,
        message,
        kind,
    };
    let (limit, name) = match format {
        Format::Hcl => (HCL_BYTES, "HCL"),
        Format::Json => (JSON_BYTES, "JSON"),
    };
    if source.bytes.len() > limit {
        let message = format!("more than {} MB of {name} are not read", limit >> 20);
        return Err(trouble(None, Kind::Limit, message));
    }
    let Ok(text) = std::str::from_utf8(&source.bytes) else {
        return Err(trouble(None, Kind::Syntax, "the file is not UTF-8".to_owned()));
    };
    // A byte order mark becomes as many spaces, so that all stays in its place.
    let result = match text.strip_prefix('\u{FEFF}') {
        Some(rest) => read(&format!("   {rest}")),
        None => read(text),
    };
    result.map_err(|malformed| trouble(Some(malformed.line), Kind::Syntax, malformed.message))
}

/// The configuration of a folder; OpenTofu's file takes the place of Terraform's of the same name.
fn folder(path: Arc<str>, mut files: Vec<(Arc<str>, Body)>) -> Folder {
    files.sort_by(|a, b| a.0.cmp(&b.0));
    let names: HashSet<Arc<str>> = files.iter().map(|(name, _)| name.clone()).collect();
    files.retain(|(name, _)| {
        let tofu = name
            .strip_suffix(".tf")
            .map(|stem| format!("{stem}.tofu"))
            .or_else(|| name.strip_suffix(".tf.json").map(|stem| format!("{stem}.tofu.json")));
        tofu.is_none_or(|tofu| !names.contains(&*tofu))
    });
    let (overrides, plain): (Vec<_>, Vec<_>) = files.into_iter().partition(|(name, _)| {
        let stem = name.split('.').next().unwrap_or_default();
        stem == "override" || stem.ends_with("_override")
    });
    let bodies = |files: Vec<(Arc<str>, Body)>| files.into_iter().map(|(_, body)| body).collect();
    Folder::new(path, bodies(plain), bodies(overrides))
}

fn holds(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}
