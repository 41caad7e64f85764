//! What is copied into an image, and where.

use super::Fault;
use crate::engine::HitFix;
use crate::engine::docker::instruction::Keyword;
use crate::engine::docker::scope::UNKNOWN;
use crate::engine::docker::text::Word;
use crate::engine::docker::view::{Site, View};

/// What only `ADD` can do: unpack, download, clone.
const ADDED: &[&str] = &[".tar", "http://", "https://", "git@"];
/// Endings of what `ADD` may unpack, and `COPY` does not.
const PACKED: &[&str] = &["gz", "bz2", "xz", "zst", "tgz", "tbz", "tbz2", "txz", "tlz", "git"];
/// Flags that both have.
const COMMON: &[&str] = &["--chown=", "--chmod=", "--link", "--exclude="];
/// How the history of an image writes what was added: no Dockerfile that builds has it.
const HISTORY: &[&str] = &["file:", "multi:", "dir:"];
/// Folders of the system.
const SYSTEM: &[&str] = &["/proc/", "/boot/", "/dev/", "/initrd/", "/lost+found/"];

/// DS-0005. A source that may be an address is passed over.
pub fn additions(view: &View) -> Vec<Fault> {
    let is_needed = |value: &String| {
        ADDED.iter().any(|part| value.contains(part)) || value.starts_with(UNKNOWN)
    };
    view.each(Keyword::Add)
        .filter(|site| !is_history(site) && !site.words.iter().any(|(_, it)| is_needed(it)))
        .map(|site| Fault::of(site.instruction).with(copy(view, site)))
        .collect()
}

fn is_history(site: &Site) -> bool {
    let first = site.words.first().map_or("", |(word, _)| &word.text);
    HISTORY.iter().any(|form| first.starts_with(form))
        && site.words.get(1).is_some_and(|(word, _)| word.text == "in")
}

/// `COPY` in its place, where the sources are names of files that nothing unpacks.
fn copy(view: &View, site: &Site) -> Option<HitFix> {
    let name = site.instruction.name.clone();
    let sources = site.words.split_last().map(|(_, sources)| sources)?;
    let is_file = |(word, _): &(Word, String)| {
        let ending = word.text.rsplit('.').next().unwrap_or_default().to_lowercase();
        !word.text.contains(['$', '*', '?', '[', ':', '@']) && !PACKED.contains(&&*ending)
    };
    let flags = &site.instruction.flags;
    let has_flags = flags.iter().all(|flag| COMMON.iter().any(|it| flag.text.starts_with(it)));
    if sources.is_empty() || !sources.iter().all(is_file) || !has_flags {
        return None;
    }
    let is_lower = view.source.get(name.clone())?.starts_with('a');
    Some(HitFix {
        description: "write `COPY`".into(),
        safe: true,
        edits: vec![(name, if is_lower { "copy" } else { "COPY" }.into())],
    })
}

/// DS-0011.
pub fn copies_without_slash(view: &View) -> Vec<Fault> {
    let mut faults = Vec::new();
    for site in view.each(Keyword::Copy).filter(|site| !is_history(site)) {
        let Some(((word, folder), [_, _, ..])) = site.words.split_last() else { continue };
        if !folder.ends_with(['/', '\\', UNKNOWN]) {
            let slash = (word.range.end..word.range.end, "/".into());
            let fix = view.is_plain(word).then(|| HitFix {
                description: "end the folder with a slash".into(),
                safe: true,
                edits: vec![slash],
            });
            faults.push(Fault::of(site.instruction).with(fix));
        }
    }
    faults
}

/// DS-0009. What has a variable anywhere is taken to be right.
pub fn relative_workdirs(view: &View) -> Vec<Fault> {
    let is_relative = |site: &&Site| {
        let path = site.words.first().map_or("", |(word, _)| &word.text);
        let has_drive = path.contains(":\\") || path.contains(":/");
        !path.is_empty()
            && !path.trim_start_matches(['"', '\'']).starts_with('/')
            && !has_drive
            && !path.contains('$')
    };
    let sites = view.each(Keyword::Workdir).filter(is_relative);
    sites.map(|site| Fault::of(site.instruction)).collect()
}

/// DS-0030.
pub fn system_workdirs(view: &View) -> Vec<Fault> {
    let is_system = |site: &&Site| {
        let path = site.words.first().map_or("", |(_, value)| value).trim_matches(['"', '\'']);
        SYSTEM.iter().any(|folder| path.starts_with(folder))
    };
    let sites = view.each(Keyword::Workdir).filter(is_system);
    sites.map(|site| Fault::of(site.instruction)).collect()
}
