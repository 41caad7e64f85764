//! One condition of a rule.

use super::functions;
use super::place::Roots;
use super::subject::{self, Subject, subjects};
use super::{Context, Outcome};
use crate::engine::terraform::syntax::Step;
use crate::engine::terraform::{Block, Expression, Scope, Value};
use crate::rule::{Resource, Rule};
use std::sync::OnceLock;

/// A condition, ready to be asked.
pub struct Condition {
    rule: &'static Rule,
    kind: &'static str,
    /// From the view to what is looked at.
    steps: Vec<&'static str>,
    /// Name, kind of resource, attribute.
    with: Vec<(&'static str, &'static str, &'static str)>,
    only: Option<Lazy>,
    fails: Lazy,
    at: Vec<Vec<&'static str>>,
    set: Option<&'static str>,
}

/// An expression, parsed when it is first asked for.
struct Lazy {
    text: &'static str,
    parsed: OnceLock<Option<Expression>>,
}

impl Lazy {
    fn new(text: &'static str) -> Lazy {
        Lazy { text, parsed: OnceLock::new() }
    }

    fn is_true(&self, scope: &dyn Scope) -> bool {
        let parsed = self.parsed.get_or_init(|| Expression::parse(self.text).ok());
        parsed.as_ref().is_some_and(|it| it.evaluate(scope) == Value::Bool(true))
    }
}

impl Condition {
    /// `of` is one of the resource's.
    pub fn new(
        rule: &'static Rule,
        resource: &'static Resource<&'static str>,
        of: &'static str,
    ) -> Condition {
        let (kind, steps) = split(of);
        let with = resource.with.iter().map(|(name, link)| {
            let (kind, attribute) = split_last(link);
            (*name, kind, attribute)
        });
        Condition {
            rule,
            kind,
            steps,
            with: with.collect(),
            only: resource.only.map(Lazy::new),
            fails: Lazy::new(resource.fails),
            at: resource.at.iter().map(|path| path.split('.').collect()).collect(),
            set: resource.set,
        }
    }

    /// The kind of the views that it is about.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What it says of an instance, of which `views` are those that it is about.
    pub fn judge(
        &self,
        context: &Context,
        index: u32,
        views: &[Subject],
        outcomes: &mut Vec<Outcome>,
    ) {
        let instance = context.instance(index);
        let linked: Vec<(&'static str, Option<u32>)> = self
            .with
            .iter()
            .map(|(name, kind, attribute)| {
                (*name, context.links.to(instance, kind, attribute).first().copied())
            })
            .collect();
        let blocks: Vec<(&'static str, Option<&Block>)> = linked
            .iter()
            .map(|(name, at)| (*name, at.map(|at| &context.instance(at).block)))
            .collect();
        for subject in views.iter().flat_map(|view| subjects(view, &self.steps)) {
            let terms = Terms { context, index, linked: &linked, subject: &subject };
            if self.only.as_ref().is_some_and(|only| !only.is_true(&terms)) {
                continue;
            }
            let failed = self.fails.is_true(&terms);
            let (place, attribute) = match failed {
                true => Roots { subject: &subject, with: &blocks }.fault(&self.at),
                false => (subject.place().clone(), subject.path().join(".")),
            };
            outcomes.push(Outcome {
                rule: self.rule,
                instance: index,
                place,
                attribute,
                failed,
                set: self.set,
            });
        }
    }

    /// The expressions that are none.
    pub fn broken(&self) -> impl Iterator<Item = String> {
        let expressions = self.only.iter().chain([&self.fails]);
        expressions.filter_map(|lazy| {
            let error = Expression::parse(lazy.text).err()?;
            Some(format!("{}: {}: {error}", self.rule.id, lazy.text))
        })
    }
}

/// `aws_security_group.ingress` is a kind and steps; the kind of `data.aws_ami` has two words.
fn split(of: &'static str) -> (&'static str, Vec<&'static str>) {
    let words = match of.split_once('.') {
        Some(("data" | "provider", _)) => 2,
        _ => 1,
    };
    let end = of.match_indices('.').nth(words - 1).map_or(of.len(), |(at, _)| at);
    let steps = of[end..].split('.').filter(|step| !step.is_empty());
    (&of[..end], steps.collect())
}

fn split_last(link: &'static str) -> (&'static str, &'static str) {
    link.rsplit_once('.').unwrap_or((link, ""))
}

/// What the words of an expression stand for.
pub struct Terms<'a> {
    pub context: &'a Context<'a>,
    /// The instance that is looked at.
    pub index: u32,
    linked: &'a [(&'static str, Option<u32>)],
    subject: &'a Subject<'a>,
}

impl Terms<'_> {
    /// The innermost block that is looked at.
    pub fn block(&self) -> &Block {
        self.subject.block
    }

    /// The block that a name stands for.
    fn block_of(&self, name: &str) -> Option<&Block> {
        let Subject { around, block, element, .. } = self.subject;
        match (name, element) {
            ("self", None) | ("parent", Some(_)) => Some(block),
            ("self", Some(_)) | ("key", _) => None,
            ("parent", None) => around.last().copied(),
            ("resource", _) => Some(&self.context.instance(self.index).block),
            (name, _) => {
                let (_, index) = self.linked.iter().find(|(own, _)| *own == name)?;
                index.map(|index| &self.context.instance(index).block)
            }
        }
    }
}

impl Scope for Terms<'_> {
    fn root(&self, name: &str) -> Option<Value> {
        let subject = self.subject;
        let around = |outwards| subject.object(self.context.value(self.index), outwards);
        match name {
            "self" => Some(match &subject.element {
                Some((_, _, value)) => value.clone(),
                None => around(0),
            }),
            "parent" => Some(match (&subject.element, &subject.around[..]) {
                (Some(_), _) => around(0),
                (None, [_, ..]) => around(1),
                (None, []) => Value::Null,
            }),
            "key" => subject.element.as_ref().map(|(name, ..)| Value::string(*name)),
            "resource" => Some(self.context.value(self.index)),
            name => {
                let (_, index) = self.linked.iter().find(|(own, _)| *own == name)?;
                Some(index.map_or(Value::Null, |index| self.context.value(index)))
            }
        }
    }

    fn part(&self, name: &str, steps: &[Step]) -> Option<(Value, usize)> {
        subject::part(self.block_of(name)?, steps, self.context.null)
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Value> {
        functions::call(name, self, arguments)
    }
}
