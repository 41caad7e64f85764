//! How packages are installed.

use super::Fault;
use crate::engine::HitFix;
use crate::engine::docker::instruction::Keyword;
use crate::engine::docker::shell::Command;
use crate::engine::docker::text::Word;
use crate::engine::docker::view::{Site, View};

/// Package managers whose lists of packages are one.
const MANAGERS: &[&[&str]] = &[&["apt-get", "apt"], &["yum"], &["apk"], &["dnf"], &["zypper"]];
const UPDATES: &[&str] = &["update", "up"];
const INSTALLS: &[&str] =
    &["upgrade", "install", "source-install", "reinstall", "groupinstall", "localinstall", "add"];
const DNF_INSTALLS: &[&str] =
    &["install", "in", "reinstall", "rei", "install-n", "install-na", "install-nevra"];
const ZYPPER_CHANGES: &[&str] = &["install", "in", "remove", "rm", "source-install", "si", "patch"];

/// DS-0017: the lists are fetched in a layer of their own, where they grow old.
pub fn orphan_updates(view: &View) -> Vec<Fault> {
    let mut faults = Vec::new();
    for site in view.each(Keyword::Run) {
        let orphan = |tools: &&[&str]| {
            let runs = |verbs: &'static [&'static str]| {
                move |command: &Command| {
                    tools.iter().any(|tool| command.verb(tool, verbs).is_some())
                }
            };
            let update = site.commands.iter().position(runs(UPDATES))?;
            let install = site.commands.iter().rposition(runs(INSTALLS));
            install.is_none_or(|install| install <= update).then(|| site.commands[update].range())
        };
        if let Some(at) = MANAGERS.iter().find_map(orphan) {
            faults.push(Fault::of(site.instruction).at(at));
        }
    }
    faults
}

/// DS-0015.
pub fn yum_cache(view: &View) -> Vec<Fault> {
    unclean(view, "yum", &["install"], |command| has(&command.words, "all"))
}

/// DS-0019.
pub fn dnf_cache(view: &View) -> Vec<Fault> {
    unclean(view, "dnf", DNF_INSTALLS, |command| cleans_all(command, "dnf"))
}

/// DS-0027.
pub fn microdnf_cache(view: &View) -> Vec<Fault> {
    let is_clean = |command: &Command| cleans_all(command, "microdnf");
    unclean(view, "microdnf", &["install", "reinstall"], is_clean)
}

/// DS-0020.
pub fn zypper_cache(view: &View) -> Vec<Fault> {
    let is_clean = |command: &Command| command.verb("zypper", &["clean", "cc"]).is_some();
    unclean(view, "zypper", ZYPPER_CHANGES, is_clean)
}

fn has(words: &[Word], text: &str) -> bool {
    words.iter().any(|word| word.text == text)
}

fn cleans_all(command: &Command, tool: &str) -> bool {
    command.of(tool).is_some_and(|words| has(words, "clean") && has(words, "all"))
}

/// Each `RUN` whose last use of a tool for such things has nothing behind it that cleans up.
fn unclean(
    view: &View,
    tool: &str,
    verbs: &[&str],
    is_clean: impl Fn(&Command) -> bool,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    for site in view.each(Keyword::Run) {
        let last = site.commands.iter().rposition(|command| command.verb(tool, verbs).is_some());
        let Some(last) = last else { continue };
        if !site.commands[last + 1..].iter().any(&is_clean) {
            faults.push(Fault::of(site.instruction).at(site.commands[last].range()));
        }
    }
    faults
}

/// DS-0021. Nobody is there to answer, so the flag is what makes the build go on.
pub fn apt_confirmation(view: &View) -> Vec<Fault> {
    lacking(view, "apt-get", "install", says_yes, ("pass `-y`", true, " -y"))
}

fn says_yes(flag: &str) -> bool {
    let is_bundle = |flag: &str| flag.bytes().all(|byte| byte.is_ascii_alphabetic());
    let short = flag.strip_prefix('-').is_some_and(|it| is_bundle(it) && it.contains('y'));
    short || matches!(flag, "--yes" | "--assume-yes")
}

/// DS-0029. What was installed along with the rest may be needed, so it is a suggestion.
pub fn apt_recommends(view: &View) -> Vec<Fault> {
    let is_set = |flag: &str| {
        flag == "--no-install-recommends"
            || flag.trim_start_matches("-o").to_lowercase().starts_with("apt::install-recommends=")
    };
    let fix = ("pass `--no-install-recommends`", false, " --no-install-recommends");
    lacking(view, "apt-get", "install", is_set, fix)
}

/// DS-0025. The index is fetched anew, and nothing of it is kept.
pub fn apk_cache(view: &View) -> Vec<Fault> {
    let fix = ("pass `--no-cache`", true, " --no-cache");
    lacking(view, "apk", "add", |flag| flag == "--no-cache", fix)
}

/// One fault for each `RUN` that has a command of a tool without a flag, and a fix that adds it to
/// all of them: its description, whether it is safe, and what is added.
fn lacking(
    view: &View,
    tool: &str,
    verb: &str,
    is_flag: impl Fn(&str) -> bool,
    (description, safe, added): (&'static str, bool, &str),
) -> Vec<Fault> {
    let mut faults = Vec::new();
    for site in view.each(Keyword::Run) {
        let lacks = |command: &&Command| {
            command.verb(tool, &[verb]).is_some()
                && !command.of(tool).unwrap_or_default().iter().any(|word| is_flag(&word.text))
        };
        let lacking: Vec<&Command> = site.commands.iter().filter(lacks).collect();
        let Some(first) = lacking.first() else { continue };
        let places = lacking.iter().filter_map(|command| command.verb(tool, &[verb]));
        let can_add = |word: &&Word| site.instruction.list.is_none() && view.is_plain(word);
        let edit = |word: &Word| (word.range.end..word.range.end, Box::from(added));
        let edits: Vec<_> = places.filter(can_add).map(edit).collect();
        let fix = HitFix { description: description.into(), safe, edits };
        let fix = (fix.edits.len() == lacking.len()).then_some(fix);
        faults.push(Fault::of(site.instruction).at(first.range()).with(fix));
    }
    faults
}

/// DS-0024.
pub fn dist_upgrades(view: &View) -> Vec<Fault> {
    let upgrades = |site: &Site| {
        let is_upgrade = |command: &&Command| command.verb("apt-get", &["dist-upgrade"]).is_some();
        let command = site.commands.iter().find(is_upgrade)?;
        Some(Fault::of(site.instruction).at(command.range()))
    };
    view.each(Keyword::Run).filter_map(upgrades).collect()
}
