//! What is said beside a finding, once there is one: where its argument comes from, and what a
//! machine may change so that it is gone.

use super::args::Call;
use super::checks::Found;
use super::node::Node;
use super::scopes::Scopes;
use super::{evidence, fixes};
use crate::rule::Rule;
use crate::target::SourceFile;
use ruff_python_ast::token::Tokens;
use ruff_python_ast::{Expr, Stmt};

/// What is known of a file beside its nodes.
pub struct Aside<'a> {
    /// Bandit says nothing beside, so where a file is examined as by it alone nobody asks.
    is_asked: bool,
    scopes: Scopes<'a>,
    tokens: &'a Tokens,
    once: fixes::Once,
}

impl<'a> Aside<'a> {
    pub fn new(body: &'a [Stmt], tokens: &'a Tokens, is_asked: bool) -> Aside<'a> {
        Aside { is_asked, scopes: Scopes::new(body), tokens, once: fixes::Once::default() }
    }

    /// A finding about a call; `parents` are the nodes around it.
    pub fn of_call<'f>(
        &self,
        rule: &Rule,
        found: Found<'f>,
        call: &Call<'f>,
        parents: &[Node<'a>],
    ) -> Found<'f> {
        if !self.is_asked {
            return found;
        }
        let scopes = &self.scopes;
        let evidence = evidence::of_call(rule.id, call, parents, scopes);
        let fix = fixes::of_call(rule.id, call, parents, scopes, self.tokens, &self.once);
        Found { evidence, fix, ..found }
    }

    /// A finding about a string; `parents` are the nodes around it.
    pub fn of_text<'f>(
        &self,
        rule: &Rule,
        found: Found<'f>,
        text: &Expr,
        parents: &[Node<'a>],
        file: &SourceFile,
    ) -> Found<'f> {
        if !self.is_asked {
            return found;
        }
        Found { evidence: evidence::of_text(rule.id, text, parents, &self.scopes, file), ..found }
    }
}
