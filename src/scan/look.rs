//! What the engines find in one file.

use crate::cache::Entry;
use crate::engine::embedded::{Embeds, embeds};
use crate::engine::{Engine, Seen, frame, masked, secrets};
use crate::finding::{Notification, Trouble};
use crate::identity;
use crate::target::{self, SourceFile};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

/// Everything that the engines find in one file and in the sources that it holds.
pub fn scan_file(
    file: SourceFile,
    settings: &target::Settings,
    engines: &[&'static dyn Engine],
    line_hashes: bool,
) -> Entry {
    let mut entry = Entry::default();
    let Embeds { sources, notifications } =
        guarded("python", &file.path, || embeds(&file, settings))
            .unwrap_or_else(|crashed| Embeds { notifications: vec![crashed], ..Embeds::default() });
    let wanted = |of: &Notification| engines.iter().any(|e| of.engine.as_deref() == Some(e.name()));
    entry.notifications.extend(notifications.into_iter().filter(wanted));
    let mut seen = look(&file, engines, &mut entry);
    let mut inner = Vec::with_capacity(sources.len());
    for embedded in sources {
        let said = entry.notifications.len();
        let seen = look(&embedded.source, engines, &mut entry);
        if embedded.is_fragment {
            let new = entry.notifications.split_off(said).into_iter();
            entry.notifications.extend(new.filter(|said| said.trouble != Trouble::Unparsed));
        }
        inner.push((embedded, seen));
    }
    for notification in &mut entry.notifications {
        notification.message = masked(&notification.message).into();
    }
    let masks_secrets = engines.iter().any(|engine| engine.name() == secrets::Secrets.name());
    let mut all_seen = inner.iter().flat_map(|(_, seen)| seen).chain(&seen);
    if !masks_secrets && all_seen.any(|saw| !saw.hits.is_empty()) {
        let masks = |file| Seen { masks: secrets::masks(file), ..Seen::default() };
        inner.iter_mut().for_each(|(embedded, seen)| seen.push(masks(&embedded.source)));
        seen.push(masks(&file));
    }
    (entry.findings, entry.sketch) = frame(&file, seen, inner, line_hashes);
    identity::assign(&mut entry.findings);
    entry
}

/// What the engines that have a use for a text see in it. What they have to say beside that goes to
/// the entry.
fn look(file: &SourceFile, engines: &[&'static dyn Engine], entry: &mut Entry) -> Vec<Seen> {
    let mut seen = Vec::new();
    let alone = |engine: &&&'static dyn Engine| engine.is_of_files() && engine.wants(file);
    for engine in engines.iter().filter(alone) {
        let crashed = |notification| Seen { notifications: vec![notification], ..Seen::default() };
        let mut saw =
            guarded(engine.name(), &file.path, || engine.scan(file)).unwrap_or_else(crashed);
        if entry.engines.iter().all(|name| name != engine.name()) {
            entry.engines.push(engine.name().into());
        }
        entry.notifications.append(&mut saw.notifications);
        seen.push(saw);
    }
    seen
}

/// A defect of an engine costs one file of one engine, and is said.
pub fn guarded<T>(
    engine: &str,
    path: &Arc<str>,
    look: impl FnOnce() -> T,
) -> Result<T, Notification> {
    panic::catch_unwind(AssertUnwindSafe(look)).map_err(|_| Notification {
        path: path.clone(),
        engine: Some(engine.into()),
        trouble: Trouble::Crashed,
        message: format!("the {engine} engine failed on it; please report this").into(),
    })
}
