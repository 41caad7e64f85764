//! A unified diff of a file and what is to become of it, for people and for `patch`.

use std::fmt::Write;

/// Lines around a change that are shown.
const CONTEXT: usize = 3;
/// Lines that are looked at to find where two texts are alike again. Changes are a few lines.
const REACH: usize = 200;

/// Lines of the old text and those of the new one in their place: ranges of line indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    old: (usize, usize),
    new: (usize, usize),
}

/// The lines of a text, with their ends.
pub fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The diff of two texts, of which `old` and `new` are the lines; those in `shown` are what is
/// printed for them. Empty where the texts are alike.
pub fn unified(path: &str, [old, new]: [&[&str]; 2], shown: [&[String]; 2]) -> String {
    let changes = changes(old, new);
    let mut diff = String::new();
    let mut rest = &changes[..];
    while let Some(first) = rest.first() {
        let near = rest.windows(2).take_while(|pair| pair[1].old.0 - pair[0].old.1 <= 2 * CONTEXT);
        let (hunk, more) = rest.split_at(1 + near.count());
        rest = more;
        if diff.is_empty() {
            let _ = write!(diff, "--- {}\n+++ {}\n", name("a", path), name("b", path));
        }
        let last = hunk.last().unwrap_or(first);
        let before = CONTEXT.min(first.old.0);
        let after = CONTEXT.min(old.len() - last.old.1);
        let from = (first.old.0 - before, last.old.1 + after);
        let to = (first.new.0 - before, last.new.1 + after);
        let _ = writeln!(diff, "@@ -{} +{} @@", extent(from), extent(to));
        let mut at = from.0;
        for change in hunk {
            put(&mut diff, ' ', &shown[0][at..change.old.0]);
            put(&mut diff, '-', &shown[0][change.old.0..change.old.1]);
            put(&mut diff, '+', &shown[1][change.new.0..change.new.1]);
            at = change.old.1;
        }
        put(&mut diff, ' ', &shown[0][at..from.1]);
    }
    diff
}

/// The name of a side as Git writes it: in quotes where it has more than plain characters, with a
/// tab behind it where a space could be taken for its end.
fn name(side: &str, path: &str) -> String {
    let is_plain = |b: u8| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\\');
    if path.bytes().all(is_plain) {
        let end = if path.contains(' ') { "\t" } else { "" };
        return format!("{side}/{path}{end}");
    }
    let mut name = format!("\"{side}/");
    for byte in path.bytes() {
        let _ = match byte {
            b'\t' => write!(name, "\\t"),
            b'\n' => write!(name, "\\n"),
            b'\r' => write!(name, "\\r"),
            b'"' | b'\\' => write!(name, "\\{}", char::from(byte)),
            plain if is_plain(plain) => write!(name, "{}", char::from(plain)),
            other => write!(name, "\\{other:03o}"),
        };
    }
    name.push('"');
    name
}

/// `first,count` of the lines, from 1; one line is its number alone, none stand behind a line.
fn extent((from, to): (usize, usize)) -> String {
    match to - from {
        0 => format!("{from},0"),
        1 => format!("{}", from + 1),
        count => format!("{},{count}", from + 1),
    }
}

fn put(diff: &mut String, sign: char, lines: &[String]) {
    for line in lines {
        diff.push(sign);
        diff.push_str(line);
        if !line.ends_with('\n') {
            diff.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// What differs, in order. Any alignment of equal lines is a right one; the nearest is the best.
fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let (mut i, mut j) = (0, 0);
    let mut changes = Vec::new();
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let (a, b) = meet(&old[i..], &new[j..]);
        changes.push(Change { old: (i, i + a), new: (j, j + b) });
        (i, j) = (i + a, j + b);
    }
    changes
}

/// How many lines of each go by until both are alike again: in a line that says something, in two
/// lines, or at their ends.
fn meet(old: &[&str], new: &[&str]) -> (usize, usize) {
    let alike = |a: usize, b: usize| match (old.get(a), new.get(b)) {
        (Some(line), Some(other)) => {
            line == other && (!line.trim().is_empty() || old.get(a + 1) == new.get(b + 1))
        }
        (line, other) => line == other,
    };
    let near = (1..=REACH).flat_map(|sum| (0..=sum).map(move |a| (a, sum - a)));
    let mut meetings = near.filter(|(a, b)| *a <= old.len() && *b <= new.len());
    meetings.find(|(a, b)| alike(*a, *b)).unwrap_or((old.len(), new.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn diff(old: &str, new: &str) -> String {
        let (old, new) = (lines(old), lines(new));
        let [before, after] =
            [&old, &new].map(|text| text.iter().map(ToString::to_string).collect::<Vec<_>>());
        unified("a", [&old, &new], [&before, &after])
    }

    /// What a patch makes of the lines that it was made for.
    fn patched(old: &str, diff: &str) -> String {
        let old = lines(old);
        let (mut at, mut new) = (0, String::new());
        for line in diff.split_inclusive('\n').skip(2) {
            let (sign, text) = line.split_at(1);
            match sign {
                "@" => {
                    let start = text[3..].split([',', ' ']).next().unwrap_or_default();
                    let start: usize = start.parse().unwrap_or_default();
                    let to = start.saturating_sub(usize::from(!text.contains(",0 +")));
                    new.extend(old[at..to].iter().copied());
                    at = to;
                }
                "\\" => new.truncate(new.trim_end_matches('\n').len()),
                sign => {
                    if sign != "+" {
                        assert_eq!(old[at].trim_end_matches('\n'), text.trim_end_matches('\n'));
                        at += 1;
                    }
                    new.push_str(if sign == "-" { "" } else { text });
                }
            }
        }
        new.extend(old[at..].iter().copied());
        new
    }

    #[test]
    fn near_changes_share_a_hunk() {
        let old: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let new = old.replace("\n5\n", "\nfive\n").replace("\n9\n", "\n9\nand\n");
        let diff = diff(&old, &new.replace("20\n", "20"));
        assert_eq!(diff.matches("@@ -").count(), 2, "{diff}");
        assert!(diff.contains("@@ -2,11 +2,12 @@\n 2\n 3\n 4\n-5\n+five\n 6\n"), "{diff}");
        assert!(diff.ends_with("-20\n+20\n\\ No newline at end of file\n"), "{diff}");
    }

    #[test]
    fn alike_is_no_diff() {
        assert_eq!(diff("a\n", "a\n"), "");
        assert_eq!(diff("", ""), "");
    }

    #[test]
    fn a_name_is_quoted_where_it_could_be_misread() {
        assert_eq!(name("a", "app/run.py"), "a/app/run.py");
        assert_eq!(name("a", "my run.py"), "a/my run.py\t");
        assert_eq!(name("b", "t\tx\n\"y\\.py"), r#""b/t\tx\n\"y\\.py""#);
        assert_eq!(name("b", "é\u{1b}.py"), r#""b/\303\251\033.py""#);
    }

    proptest! {
        #[test]
        fn a_patch_makes_the_new_text(old in "([ab]?\n){0,30}", new in "([ab]?\n){0,30}") {
            let diff = diff(&old, &new);
            if diff.is_empty() {
                prop_assert_eq!(old, new);
            } else {
                prop_assert_eq!(patched(&old, &diff), new, "{}", diff);
            }
        }
    }
}
