//! What goes into an evaluation and what comes out of it.

use super::block::{Instance, Module, Place};
use super::evaluate::Tree;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// A file of the tree.
#[derive(Debug, Clone)]
pub struct Source {
    /// Relative to the tree, `/`-separated.
    pub path: Arc<str>,
    pub bytes: Arc<[u8]>,
}

/// How a tree is evaluated.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Files of variables that the command line names, the later before the earlier; they are among
    /// the sources. They hold for every root.
    pub tfvars: Vec<Arc<str>>,
    /// `terraform.workspace`.
    pub workspace: String,
    /// The environment, of which `TF_VAR_…` matter.
    pub environment: Vec<(String, String)>,
    /// Every folder that holds a configuration is a root.
    pub all_folders: bool,
    /// The folders that are roots, where who asks has looked for them; none where they are to be
    /// found.
    pub given_roots: Vec<Arc<str>>,
    /// Which folders are roots otherwise.
    pub roots: Roots,
    /// Whether `terraform.tfvars` and `*.auto.tfvars` beside a root are read.
    pub automatic_tfvars: bool,
    /// Whether the blocks of modules that `terraform init` downloaded are among the instances. What
    /// such a module gives is known either way.
    pub downloaded_modules: bool,
    /// Whether one instance, or one block of `dynamic`, stands for those of a `for_each` that is
    /// not known. tfsec has none then.
    pub unknown_each: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            tfvars: Vec::new(),
            workspace: "default".to_owned(),
            environment: Vec::new(),
            all_folders: false,
            given_roots: Vec::new(),
            roots: Roots::NotCalled,
            automatic_tfvars: true,
            downloaded_modules: true,
            unknown_each: true,
        }
    }
}

/// Which folders are evaluated for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roots {
    /// Every folder with a configuration that no other calls as a module.
    NotCalled,
    /// The folders with a configuration that are nearest to the top, and none that are deeper than
    /// these.
    TopMost,
}

/// An evaluated tree.
#[derive(Debug)]
pub struct Project {
    /// The sources, in their order.
    pub files: Vec<Source>,
    pub modules: Vec<Module>,
    pub instances: Vec<Instance>,
    pub troubles: Vec<Trouble>,
    pub(super) tree: Tree,
    /// The first module of each call, for `origin`.
    pub(super) called: OnceLock<HashMap<(u32, Place), u32>>,
}

impl Project {
    /// The root that a module is called from, at however many removes; a root is its own.
    pub fn root(&self, module: u32) -> u32 {
        let mut root = module;
        while let Some((caller, _)) = self.modules[root as usize].call {
            root = caller;
        }
        root
    }

    /// Instances of another language, all of one module at the top of the tree.
    pub fn of(files: Vec<Source>, instances: Vec<Instance>) -> Project {
        let root = Module { address: "".into(), folder: "".into(), call: None };
        let (troubles, tree, called) = Default::default();
        Project { files, modules: vec![root], instances, troubles, tree, called }
    }
}

/// Something that could not be evaluated as it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trouble {
    pub file: Arc<str>,
    /// From 1.
    pub line: Option<u32>,
    pub message: String,
    pub kind: Kind,
}

/// What sort of trouble it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A file that is no HCL or JSON: nothing of it was evaluated.
    Syntax,
    /// A module that should be in the tree and is not: what it gives is unknown.
    Missing,
    /// A module that is elsewhere and was not downloaded: the same.
    Remote,
    /// Values or modules that need themselves.
    Cycle,
    /// More than is evaluated: the rest was left out.
    Limit,
    /// A configuration that Terraform refuses.
    Wrong,
}
