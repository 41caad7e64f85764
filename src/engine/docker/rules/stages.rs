//! Instructions of which a stage has too many, or a file none.

use super::Fault;
use crate::engine::HitFix;
use crate::engine::docker::instruction::{Instruction, Keyword};
use crate::engine::docker::view::{Site, View};

/// DS-0007.
pub fn entrypoints(view: &View) -> Vec<Fault> {
    repeated(view, Keyword::Entrypoint)
}

/// DS-0016.
pub fn commands(view: &View) -> Vec<Fault> {
    repeated(view, Keyword::Cmd)
}

/// DS-0023.
pub fn healthchecks(view: &View) -> Vec<Fault> {
    repeated(view, Keyword::Healthcheck)
}

/// The second of a kind in each stage.
fn repeated(view: &View, keyword: Keyword) -> Vec<Fault> {
    let second = |stage: &[Site]| {
        let all: Vec<&Instruction> = stage
            .iter()
            .map(|site| site.instruction)
            .filter(|it| it.keyword == keyword && !it.is_trigger)
            .collect();
        let message = format!("{} in one stage: only the last counts", all.len());
        all.get(1).map(|second| Fault::of(second).saying(message))
    };
    view.stages().into_iter().filter_map(second).collect()
}

/// DS-0022. What replaces it is another field of the image, so it is a suggestion.
pub fn maintainers(view: &View) -> Vec<Fault> {
    view.each(Keyword::Maintainer)
        .map(|site| Fault::of(site.instruction).with(label(view, site.instruction)))
        .collect()
}

fn label(view: &View, maintainer: &Instruction) -> Option<HitFix> {
    let text = maintainer.arguments.as_str();
    let range = maintainer.name.start..maintainer.range.end;
    let is_plain = !text.is_empty()
        && !text.contains(['"', '\'', '\\', '`', '$'])
        && view.source.get(range.clone())?.ends_with(text);
    is_plain.then(|| HitFix {
        description: "say it with the label `org.opencontainers.image.authors`".into(),
        safe: false,
        edits: vec![(range, format!("LABEL org.opencontainers.image.authors=\"{text}\"").into())],
    })
}

/// DS-0026.
pub fn no_healthcheck(view: &View) -> Vec<Fault> {
    if view.file.all(Keyword::Healthcheck).next().is_some() {
        return Vec::new();
    }
    view.image().map(|image| Fault::of(image).about("HEALTHCHECK")).into_iter().collect()
}
