//! `lockgate gitleaks`: archives wherever they lie, and names that are no UTF-8.

use crate::archives::{gzipped, tarred, zipped};
use crate::gitleaks::{LINE, gitleaks, places};
use crate::sandbox::Sandbox;
use crate::templates;
use std::io::Cursor;

fn sorted(mut places: Vec<String>) -> Vec<String> {
    places.sort();
    places
}

#[test]
fn what_is_compressed_keeps_its_name() {
    let line = templates::expand(LINE).into_bytes();
    let packed = tarred(&[("a/s.py", &line), ("a/s.py.gz", &gzipped(&line))]);
    let sandbox = Sandbox::empty();
    sandbox.write("b.py.gz", gzipped(&line));
    sandbox.write("c.tar.gz", gzipped(&packed));
    sandbox.write("d.zip", zipped(&[("e.tar", &packed)]));
    let looked = |depth: &str| gitleaks(&sandbox, &["dir", ".", "--max-archive-depth", depth]);
    let one = looked("1").exits(1).complains("path=d.zip!e.tar");
    assert_eq!(sorted(places(&one)), ["b.py.gz:github-pat:1", "c.tar.gz!a/s.py:github-pat:1"]);
    let all = [
        "b.py.gz:github-pat:1",
        "c.tar.gz!a/s.py.gz:github-pat:1",
        "c.tar.gz!a/s.py:github-pat:1",
        "d.zip!e.tar!a/s.py.gz:github-pat:1",
        "d.zip!e.tar!a/s.py:github-pat:1",
    ];
    assert_eq!(sorted(places(&looked("3"))), all);
}

#[test]
fn a_7z_is_opened() {
    use sevenz_rust2::{ArchiveEntry, ArchiveWriter};
    let line = templates::expand(LINE).into_bytes();
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    for name in ["a/one.txt", "a/two.txt"] {
        let entry = ArchiveEntry::new_file(name);
        writer.push_archive_entry(entry, Some(&line[..])).unwrap();
    }
    let archive = writer.finish().unwrap().into_inner();
    let sandbox = Sandbox::empty();
    sandbox.write("x.7z", &archive);
    sandbox.write("cut.7z", &archive[..archive.len() - 9]);
    sandbox.write("y.tar.gz", gzipped(&tarred(&[("in.7z", &archive)])));
    let run = gitleaks(&sandbox, &["dir", ".", "--max-archive-depth=2"]).exits(1);
    let all = [
        "x.7z!a/one.txt",
        "x.7z!a/two.txt",
        "y.tar.gz!in.7z!a/one.txt",
        "y.tar.gz!in.7z!a/two.txt",
    ];
    assert_eq!(sorted(places(&run)), all.map(|file| format!("{file}:github-pat:1")));
    run.complains("path=cut.7z");
}

#[test]
fn archives_of_commits_and_of_the_index_are_opened() {
    let archive = zipped(&[("in/a.txt", templates::expand(LINE).as_bytes())]);
    let sandbox = Sandbox::repository(&[("m.txt", "one\ntwo\n")]);
    sandbox.git(&["remote", "add", "origin", "git@github.com:o/r.git"]);
    sandbox.write("x.zip", &archive);
    sandbox.write("x.bin", &archive);
    sandbox.commit();
    sandbox.write("m.txt", "one\n");
    sandbox.commit();
    gitleaks(&sandbox, &["git", "."]).exits(0).complains("2 commits scanned.");
    let opened = ["git", ".", "--max-archive-depth=1"];
    let run = gitleaks(&sandbox, &opened).exits(1).complains("3 commits scanned.");
    let commit = sandbox.output(&["rev-parse", "HEAD~1"]);
    assert_eq!(places(&run), [format!("{commit}:x.zip!in/a.txt:github-pat:1")]);
    assert_eq!(run.json()[0]["Link"], format!("https://github.com/o/r/blob/{commit}/x.zip"));
    sandbox.write("y.zip", &archive);
    sandbox.git(&["add", "y.zip"]);
    let staged = gitleaks(&sandbox, &[&opened[..], &["--staged"]].concat()).exits(1);
    assert_eq!(places(&staged), ["y.zip!in/a.txt:github-pat:1"]);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_read_and_shown_as_go_shows_them() {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::repository(&[("a.txt", "x\n")]);
    let folder = sandbox.path().join(OsStr::from_bytes(b"d\xff"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(OsStr::from_bytes(b"\xe2\x82.py")), templates::expand(LINE)).unwrap();
    let file = "d\u{fffd}/\u{fffd}\u{fffd}.py";
    let run = gitleaks(&sandbox, &["dir", "."]).exits(1);
    assert_eq!(places(&run), [format!("{file}:github-pat:1")]);
    sandbox.commit();
    let run = gitleaks(&sandbox, &["git", "."]).exits(1);
    let commit = sandbox.output(&["rev-parse", "HEAD"]);
    assert_eq!(run.json()[0]["File"], file);
    assert_eq!(places(&run), [format!("{commit}:{file}:github-pat:1")]);
}
