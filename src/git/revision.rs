//! Naming a commit, and where the history of this checkout left that of another.

use super::name::{exact, meanings};
use super::{Git, Tree};
use gix::ObjectId;
use thiserror::Error;

/// A commit by the name that someone gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// `main`, `origin/main`, `v1.0`.
    pub name: String,
    pub(super) id: ObjectId,
}

/// Where two histories part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeBase {
    /// For people: `main at 1a2b3c4 (merge base)`.
    pub name: String,
    id: ObjectId,
    /// Why this is the tip of the other side and not the merge base, where it is.
    pub note: Option<String>,
}

/// Why a commit cannot be had. Each message says how to get it.
#[derive(Debug, Error)]
pub enum RevisionError {
    #[error("{name:?} is no branch, tag or commit of this repository{hint}")]
    Unknown { name: String, hint: String },
    #[error(
        "an empty name is no branch, tag or commit; say one after --base or --policy-from, such as origin/main, or leave the option out"
    )]
    Empty,
    #[error(
        "{name:?} is the name of more than one commit: {candidates}; say the whole name of the one that is meant"
    )]
    Ambiguous { name: String, candidates: String },
    #[error(
        "this is a pull request into {branch}, and the branch is not in this clone: fetch it with `git fetch origin {branch}:refs/remotes/origin/{branch}`{hint}, or name what to compare with by --base and --policy-from"
    )]
    Target { branch: String, hint: String },
    #[error(
        "this is a pull request, but neither the CI system nor the clone says into which branch; name it with --base and --policy-from"
    )]
    NoTarget,
    #[error("{name} cannot be read: {why}; `git fsck` says what is missing")]
    Object { name: String, why: String },
}

/// What shallow clones lack, and where that is said in the two systems that make them.
const DEEPEN: &str = " (the clone is shallow: `git fetch --unshallow`; with actions/checkout set `fetch-depth: 0`, in GitLab `GIT_DEPTH: 0`)";

impl Git {
    /// The commit that a branch, a branch of the origin, a tag or any other name of git leads to.
    /// Whoever may push can give a branch or a tag the name of another, so a name that leads to
    /// several commits is none.
    ///
    /// # Errors
    /// There is no such commit, or more than one.
    pub fn resolve(&self, name: &str) -> Result<Revision, RevisionError> {
        if name.is_empty() {
            return Err(RevisionError::Empty);
        }
        match &meanings(&self.0, name)[..] {
            [(_, id)] => Ok(Revision { name: name.to_owned(), id: *id }),
            [] => {
                let hint = self.missing(name) + self.deepen();
                Err(RevisionError::Unknown { name: name.to_owned(), hint })
            }
            several => {
                let shown = |(whole, id): &(String, ObjectId)| format!("{whole} ({})", short(*id));
                let candidates = several.iter().map(shown).collect::<Vec<_>>().join(", ");
                Err(RevisionError::Ambiguous { name: name.to_owned(), candidates })
            }
        }
    }

    /// The tip of the branch that a pull request is to be merged into: the origin's rather than a
    /// local one, which may be old. The branch that is checked out is no target, whatever its
    /// name: a fork may call its own so. Where the name is not known it is the default branch.
    ///
    /// # Errors
    /// The clone does not have it.
    pub fn target(
        &self,
        branch: Option<&str>,
        default: Option<&str>,
    ) -> Result<Revision, RevisionError> {
        let branch = branch.or(default).ok_or(RevisionError::NoTarget)?;
        let head = self.0.head_name().ok().flatten();
        for (shown, full) in [("origin/", "refs/remotes/origin/"), ("", "refs/heads/")] {
            let full = format!("{full}{branch}");
            if head.as_ref().is_some_and(|head| head.as_bstr() == full.as_str()) {
                continue;
            }
            if let Some(id) = exact(&self.0, &full) {
                return Ok(Revision { name: format!("{shown}{branch}"), id });
            }
        }
        Err(RevisionError::Target { branch: branch.to_owned(), hint: self.deepen().to_owned() })
    }

    /// The commit that the revision and HEAD have both grown from. Where the clone does not reach
    /// back so far, or there is none, it is the revision itself.
    ///
    /// # Errors
    /// HEAD has no commit.
    pub fn merge_base(&self, revision: &Revision) -> Result<MergeBase, RevisionError> {
        let head = self.0.head_commit().map_err(|error| RevisionError::Object {
            name: "HEAD".to_owned(),
            why: error.to_string(),
        })?;
        // So it is where a CI system checks a pull request out as merged, however shallow.
        let grown_from = head.id == revision.id || head.parent_ids().any(|id| id == revision.id);
        let id = match grown_from {
            true => Some(revision.id),
            false => {
                let mut git = self.0.clone();
                git.object_cache_size_if_unset(4 << 20);
                git.merge_base(head.id, revision.id).ok().flatten().map(gix::Id::detach)
            }
        };
        let name = |id: ObjectId, what| format!("{} at {}{what}", revision.name, short(id));
        Ok(match id {
            Some(id) => MergeBase { name: name(id, " (merge base)"), id, note: None },
            None => {
                let tip = name(revision.id, "");
                let note = format!(
                    "the merge base of {} and HEAD is not in this clone, so the findings are compared with {tip}: what was fixed there since counts as new here{}",
                    revision.name,
                    self.deepen(),
                );
                MergeBase { name: tip, id: revision.id, note: Some(note) }
            }
        })
    }

    /// What the tip of a revision holds.
    ///
    /// # Errors
    /// The commit cannot be read.
    pub fn tree(&self, revision: &Revision) -> Result<Tree, RevisionError> {
        self.tree_of(&revision.name, revision.id)
    }

    /// What a merge base holds.
    ///
    /// # Errors
    /// The commit cannot be read.
    pub fn tree_at(&self, base: &MergeBase) -> Result<Tree, RevisionError> {
        self.tree_of(&base.name, base.id)
    }

    fn tree_of(&self, name: &str, commit: ObjectId) -> Result<Tree, RevisionError> {
        let object = |why: String| RevisionError::Object { name: name.to_owned(), why };
        let found = self.0.find_commit(commit).map_err(|error| object(error.to_string()))?;
        let tree = found.tree_id().map_err(|error| object(error.to_string()))?.detach();
        Ok(Tree::new(self.clone(), name.to_owned(), commit, tree))
    }

    /// Why a name may lead to no commit, and what to do about it.
    fn missing(&self, name: &str) -> String {
        let upstream = ["@{u}", "@{upstream}", "@{push}"];
        if let Some(branch) = upstream.iter().find_map(|suffix| name.strip_suffix(suffix)) {
            let branch = if branch.is_empty() { "the branch that is checked out" } else { branch };
            return format!(
                "; {branch} follows no branch of another repository: `git branch --set-upstream-to=origin/BRANCH` says which, or name that one here"
            );
        }
        let (start, steps) = name.split_at(name.find(['~', '^']).unwrap_or(name.len()));
        match steps.is_empty() || meanings(&self.0, start).is_empty() {
            true => format!("; fetch it with `git fetch origin {start}`"),
            false => format!(
                "; the history of {start} does not go back so far: say {start} alone for all of it"
            ),
        }
    }

    /// What to say of a shallow clone, and nothing of a whole one.
    fn deepen(&self) -> &'static str {
        match self.0.is_shallow() {
            Ok(true) => DEEPEN,
            _ => "",
        }
    }
}

fn short(id: ObjectId) -> String {
    id.to_hex_with_len(7).to_string()
}
