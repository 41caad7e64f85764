//! Manifests of Kubernetes: every kind of workload, lists, templates and bad files.

use crate::sandbox::Sandbox;
use serde_json::Value;

fn scan(files: &[(&str, &str)]) -> Value {
    Sandbox::with(files).run(&["scan", "--format", "json", "."]).json()
}

/// `file:line`, of the findings of a rule.
fn places(report: &Value, rule: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let mut places: Vec<String> = findings
        .filter(|finding| finding["rule"]["id"] == rule)
        .map(|finding| {
            let (path, span) = (finding["path"].as_str().unwrap(), &finding["span"]);
            format!("{path}:{}-{}", span["start_line"], span["end_line"])
        })
        .collect();
    places.sort();
    places
}

const PRIVILEGED: &str = "containers: [{name: a, securityContext: {privileged: true}}]";

#[test]
fn every_kind_that_runs_pods_is_looked_into() {
    let with_template = [
        "Deployment",
        "ReplicaSet",
        "ReplicationController",
        "DeploymentConfig",
        "StatefulSet",
        "DaemonSet",
        "Job",
    ];
    let mut text = format!("apiVersion: v1\nkind: Pod\nspec: {{{PRIVILEGED}}}\n");
    for kind in with_template {
        text += &format!(
            "---\napiVersion: v1\nkind: {kind}\nspec: {{template: {{spec: {{{PRIVILEGED}}}}}}}\n"
        );
    }
    let job = format!("{{template: {{spec: {{{PRIVILEGED}}}}}}}");
    text +=
        &format!("---\napiVersion: v1\nkind: CronJob\nspec: {{jobTemplate: {{spec: {job}}}}}\n");
    let report = scan(&[("all.yaml", &text)]);
    let lines = (0..9).map(|n| 3 + 4 * n).map(|line| format!("all.yaml:{line}-{line}"));
    let mut expected: Vec<String> = lines.collect();
    expected.sort();
    assert_eq!(places(&report, "KSV-0017"), expected);
}

#[test]
fn resources_of_operators_may_have_containers() {
    let text = "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: a}\nspec:\n  containers:\n    - name: proxy\n      securityContext: {runAsUser: 0, privileged: true}\n";
    let report = scan(&[("a.yaml", text)]);
    assert_eq!(places(&report, "KSV-0105"), ["a.yaml:7-7"]);
    assert_eq!(places(&report, "KSV-0106"), ["a.yaml:7-7"]);
    assert_eq!(places(&report, "KSV-0017"), [""; 0]);
}

#[test]
fn lists_json_and_containers_that_initialise_count() {
    let list = r#"{
	"apiVersion": "v1",
	"kind": "List",
	"items": [
		{
			"apiVersion": "v1",
			"kind": "Pod",
			"metadata": {"name": "one"},
			"spec": {
				"initContainers": [
					{
						"name": "first",
						"securityContext": {"privileged": true}
					}
				]
			}
		}
	]
}
"#;
    let report = scan(&[("list.json", list)]);
    assert_eq!(places(&report, "KSV-0017"), ["list.json:13-13"]);
}

#[test]
fn a_list_of_one_kind_need_not_repeat_it() {
    let list = format!(
        "apiVersion: v1\nkind: PodList\nitems:\n  - metadata: {{name: a}}\n    spec: {{{PRIVILEGED}}}\n"
    );
    let items = list.replace("PodList", "List");
    let report = scan(&[("items.yaml", &items), ("pods.yaml", &list)]);
    assert_eq!(places(&report, "KSV-0017"), ["pods.yaml:5-5"]);
}

#[test]
fn what_kustomize_builds_is_a_stream_of_manifests() {
    let built = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n---\napiVersion: v1\ndata:\n  LEVEL: info\nkind: ConfigMap\nmetadata:\n  name: web-5f6d\n  namespace: shop\n---\napiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: sweep\n  namespace: shop\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          hostPID: true\n";
    assert_eq!(places(&scan(&[("built.yaml", built)]), "KSV-0010"), ["built.yaml:24-24"]);
}

#[test]
fn profiles_are_also_said_by_annotations() {
    let pod = |annotation: &str| {
        let metadata = format!("metadata: {{name: a, annotations: {{{annotation}}}}}");
        let text = format!(
            "apiVersion: v1\nkind: Pod\n{metadata}\nspec:\n  containers:\n    - name: web\n"
        );
        let report = scan(&[("pod.yaml", &text)]);
        ["KSV-0030", "KSV-0104"].map(|rule| places(&report, rule).join(" "))
    };
    let of_pod = "seccomp.security.alpha.kubernetes.io/pod";
    let of_container = "container.seccomp.security.alpha.kubernetes.io/web";
    assert_eq!(pod("a: b"), ["pod.yaml:6-6", "pod.yaml:6-6"]);
    assert_eq!(pod(&format!("{of_pod}: runtime/default"))[0], "");
    assert_eq!(pod(&format!("{of_pod}: unconfined"))[0], "pod.yaml:3-3");
    assert_eq!(pod(&format!("{of_container}: runtime/default"))[1], "");
    assert_eq!(pod(&format!("{of_container}: unconfined"))[1], "pod.yaml:6-6");
}

#[test]
fn what_an_anchor_names_is_at_fault_where_it_is_written() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\nx-safe: &safe\n  \
                privileged: true\nspec:\n  containers:\n    - name: a\n      securityContext:\n        \
                <<: *safe\n        runAsNonRoot: true\n    - name: b\n      securityContext: *safe\n";
    let report = scan(&[("pod.yaml", text)]);
    assert_eq!(places(&report, "KSV-0017"), ["pod.yaml:5-5", "pod.yaml:5-5"]);
}

#[test]
fn identity_follows_the_name_of_a_container_and_not_its_place() {
    let pod = |containers: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n{containers}"
        )
    };
    let container = "    - name: web\n      securityContext: {privileged: true}\n";
    let alone = scan(&[("pod.yaml", &pod(container))]);
    let second = scan(&[("pod.yaml", &pod(&format!("    - name: log\n{container}")))]);
    let fingerprint = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().clone();
        let mut of_rule = findings.into_iter().filter(|it| it["rule"]["id"] == "KSV-0017");
        of_rule.next().unwrap()["fingerprint"].clone()
    };
    assert!(fingerprint(&alone).is_string(), "{alone}");
    assert_eq!(fingerprint(&alone), fingerprint(&second));
}

#[test]
fn manifests_of_one_name_in_two_overlays_are_two() {
    let text = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec: {{template: {{spec: {{{PRIVILEGED}}}}}}}\n"
    );
    let report = scan(&[("staging/web.yaml", &text), ("production/web.yaml", &text)]);
    let findings = report["findings"].as_array().unwrap().iter();
    let of_rule = findings.filter(|finding| finding["rule"]["id"] == "KSV-0017");
    let fingerprints: Vec<&str> =
        of_rule.map(|finding| finding["fingerprint"].as_str().unwrap()).collect();
    let [one, other] = fingerprints[..] else { panic!("{report}") };
    assert_ne!(one, other);
}

#[test]
fn who_may_bind_roles_is_said_where_bindings_come_before_roles() {
    let bindings = "  - {apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}\n";
    let roles = "  - {apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [bind], resourceNames: ['*']}\n";
    let role = |rules: [&str; 2]| {
        let head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a}\n";
        format!("{head}rules:\n{}", rules.concat())
    };
    let report =
        scan(&[("a.yaml", &role([bindings, roles])), ("b.yaml", &role([roles, bindings]))]);
    assert_eq!(places(&report, "KSV-0051"), ["a.yaml:5-5"]);
}

#[test]
fn a_chart_is_said_once_and_its_templates_are_not_guessed_at() {
    let template =
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n{{- if .x }}\n";
    let report = scan(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("chart/templates/pod.yaml", template),
        ("chart/templates/job.yaml", template),
    ]);
    let notifications = report["notifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 1, "{report}");
    assert_eq!(notifications[0]["path"], "chart/Chart.yaml");
    assert!(notifications[0]["message"].as_str().unwrap().contains("not rendered"));
}

#[test]
fn a_file_that_is_no_yaml_is_said_and_the_rest_is_scanned() {
    let broken = "apiVersion: v1\nkind: Pod\nmetadata: [\n";
    let pod = format!("apiVersion: v1\nkind: Pod\nspec: {{{PRIVILEGED}}}\n");
    let laughs: String = (1..40)
        .map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{}, ", n - 1).repeat(9)))
        .collect();
    let bomb = format!("apiVersion: v1\nkind: Pod\na0: &a0 [x]\n{laughs}");
    let twice = format!("{pod}spec: {{hostPID: true}}\n");
    let report = scan(&[
        ("bomb.yaml", &bomb),
        ("broken.yaml", broken),
        ("pod.yaml", &pod),
        ("twice.yaml", &twice),
    ]);
    assert_eq!(places(&report, "KSV-0017"), ["pod.yaml:3-3"]);
    let notifications = report["notifications"].as_array().unwrap().iter();
    let said: Vec<&str> = notifications.map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(said, ["bomb.yaml", "broken.yaml", "twice.yaml"], "{report}");
    assert_eq!(places(&report, "KSV-0010"), ["twice.yaml:4-4"]);
}

#[test]
fn the_values_of_a_config_map_with_a_secret_are_not_shown() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  \
                DB_PASSWORD: correct-horse\n  \"app.ini\": |\n    user = robin\n    \
                pwd = battery-staple\n";
    let run = Sandbox::with(&[("map.yaml", text)]).run(&["scan", "--format", "json", "."]);
    assert_eq!(places(&run.json(), "KSV-0109"), ["map.yaml:5-5", "map.yaml:6-8"]);
    for value in ["correct-horse", "battery-staple"] {
        assert!(!run.stdout.contains(value), "{}", run.stdout);
    }
}
