//! Names of entries. They are shown and compared with patterns; no file is ever opened by one.

use crate::target::shown;

/// The longest name that is shown, in bytes.
const LONGEST: usize = 1024;
/// What a name that says nothing is shown as.
const NONE: &str = "unnamed";

/// The name of an entry as a path below its archive: without a root or a drive, and without the
/// steps that would lead out of it.
pub fn clean(raw: &[u8]) -> String {
    let text = shown(&raw[..raw.len().min(LONGEST)]).replace('\\', "/");
    let parts = text.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    match parts.collect::<Vec<_>>().join("/") {
        none if none.is_empty() => NONE.to_owned(),
        name => name,
    }
}

/// The name of what is in a compressed file: its own without the ending.
pub fn unpacked(name: &str) -> String {
    let bare = match name.rsplit_once('.') {
        Some((stem, "tgz" | "tbz2" | "txz" | "tzst")) => format!("{stem}.tar"),
        Some((stem, "gz" | "bz2" | "xz" | "zst")) if !stem.is_empty() => stem.to_owned(),
        _ => name.to_owned(),
    };
    clean(bare.as_bytes())
}

/// A path, and the archives that it may be in: `a.zip!b.tar!c` is in `a.zip!b.tar` and `a.zip`.
pub fn hosts(path: &str) -> impl Iterator<Item = &str> {
    let archives = path.match_indices('!').map(|(at, _)| &path[..at]);
    std::iter::once(path).chain(archives)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out() {
        for (raw, name) in [
            ("../../etc/passwd", "etc/passwd"),
            ("/etc//./shadow", "etc/shadow"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("a/b.env", "a/b.env"),
            ("..", "unnamed"),
            ("", "unnamed"),
        ] {
            assert_eq!(clean(raw.as_bytes()), name);
        }
        assert_eq!(clean(b"caf\xE9.env"), "caf\\xE9.env".replace('\\', "/"));
        assert!(clean(&[b'a'; 1 << 16]).len() <= LONGEST);
    }

    #[test]
    fn what_was_compressed_has_its_name_back() {
        for (name, inner) in
            [("notes.txt.gz", "notes.txt"), ("a.tgz", "a.tar"), (".gz", ".gz"), ("data", "data")]
        {
            assert_eq!(unpacked(name), inner);
        }
    }

    #[test]
    fn a_path_lies_in_every_archive_around_it() {
        let all: Vec<&str> = hosts("a.zip!b.tar!c").collect();
        assert_eq!(all, ["a.zip!b.tar!c", "a.zip", "a.zip!b.tar"]);
        assert_eq!(hosts("a/b.py").count(), 1);
    }
}
