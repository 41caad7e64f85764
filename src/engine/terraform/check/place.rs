//! Where a finding is: the attribute at fault, or the innermost block that lacks it.

use super::subject::Subject;
use crate::engine::terraform::{Block, Place};
use std::borrow::Cow;

/// What the names at the beginning of a path stand for.
pub struct Roots<'a> {
    pub subject: &'a Subject<'a>,
    /// The blocks of other resources, by the names that the rule gives them.
    pub with: &'a [(&'static str, Option<&'a Block>)],
}

impl Roots<'_> {
    /// The place that the first of the paths leads to the end of; where none does, as far as the
    /// first goes. With the way to it from its resource.
    pub fn fault(&self, paths: &[Vec<&'static str>]) -> (Place, String) {
        let mut nearest = None;
        for path in paths {
            let Some((place, way, is_there)) = self.follow(path) else { continue };
            if is_there {
                return (place, way);
            }
            nearest.get_or_insert((place, way));
        }
        nearest.unwrap_or_else(|| (self.subject.place().clone(), self.subject.path().join(".")))
    }

    /// As far as a path goes, and whether to its end; none where its root is nothing.
    fn follow(&self, path: &[&'static str]) -> Option<(Place, String, bool)> {
        let (root, steps) = path.split_first()?;
        let subject = self.subject;
        let own = subject.path();
        let (block, mut way) = match *root {
            "self" if subject.element.is_some() => {
                return Some((subject.place().clone(), own.join("."), true));
            }
            "self" => (subject.block, own.clone()),
            "resource" => (*subject.around.first().unwrap_or(&subject.block), Vec::new()),
            "parent" => match subject.element {
                Some(_) => (subject.block, own[..own.len().saturating_sub(1)].to_vec()),
                None => {
                    let parent = *subject.around.last().unwrap_or(&subject.block);
                    (parent, own[..own.len().saturating_sub(1)].to_vec())
                }
            },
            name => ((self.with.iter().find(|(own, _)| *own == name)?).1?, Vec::new()),
        };
        let mut at = block;
        for (index, step) in steps.iter().enumerate() {
            if let Some(attribute) = at.attributes.get(step) {
                way.push(Cow::Borrowed(step));
                return Some((attribute.place.clone(), way.join("."), true));
            }
            match at.blocks.iter().find(|inner| *inner.kind == **step) {
                Some(inner) => at = inner,
                None => {
                    // What is missing has a name too: the identity goes by it.
                    way.extend(steps[index..].iter().map(|step| Cow::Borrowed(*step)));
                    return Some((at.place.clone(), way.join("."), false));
                }
            }
            way.push(Cow::Borrowed(step));
        }
        Some((at.place.clone(), way.join("."), true))
    }
}
