//! The lines of a file that a report shows: those at fault within their block, at most ten.

use super::Lines;

/// So many lines are shown, and so many more than are at fault before the rest is left out.
const MOST: usize = 10;

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u32,
    /// None where lines are left out here.
    pub text: Option<String>,
    pub is_cause: bool,
}

/// The lines of a file, each without its end.
pub fn code(text: &[String], at: &Lines, within: &Lines) -> Vec<Line> {
    let line = |number: u32| Line {
        number,
        text: Some(text.get(number as usize - 1).cloned().unwrap_or_default()),
        is_cause: (at.start..=at.end).contains(&number),
    };
    let gap = |number: u32| Line { number, text: None, is_cause: false };
    let count = |lines: &Lines| lines.end.saturating_sub(lines.start) as usize + 1;
    let last = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let mut shown = Vec::new();
    if count(within) > count(at) + MOST {
        if within.start < at.start {
            shown.push(line(within.start));
            shown.extend((within.start + 1 < at.start).then(|| gap(within.start + 1)));
        }
        shown.extend((at.start..=at.end.min(last)).take(MOST + 1).map(line));
        if within.end > at.end {
            shown.extend((within.end > at.end + 1).then(|| gap(within.end - 1)));
            shown.push(line(within.end));
        }
    } else {
        shown.extend((within.start..=within.end.min(last)).map(line));
    }
    if shown.len() > MOST {
        let number = shown[MOST - 1].number;
        shown.truncate(MOST - 1);
        if shown.last().is_some_and(|line| line.text.is_some()) {
            shown.push(gap(number));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(start: u32, end: u32) -> Lines {
        Lines { file: 0, start, end }
    }

    fn shown(at: Lines, within: Lines) -> Vec<String> {
        let text: Vec<String> = (1..=40).map(|number| format!("line {number}")).collect();
        let show = |line: Line| match (&line.text, line.is_cause) {
            (None, _) => "..".to_owned(),
            (_, true) => format!("{}!", line.number),
            _ => line.number.to_string(),
        };
        code(&text, &at, &within).into_iter().map(show).collect()
    }

    #[test]
    fn a_long_block_is_shortened() {
        assert_eq!(shown(lines(3, 3), lines(2, 4)), ["2", "3!", "4"]);
        assert_eq!(shown(lines(9, 9), lines(2, 20)), ["2", "..", "9!", "..", "20"]);
        let whole = shown(lines(1, 30), lines(1, 30));
        assert_eq!(whole, ["1!", "2!", "3!", "4!", "5!", "6!", "7!", "8!", "9!", ".."]);
    }

    proptest! {
        #[test]
        fn no_lines_are_too_many(start in 1..60u32, more in 0..60u32, before in 0..60u32, after in 0..60u32) {
            let within = lines(start.saturating_sub(before).max(1), start + more + after);
            let shown = shown(lines(start, start + more), within);
            prop_assert!(shown.len() <= MOST);
        }
    }
}
