//! What names are bound to, scope by scope. A scope is read when the first finding in it asks, so a
//! file without findings pays nothing, and once, so many findings cost no more than the file.

use super::node::{MAX_DEPTH, Node};
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal, walk_body};
use ruff_python_ast::{
    Alias, AnyNodeRef, Comprehension, Expr, ExprContext, Stmt, StmtClassDef, StmtFunctionDef,
    StmtImport, StmtImportFrom,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Nodes that are read in one file for all of its scopes; what is left then is not known.
const BUDGET: u32 = 4_000_000;
/// Places that bind one name and are told apart; of a name with more of them nothing is known.
const BINDINGS: usize = 50;
/// Parts of a dotted name.
const PARTS: usize = 16;

/// The scopes of a file.
pub struct Scopes<'a> {
    body: &'a [Stmt],
    /// By the start of what is inside; none stands for the module.
    read: RefCell<HashMap<Option<TextSize>, Rc<Scope<'a>>>>,
    budget: Cell<u32>,
}

/// A body whose names are its own.
#[derive(Clone, Copy)]
pub enum Level<'a> {
    Function(&'a StmtFunctionDef),
    Class(&'a StmtClassDef),
    /// Of which the first `for` is read outside.
    Comprehension(&'a [Comprehension]),
    Module,
}

impl Level<'_> {
    /// Whether it runs where it stands.
    pub fn is_comprehension(&self) -> bool {
        matches!(self, Level::Comprehension(_))
    }
}

/// The names that a scope binds.
pub struct Scope<'a> {
    bindings: HashMap<&'a str, Vec<Binding<'a>>>,
    /// Whether all of it was read.
    whole: bool,
}

/// One place that binds a name.
pub struct Binding<'a> {
    pub bound: Bound<'a>,
    /// Where it begins to hold.
    pub from: TextSize,
    /// Whether whatever comes later in the scope has passed it: it stands under no condition.
    pub always: bool,
}

/// What a name is bound to.
#[derive(Clone, Copy)]
pub enum Bound<'a> {
    /// The value itself.
    Value(&'a Expr),
    /// Something that is in the value: an item of it, or it with something before it.
    Part(&'a Expr),
    Parameter,
    /// `import a.b`, `import a.b as c`.
    Module(&'a Alias),
    /// `from a import b`; the module is absent in a relative import.
    Member(Option<&'a str>, &'a Alias),
    /// What entering the context gives: `with value as name`.
    Entered(&'a Expr),
    /// A function, an exception, a loop over nothing known.
    Other,
}

/// A dotted name in full.
pub struct Dotted {
    pub name: String,
    pub root: Root,
}

/// What its first part is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// Brought in by an import, which the name in full is resolved through.
    Import,
    Parameter,
    /// Nothing in the file binds it: built in, or brought in by `import *`.
    Unbound,
}

impl<'a> Bound<'a> {
    /// What an import brings in, in full; none for what is no import or a relative one.
    pub fn imported(&self) -> Option<Cow<'a, str>> {
        match self {
            Bound::Module(alias) => Some(Cow::Borrowed(match &alias.asname {
                Some(_) => &alias.name,
                None => alias.name.split('.').next().unwrap_or_default(),
            })),
            Bound::Member(module, alias) => {
                Some(Cow::Owned(format!("{}.{}", (*module)?, alias.name)))
            }
            _ => None,
        }
    }
}

/// What bindings that are imports all bring in, in full; none where they differ. That a module
/// may be missing, and is None then, changes nothing.
pub fn import(bindings: &[Binding]) -> Option<String> {
    let missing = |bound: &Bound| matches!(bound, Bound::Value(Expr::NoneLiteral(_)));
    let mut imports = bindings.iter().filter(|binding| !missing(&binding.bound));
    let first = imports.next()?.bound.imported()?;
    imports.all(|other| other.bound.imported().as_ref() == Some(&first)).then(|| first.into_owned())
}

impl<'a> Scopes<'a> {
    /// The scopes of the module with this body.
    pub fn new(body: &'a [Stmt]) -> Scopes<'a> {
        Scopes { body, read: RefCell::default(), budget: Cell::new(BUDGET) }
    }

    /// The bodies around a place, the innermost first; `parents` are the nodes around it.
    pub fn around(parents: &[Node<'a>], at: TextSize) -> Vec<Level<'a>> {
        // Decorators, defaults and base classes are evaluated outside.
        let inside = |body: &[Stmt]| body.first().is_some_and(|first| first.start() <= at);
        let levels = parents.iter().rev().filter_map(|node| match node {
            Node::Stmt(Stmt::FunctionDef(def)) if inside(&def.body) => Some(Level::Function(def)),
            Node::Stmt(Stmt::ClassDef(class)) if inside(&class.body) => Some(Level::Class(class)),
            Node::Expr(expr) => {
                generators(expr).filter(|all| !is_outside(all, at)).map(Level::Comprehension)
            }
            _ => None,
        });
        levels.chain([Level::Module]).collect()
    }

    /// How many levels further out than the first a value is evaluated that is bound there: one,
    /// where a comprehension goes through it.
    pub fn out_of(levels: &[Level], at: TextSize) -> usize {
        let is_out = matches!(levels, [Level::Comprehension(all), ..] if is_outside(all, at));
        usize::from(is_out)
    }

    /// Where a name that is read at the first of the levels is bound: how many levels further out,
    /// and the bindings, which are none where nothing binds it. None where that cannot be told.
    pub fn find(&self, name: &str, levels: &[Level<'a>]) -> Option<(usize, Rc<Scope<'a>>)> {
        for (out, level) in levels.iter().enumerate() {
            // The names of a class are not those of its methods.
            if out > 0 && matches!(level, Level::Class(_)) {
                continue;
            }
            let scope = self.scope(*level);
            if !scope.whole {
                return None;
            }
            if scope.bindings.contains_key(name) || out + 1 == levels.len() {
                return Some((out, scope));
            }
        }
        None
    }

    /// A name or dotted name, as it is read at the first of the levels; none where it is no such
    /// thing or something else is bound to its first part.
    pub fn dotted(&self, expr: &Expr, levels: &[Level<'a>]) -> Option<Dotted> {
        let mut parts = Vec::new();
        let mut at = expr;
        while let Expr::Attribute(attribute) = at {
            parts.push(attribute.attr.as_str());
            at = &attribute.value;
            if parts.len() > PARTS {
                return None;
            }
        }
        let Expr::Name(name) = at else { return None };
        let (_, scope) = self.find(&name.id, levels)?;
        let (mut full, root) = match scope.bindings(&name.id) {
            [] => (name.id.to_string(), Root::Unbound),
            [Binding { bound: Bound::Parameter, .. }] => (name.id.to_string(), Root::Parameter),
            bindings => (import(bindings)?, Root::Import),
        };
        for part in parts.iter().rev() {
            full.push('.');
            full.push_str(part);
        }
        Some(Dotted { name: full, root })
    }

    fn scope(&self, level: Level<'a>) -> Rc<Scope<'a>> {
        let key = match level {
            Level::Function(def) => Some(def.start()),
            Level::Class(class) => Some(class.start()),
            Level::Comprehension(generators) => generators.first().map(Ranged::start),
            Level::Module => None,
        };
        let read = || Rc::new(Reader::read(level, self.body, &self.budget));
        self.read.borrow_mut().entry(key).or_insert_with(read).clone()
    }
}

impl<'a> Scope<'a> {
    /// The places that bind a name.
    pub fn bindings(&self, name: &str) -> &[Binding<'a>] {
        self.bindings.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Reads one scope.
struct Reader<'a, 'b> {
    scope: Scope<'a>,
    /// What the names that are about to be visited are bound to, by their place.
    targets: HashMap<TextSize, (Bound<'a>, TextSize)>,
    /// Where the comprehension that is being visited names its items, which is its own affair.
    items: TextRange,
    budget: &'b Cell<u32>,
    depth: usize,
    /// Statements around that may be passed by.
    conditions: usize,
    /// Functions and classes around, which are scopes of their own.
    nested: usize,
}

impl<'a, 'b> Reader<'a, 'b> {
    fn read(level: Level<'a>, module: &'a [Stmt], budget: &'b Cell<u32>) -> Scope<'a> {
        let mut reader = Reader {
            scope: Scope { bindings: HashMap::new(), whole: true },
            targets: HashMap::new(),
            items: TextRange::default(),
            budget,
            depth: 0,
            conditions: 0,
            nested: 0,
        };
        match level {
            Level::Function(def) => {
                for parameter in def.parameters.iter() {
                    let name = parameter.as_parameter();
                    reader.bind(&name.name, Bound::Parameter, name.start());
                }
                walk_body(&mut reader, &def.body);
            }
            Level::Class(class) => walk_body(&mut reader, &class.body),
            Level::Comprehension(generators) => reader.read_items(generators),
            Level::Module => walk_body(&mut reader, module),
        }
        reader.scope
    }

    /// The names of a comprehension hold before they are written.
    fn read_items(&mut self, generators: &'a [Comprehension]) {
        for generator in generators {
            self.expect(&generator.target, Bound::Part(&generator.iter), TextSize::default());
            self.visit_expr(&generator.target);
        }
    }

    fn bind(&mut self, name: &'a str, bound: Bound<'a>, from: TextSize) {
        let always = self.conditions == 0;
        let bindings = self.scope.bindings.entry(name).or_default();
        let bound = if bindings.len() == BINDINGS {
            bindings.clear();
            Bound::Other
        } else {
            bound
        };
        bindings.push(Binding { bound, from, always });
    }

    /// Notes what the names in a target will be bound to.
    fn expect(&mut self, target: &'a Expr, bound: Bound<'a>, from: TextSize) {
        match (target, bound) {
            (Expr::Name(name), _) => {
                self.targets.insert(name.start(), (bound, from));
            }
            (Expr::Starred(starred), _) => self.expect(&starred.value, part(bound), from),
            (Expr::Tuple(_) | Expr::List(_), Bound::Value(value)) => {
                let (targets, values) = (elements(target), elements(value));
                let starred = targets.iter().chain(values).any(Expr::is_starred_expr);
                let paired = targets.len() == values.len() && !starred;
                for (at, target) in targets.iter().enumerate() {
                    let own = values.get(at).filter(|_| paired).map(Bound::Value);
                    self.expect(target, own.unwrap_or(Bound::Part(value)), from);
                }
            }
            (Expr::Tuple(_) | Expr::List(_), _) => {
                let bound = part(bound);
                elements(target).iter().for_each(|target| self.expect(target, bound, from));
            }
            _ => {}
        }
    }

    fn expect_of_node(&mut self, node: AnyNodeRef<'a>) {
        match node {
            AnyNodeRef::StmtAssign(assign) => {
                let value = &*assign.value;
                for target in &assign.targets {
                    self.expect(target, Bound::Value(value), value.end());
                }
            }
            AnyNodeRef::StmtAnnAssign(assign) => {
                let bound = assign.value.as_deref().map_or(Bound::Other, Bound::Value);
                self.expect(&assign.target, bound, assign.end());
            }
            AnyNodeRef::StmtAugAssign(assign) => {
                self.expect(&assign.target, Bound::Part(&assign.value), assign.end());
            }
            AnyNodeRef::StmtFor(node) => {
                self.expect(&node.target, Bound::Part(&node.iter), node.iter.end());
            }
            AnyNodeRef::WithItem(item) => {
                if let Some(target) = &item.optional_vars {
                    self.expect(target, Bound::Entered(&item.context_expr), target.end());
                }
            }
            AnyNodeRef::ExprNamed(named) => {
                self.expect(&named.target, Bound::Value(&named.value), named.end());
            }
            AnyNodeRef::Comprehension(node) => self.items = node.target.range(),
            _ => {}
        }
    }

    fn import(&mut self, import: &'a StmtImport) {
        for alias in &import.names {
            let first = alias.name.split('.').next().unwrap_or_default();
            let name = alias.asname.as_deref().unwrap_or(first);
            self.bind(name, Bound::Module(alias), alias.end());
        }
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) {
        let module = import.module.as_deref().filter(|_| import.level == 0);
        for alias in &import.names {
            let name = alias.asname.as_deref().unwrap_or(&alias.name);
            self.bind(name, Bound::Member(module, alias), alias.end());
        }
    }

    /// What binds a name without an expression for it.
    fn bind_of_node(&mut self, node: AnyNodeRef<'a>) {
        let name = match node {
            AnyNodeRef::ExprName(name) if self.items.contains_range(name.range) => None,
            AnyNodeRef::ExprName(name) if name.ctx != ExprContext::Load => {
                let unknown = (Bound::Other, name.end());
                let (bound, from) = self.targets.remove(&name.start()).unwrap_or(unknown);
                return self.bind(&name.id, bound, from);
            }
            AnyNodeRef::StmtImport(import) => return self.import(import),
            AnyNodeRef::StmtImportFrom(import) => return self.import_from(import),
            AnyNodeRef::StmtFunctionDef(def) => Some(&def.name),
            AnyNodeRef::StmtClassDef(class) => Some(&class.name),
            AnyNodeRef::Parameter(parameter) => Some(&parameter.name),
            AnyNodeRef::ExceptHandlerExceptHandler(handler) => handler.name.as_ref(),
            AnyNodeRef::PatternMatchAs(pattern) => pattern.name.as_ref(),
            AnyNodeRef::PatternMatchStar(pattern) => pattern.name.as_ref(),
            AnyNodeRef::PatternMatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name, Bound::Other, name.end());
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Reader<'a, '_> {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        self.depth += 1;
        let left = self.budget.get();
        self.budget.set(left.saturating_sub(1));
        if left == 0 || self.depth > MAX_DEPTH {
            self.scope.whole = false;
        }
        // Names that a scope shares may be bound by the other one: nobody knows when.
        if let AnyNodeRef::StmtGlobal(_) | AnyNodeRef::StmtNonlocal(_) = node {
            for name in shared(node) {
                self.bind(name, Bound::Other, node.end());
            }
        }
        if self.nested == 0 {
            self.expect_of_node(node);
            self.bind_of_node(node);
        }
        self.nested += usize::from(is_scope(node));
        self.conditions += usize::from(is_condition(node));
        let within = !(self.nested > 0 && node.is_expression());
        if self.scope.whole && within { TraversalSignal::Traverse } else { TraversalSignal::Skip }
    }

    fn leave_node(&mut self, node: AnyNodeRef<'a>) {
        self.depth -= 1;
        self.nested -= usize::from(is_scope(node));
        self.conditions -= usize::from(is_condition(node));
    }
}

/// The `for` clauses of a comprehension.
fn generators(expr: &Expr) -> Option<&[Comprehension]> {
    match expr {
        Expr::ListComp(node) => Some(&node.generators),
        Expr::SetComp(node) => Some(&node.generators),
        Expr::DictComp(node) => Some(&node.generators),
        Expr::Generator(node) => Some(&node.generators),
        _ => None,
    }
}

/// Whether a place stands in what a comprehension goes through first, which is evaluated outside.
fn is_outside(generators: &[Comprehension], at: TextSize) -> bool {
    generators.first().is_some_and(|first| first.iter.range().contains_inclusive(at))
}

fn part(bound: Bound) -> Bound {
    match bound {
        Bound::Value(value) | Bound::Part(value) => Bound::Part(value),
        _ => Bound::Other,
    }
}

fn elements(expr: &Expr) -> &[Expr] {
    match expr {
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        _ => &[],
    }
}

fn shared<'a>(node: AnyNodeRef<'a>) -> impl Iterator<Item = &'a str> {
    let names: &'a [ruff_python_ast::Identifier] = match node {
        AnyNodeRef::StmtGlobal(node) => &node.names,
        AnyNodeRef::StmtNonlocal(node) => &node.names,
        _ => &[],
    };
    names.iter().map(|name| name.as_str())
}

fn is_scope(node: AnyNodeRef) -> bool {
    matches!(node, AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_))
}

/// Whether what is inside may be passed by, or run again.
fn is_condition(node: AnyNodeRef) -> bool {
    use AnyNodeRef::*;
    matches!(
        node,
        StmtIf(_) | StmtFor(_) | StmtWhile(_) | StmtTry(_) | StmtMatch(_) | StmtAugAssign(_)
    ) || node.is_expression()
}
