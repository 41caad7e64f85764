//! The change that mends a finding, where setting one attribute is enough.

use super::check::Outcome;
use super::{Block, Place, Project};
use crate::engine::HitFix;
use std::ops::Range;

/// The change, where the rule says to what the attribute is set and the source has one place for
/// it: a literal that is replaced, or a block with lines of its own that gets the attribute. What
/// comes from elsewhere is changed elsewhere. None is safe to make without looking: many a setting
/// makes a resource anew.
pub fn fix(project: &Project, outcome: &Outcome) -> Option<HitFix> {
    let value = outcome.set?;
    let name = outcome.attribute.rsplit('.').next().filter(|name| !name.is_empty())?;
    let file = &project.files[outcome.place.file as usize];
    if file.path.ends_with(".json") {
        return None;
    }
    let instance = &project.instances[outcome.instance as usize];
    let text = std::str::from_utf8(&file.bytes).ok()?;
    let (range, change) = match block_at(&instance.block, &outcome.place) {
        Some(block) => missing(block, &outcome.attribute, text, &format!("{name} = {value}"))?,
        None => {
            let is_literal = project.origin(instance, &outcome.place).is_empty();
            let range = outcome.place.range.clone();
            let written = text.get(range.clone())?;
            let (own, expression) = written.split_once('=')?;
            let is_one_word = !expression.trim().contains(|c: char| "(${\n".contains(c));
            let is_own = own.trim() == name && is_literal && is_one_word;
            let kept = own.len() + 1 + (expression.len() - expression.trim_start().len());
            is_own.then(|| (range.start + kept..range.end, value.to_owned()))?
        }
    };
    Some(HitFix {
        description: format!("set `{name} = {value}`").into(),
        safe: false,
        edits: vec![(range, change.into())],
    })
}

/// The block at exactly that place.
fn block_at<'a>(block: &'a Block, place: &Place) -> Option<&'a Block> {
    match block.place == *place {
        true => Some(block),
        false => block.blocks.iter().find_map(|inner| block_at(inner, place)),
    }
}

/// A line for a block that lacks an attribute, in front of its first one. Nothing where the block
/// that would hold it is missing too.
fn missing(
    block: &Block,
    attribute: &str,
    text: &str,
    line: &str,
) -> Option<(Range<usize>, String)> {
    let is_resource = !attribute.contains('.');
    let around = attribute.rsplit('.').nth(1);
    if !(is_resource || around == Some(&*block.kind)) {
        return None;
    }
    let written = text.get(block.place.range.clone())?;
    let open = written.find('{')? + 1;
    let at = block.place.range.start + open;
    let ends_there = written[open..].lines().next().is_none_or(|rest| rest.trim().is_empty());
    let begin = text[..block.place.range.start].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = text[begin..].chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
    (ends_there && written.contains('\n')).then(|| (at..at, format!("\n{indent}  {line}")))
}
