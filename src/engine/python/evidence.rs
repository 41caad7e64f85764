//! Where an argument comes from: nothing but constants, or somebody outside. Followed through the
//! assignments of the functions around the call, by the names of the file alone, in a bounded
//! number of steps; what cannot be told is no evidence.

use super::args::Call;
use super::node::Node;
use super::scopes::{Binding, Bound, Dotted, Level, Root, Scopes};
use crate::finding::Evidence;
use crate::target::{LineIndex, SourceFile};
use ruff_python_ast::{Arguments, Expr, ExprCall, FStringValue, InterpolatedStringElement};
use ruff_text_size::{Ranged, TextSize};
use std::borrow::Cow;
use std::cell::Cell;

/// Steps that are taken for one finding.
const STEPS: u32 = 300;
/// Names and operators that are followed one below the other.
const DEPTH: u32 = 40;

/// Which arguments of a call the evidence is about.
enum About {
    /// The first positional one, or else the keyword.
    First(&'static str),
    /// Every positional one.
    Positional,
    /// All of them.
    Every,
}

use About::{Every, First, Positional};

/// The rules about what goes into a call, and the arguments that matter to them. Where a constant
/// says nothing, because it names what is read and not what is in it, only the outside counts.
const JUDGED: &[(&[&str], About, Constants)] = &[
    (&["B102", "B307"], First("source"), Constants::Count),
    (&["B301", "B302"], First("data"), Constants::Count),
    (&["B308", "B703"], First("s"), Constants::Count),
    (&["B310"], First("url"), Constants::Count),
    (
        &["B313", "B314", "B315", "B316", "B317", "B318", "B319"],
        First("source"),
        Constants::AreNames,
    ),
    (&["B506"], First("stream"), Constants::Count),
    (&["B601"], First("command"), Constants::Count),
    (&["B602", "B603", "B604"], First("args"), Constants::Count),
    (&["B605"], First("command"), Constants::Count),
    (&["B606"], Positional, Constants::Count),
    (&["B610"], Every, Constants::Count),
    (&["B611"], First("sql"), Constants::Count),
    (&["B614"], First("f"), Constants::AreNames),
    (&["B702"], First("text"), Constants::Count),
    (&["B704"], First("object"), Constants::Count),
];

/// What it says of a finding that an argument is a constant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Constants {
    /// Nobody outside chooses what is run, read or shown.
    Count,
    /// Nothing: it is the name of a file, whose content may be anybody's.
    AreNames,
}

/// What somebody outside says: a prefix of the whole name.
const OUTSIDE: &[&str] = &["os.environ", "os.environb", "sys.argv", "sys.stdin"];
/// Functions that return what somebody outside says.
const ASKING: &[&str] = &["input", "os.getenv", "os.getenvb", "raw_input"];
/// What the server itself puts into a request.
const OF_SERVER: &[&str] =
    &["app", "config", "loop", "method", "registry", "session", "site", "state", "user"];
/// Functions whose result is made of all their arguments.
const MAKERS: &[&str] = &[
    "base64.b64decode",
    "bytes",
    "os.fsdecode",
    "os.fsencode",
    "os.path.join",
    "pathlib.Path",
    "str",
    "urllib.parse.unquote",
];
/// Those whose result can be filled later, or holds what can.
const MAKERS_OF_CONTAINERS: &[&str] =
    &["io.BytesIO", "io.StringIO", "list", "shlex.split", "tuple", "urllib.request.Request"];
/// Methods whose result is made of the object and all arguments.
const MAKING: &[&str] = &[
    "decode", "encode", "format", "join", "lower", "lstrip", "replace", "rstrip", "strip", "title",
    "upper",
];
/// Those that make a list.
const MAKING_LISTS: &[&str] = &["split", "splitlines"];

/// What an expression is made of.
enum Origin {
    Constant,
    Outside(String, TextSize),
    Open,
}

/// The evidence for a finding of the rule about a call.
pub fn of_call<'a>(
    rule: &str,
    call: &Call,
    parents: &[Node<'a>],
    scopes: &Scopes<'a>,
) -> Option<Evidence> {
    let (_, about, constants) = JUDGED.iter().find(|(rules, ..)| rules.contains(&rule))?;
    let arguments = &call.node.arguments;
    let levels = Scopes::around(parents, call.node.start());
    let trail = Trail { scopes, levels: &levels, kept: false, steps: &Cell::new(STEPS) };
    let at = call.node.start();
    let origin = match about {
        First(keyword) => {
            trail.origin(call.args().first().or_else(|| call.keyword(keyword))?, at, 0)
        }
        Positional if arguments.args.is_empty() => return None,
        Positional => trail.all(&arguments.args, at, 0),
        Every => trail.arguments(arguments, at, 0),
    };
    match origin {
        Origin::Constant if *constants == Constants::AreNames => None,
        origin => origin.evidence(call.file.lines()),
    }
}

/// The evidence for a finding of the rule about a text: a statement of SQL with all that is put
/// into it, by operators or by `format`.
pub fn of_text<'a>(
    rule: &str,
    text: &Expr,
    parents: &[Node<'a>],
    scopes: &Scopes<'a>,
    file: &SourceFile,
) -> Option<Evidence> {
    if rule != "B608" {
        return None;
    }
    let operators = parents.iter().rev().map_while(|node| match node {
        Node::Expr(whole @ Expr::BinOp(_)) => Some(*whole),
        _ => None,
    });
    let whole = match parents {
        [.., Node::Expr(call @ Expr::Call(_)), Node::Expr(Expr::Attribute(_))] => call,
        _ => operators.last().unwrap_or(text),
    };
    let levels = Scopes::around(parents, whole.start());
    let trail = Trail { scopes, levels: &levels, kept: false, steps: &Cell::new(STEPS) };
    trail.origin(whole, whole.start(), 0).evidence(file.lines())
}

impl Origin {
    fn unless_constant(self) -> Origin {
        if let Origin::Constant = self { Origin::Open } else { self }
    }

    fn evidence(self, lines: &LineIndex) -> Option<Evidence> {
        match self {
            Origin::Constant => Some(Evidence::Constant),
            Origin::Outside(source, at) => {
                Some(Evidence::Outside { source: source.into(), line: lines.line(at.to_usize()) })
            }
            Origin::Open => None,
        }
    }
}

/// The way back from a value, seen from one scope.
#[derive(Clone, Copy)]
struct Trail<'a, 't> {
    scopes: &'t Scopes<'a>,
    levels: &'t [Level<'a>],
    /// Whether the value has a name, through which whoever has it may fill what can be filled.
    kept: bool,
    steps: &'t Cell<u32>,
}

impl<'a> Trail<'a, '_> {
    /// What an expression is made of that is evaluated at `at`.
    fn origin(&self, expr: &Expr, at: TextSize, depth: u32) -> Origin {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        if left == 0 || depth > DEPTH {
            return Origin::Open;
        }
        let below = |expr: &Expr| self.origin(expr, at, depth + 1);
        match expr {
            Expr::FString(text) => self
                .every(interpolated(&text.value), |expr| self.unkept().origin(expr, at, depth + 1)),
            expr if expr.is_literal_expr() => Origin::Constant,
            Expr::Name(name) => self.name(&name.id, at, depth),
            Expr::Attribute(attribute) => {
                let name = self.scopes.dotted(expr, self.levels);
                match name.as_ref().and_then(outside) {
                    Some(source) => Origin::Outside(source, expr.start()),
                    None => below(&attribute.value).unless_constant(),
                }
            }
            Expr::Call(call) => self.call(call, at, depth),
            Expr::BinOp(node) => self.every([&*node.left, &*node.right], below),
            Expr::BoolOp(node) => self.every(&node.values, below),
            Expr::If(node) => self.every([&*node.body, &*node.orelse], below),
            Expr::List(node) => self.container(self.every(&node.elts, below)),
            Expr::Tuple(node) => self.every(&node.elts, below),
            Expr::Set(node) => self.container(self.every(&node.elts, below)),
            Expr::Dict(node) => self.container(self.every(node.iter_values(), below)),
            Expr::Subscript(node) => below(&node.value),
            Expr::UnaryOp(node) => below(&node.operand),
            Expr::Starred(node) => below(&node.value),
            Expr::Await(node) => below(&node.value),
            Expr::Named(node) => below(&node.value),
            _ => Origin::Open,
        }
    }

    /// The same for what goes into a text, which is as it was made whatever becomes of that.
    fn unkept(&self) -> Self {
        Trail { kept: false, ..*self }
    }

    /// What a list or the like is made of, which is not all that is in it later.
    fn container(&self, made: Origin) -> Origin {
        if self.kept { made.unless_constant() } else { made }
    }

    fn all(&self, exprs: &[Expr], at: TextSize, depth: u32) -> Origin {
        self.every(exprs, |expr| self.origin(expr, at, depth + 1))
    }

    fn arguments(&self, arguments: &Arguments, at: TextSize, depth: u32) -> Origin {
        let values = arguments.args.iter().chain(arguments.keywords.iter().map(|k| &k.value));
        self.every(values, |expr| self.origin(expr, at, depth + 1))
    }

    /// What is made of several values: one from outside is enough, constants have to be all.
    fn every<'e>(
        &self,
        exprs: impl IntoIterator<Item = &'e Expr>,
        origin: impl Fn(&'e Expr) -> Origin,
    ) -> Origin {
        let mut constant = true;
        for expr in exprs {
            match origin(expr) {
                Origin::Constant => {}
                Origin::Open => constant = false,
                outside => return outside,
            }
            if self.steps.get() == 0 {
                return Origin::Open;
            }
        }
        if constant { Origin::Constant } else { Origin::Open }
    }

    fn name(&self, name: &str, at: TextSize, depth: u32) -> Origin {
        let Some((out, scope)) = self.scopes.find(name, self.levels) else { return Origin::Open };
        let bindings = scope.bindings(name);
        if bindings.is_empty() {
            return Origin::Open;
        }
        let there = Trail { levels: &self.levels[out..], ..*self };
        // An outer scope is as it is when the function runs, not as it was where it stands; a
        // comprehension runs where it stands.
        let runs_there = self.levels[..out].iter().all(Level::is_comprehension);
        let reach = runs_there.then(|| Reach::to(bindings, at));
        let mut constant = true;
        for binding in bindings {
            let reaches = reach.as_ref().is_none_or(|reach| reach.has(binding));
            match there.bound(binding, depth) {
                outside @ Origin::Outside(..) if reaches => return outside,
                Origin::Constant => {}
                _ => constant = false,
            }
        }
        if constant { Origin::Constant } else { Origin::Open }
    }

    fn bound(&self, binding: &Binding<'a>, depth: u32) -> Origin {
        let value = |value: &Expr| {
            let levels = &self.levels[Scopes::out_of(self.levels, value.start())..];
            let kept = Trail { kept: true, levels, ..*self };
            kept.origin(value, value.start(), depth + 1)
        };
        match binding.bound {
            Bound::Value(whole) => value(whole),
            Bound::Part(whole) => value(whole).unless_constant(),
            Bound::Module(_) | Bound::Member(..) => {
                let full = binding.bound.imported().map(Cow::into_owned);
                let source = full.and_then(|name| outside(&Dotted { name, root: Root::Import }));
                source.map_or(Origin::Open, |source| Origin::Outside(source, binding.from))
            }
            Bound::Entered(_) | Bound::Parameter | Bound::Other => Origin::Open,
        }
    }

    fn call(&self, call: &ExprCall, at: TextSize, depth: u32) -> Origin {
        if let Some(called) = self.scopes.dotted(&call.func, self.levels) {
            let known =
                |names: &[&str]| called.root != Root::Parameter && names.contains(&&*called.name);
            if known(ASKING) {
                return Origin::Outside(format!("{}()", called.name), call.start());
            }
            if known(MAKERS) {
                return self.unkept().arguments(&call.arguments, at, depth);
            }
            if known(MAKERS_OF_CONTAINERS) {
                return self.container(self.arguments(&call.arguments, at, depth));
            }
            if let Some(source) = outside(&called) {
                return Origin::Outside(source, call.start());
            }
        }
        let Expr::Attribute(method) = &*call.func else { return Origin::Open };
        let object = self.unkept().origin(&method.value, at, depth + 1);
        let name = method.attr.as_str();
        let makes_list = MAKING_LISTS.contains(&name);
        if !matches!(object, Origin::Outside(..)) && !makes_list && !MAKING.contains(&name) {
            return Origin::Open;
        }
        let made = match object {
            Origin::Outside(..) => object,
            _ => match self.unkept().arguments(&call.arguments, at, depth) {
                Origin::Constant => object,
                arguments => arguments,
            },
        };
        if makes_list { self.container(made) } else { made }
    }
}

/// The bindings that may hold at a place of their own scope.
struct Reach {
    /// Whatever held before has been replaced here.
    since: TextSize,
    until: TextSize,
}

impl Reach {
    fn to(bindings: &[Binding], until: TextSize) -> Reach {
        let before = bindings.iter().filter(|one| one.always && one.from <= until);
        Reach { since: before.map(|one| one.from).max().unwrap_or_default(), until }
    }

    fn has(&self, binding: &Binding) -> bool {
        (self.since..=self.until).contains(&binding.from)
    }
}

/// What of the outside a dotted name reads: `sys.argv`, `request.args`.
fn outside(dotted: &Dotted) -> Option<String> {
    let name = &dotted.name;
    let reads = |source: &&&str| {
        name.strip_prefix(**source).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if dotted.root != Root::Parameter
        && let Some(source) = OUTSIDE.iter().find(reads)
    {
        return Some((*source).to_owned());
    }
    let parts: Vec<&str> = name.split('.').collect();
    let at = parts.iter().position(|part| *part == "request")?;
    let of_framework = match (&parts[..at], dotted.root) {
        ([], _) | (["self"], Root::Parameter) => true,
        ([.., module], Root::Import) => *module != "urllib",
        _ => false,
    };
    let read = parts.get(at + 1).filter(|read| of_framework && !OF_SERVER.contains(*read))?;
    Some(format!("request.{read}"))
}

/// What an f-string puts into its text, the widths and the like of its formats included.
fn interpolated(text: &FStringValue) -> Vec<&Expr> {
    let mut elements: Vec<_> = text.elements().collect();
    elements.reverse();
    let mut exprs = Vec::new();
    while let Some(element) = elements.pop() {
        if let InterpolatedStringElement::Interpolation(element) = element {
            exprs.push(&*element.expression);
            elements.extend(element.format_spec.iter().flat_map(|spec| spec.elements.iter().rev()));
        }
    }
    exprs
}

#[cfg(test)]
mod tests;
