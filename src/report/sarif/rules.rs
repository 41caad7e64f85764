//! The rules of a run: those that have a result, each once.

use super::View;
use crate::finding::{Confidence, Severity, Trouble};
use crate::report::summary;
use crate::rule::{Catalogue, Rule};
use serde_json::{Value, json};
use serde_sarif::sarif;
use std::collections::{BTreeMap, HashMap};

/// The longest description that GitHub takes.
const DESCRIPTION: usize = 1024;
/// The longest name that GitHub takes.
const NAME: usize = 255;
/// How many tags of a rule GitHub shows.
const TAGS: usize = 10;

/// The rules that have a result in a run, in the order of their first ones.
pub struct Rules<'a> {
    used: Vec<Used<'a>>,
    index: HashMap<&'a str, usize>,
}

/// A rule and the most that its results say of it.
///
/// GitHub reads severity and precision off the rule and not off the result. The worst result
/// decides: an alert may look worse than it is, but none looks better.
struct Used<'a> {
    id: &'a str,
    severity: Severity,
    confidence: Confidence,
}

impl<'a> Rules<'a> {
    pub fn of(view: View<'a>) -> Rules<'a> {
        let mut rules = Rules { used: Vec::new(), index: HashMap::new() };
        for reported in view.findings() {
            let finding = &reported.finding;
            rules.add(&finding.rule, finding.severity, finding.confidence);
        }
        for fixed in view.fixed() {
            let known = Catalogue::get().find(&fixed.rule);
            let confidence = known.map_or(Confidence::Medium, |rule| rule.confidence);
            rules.add(&fixed.rule, fixed.severity, confidence);
        }
        rules
    }

    fn add(&mut self, id: &'a str, severity: Severity, confidence: Confidence) {
        let index = *self.index.entry(id).or_insert_with(|| {
            self.used.push(Used { id, severity, confidence });
            self.used.len() - 1
        });
        let used = &mut self.used[index];
        used.severity = used.severity.max(severity);
        used.confidence = used.confidence.max(confidence);
    }

    /// Where the rule stands in `descriptors`.
    pub fn index(&self, id: &str) -> Option<i64> {
        self.index.get(id).and_then(|&index| i64::try_from(index).ok())
    }

    pub fn descriptors(&self) -> Vec<sarif::ReportingDescriptor> {
        self.used.iter().map(Used::descriptor).collect()
    }
}

impl Used<'_> {
    fn descriptor(&self) -> sarif::ReportingDescriptor {
        let configuration =
            sarif::ReportingConfiguration::builder().level(level(self.severity).to_string());
        let mut descriptor = sarif::ReportingDescriptor::builder()
            .id(self.id)
            .default_configuration(configuration.build())
            .build();
        match Catalogue::get().find(self.id) {
            Some(rule) => {
                describe(rule, &mut descriptor);
                descriptor.properties = Some(self.properties(&rule.cwe));
            }
            None => {
                let text = format!("The rule {} of the tool that reported it.", self.id);
                descriptor.short_description = Some(plain(self.id));
                descriptor.full_description = Some(plain(&text));
                descriptor.help = Some(plain(&text));
                descriptor.properties = Some(self.properties(&[]));
            }
        }
        descriptor
    }

    fn properties(&self, cwe: &[u16]) -> sarif::PropertyBag {
        let tags = cwe.iter().map(|number| format!("external/cwe/cwe-{number:03}"));
        let tags: Vec<String> = std::iter::once("security".to_owned()).chain(tags).collect();
        let problem = match level(self.severity) {
            sarif::ResultLevel::Error => "error",
            sarif::ResultLevel::Warning => "warning",
            sarif::ResultLevel::Note | sarif::ResultLevel::None => "recommendation",
        };
        let mut more: BTreeMap<String, Value> = BTreeMap::from([
            ("precision".to_owned(), json!(summary::confidence(self.confidence))),
            ("problem.severity".to_owned(), json!(problem)),
        ]);
        if let Some(score) = score(self.severity) {
            more.insert("security-severity".to_owned(), json!(score));
        }
        sarif::PropertyBag::builder()
            .tags(tags.into_iter().take(TAGS).collect::<Vec<_>>())
            .additional_properties(more)
            .build()
    }
}

/// What the catalogue says of the rule.
fn describe(rule: &Rule, descriptor: &mut sarif::ReportingDescriptor) {
    // The standard wants no name where it would say what the id says.
    descriptor.name =
        Some(cut(&pascal_case(rule.name), NAME)).filter(|name| !name.eq_ignore_ascii_case(rule.id));
    descriptor.short_description = Some(plain(&cut(rule.title, DESCRIPTION)));
    descriptor.full_description = Some(plain(&cut(rule.summary, DESCRIPTION)));
    let links: String = rule.references.iter().map(|link| format!("\n- <{link}>")).collect();
    let links = if links.is_empty() { links } else { format!("\n\n## References\n{links}") };
    descriptor.help = Some(
        sarif::MultiformatMessageString::builder()
            .text(format!("{}\n\n{}", rule.summary, rule.fix))
            .markdown(format!("{}{links}", rule.help))
            .build(),
    );
    let link = rule.references.first().filter(|link| link.starts_with("https://"));
    descriptor.help_uri = link.map(|link| (*link).to_owned());
}

/// A kind of notification. GitHub asks the same texts of it as of a rule.
pub fn trouble(kind: Trouble) -> sarif::ReportingDescriptor {
    let extent = summary::extent(kind).to_lowercase();
    let text = format!("Files and folders that were {extent}: {}.", summary::trouble(kind));
    sarif::ReportingDescriptor::builder()
        .id(kind.to_string())
        .short_description(plain(&text))
        .full_description(plain(&text))
        .help(plain(&text))
        .build()
}

/// The level of a severity. One that no tool said is a warning, as SARIF has it.
pub fn level(severity: Severity) -> sarif::ResultLevel {
    match severity {
        Severity::Critical | Severity::High => sarif::ResultLevel::Error,
        Severity::Medium | Severity::Unknown => sarif::ResultLevel::Warning,
        Severity::Low | Severity::Info => sarif::ResultLevel::Note,
    }
}

/// A number inside GitHub's band for the severity. `info` and `unknown` have none.
fn score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Info | Severity::Unknown => None,
    }
}

fn plain(text: &str) -> sarif::MultiformatMessageString {
    sarif::MultiformatMessageString::builder().text(text).build()
}

/// At most so many characters.
fn cut(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let short: String = text.chars().take(length - 1).collect();
    short + "…"
}

/// `hardcoded_password` as `HardcodedPassword`, which is how SARIF writes names.
fn pascal_case(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    words.map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_pascal_case() {
        assert_eq!(pascal_case("subprocess_popen-with shell"), "SubprocessPopenWithShell");
        assert_eq!(pascal_case("aws-access-token"), "AwsAccessToken");
    }

    #[test]
    fn descriptions_are_cut_by_characters() {
        assert_eq!(cut("grün", 4), "grün");
        assert_eq!(cut("grüne", 4), "grü…");
    }
}
