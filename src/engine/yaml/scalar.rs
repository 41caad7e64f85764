//! What a plain scalar means: the core schema of YAML 1.2.

/// The meaning of a scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    Null,
    Bool(bool),
    Number(f64),
    Text,
}

impl Scalar {
    /// Of a scalar without quotes and tag.
    pub fn of_plain(text: &str) -> Scalar {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
            "true" | "True" | "TRUE" => Scalar::Bool(true),
            "false" | "False" | "FALSE" => Scalar::Bool(false),
            _ => number(text).map_or(Scalar::Text, Scalar::Number),
        }
    }
}

fn number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let of_radix = |digits: &str, radix: u32| {
        let is_plain = digits.starts_with(|c: char| c.is_ascii_hexdigit());
        // A float holds every number that decides anything here.
        #[allow(clippy::cast_precision_loss)]
        let value = |digits: u64| sign * digits as f64;
        u64::from_str_radix(digits, radix).ok().filter(|_| is_plain).map(value)
    };
    match (unsigned.get(..2), unsigned) {
        (Some("0x"), _) => of_radix(&unsigned[2..], 16),
        (Some("0o"), _) => of_radix(&unsigned[2..], 8),
        (_, ".inf" | ".Inf" | ".INF") => Some(sign * f64::INFINITY),
        (_, ".nan" | ".NaN" | ".NAN") => None,
        _ if unsigned.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b)) => {
            unsigned.parse::<f64>().ok().map(|value| sign * value)
        }
        _ => None,
    }
}
