//! Scans through the cache: the same result as without it, and no file looked at in vain.

use lockgate::cache::Cache;
use lockgate::engine::{Engine, Hit, HitAnchor, Seen};
use lockgate::finding::Finding;
use lockgate::rule::Catalogue;
use lockgate::scan::{Progress, Request, Scanned, scan};
use lockgate::target::{Kind, Settings, SourceFile};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// Finds every `assert`, and remembers the files that it looked at.
struct Asserts(Mutex<Vec<String>>);

impl Engine for Asserts {
    fn name(&self) -> &'static str {
        "python"
    }

    fn wants(&self, file: &SourceFile) -> bool {
        file.kind == Kind::Python
    }

    fn scan(&self, file: &SourceFile) -> Seen {
        self.0.lock().unwrap().push(file.path.to_string());
        let rule = Catalogue::get().find("B101").unwrap();
        let text = file.text();
        let hit = |(at, found): (usize, &str)| {
            Hit::new(rule, at..at + found.len(), HitAnchor::Code { scope: "".into() })
        };
        Seen { hits: text.match_indices("assert").map(hit).collect(), ..Seen::default() }
    }
}

struct Silent;

impl Progress for Silent {
    fn begin(&self, _files: u64) {}
    fn advance(&self) {}
}

/// A project of a few files and its cache.
struct Project {
    folder: TempDir,
    root: PathBuf,
    engine: &'static Asserts,
}

impl Project {
    fn new() -> Project {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        fs::create_dir(&root).unwrap();
        let root = root.canonicalize().unwrap();
        let engine = Box::leak(Box::new(Asserts(Mutex::default())));
        let project = Project { folder, root, engine };
        project.write("a.py", "assert a\n");
        project.write("b.py", "assert b\nassert c\n");
        project.write("c.bin", "\0\0\0");
        project
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.root.join(name), content).unwrap();
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    fn request<'a>(&'a self, paths: &'a [PathBuf], settings: &'a Settings) -> Request<'a> {
        Request {
            root: &self.root,
            paths,
            targets: settings,
            ignore_files: None,
            written: &[],
            tracked: &[],
            engines: vec![self.engine],
            cache: None,
            line_hashes: false,
        }
    }

    /// What is found, and which files the engine looked at for that.
    fn scan_with(&self, settings: &Settings) -> (Scanned, Vec<String>) {
        let paths = [self.root.clone()];
        let cache = Cache::open(&self.cache()).unwrap();
        let request = Request { cache: Some(&cache), ..self.request(&paths, settings) };
        let scanned = scan(&request, &Silent).unwrap();
        cache.flush().unwrap();
        let mut looked_at: Vec<String> = self.engine.0.lock().unwrap().drain(..).collect();
        looked_at.sort();
        (scanned, looked_at)
    }

    fn scan(&self) -> (Vec<Finding>, Vec<String>) {
        let (mut scanned, looked_at) = self.scan_with(&Settings::default());
        let findings = scanned.runs.remove(0).findings;
        let (paths, settings) = ([self.root.clone()], Settings::default());
        let mut without = scan(&self.request(&paths, &settings), &Silent).unwrap();
        self.engine.0.lock().unwrap().clear();
        assert_eq!(findings, without.runs.remove(0).findings, "the cache changed the result");
        (findings, looked_at)
    }
}

#[test]
fn only_what_changed_is_looked_at() {
    let project = Project::new();
    assert_eq!(project.scan().1, ["a.py", "b.py"]);
    assert_eq!(project.scan().1, [""; 0]);
    project.write("a.py", "assert x\n");
    project.write("d.py", "assert d\n");
    let (findings, looked_at) = project.scan();
    assert_eq!((findings.len(), looked_at), (4, vec!["a.py".to_owned(), "d.py".to_owned()]));
    project.write("a.py", "assert a\n");
    assert_eq!(project.scan().1, [""; 0], "the content was seen before");
}

#[test]
fn a_touched_file_is_known_by_its_content() {
    let project = Project::new();
    project.scan();
    let file = fs::File::options().write(true).open(project.root.join("a.py")).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
    assert_eq!(project.scan().1, [""; 0]);
}

#[test]
fn equal_content_elsewhere_is_another_finding() {
    let project = Project::new();
    project.scan();
    fs::rename(project.root.join("a.py"), project.root.join("moved.py")).unwrap();
    let (findings, looked_at) = project.scan();
    assert_eq!(looked_at, ["moved.py"]);
    assert_eq!(&*findings[2].location.path, "moved.py");
}

#[test]
fn a_change_that_keeps_size_and_time_is_seen() {
    let project = Project::new();
    // Old enough for its times to be trusted.
    std::thread::sleep(Duration::from_millis(2100));
    let time = fs::metadata(project.root.join("a.py")).unwrap().modified().unwrap();
    project.scan();
    project.write("a.py", "xxxxxx a\n");
    let file = fs::File::options().write(true).open(project.root.join("a.py")).unwrap();
    file.set_modified(time).unwrap();
    assert_eq!(project.scan().0.len(), 2);
}

#[test]
fn a_file_that_looks_the_same_is_not_read() {
    let project = Project::new();
    std::thread::sleep(Duration::from_millis(2100));
    project.scan();
    let remembered = fs::read(project.cache().join("files")).unwrap();
    assert_eq!(project.scan().1, [""; 0]);
    assert_eq!(fs::read(project.cache().join("files")).unwrap(), remembered);
    assert_eq!(fs::read_dir(project.cache()).unwrap().count(), 2, "a pack and the files");
}

#[test]
fn a_damaged_cache_is_rebuilt() {
    let project = Project::new();
    project.scan();
    for entry in fs::read_dir(project.cache()).unwrap() {
        fs::write(entry.unwrap().path(), "scribble").unwrap();
    }
    assert_eq!(project.scan().1, ["a.py", "b.py"]);
    assert_eq!(project.scan().1, [""; 0]);
}

#[test]
fn a_lowered_limit_holds_for_what_is_cached() {
    let project = Project::new();
    std::thread::sleep(Duration::from_millis(2100));
    project.scan();
    let lowered = Settings { max_file_mib: 0, ..Settings::default() };
    let (scanned, _) = project.scan_with(&lowered);
    assert!(scanned.runs[0].findings.is_empty());
    assert_eq!(scanned.notifications.len(), 2);
}

#[test]
fn text_in_doubt_is_not_equal_text_that_is_not() {
    let project = Project::new();
    let text = "# coding: ascii\nassert 'é'\n";
    project.write("a.py", text);
    assert_eq!(project.scan().1, ["a.py", "b.py"]);
    assert!(project.scan().1.is_empty());
    project.write("a.py", &format!("\u{FEFF}{text}"));
    assert_eq!(project.scan().1, ["a.py"]);
}

#[test]
fn scans_at_once_agree() {
    let project = Project::new();
    let counts: Vec<usize> = std::thread::scope(|threads| {
        let scans: Vec<_> = (0..4)
            .map(|_| {
                threads.spawn(|| project.scan_with(&Settings::default()).0.runs[0].findings.len())
            })
            .collect();
        scans.into_iter().map(|scan| scan.join().unwrap()).collect()
    });
    assert_eq!(counts, [3; 4]);
    assert!(Path::new(&project.cache()).exists());
}
