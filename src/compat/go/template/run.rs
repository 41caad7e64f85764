//! Writing what a template says.

use super::functions;
use super::parse::{Named, Node, Pipeline, Term};
use super::value::Value;
use std::rc::Rc;

/// The most that is written, in bytes.
const LONGEST: usize = 256 << 20;
/// The most that is done.
const STEPS: u64 = 20_000_000;
/// So deep may templates call one another.
const DEEPEST: usize = 100;

/// Writes nodes, with a value as the dot and as `$`.
///
/// # Errors
/// It asks for what is not there, or a bound is hit.
pub fn run(nodes: &[Node], named: &Named, data: Value) -> Result<String, String> {
    let mut run = Run { named, out: String::new(), variables: Vec::new(), steps: 0, depth: 0 };
    run.variables.push(("$".to_owned(), data.clone()));
    run.nodes(nodes, &data)?;
    Ok(run.out)
}

/// How a list of nodes ended.
enum Flow {
    On,
    Break,
    Continue,
}

struct Run<'t> {
    named: &'t Named,
    out: String,
    variables: Vec<(String, Value)>,
    steps: u64,
    depth: usize,
}

impl Run<'_> {
    fn step(&mut self) -> Result<(), String> {
        self.steps += 1;
        if self.steps > STEPS || self.out.len() > LONGEST {
            return Err("the template does more than is allowed".to_owned());
        }
        Ok(())
    }

    fn nodes(&mut self, nodes: &[Node], dot: &Value) -> Result<Flow, String> {
        let variables = self.variables.len();
        let mut flow = Flow::On;
        for node in nodes {
            flow = self.node(node, dot)?;
            if !matches!(flow, Flow::On) {
                break;
            }
        }
        self.variables.truncate(variables);
        Ok(flow)
    }

    fn node(&mut self, node: &Node, dot: &Value) -> Result<Flow, String> {
        self.step()?;
        match node {
            Node::Text(text) => self.out.push_str(text),
            Node::Say(pipeline) => {
                let value = self.pipeline(pipeline, dot)?;
                if pipeline.variables.is_empty() {
                    self.out.push_str(&value.shown());
                }
            }
            Node::If(head, body, other) | Node::With(head, body, other) => {
                let variables = self.variables.len();
                let value = self.pipeline(head, dot)?;
                let is_with = matches!(node, Node::With(..));
                let flow = match value.is_true() {
                    true if is_with => self.nodes(body, &value),
                    true => self.nodes(body, dot),
                    false => self.nodes(other, dot),
                };
                self.variables.truncate(variables);
                return flow;
            }
            Node::Range(head, body, other) => return self.range(head, body, other, dot),
            Node::Template(name, argument) => {
                let argument = match argument {
                    Some(argument) => self.pipeline(argument, dot)?,
                    None => Value::Nil,
                };
                self.template(name, argument)?;
            }
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::On)
    }

    fn template(&mut self, name: &str, argument: Value) -> Result<(), String> {
        let named = self.named;
        let nodes = named.get(name).ok_or_else(|| format!("template {name:?} not defined"))?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("exceeded maximum template depth".to_owned());
        }
        let outer =
            std::mem::replace(&mut self.variables, vec![("$".to_owned(), argument.clone())]);
        self.nodes(nodes, &argument)?;
        self.variables = outer;
        self.depth -= 1;
        Ok(())
    }

    fn range(
        &mut self,
        head: &Pipeline,
        body: &[Node],
        other: &[Node],
        dot: &Value,
    ) -> Result<Flow, String> {
        let calls = Pipeline { variables: Vec::new(), ..head.clone() };
        let value = self.pipeline(&calls, dot)?;
        let items: Vec<(Value, Value)> = match &value {
            Value::List(values) => {
                let number = |(at, value): (usize, &Value)| (Value::Int(at as i64), value.clone());
                values.iter().enumerate().map(number).collect()
            }
            Value::Map(map) => {
                map.iter().map(|(key, value)| (Value::text(key), value.clone())).collect()
            }
            Value::Int(count) if *count <= 1_000_000 => {
                (0..*count).map(|at| (Value::Int(at), Value::Int(at))).collect()
            }
            Value::Nil => Vec::new(),
            other => return Err(format!("range can't iterate over {}", other.shown())),
        };
        if items.is_empty() {
            return self.nodes(other, dot);
        }
        let variables = self.variables.len();
        for (key, value) in items {
            self.step()?;
            match &head.variables[..] {
                [one] if head.assigns => self.assign(one, value.clone())?,
                [one] => self.variables.push((one.clone(), value.clone())),
                [number, item] if head.assigns => {
                    self.assign(number, key)?;
                    self.assign(item, value.clone())?;
                }
                [number, item] => {
                    self.variables.push((number.clone(), key));
                    self.variables.push((item.clone(), value.clone()));
                }
                _ => {}
            }
            let flow = self.nodes(body, &value)?;
            self.variables.truncate(variables);
            if matches!(flow, Flow::Break) {
                break;
            }
        }
        Ok(Flow::On)
    }

    fn assign(&mut self, name: &str, value: Value) -> Result<(), String> {
        let found = self.variables.iter_mut().rev().find(|(variable, _)| variable == name);
        let (_, variable) = found.ok_or_else(|| format!("undefined variable {name:?}"))?;
        *variable = value;
        Ok(())
    }

    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Value) -> Result<Value, String> {
        let mut last = None;
        for call in &pipeline.calls {
            last = Some(self.call(call, last, dot)?);
        }
        let value = last.unwrap_or(Value::Nil);
        for name in &pipeline.variables {
            match pipeline.assigns {
                true => self.assign(name, value.clone())?,
                false => self.variables.push((name.clone(), value.clone())),
            }
        }
        Ok(value)
    }

    fn call(&mut self, call: &[Term], last: Option<Value>, dot: &Value) -> Result<Value, String> {
        self.step()?;
        let Some((first, arguments)) = call.split_first() else { return Ok(Value::Nil) };
        let Term::Function(name) = first else {
            if let (Term::Field(Some(of), method), [layout]) = (first, arguments)
                && method == "Format"
                && let Value::Time(time) = self.term(of, dot)?
            {
                let layout = self.term(layout, dot)?.shown();
                return Ok(Value::text(&functions::dates::format(&layout, &time)));
            }
            if !arguments.is_empty() || last.is_some() {
                return Err(format!("can't give argument to non-function {first:?}"));
            }
            return self.term(first, dot);
        };
        // These look at no more than they need.
        if let "and" | "or" = &**name {
            let mut value = Value::Bool(name == "and");
            let mut terms = arguments.iter();
            loop {
                value = match (terms.next(), &last) {
                    (Some(term), _) => self.term(term, dot)?,
                    (None, Some(last)) => return Ok(last.clone()),
                    (None, None) => return Ok(value),
                };
                if value.is_true() == (name == "or") {
                    return Ok(value);
                }
            }
        }
        let terms = arguments;
        let arguments: Result<Vec<Value>, String> =
            terms.iter().map(|term| self.term(term, dot)).collect();
        let mut arguments = arguments?;
        arguments.extend(last);
        let value = functions::call(name, &arguments)
            .map_err(|why| format!("error calling {name}: {why}"))?;
        // What is made counts as done, also where it is not written.
        self.steps += match &value {
            Value::List(list) => list.len() as u64 / 64,
            Value::Map(map) => map.len() as u64 / 64,
            other => other.size().weight,
        };
        if functions::changes(name)
            && let Some(Term::Variable(variable)) = terms.first()
        {
            self.assign(variable, value.clone())?;
        }
        Ok(value)
    }

    fn term(&mut self, term: &Term, dot: &Value) -> Result<Value, String> {
        Ok(match term {
            Term::Dot => dot.clone(),
            Term::Nil => Value::Nil,
            Term::Bool(yes) => Value::Bool(*yes),
            Term::Int(number) => Value::Int(*number),
            Term::Float(number) => Value::Float(*number),
            Term::Text(text) => Value::Text(Rc::from(&**text)),
            Term::Variable(name) => {
                let found = self.variables.iter().rev().find(|(variable, _)| variable == name);
                let missing = || format!("undefined variable {name:?}");
                found.map(|(_, value)| value.clone()).ok_or_else(missing)?
            }
            Term::Function(name) => functions::call(name, &[])?,
            Term::Inner(pipeline) => self.pipeline(pipeline, dot)?,
            Term::Field(of, name) => match of {
                Some(of) => self.term(of, dot)?.field(name)?,
                None => dot.field(name)?,
            },
        })
    }
}
