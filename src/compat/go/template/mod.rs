//! Reports by a template of Go's `text/template`, with the functions of sprig that reports use:
//! `parse` reads the template, `run` writes what it says, `functions` are what it can call. Neither
//! the environment nor files nor the network can be reached, and what is written is bounded.

mod functions;
mod parse;
mod run;
mod value;

pub use value::{Record, Value};

use crate::compat::go::reason;
use parse::Node;
use std::collections::HashMap;
use std::fs;

/// The largest template, in bytes.
const LARGEST: u64 = 1 << 20;

/// A template.
#[derive(Debug)]
pub struct Template {
    nodes: Vec<Node>,
    /// What `define` and `block` name.
    named: HashMap<String, Vec<Node>>,
}

impl Template {
    /// Reads the template in a file; `more` are the functions that the tool adds.
    ///
    /// # Errors
    /// There is none, or it is none.
    pub fn read(path: &str, more: &[&str]) -> Result<Template, String> {
        if path.is_empty() {
            return Err("template path cannot be empty".to_owned());
        }
        let unread = |error| format!("error reading file: open {path}: {}", reason(&error));
        if fs::metadata(path).map_err(unread)?.len() > LARGEST {
            return Err(format!("error reading file: {path} is larger than 1 MiB"));
        }
        let text = fs::read(path).map_err(unread)?;
        Template::parse(&String::from_utf8_lossy(&text), more)
            .map_err(|why| format!("error parsing file: template: custom:{why}"))
    }

    /// Reads a template; `more` are the functions that the tool adds.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str, more: &[&str]) -> Result<Template, String> {
        let (nodes, named) = parse::parse(text, more)?;
        Ok(Template { nodes, named })
    }

    /// What it says about something.
    ///
    /// # Errors
    /// It asks for what is not there, or says more than the bound.
    pub fn render(&self, data: Value) -> Result<String, String> {
        run::run(&self.nodes, &self.named, data).map_err(|why| format!("template: custom: {why}"))
    }
}
