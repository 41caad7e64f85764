//! Text from the outside, made harmless for where it goes: paths, messages, source lines and
//! comments may all be written by whoever wants this report to lie.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character is one that acts on what surrounds it, or that nobody sees: controls,
/// line and paragraph separators, overrides of the writing direction, zero-width and other
/// default-ignorable characters.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Appends a character, as the escape that Rust writes for it where it is hidden.
pub fn push_visible(c: char, to: &mut String) {
    match c {
        '\n' => to.push_str("\\n"),
        '\r' => to.push_str("\\r"),
        '\t' => to.push_str("\\t"),
        c if is_hidden(c) => to.extend(c.escape_unicode()),
        c => to.push(c),
    }
}

/// For a terminal or a log: one line in which every hidden character is a visible escape.
pub fn visible(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| (' '..='~').contains(&c) || !is_hidden(c);
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push_visible(c, &mut shown));
    Cow::Owned(shown)
}

/// For Markdown, inside a paragraph, a list item, a table cell or an HTML element: every
/// character that could mean something becomes a reference, which never does (CommonMark 2.5).
///
/// A zero-width space, as a reference too, keeps GitHub from making a mention, a link to an issue
/// or a link to a site of what is left.
pub fn markdown(text: &str) -> String {
    let text = visible(text);
    let mut safe = String::with_capacity(text.len() + 16);
    let mut before = None;
    for (at, c) in text.char_indices() {
        let next = text[at + c.len_utf8()..].chars().next();
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '@' | '#' | '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|'
            | '~' | '$' | '^' => {
                let _ = write!(safe, "&#{};", u32::from(c));
            }
            // A list inside a list.
            '-' | '+' if before.is_none() => {
                let _ = write!(safe, "&#{};", u32::from(c));
            }
            c => safe.push(c),
        }
        let links = match c {
            '@' | '#' => next.is_some_and(char::is_alphanumeric),
            ':' => next == Some('/'),
            '.' => matches!(before, Some('w' | 'W')),
            _ => false,
        };
        if links {
            safe.push_str("&#8203;");
        }
        before = Some(c);
    }
    safe
}

/// For the message of a GitHub workflow command. The runner turns the escapes back, so that a
/// line break arrives as one and no line of the output begins inside the text.
pub fn command_message(text: &str) -> String {
    escaped(text, false)
}

/// For a property of a GitHub workflow command, which also ends at `,` and `:`.
pub fn command_property(text: &str) -> String {
    escaped(text, true)
}

fn escaped(text: &str, property: bool) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '%' => safe.push_str("%25"),
            '\r' => safe.push_str("%0D"),
            '\n' => safe.push_str("%0A"),
            ':' if property => safe.push_str("%3A"),
            ',' if property => safe.push_str("%2C"),
            c => push_visible(c, &mut safe),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hidden_characters_show() {
        assert_eq!(visible("\u{1b}[2Jx\r\n"), "\\u{1b}[2Jx\\r\\n");
        assert_eq!(visible("a\u{202e}b\u{200b}"), "a\\u{202e}b\\u{200b}");
        assert_eq!(visible("grün 漢字 🦀"), "grün 漢字 🦀");
    }

    #[test]
    fn markdown_is_only_text() {
        assert_eq!(
            markdown("<img src=x> `@team` | #1"),
            "&lt;img src=x&gt; &#96;&#64;&#8203;team&#96; &#124; &#35;&#8203;1"
        );
        assert_eq!(markdown("https://www.x"), "https:&#8203;//www.&#8203;x");
        assert_eq!(markdown("a-b.py:3:1"), "a-b.py:3:1");
        assert_eq!(markdown("- a"), "&#45; a");
    }

    #[test]
    fn commands_stay_one_line() {
        assert_eq!(command_message("50%\n::error::x"), "50%25%0A::error::x");
        assert_eq!(command_property("a,b:c\r"), "a%2Cb%3Ac%0D");
    }

    /// Any string, often of the characters that hurt.
    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[\u{0}-\u{9f}\u{200b}-\u{2069}\u{feff}\u{e0001}%:,<&`|@#\\\\\\[]{0,40}",
        ]
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in hostile()) {
            for safe in [
                visible(&text).into_owned(),
                markdown(&text),
                command_message(&text),
                command_property(&text),
            ] {
                prop_assert!(!safe.chars().any(is_hidden), "{safe:?}");
            }
        }

        #[test]
        fn markdown_holds_no_markup(text in hostile()) {
            let safe = markdown(&text);
            prop_assert!(!safe.contains(['<', '>', '`', '|', '@', '[', ']', '*', '_', '\\', '!']));
            for reference in safe.split('&').skip(1) {
                let (name, _) = reference.split_once(';').expect("every & opens a reference");
                prop_assert!(
                    matches!(name, "amp" | "lt" | "gt")
                        || name.strip_prefix('#').is_some_and(|n| n.parse::<u32>().is_ok()),
                    "{name}"
                );
            }
            let outside = safe.split('&').skip(1).filter_map(|part| part.split_once(';'));
            prop_assert!(!outside.map(|(_, text)| text).any(|text| text.contains('#')));
            prop_assert!(!safe.contains("://"));
        }

        #[test]
        fn commands_can_be_turned_back(text in "[ -~\r\n]{0,40}") {
            let back = |safe: String| {
                safe.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":")
                    .replace("%2C", ",").replace("%25", "%")
            };
            prop_assert!(!command_property(&text).contains([':', ',']));
            prop_assert_eq!(back(command_property(&text)), text.clone());
            prop_assert_eq!(back(command_message(&text)), text);
        }
    }
}
