//! Which files of a repository are meant by what stands behind the options, and how their names are
//! written.

use gix::bstr::{BStr, BString, ByteSlice, ByteVec};
use gix::glob::wildmatch;
use gix::glob::wildmatch::Mode;
use std::ffi::OsString;

/// Several path specifications; none means the current folder.
pub struct Pathspec {
    /// The current folder, relative to the root.
    here: BString,
    wanted: Vec<Spec>,
    unwanted: Vec<Spec>,
}

struct Spec {
    /// Relative to the root.
    pattern: BString,
    is_pattern: bool,
}

/// A path leads out of the working tree.
#[derive(Debug)]
pub struct Outside;

impl Pathspec {
    /// # Errors
    /// One of them leads out of the working tree.
    pub fn new(here: BString, given: &[OsString]) -> Result<Pathspec, Outside> {
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for given in given {
            let text = given.as_encoded_bytes();
            let (is_excluded, from_root, text) = magic(text);
            let folder = if from_root { BStr::new("") } else { here.as_bstr() };
            let pattern = joined(folder, text).ok_or(Outside)?;
            let is_pattern = pattern.find_byteset(b"*?[\\").is_some();
            let list = if is_excluded { &mut unwanted } else { &mut wanted };
            list.push(Spec { pattern, is_pattern });
        }
        if wanted.is_empty() {
            wanted.push(Spec { pattern: here.clone(), is_pattern: false });
        }
        Ok(Pathspec { here, wanted, unwanted })
    }

    /// Files by their paths from the root, as they are.
    pub fn exactly(here: BString, paths: Vec<BString>) -> Pathspec {
        let spec = |pattern| Spec { pattern, is_pattern: false };
        Pathspec { here, wanted: paths.into_iter().map(spec).collect(), unwanted: Vec::new() }
    }

    pub fn holds(&self, path: &BStr) -> bool {
        let any = |specs: &[Spec]| specs.iter().any(|spec| spec.holds(path));
        any(&self.wanted) && !any(&self.unwanted)
    }

    /// A path from the root as it is written: from the current folder, in quotes where it has
    /// characters that nobody would read.
    pub fn shown(&self, path: &BStr) -> Vec<u8> {
        quoted(&relative(path, self.here.as_bstr()))
    }
}

impl Spec {
    fn holds(&self, path: &BStr) -> bool {
        let rest = path.strip_prefix(self.pattern.as_slice());
        let is_below = rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(b"/") || self.pattern.is_empty()
        });
        is_below || (self.is_pattern && wildmatch(self.pattern.as_bstr(), path, Mode::empty()))
    }
}

/// Takes `:!`, `:^`, `:/` and their long forms off.
fn magic(text: &[u8]) -> (bool, bool, &[u8]) {
    let Some(rest) = text.strip_prefix(b":") else { return (false, false, text) };
    if let Some((words, rest)) = rest.strip_prefix(b"(").and_then(|rest| rest.split_once_str(b")"))
    {
        let has = |word: &[u8]| words.split(|byte| *byte == b',').any(|own| own == word);
        return (has(b"exclude"), has(b"top"), rest);
    }
    let end = rest.iter().take_while(|byte| matches!(byte, b'!' | b'^' | b'/')).count();
    let (signs, rest) = rest.split_at(end);
    let has = |signs: &[u8], wanted: &[u8]| signs.iter().any(|sign| wanted.contains(sign));
    (has(signs, b"!^"), has(signs, b"/"), rest.strip_prefix(b":").unwrap_or(rest))
}

/// A path from the root, without dots; none where it leads out.
fn joined(folder: &BStr, path: &[u8]) -> Option<BString> {
    let mut parts: Vec<&[u8]> = Vec::new();
    let whole = [folder.as_bytes(), path].join(&b'/');
    for part in whole.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join(&b'/').into())
}

fn relative(path: &BStr, here: &BStr) -> BString {
    let folders: Vec<&[u8]> =
        here.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    let common = folders.iter().zip(&parts).take_while(|(one, other)| one == other).count();
    let mut relative = BString::default();
    (common..folders.len()).for_each(|_| relative.push_str("../"));
    relative.push_str(parts[common.min(parts.len())..].join(&b'/'));
    relative
}

/// In double quotes with escapes, where git would quote it (`core.quotePath`).
fn quoted(path: &[u8]) -> Vec<u8> {
    let is_plain = |byte: &u8| (b' '..=b'~').contains(byte) && !matches!(byte, b'"' | b'\\');
    if path.iter().all(is_plain) {
        return path.to_vec();
    }
    let mut quoted = vec![b'"'];
    for byte in path {
        match byte {
            b'\x07' => quoted.extend(b"\\a"),
            b'\x08' => quoted.extend(b"\\b"),
            b'\t' => quoted.extend(b"\\t"),
            b'\n' => quoted.extend(b"\\n"),
            b'\x0b' => quoted.extend(b"\\v"),
            b'\x0c' => quoted.extend(b"\\f"),
            b'\r' => quoted.extend(b"\\r"),
            b'"' | b'\\' => quoted.extend([b'\\', *byte]),
            byte if is_plain(byte) => quoted.push(*byte),
            byte => quoted.extend(format!("\\{byte:03o}").bytes()),
        }
    }
    quoted.push(b'"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::{Pathspec, quoted};
    use gix::bstr::BStr;
    use std::ffi::OsString;

    #[test]
    fn paths_are_meant_from_the_current_folder() {
        let given = ["a*", "../c", ":!a1", ":/top"].map(OsString::from);
        let spec = Pathspec::new("sub".into(), &given).ok().unwrap();
        for (path, holds) in [
            ("sub/a2", true),
            ("sub/a1", false),
            ("c/d", true),
            ("top", true),
            ("sub/b", false),
            ("cd", false),
        ] {
            assert_eq!(spec.holds(BStr::new(path)), holds, "{path}");
        }
        assert_eq!(spec.shown(BStr::new("sub/x y")), b"x y");
        assert_eq!(spec.shown(BStr::new("c/d")), b"../c/d");
        assert!(Pathspec::new("".into(), &["../x".into()]).is_err());
        assert_eq!(quoted("caf\u{e9}\t".as_bytes()), br#""caf\303\251\t""#);
    }
}
