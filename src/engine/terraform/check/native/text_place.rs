//! Where a part of a text stands in the file, from where it stands in the value.

use crate::engine::terraform::block::Place;
use std::ops::Range;

/// Whether an attribute is written as a heredoc.
pub fn in_heredoc(file: &[u8], attribute: &Place) -> bool {
    expression(file, attribute).is_some_and(|text| text.starts_with(b"<<"))
}

/// Whether an attribute is a template, or a name, that takes in what stands elsewhere. What a
/// function is given does not count.
pub fn is_template_with_names(file: &[u8], attribute: &Place) -> bool {
    let Some(text) = expression(file, attribute) else { return false };
    if text.starts_with(b"\"") || text.starts_with(b"<<") {
        let opens = |mark: u8| {
            let at = text.windows(3).position(|it| it[1] == mark && it[2] == b'{' && it[0] != mark);
            at.is_some()
        };
        return opens(b'$') || opens(b'%');
    }
    let word = word(text);
    word > 0 && text.get(word) != Some(&b'(')
}

/// Whether an attribute is what a function gives.
pub fn is_call(file: &[u8], attribute: &Place) -> bool {
    expression(file, attribute).is_some_and(|text| text.get(word(text)) == Some(&b'('))
}

/// Whether an attribute names a variable of its module.
pub fn names_variable(file: &[u8], attribute: &Place) -> bool {
    let text = expression(file, attribute).unwrap_or_default();
    text.windows(4).any(|it| it == b"var.")
}

/// How many bytes of a text its first word has.
fn word(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()
}

/// The lines of a file that a part of a text is on, if the text begins on the line after an
/// attribute does; the attribute where the file has fewer lines.
pub fn on_lines_after(file: &[u8], attribute: &Place, text: &str, part: &Range<usize>) -> Place {
    let breaks =
        |to: usize| text.as_bytes()[..to.min(text.len())].iter().filter(|b| **b == b'\n').count();
    let rest = file.get(attribute.range.start..).unwrap_or_default();
    let starts = rest.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let mut starts = starts.skip(breaks(part.start));
    let Some(start) = starts.next() else { return attribute.clone() };
    let end = match breaks(part.end) - breaks(part.start) {
        0 => start,
        more => starts.nth(more - 1).unwrap_or(start),
    };
    let length = rest[end..].iter().position(|byte| *byte == b'\n').unwrap_or(rest.len() - end);
    let indent = rest[start..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let (start, end) = (attribute.range.start + start, attribute.range.start + end + length);
    Place { file: attribute.file, range: (start + indent).min(end)..end }
}

/// The expression of `name = expression`.
fn expression<'a>(file: &'a [u8], attribute: &Place) -> Option<&'a [u8]> {
    let text = file.get(attribute.range.clone())?;
    let equals = text.iter().position(|byte| *byte == b'=')?;
    Some(text[equals + 1..].trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_place_is_in_its_file(file: String, text: String, a in 0_usize..40, b in 0_usize..40) {
            let attribute = Place { file: 0, range: a.min(file.len())..file.len() };
            let place = on_lines_after(file.as_bytes(), &attribute, &text, &(a.min(b)..a.max(b)));
            prop_assert!(file.as_bytes().get(place.range).is_some());
        }
    }

    const FILE: &str = "x {\n  policy = <<EOT\n{\n  \"Action\": [\n    \"*\"\n  ]\n}\nEOT\n}\n";
    const TEXT: &str = "{\n  \"Action\": [\n    \"*\"\n  ]\n}\n";

    fn attribute() -> Place {
        Place { file: 0, range: 6..FILE.len() - 3 }
    }

    #[test]
    fn a_part_of_a_heredoc_is_found_on_its_lines() {
        let part = TEXT.find('[').unwrap()..TEXT.find(']').unwrap() + 1;
        let place = on_lines_after(FILE.as_bytes(), &attribute(), TEXT, &part);
        assert_eq!(&FILE[place.range], "\"Action\": [\n    \"*\"\n  ]");
    }

    #[test]
    fn a_text_of_more_lines_than_the_file_is_all_of_the_attribute() {
        let text = "\n".repeat(40) + "{}";
        let place = on_lines_after(FILE.as_bytes(), &attribute(), &text, &(40..42));
        assert_eq!(place, attribute());
    }

    #[test]
    fn names_count_outside_of_functions() {
        let has_names = |text: &str| {
            is_template_with_names(text.as_bytes(), &Place { file: 0, range: 0..text.len() })
        };
        assert!(has_names("policy = \"a ${b.c}\""));
        assert!(has_names("policy = var.policy"));
        assert!(!has_names("policy = \"a $${b}\""));
        assert!(!has_names("policy = jsonencode({ a = b.c })"));
        assert!(!has_names("policy = <<EOT\n{}\nEOT"));
    }
}
