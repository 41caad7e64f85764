//! What an image is built on, who it runs as, and what its stages are called.

use super::Fault;
use crate::engine::docker::instruction::Keyword;
use crate::engine::docker::scope::UNKNOWN;
use crate::engine::docker::view::View;
use std::collections::{HashMap, HashSet};

/// The image that stands for nothing.
const SCRATCH: &str = "scratch";

/// DS-0001: `latest`, or no tag at all. What a variable that is not known decides is passed over.
pub fn latest(view: &View) -> Vec<Fault> {
    let mut aliases: HashSet<String> = HashSet::new();
    let mut faults = Vec::new();
    for site in view.each(Keyword::From).filter(|site| !site.instruction.is_trigger) {
        if let Some((_, image)) = site.words.first() {
            let is_stage = image == SCRATCH || aliases.contains(&image.to_lowercase());
            if !is_stage && is_latest(image) {
                let shown = image.replace(UNKNOWN, "…");
                let message = format!("The image `{shown}` is whatever is newest");
                faults.push(Fault::of(site.instruction).saying(message));
            }
        }
        aliases.extend(site.instruction.alias());
    }
    faults
}

fn is_latest(image: &str) -> bool {
    // A colon before the last slash is that of a port.
    let name = image.rsplit('/').next().unwrap_or(image);
    match name.split_once(':') {
        _ if name.contains('@') => false,
        Some((_, tag)) => tag == "latest",
        None => !name.is_empty() && !name.contains(UNKNOWN),
    }
}

/// DS-0002: the last user is root, or none is set.
pub fn root(view: &View) -> Vec<Fault> {
    let users = view.each(Keyword::User).filter(|site| !site.instruction.is_trigger);
    let Some(last) = users.last() else {
        let message = "No `USER` is set: the image runs as root, or as its base says".to_owned();
        let missing = view.image().map(|image| Fault::of(image).saying(message).about("USER"));
        return missing.into_iter().collect();
    };
    let user = last.words.first().map_or("", |(_, user)| user);
    let user = user.trim_matches(['"', '\'']).split(':').next().unwrap_or_default();
    match user {
        "root" | "0" => {
            let message = "The last `USER` is root".to_owned();
            vec![Fault::of(last.instruction).saying(message)]
        }
        _ => Vec::new(),
    }
}

/// DS-0012: a later stage, built on something else, has the same name.
pub fn duplicate_aliases(view: &View) -> Vec<Fault> {
    let stages = view.file.stages.iter().rev();
    let mut later: HashMap<&str, (String, bool)> = HashMap::new();
    let mut faults = Vec::new();
    for stage in stages {
        let (Some(alias), Some(from)) = (&stage.alias, view.file.of_stage(stage).first()) else {
            continue;
        };
        let text = from.arguments.as_str().to_lowercase();
        match later.get_mut(alias.as_str()) {
            None => _ = later.insert(alias, (text, false)),
            Some((other, is_mixed)) => {
                *is_mixed |= *other != text;
                if *is_mixed {
                    let message = format!("A later stage is called `{alias}` too");
                    faults.push(Fault::of(from).saying(message));
                }
            }
        }
    }
    faults.reverse();
    faults
}

/// DS-0006: a stage copies from itself.
pub fn copies_from_itself(view: &View) -> Vec<Fault> {
    let mut faults = Vec::new();
    for stage in &view.file.stages {
        let own = view.file.of_stage(stage).iter().filter(|it| !it.is_trigger);
        let copies = own.filter(|it| it.keyword == Keyword::Copy);
        let itself = copies.filter(|copy| {
            copy.flag("from").is_some_and(|from| Some(from.to_lowercase()) == stage.alias)
        });
        faults.extend(itself.map(Fault::of));
    }
    faults
}
