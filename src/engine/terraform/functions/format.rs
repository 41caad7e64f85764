//! `format` and `formatlist`.

use super::Needs::Nothing;
use super::convert::{to_bool, to_number, to_text};
use super::format_number::{float, integer, shortest};
use super::partial::{Text, is_whole, marked};
use super::string::characters;
use super::{Call, Function, MANY, MOST_ELEMENTS, Value, Wrong, function, json};

pub(super) const FUNCTIONS: &[Function] = &[
    function("format", Nothing, (1, MANY), |call| {
        let template = call.text(0)?;
        if !is_whole(&template) {
            return Ok(Value::UNKNOWN);
        }
        Ok(formatted(call, &template, &call.args[1..])?.into_value())
    }),
    function("formatlist", Nothing, (1, MANY), format_list),
];

/// Once for each element of the lists, the other arguments being the same each time.
fn format_list(call: &Call) -> Result<Value, Wrong> {
    let (template, args) = (call.text(0)?, &call.args[1..]);
    if !is_whole(&template) {
        return Ok(Value::UNKNOWN);
    }
    let lists = args.iter().filter_map(|arg| match arg {
        Value::List(values) => Some(values.len()),
        _ => None,
    });
    let count = lists.clone().min().unwrap_or(1);
    if lists.clone().any(|length| length != count) {
        return Err(call.failed("the lists are not of the same length"));
    }
    // An unknown argument beside no list may be one.
    if lists.count() == 0 && args.iter().any(|arg| matches!(arg, Value::Unknown(None))) {
        return Ok(Value::UNKNOWN);
    }
    let (mut texts, mut bytes) = (Vec::new(), 0);
    for number in 0..count.min(MOST_ELEMENTS + 1) {
        let element = |arg: &Value| match arg {
            Value::List(values) => values[number].clone(),
            other => other.clone(),
        };
        let args: Vec<_> = args.iter().map(element).collect();
        let text = formatted(call, &template, &args)?.into_string();
        bytes += text.len();
        if bytes > super::MOST_TEXT {
            return Err(Wrong::TooLarge);
        }
        texts.push(Value::string(text));
    }
    Ok(Value::list(texts))
}

/// What stands between `%` and the letter that says how a value is written.
#[derive(Clone, Copy, Default)]
pub(super) struct Verb {
    pub letter: char,
    pub sharp: bool,
    pub plus: bool,
    pub minus: bool,
    pub space: bool,
    pub zero: bool,
    pub width: usize,
    pub precision: Option<usize>,
    /// Counted from one.
    argument: Option<usize>,
}

/// Reads a verb after its `%`, and gives what follows.
fn verb(text: &str) -> Option<(Verb, &str)> {
    let (mut verb, mut rest) = (Verb::default(), text);
    loop {
        let flag = match rest.chars().next()? {
            '#' => &mut verb.sharp,
            '+' => &mut verb.plus,
            '-' => &mut verb.minus,
            ' ' => &mut verb.space,
            '0' => &mut verb.zero,
            _ => break,
        };
        *flag = true;
        rest = &rest[1..];
    }
    if let (Some(width), after) = number(rest) {
        (verb.width, rest) = (width, after);
    }
    if let Some(after) = rest.strip_prefix('.') {
        let (precision, after) = number(after);
        (verb.precision, rest) = (Some(precision.unwrap_or(0)), after);
    }
    if let Some(after) = rest.strip_prefix('[') {
        let (argument, after) = number(after);
        (verb.argument, rest) = (Some(argument?), after.strip_prefix(']')?);
    }
    verb.letter = rest.chars().next()?;
    let after = &rest[verb.letter.len_utf8()..];
    Some((verb, after))
}

/// The number that a text starts with.
fn number(text: &str) -> (Option<usize>, &str) {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    (digits.parse().ok(), rest)
}

fn formatted(call: &Call, template: &str, args: &[Value]) -> Result<Text, Wrong> {
    let (mut text, mut rest) = (Text::default(), template);
    let (mut next, mut most) = (1, 0);
    while let Some(at) = rest.find('%') {
        text.push(&rest[..at])?;
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            text.push("%")?;
            rest = after;
            continue;
        }
        let (verb, after) = verb(rest).ok_or_else(|| call.failed("a `%` says nothing"))?;
        let argument = verb.argument.unwrap_or(next);
        let value = argument.checked_sub(1).and_then(|at| args.get(at));
        let value = value.ok_or_else(|| call.failed(format!("argument {argument} is missing")))?;
        write(call, &verb, value, &mut text)?;
        (next, most, rest) = (argument + 1, most.max(argument), after);
    }
    if most < args.len() {
        return Err(call.failed("the format names fewer values than there are"));
    }
    text.push(rest)?;
    Ok(text)
}

/// Adds a value; one that is not known by its name, without any padding.
fn write(call: &Call, verb: &Verb, value: &Value, to: &mut Text) -> Result<(), Wrong> {
    if let Value::Unknown(symbol) = value {
        return match (verb.letter, marked(symbol.as_deref())) {
            ('q', name) => json::quote(&name, json::JSON_ESCAPED, to),
            (_, name) => to.push(&name),
        };
    }
    // A truth or number that a text holds may be known only in part.
    if let Value::String(text) = value
        && !is_whole(text)
        && !matches!(verb.letter, 'v' | 's' | 'q')
    {
        return to.push(text);
    }
    let unfit = || call.failed(format!("`%{}` cannot write such a value", verb.letter));
    let written = match verb.letter {
        'v' => match value {
            Value::String(text) if !verb.sharp => text.to_string(),
            Value::Number(number) if !verb.sharp => shortest(*number, false),
            _ => json::encoded(value)?,
        },
        't' => return to.push(if to_bool(value).ok_or_else(unfit)? { "true" } else { "false" }),
        's' | 'q' => {
            let text = to_text(value).ok_or_else(unfit)?;
            let most = verb.precision.unwrap_or(usize::MAX);
            let text: String = match is_whole(&text) {
                true => characters(&text).take(most).collect(),
                false => text.to_string(),
            };
            if verb.letter == 's' { text } else { json::encoded(&Value::string(text))? }
        }
        'b' | 'd' | 'o' | 'x' | 'X' => {
            let digits = to_number(value).and_then(|number| integer(verb, number));
            return pad_number(verb, &digits.ok_or_else(unfit)?, to);
        }
        'e' | 'E' | 'f' | 'g' | 'G' => {
            let digits = to_number(value).and_then(|number| float(verb, number));
            return pad_number(verb, &digits.ok_or_else(unfit)?, to);
        }
        _ => return Err(unfit()),
    };
    pad(verb, &written, to)
}

/// A text in its width.
fn pad(verb: &Verb, text: &str, to: &mut Text) -> Result<(), Wrong> {
    let missing = match verb.width {
        0 => 0,
        width => width.saturating_sub(characters(text).count()),
    };
    if verb.minus {
        to.push(text)?;
        return to.pad(' ', missing);
    }
    to.pad(if verb.zero { '0' } else { ' ' }, missing)?;
    to.push(text)
}

/// A number in its width: zeros go between the sign and the digits.
fn pad_number(verb: &Verb, number: &str, to: &mut Text) -> Result<(), Wrong> {
    let sign = match verb.zero && !verb.minus {
        true => number.len() - number.trim_start_matches(['+', '-', ' ']).len(),
        false => 0,
    };
    to.push(&number[..sign])?;
    let unsigned = Verb { width: verb.width.saturating_sub(sign), ..*verb };
    pad(&unsigned, &number[sign..], to)
}
