//! What the text of an issue is about, where Bandit's own text names it: a module, a function, a
//! size. Texts differ from tool to tool, these words do not.

use super::issue::Issue;

/// How the words are found in a text of ours.
#[derive(Debug, Clone, Copy)]
enum Named {
    /// What stands in backticks.
    Name,
    /// Its first part: the package of a function.
    Package,
    /// Its last part, by which an import may name it alone.
    Last,
    /// Numbers, and words in capitals.
    Values,
}

/// The rules whose issues Bandit tells apart by such words.
const NAMING: &[(&str, Named)] = &[
    ("B103", Named::Values),
    ("B113", Named::Package),
    ("B304", Named::Name),
    ("B305", Named::Name),
    ("B313", Named::Name),
    ("B314", Named::Name),
    ("B315", Named::Name),
    ("B316", Named::Name),
    ("B317", Named::Name),
    ("B318", Named::Name),
    ("B319", Named::Name),
    ("B324", Named::Values),
    ("B403", Named::Last),
    ("B405", Named::Last),
    ("B406", Named::Last),
    ("B407", Named::Last),
    ("B408", Named::Last),
    ("B409", Named::Last),
    ("B411", Named::Last),
    ("B412", Named::Last),
    ("B413", Named::Last),
    ("B501", Named::Package),
    ("B505", Named::Values),
    ("B615", Named::Last),
    ("B704", Named::Name),
];

/// The words that an issue of the rule is told apart by, beside its place.
pub fn subject(issue: &Issue) -> Vec<&str> {
    let Some((_, named)) = NAMING.iter().find(|(id, _)| *id == issue.rule.id) else {
        return Vec::new();
    };
    let mut quoted = issue.text.split('`').skip(1).step_by(2);
    match named {
        Named::Name => quoted.collect(),
        Named::Package => quoted.filter_map(|name| name.split('.').next()).collect(),
        Named::Last => quoted.filter_map(|name| name.rsplit('.').next()).collect(),
        // A method of `crypt` is a name, a hash of `hashlib` is none.
        Named::Values => quoted
            .by_ref()
            .filter(|name| name.contains('.'))
            .chain(
                issue
                    .text
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .filter(|word| is_value(word)),
            )
            .collect(),
    }
}

fn is_value(word: &str) -> bool {
    let digits = word.bytes().any(|byte| byte.is_ascii_digit());
    digits || (word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
}

/// Whether the word stands in the text by itself.
pub fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::has_word;

    #[test]
    fn a_word_stands_by_itself() {
        assert!(has_word("Using xml.sax here", "sax") && has_word("0o777", "0o777"));
        assert!(!has_word("Using cElementTree", "ElementTree") && !has_word("", "a"));
    }
}
