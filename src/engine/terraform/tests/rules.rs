//! Expressions of rules.

use super::super::{Expression, Scope, Value};
use super::shown;

struct OneBlock(Value);

impl Scope for OneBlock {
    fn root(&self, name: &str) -> Option<Value> {
        (name == "self").then(|| self.0.clone())
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Value> {
        match (name, arguments) {
            ("empty", [value]) => Some(Value::Bool(*value == Value::Null)),
            _ => None,
        }
    }
}

fn block() -> Value {
    let map = |entries: Vec<(&str, Value)>| {
        Value::map(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
    };
    let rule = |port: f64| map(vec![("port", Value::Number(port))]);
    map(vec![
        ("on", Value::string("true")),
        ("later", Value::UNKNOWN),
        ("rule", Value::list(vec![rule(22.0), rule(80.0)])),
        ("one", map(vec![("deep", Value::Bool(false))])),
    ])
}

#[test]
fn nothing_in_a_rule_is_an_error() {
    for (text, expected) in [
        ("self.on == true", "true"),
        ("self.on", "'true'"),
        ("self.missing", "null"),
        ("self.missing.deeper", "null"),
        ("!self.missing", "true"),
        ("empty(self.missing) && self.on != false", "true"),
        ("self.later == 1", "?"),
        ("self.later == 1 && false", "false"),
        ("self.rule.port", "22"),
        ("self.rule[*].port", "[22 80]"),
        ("self.one[0].deep", "false"),
        ("self.one[*].deep", "[false]"),
        ("self.missing[*].deep", "[]"),
        ("self.missing > 3", "null"),
        ("length(self.missing) > 3", "null"),
        ("contains(self.rule[*].port, 80)", "true"),
        ("[for r in self.missing : r]", "[]"),
        ("nobody", "null"),
    ] {
        let expression = Expression::parse(text).expect(text);
        assert_eq!(shown(&expression.evaluate(&OneBlock(block()))), expected, "{text}");
    }
    assert!(Expression::parse("self.").is_err());
}
