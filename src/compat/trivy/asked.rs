//! Which checks Trivy asks of what. It counts one that finds nothing as passed, also where nothing
//! is there that it is about.
//!
//! A manifest is asked by the checks for its kind and by those for every kind; where several
//! manifests are looked at together, each is asked what one of them is. A root module of Terraform
//! is asked by the checks of the services that something in it belongs to.

use super::about::About;
use crate::engine::kubernetes::is_workload;
use crate::engine::terraform::Instance;
use crate::rule::{Matcher, Rule};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Checks that every manifest is asked, whatever they are about; so are those of the control plane,
/// whose ids begin with `KCV`.
const OF_EVERY_KIND: [&str; 15] = [
    "KSV-0036", "KSV-0037", "KSV-0038", "KSV-0043", "KSV-0044", "KSV-0045", "KSV-0047", "KSV-0051",
    "KSV-0052", "KSV-0054", "KSV-0055", "KSV-0102", "KSV-0105", "KSV-0117", "KSV-0124",
];

/// Services that Trivy's state has without a resource: settings of an account or a project.
const ALWAYS: [&str; 4] =
    ["builtin.aws.config", "builtin.aws.iam", "builtin.azure.storage", "builtin.google.compute"];
/// The check that reads blocks and not services, so every root is asked.
const OF_BLOCKS: &str = "AWS-0344";
/// The severities of what always passes: AWS-0140 is about the last use of an account's root, which
/// no file tells, and has no rule here.
pub const UNLISTED: [&str; 1] = ["LOW"];

/// Whether a manifest of that kind is asked by a rule.
pub fn asks_kind(rule: &Rule, about: &About, kind: &str) -> bool {
    let is_one = |of: &str| match of {
        "container" | "pod" | "template" | "workload" => is_workload(kind),
        of => of.eq_ignore_ascii_case(kind),
    };
    about.id.starts_with("KCV-")
        || OF_EVERY_KIND.contains(&&*about.id)
        || subjects(rule).any(is_one)
}

/// What the conditions of a rule are about, without what follows the first dot.
fn subjects(rule: &Rule) -> impl Iterator<Item = &'static str> {
    let dialect = rule.dialects.iter().find(|dialect| dialect.tool == "trivy");
    let matcher = dialect.and_then(|it| it.matcher.as_ref()).unwrap_or(&rule.matcher);
    let resources = match matcher {
        Matcher::Resource(resources) => &resources[..],
        _ => &[],
    };
    let first = |of: &&'static str| of.split(['.', '[']).next().unwrap_or(of);
    resources.iter().flat_map(|resource| &resource.of).map(first)
}

/// The services that root modules can have, by the types of resources that belong to them.
pub struct Services<'r>(HashMap<&'static str, &'r str>);

impl<'r> Services<'r> {
    /// A type belongs to the service most of whose rules are about it.
    pub fn new(rules: impl Iterator<Item = (&'r Rule, &'r About)>) -> Services<'r> {
        let mut counts: HashMap<&'static str, BTreeMap<&'r str, usize>> = HashMap::new();
        for (rule, about) in rules {
            for subject in subjects(rule) {
                *counts.entry(subject).or_default().entry(service(about)).or_default() += 1;
            }
        }
        let most = |(subject, services): (_, BTreeMap<&'r str, usize>)| {
            let most = services.into_iter().max_by_key(|(_, count)| *count)?;
            Some((subject, most.0))
        };
        Services(counts.into_iter().filter_map(most).collect())
    }

    /// The services of a root with such instances.
    pub fn of<'i>(&self, instances: impl Iterator<Item = &'i Instance>) -> HashSet<&'r str> {
        let types = instances.filter_map(|instance| instance.block.labels.first());
        let own = types.filter_map(|of| self.0.get(&**of).copied());
        own.chain(ALWAYS).collect()
    }
}

/// Whether a root module with these services is asked by a rule.
pub fn asks_root(about: &About, services: &HashSet<&str>) -> bool {
    services.contains(service(about)) || about.id == OF_BLOCKS
}

/// `builtin.aws.ec2`.
fn service(about: &About) -> &str {
    about.namespace.rsplit_once('.').map_or("", |(service, _)| service)
}
