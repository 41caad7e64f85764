//! The comments by which tfsec and Trivy leave out what they find:
//!
//! ```text
//! tfsec:ignore:RULE                       trivy:ignore:RULE
//! tfsec:ignore:RULE:exp:2027-01-31        until that day
//! tfsec:ignore:RULE:ws:production         in that workspace
//! tfsec:ignore:RULE[acl=private]          where the block has this value
//! ```
//!
//! One holds for what begins on its line or the next, and for all that is in it: a comment above a
//! resource holds for its attributes, one above the call of a module for all that is in the module.
//! Several that have a line each to themselves hold together for what follows the last.

use super::around::{Around, Is};
use super::{Source, Value};
use jiff::civil::Date;
use memchr::memmem;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// The id of a rule in any of its forms; `*` for all.
    pub rule: Box<str>,
    pub until: Option<Date>,
    pub workspace: Option<Box<str>>,
    /// Attributes of the block, and the values that they must have.
    values: Vec<(Box<str>, Box<str>)>,
    /// From 1; where comments follow each other, that of the last.
    line: u32,
    is_first: bool,
    /// As it stands there, without what opens it.
    pub text: Box<str>,
}

/// The comments of the files of a project, by the line that they hold for.
#[derive(Debug, Default)]
pub struct Ignores(BTreeMap<(u32, u32), Vec<Ignore>>);

impl Ignores {
    /// The comments of all files of a project; of those tools, as their comments begin.
    pub fn of(files: &[Source], tools: &[&str]) -> Ignores {
        let read = |file: &Source| read(&file.bytes, tools);
        let read: Vec<Vec<Ignore>> = files.par_iter().map(read).collect();
        let mut ignores = Ignores::default();
        for (file, read) in (0..).zip(read) {
            for ignore in read {
                ignores.0.entry((file, ignore.line)).or_default().push(ignore);
            }
        }
        ignores
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The comments that hold for something, if they mean it: from the place itself outwards.
    /// `line` gives the line of a byte of a file.
    pub fn over<'a>(
        &'a self,
        steps: &'a [Around<'a>],
        line: impl Fn(u32, usize) -> u32 + 'a,
    ) -> impl Iterator<Item = &'a Ignore> {
        steps.iter().flat_map(move |step| {
            let file = step.place.file;
            let begins = line(file, step.place.range.start);
            let on = [begins.saturating_sub(1), begins].into_iter();
            on.filter_map(move |line| self.0.get(&(file, line)))
                .flatten()
                .filter(move |ignore| ignore.fits(step.is))
        })
    }
}

impl Ignore {
    /// Whether what it holds for has the values that are asked for. tfsec asks whole blocks only.
    fn fits(&self, step: Is) -> bool {
        let block = match step {
            Is::Part => return true,
            Is::Whole(block) => block,
            // What a call passes on is not known here: a comment that says less than it holds for
            // would hide things.
            Is::Call => return self.values.is_empty(),
        };
        self.values.iter().all(|(name, wanted)| {
            let attribute = block.attributes.get(name);
            attribute.is_some_and(|attribute| match &attribute.value {
                Value::String(text) => text.to_lowercase() == wanted.to_lowercase(),
                Value::Number(number) => {
                    **wanted == format!("{}", number.trunc()) || **wanted == format!("{number:.6}")
                }
                Value::Bool(truth) => **wanted == truth.to_string(),
                _ => false,
            })
        })
    }
}

/// The tools whose comments hold in Terraform.
pub const TOOLS: [&str; 2] = ["tfsec:", "trivy:"];

/// The comments of a text.
fn read(text: &[u8], tools: &[&str]) -> Vec<Ignore> {
    if !tools.iter().any(|tool| memmem::find(text, tool.as_bytes()).is_some()) {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(text);
    let mut ignores = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        on_line(line, number, tools, &mut ignores);
    }
    // Those that have a line to themselves count for what follows the last of them.
    let mut below: Option<(u32, u32)> = None;
    for ignore in ignores.iter_mut().rev().filter(|ignore| ignore.is_first) {
        let own = ignore.line;
        if let Some((next, last)) = below
            && own + 1 == next
        {
            ignore.line = last;
        }
        below = Some((own, ignore.line));
    }
    ignores
}

/// What opens a comment in front of a word.
const OPENERS: [&str; 3] = ["#", "//", "/*"];

fn on_line(line: &str, number: u32, tools: &[&str], to: &mut Vec<Ignore>) {
    let mut is_first = true;
    for word in line.split([' ', '\t', '\r']) {
        let stripped = match is_first {
            true => word.trim_start_matches(['#', '/', '*']),
            false => {
                OPENERS.iter().fold(word, |word, opener| word.strip_prefix(opener).unwrap_or(word))
            }
        };
        if stripped.is_empty() {
            continue;
        }
        to.extend(comment(stripped, tools).map(|ignore| Ignore {
            line: number,
            is_first,
            ..ignore
        }));
        is_first = false;
    }
}

/// `tfsec:ignore:RULE:exp:DATE:ws:NAME`. A day that is none makes it void.
fn comment(word: &str, tools: &[&str]) -> Option<Ignore> {
    let rest = tools.iter().find_map(|tool| word.strip_prefix(tool))?;
    let mut ignore = Ignore {
        rule: "".into(),
        until: None,
        workspace: None,
        values: Vec::new(),
        line: 0,
        is_first: false,
        text: word.into(),
    };
    let mut parts = rest.split(':');
    while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
        match key {
            "ignore" => {
                let (rule, values) = value.split_once('[').unwrap_or((value, ""));
                let pairs = values.trim_end_matches(']').split(',');
                ignore.rule = rule.into();
                ignore.values = pairs
                    .filter_map(|pair| pair.split_once('='))
                    .map(|(name, value)| (name.into(), value.into()))
                    .collect();
            }
            "exp" => ignore.until = Some(value.parse().ok()?),
            "ws" => ignore.workspace = Some(value.into()),
            _ => {}
        }
    }
    (!ignore.rule.is_empty()).then_some(ignore)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |ignore: Ignore| {
            let until = ignore.until.map_or(String::new(), |day| format!(" until {day}"));
            let workspace = ignore.workspace.map_or(String::new(), |name| format!(" in {name}"));
            assert!(text.contains(&*ignore.text));
            format!("{} {}{until}{workspace}", ignore.line, ignore.rule)
        };
        read(text.as_bytes(), &TOOLS).into_iter().map(show).collect()
    }

    #[test]
    fn comments_are_read_as_tfsec_reads_them() {
        assert_eq!(shown("a = 1 #tfsec:ignore:x"), ["1 x"]);
        assert_eq!(
            shown("a = 1 # tfsec:ignore:x tfsec:ignore:y:exp:2027-01-31 why"),
            ["1 x", "1 y until 2027-01-31"]
        );
        assert_eq!(shown("/* trivy:ignore:AVD-AWS-0001 */"), ["1 AVD-AWS-0001"]);
        assert_eq!(shown("// tfsec:ignore:*:ws:test"), ["1 * in test"]);
        assert_eq!(shown("# tfsec:ignore:x:exp:soon"), [""; 0]);
        assert_eq!(shown("# tfsec:ignore:"), [""; 0]);
    }

    #[test]
    fn comments_below_each_other_hold_together() {
        let text = "# tfsec:ignore:a\n# tfsec:ignore:b\nx = 1 # tfsec:ignore:c\n";
        assert_eq!(shown(text), ["2 a", "2 b", "3 c"]);
        assert_eq!(shown("# tfsec:ignore:a\n\n# tfsec:ignore:b\n"), ["1 a", "3 b"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(tfsec:|trivy:|ignore:|[#/* \t\n:\\[\\]=,a-zé]|exp:|ws:){0,40}") {
            for ignore in read(text.as_bytes(), &TOOLS) {
                prop_assert!(text.contains(&*ignore.text));
                prop_assert!(ignore.line as usize <= text.split('\n').count());
            }
        }
    }
}
