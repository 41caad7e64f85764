//! What `RUN` has a shell do.

use super::Fault;
use crate::engine::docker::instruction::Keyword;
use crate::engine::docker::shell::Command;
use crate::engine::docker::view::{Site, View};

/// DS-0010.
pub fn sudo(view: &View) -> Vec<Fault> {
    running(view, |command| command.name() == "sudo")
}

/// DS-0013. In parentheses, `cd` holds for what is inside alone.
pub fn changes_of_folder(view: &View) -> Vec<Fault> {
    running(view, |command| command.name() == "cd" && command.words.len() > 1 && !command.is_apart)
}

/// One fault for each `RUN` with such a command.
fn running(view: &View, is_bad: fn(&Command) -> bool) -> Vec<Fault> {
    let first = |site: &Site| {
        let command = site.commands.iter().find(|command| is_bad(command))?;
        Some(Fault::of(site.instruction).at(command.range()))
    };
    view.each(Keyword::Run).filter_map(first).collect()
}

/// DS-0014: both in one stage. Where the first `wget` is.
pub fn two_downloaders(view: &View) -> Vec<Fault> {
    let mut faults = Vec::new();
    for stage in view.stages() {
        let uses = |tool: &str| {
            stage.iter().find_map(|site| {
                let command = site.commands.iter().find(|command| command.name() == tool)?;
                Some(Fault::of(site.instruction).at(command.range()))
            })
        };
        if let (Some(fault), Some(_)) = (uses("wget"), uses("curl")) {
            faults.push(fault);
        }
    }
    faults
}
