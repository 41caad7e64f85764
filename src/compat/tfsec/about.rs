//! What tfsec says of a rule, whoever wrote it: its ids, provider, service and links.

use super::custom::Check;
use super::severity::Level;
use crate::rule::Rule;

/// Services whose names have two words in the id of a rule.
const TWO_WORDS: [&str; 4] =
    ["api-gateway", "elastic-search", "security-center", "ssl-certificate"];
/// Where tfsec explains its checks.
const DOCS: &str = "https://aquasecurity.github.io/tfsec/latest/checks";
/// Where providers are documented.
const REGISTRY: &str = "https://registry.terraform.io/";
/// Checks of tfsec that are policies: it names what they found by its attribute.
const POLICIES: [&str; 3] = ["AVD-AWS-0176", "AVD-AWS-0177", "AVD-AWS-0180"];
/// Checks that tfsec has moved to another service, and whose oldest ids it has forgotten since.
const MOVED: [&str; 8] = [
    "AVD-AWS-0008",
    "AVD-AWS-0009",
    "AVD-AWS-0099",
    "AVD-AWS-0101",
    "AVD-AWS-0102",
    "AVD-AWS-0104",
    "AVD-AWS-0105",
    "AVD-AWS-0107",
];
/// The provider of one's own checks, and their service where they have none.
const CUSTOM: &str = "custom";

/// What is said of a rule.
#[derive(Debug)]
pub struct About {
    /// `AVD-AWS-0026`; empty for one's own checks.
    pub avd: String,
    /// `aws-ec2-enable-volume-encryption`.
    pub long: String,
    pub provider: String,
    pub service: String,
    pub title: String,
    pub impact: String,
    pub resolution: String,
    pub level: Option<Level>,
    /// Where tfsec explains it, then the documentation of what it is about.
    pub links: Vec<String>,
    /// Further reading.
    pub references: Vec<String>,
    /// Every id that an ignore comment may name.
    pub names: Vec<String>,
    /// Whether the attribute belongs to the name of what was found.
    pub is_policy: bool,
}

impl About {
    /// What is said of a rule of the catalogue.
    pub fn of(rule: &Rule) -> About {
        let (provider, service, short) = parts(rule.id);
        let avd = rule.aliases.iter().find(|alias| alias.starts_with("AVD-")).copied();
        let avd = avd.unwrap_or_default().to_owned();
        let severity = rule.dialects.iter().find(|dialect| dialect.tool == "tfsec");
        let severity = severity.and_then(|dialect| dialect.severity).unwrap_or(rule.severity);
        let (registry, references): (Vec<&str>, Vec<&str>) =
            rule.references.iter().partition(|link| link.starts_with(REGISTRY));
        let links = std::iter::once(docs(provider, service, short));
        let mut names = names(rule, short);
        names.retain(|name| !is_legacy(name) || !MOVED.contains(&&*avd));
        About {
            is_policy: POLICIES.contains(&&*avd),
            avd,
            long: rule.id.to_lowercase(),
            provider: provider.to_owned(),
            service: service.to_owned(),
            title: one_line(rule.title),
            impact: one_line(rule.summary),
            resolution: one_line(rule.fix),
            level: Some(Level::of(severity)),
            links: links.chain(registry.into_iter().map(str::to_owned)).collect(),
            references: references.into_iter().map(str::to_owned).collect(),
            names,
        }
    }

    /// What is said of one's own check.
    pub fn of_check(check: &Check) -> About {
        let or = |given: &str| if given.is_empty() { CUSTOM } else { given }.to_owned();
        let (provider, service) = (or(&check.provider), or(&check.service));
        let links = match provider == CUSTOM {
            true => check.related_links.clone(),
            false => vec![docs(&provider, &service, &check.code)],
        };
        let long = format!("{provider}-{service}-{}", check.code).to_lowercase();
        About {
            avd: String::new(),
            names: vec![long.clone(), check.code.clone()],
            long,
            provider,
            service,
            title: check.description.clone(),
            impact: check.impact.clone(),
            resolution: check.resolution.clone(),
            level: Level::named(&check.severity),
            links,
            references: check.related_links.clone(),
            is_policy: false,
        }
    }

    /// Whether a list of ids for `--exclude` and its like has the rule.
    pub fn is_in<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> bool {
        ids.into_iter().any(|id| self.is_called(id))
    }

    /// Whether it goes by an id: the long one, or one of its oldest.
    pub fn is_called(&self, id: &str) -> bool {
        id == self.long || (is_legacy(id) && self.names.iter().any(|name| name == id))
    }
}

/// Every id of a rule: those of the catalogue, and the short one.
pub fn names(rule: &Rule, short: &str) -> Vec<String> {
    let ids = [rule.id, rule.name, short].into_iter().chain(rule.aliases.iter().copied());
    let mut names: Vec<String> = ids.map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// `AWS001`.
pub fn is_legacy(id: &str) -> bool {
    id.len() == 6
        && id.bytes().take(3).all(|byte| byte.is_ascii_uppercase())
        && id.bytes().skip(3).all(|byte| byte.is_ascii_digit())
}

/// Provider, service and the rest of a long id.
fn parts(id: &str) -> (&str, &str, &str) {
    let (provider, rest) = id.split_once('-').unwrap_or((id, ""));
    let two = TWO_WORDS.into_iter().find_map(|words| {
        let short = rest.strip_prefix(words)?.strip_prefix('-')?;
        Some((provider, words, short))
    });
    two.unwrap_or_else(|| {
        let (service, short) = rest.split_once('-').unwrap_or((rest, ""));
        (provider, service, short)
    })
}

fn docs(provider: &str, service: &str, short: &str) -> String {
    format!("{DOCS}/{provider}/{}/{short}/", service.to_lowercase())
}

/// A text without its line ends and the marks of Markdown around code.
fn one_line(text: &str) -> String {
    text.replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn ids_fall_into_three_parts() {
        assert_eq!(parts("aws-s3-enable-versioning"), ("aws", "s3", "enable-versioning"));
        assert_eq!(parts("aws-api-gateway-enable-cache"), ("aws", "api-gateway", "enable-cache"));
        assert_eq!(parts("aws-api"), ("aws", "api", ""));
        assert_eq!(parts("x"), ("x", "", ""));
    }
}
