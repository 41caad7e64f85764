//! Files of lines, with comments that begin with `#`.

/// A line that says something.
#[derive(Debug, PartialEq)]
pub(super) struct Line<'a> {
    /// From 1.
    pub number: usize,
    pub text: &'a str,
    /// The comment above it, which also is that of the lines right below it.
    pub comment: Option<String>,
}

/// The lines that say something.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut said = Vec::new();
    let mut comment: Option<String> = None;
    let mut after_comment = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        match line.strip_prefix('#') {
            Some(words) => {
                let words = words.trim_start_matches('#').trim();
                comment = match comment {
                    Some(before) if after_comment => Some(format!("{before} {words}")),
                    _ => Some(words.to_owned()),
                };
            }
            None if line.is_empty() => comment = None,
            None => said.push(Line {
                number: at + 1,
                text: line,
                comment: comment.clone().filter(|words| !words.trim().is_empty()),
            }),
        }
        after_comment = line.starts_with('#');
    }
    said
}
