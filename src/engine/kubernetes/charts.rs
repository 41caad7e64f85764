//! The charts of a tree: each is rendered by Helm, with the values that it comes with, and what is
//! wrong with a manifest is said of its template. Where there is no Helm, that is said.

use super::helm::{self, Chart, NotRendered, Rendered, Values};
use super::mapping::Mapping;
use super::{CHECKS, NAME, is_chart, is_manifest, is_of_chart, look, said};
use crate::engine::yaml::{self, Node};
use crate::engine::{Engine, Hit, Seen, TreeEngine};
use crate::finding::{Notification, Trouble};
use crate::target::{SourceFile, relative};
use memchr::memmem;
use rayon::prelude::*;
use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

/// Files of one chart that are copied, their bytes, and how deep its folders are.
const MOST_FILES: usize = 10_000;
const MOST_BYTES: usize = 64 << 20;
const DEEPEST: usize = 32;
/// Charts of one tree that are rendered.
const MOST_CHARTS: usize = 500;

/// The rule about the namespace, which is chosen where a chart is installed.
const OF_RELEASE: &str = "KSV-0110";

/// The part of the engine that looks at charts as a whole.
pub struct Charts;

impl Engine for Charts {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, file: &SourceFile) -> bool {
        self.wants_path(&file.path)
    }

    /// A file alone is no chart.
    fn scan(&self, _: &SourceFile) -> Seen {
        Seen::default()
    }
}

impl TreeEngine for Charts {
    fn wants_path(&self, path: &str) -> bool {
        is_chart(path) || is_of_chart(path) && is_manifest(path)
    }

    fn scan_tree(&self, files: &[SourceFile], root: &Path) -> Vec<Seen> {
        let mut seen: Vec<Seen> = files.iter().map(|_| Seen::default()).collect();
        let places: HashMap<&str, usize> =
            files.iter().enumerate().map(|(at, file)| (&*file.path, at)).collect();
        let folders = folders(files.iter().map(|file| &*file.path));
        let over = folders.len().saturating_sub(MOST_CHARTS);
        let looked: Vec<Look> = folders[over..]
            .par_iter()
            .map(|folder| Look::at(folder, files, &places, root))
            .collect();
        for (at, what) in looked.into_iter().flat_map(|look| look.seen) {
            seen[at].hits.extend(what.hits);
            seen[at].masks.extend(what.masks);
            seen[at].notifications.extend(what.notifications);
        }
        for folder in &folders[..over] {
            let at = places[&*within(folder, "Chart.yaml")];
            let why = format!("is not rendered: {MOST_CHARTS} charts of a tree are");
            seen[at].notifications.push(said(&files[at], Trouble::OverLimit, why));
        }
        seen
    }
}

/// The folders of charts, but not of those that are parts of others; sorted.
pub fn folders<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<String> {
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let mut all: Vec<String> = paths.filter(|path| is_chart(path)).map(folder).collect();
    all.sort();
    let mut outermost: Vec<String> = Vec::new();
    for folder in all {
        let is_part = |it: &String| it.is_empty() || folder.starts_with(&format!("{it}/"));
        if !outermost.last().is_some_and(is_part) {
            outermost.push(folder);
        }
    }
    outermost
}

/// The path of a file in a folder; the empty folder is the root.
pub fn within(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

impl Chart {
    /// A chart of these files; none where it is a library, of which nothing is rendered.
    pub fn of(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Option<Chart> {
        let files: std::collections::BTreeMap<_, _> = files.into_iter().collect();
        let about = String::from_utf8_lossy(files.get("Chart.yaml")?);
        let stream = yaml::read(&about);
        let root = stream.documents.first().map(|document| &document.root);
        let said = |key: &str| root?.get(key).and_then(Node::text).map(|text| text.to_string());
        let is_library = said("type").is_some_and(|kind| kind == "library");
        let name = said("name").unwrap_or_default();
        (!is_library).then_some(Chart { name, files })
    }
}

/// What is seen in one chart, by the number of the file.
struct Look<'a> {
    folder: &'a str,
    files: &'a [SourceFile],
    places: &'a HashMap<&'a str, usize>,
    seen: Vec<(usize, Seen)>,
}

impl<'a> Look<'a> {
    fn at(
        folder: &'a str,
        files: &'a [SourceFile],
        places: &'a HashMap<&'a str, usize>,
        root: &Path,
    ) -> Look<'a> {
        let mut look = Look { folder, files, places, seen: Vec::new() };
        let own = |path: &str| match folder {
            "" => Some(path.to_owned()),
            folder => path.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned),
        };
        let mut copied = Vec::new();
        if !root.as_os_str().is_empty() {
            let at = root.join(folder);
            gather(&at, &at, 0, &mut (MOST_FILES, MOST_BYTES), &mut copied);
        }
        // What is scanned may be another state of the tree than that on the disk.
        let scanned = files.iter().filter_map(|it| Some((own(&it.path)?, it.bytes().to_vec())));
        let Some(chart) = Chart::of(copied.into_iter().chain(scanned)) else { return look };
        match helm::render(&chart, &Values::default()) {
            Ok(manifests) => manifests.iter().for_each(|it| look.manifest(it)),
            Err(why) => look.say(&why),
        }
        look
    }

    fn chart(&self) -> usize {
        self.places[&*within(self.folder, "Chart.yaml")]
    }

    fn say(&mut self, why: &NotRendered) {
        let at = self.chart();
        self.seen.push((
            at,
            Seen { notifications: vec![not_rendered(&self.files[at], why)], ..Seen::default() },
        ));
    }

    fn manifest(&mut self, rendered: &Rendered) {
        let manifest = SourceFile::new("rendered.yaml".into(), rendered.text.clone().into());
        let path = within(self.folder, &rendered.template);
        let seen = look(&manifest, &path, &CHECKS).exam.seen;
        let template = self.places.get(&*path).copied();
        let file = &self.files[template.unwrap_or_else(|| self.chart())];
        // What needs no rendering is looked at as it stands.
        if template.is_some() && memmem::find(file.bytes(), b"{{").is_none() {
            return;
        }
        let mapping = Mapping::new(file.text(), manifest.text());
        let place = |range: &Range<usize>| match template {
            Some(_) => mapped(file, &manifest, &mapping, range),
            None => of_dependency(file, &rendered.template),
        };
        let hit = |hit: Hit| {
            let range = place(&hit.range);
            let line = manifest.lines().line(hit.range.start);
            let message =
                format!("{} (line {line} of the manifest that Helm renders)", hit.message);
            Hit { matched: range.clone(), range, message: message.into(), ..hit }
        };
        // The value of a secret may stand in the template as well.
        let masked = |range: &Range<usize>| {
            let value = manifest.text()[range.clone()].trim();
            let ends = |at: usize| at..at + value.len();
            let found = memmem::find_iter(file.bytes(), value.as_bytes()).map(ends);
            found.filter(|_| !value.is_empty()).collect::<Vec<_>>()
        };
        let masks = seen.masks.iter().flat_map(masked).collect();
        let hits = seen.hits.into_iter().filter(|hit| hit.rule.id != OF_RELEASE);
        let hits = hits.map(hit).collect();
        let notifications = Vec::new();
        let at = template.unwrap_or_else(|| self.chart());
        self.seen.push((at, Seen { hits, masks, notifications }));
    }
}

/// The lines of a template that lines of its manifest come from.
fn mapped(
    file: &SourceFile,
    manifest: &SourceFile,
    mapping: &Mapping,
    range: &Range<usize>,
) -> Range<usize> {
    let lines = manifest.lines();
    let line = |at: usize| mapping.line(lines.line(at) as usize - 1) as u32 + 1;
    let first = line(range.start);
    let last = line(range.end.saturating_sub(1).max(range.start)).max(first);
    let (start, end) =
        (file.lines().range(first, file.bytes()), file.lines().range(last, file.bytes()));
    let text = &file.text()[start.start..end.end];
    let indent = text.len() - text.trim_start().len();
    start.start + indent.min(start.len())..end.end
}

/// Where a chart names the packaged chart that a template is in; else its first line.
fn of_dependency(file: &SourceFile, template: &str) -> Range<usize> {
    let name = template.strip_prefix("charts/").and_then(|rest| rest.split('/').next());
    let named = name.and_then(|name| file.text().find(&format!("name: {name}")));
    let line = named.map_or(1, |at| file.lines().line(at));
    let range = file.lines().range(line, file.bytes());
    let text = &file.text()[range.clone()];
    range.start + (text.len() - text.trim_start().len())..range.end
}

/// The files of a chart on the disk: regular ones, for a link may lead out of what is scanned.
fn gather(
    chart: &Path,
    folder: &Path,
    depth: usize,
    left: &mut (usize, usize),
    to: &mut Vec<(String, Vec<u8>)>,
) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let Ok(metadata) = entry.metadata() else { continue };
        let path = entry.path();
        if metadata.is_dir() && depth < DEEPEST && entry.file_name() != ".git" {
            gather(chart, &path, depth + 1, left, to);
        } else if metadata.is_file() && left.0 > 0 && metadata.len() <= left.1 as u64 {
            let Ok(bytes) = fs::read(&path) else { continue };
            *left = (left.0 - 1, left.1.saturating_sub(bytes.len()));
            to.push((relative(chart, &path), bytes));
        }
    }
}

/// That a chart was not rendered, and what to do.
pub fn not_rendered(file: &SourceFile, why: &NotRendered) -> Notification {
    let next = match why {
        NotRendered::NoHelm => "install Helm, or scan what `helm template` writes",
        _ => "mend it, or scan what `helm template` writes",
    };
    let message = format!(
        "this chart of Helm was not rendered, so its templates were not looked at ({why}): {next}"
    );
    said(file, Trouble::Unparsed, message)
}
