//! `.gitleaksignore`: a fingerprint `[COMMIT:]FILE:RULE:LINE` a line; and reports of gitleaks that
//! serve as baselines. Secrets in a report are read over.

use super::{What, Wish, Wishes, text};
use serde::Deserialize;

pub(super) fn lines(text: &str) -> Wishes {
    let mut wishes = Wishes::default();
    for line in text::lines(text) {
        match place(line.text) {
            Some(what) => wishes.wishes.push(Wish {
                what,
                reason: line.comment,
                until: None,
                place: line.number.to_string(),
            }),
            None => wishes.notes.push(format!(
                "{}: is no fingerprint of gitleaks (FILE:RULE:LINE); left out",
                line.number
            )),
        }
    }
    wishes
}

/// The place that a fingerprint names. The file may have colons in its name.
fn place(fingerprint: &str) -> Option<What> {
    let mut parts = fingerprint.rsplitn(3, ':');
    let line = parts.next()?.parse().ok()?;
    let rule = parts.next().filter(|rule| !rule.is_empty())?.to_owned();
    let file = parts.next()?;
    let is_commit = |text: &str| text.len() >= 7 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let path = match file.split_once(':') {
        Some((commit, path)) if is_commit(commit) => path,
        _ => file,
    };
    (!path.is_empty()).then(|| What::Place { rule, path: path.to_owned(), line })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Leak {
    #[serde(rename = "RuleID")]
    rule: String,
    file: String,
    start_line: u32,
}

pub(super) fn baseline(text: &str) -> Result<Wishes, String> {
    let leaks: Vec<Leak> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let wish = |leak: Leak| Wish {
        place: format!("{}:{}:{}", leak.file, leak.rule, leak.start_line),
        what: What::Place { rule: leak.rule, path: leak.file, line: leak.start_line },
        ..Wish::default()
    };
    Ok(Wishes { wishes: leaks.into_iter().map(wish).collect(), ..Wishes::default() })
}

#[cfg(test)]
mod tests {
    use super::{What, place};

    #[test]
    fn fingerprints_with_and_without_commit() {
        let of = |text| match place(text) {
            Some(What::Place { rule, path, line }) => Some(format!("{path} {rule} {line}")),
            _ => None,
        };
        let plain = Some("app/a.py github-pat 7".to_owned());
        assert_eq!(of("app/a.py:github-pat:7"), plain);
        assert_eq!(of("0123456789abcdef0123456789abcdef01234567:app/a.py:github-pat:7"), plain);
        assert_eq!(of("c:a.py:jwt:7"), Some("c:a.py jwt 7".to_owned()));
        assert_eq!(of("app/a.py:github-pat:x"), None);
        assert_eq!(of("github-pat:7"), None);
    }
}
