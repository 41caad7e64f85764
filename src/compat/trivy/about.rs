//! What Trivy says of a rule: its id, what it belongs to, and how Trivy has it.

use super::severity;
use crate::rule::Rule;

/// Where Trivy explains its checks.
const DOCS: &str = "https://avd.aquasec.com/misconfig";

/// A kind of file that is looked at.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The engine that looks at it, which is the folder of its rules.
    pub engine: &'static str,
    /// What results are called, and scanners are chosen by.
    pub name: &'static str,
    /// What a check is called.
    pub check: &'static str,
    /// What the checks of one provider belong to; none where a rule's id tells it.
    pub provider: Option<&'static str>,
}

pub const TERRAFORM: &Kind = &Kind {
    engine: crate::engine::terraform::NAME,
    name: "terraform",
    check: "Terraform Security Check",
    provider: None,
};

pub const PLAN: &Kind =
    &Kind { name: "terraformplan", check: "Terraform Plan Security Check", ..*TERRAFORM };

pub const KUBERNETES: &Kind = &Kind {
    engine: crate::engine::kubernetes::NAME,
    name: "kubernetes",
    check: "Kubernetes Security Check",
    provider: Some("Kubernetes"),
};

/// What Helm makes of a chart.
pub const HELM: &Kind = &Kind { name: "helm", check: "Helm Security Check", ..*KUBERNETES };

/// The other kinds of files that each stand alone.
pub const FILES: [&Kind; 2] = [
    &Kind {
        engine: crate::engine::cloudformation::NAME,
        name: "cloudformation",
        check: "CloudFormation Security Check",
        provider: None,
    },
    &Kind {
        engine: "docker",
        name: "dockerfile",
        check: "Dockerfile Security Check",
        provider: Some("Dockerfile"),
    },
];

/// What is said of a rule.
#[derive(Debug, Clone)]
pub struct About {
    /// `AWS-0026`, `DS-0002`.
    pub id: String,
    pub severity: &'static str,
    pub provider: String,
    pub service: String,
    pub namespace: String,
    pub url: String,
    pub is_deprecated: bool,
}

impl About {
    /// What is said of a rule for a kind of file; none where Trivy does not have it.
    pub fn of(rule: &Rule, kind: &Kind) -> Option<About> {
        let dialect = rule.dialects.iter().find(|dialect| dialect.tool == "trivy");
        if dialect.is_some_and(|dialect| !dialect.known) {
            return None;
        }
        let id = id(rule)?;
        let (provider, service, namespace) = match kind.provider {
            Some(provider) => {
                let namespace = format!("builtin.{}.{}", provider.to_lowercase(), package(id));
                (provider.to_owned(), "general".to_owned(), namespace)
            }
            None => {
                let (provider, service) = belongs(rule.id);
                let package = id.replace('-', "").to_lowercase();
                let namespace = format!("builtin.{provider}.{service}.{package}");
                (shown(provider), service, namespace)
            }
        };
        Some(About {
            severity: severity::name(
                dialect.and_then(|dialect| dialect.severity).unwrap_or(rule.severity),
            ),
            provider,
            service,
            namespace,
            url: format!("{DOCS}/{}", id.to_lowercase()),
            is_deprecated: dialect.is_some_and(|dialect| dialect.deprecated),
            id: id.to_owned(),
        })
    }
}

/// `AWS-0026`: letters and four digits, for one kind of check five, in the id or an alias.
fn id(rule: &Rule) -> Option<&'static str> {
    let is_one = |id: &&str| {
        id.split_once('-').is_some_and(|(letters, digits)| {
            letters.bytes().all(|byte| byte.is_ascii_uppercase())
                && matches!(digits.len(), 4 | 5)
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    std::iter::once(rule.id).chain(rule.aliases.iter().copied()).find(is_one)
}

/// Checks whose packages keep the zero before three digits.
const FOUR_DIGITS: [&str; 6] =
    ["KSV-0108", "KSV-0109", "KSV-0124", "KSV-0125", "KSV-01010", "KSV-01011"];

/// The package of a check: `DS001` for `DS-0001`, `KCV0001` for `KCV-0001`.
fn package(id: &str) -> String {
    match id.split_once('-') {
        Some(("KCV", digits)) => format!("KCV{digits}"),
        Some((letters, digits)) if FOUR_DIGITS.contains(&id) => format!("{letters}{digits}"),
        Some((letters, digits)) => {
            format!("{letters}{}", digits.strip_prefix('0').unwrap_or(digits))
        }
        None => id.to_owned(),
    }
}

/// The provider and the service in a long id, as Trivy calls them today.
fn belongs(id: &str) -> (&str, String) {
    let (provider, rest) = id.split_once('-').unwrap_or((id, ""));
    let renamed = [
        ("api-gateway-", "apigateway"),
        ("elastic-search-", "elasticsearch"),
        ("security-center-", "security-center"),
        ("securitycenter-", "security-center"),
        ("ssl-certificate-", "ssl-certificate"),
        ("sslcertificate-", "ssl-certificate"),
        ("branch_protections-", "branchprotections"),
    ];
    let service = match renamed.iter().find(|(old, _)| rest.starts_with(old)) {
        Some((_, service)) => service,
        None if id.starts_with("github-actions-") => "environmentsecrets",
        None => rest.split('-').next().unwrap_or_default(),
    };
    (provider, service.to_owned())
}

/// The name of a provider.
fn shown(provider: &str) -> String {
    match provider {
        "aws" => "AWS".to_owned(),
        "digitalocean" => "DigitalOcean".to_owned(),
        "github" => "GitHub".to_owned(),
        provider => {
            let mut chars = provider.chars();
            let first = chars.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(chars).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Catalogue;

    #[test]
    fn rules_are_called_as_trivy_calls_them() {
        let about = |id: &str, kind| About::of(Catalogue::get().find(id).unwrap(), kind).unwrap();
        let volume = about("aws-ec2-enable-volume-encryption", TERRAFORM);
        assert_eq!(volume.id, "AWS-0026");
        assert_eq!(volume.namespace, "builtin.aws.ec2.aws0026");
        assert_eq!((&*volume.provider, &*volume.service), ("AWS", "ec2"));
        assert_eq!(volume.url, "https://avd.aquasec.com/misconfig/aws-0026");
        assert_eq!(package("DS-0001"), "DS001");
        assert_eq!(package("KSV-0104"), "KSV104");
        assert_eq!(package("KCV-0001"), "KCV0001");
    }

    #[test]
    fn every_rule_of_terraform_has_an_id_that_trivy_knows() {
        for rule in Catalogue::get().of_engine(TERRAFORM.engine) {
            let is_known = rule.dialects.iter().all(|it| it.tool != "trivy" || it.known);
            assert_eq!(About::of(rule, TERRAFORM).is_some(), is_known, "{}", rule.id);
        }
    }
}
