//! `.snyk`: ignored issues with the paths of dependencies along which they are, reasons and
//! expiry; patches; excluded files.

use super::yaml::{self, Scalar, Spanned};
use super::{What, Wish, Wishes, day};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, HashMap};

#[derive(Deserialize)]
struct File {
    /// By the id of the issue: the paths along which it is ignored, each in a map of its own.
    ignore: Option<HashMap<Spanned<String>, Option<Vec<Along>>>>,
    patch: Option<BTreeMap<String, IgnoredAny>>,
    exclude: Option<BTreeMap<String, Option<Vec<Pattern>>>>,
}

type Along = BTreeMap<String, Option<Rule>>;

#[derive(Deserialize)]
struct Rule {
    reason: Option<String>,
    expires: Option<Scalar>,
}

/// A pattern alone, or with a reason.
#[derive(Deserialize)]
#[serde(untagged)]
enum Pattern {
    Alone(String),
    Explained(BTreeMap<String, IgnoredAny>),
}

pub(super) fn policy(text: &str) -> Result<Wishes, String> {
    let file: File = yaml::read(text)?;
    let mut wishes = Wishes::default();
    let mut ignored: Vec<_> = file.ignore.unwrap_or_default().into_iter().collect();
    ignored.sort_by_key(|(id, _)| id.referenced.line());
    for (id, rules) in ignored {
        for (along, rule) in rules.into_iter().flatten().flatten() {
            push(&mut wishes, &id, &along, rule);
        }
    }
    for id in file.patch.unwrap_or_default().into_keys() {
        wishes.notes.push(format!("{id}: was patched by Snyk, which is no waiver; left out"));
    }
    for (group, patterns) in file.exclude.unwrap_or_default() {
        if group == "iac-drift" {
            wishes.notes.push("exclude: iac-drift: drift is not looked at here; left out".into());
            continue;
        }
        for pattern in patterns.into_iter().flatten() {
            match pattern {
                Pattern::Alone(glob) => wishes.exclude.push(glob),
                Pattern::Explained(globs) => wishes.exclude.extend(globs.into_keys()),
            }
        }
    }
    Ok(wishes)
}

fn push(wishes: &mut Wishes, id: &Spanned<String>, along: &str, rule: Option<Rule>) {
    let (place, id) = (yaml::place(id), &*id.value);
    let (reason, expires) = rule.map_or((None, None), |rule| (rule.reason, rule.expires));
    let until = expires.as_ref().and_then(|expires| day(&expires.0));
    if let Some(wrong) = expires.filter(|_| until.is_none()) {
        wishes.notes.push(format!("{place}: {} is no date; left out", wrong.0));
        return;
    }
    let steps: Vec<&str> = along.split('>').map(str::trim).collect();
    let (first, rest) = steps.split_first().map_or(("*", &[][..]), |(first, rest)| (*first, rest));
    let what = if id.starts_with("SNYK-CC-") {
        if !rest.is_empty() {
            wishes.notes.push(format!("{place}: held for {along}; for all of {first} here"));
        }
        let path = (first != "*").then(|| first.to_owned());
        What::Rule { rule: id.to_owned(), path, engine: None }
    } else {
        if along != "*" {
            wishes.notes.push(format!("{place}: held along {along}; for every path to it here"));
        }
        What::Advisory { advisory: id.to_owned(), package: package(id), path: None }
    };
    let reason = reason.filter(|reason| reason != "None Given");
    wishes.wishes.push(Wish { what, reason, until, place });
}

/// The package in `SNYK-PYTHON-JINJA2-6150717` and `npm:debug:20170905`.
fn package(id: &str) -> Option<String> {
    if let Some(("npm", rest)) = id.split_once(':') {
        return rest.rsplit_once(':').map(|(name, _)| name.to_owned());
    }
    let (ecosystem, rest) = id.strip_prefix("SNYK-")?.split_once('-')?;
    // Names of other ecosystems are written in another way than the packages' own.
    let (name, _) = rest.rsplit_once('-').filter(|_| matches!(ecosystem, "PYTHON" | "JS"))?;
    Some(name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::package;

    #[test]
    fn packages_of_ids() {
        for (id, name) in [
            ("SNYK-PYTHON-JINJA2-6150717", Some("jinja2")),
            ("SNYK-JS-EXPRESS-SESSION-1", Some("express-session")),
            ("npm:debug:20170905", Some("debug")),
            ("SNYK-JAVA-ORGYAML-30152", None),
            ("SNYK", None),
        ] {
            assert_eq!(package(id).as_deref(), name, "{id}");
        }
    }
}
