//! Dockerfiles: what builds an image, and what the image then is.
//!
//! `parse` reads the instructions by BuildKit's rules, `scope` knows the variables where each of
//! them stands, `engine::shell` takes the scripts of `RUN` apart; `view` puts that together, and the
//! checks in `rules` are asked of it.

mod instruction;
mod parse;
mod quoted;
mod rules;
mod scope;
#[cfg(test)]
mod tests;
mod view;

use super::shell::{self, text};
use super::{Engine, Hit, HitAnchor, Seen, of_natives};
use crate::finding::{Notification, Trouble};
use crate::rule::Rule;
use crate::target::SourceFile;
use rules::{CHECKS, Check, Fault};
use std::borrow::Cow;
use std::sync::LazyLock;
use view::View;

/// The folder below `rules/`, and the name on the command line.
pub const NAME: &str = "docker";
/// What is longer is data, not instructions; in bytes.
const LARGEST: usize = 1 << 20;
/// Endings behind `Dockerfile` of what is no Dockerfile: another format, or one yet to be made.
const OTHERS: &[&str] =
    &["dockerignore", "erb", "j2", "jinja", "jinja2", "md", "mustache", "tmpl", "tpl"];

static RULES: LazyLock<Vec<(&Rule, Check)>> = LazyLock::new(|| of_natives(NAME, CHECKS));

/// The engine.
pub struct Docker;

impl Engine for Docker {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, file: &SourceFile) -> bool {
        is_dockerfile(&file.path)
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        let mut seen = Seen::default();
        if file.bytes().len() > LARGEST {
            let why = format!("is not read: over {} MiB of instructions", LARGEST >> 20);
            seen.notifications.push(notification(file, Trouble::OverLimit, why));
            return seen;
        }
        let parsed = parse::parse(file.text());
        if let Some((at, why)) = parsed.trouble {
            let line = file.lines().line(at);
            let why = format!("line {line}: {why}; the rest of the file is scanned");
            seen.notifications.push(notification(file, Trouble::Unparsed, why));
        }
        if parsed.instructions.is_empty() {
            return seen;
        }
        let view = View::new(&parsed, file.text());
        for (rule, check) in RULES.iter() {
            for fault in check(&view) {
                seen.masks.extend(fault.secret.clone());
                seen.hits.push(hit(rule, fault, &view));
            }
        }
        seen
    }
}

/// The names of all checks, which `match.native` of a rule chooses from.
pub fn natives() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|(name, _)| *name)
}

/// The ids of the rules whose findings a machine may be able to mend.
pub fn fixable() -> impl Iterator<Item = &'static str> {
    ["DS-0005", "DS-0011", "DS-0021", "DS-0022", "DS-0025", "DS-0029"].into_iter()
}

/// Whether the file at a path is a Dockerfile: `Dockerfile`, `Dockerfile.prod`, `api.Dockerfile`,
/// and the same for `Containerfile`.
pub fn is_dockerfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    ["Dockerfile", "Containerfile"].iter().any(|known| match name.strip_prefix(known) {
        Some(rest) => {
            let ending = rest.rsplit('.').next().unwrap_or_default();
            rest.is_empty() || rest.starts_with('.') && !OTHERS.contains(&ending)
        }
        None => name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case(known)),
    })
}

fn hit(rule: &'static Rule, fault: Fault, view: &View) -> Hit {
    let stage = view.stage_name(fault.range.start);
    let anchor = match fault.about {
        None => HitAnchor::Code { scope: stage.into() },
        Some(about) => HitAnchor::Resource { address: stage.into(), attribute: about.into() },
    };
    Hit {
        matched: fault.matched,
        message: fault.message.map_or(Cow::Borrowed(rule.title), Cow::Owned),
        confidence: fault.confidence.unwrap_or(rule.confidence),
        fix: fault.fix,
        ..Hit::new(rule, fault.range, anchor)
    }
}

fn notification(file: &SourceFile, trouble: Trouble, message: String) -> Notification {
    let engine = Some(NAME.into());
    Notification { path: file.path.clone(), engine, trouble, message: message.into() }
}
