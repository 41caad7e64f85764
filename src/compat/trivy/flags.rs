//! What the command line of Trivy takes, and what `trivy.yaml` calls it.

use crate::compat::go::flags::{Flag, listed, number, text, texts, truth};

/// A flag, and where a configuration has it; nothing where that has no word for it.
#[derive(Debug)]
pub struct Known {
    pub flag: Flag,
    pub key: &'static str,
}

const fn known(flag: Flag, key: &'static str) -> Known {
    Known { flag, key }
}

const fn with_short(flag: Flag, short: char) -> Flag {
    Flag { short: Some(short), ..flag }
}

/// What is said of flags that change nothing here.
const NOTHING: &str = "has no effect here";
/// What is said of what belongs to Rego.
const REGO: &str = "refused here: Rego is not run";

/// The flags of every subcommand.
pub const GLOBAL: &[Known] = &[
    known(text("cache-dir", None, NOTHING), "cache.dir"),
    known(text("config", Some('c'), "the configuration (default \"trivy.yaml\")"), ""),
    known(truth("debug", Some('d'), "log more"), "debug"),
    known(truth("generate-default-config", None, "refused here: nothing is written"), ""),
    known(truth("insecure", None, NOTHING), "insecure"),
    known(truth("quiet", Some('q'), "log nothing"), "quiet"),
    known(text("timeout", None, NOTHING), "timeout"),
    known(truth("version", Some('v'), "print the version that is stood in for"), ""),
];

/// The flags of `config`.
pub const CONFIG: &[Known] = &[
    known(texts("ansible-extra-vars", NOTHING), "misconfiguration.ansible.extra-vars"),
    known(texts("ansible-inventory", NOTHING), "misconfiguration.ansible.inventory"),
    known(texts("ansible-playbook", NOTHING), "misconfiguration.ansible.playbook"),
    known(text("cache-backend", None, NOTHING), "cache.backend"),
    known(text("cache-ttl", None, NOTHING), "cache.ttl"),
    known(
        texts("cf-params", "files of parameters for CloudFormation, in JSON"),
        "misconfiguration.cloudformation.params",
    ),
    known(texts("check-namespaces", NOTHING), "rego.namespaces"),
    known(
        text("checks-bundle-repository", None, NOTHING),
        "misconfiguration.checks-bundle-repository",
    ),
    known(
        text("compliance", None, "refused here: there are no compliance reports"),
        "scan.compliance",
    ),
    known(texts("config-check", REGO), "rego.check"),
    known(texts("config-data", NOTHING), "rego.data"),
    known(texts("config-file-schemas", NOTHING), "misconfiguration.config-file-schemas"),
    known(texts("config-policy", REGO), "rego.policy"),
    known(truth("disable-telemetry", None, NOTHING), "disable-telemetry"),
    known(texts("enable-modules", NOTHING), "module.enable-modules"),
    known(number("exit-code", "what to end with where something is found"), "exit-code"),
    known(
        texts("file-patterns", "more files of a kind, as KIND:EXPRESSION over their paths"),
        "scan.file-patterns",
    ),
    known(
        text(
            "format",
            Some('f'),
            "table, json, template, sarif, cyclonedx, spdx, spdx-json, github or cosign-vuln\n(default \"table\")",
        ),
        "format",
    ),
    known(
        texts("helm-api-versions", "what charts take the cluster to have"),
        "misconfiguration.helm.api-versions",
    ),
    known(
        text("helm-kube-version", None, "the version charts take the cluster to have"),
        "misconfiguration.helm.kube-version",
    ),
    known(texts("helm-set", "values of charts, as NAME=VALUE"), "misconfiguration.helm.set"),
    known(
        texts("helm-set-file", "values of charts, as NAME=FILE"),
        "misconfiguration.helm.set-file",
    ),
    known(
        texts("helm-set-string", "values of charts that are texts, as NAME=VALUE"),
        "misconfiguration.helm.set-string",
    ),
    known(texts("helm-values", "files of values for charts"), "misconfiguration.helm.values"),
    known(text("ignore-policy", None, REGO), "ignore-policy"),
    known(
        texts(
            "ignorefile",
            "what is accepted; YAML where it is named so (default \".trivyignore\")",
        ),
        "ignorefile",
    ),
    known(
        truth("include-deprecated-checks", None, "run also deprecated checks"),
        "rego.include-deprecated-checks",
    ),
    known(
        truth("include-non-failures", None, "report also what passed"),
        "misconfiguration.include-non-failures",
    ),
    known(text("k8s-version", None, NOTHING), "kubernetes.k8s-version"),
    known(
        texts("misconfig-scanners", "what is looked at, separated by commas"),
        "misconfiguration.scanners",
    ),
    known(text("module-dir", None, NOTHING), "module.dir"),
    known(truth("no-progress", None, NOTHING), "db.no-progress"),
    known(text("output", Some('o'), "the file to write to"), "output"),
    known(text("output-plugin-arg", None, NOTHING), "output-plugin-arg"),
    known(texts("password", NOTHING), "registry.password"),
    known(truth("password-stdin", None, NOTHING), "registry.password-stdin"),
    known(texts("policy", REGO), "rego.policy"),
    known(texts("policy-namespaces", NOTHING), "rego.namespaces"),
    known(texts("raw-config-scanners", NOTHING), "misconfiguration.raw-config-scanners"),
    known(text("redis-ca", None, NOTHING), "cache.redis.ca"),
    known(text("redis-cert", None, NOTHING), "cache.redis.cert"),
    known(text("redis-key", None, NOTHING), "cache.redis.key"),
    known(truth("redis-tls", None, NOTHING), "cache.redis.tls"),
    known(text("registry-token", None, NOTHING), "registry.token"),
    known(truth("render-cause", None, NOTHING), "misconfiguration.render-cause"),
    known(text("report", None, NOTHING), "report"),
    known(
        with_short(texts("severity", "the severities that count (default all)"), 's'),
        "severity",
    ),
    known(truth("skip-check-update", None, NOTHING), "misconfiguration.skip-check-update"),
    known(texts("skip-dirs", "folders that are not looked at, as globs"), "scan.skip-dirs"),
    known(texts("skip-files", "files that are not looked at, as globs"), "scan.skip-files"),
    known(truth("skip-policy-update", None, NOTHING), ""),
    known(truth("skip-version-check", None, NOTHING), "scan.skip-version-check"),
    known(texts("table-mode", "summary, detailed or both (default both)"), "table-mode"),
    known(
        text("template", Some('t'), "the template of --format=template, or @ and its file"),
        "template",
    ),
    known(
        truth(
            "tf-exclude-downloaded-modules",
            None,
            "leave out what is in modules below .terraform",
        ),
        "misconfiguration.terraform.exclude-downloaded-modules",
    ),
    known(texts("tf-vars", "files of variables"), "misconfiguration.terraform.vars"),
    known(truth("trace", None, NOTHING), "rego.trace"),
    known(truth("trace-rego", None, NOTHING), ""),
    known(texts("username", NOTHING), "registry.username"),
];

/// Every flag.
pub fn all() -> impl Iterator<Item = &'static Known> + Clone {
    GLOBAL.iter().chain(CONFIG)
}

/// What `--help` prints.
pub fn help() -> String {
    let mut text = String::from(
        "Lockgate stands in for Trivy's scan of configuration files.\n\n\
         Usage:\n  trivy config [flags] DIR\n\nFlags of config:\n",
    );
    let help = truth("help", Some('h'), "print this");
    listed(&mut text, CONFIG.iter().map(|known| &known.flag).chain([&help]));
    text += "\nFlags of every command:\n";
    listed(&mut text, GLOBAL.iter().map(|known| &known.flag));
    text
}
