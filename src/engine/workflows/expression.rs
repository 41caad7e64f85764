//! The expression language of workflows: what stands in `${{ … }}` and in `if`.
//!
//! Names are written in lower case here, for the language does not tell them apart by it.

/// The longest expression that GitHub takes, in bytes.
const LONGEST: usize = 21_000;
/// How deep an expression may be nested.
const MOST_DEPTH: usize = 50;
/// How many operators between two an expression may have: each is a level of what is read.
const MOST_OPERATORS: usize = 500;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    Text(String),
    /// A number, `true`, `false` or `null`.
    Constant(String),
    /// A context with the way into it: `github.event.issue.title`. `*` is any element, and what an
    /// index that is computed leads to.
    Context(Vec<String>),
    Call(String, Vec<Expression>),
    /// What is taken out of the result of a call or of brackets.
    Part(Box<Expression>, Vec<String>),
    Not(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
}

/// An operator between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    /// `<`, `<=`, `>`, `>=`.
    Order,
}

impl Expression {
    /// None where the text is no expression, or too long or too deep for one.
    pub fn parse(text: &str) -> Option<Expression> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parser = Parser { rest: text, depth: 0, operators: 0 };
        let expression = parser.either()?;
        parser.skip();
        parser.rest.is_empty().then_some(expression)
    }

    /// Itself and all expressions in it, the outer before the inner.
    pub fn all(&self) -> Vec<&Expression> {
        let mut all = vec![self];
        let mut next = 0;
        while let Some(expression) = all.get(next).copied() {
            next += 1;
            match expression {
                Expression::Call(_, inner) => all.extend(inner),
                Expression::Part(inner, _) | Expression::Not(inner) => all.push(inner),
                Expression::Binary(_, left, right) => all.extend([&**left, &**right]),
                Expression::Text(_) | Expression::Constant(_) | Expression::Context(_) => {}
            }
        }
        all
    }

    /// Each context in it, as `github.event.issue.title`.
    pub fn contexts(&self) -> Vec<String> {
        let path = |it: &Expression| match it {
            Expression::Context(path) => Some(path.join(".")),
            _ => None,
        };
        self.all().into_iter().filter_map(path).collect()
    }

    /// The way of a context, where the expression is one.
    pub fn as_context(&self) -> Option<&[String]> {
        match self {
            Expression::Context(path) => Some(path),
            _ => None,
        }
    }
}

struct Parser<'t> {
    rest: &'t str,
    depth: usize,
    operators: usize,
}

impl Parser<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// What stands behind an operator joined with what stands before it.
    fn binary(
        &mut self,
        operator: Operator,
        left: Expression,
        right: fn(&mut Self) -> Option<Expression>,
    ) -> Option<Expression> {
        self.operators += 1;
        let right = (self.operators <= MOST_OPERATORS).then(|| right(self))??;
        Some(Expression::Binary(operator, Box::new(left), Box::new(right)))
    }

    fn either(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return None;
        }
        let mut left = self.both()?;
        while self.eat("||") {
            left = self.binary(Operator::Or, left, Parser::both)?;
        }
        self.depth -= 1;
        Some(left)
    }

    fn both(&mut self) -> Option<Expression> {
        let mut left = self.comparison()?;
        while self.eat("&&") {
            left = self.binary(Operator::And, left, Parser::comparison)?;
        }
        Some(left)
    }

    fn comparison(&mut self) -> Option<Expression> {
        let mut left = self.unary()?;
        loop {
            let operator = match () {
                () if self.eat("==") => Operator::Equal,
                () if self.eat("!=") => Operator::Unequal,
                () if ["<=", ">=", "<", ">"].iter().any(|it| self.eat(it)) => Operator::Order,
                () => return Some(left),
            };
            left = self.binary(operator, left, Parser::unary)?;
        }
    }

    fn unary(&mut self) -> Option<Expression> {
        let mut nots = 0;
        while self.eat("!") {
            nots += 1;
            if nots > MOST_DEPTH {
                return None;
            }
        }
        let mut expression = self.postfix()?;
        for _ in 0..nots {
            expression = Expression::Not(Box::new(expression));
        }
        Some(expression)
    }

    fn postfix(&mut self) -> Option<Expression> {
        let base = self.primary()?;
        let mut steps = Vec::new();
        loop {
            if self.eat(".") {
                self.skip();
                steps.push(if self.eat("*") { "*".to_owned() } else { self.name()? });
            } else if self.eat("[") {
                steps.push(match self.either()? {
                    Expression::Text(key) => key.to_lowercase(),
                    _ => "*".to_owned(),
                });
                if !self.eat("]") {
                    return None;
                }
            } else {
                break;
            }
        }
        Some(match (base, steps.is_empty()) {
            (base, true) => base,
            (Expression::Context(mut path), _) => {
                path.extend(steps);
                Expression::Context(path)
            }
            (base, _) => Expression::Part(Box::new(base), steps),
        })
    }

    fn primary(&mut self) -> Option<Expression> {
        if self.eat("(") {
            let inner = self.either()?;
            return self.eat(")").then_some(inner);
        }
        if self.eat("'") {
            return self.text();
        }
        self.skip();
        if self.rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
            return self.number();
        }
        if self.eat("*") {
            return Some(Expression::Constant("*".to_owned()));
        }
        let name = self.name()?;
        if self.eat("(") {
            let mut arguments = Vec::new();
            if self.eat(")") {
                return Some(Expression::Call(name, arguments));
            }
            loop {
                arguments.push(self.either()?);
                if self.eat(")") {
                    return Some(Expression::Call(name, arguments));
                }
                if !self.eat(",") {
                    return None;
                }
            }
        }
        Some(match name.as_str() {
            "true" | "false" | "null" | "nan" | "infinity" => Expression::Constant(name),
            _ => Expression::Context(vec![name]),
        })
    }

    /// Behind the quote that opens it; a quote in it is doubled.
    fn text(&mut self) -> Option<Expression> {
        let mut text = String::new();
        loop {
            let end = self.rest.find('\'')?;
            text += &self.rest[..end];
            self.rest = &self.rest[end + 1..];
            match self.rest.strip_prefix('\'') {
                Some(rest) => {
                    text.push('\'');
                    self.rest = rest;
                }
                None => return Some(Expression::Text(text)),
            }
        }
    }

    fn number(&mut self) -> Option<Expression> {
        let goes_on = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-');
        let end = self.rest.find(|c| !goes_on(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        let is_one = number.contains(|c: char| c.is_ascii_digit()) || number == "-Infinity";
        is_one.then(|| Expression::Constant(number.to_owned()))
    }

    fn name(&mut self) -> Option<String> {
        let goes_on = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let end = self.rest.find(|c| !goes_on(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        begins.then(|| name.to_ascii_lowercase())
    }
}
