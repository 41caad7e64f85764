//! What the texts inside archives and documents come to. The secrets engine alone looks at them:
//! what others say of code is for whoever writes it, and that is not in an archive.

use super::look::{guarded, scan_file};
use super::{Entry, Request};
use crate::engine::{Engine, masked, secrets};
use crate::finding::Notification;
use crate::identity;
use crate::target::{Inside, Reading, Scope, SourceFile, WalkError};
use std::sync::Arc;

/// The engine that looks inside.
const ENGINE: &dyn Engine = &secrets::Secrets;

/// Whether anybody would look inside.
pub fn is_wanted(request: &Request) -> bool {
    request.targets.archives && request.engines.iter().any(|e| e.name() == ENGINE.name())
}

/// Everything that is found inside a file. Where nothing in it could be read and it is text all the
/// same, it is looked at as text.
pub fn scan(inside: Inside, request: &Request) -> Entry {
    let mut entry = Entry { engines: vec![ENGINE.name().into()], ..Entry::default() };
    let (path, mut is_empty) = (inside.path.clone(), true);
    let looked = guarded(ENGINE.name(), &path, || {
        inside.texts(request.targets, &mut |text| {
            is_empty = false;
            let path: Arc<str> = format!("{path}!{}", text.path).into();
            let file = SourceFile::new(path, text.bytes);
            let found = scan_file(file, request.targets, &[ENGINE], request.line_hashes);
            entry.findings.extend(found.findings);
            entry.notifications.extend(found.notifications);
        })
    });
    match looked {
        Ok(remarks) => entry.notifications.extend(remarks.into_iter().map(|remark| {
            let at = match &*remark.path {
                "" => path.clone(),
                inner => format!("{path}!{inner}").into(),
            };
            Notification {
                path: at,
                engine: Some(ENGINE.name().into()),
                trouble: remark.trouble,
                message: masked(&remark.why).into(),
            }
        })),
        Err(crashed) => entry.notifications.push(crashed),
    }
    if let (true, Reading::Source(file)) = (is_empty, inside.closed()) {
        let seen = scan_file(file, request.targets, &request.engines, request.line_hashes);
        entry.notifications.extend(seen.notifications);
        return Entry { notifications: entry.notifications, ..seen };
    }
    // Two entries may have one name.
    identity::assign(&mut entry.findings);
    entry
}

/// Takes out what was found inside archives where the settings leave it out, and says where.
///
/// # Errors
/// A pattern of `exclude` is none.
pub fn leave_out(entries: &mut [Entry], request: &Request) -> Result<Vec<String>, WalkError> {
    let is_inside =
        |entry: &&mut Entry| entry.findings.iter().any(|f| f.location.path.contains('!'));
    let mut entries = entries.iter_mut().filter(is_inside).peekable();
    if entries.peek().is_none() {
        return Ok(Vec::new());
    }
    let scope = Scope::new(request.root, request.targets, request.ignore_files.as_ref())?;
    let mut left_out = Vec::new();
    for entry in entries {
        entry.findings.retain(|finding| {
            let goes = scope.leaves_out_inside(&finding.location.path);
            left_out.extend(goes.then(|| finding.location.path.to_string()));
            !goes
        });
    }
    left_out.dedup();
    Ok(left_out)
}
