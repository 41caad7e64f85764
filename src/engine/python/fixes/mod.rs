//! The fixes: what a machine may change so that a finding about a call is gone, by rule. Each is
//! mechanical, leaves comments where they are, and is not offered where the source does not tell
//! that it is right: where arguments are splatted, where a name may be something else, and inside
//! an f-string, whose quotes it could break.
//!
//! A *safe* fix treats harmless input as before. The others are suggestions, which are made only
//! for the rule that somebody names: they switch something on that may be missed, or off that may
//! be needed, or say that all is well.

mod crypto;
mod edit;
mod files;
mod http;
mod loading;
mod network;
mod templates;
#[cfg(test)]
mod tests;

use super::args::Call;
use super::node::Node;
use super::scopes::{Bound, Level, Root, Scopes};
use crate::engine::HitFix;
use edit::Edits;
use ruff_python_ast::token::Tokens;
use ruff_python_ast::{Expr, Keyword};
use ruff_text_size::Ranged;
use std::cell::OnceCell;

/// A fix for a call that a rule holds something against.
type Propose = fn(&Site) -> Option<Proposal>;

/// Every rule with a fix.
const FIXES: &[(&str, Propose)] = &[
    ("B113", http::give_timeout),
    ("B201", http::stop_debugging),
    ("B202", files::filter_members),
    ("B306", files::make_file),
    ("B323", http::verify_context),
    ("B324", crypto::not_for_security),
    ("B501", http::verify),
    ("B506", loading::load_safely),
    ("B507", network::reject_unknown),
    ("B614", loading::weights_only),
    ("B701", templates::escape),
];

/// What is to be changed.
struct Proposal {
    /// An order: what it does.
    what: &'static str,
    safe: bool,
    edits: Edits,
}

impl Proposal {
    fn safe(what: &'static str, edits: Edits) -> Proposal {
        Proposal { what, safe: true, edits }
    }

    fn suggested(what: &'static str, edits: Edits) -> Proposal {
        Proposal { what, safe: false, edits }
    }
}

/// The ids of the rules with a fix.
pub fn rules() -> impl Iterator<Item = &'static str> {
    FIXES.iter().map(|(id, _)| *id)
}

/// The fix for a finding of the rule about a call, if there is one.
pub fn of_call<'a>(
    rule: &str,
    call: &Call,
    parents: &[Node<'a>],
    scopes: &Scopes<'a>,
    tokens: &Tokens,
    once: &Once,
) -> Option<HitFix> {
    let (_, propose) = FIXES.iter().find(|(id, _)| *id == rule)?;
    let in_text = |node: &Node| matches!(node, Node::Expr(Expr::FString(_) | Expr::TString(_)));
    if parents.iter().any(in_text) {
        return None;
    }
    let levels = Scopes::around(parents, call.node.start());
    let proposal = propose(&Site { call, parents, scopes, levels, tokens, once })?;
    let mut edits: Vec<_> = proposal
        .edits
        .into_iter()
        .map(|(range, text)| (range.start().to_usize()..range.end().to_usize(), text))
        .collect();
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    Some(HitFix { description: proposal.what.into(), safe: proposal.safe, edits })
}

/// A call that is to be fixed, with what is known about its names.
struct Site<'a, 'c> {
    call: &'c Call<'c>,
    parents: &'c [Node<'a>],
    scopes: &'c Scopes<'a>,
    levels: Vec<Level<'a>>,
    tokens: &'c Tokens,
    once: &'c Once,
}

/// What is asked of the whole file, once.
#[derive(Default)]
pub struct Once {
    registers_types: OnceCell<bool>,
}

impl Site<'_, '_> {
    /// The name in full of something that an import brought in for sure.
    fn imported(&self, expr: &Expr) -> Option<String> {
        let dotted = self.scopes.dotted(expr, &self.levels)?;
        (dotted.root == Root::Import).then_some(dotted.name)
    }

    /// Whether an import brought in what is called, under one of these names.
    fn calls(&self, names: &[&str]) -> bool {
        self.imported(&self.call.node.func).is_some_and(|name| names.contains(&&*name))
    }

    /// The keyword argument of a name.
    fn keyword(&self, name: &str) -> Option<&Keyword> {
        self.call.node.arguments.find_keyword(name)
    }

    /// Whether every argument is written out, so that nothing may be there twice.
    fn is_spelled_out(&self) -> bool {
        let arguments = &self.call.node.arguments;
        arguments.keywords.iter().all(|keyword| keyword.arg.is_some())
            && !arguments.args.iter().any(Expr::is_starred_expr)
    }

    /// Puts `name=value` among the arguments: in the place of what is there if that is `instead`,
    /// or as a new one.
    fn pass(&self, name: &str, instead: fn(&Expr) -> bool, value: &str) -> Option<Edits> {
        let keywords = self.call.node.arguments.keywords.iter();
        let mut named = keywords.filter(|keyword| keyword.arg.as_deref() == Some(name));
        match (named.next(), named.next()) {
            (Some(keyword), None) => {
                instead(&keyword.value).then(|| vec![(keyword.value.range(), value.into())])
            }
            (None, _) if self.is_spelled_out() => self.add_keyword(&format!("{name}={value}")),
            _ => None,
        }
    }

    /// Calls another function, or names another thing, of the same module: `old` is how it is
    /// imported now. A bare name is added to the import that brought in the old one.
    fn rename(&self, expr: &Expr, old: &[&str], new: &str) -> Option<Edits> {
        let full = self.imported(expr).filter(|full| old.contains(&&**full))?;
        let name = match expr {
            Expr::Attribute(attribute) => return Some(vec![(attribute.attr.range, new.into())]),
            Expr::Name(name) => name,
            _ => return None,
        };
        let (module, _) = full.rsplit_once('.')?;
        let (_, scope) = self.scopes.find(new, &self.levels)?;
        let mut edits = vec![(name.range, new.into())];
        match scope.bindings(new) {
            [] => {
                let (_, scope) = self.scopes.find(&name.id, &self.levels)?;
                edits.extend(scope.bindings(&name.id).iter().filter_map(|one| match one.bound {
                    Bound::Member(_, alias) => {
                        Some((edit::at(alias.end()), format!(", {new}").into()))
                    }
                    _ => None,
                }));
            }
            there if super::scopes::import(there)? == format!("{module}.{new}") => {}
            _ => return None,
        }
        Some(edits)
    }
}

fn is_false(expr: &Expr) -> bool {
    matches!(expr, Expr::BooleanLiteral(literal) if !literal.value)
}

fn is_true(expr: &Expr) -> bool {
    matches!(expr, Expr::BooleanLiteral(literal) if literal.value)
}

fn never(_: &Expr) -> bool {
    false
}
