//! What the engines find that look at all of their files at once.

use super::Request;
use super::look::guarded;
use crate::cache::Entry;
use crate::engine::{Seen, TreeEngine, frame, masked, secrets};
use crate::finding::Finding;
use crate::identity;
use crate::target::{self, Reading, SourceFile, Target};
use rayon::prelude::*;

/// What the engines find in the files of the working tree: an entry for each file that one looked
/// at.
pub fn scan(request: &Request, targets: &[Target]) -> Vec<Entry> {
    // What cannot be read was said when each file was looked at by itself.
    let read = |target: &Target| match target::read(target, request.targets) {
        Reading::Source(file) => Some(file),
        _ => None,
    };
    let engines = request.engines.iter().filter_map(|engine| engine.of_tree());
    let scanned = engines.flat_map(|engine| {
        let targets: Vec<&Target> =
            targets.iter().filter(|it| engine.wants_path(&it.path)).collect();
        let files: Vec<SourceFile> = targets.into_par_iter().filter_map(read).collect();
        scan_files(engine, request, &files)
    });
    scanned.collect()
}

/// What an engine finds in files: an entry for each, in their order.
pub fn scan_files(
    engine: &'static dyn TreeEngine,
    request: &Request,
    files: &[SourceFile],
) -> Vec<Entry> {
    let Some(first) = files.first() else { return Vec::new() };
    let seen = guarded(engine.name(), &first.path, || engine.scan_tree(files, request.root));
    let seen = seen
        .unwrap_or_else(|crashed| vec![Seen { notifications: vec![crashed], ..Seen::default() }]);
    let frame = |(file, seen)| frame_one(file, seen, request.line_hashes);
    let mut entries: Vec<Entry> = files.par_iter().zip(seen).map(frame).collect();
    // What makes them different from each other is asked of all together: an address may be in more
    // than one file.
    let counts: Vec<usize> = entries.iter().map(|entry| entry.findings.len()).collect();
    let mut findings: Vec<Finding> =
        entries.iter_mut().flat_map(|entry| std::mem::take(&mut entry.findings)).collect();
    identity::assign(&mut findings);
    let mut findings = findings.into_iter();
    for (entry, count) in entries.iter_mut().zip(counts) {
        // What each file was looked at by itself for was counted then.
        entry.engines = if engine.is_of_files() { Vec::new() } else { vec![engine.name().into()] };
        entry.findings = findings.by_ref().take(count).collect();
    }
    entries
}

/// What was seen in one of the files, with every secret in it masked.
fn frame_one(file: &SourceFile, mut seen: Seen, line_hashes: bool) -> Entry {
    let mut notifications = std::mem::take(&mut seen.notifications);
    for notification in &mut notifications {
        notification.message = masked(&notification.message).into();
    }
    if !seen.hits.is_empty() {
        seen.masks.extend(secrets::masks(file));
    }
    let (findings, sketch) = frame(file, vec![seen], Vec::new(), line_hashes);
    Entry { findings, sketch, notifications, ..Entry::default() }
}
