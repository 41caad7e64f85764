//! What a root module is given: the values of its variables and its downloaded modules.

use super::super::project::{Settings, Source};
use super::super::syntax::{self, Attribute, Expr};
use super::super::value::Value;
use super::tree::{Tree, join, split};
use std::collections::HashMap;
use std::ops::Bound;
use std::sync::Arc;

/// A root.
#[derive(Debug)]
pub struct Root {
    pub folder: Arc<str>,
    pub given: HashMap<Arc<str>, Given>,
    /// The folders of downloaded modules, by the names of the calls that lead there: `network.dns`.
    pub downloaded: HashMap<Arc<str>, Arc<str>>,
}

/// The value of a variable and who gives it.
#[derive(Debug, Clone)]
pub enum Given {
    /// A file of variables.
    File(Attribute),
    /// `TF_VAR_…`: a text, which is an expression where the variable is a list or map.
    Environment { text: Arc<str>, expression: Option<Arc<Expr>> },
}

impl Root {
    /// What the folder is given, the stronger after the weaker: the environment,
    /// `terraform.tfvars`, `*.auto.tfvars` by name, and what the command line names.
    pub fn new(
        tree: &Tree,
        folder: Arc<str>,
        manifests: &HashMap<String, &Source>,
        settings: &Settings,
    ) -> Root {
        let mut given = HashMap::new();
        for (name, text) in &settings.environment {
            if let Some(name) = name.strip_prefix("TF_VAR_") {
                let expression = syntax::hcl_expression(text).ok().map(Arc::new);
                let text = text.as_str().into();
                given.insert(name.into(), Given::Environment { text, expression });
            }
        }
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let near =
            tree.variables.range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded));
        let mut own: Vec<(u8, &Arc<str>)> = near
            .map(|(path, _)| path)
            .take_while(|path| path.starts_with(&prefix))
            .filter(|path| split(path).0 == &*folder)
            .filter(|_| settings.automatic_tfvars)
            .filter_map(|path| Some((rank(split(path).1)?, path)))
            .collect();
        own.sort();
        for path in own.into_iter().map(|(_, path)| path).chain(&settings.tfvars) {
            for attribute in tree.variables.get(path).into_iter().flatten() {
                given.insert(attribute.name.clone(), Given::File(attribute.clone()));
            }
        }
        let manifest = manifests.get(&*folder);
        let downloaded = manifest.map(|source| downloaded(&folder, source)).unwrap_or_default();
        Root { folder, given, downloaded }
    }
}

impl Given {
    /// The line of the file that gives it.
    pub fn attribute(&self) -> Option<&Attribute> {
        match self {
            Given::File(attribute) => Some(attribute),
            Given::Environment { .. } => None,
        }
    }

    /// The expression of the value; of the environment where the variable is a list or map.
    pub fn expression(&self, compound: bool) -> Result<&Arc<Expr>, Value> {
        match self {
            Given::File(attribute) => Ok(&attribute.expression),
            Given::Environment { expression: Some(expression), .. } if compound => Ok(expression),
            Given::Environment { text, .. } => Err(Value::String(text.clone())),
        }
    }
}

/// Files that Terraform reads by itself, in the order in which it does.
fn rank(name: &str) -> Option<u8> {
    match name {
        "terraform.tfvars" => Some(0),
        "terraform.tfvars.json" => Some(1),
        _ if name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json") => Some(2),
        _ => None,
    }
}

/// What `terraform init` has written about the modules that it downloaded.
fn downloaded(folder: &str, manifest: &Source) -> HashMap<Arc<str>, Arc<str>> {
    let mut found = HashMap::new();
    let Ok(text) = std::str::from_utf8(&manifest.bytes) else { return found };
    let Ok(manifest) = syntax::json(text) else { return found };
    for module in manifest.get("Modules").map(syntax::Node::elements).unwrap_or_default() {
        let text = |name: &str| module.get(name).and_then(syntax::Node::text);
        if let (Some(key), Some(dir)) = (text("Key"), text("Dir"))
            && let Some(dir) = join(folder, dir)
        {
            found.insert(key.clone(), dir.into());
        }
    }
    found
}
