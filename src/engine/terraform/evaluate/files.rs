//! The files that functions of a configuration read: those of the tree, by paths from the root
//! module, which is where Terraform runs.

use super::super::functions::{Files, Variables, Wrong, to_text};
use super::super::syntax;
use super::super::value::Value;
use super::interpret::Interpreter;
use super::limits::TEXT;
use super::module::Here;
use super::tree::join;
use super::world::{Rendering, World};
use std::sync::Arc;

/// The files as an expression sees them.
pub struct Near<'n, 'e, 't> {
    pub here: &'n Here<'e, 't>,
}

impl Near<'_, '_, '_> {
    fn path(&self, path: &str) -> Option<String> {
        if path.starts_with('/') {
            return None;
        }
        join(&self.here.evaluator.root.folder, path)
    }
}

impl Files for Near<'_, '_, '_> {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        self.here.evaluator.files.read(&self.path(path)?)
    }

    fn exists(&self, path: &str) -> bool {
        self.path(path).is_some_and(|path| self.here.evaluator.files.exists(&path))
    }

    fn glob(&self, folder: &str, pattern: &str) -> Vec<String> {
        let folder = self.path(folder);
        folder.map(|folder| self.here.evaluator.files.glob(&folder, pattern)).unwrap_or_default()
    }

    fn render(&self, template: &str, variables: &Variables) -> Result<Value, Wrong> {
        let failed = |reason: String| Wrong::Failed { function: "templatefile", reason };
        if template.len() > TEXT {
            return Err(Wrong::TooLarge);
        }
        let template = syntax::template(0, template).map_err(|why| failed(why.message))?;
        let world = Rendering { names: variables, world: self.here as &dyn World };
        match Interpreter::new(&world).value(&template, None) {
            known @ (Value::String(_) | Value::Unknown(_)) => Ok(known),
            other => match to_text(&other) {
                Some(text) => Ok(Value::String(text)),
                None => Err(failed("the template gives no text".to_owned())),
            },
        }
    }
}
