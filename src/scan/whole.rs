//! What the engines find that look at all of their files at once.

use super::Request;
use super::look::guarded;
use crate::cache::Entry;
use crate::engine::{Seen, TreeEngine, frame, masked, secrets};
use crate::identity;
use crate::target::{self, Reading, SourceFile, Target};
use rayon::prelude::*;

/// One entry an engine that has such files.
pub fn scan(request: &Request, targets: &[Target]) -> Vec<Entry> {
    let engines = request.engines.iter().filter_map(|engine| engine.of_tree());
    engines.filter_map(|engine| scan_with(engine, request, targets)).collect()
}

fn scan_with(
    engine: &'static dyn TreeEngine,
    request: &Request,
    targets: &[Target],
) -> Option<Entry> {
    let wanted: Vec<&Target> = targets.iter().filter(|it| engine.wants_path(&it.path)).collect();
    // What cannot be read was said when each file was looked at by itself.
    let read = |target: &&Target| match target::read(target, request.targets) {
        Reading::Source(file) => Some(file),
        _ => None,
    };
    let files: Vec<SourceFile> = wanted.par_iter().filter_map(read).collect();
    let first = files.first()?.path.clone();
    let mut entry = Entry { engines: vec![engine.name().into()], ..Entry::default() };
    match guarded(engine.name(), &first, || engine.scan_tree(&files, request.root)) {
        Ok(seen) => {
            let framed: Vec<_> = files
                .par_iter()
                .zip(seen)
                .map(|(file, seen)| frame_one(file, seen, request.line_hashes))
                .collect();
            for one in framed {
                entry.findings.extend(one.findings);
                entry.notifications.extend(one.notifications);
            }
        }
        Err(crashed) => entry.notifications.push(crashed),
    }
    identity::assign(&mut entry.findings);
    Some(entry)
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
    let (findings, _) = frame(file, vec![seen], Vec::new(), line_hashes);
    Entry { findings, notifications, ..Entry::default() }
}
