//! What a scan came to: one run an engine.

use super::{Input, Looked, Request};
use crate::cache::Entry;
use crate::engine::embedded::is_left_out;
use crate::engine::{Engine, secrets};
use crate::finding::{Coverage, EngineRun, Notification, Outcome, Trouble};
use crate::target::{self, Sketch};
use std::collections::HashMap;
use std::sync::Arc;

/// Sorts what was found by the engine that found it.
pub fn gather(
    request: &Request,
    inputs: Vec<Input>,
    entries: Vec<Entry>,
    walk: Vec<Notification>,
) -> Scanned {
    let roots: Vec<String> =
        request.paths.iter().map(|path| target::relative(request.root, path)).collect();
    let of_binary = |input: &&Input| input.looked == Looked::Binary;
    let binary: Vec<Arc<str>> =
        inputs.iter().filter(of_binary).map(|input| input.path.clone()).collect();
    let left_out = |input: &&Input| is_left_out(&input.path, request.targets);
    let left_out: Vec<Arc<str>> =
        inputs.iter().filter(left_out).map(|input| input.path.clone()).collect();
    let mut scanned = Scanned {
        runs: Vec::new(),
        notifications: Vec::new(),
        sketches: HashMap::new(),
        files: inputs.len() as u64,
        binary: binary.len() as u64,
        inputs,
        passed_over: Vec::new(),
    };
    scanned.runs = request
        .engines
        .iter()
        .map(|engine| EngineRun {
            engine: engine.name().into(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            outcome: Outcome::Complete,
            coverage: Coverage {
                roots: roots.clone(),
                binary: binary.clone(),
                left_out: match engine.name() == secrets::Secrets.name() {
                    true => Vec::new(), // it looks at every text as a whole
                    false => left_out.clone(),
                },
                ..Coverage::default()
            },
            findings: Vec::new(),
            notifications: Vec::new(),
        })
        .collect();
    walk.into_iter().for_each(|notification| scanned.notify(notification, &roots));
    // Growing step by step, a hundred thousand findings would be moved many times. Whoever puts
    // those of all engines together adds them to the first.
    let all = entries.iter().map(|entry| entry.findings.len()).sum();
    if let Some(first) = scanned.runs.first_mut() {
        first.findings.reserve_exact(all);
    }
    for entry in entries {
        for run in &mut scanned.runs {
            run.coverage.files += u64::from(entry.engines.contains(&run.engine));
        }
        if let (Some(sketch), Some(finding)) = (entry.sketch, entry.findings.first()) {
            scanned.sketches.insert(finding.location.path.clone(), sketch);
        }
        for finding in entry.findings {
            if let Some(run) = scanned.runs.iter_mut().find(|run| run.engine == finding.engine) {
                run.findings.push(finding);
            }
        }
        let notifications = entry.notifications.into_iter();
        notifications.for_each(|notification| scanned.notify(notification, &roots));
    }
    scanned
}

/// What a scan came to.
pub struct Scanned {
    /// One an engine, in the order of `ENGINES`.
    pub runs: Vec<EngineRun>,
    /// What concerns every engine.
    pub notifications: Vec<Notification>,
    /// What the files with findings look like, by path.
    pub sketches: HashMap<Arc<str>, Sketch>,
    /// How many files were walked.
    pub files: u64,
    /// How many of them are binary, which no engine looks at.
    pub binary: u64,
    /// The files that were walked and what they held, sorted by path.
    pub inputs: Vec<Input>,
    /// The files that the settings left out; see `target::Walked`.
    pub passed_over: Vec<Arc<str>>,
}

impl Scanned {
    /// Keeps the notification with the engine that it concerns, and its path out of the coverage.
    /// What was named for the scan must have been read, to its end.
    fn notify(&mut self, notification: Notification, named: &[String]) {
        let unread = is_unread(&notification)
            && target::hosts(&notification.path).any(|host| named.iter().any(|name| name == host));
        let concerns = |run: &&mut EngineRun| {
            notification.engine.as_deref().is_none_or(|name| name == run.engine)
        };
        for run in self.runs.iter_mut().filter(concerns) {
            // Behind a link that leads out there is nothing of the repository.
            if notification.trouble != Trouble::LinkNotFollowed {
                run.coverage.except.push(notification.path.to_string());
            }
            if notification.trouble == Trouble::Crashed {
                run.outcome = Outcome::Incomplete(format!("failed on {}", notification.path));
            } else if unread {
                let why = format!("{} {}", notification.path, notification.message);
                run.outcome = Outcome::Incomplete(why);
            }
        }
        match self.runs.iter_mut().find(|run| notification.engine.as_deref() == Some(&*run.engine))
        {
            Some(run) => run.notifications.push(notification),
            None => self.notifications.push(notification),
        }
    }
}

/// Whether a file was not read, or an archive or document not as a whole: of a text that is read
/// an engine that looks at its grammar may have something to say all the same.
fn is_unread(notification: &Notification) -> bool {
    match notification.engine.as_deref() {
        None => matches!(notification.trouble, Trouble::Unreadable | Trouble::OverLimit),
        Some(engine) => {
            engine == secrets::Secrets.name() && notification.trouble != Trouble::Crashed
        }
    }
}
