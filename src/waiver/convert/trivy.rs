//! `.trivyignore`: an id a line, with `exp:DATE`; and `.trivyignore.yaml`, with paths, packages and
//! statements.

use super::yaml::Spanned;
use super::{What, Wish, Wishes, day, either, text, yaml};
use serde::Deserialize;
use serde::de::IgnoredAny;

pub(super) fn lines(text: &str) -> Wishes {
    let mut wishes = Wishes::default();
    for line in text::lines(text) {
        let (said, behind) = line.text.split_once('#').unwrap_or((line.text, ""));
        let mut words = said.split_whitespace();
        let Some(id) = words.next() else { continue };
        let expiry = words.find_map(|word| word.strip_prefix("exp:"));
        let until = expiry.and_then(day);
        if let Some(wrong) = expiry.filter(|_| until.is_none()) {
            // Trivy takes no notice of such a line.
            wishes.notes.push(format!("{}: {wrong} is no date; left out", line.number));
            continue;
        }
        let behind = Some(behind.trim().to_owned()).filter(|words| !words.is_empty());
        wishes.wishes.push(Wish {
            what: either(id, None),
            reason: behind.or(line.comment),
            until,
            place: line.number.to_string(),
        });
    }
    wishes
}

#[derive(Deserialize)]
struct File {
    vulnerabilities: Option<Vec<Item>>,
    misconfigurations: Option<Vec<Item>>,
    secrets: Option<Vec<Item>>,
    licenses: Option<Vec<IgnoredAny>>,
}

#[derive(Deserialize)]
struct Item {
    id: Spanned<String>,
    paths: Option<Vec<String>>,
    purls: Option<Vec<String>>,
    expired_at: Option<String>,
    statement: Option<String>,
}

pub(super) fn yaml(text: &str) -> Result<Wishes, String> {
    let file: File = yaml::read(text)?;
    let mut wishes = Wishes::default();
    let of_vulnerabilities = file.vulnerabilities.unwrap_or_default();
    let of_rules = file.misconfigurations.into_iter().chain(file.secrets).flatten();
    for item in of_vulnerabilities {
        let what = |path, purl: Option<&String>| What::Advisory {
            advisory: item.id.value.clone(),
            package: purl.and_then(|purl| package(purl)),
            path,
        };
        if item.purls.iter().flatten().any(|purl| purl.contains('@')) {
            let id = yaml::place(&item.id);
            wishes.notes.push(format!("{id}: held for one version of a package; for all here"));
        }
        push(&mut wishes, &item, what);
    }
    for item in of_rules {
        let id = item.id.value.clone();
        let what = |path, _: Option<&String>| What::Rule { rule: id.clone(), path, engine: None };
        push(&mut wishes, &item, what);
    }
    if file.licenses.is_some_and(|licenses| !licenses.is_empty()) {
        wishes.notes.push("licenses: no findings here are about licences; left out".into());
    }
    Ok(wishes)
}

/// A wish for each path and package of an item.
fn push(wishes: &mut Wishes, item: &Item, what: impl Fn(Option<String>, Option<&String>) -> What) {
    let until = item.expired_at.as_deref().and_then(day);
    let place = yaml::place(&item.id);
    if let Some(wrong) = item.expired_at.as_ref().filter(|_| until.is_none()) {
        wishes.notes.push(format!("{place}: {wrong} is no date; left out"));
        return;
    }
    let each = |list: &Option<Vec<String>>| -> Vec<Option<String>> {
        match list.as_deref() {
            None | Some([]) => vec![None],
            Some(list) => list.iter().cloned().map(Some).collect(),
        }
    };
    for path in each(&item.paths) {
        for purl in each(&item.purls) {
            wishes.wishes.push(Wish {
                what: what(path.clone(), purl.as_ref()),
                reason: item.statement.clone(),
                until,
                place: place.clone(),
            });
        }
    }
}

/// The name in `pkg:pypi/jinja2@2.10`; with its namespace, as `@scope/name` and `group:name`.
fn package(purl: &str) -> Option<String> {
    let (kind, name) = purl.strip_prefix("pkg:")?.split_once('/')?;
    let name = name.split(['?', '#']).next()?.replace("%40", "@");
    let version = name.rfind('@').filter(|at| *at > 0);
    let name = &name[..version.unwrap_or(name.len())];
    Some(match kind {
        "maven" => name.replacen('/', ":", 1),
        "deb" | "rpm" | "apk" => name.rsplit('/').next()?.to_owned(),
        _ => name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::package;

    #[test]
    fn packages_of_purls() {
        for (purl, name) in [
            ("pkg:pypi/jinja2@2.10", Some("jinja2")),
            ("pkg:npm/%40angular/core@12.0.0?x=y", Some("@angular/core")),
            ("pkg:npm/@angular/core", Some("@angular/core")),
            ("pkg:maven/org.yaml/snakeyaml@1.0", Some("org.yaml:snakeyaml")),
            ("pkg:deb/debian/curl@7", Some("curl")),
            ("jinja2", None),
        ] {
            assert_eq!(package(purl).as_deref(), name, "{purl}");
        }
    }
}
