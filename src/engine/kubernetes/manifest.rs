//! Manifests and what of them rules are about.

use crate::engine::terraform::Instance;
use crate::engine::terraform::check::View;
use crate::engine::yaml::{Node, block};
use std::borrow::Cow;
use std::sync::Arc;

/// A kind of workload and the ways into it.
struct Workload {
    kind: &'static str,
    /// To what the pods are made from, which has their metadata.
    template: &'static [&'static str],
    /// To what their `spec` is.
    pod: &'static [&'static str],
    containers: &'static [&'static str],
    /// To the containers that run before these.
    init_containers: &'static [&'static str],
}

macro_rules! workload {
    ($kind:literal, [$($step:literal),*]) => {
        Workload {
            kind: $kind,
            template: &[$($step),*],
            pod: &[$($step,)* "spec"],
            containers: &[$($step,)* "spec", "containers"],
            init_containers: &[$($step,)* "spec", "initContainers"],
        }
    };
}

/// Every kind of Kubernetes and OpenShift that has pods made.
const WORKLOADS: &[Workload] = &[
    workload!("Pod", []),
    workload!("Deployment", ["spec", "template"]),
    workload!("ReplicaSet", ["spec", "template"]),
    workload!("ReplicationController", ["spec", "template"]),
    workload!("DeploymentConfig", ["spec", "template"]),
    workload!("StatefulSet", ["spec", "template"]),
    workload!("DaemonSet", ["spec", "template"]),
    workload!("Job", ["spec", "template"]),
    workload!("CronJob", ["spec", "jobTemplate", "spec", "template"]),
];

/// Whether a kind has pods made.
pub fn is_workload(kind: &str) -> bool {
    WORKLOADS.iter().any(|workload| workload.kind.eq_ignore_ascii_case(kind))
}

/// What rules may name of a manifest: its kind, `manifest` for any, `workload` for one that has
/// pods made, and of that the `template` of the pods, the `pod`, which is their `spec`, and each
/// `container`, those that initialise included. A `member` is a container that a resource of another
/// kind has in its `spec`, as those of operators do.
pub fn views(instance: &Instance) -> Vec<View<'_>> {
    let view = |kind, steps| View { kind: Cow::Borrowed(kind), steps };
    let kind = &*instance.block.kind;
    let mut views = vec![view(kind, &[]), view("manifest", &[])];
    if let Some(workload) = WORKLOADS.iter().find(|workload| workload.kind == kind) {
        views.extend([
            view("workload", &[]),
            view("template", workload.template),
            view("pod", workload.pod),
            view("container", workload.containers),
            view("container", workload.init_containers),
        ]);
    }
    if kind != "Pod" {
        views.extend([
            view("member", &["spec", "containers"]),
            view("member", &["spec", "initContainers"]),
        ]);
    }
    views
}

/// The manifests of documents, those in lists included.
pub fn instances<'a>(roots: impl Iterator<Item = &'a Node>) -> Vec<Instance> {
    let mut instances = Vec::new();
    roots.for_each(|root| add(root, None, &mut instances));
    instances
}

/// What is in a list of one kind need not say what it is. The depth of lists in lists is that of
/// the nodes, which is bounded.
fn add(node: &Node, of: Option<&str>, instances: &mut Vec<Instance>) {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let kind: Arc<str> = match (text("kind"), text("apiVersion"), of) {
        (Some(kind), Some(_), _) => kind.clone(),
        (None, None, Some(kind)) => kind.into(),
        _ => return,
    };
    match (kind.strip_suffix("List"), node.get("items")) {
        (Some(of), Some(items)) => {
            let of = Some(of).filter(|of| !of.is_empty());
            items.items().iter().for_each(|item| add(item, of, instances));
        }
        _ => instances.push(Instance {
            address: address(&kind, node),
            block: block(&kind, node, node.range.clone()),
            module: 0,
        }),
    }
}

/// `Deployment/shop/web`; without the namespace where none is said.
fn address(kind: &str, node: &Node) -> Arc<str> {
    let said = |key: &str| node.get("metadata")?.get(key)?.text();
    let parts = [said("namespace"), said("name").or_else(|| said("generateName"))];
    let words = std::iter::once(kind).chain(parts.into_iter().flatten().map(|part| &**part));
    words.collect::<Vec<_>>().join("/").into()
}
