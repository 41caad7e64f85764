//! Templates as Python's `str.format` reads them.

/// A part of a template.
#[derive(Debug, PartialEq)]
pub struct Part<'a> {
    /// Braces that were doubled are single.
    pub literal: String,
    pub field: Option<Field<'a>>,
}

/// `{name!conversion:spec}`
#[derive(Debug, PartialEq)]
pub struct Field<'a> {
    pub name: &'a str,
    pub conversion: Option<char>,
    /// May hold fields itself.
    pub spec: &'a str,
}

/// Splits a template, or the format of a field in it.
///
/// # Errors
/// A brace that opens or closes nothing.
pub fn parse(template: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        let mut literal = String::new();
        let mut field = None;
        while let Some(at) = rest.find(['{', '}']) {
            literal += &rest[..at];
            let brace = &rest[at..=at];
            let after = &rest[at + 1..];
            if let Some(behind) = after.strip_prefix(brace) {
                literal += brace;
                rest = behind;
                continue;
            }
            if brace == "}" || after.is_empty() {
                return Err(format!("Single '{brace}' encountered in format string"));
            }
            let end = closing(after).ok_or("expected '}' before end of string")?;
            field = Some(split(&after[..end])?);
            rest = &after[end + 1..];
            break;
        }
        if field.is_none() {
            literal += rest;
            rest = "";
        }
        parts.push(Part { literal, field });
    }
    Ok(parts)
}

/// Where the field ends that begins with the text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn split(field: &str) -> Result<Field<'_>, String> {
    let mut in_brackets = false;
    let end = field.find(|c| {
        match c {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ => {}
        }
        !in_brackets && matches!(c, ':' | '!')
    });
    let Some(end) = end else { return Ok(Field { name: field, conversion: None, spec: "" }) };
    let (name, rest) = field.split_at(end);
    if name.contains('{') {
        return Err("unexpected '{' in field name".to_owned());
    }
    if let Some(spec) = rest.strip_prefix(':') {
        return Ok(Field { name, conversion: None, spec });
    }
    let mut letters = rest[1..].chars();
    let conversion = letters.next();
    if conversion.is_none() {
        return Err("unmatched '{' in format spec".to_owned());
    }
    match letters.as_str() {
        "" => Ok(Field { name, conversion, spec: "" }),
        rest => match rest.strip_prefix(':') {
            Some(spec) => Ok(Field { name, conversion, spec }),
            None => Err("expected ':' after conversion specifier".to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_split() {
        let parts = parse("a{{b}}{line:{col}}c{msg!r:>9}").unwrap();
        assert_eq!(parts[0].literal, "a{b}");
        assert_eq!(parts[0].field, Some(Field { name: "line", conversion: None, spec: "{col}" }));
        assert_eq!(parts[1].field, Some(Field { name: "msg", conversion: Some('r'), spec: ">9" }));
    }

    #[test]
    fn braces_open_and_close() {
        for template in ["{", "}", "{a", "{a!}", "{a!rx}", "a}b"] {
            assert!(parse(template).is_err(), "{template}");
        }
    }
}
