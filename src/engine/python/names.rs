//! What a name means where it stands: the imports so far, in the order in which Python would run
//! them. Only the root of a dotted name can be an alias, and a later import of a name wins.

use ruff_python_ast::{Expr, StmtImport, StmtImportFrom};
use std::collections::HashMap;

/// Modules that a check asks for: it fires only in a file that imports them.
#[derive(Clone, Copy)]
pub enum Module {
    Datasets,
    DjangoModels,
    DjangoSafestring,
    Flask,
    HuggingfaceHub,
    Paramiko,
    Tarfile,
    Torch,
    Transformers,
    Yaml,
}

/// The modules by name, and whether the name may stand anywhere in an imported one (`flask` in
/// `flask_login`) or has to be the whole of it.
const WATCHED: &[(Module, &str, bool)] = &[
    (Module::Datasets, "datasets", true),
    (Module::DjangoModels, "django.db.models", true),
    (Module::DjangoSafestring, "django.utils.safestring", true),
    (Module::Flask, "flask", true),
    (Module::HuggingfaceHub, "huggingface_hub", true),
    (Module::Paramiko, "paramiko", true),
    (Module::Tarfile, "tarfile", false),
    (Module::Torch, "torch", false),
    (Module::Transformers, "transformers", true),
    (Module::Yaml, "yaml", false),
];

/// What a name stands for: `module.name`, or just `name`.
#[derive(Clone, Copy)]
struct Target<'a> {
    module: Option<&'a str>,
    name: &'a str,
}

/// The imports seen so far.
#[derive(Default)]
pub struct Imports<'a> {
    aliases: HashMap<&'a str, Target<'a>>,
    /// A bit for each watched module.
    seen: u16,
    /// The last imported name in full; kept for its memory.
    full: String,
}

impl<'a> Imports<'a> {
    /// `import a.b` and `import a.b as c`.
    pub fn import(&mut self, statement: &'a StmtImport) {
        for alias in &statement.names {
            self.add(None, &alias.name, alias.asname.as_deref());
        }
    }

    /// `from a import b`. What a relative import without a module brings in has its bare name.
    pub fn import_from(&mut self, statement: &'a StmtImportFrom) {
        let module = statement.module.as_deref();
        for alias in &statement.names {
            let name = module.map(|_| alias.name.as_str());
            self.add(module, &alias.name, alias.asname.as_deref().or(name));
        }
    }

    fn add(&mut self, module: Option<&'a str>, name: &'a str, known_as: Option<&'a str>) {
        if let Some(known_as) = known_as {
            self.aliases.insert(known_as, Target { module, name });
        }
        self.full.clear();
        if let Some(module) = module {
            self.full.push_str(module);
            self.full.push('.');
        }
        self.full.push_str(name);
        for &(watched, name, anywhere) in WATCHED {
            if if anywhere { self.full.contains(name) } else { self.full == name } {
                self.seen |= 1 << watched as u16;
            }
        }
    }

    /// Whether an import of the module was seen.
    pub fn has(&self, module: Module) -> bool {
        self.seen & (1 << module as u16) != 0
    }

    /// The last part of a called name, empty where what is called has no name.
    pub fn last_part(&self, called: &'a Expr) -> &'a str {
        match called {
            Expr::Attribute(attribute) => &attribute.attr,
            Expr::Name(name) => match self.aliases.get(name.id.as_str()) {
                Some(Target { name, .. }) => name.rsplit('.').next().unwrap_or(name),
                None => &name.id,
            },
            _ => "",
        }
    }

    /// Writes the whole of a called name. A root without a name leaves a leading dot: `.read`.
    pub fn qualify(&self, called: &Expr, into: &mut String) {
        into.clear();
        let mut parts = Vec::new();
        let mut at = called;
        while let Expr::Attribute(attribute) = at {
            parts.push(attribute.attr.as_str());
            at = &attribute.value;
        }
        if let Expr::Name(root) = at {
            match self.aliases.get(root.id.as_str()) {
                Some(Target { module, name }) => {
                    if let Some(module) = module {
                        into.push_str(module);
                        into.push('.');
                    }
                    into.push_str(name);
                }
                None => into.push_str(&root.id),
            }
        }
        for part in parts.iter().rev() {
            into.push('.');
            into.push_str(part);
        }
    }
}
