//! The words of a provider's command, as a shell makes them of a variable that is not quoted: split
//! at blanks, and names of files in the place of a pattern that matches some. Quotes, variables and
//! `~` stand for themselves there.

use globset::GlobBuilder;
use std::fs;

/// A pattern that matches more files stands for itself.
const MOST: usize = 10_000;

/// The words of a command.
pub fn of(command: &str) -> Vec<String> {
    let words = command.split([' ', '\t', '\n']).filter(|word| !word.is_empty());
    words.flat_map(expanded).collect()
}

/// The files that a word matches, in their order; the word where there is none.
fn expanded(word: &str) -> Vec<String> {
    if !is_pattern(word) {
        return vec![word.to_owned()];
    }
    let mut found = vec![String::new()];
    for (at, part) in word.split('/').enumerate() {
        let slash = if at > 0 { "/" } else { "" };
        let below = |folder: String| -> Vec<String> {
            let base = folder + slash;
            match is_pattern(part) {
                true => {
                    matching(&base, part).into_iter().map(|name| base.clone() + &name).collect()
                }
                false if part.is_empty() || fs::symlink_metadata(base.clone() + part).is_ok() => {
                    vec![base + part]
                }
                false => Vec::new(),
            }
        };
        found = found.into_iter().flat_map(below).take(MOST + 1).collect();
    }
    found.sort_unstable();
    match found.len() {
        1..=MOST => found,
        _ => vec![word.to_owned()],
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// The names in a folder that a pattern matches; hidden ones where it begins with a dot.
fn matching(folder: &str, pattern: &str) -> Vec<String> {
    // Neither braces nor doubled stars mean more to a shell here.
    let mut plain = pattern.replace('{', "[{]").replace('}', "[}]");
    while plain.contains("**") {
        plain = plain.replace("**", "*");
    }
    let Ok(glob) = GlobBuilder::new(&plain).literal_separator(true).build() else {
        return Vec::new();
    };
    let matcher = glob.compile_matcher();
    let entries = fs::read_dir(if folder.is_empty() { "." } else { folder });
    let names = entries.into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let is_meant = |name: &String| {
        (pattern.starts_with('.') || !name.starts_with('.')) && matcher.is_match(name)
    };
    names.filter(is_meant).take(MOST + 1).collect()
}
