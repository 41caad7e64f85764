//! What is found in charts of Helm: each is rendered, and its manifests are asked. Lines are those
//! of the manifest, as Trivy has them, and comments in it count.

use super::about::HELM;
use super::config::{Found, Request};
use super::file::Look;
use super::log::Log;
use super::manifests::{asked, passes};
use super::tree::Tree;
use crate::engine::kubernetes::{self, Chart, Looked, Rendered, Values, within};
use crate::engine::masked;
use crate::target::SourceFile;
use crate::target::archive::{self, Entry, Format, Limits, Visitor};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;

/// Bytes of one chart that are rendered.
const MOST: u64 = 64 << 20;
/// How much of an archive tells its format.
const HEAD: u64 = 512;
/// Endings of the names of packaged charts.
const PACKAGED: [&str; 3] = [".tgz", ".tar.gz", ".tar"];

/// Looks at the charts of a tree, in folders and packaged.
pub fn scan(tree: &Tree, request: &Request, log: Log) -> Vec<Found> {
    let Some(look) = Look::new(HELM, request).filter(|_| request.wants(HELM)) else {
        return Vec::new();
    };
    let folders = kubernetes::charts(tree.paths.iter().map(String::as_str));
    let is_packaged = |path: &&String| {
        PACKAGED.iter().any(|ending| path.ends_with(ending))
            && !folders.iter().any(|folder| within(folder, "").is_empty() || is_below(path, folder))
    };
    let packaged: Vec<&String> = tree.paths.iter().filter(is_packaged).collect();
    let of_folder = |folder: &String| {
        let chart = Chart::of(in_folder(tree, folder))?;
        let target = |template: &str| within(folder, template);
        Some(render(&look, &chart, folder, target, request, log))
    };
    let of_package = |path: &&String| {
        let chart = Chart::of(in_package(tree, path))?;
        let target = |template: &str| format!("{path}:{template}");
        Some(render(&look, &chart, path, target, request, log))
    };
    let mut found: Vec<Found> = folders.par_iter().filter_map(of_folder).flatten().collect();
    found.extend(packaged.par_iter().filter_map(of_package).flatten().collect::<Vec<_>>());
    found
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// What is found in the manifests of a chart, by template.
fn render(
    look: &Look,
    chart: &Chart,
    shown: &str,
    target: impl Fn(&str) -> String,
    request: &Request,
    log: Log,
) -> Vec<Found> {
    let values = Values { without_hooks: true, ..request.options.helm.clone() };
    let manifests = match kubernetes::render(chart, &values) {
        Ok(manifests) => manifests,
        Err(why) => {
            let shown = if shown.is_empty() { "." } else { shown };
            let why = masked(&why.to_string()).to_string();
            log.error(&format!("[helm scanner] {shown}: the chart was not rendered: {why}"));
            return Vec::new();
        }
    };
    let mut by_target: BTreeMap<String, Found> = BTreeMap::new();
    for manifest in &manifests {
        let target = target(&manifest.template);
        let found =
            by_target.entry(target.clone()).or_insert_with(|| Found::new(target, look.kind));
        add(look, manifest, request, found);
    }
    by_target.into_values().filter(|it| it.failures.len() + it.passes.len() > 0).collect()
}

fn add(look: &Look, rendered: &Rendered, request: &Request, to: &mut Found) {
    let file = SourceFile::new("rendered.yaml".into(), rendered.text.clone().into());
    let Looked { exam, manifests } = kubernetes::examine(&file);
    let asked = asked(&look.rules, &manifests.iter().collect::<Vec<_>>());
    to.passes.extend(passes(&asked, &manifests));
    to.failures.extend(look.failures(&file, exam.seen, |it| request.accepts_comment(it)));
}

fn in_folder(tree: &Tree, folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut left = MOST;
    let own = |path: &String| match folder {
        "" => Some(path.clone()),
        folder => path.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned),
    };
    let mut files = Vec::new();
    for path in &tree.paths {
        let Some(name) = own(path) else { continue };
        let at = tree.folder.join(path);
        let size = fs::metadata(&at).map_or(u64::MAX, |metadata| metadata.len());
        if size <= left
            && let Ok(bytes) = fs::read(&at)
        {
            left -= size;
            files.push((name, bytes));
        }
    }
    files
}

/// The files of a packaged chart, without the folder that holds them all.
fn in_package(tree: &Tree, path: &str) -> Vec<(String, Vec<u8>)> {
    let at = tree.folder.join(path);
    let mut head = Vec::new();
    let read = File::open(&at).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    let (Ok(_), Some(format), Ok(mut file)) = (read, Format::of(&head), File::open(&at)) else {
        return Vec::new();
    };
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    let mut files = Files(Vec::new());
    let limits = Limits { depth: 1, entry: MOST, total: MOST, names_unpacked: false };
    archive::entries(&mut file, size, format, path, limits, &mut files);
    files.0
}

struct Files(Vec<(String, Vec<u8>)>);

impl Visitor for Files {
    fn wants(&mut self, _: &str, _: &[u8]) -> bool {
        true
    }

    fn take(&mut self, entry: Entry) {
        if let Some((_, name)) = entry.path.split_once('/') {
            self.0.push((name.to_owned(), entry.bytes));
        }
    }
}
