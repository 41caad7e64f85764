//! A command line as Python's argparse reads it: clustered short flags, attached values, prefixes
//! of long options, and one run of positional arguments.

/// An option of a command line.
#[derive(Debug)]
pub struct Spec {
    /// As they are written, with their dashes.
    pub names: &'static [&'static str],
    pub takes: Takes,
}

/// How many values an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Nothing,
    One,
    /// One, unless an option or the end follows.
    AtMostOne,
}

impl Spec {
    /// The option as an error names it: `argument -o/--output`.
    pub fn complains(&self, why: &str) -> String {
        format!("argument {}: {why}", self.names.join("/"))
    }
}

/// What an argument looks like before anything is consumed.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Option {
        spec: usize,
        attached: Option<String>,
    },
    /// Looks like an option, and is none.
    Unknown,
    /// `--`, the first one.
    Dashes,
    Plain,
}

/// What is told of an option: which it is, and its value.
pub type Take<'a, E> = dyn FnMut(usize, Option<&str>) -> Result<(), E> + 'a;

/// Positional arguments, and what no option or positional argument took, as indices into what
/// was given.
#[derive(Debug, Default)]
pub struct Rest {
    pub targets: Vec<usize>,
    pub extras: Vec<usize>,
}

/// Reads the arguments from left to right and tells `take` each option with its value.
///
/// # Errors
/// What `take` ends with, or what means nothing, as `E`.
pub fn read<E: From<String>>(
    specs: &[Spec],
    given: &[String],
    take: &mut Take<E>,
) -> Result<Rest, E> {
    let shapes = shapes(specs, given)?;
    let mut reader = Reader { specs, given, shapes, rest: Rest::default(), had_targets: false };
    let mut at = 0;
    while let Some(next) = reader.next_option(at) {
        at = reader.plain(at, next);
        reader.rest.extras.extend(at..next);
        at = match reader.shapes[next].clone() {
            Shape::Option { spec, attached } => reader.option(next, spec, attached, take)?,
            _ => {
                reader.rest.extras.push(next);
                next + 1
            }
        };
    }
    at = reader.plain(at, given.len());
    reader.rest.extras.extend(at..given.len());
    Ok(reader.rest)
}

struct Reader<'a> {
    specs: &'a [Spec],
    given: &'a [String],
    shapes: Vec<Shape>,
    rest: Rest,
    /// The positional arguments stand in one run; what comes after it is too much.
    had_targets: bool,
}

impl Reader<'_> {
    fn next_option(&self, from: usize) -> Option<usize> {
        let is_option = |shape: &Shape| matches!(shape, Shape::Option { .. } | Shape::Unknown);
        self.shapes[from..].iter().position(is_option).map(|offset| from + offset)
    }

    /// Consumes positional arguments up to `end`, and says how far it came.
    fn plain(&mut self, from: usize, end: usize) -> usize {
        if self.had_targets || from == end {
            return from;
        }
        self.had_targets = true;
        self.rest.targets.extend((from..end).filter(|&at| self.shapes[at] != Shape::Dashes));
        end
    }

    /// Consumes an option, those clustered behind it, and its value; says where to go on.
    fn option<E: From<String>>(
        &self,
        at: usize,
        mut spec: usize,
        mut attached: Option<String>,
        take: &mut Take<E>,
    ) -> Result<usize, E> {
        let is_short = !self.given[at].starts_with("--");
        loop {
            let known = &self.specs[spec];
            let Some(value) = attached else {
                return self.value_behind(at + 1, spec, take);
            };
            if known.takes != Takes::Nothing {
                take(spec, Some(&value))?;
                return Ok(at + 1);
            }
            let mut letters = value.chars();
            let next = letters.next().filter(|_| is_short).and_then(|letter| self.short(letter));
            let Some(next) = next else {
                let why = format!("ignored explicit argument {}", quoted(&value));
                return Err(known.complains(&why).into());
            };
            take(spec, None)?;
            spec = next;
            let rest = letters.as_str();
            attached = (!rest.is_empty()).then(|| rest.to_owned());
        }
    }

    fn value_behind<E: From<String>>(
        &self,
        at: usize,
        spec: usize,
        take: &mut Take<E>,
    ) -> Result<usize, E> {
        let known = &self.specs[spec];
        let has_value = known.takes != Takes::Nothing && self.shapes.get(at) == Some(&Shape::Plain);
        if known.takes == Takes::One && !has_value {
            return Err(known.complains("expected one argument").into());
        }
        take(spec, has_value.then(|| &*self.given[at]))?;
        Ok(at + usize::from(has_value))
    }

    fn short(&self, letter: char) -> Option<usize> {
        let name = format!("-{letter}");
        self.specs.iter().position(|spec| spec.names.contains(&&*name))
    }
}

fn shapes(specs: &[Spec], given: &[String]) -> Result<Vec<Shape>, String> {
    let mut shapes = Vec::with_capacity(given.len());
    for argument in given {
        if shapes.contains(&Shape::Dashes) {
            shapes.push(Shape::Plain);
        } else if argument == "--" {
            shapes.push(Shape::Dashes);
        } else {
            shapes.push(shape(specs, argument)?);
        }
    }
    Ok(shapes)
}

fn shape(specs: &[Spec], argument: &str) -> Result<Shape, String> {
    if !argument.starts_with('-') || argument == "-" {
        return Ok(Shape::Plain);
    }
    let find = |name: &str| specs.iter().position(|spec| spec.names.contains(&name));
    if let Some(spec) = find(argument) {
        return Ok(Shape::Option { spec, attached: None });
    }
    let (name, value) = match argument.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (argument, None),
    };
    if let Some(spec) = find(name) {
        return Ok(Shape::Option { spec, attached: value });
    }
    match argument.strip_prefix("--") {
        Some(_) => long(specs, argument, name, value),
        None => Ok(short(specs, argument)),
    }
}

/// An option by the beginning of its long name.
fn long(
    specs: &[Spec],
    argument: &str,
    name: &str,
    value: Option<String>,
) -> Result<Shape, String> {
    let named = |(spec, known): (usize, &Spec)| {
        known
            .names
            .iter()
            .filter(|full| full.starts_with(name))
            .map(move |full| (spec, *full))
            .collect::<Vec<_>>()
    };
    let matches: Vec<(usize, &str)> = specs.iter().enumerate().flat_map(named).collect();
    match &matches[..] {
        [] if argument.contains(' ') => Ok(Shape::Plain),
        [] => Ok(Shape::Unknown),
        [(spec, _)] => Ok(Shape::Option { spec: *spec, attached: value }),
        many => {
            let names: Vec<&str> = many.iter().map(|(_, name)| *name).collect();
            Err(format!("ambiguous option: {argument} could match {}", names.join(", ")))
        }
    }
}

/// A short option with its value attached, or with others clustered behind it.
fn short(specs: &[Spec], argument: &str) -> Shape {
    let length = argument.chars().take(2).map(char::len_utf8).sum();
    let (name, attached) = argument.split_at(length);
    match specs.iter().position(|spec| spec.names.contains(&name)) {
        Some(spec) => Shape::Option { spec, attached: Some(attached.to_owned()) },
        None if is_negative(argument) || argument.contains(' ') => Shape::Plain,
        None => Shape::Unknown,
    }
}

/// `-1`, `-1.5`, `-.5`: a number, since no option looks like one.
fn is_negative(argument: &str) -> bool {
    let number = argument.trim_start_matches('-');
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && digits(part)
        && !part.is_empty()
        && (!whole.is_empty() || number.starts_with('.'))
}

/// A text as Python shows it among its code.
pub fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut shown = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => shown.push_str("\\\\"),
            c if c == quote => shown.extend(['\\', c]),
            c => crate::report::untrusted::push_visible(c, &mut shown),
        }
    }
    shown.push(quote);
    shown
}
