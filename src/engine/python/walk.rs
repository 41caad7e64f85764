//! One visit of the tree, in the order in which Bandit visits it: imports take effect on what
//! comes after them, and decorators come after the body that they decorate.

use super::aside::Aside;
use super::bandit::{Exam, Options};
use super::checks::Chain;
use super::f_string::{Piece, pieces};
use super::names::Imports;
use super::node::{MAX_BANDIT_DEPTH, MAX_DEPTH, Node};
use super::report::Reporter;
use super::rules::Rules;
use crate::engine::Seen;
use crate::target::SourceFile;
use ruff_python_ast::{
    self as ast, AnyNodeRef, ExceptHandler, Expr, ModModule, Pattern, Stmt, TypeParam,
};
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange};
use std::cell::Cell;

/// Steps that data flow may take in one file before a value counts as unknown.
const FLOW_BUDGET: u32 = 5_000_000;

/// The tree is nested too deeply to be visited to its end.
pub struct TooDeep;

/// Looks at everything in a file.
pub fn walk(
    file: &SourceFile,
    source: &str,
    parsed: &Parsed<ModModule>,
    seen: &mut Seen,
    exam: Option<Exam<'_>>,
) -> Result<(), TooDeep> {
    let body = &parsed.syntax().body;
    let mut walker = Walker {
        file,
        source,
        body,
        rules: Rules::get(),
        options: exam.as_ref().map_or(Options::DEFAULT, |exam| exam.options()),
        imports: Imports::default(),
        parents: Vec::with_capacity(64),
        chains: Vec::new(),
        buffer: String::new(),
        budget: Cell::new(FLOW_BUDGET),
        aside: Aside::new(body, parsed.tokens(), exam.is_none()),
        limit: if exam.is_some() { MAX_BANDIT_DEPTH } else { MAX_DEPTH },
        clauses: 0,
        too_deep: false,
        out: Reporter::new(file, source, parsed.tokens(), seen, exam),
    };
    walker.stmts(body);
    walker.look_at_file();
    if walker.too_deep { Err(TooDeep) } else { Ok(()) }
}

/// The visitor. What it does with a node that checks have a use for stands in `look`.
pub struct Walker<'a, 's> {
    pub(super) file: &'a SourceFile,
    pub(super) source: &'a str,
    pub(super) body: &'a [Stmt],
    pub(super) rules: &'static Rules,
    pub(super) options: &'a Options,
    pub(super) imports: Imports<'a>,
    /// The nodes around the one that is being visited, the nearest last.
    pub(super) parents: Vec<Node<'a>>,
    /// The topmost of the binary operators around it, for each group that is nothing but those.
    pub(super) chains: Vec<Chain<'a>>,
    /// The last qualified name or f-string; kept for its memory.
    pub(super) buffer: String,
    pub(super) budget: Cell<u32>,
    pub(super) aside: Aside<'a>,
    /// Levels that are visited.
    limit: usize,
    /// Levels that Python's `ast` has more than there are parents: an `elif` is one, to Bandit.
    clauses: usize,
    pub(super) too_deep: bool,
    pub(super) out: Reporter<'a, 's>,
}

impl<'a> Walker<'a, '_> {
    /// Visits what is below a node.
    pub(super) fn below(&mut self, node: Node<'a>, visit: impl FnOnce(&mut Self)) {
        if self.parents.len() + self.clauses >= self.limit {
            self.too_deep = true;
            return;
        }
        self.parents.push(node);
        visit(self);
        self.parents.pop();
    }

    fn stmts(&mut self, body: &'a [Stmt]) {
        for stmt in body {
            self.stmt(stmt);
        }
    }

    fn exprs(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => {
                self.imports.import(import);
                self.look_at_import(import, None, &import.names);
            }
            Stmt::ImportFrom(import) => {
                self.imports.import_from(import);
                self.look_at_import(import, import.module.as_deref(), &import.names);
            }
            Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::IpyEscapeCommand(_) => {}
            Stmt::FunctionDef(def) => {
                self.look_at_function(def);
                self.below(Node::Stmt(stmt), |walker| walker.function(def));
            }
            Stmt::ClassDef(class) => {
                self.below(Node::Stmt(stmt), |walker| walker.class(class));
            }
            Stmt::Assert(assert) => {
                self.look_at_assert(assert);
                self.below(Node::Stmt(stmt), |walker| {
                    walker.expr(&assert.test);
                    walker.exprs(assert.msg.as_deref());
                });
            }
            _ => self.below(Node::Stmt(stmt), |walker| walker.in_stmt(stmt)),
        }
    }

    fn function(&mut self, def: &'a ast::StmtFunctionDef) {
        self.out.scopes.push(&def.name);
        self.parameters(&def.parameters);
        self.stmts(&def.body);
        self.exprs(def.decorator_list.iter().map(|decorator| &decorator.expression));
        self.exprs(def.returns.as_deref());
        self.type_params(def.type_params.as_deref());
        self.out.scopes.pop();
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        self.out.scopes.push(&class.name);
        if let Some(arguments) = &class.arguments {
            self.arguments(arguments);
        }
        self.stmts(&class.body);
        self.exprs(class.decorator_list.iter().map(|decorator| &decorator.expression));
        self.type_params(class.type_params.as_deref());
        self.out.scopes.pop();
    }

    /// What is below a statement of any other kind.
    fn in_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Return(node) => self.exprs(node.value.as_deref()),
            Stmt::Delete(node) => self.exprs(&node.targets),
            Stmt::TypeAlias(node) => {
                self.expr(&node.name);
                self.type_params(node.type_params.as_deref());
                self.expr(&node.value);
            }
            Stmt::Assign(node) => {
                node.targets.iter().for_each(|target| self.out.hide_value(target, &node.value));
                self.exprs(&node.targets);
                self.expr(&node.value);
            }
            Stmt::AugAssign(node) => self.exprs([&*node.target, &node.value]),
            Stmt::AnnAssign(node) => {
                if let Some(value) = &node.value {
                    self.out.hide_value(&node.target, value);
                }
                self.exprs([&*node.target, &node.annotation]);
                self.exprs(node.value.as_deref());
            }
            Stmt::For(node) => {
                self.exprs([&*node.target, &node.iter]);
                self.stmts(&node.body);
                self.stmts(&node.orelse);
            }
            Stmt::While(node) => {
                self.expr(&node.test);
                self.stmts(&node.body);
                self.stmts(&node.orelse);
            }
            Stmt::If(node) => self.if_else(node),
            Stmt::With(node) => {
                for item in &node.items {
                    self.below(Node::Loose(AnyNodeRef::WithItem(item)), |walker| {
                        walker.expr(&item.context_expr);
                        walker.exprs(item.optional_vars.as_deref());
                    });
                }
                self.stmts(&node.body);
            }
            Stmt::Match(node) => self.match_cases(node),
            Stmt::Raise(node) => {
                self.exprs(node.exc.as_deref());
                self.exprs(node.cause.as_deref());
            }
            Stmt::Try(node) => self.try_except(node),
            Stmt::Expr(node) => self.expr(&node.value),
            _ => {}
        }
    }

    fn if_else(&mut self, node: &'a ast::StmtIf) {
        self.expr(&node.test);
        self.stmts(&node.body);
        let clauses = self.clauses;
        for clause in &node.elif_else_clauses {
            // To Python's `ast`, an `elif` is an `if` that reaches to the end of the whole.
            let lines = TextRange::new(clause.start(), node.end());
            self.below(Node::Lines(lines), |walker| {
                walker.exprs(&clause.test);
                walker.stmts(&clause.body);
            });
            self.clauses += usize::from(self.out.exam.is_some());
        }
        self.clauses = clauses;
    }

    fn match_cases(&mut self, node: &'a ast::StmtMatch) {
        self.expr(&node.subject);
        for case in &node.cases {
            self.below(Node::Loose(AnyNodeRef::MatchCase(case)), |walker| {
                walker.pattern(&case.pattern);
                walker.exprs(case.guard.as_deref());
                walker.stmts(&case.body);
            });
        }
    }

    fn try_except(&mut self, node: &'a ast::StmtTry) {
        self.stmts(&node.body);
        for ExceptHandler::ExceptHandler(handler) in &node.handlers {
            self.look_at_handler(handler);
            self.below(Node::Lines(handler.range), |walker| {
                walker.exprs(handler.type_.as_deref());
                walker.stmts(&handler.body);
            });
        }
        self.stmts(&node.orelse);
        self.stmts(&node.finalbody);
    }

    /// Python's `ast` has the parameters first and then the default values, except that those of
    /// keyword-only parameters come before `**rest`.
    fn parameters(&mut self, parameters: &'a ast::Parameters) {
        if parameters.is_empty() {
            return;
        }
        self.below(Node::Loose(AnyNodeRef::Parameters(parameters)), |walker| {
            for parameter in parameters.iter_non_variadic_params() {
                if let Some(default) = parameter.default() {
                    walker.out.hide_named(&parameter.parameter.name, default);
                }
            }
            let positional = || parameters.posonlyargs.iter().chain(&parameters.args);
            let named = |with_default: &'a ast::ParameterWithDefault| &with_default.parameter;
            let default = |with_default: &'a ast::ParameterWithDefault| with_default.default();
            positional().map(named).for_each(|parameter| walker.parameter(parameter));
            parameters.vararg.iter().for_each(|parameter| walker.parameter(parameter));
            parameters.kwonlyargs.iter().map(named).for_each(|named| walker.parameter(named));
            walker.exprs(parameters.kwonlyargs.iter().filter_map(default));
            parameters.kwarg.iter().for_each(|parameter| walker.parameter(parameter));
            walker.exprs(positional().filter_map(default));
        });
    }

    fn parameter(&mut self, parameter: &'a ast::Parameter) {
        if let Some(annotation) = &parameter.annotation {
            self.below(Node::Lines(parameter.range), |walker| walker.expr(annotation));
        }
    }

    fn type_params(&mut self, params: Option<&'a ast::TypeParams>) {
        for param in params.into_iter().flatten() {
            self.below(Node::Lines(param.range()), |walker| {
                if let TypeParam::TypeVar(variable) = param {
                    walker.exprs(variable.bound.as_deref());
                }
                walker.exprs(param.default());
            });
        }
    }

    fn arguments(&mut self, arguments: &'a ast::Arguments) {
        self.exprs(&arguments.args);
        for keyword in &arguments.keywords {
            if let Some(name) = &keyword.arg {
                self.out.hide_named(name, &keyword.value);
            }
            match &keyword.value {
                // The commonest of all: nothing below, nothing to see.
                Expr::Name(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => {}
                value => self.below(Node::Lines(keyword.range), |walker| walker.expr(value)),
            }
        }
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        self.below(Node::Lines(pattern.range()), |walker| match pattern {
            Pattern::MatchValue(node) => walker.expr(&node.value),
            Pattern::MatchSequence(node) => node.patterns.iter().for_each(|p| walker.pattern(p)),
            Pattern::MatchMapping(node) => {
                walker.exprs(&node.keys);
                node.patterns.iter().for_each(|p| walker.pattern(p));
            }
            Pattern::MatchClass(node) => {
                walker.expr(&node.cls);
                node.arguments.patterns.iter().for_each(|p| walker.pattern(p));
                node.arguments.keywords.iter().for_each(|k| walker.pattern(&k.pattern));
            }
            Pattern::MatchAs(node) => node.pattern.iter().for_each(|p| walker.pattern(p)),
            Pattern::MatchOr(node) => node.patterns.iter().for_each(|p| walker.pattern(p)),
            Pattern::MatchSingleton(_) | Pattern::MatchStar(_) => {}
        });
    }

    fn comprehensions(&mut self, generators: &'a [ast::Comprehension]) {
        for generator in generators {
            self.below(Node::Loose(AnyNodeRef::Comprehension(generator)), |walker| {
                walker.exprs([&generator.target, &generator.iter]);
                walker.exprs(&generator.ifs);
            });
        }
    }

    pub(super) fn expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => {}
            Expr::StringLiteral(string) => {
                self.out.hide_joined(string, self.source);
                self.look_at_string(expr, string);
            }
            Expr::Attribute(node) if node.value.is_name_expr() => {}
            Expr::Call(call) => {
                self.look_at_call(call);
                self.below(Node::Expr(expr), |walker| {
                    walker.expr(&call.func);
                    walker.arguments(&call.arguments);
                });
            }
            Expr::BinOp(node) => {
                let under = matches!(self.parents.last(), Some(Node::Expr(Expr::BinOp(_))));
                if !under {
                    self.chains.push(Chain::new(expr, self.parents.last().copied()));
                }
                self.below(Node::Expr(expr), |w| w.exprs([&*node.left, &node.right]));
                if !under {
                    self.chains.pop();
                }
            }
            Expr::Dict(dict) => self.dict(expr, dict),
            Expr::Generator(node) if !node.parenthesized => {
                // To Python, the parentheses of the call are those of its only argument.
                let lines = match self.parents.last() {
                    Some(Node::Expr(Expr::Call(call))) => call.arguments.range,
                    _ => node.range,
                };
                self.below(Node::Lines(lines), |walker| walker.in_expr(expr));
            }
            Expr::FString(node) => {
                self.f_string(Node::Expr(expr), node.range, node.range, pieces(&node.value));
            }
            Expr::TString(node) => {
                self.below(Node::Expr(expr), |walker| {
                    for element in node.value.elements() {
                        if let Piece::Expression(element, own) = Piece::of(element, node.range) {
                            walker.interpolation(node.range, own, element);
                        }
                    }
                });
            }
            _ => self.below(Node::Expr(expr), |walker| walker.in_expr(expr)),
        }
    }

    /// What is below an expression of any other kind.
    fn in_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::BoolOp(node) => self.exprs(&node.values),
            Expr::Named(node) => self.exprs([&*node.target, &node.value]),
            Expr::UnaryOp(node) => self.expr(&node.operand),
            Expr::Lambda(node) => {
                if let Some(parameters) = &node.parameters {
                    self.parameters(parameters);
                }
                self.expr(&node.body);
            }
            Expr::If(node) => self.exprs([&*node.test, &node.body, &node.orelse]),
            Expr::Set(node) => self.exprs(&node.elts),
            Expr::List(node) => self.exprs(&node.elts),
            Expr::Tuple(node) => self.exprs(&node.elts),
            Expr::ListComp(ast::ExprListComp { elt, generators, .. })
            | Expr::SetComp(ast::ExprSetComp { elt, generators, .. })
            | Expr::Generator(ast::ExprGenerator { elt, generators, .. }) => {
                self.expr(elt);
                self.comprehensions(generators);
            }
            Expr::DictComp(node) => {
                self.exprs(node.key.as_deref());
                self.expr(&node.value);
                self.comprehensions(&node.generators);
            }
            Expr::Await(node) => self.expr(&node.value),
            Expr::Yield(node) => self.exprs(node.value.as_deref()),
            Expr::YieldFrom(node) => self.expr(&node.value),
            Expr::Compare(node) => {
                for value in &node.comparators {
                    self.out.hide_value(&node.left, value);
                }
                self.expr(&node.left);
                self.exprs(&node.comparators);
            }
            Expr::Attribute(node) => self.expr(&node.value),
            Expr::Subscript(node) => self.exprs([&*node.value, &node.slice]),
            Expr::Starred(node) => self.expr(&node.value),
            Expr::Slice(node) => {
                let bounds = [&node.lower, &node.upper, &node.step];
                self.exprs(bounds.into_iter().flat_map(Option::as_deref));
            }
            _ => {}
        }
    }

    fn dict(&mut self, expr: &'a Expr, dict: &'a ast::ExprDict) {
        for item in &dict.items {
            if let Some(key) = &item.key {
                self.out.hide_value(key, &item.value);
                self.below(Node::Key(expr, item), |walker| walker.expr(key));
            }
        }
        self.below(Node::Expr(expr), |w| w.exprs(dict.items.iter().map(|item| &item.value)));
    }
}
