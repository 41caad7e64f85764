//! Files that moved: what is new elsewhere is compared with what it was, as `git log` does.

use super::changes::Change;
use super::objects::{Blob, Objects, Troubles};
use gix::ObjectId;
use std::collections::{HashMap, HashSet};

/// No more pairs than this are compared by content; git's own bound.
const PAIRS: usize = 1_000_000;
/// What two files must have in common to be one that moved, of 100.
const ENOUGH: u64 = 50;
/// The same where they alone have one name.
const ENOUGH_BY_NAME: u64 = 75;
/// Among so many files of one content one of the same name is looked for.
const NAMESAKES: usize = 64;
/// Git looks at so many bytes of a line at a time.
const PIECE: usize = 64;

/// Gives files that are new the state that they had elsewhere, and takes away what is gone.
pub fn follow(changes: &mut Vec<Change>, objects: &mut Objects, troubles: &Troubles) {
    let of = |wanted: fn(&Change) -> bool| -> Vec<usize> {
        (0..changes.len()).filter(|at| wanted(&changes[*at])).collect()
    };
    let mut gone = of(|change| change.new.is_none());
    let mut fresh = of(|change| change.old.is_none());
    if !gone.is_empty() && !fresh.is_empty() {
        pair_equal(changes, &mut gone, &mut fresh);
        pair_alike(changes, &gone, &fresh, objects, troubles);
    }
    changes.retain(|change| change.new.is_some() && change.new != change.old);
}

/// Files whose content moved as it is. One of the same name goes first.
fn pair_equal(changes: &mut [Change], gone: &mut Vec<usize>, fresh: &mut Vec<usize>) {
    let mut by_content: HashMap<ObjectId, Vec<usize>> = HashMap::new();
    for &at in gone.iter() {
        if let Some(id) = changes[at].old {
            by_content.entry(id).or_default().push(at);
        }
    }
    let mut moved = HashSet::new();
    fresh.retain(|&at| {
        let olds = changes[at].new.and_then(|id| by_content.get_mut(&id));
        let Some(olds) = olds.filter(|olds| !olds.is_empty()) else { return true };
        let same_name = |old: &usize| name(&changes[*old].path) == name(&changes[at].path);
        let which = olds.iter().take(NAMESAKES).position(same_name).unwrap_or(0);
        let old = olds.swap_remove(which);
        changes[at].old = changes[old].old;
        moved.insert(old);
        false
    });
    gone.retain(|at| !moved.contains(at));
}

/// Files that moved and changed: first those that alone have a name, then the most alike.
fn pair_alike(
    changes: &mut [Change],
    gone: &[usize],
    fresh: &[usize],
    objects: &mut Objects,
    troubles: &Troubles,
) {
    if gone.is_empty() || gone.len().saturating_mul(fresh.len()) > PAIRS {
        return;
    }
    let mut pieces = |id: Option<ObjectId>, path: &[u8]| match objects.blob(id?, path, troubles) {
        Blob::Text(text) => Some(Pieces::of(&text)),
        Blob::Binary(_) | Blob::Unread => None,
    };
    let olds: Vec<_> = gone.iter().map(|at| pieces(changes[*at].old, &changes[*at].path)).collect();
    let news: Vec<_> =
        fresh.iter().map(|at| pieces(changes[*at].new, &changes[*at].path)).collect();
    let alike = |old: usize, new: usize| match (&olds[old], &news[new]) {
        (Some(old), Some(new)) => old.alike(new),
        _ => 0,
    };
    let alone = |of: &[usize]| {
        let mut names: HashMap<&[u8], Option<usize>> = HashMap::new();
        for (index, at) in of.iter().enumerate() {
            names
                .entry(name(&changes[*at].path))
                .and_modify(|one| *one = None)
                .or_insert(Some(index));
        }
        names
    };
    let (mut old_taken, mut new_taken) = (vec![false; olds.len()], vec![false; news.len()]);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let old_names = alone(gone);
    for (name, new) in alone(fresh) {
        if let (Some(Some(old)), Some(new)) = (old_names.get(name), new)
            && alike(*old, new) >= ENOUGH_BY_NAME
        {
            (old_taken[*old], new_taken[new]) = (true, true);
            pairs.push((*old, new));
        }
    }
    let mut scored: Vec<(u64, usize, usize)> = Vec::new();
    for old in (0..olds.len()).filter(|old| !old_taken[*old]) {
        let left = (0..news.len()).filter(|new| !new_taken[*new]);
        let scores = left.map(|new| (alike(old, new), old, new));
        scored.extend(scores.filter(|(score, ..)| *score >= ENOUGH));
    }
    scored.sort_by(|one, other| other.cmp(one));
    for (_, old, new) in scored {
        if !old_taken[old] && !new_taken[new] {
            (old_taken[old], new_taken[new]) = (true, true);
            pairs.push((old, new));
        }
    }
    for (old, new) in pairs {
        changes[fresh[new]].old = changes[gone[old]].old;
    }
}

/// The last part of a path.
fn name(path: &[u8]) -> &[u8] {
    &path[memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1)..]
}

/// What a text is made of: lines, or parts of long ones, by hash, and how many bytes each is in
/// all.
struct Pieces {
    size: u64,
    sorted: Vec<(u32, u32)>,
}

impl Pieces {
    fn of(text: &[u8]) -> Pieces {
        let mut all: Vec<(u32, u32)> = Vec::with_capacity(text.len() / 24 + 1);
        let mut rest = text;
        while !rest.is_empty() {
            let most = rest.len().min(PIECE);
            let end = memchr::memchr(b'\n', &rest[..most]).map_or(most, |end| end + 1);
            all.push((hash(&rest[..end]), end as u32));
            rest = &rest[end..];
        }
        all.sort_unstable();
        all.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            kept.1 = if same { kept.1.saturating_add(later.1) } else { kept.1 };
            same
        });
        Pieces { size: text.len() as u64, sorted: all }
    }

    /// How much of the larger is in both, of 100.
    fn alike(&self, other: &Pieces) -> u64 {
        let (least, most) = (self.size.min(other.size), self.size.max(other.size));
        if most == 0 || least * 100 < most * ENOUGH {
            return 0;
        }
        let (mut common, mut at) = (0, 0);
        for (hash, bytes) in &self.sorted {
            while other.sorted.get(at).is_some_and(|(one, _)| one < hash) {
                at += 1;
            }
            if let Some((_, more)) = other.sorted.get(at).filter(|(one, _)| one == hash) {
                common += u64::from(*bytes.min(more));
            }
        }
        common * 100 / most
    }
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_counts_lines_wherever_they_stand() {
        let of = |text: &str| Pieces::of(text.as_bytes());
        assert_eq!(of("one\ntwo\n").alike(&of("two\none\n")), 100);
        assert_eq!(of("one\ntwo\n").alike(&of("one\nsix\n")), 50);
        assert_eq!(of("one\n").alike(&of("one\ntwo\nsix\n")), 0, "of other sizes");
        assert_eq!(of("").alike(&of("")), 0);
    }
}
