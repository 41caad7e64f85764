//! `.bandit`: an INI file whose section `[bandit]` holds options; and reports of Bandit that serve
//! as baselines.

use super::{What, Wish, Wishes, below};
use serde::Deserialize;

pub(super) fn ini(text: &str) -> Result<Wishes, String> {
    let mut wishes = Wishes::default();
    let mut section_seen = false;
    for (line, key, value) in options(text, &mut section_seen) {
        let list = || value.split(',').map(|word| word.trim().trim_matches(['\'', '"', '[', ']']));
        let list = || list().filter(|word| !word.is_empty()).map(str::to_owned);
        match &*key {
            "skips" | "skip" => wishes.wishes.extend(list().map(|rule| Wish {
                what: What::Rule { rule, path: None, engine: Some("python") },
                place: line.to_string(),
                ..Wish::default()
            })),
            "tests" => wishes.notes.push(format!(
                "{line}: only {value} were run; all rules run here, which a waiver cannot change"
            )),
            "exclude" | "exclude_dirs" => wishes.exclude.extend(list().map(|path| below(&path))),
            "baseline" => {
                wishes.notes.push(format!("{line}: convert the baseline {value} as well"))
            }
            "targets" | "recursive" | "format" | "output" | "verbose" | "debug" | "quiet"
            | "aggregate" | "number" | "ini" | "msg-template" => {}
            _ => wishes.notes.push(format!("{line}: `{key}` is nothing that a waiver can say")),
        }
    }
    match section_seen {
        true => Ok(wishes),
        false => Err("it has no section [bandit]".into()),
    }
}

/// The options of the section, each with its line. A line that is indented goes on with the value.
fn options(text: &str, seen: &mut bool) -> Vec<(usize, String, String)> {
    let mut options: Vec<(usize, String, String)> = Vec::new();
    let mut within = false;
    for (at, line) in text.lines().enumerate() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        let indented = line.starts_with(char::is_whitespace);
        let section = bare.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        if let Some((name, _)) = section.filter(|_| !indented) {
            within = name.trim() == "bandit";
            *seen |= within;
            continue;
        }
        match options.last_mut() {
            Some((_, _, value)) if within && indented => {
                *value += ",";
                *value += bare;
            }
            _ if within => {
                let (key, value) = bare.split_once(['=', ':']).unwrap_or((bare, ""));
                options.push((at + 1, key.trim().to_lowercase(), value.trim().to_owned()));
            }
            _ => {}
        }
    }
    options
}

#[derive(Deserialize)]
struct Report {
    results: Vec<Issue>,
}

#[derive(Deserialize)]
struct Issue {
    filename: String,
    line_number: u32,
    test_id: String,
}

pub(super) fn baseline(text: &str) -> Result<Wishes, String> {
    let report: Report = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let wish = |issue: Issue| Wish {
        place: format!("{}:{}:{}", issue.filename, issue.line_number, issue.test_id),
        what: What::Place { rule: issue.test_id, path: issue.filename, line: issue.line_number },
        ..Wish::default()
    };
    Ok(Wishes { wishes: report.results.into_iter().map(wish).collect(), ..Wishes::default() })
}
