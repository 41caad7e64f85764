//! Templates and markup that do not escape what is put into them.

use super::Found;
use crate::engine::python::args::Call;
use crate::engine::python::bandit::ask;
use crate::finding::{Confidence, Severity};
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal};
use ruff_python_ast::{AnyNodeRef, Expr, Keyword};

/// Levels below the call on which the keyword is looked for.
const LEVELS: usize = 200;

pub fn jinja2_autoescape<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    if !call.has_part("jinja2") {
        return None;
    }
    let found = Found::at(call.node).severity(Severity::High);
    let Some(value) = autoescape(call) else {
        let message = "Jinja2 escapes nothing unless it is told to";
        return Some(found.confidence(Confidence::High).message(message));
    };
    match value {
        Expr::BooleanLiteral(literal) if literal.value => None,
        Expr::BooleanLiteral(_) => {
            let message = "Jinja2 is told to escape nothing";
            Some(found.confidence(Confidence::High).message(message))
        }
        Expr::Call(made) if called_name(&made.func) == Some("select_autoescape") => None,
        _ => {
            let message = "Jinja2 may not be told to escape: the value of `autoescape` is open";
            Some(found.confidence(Confidence::Medium).message(message))
        }
    }
}

fn called_name(called: &Expr) -> Option<&str> {
    match called {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        _ => None,
    }
}

/// The value of the keyword `autoescape`, of the call itself or else of the nearest call in its
/// arguments: the settings may be built on the way.
fn autoescape<'a>(call: &Call<'a>) -> Option<&'a Expr> {
    let own = call.node.arguments.keywords.iter().find(|k| k.arg.as_deref() == Some("autoescape"));
    if let Some(own) = own {
        return Some(&own.value);
    }
    let mut search = Search { depth: 0, best: None };
    search.visit_expr(&call.node.func);
    search.visit_arguments(&call.node.arguments);
    search.best.map(|(_, value)| value)
}

struct Search<'a> {
    depth: usize,
    best: Option<(usize, &'a Expr)>,
}

impl<'a> SourceOrderVisitor<'a> for Search<'a> {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        self.depth += 1;
        let nearest = self.best.map_or(LEVELS, |(depth, _)| depth);
        if let AnyNodeRef::Keyword(Keyword { arg: Some(arg), value, .. }) = node
            && arg == "autoescape"
            && self.depth < nearest
        {
            self.best = Some((self.depth, value));
        }
        if self.depth < nearest { TraversalSignal::Traverse } else { TraversalSignal::Skip }
    }

    fn leave_node(&mut self, _node: AnyNodeRef<'a>) {
        self.depth -= 1;
    }
}

pub fn mako<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    call.has_part("mako").then(|| Found::at(call.node))
}

pub fn markup<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let options = &call.options.markupsafe_xss;
    Found::attempt(call.node, || {
        let is_known = matches!(call.qualified, "markupsafe.Markup" | "flask.Markup");
        if !is_known && !ask(&options.extend_markup_names)?.hold(call.qualified) {
            return Ok(None);
        }
        let Some(text) = call.args().first().filter(|text| !text.is_literal_expr()) else {
            return Ok(None);
        };
        let allowed = ask(&options.allowed_calls)?;
        if let Expr::Call(inner) = text {
            let mut name = String::new();
            call.imports.qualify(&inner.func, &mut name);
            if allowed.hold(&name) {
                return Ok(None);
            }
        }
        let message = format!("`{}` takes a variable text for safe", call.qualified);
        Ok(Some(Found::at(call.node).message(message)))
    })
}
