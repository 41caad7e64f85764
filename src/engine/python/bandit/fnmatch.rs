//! File name patterns as Python's `fnmatch` has them: `*` and `?` match `/` as well, and `[seq]`
//! and `[!seq]` are sets of characters.

/// Whether the whole name matches.
pub fn fnmatch(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    // Where the last star stands, and the first character of the name that it does not take.
    let mut star = None;
    let (mut p, mut n) = (0, 0);
    loop {
        if pattern.get(p) == Some(&'*') {
            star = Some((p + 1, n));
            p += 1;
            continue;
        }
        let next = match (pattern.get(p), name.get(n)) {
            (None, None) => return true,
            (Some(_), Some(&c)) => one(&pattern[p..], c),
            _ => None,
        };
        match (next, star) {
            (Some(length), _) => (p, n) = (p + length, n + 1),
            (None, Some((after, taken))) if taken < name.len() => {
                star = Some((after, taken + 1));
                (p, n) = (after, taken + 1);
            }
            _ => return false,
        }
    }
}

/// How much of the pattern matches the character.
fn one(pattern: &[char], c: char) -> Option<usize> {
    match pattern[0] {
        '?' => Some(1),
        '[' => match set(pattern) {
            Some((length, is_negated, members)) => {
                (contains(members, c) != is_negated).then_some(length)
            }
            None => (c == '[').then_some(1),
        },
        literal => (literal == c).then_some(1),
    }
}

/// A set at the start of the pattern: its length, whether it is one of what must not be, and what
/// is in it. A bracket that nothing closes is no set; one right at the start of a set is in it.
fn set(pattern: &[char]) -> Option<(usize, bool, &[char])> {
    let is_negated = pattern.get(1) == Some(&'!');
    let start = if is_negated { 2 } else { 1 };
    let close = pattern.iter().skip(start + 1).position(|c| *c == ']')? + start + 1;
    Some((close + 1, is_negated, &pattern[start..close]))
}

fn contains(mut members: &[char], c: char) -> bool {
    while let [first, rest @ ..] = members {
        members = match rest {
            ['-', last, rest @ ..] => {
                if (*first..=*last).contains(&c) {
                    return true;
                }
                rest
            }
            _ if *first == c => return true,
            rest => rest,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::fnmatch;

    #[test]
    fn stars_cross_folders_and_sets_are_sets() {
        for (pattern, name) in [
            ("*/test_*.py", "./a/b/test_c.py"),
            ("*.py", "a.py"),
            ("?.py", "a.py"),
            ("[a-c]x", "bx"),
            ("[!a-c]x", "dx"),
            ("[]]x", "]x"),
            ("[x", "[x"),
            ("**", ""),
            ("a*b*c", "aXbYbZc"),
        ] {
            assert!(fnmatch(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*.py", "a.pyc"), ("test", "tests"), ("[!a]", "a"), ("?", "")] {
            assert!(!fnmatch(pattern, name), "{pattern} {name}");
        }
    }
}
