//! Which files are known again under another path.

use super::Trail;
use crate::finding::Finding;
use crate::target::Sketch;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Files less alike than this are not one: of two equally long ones, more than half of the lines
/// must be the same. `docs/reference/identity.md` has the measurement that it was chosen by.
const LEAST: f32 = 0.4;
/// The best match must be this much better than the next, or keep more of the path's end.
const MARGIN: f32 = 0.1;
/// A line that more of the files have tells none of them.
const COMMON: usize = 64;

/// The former path of each path that came: the two files are alike, and each is the best match
/// of the other. A path that is still there, or that was there before, is not renamed.
pub(super) fn renames(
    gone: &Trail,
    come: &[&mut Finding],
    sketches: &HashMap<Arc<str>, Sketch>,
    exists: &dyn Fn(&str) -> bool,
) -> HashMap<Arc<str>, Arc<str>> {
    let had: HashSet<&Arc<str>> = gone.traces.iter().map(|trace| &trace.path).collect();
    let went = sketched(had.iter().copied(), &gone.sketches, |path| !exists(path));
    let came = sketched(come.iter().map(|finding| &finding.location.path), sketches, |path| {
        !had.contains(path) && !gone.sketches.contains_key(path)
    });
    let pairs = alike(&went, &came);
    let by = |side: fn(&Pair) -> usize, other: fn(&Pair) -> usize| {
        let mut groups: HashMap<usize, Vec<&Pair>> = HashMap::new();
        pairs.iter().for_each(|pair| groups.entry(side(pair)).or_default().push(pair));
        let best = |(at, group): (usize, Vec<&Pair>)| Some((at, other(best(&group)?)));
        groups.into_iter().filter_map(best).collect::<HashMap<usize, usize>>()
    };
    let (to, from) = (by(|p| p.went, |p| p.came), by(|p| p.came, |p| p.went));
    to.into_iter()
        .filter(|(went, came)| from.get(came) == Some(went))
        .map(|(from, to)| (came[to].0.clone(), went[from].0.clone()))
        .collect()
}

type Sketched<'a> = Vec<(&'a Arc<str>, &'a Sketch)>;

fn sketched<'a>(
    paths: impl Iterator<Item = &'a Arc<str>>,
    sketches: &'a HashMap<Arc<str>, Sketch>,
    wanted: impl Fn(&Arc<str>) -> bool,
) -> Sketched<'a> {
    let known: BTreeMap<&Arc<str>, &Sketch> =
        paths.filter_map(|path| Some((path, sketches.get(path)?))).collect();
    known.into_iter().filter(|(path, _)| wanted(path)).collect()
}

/// A file that went and one that came, by their places in the lists, and how alike they are.
struct Pair {
    went: usize,
    came: usize,
    similarity: f32,
    /// How many names at the end of the two paths are equal.
    names: usize,
}

/// Every pair that is alike enough. Only files with a line in common that is not everywhere are
/// compared.
fn alike(went: &Sketched, came: &Sketched) -> Vec<Pair> {
    let mut having: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, (_, sketch)) in went.iter().enumerate() {
        sketch.0.iter().for_each(|hash| having.entry(*hash).or_default().push(at));
    }
    having.retain(|_, files| files.len() <= COMMON);
    let mut pairs = Vec::new();
    for (at, (path, sketch)) in came.iter().enumerate() {
        let mut candidates: Vec<usize> =
            sketch.0.iter().filter_map(|hash| having.get(hash)).flatten().copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        pairs.extend(candidates.into_iter().filter_map(|candidate| {
            let (old_path, old) = went[candidate];
            let similarity = old.similarity(sketch);
            let pair =
                || Pair { went: candidate, came: at, similarity, names: names(old_path, path) };
            (similarity >= LEAST).then(pair)
        }));
    }
    pairs
}

fn names(a: &str, b: &str) -> usize {
    a.rsplit('/').zip(b.rsplit('/')).take_while(|(a, b)| a == b).count()
}

/// The one that is clearly the best, if any is: among those about as alike as the most alike,
/// the only one that keeps most of the path's end.
fn best<'a>(group: &[&'a Pair]) -> Option<&'a Pair> {
    let most = group.iter().map(|pair| pair.similarity).fold(0.0, f32::max);
    let near: Vec<&Pair> =
        group.iter().copied().filter(|pair| pair.similarity > most - MARGIN).collect();
    let names = near.iter().map(|pair| pair.names).max()?;
    let mut first = near.into_iter().filter(|pair| pair.names == names);
    first.next().filter(|_| first.next().is_none())
}
