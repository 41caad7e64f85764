//! What is found in manifests of Kubernetes. Trivy reads no comments in them.

use super::about::{About, KUBERNETES};
use super::asked::asks_kind;
use super::config::{Found, Request};
use super::file::{Look, read};
use super::log::Log;
use super::tree::Tree;
use crate::engine::kubernetes::{self, Looked, Manifest};
use crate::engine::masked;
use crate::finding::Trouble;
use crate::rule::Rule;
use crate::target::SourceFile;
use rayon::prelude::*;
use std::sync::Arc;

/// Looks at the files of a tree.
pub fn scan(tree: &Tree, request: &Request, log: Log) -> Vec<Found> {
    let Some(look) = Look::new(KUBERNETES, request).filter(|_| request.wants(KUBERNETES)) else {
        return Vec::new();
    };
    let at = |path: &String| {
        let is_said = request.patterns.say(KUBERNETES, path);
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        if !is_said && !["yaml", "yml", "json"].iter().any(|it| ending.eq_ignore_ascii_case(it)) {
            return None;
        }
        let file = read(tree, path, log)?;
        (is_said || look.engine.wants(&file)).then(|| examined(&look, &file, log))?
    };
    let mut looked: Vec<(Found, Vec<Manifest>)> = tree.paths.par_iter().filter_map(at).collect();
    let manifests: Vec<&Manifest> = looked.iter().flat_map(|(_, manifests)| manifests).collect();
    let asked = asked(&look.rules, &manifests);
    for (found, manifests) in &mut looked {
        found.passes = passes(&asked, manifests);
    }
    looked.into_iter().map(|(found, _)| found).collect()
}

fn examined(look: &Look, file: &SourceFile, log: Log) -> Option<(Found, Vec<Manifest>)> {
    let Looked { exam, manifests } = kubernetes::examine(file);
    for notification in &exam.seen.notifications {
        log.error(&format!("[misconfig] {}: {}", file.path, masked(&notification.message)));
    }
    let is_broken = exam.seen.notifications.iter().any(|it| it.trouble == Trouble::Unparsed);
    if manifests.is_empty() || is_broken && exam.seen.hits.is_empty() {
        return None;
    }
    let mut found = Found::new(file.path.to_string(), look.kind);
    found.failures = look.failures(file, exam.seen, |_| false);
    Some((found, manifests))
}

type Asked = (&'static Rule, Arc<About>);

/// The rules that manifests are asked when they are looked at together.
pub fn asked(rules: &[Asked], manifests: &[&Manifest]) -> Vec<Asked> {
    let mut kinds: Vec<&str> = manifests.iter().map(|it| &*it.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let is_asked = |(rule, about): &&Asked| kinds.iter().any(|kind| asks_kind(rule, about, kind));
    rules.iter().filter(is_asked).cloned().collect()
}

/// What finds nothing in each of the manifests.
pub fn passes(asked: &[Asked], manifests: &[Manifest]) -> Vec<Asked> {
    let of_one = |manifest: &Manifest| {
        let has_passed = |(rule, _): &&Asked| manifest.failed.binary_search(&rule.id).is_err();
        asked.iter().filter(has_passed).cloned().collect::<Vec<_>>()
    };
    manifests.iter().flat_map(of_one).collect()
}
