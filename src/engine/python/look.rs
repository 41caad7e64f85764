//! What the walk does where it meets a node that checks have a use for: it asks them, and reports
//! what they found.

use super::args::{Call, string, text};
use super::checks::{Found, Function, Text};
use super::node::{Node, def_start};
use super::walk::Walker;
use ruff_python_ast::{
    Alias, ExceptHandlerExceptHandler, Expr, ExprCall, ExprStringLiteral, FStringPart,
    FStringValue, InterpolatedStringElement, StmtAssert, StmtFunctionDef,
};
use ruff_text_size::{Ranged, TextRange};
use std::borrow::Cow;
use std::mem;

impl<'a> Walker<'a, '_> {
    pub(super) fn look_at_assert(&mut self, assert: &'a StmtAssert) {
        for (rule, check) in &self.rules.asserts {
            self.out.report(rule, check(assert), assert.range, Some(assert.range));
        }
    }

    pub(super) fn look_at_handler(&mut self, handler: &'a ExceptHandlerExceptHandler) {
        for (rule, check) in &self.rules.handlers {
            if let Some(found) = check(handler) {
                self.out.report(rule, found, handler.range, Some(handler.range));
            }
        }
    }

    pub(super) fn look_at_file(&mut self) {
        for (rule, check) in &self.rules.files {
            if let Some(found) = check(self.source) {
                let place = found.at;
                self.out.report(rule, found, place, None);
            }
        }
    }

    pub(super) fn look_at_function(&mut self, def: &'a StmtFunctionDef) {
        if def.is_async || def.parameters.is_empty() {
            return; // Bandit does not look at the parameters of `async` functions
        }
        let start = def_start(def, self.source);
        let function = Function { def, head: TextRange::new(start, def.name.end()) };
        for (rule, check) in &self.rules.functions {
            if let Some(found) = check(&function) {
                self.out.report(rule, found, def.range, Some(TextRange::new(start, def.end())));
            }
        }
    }

    /// A statement is reported once, by the first rule that lists one of its names.
    pub(super) fn look_at_import(
        &mut self,
        statement: &impl Ranged,
        module: Option<&'a str>,
        names: &'a [Alias],
    ) {
        let first = |alias: &Alias| module.unwrap_or(&alias.name).bytes().next();
        if !names.iter().any(|alias| self.rules.may_list_import(first(alias))) {
            return;
        }
        for (rule, prefixes) in &self.rules.imports {
            for alias in names {
                let full = match module {
                    Some(module) => Cow::Owned(format!("{module}.{}", alias.name)),
                    None => Cow::Borrowed(alias.name.as_str()),
                };
                if prefixes.iter().any(|prefix| full.starts_with(prefix)) {
                    let found = Found::at(statement).message(format!("{}: `{full}`", rule.title));
                    let range = statement.range();
                    return self.out.report(rule, found, range, Some(range));
                }
            }
        }
    }

    pub(super) fn look_at_call(&mut self, call: &'a ExprCall) {
        let last_part = self.imports.last_part(&call.func);
        let interest = self.rules.interest(last_part);
        let holding = self.rules.holding.iter().filter(|(part, _)| {
            last_part.len() >= part.needle().len() && part.find(last_part.as_bytes()).is_some()
        });
        let keywords = &call.arguments.keywords;
        let passing = self.rules.passing.iter();
        let passing = passing.filter(|(trigger, _)| keywords.iter().any(trigger));
        let named = interest.into_iter().flat_map(|interest| &interest.checks);
        let triggered = named.chain(holding.map(|(_, i)| i)).chain(passing.map(|(_, i)| i));
        let mut triggered = triggered.copied().peekable();
        let listed = interest.is_some_and(|interest| interest.listed);
        if triggered.peek().is_none() && !listed {
            return;
        }
        let mut qualified = mem::take(&mut self.buffer);
        self.imports.qualify(&call.func, &mut qualified);
        let seen = Call {
            node: call,
            qualified: &qualified,
            imports: &self.imports,
            file: self.file,
            source: self.source,
            body: self.body,
            parents: &self.parents,
            budget: &self.budget,
        };
        for index in triggered {
            let (rule, check) = self.rules.calls[index];
            if let Some(found) = check(&seen) {
                let found = self.aside.of_call(rule, found, &seen, &self.parents);
                self.out.report(rule, found, call.range(), Some(call.range()));
            }
        }
        if listed && let Some((rule, name)) = listed_name(&seen).and_then(|n| self.rules.listed(n))
        {
            let found = Found::at(call).message(format!("{}: `{name}`", rule.title));
            let found = self.aside.of_call(rule, found, &seen, &self.parents);
            self.out.report(rule, found, call.range(), Some(call.range()));
        }
        self.buffer = qualified;
    }

    pub(super) fn look_at_string(&mut self, expr: &'a Expr, literal: &'a ExprStringLiteral) {
        if matches!(self.parents.last(), Some(Node::Stmt(ruff_python_ast::Stmt::Expr(_)))) {
            return; // a docstring, or a comment by another name
        }
        let under_operator = matches!(self.parents.last(), Some(Node::Expr(Expr::BinOp(_))));
        let seen = Text {
            value: literal.value.to_str(),
            range: literal.range,
            literal: Some(expr),
            whole: None,
            parents: &self.parents,
            chain: if under_operator { self.chains.last() } else { None },
        };
        for (rule, check) in &self.rules.texts {
            if let Some(found) = check(&seen) {
                let found = self.aside.of_text(rule, found, expr, &self.parents, self.file);
                let parent = self.parents.last().map(|parent| parent.range(self.source));
                let context = parent.unwrap_or(literal.range);
                self.out.report(rule, found, literal.range, Some(context));
            }
        }
    }

    pub(super) fn look_at_f_string(&mut self, expr: &'a Expr, value: &'a FStringValue) {
        let mut literals = Literals::new(mem::take(&mut self.buffer));
        for part in value {
            match part {
                FStringPart::Literal(literal) => literals.push(&literal.value),
                FStringPart::FString(f_string) => literals.extend(&f_string.elements),
            }
        }
        self.look_at_literals(expr.range(), Some(expr), &literals);
        self.buffer = literals.text;
    }

    pub(super) fn look_at_format_spec(
        &mut self,
        whole: TextRange,
        elements: &'a [InterpolatedStringElement],
    ) {
        let mut literals = Literals::new(mem::take(&mut self.buffer));
        literals.extend(elements);
        self.look_at_literals(whole, None, &literals);
        self.buffer = literals.text;
    }

    /// The literal parts of an f-string, all of which stand where it stands.
    fn look_at_literals(&mut self, range: TextRange, expr: Option<&'a Expr>, literals: &Literals) {
        let mut start = 0;
        for &end in &literals.ends {
            let seen = Text {
                value: &literals.text[start..end],
                range,
                literal: None,
                whole: (start == 0).then_some(&literals.text),
                parents: &self.parents,
                chain: None,
            };
            for (rule, check) in &self.rules.texts {
                if let Some(mut found) = check(&seen) {
                    if let Some(expr) = expr {
                        found = self.aside.of_text(rule, found, expr, &self.parents, self.file);
                    }
                    self.out.report(rule, found, range, Some(range));
                }
            }
            start = end;
        }
    }
}

/// The name that lists know a call by: that of the called function or of the module it imports.
fn listed_name<'a>(call: &Call<'a>) -> Option<&'a str> {
    let first = call.args().first();
    match &*call.node.func {
        Expr::Name(name) if name.id == "__import__" => string(first?),
        _ if matches!(call.qualified, "importlib.import_module" | "importlib.__import__") => {
            first.or_else(|| call.keyword("name")).and_then(text)
        }
        _ => Some(call.qualified),
    }
}

/// The literal parts of an f-string. Between two expressions there is at most one.
struct Literals {
    text: String,
    /// Where each part ends.
    ends: Vec<usize>,
    /// Whether the next literal belongs to the last part.
    open: bool,
}

impl Literals {
    fn new(mut buffer: String) -> Literals {
        buffer.clear();
        Literals { text: buffer, ends: Vec::new(), open: false }
    }

    fn push(&mut self, literal: &str) {
        if literal.is_empty() {
            return;
        }
        self.text.push_str(literal);
        match self.ends.last_mut() {
            Some(end) if self.open => *end = self.text.len(),
            _ => self.ends.push(self.text.len()),
        }
        self.open = true;
    }

    fn extend(&mut self, elements: &[InterpolatedStringElement]) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => self.push(&literal.value),
                InterpolatedStringElement::Interpolation(element) => {
                    if let Some(debug) = &element.debug_text {
                        self.push(debug.as_str()); // `{name=}` prints its own source
                    }
                    self.open = false;
                }
            }
        }
    }
}
