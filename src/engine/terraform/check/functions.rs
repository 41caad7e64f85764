//! What conditions may call beside Terraform's own functions.

use super::condition::Terms;
use super::links::tfsec_order;
use super::{alarms, certificate, command, credential, kind_of, policies};
use crate::engine::terraform::{Value, policy};
use jiff::Timestamp;
use std::net::IpAddr;

/// A function of conditions: what makes no sense is null, what is not known is unknown.
type Function = fn(&Terms, &[Value]) -> Value;

const FUNCTIONS: &[(&str, Function)] = &[
    ("alarmed", |terms, arguments| alarms::alarmed(terms.context, terms.index, arguments)),
    ("covers_port", |_, arguments| covers_port(argument(arguments, 0), argument(arguments, 1))),
    ("credential", |_, arguments| credential(argument(arguments, 0))),
    ("empty", |_, arguments| empty(argument(arguments, 0))),
    ("expired", |_, arguments| expired(argument(arguments, 0))),
    ("flag", |_, arguments| command::flag(arguments)),
    ("flag_values", |_, arguments| command::flag_values(arguments)),
    ("kept", |terms, _| kept(terms)),
    ("last_of", |terms, arguments| last_of(terms, arguments)),
    ("linked", |terms, arguments| linked(terms, arguments)),
    ("off", |terms, arguments| off(terms.context.doubt, argument(arguments, 0))),
    ("on", |terms, arguments| on(terms.context.doubt, argument(arguments, 0))),
    ("policy", |terms, arguments| policy_document(terms, argument(arguments, 0))),
    ("program", |_, arguments| command::program(argument(arguments, 0))),
    ("public_addresses", |_, arguments| public_addresses(argument(arguments, 0))),
    ("public_cidr", |_, arguments| public_cidr(argument(arguments, 0))),
    ("referred", |terms, arguments| referred(terms, argument(arguments, 0))),
    ("refers", |terms, arguments| refers(terms, arguments)),
    ("resources", |terms, arguments| resources(terms, argument(arguments, 0))),
    ("spelled", |terms, arguments| spelled(terms, argument(arguments, 0))),
    ("target", |terms, arguments| target(terms, arguments)),
];

/// None where there is no such function.
pub fn call(name: &str, terms: &Terms, arguments: &[Value]) -> Option<Value> {
    let (_, function) = FUNCTIONS.iter().find(|(own, _)| *own == name)?;
    Some(function(terms, arguments))
}

fn argument(arguments: &[Value], at: usize) -> &Value {
    arguments.get(at).unwrap_or(&Value::Null)
}

/// `covers_port("20-25", 22)`: whether a range of ports, or one of a list of them, has a port in it;
/// `*` is all of them.
fn covers_port(ports: &Value, port: &Value) -> Value {
    let Value::Number(port) = port else { return Value::Null };
    match ports {
        Value::List(ranges) => {
            let each = ranges.iter().map(|range| covers_port(range, &Value::Number(*port)));
            each.reduce(either).unwrap_or(Value::Bool(false))
        }
        Value::Unknown(_) => Value::UNKNOWN,
        _ if ports.is_partly_known() => Value::UNKNOWN,
        Value::Number(only) => Value::Bool(only == port),
        Value::String(range) if range.trim() == "*" => Value::Bool(true),
        Value::String(range) => {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let number = |text: &str| text.trim().parse::<f64>().ok();
            let range = number(first).zip(number(last));
            Value::Bool(range.is_some_and(|(first, last)| first <= *port && *port <= last))
        }
        _ => Value::Bool(false),
    }
}

/// Whether one of two holds: true before what is not known.
fn either(one: Value, other: Value) -> Value {
    match one {
        Value::Bool(true) => one,
        Value::Unknown(_) if other != Value::Bool(true) => one,
        _ => other,
    }
}

/// `credential("…")`: whether a text holds a key, a token or a password that is written out.
fn credential(value: &Value) -> Value {
    match value {
        Value::Unknown(_) => Value::UNKNOWN,
        value => Value::Bool(value.as_str().is_some_and(credential::is_in)),
    }
}

/// `empty(value)`: whether it is absent, or a text, list or object of nothing.
fn empty(value: &Value) -> Value {
    match value {
        Value::Null => Value::Bool(true),
        Value::String(text) => Value::Bool(text.is_empty()),
        Value::List(values) => Value::Bool(values.is_empty()),
        Value::Map(entries) => Value::Bool(entries.is_empty()),
        Value::Bool(_) | Value::Number(_) => Value::Bool(false),
        Value::Unknown(_) => Value::UNKNOWN,
    }
}

/// `kept()`: whether tfsec has the values of the resource when others name it; see
/// `native::known_to_tfsec`.
fn kept(terms: &Terms) -> Value {
    let instance = terms.context.instance(terms.index);
    let last = terms.context.links.last(instance.module, &kind_of(instance));
    Value::Bool(last == Some(terms.index) && !instance.address.ends_with("\"]"))
}

/// `last_of("network", "google_compute_network")`: whether no block of its kind that refers to the
/// same resource by that attribute is later in tfsec's order. Of blocks that refer to none each is
/// the last.
fn last_of(terms: &Terms, arguments: &[Value]) -> Value {
    let [Value::String(attribute), Value::String(kind)] = arguments else { return Value::Null };
    let (context, index) = (terms.context, terms.index);
    let Some(target) = context.links.from(index, attribute, kind) else {
        return Value::Bool(true);
    };
    let own = kind_of(context.instance(index));
    let siblings = context.links.to(context.instance(target), &own, attribute);
    let last = siblings.into_iter().max_by_key(|it| tfsec_order(context.instance(*it)));
    Value::Bool(last.is_none_or(|last| last == index))
}

/// `linked("aws_s3_bucket_versioning", "bucket")`: the blocks of that kind whose attribute refers
/// to the resource.
fn linked(terms: &Terms, arguments: &[Value]) -> Value {
    let [Value::String(kind), Value::String(attribute)] = arguments else { return Value::Null };
    let context = terms.context;
    let found = context.links.to(context.instance(terms.index), kind, attribute);
    Value::list(found.into_iter().map(|index| context.value(index)).collect())
}

/// `public_cidr("0.0.0.0/0")`: whether a range of addresses, or one of a list of them, is that of
/// everybody.
fn public_cidr(value: &Value) -> Value {
    let everybody = |text: &str| {
        let (address, length) = text.trim().split_once('/').unwrap_or((text.trim(), ""));
        let is_any = address == "*" || address.chars().all(|c| "0.:".contains(c));
        is_any && !address.is_empty() && matches!(length, "0" | "")
    };
    match value {
        Value::String(text) => Value::Bool(everybody(text)),
        Value::List(values) => {
            values.iter().map(public_cidr).reduce(either).unwrap_or(Value::Bool(false))
        }
        Value::Unknown(_) => Value::UNKNOWN,
        _ => Value::Bool(false),
    }
}

/// `off(value)`: whether a switch is absent or set to false; `doubt` for what is not known.
fn off(doubt: &Value, value: &Value) -> Value {
    switch(doubt, value, "false", matches!(value, Value::Null | Value::Bool(false)))
}

/// `on(value)`: whether a switch is set to true; `doubt` for what is not known.
fn on(doubt: &Value, value: &Value) -> Value {
    switch(doubt, value, "true", *value == Value::Bool(true))
}

/// Whether a switch is set so, or said to be so in a text.
fn switch(doubt: &Value, value: &Value, word: &str, is_so: bool) -> Value {
    if value.is_unknown() || value.is_partly_known() {
        return doubt.clone();
    }
    Value::Bool(is_so || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(word)))
}

/// `policy(value)`: the IAM policy document that a JSON text or a data source is; see
/// `terraform::policy::object`.
fn policy_document(terms: &Terms, value: &Value) -> Value {
    match policies::find(terms.context, value) {
        Some(found) => policy::object(&found.statements),
        None if value.is_unknown() => Value::UNKNOWN,
        None => Value::Null,
    }
}

/// `referred(value)`: the block of the project that a value is an attribute of; null for a value
/// that is known.
fn referred(terms: &Terms, value: &Value) -> Value {
    let context = terms.context;
    match context.links.target(value) {
        Some(index) => context.value(index),
        None if value.is_unknown() => Value::UNKNOWN,
        None => Value::Null,
    }
}

/// `expired(pem)`: whether the first certificate of a text has ended.
fn expired(value: &Value) -> Value {
    match value {
        Value::Unknown(_) => Value::UNKNOWN,
        _ => {
            let end = value.as_str().and_then(certificate::end);
            Value::Bool(end.is_some_and(|end| end < Timestamp::now()))
        }
    }
}

/// `refers("url", "aws_ssm_parameter")`: whether the expression of an attribute names a resource of
/// that kind.
fn refers(terms: &Terms, arguments: &[Value]) -> Value {
    let [Value::String(attribute), Value::String(kind)] = arguments else { return Value::Null };
    let attribute = terms.block().attributes.get(attribute);
    let named = attribute.and_then(|it| it.refers.as_deref()).unwrap_or_default();
    let is_one = |name: &str| name.strip_prefix(&**kind).is_some_and(|rest| rest.starts_with('.'));
    Value::Bool(named.iter().any(|name| is_one(name)))
}

/// `resources("aws_ebs_encryption_by_default")`: all blocks of a kind.
fn resources(terms: &Terms, kind: &Value) -> Value {
    let context = terms.context;
    let found = kind.as_str().map_or(&[][..], |kind| context.links.all(kind));
    Value::list(found.iter().map(|index| context.value(*index)).collect())
}

/// `spelled("cidr_block")`: whether an attribute is a text that is written out where it is, without
/// a name in it.
fn spelled(terms: &Terms, attribute: &Value) -> Value {
    let attribute = attribute.as_str().and_then(|name| terms.block().attributes.get(name));
    let written = attribute.and_then(|it| {
        let file = terms.context.project.files.get(it.place.file as usize)?;
        let text = std::str::from_utf8(file.bytes.get(it.place.range.clone())?).ok()?;
        let (_, expression) = text.split_once(['=', ':'])?;
        Some(expression.trim_start().starts_with('"') && !expression.contains("${"))
    });
    Value::Bool(written == Some(true))
}

/// How many addresses IPv6 has. An infinite number could not be compared.
const EVERY_ADDRESS: f64 = 3.402_823_669_209_385e38;

/// `public_addresses("198.51.100.0/24")`: how many addresses a range has, 0 where all of them are
/// of private networks.
fn public_addresses(value: &Value) -> Value {
    match value {
        Value::Unknown(_) => Value::UNKNOWN,
        _ if value.is_partly_known() => Value::UNKNOWN,
        Value::String(text) => Value::Number(count_public(text.trim()).unwrap_or(0.0)),
        _ => Value::Number(0.0),
    }
}

/// None for what is no address, nor a range.
fn count_public(text: &str) -> Option<f64> {
    if matches!(text, "*" | "any" | "internet") {
        return Some(EVERY_ADDRESS);
    }
    let (first, last) = match text.split_once('/') {
        Some((address, length)) => {
            let address: IpAddr = address.parse().ok()?;
            network(address, length.parse().ok()?)?
        }
        None => match text.split_once('-') {
            Some((first, last)) => (first.trim().parse().ok()?, last.trim().parse().ok()?),
            None => (text.parse().ok()?, text.parse().ok()?),
        },
    };
    let is_private = is_private(first) && is_private(last);
    // Near enough: what matters is none, one or more.
    #[allow(clippy::cast_precision_loss)]
    let count = |first: u128, last: u128| last.saturating_sub(first) as f64 + 1.0;
    Some(match (first, last) {
        _ if is_private => 0.0,
        (IpAddr::V4(first), IpAddr::V4(last)) => {
            count(first.to_bits().into(), last.to_bits().into())
        }
        (IpAddr::V6(first), IpAddr::V6(last)) => count(first.to_bits(), last.to_bits()),
        _ => return None,
    })
}

/// The first and the last address of the network of that length that an address is in.
fn network(address: IpAddr, length: u32) -> Option<(IpAddr, IpAddr)> {
    Some(match address {
        IpAddr::V4(address) if length <= 32 => {
            let (bits, host) = (address.to_bits(), u32::MAX.checked_shr(length).unwrap_or(0));
            (IpAddr::V4((bits & !host).into()), IpAddr::V4((bits | host).into()))
        }
        IpAddr::V6(address) if length <= 128 => {
            let (bits, host) = (address.to_bits(), u128::MAX.checked_shr(length).unwrap_or(0));
            (IpAddr::V6((bits & !host).into()), IpAddr::V6((bits | host).into()))
        }
        _ => return None,
    })
}

/// Loopback, link-local, shared and private networks: RFC 1122, 1918, 3927, 4193, 4291 and 6598.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => {
            let shared = it.octets()[0] == 100 && it.octets()[1] & 0xC0 == 64;
            it.is_loopback() || it.is_private() || it.is_link_local() || shared
        }
        IpAddr::V6(it) => it.is_loopback() || it.is_unicast_link_local() || it.is_unique_local(),
    }
}

/// `target("load_balancer_arn", "aws_lb", "aws_alb")`: the first block of one of those kinds that
/// the attribute of the resource refers to; null where the project has none.
fn target(terms: &Terms, arguments: &[Value]) -> Value {
    let [Value::String(attribute), kinds @ ..] = arguments else { return Value::Null };
    let links = &terms.context.links;
    let mut kinds = kinds.iter().filter_map(Value::as_str);
    let found = kinds.find_map(|kind| links.from(terms.index, attribute, kind));
    found.map_or(Value::Null, |index| terms.context.value(index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_outside_of_private_networks_count() {
        let count = |text: &str| public_addresses(&Value::string(text));
        for (text, expected) in [
            ("10.0.0.0/8", 0.0),
            ("192.168.4.7", 0.0),
            ("fd00::/8", 0.0),
            ("203.0.113.7/32", 1.0),
            ("203.0.113.0/24", 256.0),
            ("203.0.113.9/24", 256.0),
            ("203.0.113.1-203.0.113.4", 4.0),
            ("::/128", 1.0),
            ("web servers", 0.0),
            ("10.0.0.0/99", 0.0),
        ] {
            assert_eq!(count(text), Value::Number(expected), "{text}");
        }
        assert_eq!(count("any"), Value::Number(EVERY_ADDRESS));
        assert_eq!(public_addresses(&Value::UNKNOWN), Value::UNKNOWN);
    }

    #[test]
    fn ranges_of_ports_have_their_ends_in_them() {
        let covers = |ports: Value| covers_port(&ports, &Value::Number(22.0));
        let text = |text: &str| Value::string(text);
        for (ports, expected) in [
            (text("*"), true),
            (text("22"), true),
            (text("20-22"), true),
            (text("23-3389"), false),
            (text("ssh"), false),
            (Value::Number(22.0), true),
            (Value::list(vec![text("443"), text("22-80")]), true),
            (Value::list(vec![Value::UNKNOWN, text("22")]), true),
            (Value::list(vec![]), false),
            (Value::Null, false),
        ] {
            assert_eq!(covers(ports.clone()), Value::Bool(expected), "{ports:?}");
        }
        assert_eq!(covers(Value::list(vec![text("443"), Value::UNKNOWN])), Value::UNKNOWN);
    }

    #[test]
    fn what_is_not_known_is_neither_on_nor_off() {
        let doubt = &Value::UNKNOWN;
        let both = |value: Value| (on(doubt, &value), off(doubt, &value));
        assert_eq!(both(Value::UNKNOWN), (Value::UNKNOWN, Value::UNKNOWN));
        assert_eq!(both(Value::Null), (Value::Bool(false), Value::Bool(true)));
        assert_eq!(both(Value::string("TRUE")), (Value::Bool(true), Value::Bool(false)));
        assert_eq!(both(Value::string("other")), (Value::Bool(false), Value::Bool(false)));
    }
}
