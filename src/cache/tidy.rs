//! Keeping the cache small and quick to open: few packs, and not too much in them.
//!
//! A pack that is removed while another scan has it open stays readable to that scan.

use super::pack::{self, Pack, Writer};
use std::fs;
use std::io;
use std::path::Path;

/// Packs below this size are joined …
const SMALL: u64 = 16 << 20;
/// … when there are more of them than this.
const MANY: usize = 12;

/// Joins small packs, and removes those not used for longest when all are over the limit. What
/// this scan used (as `open` packs know) is kept.
pub(super) fn tidy(dir: &Path, open: &[Pack], limit: u64) -> io::Result<()> {
    let mut packs: Vec<Pack> =
        pack::list(dir)?.iter().filter_map(|path| Pack::open(path).ok()).collect();
    if packs.iter().filter(|pack| pack.size < SMALL).count() > MANY {
        let (small, large): (Vec<_>, Vec<_>) =
            packs.into_iter().partition(|pack| pack.size < SMALL);
        join(dir, &small)?;
        packs = large;
    }
    let mut total: u64 = packs.iter().map(|pack| pack.size).sum();
    if total <= limit {
        return Ok(());
    }
    packs.sort_by_key(|pack| pack.modified);
    let mut kept = Writer::new(dir);
    let mut removed = Vec::new();
    for pack in packs {
        // Some room is left, so that the next scan need not do this again.
        if total <= limit / 4 * 3 {
            break;
        }
        total -= pack.size;
        if let Some(opened) = open.iter().find(|opened| opened.path == pack.path) {
            let used = opened.all().filter(|(_, _, used)| *used);
            for (key, place, _) in used {
                kept.put(&key, &opened.entry(place)?, place.sum);
            }
        }
        removed.push(pack);
    }
    let kept = kept.finish()?;
    remove(&removed, kept.as_deref());
    Ok(())
}

/// Writes the entries of many packs into one.
fn join(dir: &Path, packs: &[Pack]) -> io::Result<()> {
    let mut joined = Writer::new(dir);
    for pack in packs {
        for (key, place, _) in pack.all() {
            joined.put(&key, &pack.entry(place)?, place.sum);
        }
    }
    let joined = joined.finish()?;
    remove(packs, joined.as_deref());
    Ok(())
}

/// Removes packs, but not the one that has just been written: it may equal one of them.
fn remove(packs: &[Pack], written: Option<&Path>) {
    for pack in packs.iter().filter(|pack| Some(&*pack.path) != written) {
        // Another scan may have been faster, or hold it where open files cannot be removed.
        fs::remove_file(&pack.path).ok();
    }
}
