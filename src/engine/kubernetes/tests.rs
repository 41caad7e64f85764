//! The conditions compile, and no manifest is too odd.

use super::*;
use proptest::prelude::*;

#[test]
fn every_condition_is_an_expression() {
    for tool in ["scan", "trivy"] {
        assert_eq!(Checks::of(&KUBERNETES, tool).broken(), Vec::<String>::new());
    }
}

#[test]
fn the_words_of_a_manifest_must_be_near_each_other() {
    let far = format!("kind: x\n{}apiVersion: v1\n", "#\n".repeat(NEAR));
    for (text, expected) in [
        ("apiVersion: v1\nkind: Pod\n", true),
        ("{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}", true),
        ("apiVersion: v1\n", false),
        ("kind: Pod\n", false),
        (&far, false),
        (&format!("{far}kind: x\n"), true),
    ] {
        assert_eq!(may_hold_manifest(text.as_bytes()), expected, "{}", &text[..12]);
    }
}

/// Ranges as whoever comes from Trivy knows them.
#[test]
fn places_of_trivy_are_wider() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: demo\nspec:\n  selector:\n    \
                matchLabels:\n      app: demo\n  template:\n    metadata:\n      labels:\n        app: demo\n    \
                spec:\n      hostNetwork: true\n      containers:\n        - name: demo\n          \
                image: demo:latest\n          securityContext:\n            privileged: true\n";
    let file = SourceFile::new("k8s.yaml".into(), text.into());
    let is_run = |outcome: &Outcome| {
        outcome.failed && !outcome.rule.dialects.iter().any(|dialect| dialect.deprecated)
    };
    let line = |at: usize| file.lines().line(at);
    let outcomes = Checks::of(&KUBERNETES, "trivy").run(&project(&file).0);
    let mut found: Vec<String> = outcomes
        .iter()
        .filter(|outcome| is_run(outcome))
        .map(|it| {
            let range = &it.place.range;
            format!("{} {}-{}", it.rule.id, line(range.start), line(range.end - 1))
        })
        .collect();
    found.sort();
    let of_container = [1, 3, 4, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 30, 104, 106];
    let of_container = of_container.iter().map(|number| format!("KSV-{number:04} 16-19"));
    let others = ["KSV-0009 5-19", "KSV-0110 3-4", "KSV-0118 13-19"].map(str::to_owned);
    let mut expected: Vec<String> = of_container.chain(others).collect();
    expected.sort();
    assert_eq!(found, expected);
}

/// A workload, a role and a config map, which most rules have something to say of.
const MANIFESTS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: é, annotations: {a/b: c}}
spec:
  template:
    spec:
      securityContext: &context {runAsUser: 0}
      volumes: [{name: v, hostPath: {path: /etc}}]
      containers:
        - name: a
          image: web:latest
          command: [/bin/kube-apiserver, --profiling=true]
          securityContext: {<<: *context, capabilities: {add: [ALL]}}
          ports: [{containerPort: 80}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
---
apiVersion: v1
kind: ConfigMap
data: {password: \"hunter2\", text: \"pwd = ü\"}
";

proptest! {
    #[test]
    fn mutilated_manifests_are_looked_at_without_harm(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..24), 0..6),
        words in prop::collection::vec(
            (any::<prop::sample::Index>(), prop::sample::select(vec![
                "[", "{", "}", "]", ": ", "\n", "- ", "*context", "~", "\"", "kind: List\nitems: ",
                "1e999", "null", "{{", "#",
            ])),
            0..6,
        ),
    ) {
        let mut text: Vec<char> = MANIFESTS.chars().collect();
        for (at, length) in cuts {
            let at = at.index(text.len());
            text.drain(at..text.len().min(at + length));
        }
        for (at, word) in words {
            let at = at.index(text.len() + 1);
            text.splice(at..at, word.chars());
        }
        let text: String = text.into_iter().collect();
        let file = SourceFile::new("a.yaml".into(), text.into_bytes());
        let seen = Kubernetes.scan(&file);
        let ranges = seen.hits.iter().map(|hit| &hit.range).chain(&seen.masks);
        for range in ranges {
            prop_assert!(file.text().get(range.clone()).is_some(), "{range:?}");
        }
    }
}
