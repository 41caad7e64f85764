//! From the words of a revision range to the commits that a walk begins and ends at.

use super::HistoryError;
use super::log::Log;
use super::objects::Troubles;
use crate::finding::Trouble;
use crate::git::Git;
use gix::ObjectId;

/// Where a walk begins, and what it does not go into.
#[derive(Debug, Default)]
pub struct Tips {
    pub shown: Vec<ObjectId>,
    pub hidden: Vec<ObjectId>,
}

impl Tips {
    /// The tips of a log: what is said, else HEAD.
    ///
    /// # Errors
    /// A name is none of a commit, or the references cannot be read.
    pub fn of(git: &Git, log: &Log, troubles: &Troubles) -> Result<Tips, HistoryError> {
        let mut tips = Tips::default();
        if log.all {
            tips.shown.extend(references(git, None, troubles)?);
            tips.heads(git);
            if log.combined {
                tips.stashes(git);
            }
        }
        for prefix in &log.below {
            tips.shown.extend(references(git, Some(prefix), troubles)?);
        }
        for prefix in &log.but_below {
            tips.hidden.extend(references(git, Some(prefix), troubles)?);
        }
        log.revisions.iter().try_for_each(|word| tips.word(git, word))?;
        let is_said = log.all || !log.below.is_empty() || !log.revisions.is_empty();
        if !is_said || tips.shown.is_empty() && !log.revisions.is_empty() {
            tips.shown.extend(git.0.head_id().ok().map(gix::Id::detach));
        }
        Ok(tips)
    }

    fn word(&mut self, git: &Git, word: &str) -> Result<(), HistoryError> {
        let unknown = || HistoryError::Word { word: word.to_owned() };
        let named = |name: &str| -> Result<ObjectId, HistoryError> {
            Ok(git.resolve(if name.is_empty() { "HEAD" } else { name })?.id)
        };
        if let Some((one, other)) = word.split_once("...") {
            let (one, other) = (named(one)?, named(other)?);
            let bases = git.0.merge_bases_many(one, &[other]);
            self.shown.extend([one, other]);
            self.hidden.extend(bases.into_iter().flatten().map(gix::Id::detach));
        } else if let Some((one, other)) = word.split_once("..") {
            self.hidden.push(named(one)?);
            self.shown.push(named(other)?);
        } else if let Some(name) = word.strip_prefix('^').filter(|name| !name.is_empty()) {
            self.hidden.push(named(name)?);
        } else if let Some(name) = word.strip_suffix("^!") {
            let id = named(name)?;
            let commit = git.0.find_commit(id).map_err(|_| unknown())?;
            self.hidden.extend(commit.parent_ids().map(gix::Id::detach));
            self.shown.push(id);
        } else if word.is_empty() || word.contains(':') {
            return Err(unknown());
        } else {
            self.shown.push(named(word)?);
        }
        Ok(())
    }

    /// HEAD, and those of the other working trees.
    fn heads(&mut self, git: &Git) {
        self.shown.extend(git.0.head_id().ok().map(gix::Id::detach));
        let others = git.0.worktrees_including_main().into_iter().flatten().flatten();
        self.shown.extend(others.filter_map(|other| Some(other.head_id().ok()?.detach())));
    }

    /// All that is stashed: the reference leads to the last stash alone, its log to the others.
    /// What of them was thrown away since is not missing.
    fn stashes(&mut self, git: &Git) {
        let Some(stash) = git.0.try_find_reference("refs/stash").ok().flatten() else { return };
        let mut log = stash.log_iter();
        let lines = log.all().ok().flatten().into_iter().flatten().filter_map(Result::ok);
        let ids = lines.map(|line| line.new_oid());
        self.shown.extend(ids.filter(|id| git.0.has_object(id)));
    }
}

/// The commits that references lead to, tags followed; what is no commit is passed over.
fn references(
    git: &Git,
    prefix: Option<&str>,
    troubles: &Troubles,
) -> Result<Vec<ObjectId>, HistoryError> {
    let failed = |error: gix::Error| HistoryError::References(error.to_string());
    let platform = git.0.references().map_err(failed)?;
    let found = match prefix {
        Some(prefix) => platform.prefixed(prefix).map_err(failed)?,
        None => platform.all().map_err(failed)?,
    };
    let mut commits = Vec::new();
    for reference in found.peeled().map_err(failed)? {
        match reference {
            Ok(reference) => {
                let id = reference.id();
                match id.header() {
                    Ok(header) => commits.extend(header.kind().is_commit().then(|| id.detach())),
                    Err(error) => {
                        let why = format!(
                            "object {id}, which a reference leads to, cannot be read from git: {error}; `git fsck` says what is missing"
                        );
                        troubles.tell(id.detach(), b"", Trouble::Unreadable, why);
                    }
                }
            }
            Err(error) => {
                let why = format!("a reference cannot be followed: {error}");
                let id = git.0.object_hash().null();
                troubles.tell(id, b"", Trouble::Unreadable, why);
            }
        }
    }
    Ok(commits)
}
