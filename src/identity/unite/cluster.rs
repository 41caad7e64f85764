//! Which findings of one file are one. The most exact place comes first and each wider one joins
//! what it overlaps: so two defects of one block stay two, whoever reports the block as a whole.

use super::place::Place;
use std::collections::BTreeMap;

/// What is compared of a finding: small, and without text.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// Its index among the findings.
    pub index: usize,
    /// Stands for its tool and rule. Two findings that one rule of one tool holds are two.
    pub rule: u32,
    /// Stands for the kind of secret, where the rule tells it.
    pub kind: Option<u32>,
    pub place: Place,
}

/// Findings that are one.
struct Cluster {
    seed: Place,
    members: Vec<usize>,
    rules: Vec<u32>,
    kind: Option<u32>,
}

/// How many clusters near a place are looked at: bounds the work on a file made to be slow.
const NEAR: usize = 256;

/// Sorts the members of one group in one file into clusters of indices; only those of two or more.
pub fn cluster(members: &mut [Member]) -> Vec<Vec<usize>> {
    if members.iter().all(|member| member.rule == members[0].rule) {
        return Vec::new();
    }
    members.sort_unstable_by_key(|member| (member.place.extent(), member.index));
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut begin: BTreeMap<((u32, u32), usize), ()> = BTreeMap::new();
    for member in members.iter() {
        let from = (member.place.reach(), 0);
        let to = (member.place.end(), 0);
        let near = begin.range(from..to).take(NEAR).map(|((_, cluster), ())| *cluster);
        let mut fitting: Vec<usize> = near.filter(|&near| clusters[near].takes(member)).collect();
        fitting.sort_unstable_by_key(|&near| (clusters[near].distance(member), near));
        let Some((&best, others)) = fitting.split_first() else {
            begin.insert((member.place.start(), clusters.len()), ());
            clusters.push(Cluster::of(member));
            continue;
        };
        for &other in others.iter().filter(|_| member.place.lines() > 0) {
            if clusters[best].is_one_block_with(&clusters[other], member) {
                let Cluster { members, rules, .. } = clusters[other].emptied();
                clusters[best].members.extend(members);
                clusters[best].rules.extend(rules);
            }
        }
        clusters[best].add(member);
    }
    clusters.into_iter().map(|cluster| cluster.members).filter(|m| m.len() > 1).collect()
}

impl Cluster {
    fn of(member: &Member) -> Cluster {
        Cluster {
            seed: member.place,
            members: vec![member.index],
            rules: vec![member.rule],
            kind: member.kind,
        }
    }

    fn add(&mut self, member: &Member) {
        self.members.push(member.index);
        self.rules.push(member.rule);
        self.kind = self.kind.or(member.kind);
    }

    /// Takes all out, so that nothing fits any more.
    fn emptied(&mut self) -> Cluster {
        Cluster {
            seed: self.seed,
            members: std::mem::take(&mut self.members),
            rules: std::mem::take(&mut self.rules),
            kind: self.kind,
        }
    }

    fn takes(&self, member: &Member) -> bool {
        let exact = !self.seed.has_whole_lines() && !member.place.has_whole_lines();
        let two_kinds = matches!((self.kind, member.kind), (Some(a), Some(b)) if a != b);
        let free = !self.members.is_empty() && !self.rules.contains(&member.rule);
        free && self.seed.overlaps(member.place) && (exact || !two_kinds)
    }

    /// How well a member fits; the least fits best.
    fn distance(&self, member: &Member) -> (bool, bool, u32, u32) {
        let (seed, place) = (self.seed, member.place);
        (
            self.kind.is_none() || self.kind != member.kind,
            seed.has_whole_lines() || place.has_whole_lines(),
            seed.start().0.abs_diff(place.start().0),
            seed.start().1.abs_diff(place.start().1),
        )
    }

    /// Whether tools that know lines only have seen two lines of the same block: the first of a
    /// private key, and the second.
    fn is_one_block_with(&self, other: &Cluster, block: &Member) -> bool {
        block.kind.is_some()
            && [self, other].iter().all(|c| c.kind == block.kind && c.seed.has_whole_lines())
            && !other.rules.contains(&block.rule)
            && !self.rules.iter().any(|rule| other.rules.contains(rule))
    }
}
