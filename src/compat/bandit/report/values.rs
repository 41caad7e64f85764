//! Values as Python's format specifications have them written.

/// What stands for a field.
#[derive(Debug, Clone)]
pub enum Value {
    Text(String),
    Number(i64),
    /// Something that Python formats as a whole, or not at all.
    Whole(String),
}

/// Why a value cannot be written as the template has it.
#[derive(Debug, PartialEq)]
pub enum Misfit {
    /// A `ValueError` of Python: the template itself is at fault.
    Spec(String),
    /// Any other.
    Other(String),
}

/// How a value is written.
#[derive(Debug, PartialEq)]
struct Spec {
    fill: char,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zeros: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

/// No report needs wider columns, and memory is bounded.
const WIDEST: usize = 1 << 16;

impl Value {
    /// The value as `!r` or `!s` makes it.
    ///
    /// # Errors
    /// There is no such conversion.
    pub fn converted(self, conversion: Option<char>) -> Result<Value, Misfit> {
        match conversion {
            None => Ok(self),
            Some('s') => Ok(Value::Text(self.plain())),
            Some('r' | 'a') => Ok(Value::Text(match self {
                Value::Text(text) => super::super::arguments::quoted(&text),
                other => other.plain(),
            })),
            Some(other) => Err(Misfit::Spec(format!("Unknown conversion specifier {other}"))),
        }
    }

    fn plain(self) -> String {
        match self {
            Value::Text(text) | Value::Whole(text) => text,
            Value::Number(number) => number.to_string(),
        }
    }

    /// The value as the format has it.
    ///
    /// # Errors
    /// The format is not one for it.
    pub fn formatted(self, spec: &str) -> Result<String, Misfit> {
        match self {
            whole if spec.is_empty() => Ok(whole.plain()),
            Value::Text(text) => Spec::read(spec)?.text(&text),
            Value::Number(number) => Spec::read(spec)?.number(number),
            Value::Whole(_) => {
                Err(Misfit::Other("unsupported format string passed to __format__".to_owned()))
            }
        }
    }
}

fn misfit<T>(why: impl Into<String>) -> Result<T, Misfit> {
    Err(Misfit::Spec(why.into()))
}

impl Spec {
    /// `[[fill]align][sign][#][0][width][grouping][.precision][kind]`
    fn read(text: &str) -> Result<Spec, Misfit> {
        let letters: Vec<char> = text.chars().collect();
        let is_align = |at: usize| letters.get(at).is_some_and(|c| "<>=^".contains(*c));
        let (fill, mut at) = if is_align(1) { (Some(letters[0]), 1) } else { (None, 0) };
        let align = is_align(at).then(|| letters[at]);
        at += usize::from(align.is_some());
        let mut take = |wanted: &str| {
            let found = letters.get(at).copied().filter(|c| wanted.contains(*c));
            at += usize::from(found.is_some());
            found
        };
        let sign = take("+- ");
        let alternate = take("#").is_some();
        let zeros = take("0").is_some();
        let number = |take: &mut dyn FnMut(&str) -> Option<char>| {
            let mut digits = String::new();
            digits.extend(std::iter::from_fn(|| take("0123456789")));
            match digits.is_empty() {
                true => Ok(None),
                false => match digits.parse() {
                    Ok(number) if number <= WIDEST => Ok(Some(number)),
                    _ => misfit("Too many decimal digits in format string"),
                },
            }
        };
        let width = number(&mut take)?.unwrap_or_default();
        let grouping = take(",_");
        let precision = match take(".") {
            Some(_) => match number(&mut take)? {
                None => return misfit("Format specifier missing precision"),
                precision => precision,
            },
            None => None,
        };
        let kind = letters.get(at).copied();
        if letters.len() > at + 1 {
            return misfit("Invalid format specifier");
        }
        let fill = fill.unwrap_or(if zeros { '0' } else { ' ' });
        Ok(Spec { fill, align, sign, alternate, zeros, width, grouping, precision, kind })
    }

    fn text(&self, text: &str) -> Result<String, Misfit> {
        match self.kind {
            None | Some('s') => {}
            Some(kind) => {
                let why = format!("Unknown format code '{kind}' for object of type 'str'");
                return misfit(why);
            }
        }
        if self.sign.is_some() {
            return misfit("Sign not allowed in string format specifier");
        }
        if self.alternate {
            return misfit("Alternate form (#) not allowed in string format specifier");
        }
        if let Some(grouping) = self.grouping {
            return misfit(format!("Cannot specify '{grouping}' with 's'."));
        }
        if self.align == Some('=') {
            return misfit("'=' alignment not allowed in string format specifier");
        }
        let shown: String = text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
        Ok(self.padded("", &shown, self.align.unwrap_or('<')))
    }

    fn number(&self, number: i64) -> Result<String, Misfit> {
        let magnitude = number.unsigned_abs();
        let (prefix, digits) = match self.kind {
            None | Some('d' | 'n') => ("", magnitude.to_string()),
            Some('b') => ("0b", format!("{magnitude:b}")),
            Some('o') => ("0o", format!("{magnitude:o}")),
            Some('x') => ("0x", format!("{magnitude:x}")),
            Some('X') => ("0X", format!("{magnitude:X}")),
            Some('f' | 'F') => {
                ("", format!("{:.*}", self.precision.unwrap_or(6), magnitude as f64))
            }
            Some(kind @ ('e' | 'E')) => {
                ("", scientific(magnitude, self.precision.unwrap_or(6), kind))
            }
            Some(kind @ ('g' | 'G')) => ("", general(magnitude, self.precision.unwrap_or(6), kind)),
            Some('%') => {
                let percent = magnitude as f64 * 100.0;
                ("", format!("{percent:.*}%", self.precision.unwrap_or(6)))
            }
            Some(kind) => {
                return misfit(format!("Unknown format code '{kind}' for object of type 'int'"));
            }
        };
        let is_whole = !matches!(self.kind, Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%'));
        if is_whole && self.precision.is_some() {
            return misfit("Precision not allowed in integer format specifier");
        }
        let sign = match (number < 0, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        };
        let digits = self.grouped(&digits, if prefix.is_empty() { 3 } else { 4 });
        let prefix = if self.alternate && is_whole { prefix } else { "" };
        let align = self.align.unwrap_or(if self.zeros { '=' } else { '>' });
        Ok(self.padded(&format!("{sign}{prefix}"), &digits, align))
    }

    fn grouped(&self, digits: &str, size: usize) -> String {
        let Some(separator) = self.grouping else { return digits.to_owned() };
        let whole = digits.find(['.', '%']).unwrap_or(digits.len());
        let mut grouped = String::new();
        for (at, digit) in digits[..whole].chars().enumerate() {
            if at > 0 && (whole - at).is_multiple_of(size) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        grouped + &digits[whole..]
    }

    fn padded(&self, sign: &str, text: &str, align: char) -> String {
        let missing = self.width.saturating_sub(sign.chars().count() + text.chars().count());
        let fill = |count: usize| self.fill.to_string().repeat(count);
        match align {
            '<' => format!("{sign}{text}{}", fill(missing)),
            '^' => format!("{}{sign}{text}{}", fill(missing / 2), fill(missing - missing / 2)),
            '=' => format!("{sign}{}{text}", fill(missing)),
            _ => format!("{}{sign}{text}", fill(missing)),
        }
    }
}

/// `1.5e+03`
fn scientific(number: u64, precision: usize, kind: char) -> String {
    let text = format!("{:.precision$e}", number as f64);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{mantissa}{kind}+{exponent:0>2}")
}

/// As few digits as say the number to so many that count.
fn general(number: u64, precision: usize, kind: char) -> String {
    let precision = precision.max(1);
    let plain = number.to_string();
    if plain.len() <= precision {
        return plain;
    }
    let kind = if kind == 'G' { 'E' } else { 'e' };
    let text = scientific(number, precision - 1, kind);
    match text.split_once(kind) {
        Some((mantissa, exponent)) if mantissa.contains('.') => {
            let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
            format!("{mantissa}{kind}{exponent}")
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::template::parse;
    use super::*;
    use proptest::prelude::*;

    fn text(value: &str, spec: &str) -> String {
        Value::Text(value.to_owned()).formatted(spec).unwrap()
    }

    fn number(value: i64, spec: &str) -> String {
        Value::Number(value).formatted(spec).unwrap()
    }

    #[test]
    fn values_are_written_as_python_writes_them() {
        assert_eq!(text("abcdef", "8.3s"), "abc     ");
        assert_eq!(text("B602", "^8"), "  B602  ");
        assert_eq!(text("é", "*>3"), "**é");
        assert_eq!(text("x", "05"), "x0000");
        assert_eq!(number(7, "03"), "007");
        assert_eq!(number(-7, "04"), "-007");
        assert_eq!(number(7, "<4d"), "7   ");
        assert_eq!(number(1234567, "+,"), "+1,234,567");
        assert_eq!(number(255, "#x"), "0xff");
        assert_eq!(number(5, ".2f"), "5.00");
        assert_eq!(number(1500, ".1e"), "1.5e+03");
        assert_eq!((number(42, "g"), number(1500, ".2G")), ("42".into(), "1.5E+03".into()));
        assert_eq!(number(65535, "_b"), "1111_1111_1111_1111");
    }

    #[test]
    fn what_python_refuses_is_refused() {
        for spec in ["d", "+", "=5", ",", ".", "#", "5ss", "99999999"] {
            assert!(
                matches!(Value::Text("a".into()).formatted(spec), Err(Misfit::Spec(_))),
                "{spec}"
            );
        }
        for spec in [".2", "s", "z"] {
            assert!(matches!(Value::Number(1).formatted(spec), Err(Misfit::Spec(_))), "{spec}");
        }
        assert!(matches!(Value::Whole("[1]".into()).formatted(">9"), Err(Misfit::Other(_))));
    }

    proptest! {
        #[test]
        fn no_template_is_a_surprise(template in "[{}:!a-z0-9<>^=é. \\[\\]]{0,24}", value in ".{0,8}") {
            for field in parse(&template).into_iter().flatten().filter_map(|part| part.field) {
                let _ = Value::Text(value.clone()).formatted(field.spec);
                let _ = Value::Number(7).formatted(field.spec);
            }
        }
    }
}
