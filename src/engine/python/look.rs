//! What the walk does where it meets a node that checks have a use for: it asks them, and reports
//! what they found.

use super::args::{Call, string, text};
use super::bandit::Failed;
use super::checks::{Found, Function, Text};
use super::f_string::Literals;
use super::node::{MAX_BANDIT_OPERAND_DEPTH, Node, def_start};
use super::rules::Visited;
use super::walk::Walker;
use ruff_python_ast::{
    Alias, ExceptHandlerExceptHandler, Expr, ExprCall, ExprStringLiteral, StmtAssert,
    StmtFunctionDef,
};
use ruff_text_size::{Ranged, TextRange};
use std::borrow::Cow;
use std::mem;

impl<'a> Walker<'a, '_> {
    pub(super) fn look_at_assert(&mut self, assert: &'a StmtAssert) {
        for (rule, check) in &self.rules.asserts {
            if self.out.runs(rule)
                && let Some(found) = check(assert, self.options, self.file)
            {
                self.out.report(rule, found, assert.range, Some(assert.range));
            }
        }
        self.out.conclude(Visited::Assert, assert.range, Some(assert.range));
    }

    pub(super) fn look_at_handler(&mut self, handler: &'a ExceptHandlerExceptHandler) {
        for (rule, check) in &self.rules.handlers {
            if self.out.runs(rule)
                && let Some(found) = check(handler, self.options)
            {
                self.out.report(rule, found, handler.range, Some(handler.range));
            }
        }
        self.out.conclude(Visited::Handler, handler.range, Some(handler.range));
    }

    pub(super) fn look_at_file(&mut self) {
        for (rule, check) in &self.rules.files {
            if self.out.runs(rule)
                && let Some(found) = check(self.source)
            {
                let place = found.at;
                self.out.report(rule, found, place, None);
            }
        }
        self.out.conclude(Visited::File, TextRange::default(), None);
    }

    pub(super) fn look_at_function(&mut self, def: &'a StmtFunctionDef) {
        if def.is_async || (def.parameters.is_empty() && self.out.exam.is_none()) {
            return; // Bandit does not look at the parameters of `async` functions
        }
        let start = def_start(def, self.source);
        let head = TextRange::new(start, def.name.end());
        let function = Function { def, head, options: self.options };
        let range = TextRange::new(start, def.end());
        for (rule, check) in &self.rules.functions {
            if self.out.runs(rule)
                && let Some(found) = check(&function)
            {
                self.out.report(rule, found, range, Some(range));
            }
        }
        self.out.conclude(Visited::Function, range, Some(range));
    }

    pub(super) fn look_at_import(
        &mut self,
        statement: &impl Ranged,
        module: Option<&'a str>,
        names: &'a [Alias],
    ) {
        let range = statement.range();
        self.look_up_import(range, module, names);
        self.out.conclude(Visited::Import, range, Some(range));
    }

    /// A statement is reported once, by the first rule that lists one of its names.
    fn look_up_import(&mut self, range: TextRange, module: Option<&'a str>, names: &'a [Alias]) {
        let first = |alias: &Alias| module.unwrap_or(&alias.name).bytes().next();
        if !names.iter().any(|alias| self.rules.may_list_import(first(alias))) {
            return;
        }
        for (rule, prefixes) in &self.rules.imports {
            if !self.out.runs(rule) {
                continue;
            }
            for alias in names {
                let full = match module {
                    Some(module) => Cow::Owned(format!("{module}.{}", alias.name)),
                    None => Cow::Borrowed(alias.name.as_str()),
                };
                if prefixes.iter().any(|prefix| full.starts_with(prefix)) {
                    let found = Found::at(&range).message(format!("{}: `{full}`", rule.title));
                    return self.out.report(rule, found, range, Some(range));
                }
            }
        }
    }

    pub(super) fn look_at_call(&mut self, call: &'a ExprCall) {
        self.check_call(call);
        self.out.conclude(Visited::Call, call.range(), Some(call.range()));
    }

    fn check_call(&mut self, call: &'a ExprCall) {
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
        // Options may be about any call at all.
        let also: &[usize] = if self.options.chooses_calls { &self.rules.optional } else { &[] };
        let triggered = triggered.filter(|index| !also.contains(index)).chain(also);
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
            options: self.options,
        };
        for index in triggered {
            let (rule, check) = self.rules.calls[index];
            if self.out.runs(rule)
                && let Some(found) = check(&seen)
            {
                let found = self.aside.of_call(rule, found, &seen, &self.parents);
                self.out.report(rule, found, call.range(), Some(call.range()));
            }
        }
        match listed.then(|| listed_name(&seen)) {
            Some(Ok(name)) => {
                if let Some((rule, name)) = name.and_then(|name| self.rules.listed(name))
                    && self.out.runs(rule)
                {
                    let found = Found::at(call).message(format!("{}: `{name}`", rule.title));
                    let found = self.aside.of_call(rule, found, &seen, &self.parents);
                    self.out.report(rule, found, call.range(), Some(call.range()));
                }
            }
            Some(Err(failed)) => self.out.fail_lists(failed),
            None => {}
        }
        self.buffer = qualified;
    }

    pub(super) fn look_at_string(&mut self, expr: &'a Expr, literal: &'a ExprStringLiteral) {
        if matches!(self.parents.last(), Some(Node::Stmt(ruff_python_ast::Stmt::Expr(_)))) {
            return; // a docstring, or a comment by another name
        }
        let under_operator = matches!(self.parents.last(), Some(Node::Expr(Expr::BinOp(_))));
        if under_operator
            && self.out.exam.is_some()
            && self.parents.len() >= MAX_BANDIT_OPERAND_DEPTH
        {
            self.too_deep = true;
            return;
        }
        let seen = Text {
            value: literal.value.to_str(),
            range: literal.range,
            literal: Some(expr),
            whole: None,
            parents: &self.parents,
            chain: if under_operator { self.chains.last() } else { None },
            options: self.options,
        };
        for (rule, check) in &self.rules.texts {
            if self.out.runs(rule)
                && let Some(found) = check(&seen)
            {
                let found = self.aside.of_text(rule, found, expr, &self.parents, self.file);
                let parent = self.parents.last().map(|parent| parent.range(self.source));
                let context = parent.unwrap_or(literal.range);
                self.out.report(rule, found, literal.range, Some(context));
            }
        }
        if self.out.exam.is_some() {
            let parent = self.parents.last().map(|parent| parent.range(self.source));
            let context = parent.unwrap_or(literal.range);
            self.out.conclude(Visited::Text, literal.range, Some(context));
        }
    }

    /// The literal part of an f-string after `n` expressions, if there is one. `context` is where
    /// the f-string stands.
    pub(super) fn look_at_literal(
        &mut self,
        node: Node<'a>,
        range: TextRange,
        context: TextRange,
        literals: &Literals,
        n: usize,
    ) {
        let Some(part) = literals.before(n) else { return };
        let seen = Text {
            value: &literals.text[part.clone()],
            range,
            literal: None,
            whole: (part.start == 0).then_some(&literals.text),
            parents: &self.parents,
            chain: None,
            options: self.options,
        };
        for (rule, check) in &self.rules.texts {
            if self.out.runs(rule)
                && let Some(mut found) = check(&seen)
            {
                if let Node::Expr(expr) = node {
                    found = self.aside.of_text(rule, found, expr, &self.parents, self.file);
                }
                self.out.report(rule, found, range, Some(context));
            }
        }
        self.out.conclude(Visited::Text, range, Some(context));
    }
}

/// The name that lists know a call by: that of the called function or of the module it imports.
fn listed_name<'a>(call: &Call<'a>) -> Result<Option<&'a str>, Failed> {
    let first = call.args().first();
    match &*call.node.func {
        Expr::Name(name) if name.id == "__import__" => Ok(first.and_then(string)),
        _ if matches!(call.qualified, "importlib.import_module" | "importlib.__import__") => {
            let module = first.or_else(|| call.keyword("name"));
            module.map(text).ok_or_else(|| Failed("'name'".into()))
        }
        _ => Ok(Some(call.qualified)),
    }
}
