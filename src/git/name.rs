//! What a name of git leads to. Whoever may push can call a branch or a tag as another is called,
//! so all that a name could mean is looked at, and not the first of it.

use gix::bstr::BStr;
use gix::prelude::ObjectIdExt as _;
use gix::refs::FullName;
use gix::{ObjectId, Repository, hash};

/// What a clone calls commits itself.
const OWN: &[&str] = &["@", "HEAD", "FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD"];

/// The commit that a whole reference such as `refs/heads/main` leads to, tags followed.
pub(super) fn exact(git: &Repository, reference: &str) -> Option<ObjectId> {
    let name = FullName::try_from(reference).ok()?;
    // Where there is none, git would go on to look for it among the tags.
    let mut found = git.try_find_reference(&name).ok()??;
    (found.name() == name.as_ref()).then(|| commit(found.peel_to_id().ok()?))?
}

/// The commits that a name may stand for, each once, by what it is called in full.
pub(super) fn meanings(git: &Repository, name: &str) -> Vec<(String, ObjectId)> {
    let end = name.find(['^', '~', ':']).into_iter().chain(name.find("@{")).min();
    let (head, steps) = name.split_at(end.unwrap_or(name.len()));
    if OWN.contains(&head) || (head.is_empty() && steps.starts_with("@{")) {
        return parse(git, name).map(|id| (name.to_owned(), id)).into_iter().collect();
    }
    let mut meanings: Vec<(String, ObjectId)> = Vec::new();
    for (whole, id) in starts(git, head) {
        let id = match steps {
            "" => Some(id),
            // The log of a reference, which is this clone's own.
            steps if steps.starts_with('@') => parse(git, &format!("{whole}{steps}")),
            steps => parse(git, &format!("{id}{steps}")),
        };
        if let Some(id) = id.filter(|id| meanings.iter().all(|(_, known)| known != id)) {
            meanings.push((whole + steps, id));
        }
    }
    meanings
}

/// What a name without steps from it may stand for: references, and a commit by its digits.
fn starts(git: &Repository, name: &str) -> Vec<(String, ObjectId)> {
    let digits = hash::Prefix::from_hex(name).ok();
    let is_whole = digits.is_some_and(|digits| digits.hex_len() == git.object_hash().len_in_hex());
    let wholes = if is_whole { Vec::new() } else { references(git, name) };
    let mut starts: Vec<(String, ObjectId)> =
        wholes.into_iter().filter_map(|whole| exact(git, &whole).map(|id| (whole, id))).collect();
    let object = digits.and_then(|digits| git.objects.lookup_prefix(digits, None).ok()??.ok());
    let object = object.and_then(|id| commit(id.attach(git)));
    starts.extend(object.map(|id| (id.to_string(), id)));
    starts
}

/// The references that git would take a name for. A branch of the origin is meant too where there
/// is no branch of that name, or only the one that is checked out, which may be a fork's.
fn references(git: &Repository, name: &str) -> Vec<String> {
    if name.starts_with("refs/") {
        return vec![name.to_owned()];
    }
    let own = format!("refs/heads/{name}");
    let is_checked_out =
        git.head_name().ok().flatten().is_some_and(|head| head.as_bstr() == own.as_str());
    let origin = (is_checked_out || exact(git, &own).is_none())
        .then(|| format!("refs/remotes/origin/{name}"));
    let others = [
        format!("refs/{name}"),
        format!("refs/tags/{name}"),
        format!("refs/remotes/{name}"),
        format!("refs/remotes/{name}/HEAD"),
    ];
    [own].into_iter().chain(others).chain(origin).collect()
}

fn parse(git: &Repository, name: &str) -> Option<ObjectId> {
    commit(git.rev_parse_single(BStr::new(name)).ok()?)
}

/// The commit that an object is, or that a tag is of.
fn commit(id: gix::Id) -> Option<ObjectId> {
    Some(id.object().ok()?.peel_to_commit().ok()?.id)
}
