#![allow(clippy::unwrap_used)]

use super::*;
use crate::finding::{
    Anchor, Cell, Confidence, Edit, Evidence, Fingerprint, Fix, LineHash, Location, Notification,
    Package, Severity, Snippet, Span, Trouble, Waiver, WaiverSource,
};
use proptest::collection::vec;
use proptest::prelude::*;
use std::time::Duration;

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z/.]{0,12}", any::<String>()]
}

fn name() -> impl Strategy<Value = Cow<'static, str>> {
    let rules = Catalogue::get().rules();
    let known = (0..rules.len()).prop_map(move |at| Cow::Borrowed(rules[at].id));
    let title = (0..rules.len()).prop_map(move |at| Cow::Borrowed(rules[at].title));
    let engine = Just(Cow::Borrowed("python"));
    prop_oneof![known, title, engine, text().prop_map(Cow::Owned)]
}

fn severity() -> impl Strategy<Value = Severity> {
    use Severity::*;
    prop::sample::select(vec![Unknown, Info, Low, Medium, High, Critical])
}

fn confidence() -> impl Strategy<Value = Confidence> {
    prop::sample::select(vec![Confidence::Low, Confidence::Medium, Confidence::High])
}

fn location() -> impl Strategy<Value = Location> {
    let path = prop_oneof![3 => Just("src/a.py".to_owned()), 1 => text()];
    let cell = prop::option::weighted(0.2, any::<[u32; 3]>())
        .prop_map(|cell| cell.map(|[number, line, column]| Cell { number, line, column }));
    (path, any::<[u32; 4]>(), cell).prop_map(
        |(path, [start_line, start_column, end_line, end_column], cell)| Location {
            path: path.into(),
            span: Span { start_line, start_column, end_line, end_column },
            cell,
        },
    )
}

fn anchor() -> impl Strategy<Value = Anchor> {
    let code =
        any::<([u8; 16], [u8; 8])>().prop_map(|(digest, text)| Anchor::Code { digest, text });
    let resource = (text(), text()).prop_map(|(address, attribute)| Anchor::Resource {
        address: address.into(),
        attribute: attribute.into(),
    });
    prop_oneof![code, any::<u32>().prop_map(Anchor::Secret), resource]
}

fn snippet() -> impl Strategy<Value = Snippet> {
    (any::<u32>(), text(), any::<(u32, u32)>()).prop_map(|(first_line, text, underline)| Snippet {
        first_line,
        text: text.into(),
        underline,
    })
}

fn waiver() -> impl Strategy<Value = Box<Waiver>> {
    let file = text().prop_map(|reason| {
        let owner = Some("owner".into());
        Box::new(Waiver { source: WaiverSource::File, reason: reason.into(), owner, until: None })
    });
    prop_oneof![text().prop_map(Waiver::comment), file]
}

fn package() -> impl Strategy<Value = Box<Package>> {
    (text(), proptest::option::of(0f32..1.0)).prop_map(|(name, epss)| {
        Box::new(Package {
            ecosystem: "PyPI".into(),
            name: name.into(),
            version: "1".into(),
            advisories: vec!["CVE-2026-1".into()],
            fixed_in: Vec::new(),
            direct: None,
            cvss: None,
            epss,
            exploited: None,
            ..Package::default()
        })
    })
}

/// What the check alone says, evidence, a fix.
type More = (Option<Confidence>, Option<Box<Evidence>>, Option<Box<Fix>>);

fn more() -> impl Strategy<Value = More> {
    let evidence = prop_oneof![
        Just(Evidence::Constant),
        (text(), any::<u32>())
            .prop_map(|(source, line)| Evidence::Outside { source: source.into(), line }),
    ];
    let edit = (any::<(u16, u16)>(), location(), text()).prop_map(|((start, length), at, text)| {
        let start = usize::from(start);
        Edit { range: start..start + usize::from(length), span: at.span, text: text.into() }
    });
    let fix = (text(), any::<bool>(), vec(edit, 0..3)).prop_map(|(description, safe, edits)| Fix {
        description: description.into(),
        safe,
        edits,
    });
    (
        proptest::option::of(confidence()),
        proptest::option::of(evidence.prop_map(Box::new)),
        proptest::option::of(fix.prop_map(Box::new)),
    )
}

fn sighting() -> impl Strategy<Value = Finding> {
    let line_hash = (any::<u64>(), any::<u32>()).prop_map(|(hash, count)| LineHash { hash, count });
    let rest = (
        proptest::option::of(line_hash),
        proptest::option::of(waiver()),
        proptest::option::of(package()),
        vec(any::<[u8; 16]>().prop_map(Fingerprint), 0..3),
        any::<(u32, [u8; 16])>(),
        more(),
    );
    (name(), name(), severity(), confidence(), location(), name(), snippet(), anchor(), rest)
        .prop_map(
            |(rule, engine, severity, confidence, location, message, snippet, anchor, rest)| {
                let (line_hash, waiver, package, also, (ordinal, fingerprint), more) = rest;
                let (told, evidence, fix) = more;
                Finding {
                    rule,
                    engine,
                    severity,
                    confidence,
                    location,
                    message,
                    snippet,
                    anchor,
                    ordinal,
                    fingerprint: Fingerprint(fingerprint),
                    also,
                    live: None,
                    line_hash,
                    package,
                    waiver,
                    told,
                    evidence,
                    fix,
                    introduced: None,
                    witnesses: Vec::new(),
                }
            },
        )
}

fn finding() -> impl Strategy<Value = Finding> {
    (sighting(), vec(sighting(), 0..3))
        .prop_map(|(finding, witnesses)| Finding { witnesses, ..finding })
}

fn notification() -> impl Strategy<Value = Notification> {
    let trouble = prop::sample::select(vec![Trouble::Unreadable, Trouble::LinkNotFollowed]);
    (text(), proptest::option::of(text()), trouble, text()).prop_map(
        |(path, engine, trouble, message)| Notification {
            path: path.into(),
            engine: engine.map(Into::into),
            trouble,
            message: message.into(),
        },
    )
}

fn entry() -> impl Strategy<Value = Entry> {
    let sketch = proptest::option::of(vec(any::<u32>(), 0..32).prop_map(Sketch));
    (vec(name(), 0..3), vec(finding(), 0..4), sketch, vec(notification(), 0..2)).prop_map(
        |(engines, findings, sketch, notifications)| {
            let sketch = sketch.filter(|_| !findings.is_empty());
            Entry { engines, findings, sketch, notifications }
        },
    )
}

/// An entry that differs from that of any other number.
fn numbered(number: u64) -> Entry {
    Entry { engines: vec![number.to_string().into()], ..Entry::default() }
}

fn key(number: u64) -> blake3::Hash {
    blake3::hash(&number.to_le_bytes())
}

fn path() -> Arc<str> {
    "src/a.py".into()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_was_put_comes_back(entries in vec(entry(), 1..4)) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        for (number, entry) in entries.iter().enumerate() {
            cache.put(&key(number as u64), &path(), entry);
        }
        cache.flush().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        for (number, entry) in entries.iter().enumerate() {
            let found = cache.get(&key(number as u64), &path());
            prop_assert_eq!(found.as_ref(), Some(entry));
        }
        prop_assert_eq!(cache.get(&key(99), &path()), None);
    }

    #[test]
    fn bytes_that_are_no_entry_are_none(bytes in vec(any::<u8>(), 0..200)) {
        codec::decode(&bytes, &path());
    }
}

#[test]
fn what_was_put_is_there_before_it_is_flushed() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    let large = Entry { engines: vec!["x".repeat(600 << 10).into()], ..Entry::default() };
    for number in 0..4 {
        cache.put(&key(number), &path(), &large);
        cache.put(&key(100 + number), &path(), &numbered(number));
    }
    for number in 0..4 {
        assert_eq!(cache.get(&key(number), &path()).as_ref(), Some(&large));
        assert_eq!(cache.get(&key(100 + number), &path()), Some(numbered(number)));
    }
    drop(cache);
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "a scan that was given up left a file"
    );
}

fn packs(folder: &Path) -> Vec<PathBuf> {
    pack::list(folder).unwrap()
}

#[test]
fn a_damaged_pack_is_removed_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    (0..100).for_each(|number| cache.put(&key(number), &path(), &numbered(number)));
    cache.flush().unwrap();
    let pack = packs(folder.path()).remove(0);
    let whole = fs::read(&pack).unwrap();
    for length in [0, 7, 30, whole.len() / 2, whole.len() - 1] {
        fs::write(&pack, &whole[..length]).unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        assert_eq!(cache.notes().len(), 1, "{length}");
        assert_eq!(cache.get(&key(1), &path()), None);
        assert!(!pack.exists());
    }
    fs::write(&pack, &whole).unwrap();
    assert_eq!(Cache::open(folder.path()).unwrap().get(&key(1), &path()), Some(numbered(1)));
}

#[test]
fn no_flipped_bit_makes_a_wrong_result() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    (0..3).for_each(|number| cache.put(&key(number), &path(), &numbered(number)));
    cache.flush().unwrap();
    let pack = packs(folder.path()).remove(0);
    let whole = fs::read(&pack).unwrap();
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        fs::write(&pack, flipped).unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        for number in 0..3 {
            let entry = cache.get(&key(number), &path());
            assert!(entry.is_none_or(|entry| entry == numbered(number)), "byte {at}");
        }
    }
}

#[test]
fn a_damaged_entry_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    cache.put(&key(1), &path(), &numbered(1));
    cache.flush().unwrap();
    let pack = packs(folder.path()).remove(0);
    let mut bytes = fs::read(&pack).unwrap();
    bytes[9] ^= 1;
    fs::write(&pack, bytes).unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    assert_eq!(cache.get(&key(1), &path()), None);
    cache.put(&key(1), &path(), &numbered(1));
    cache.put(&key(2), &path(), &numbered(2));
    cache.flush().unwrap();
    assert_eq!(Cache::open(folder.path()).unwrap().get(&key(1), &path()), Some(numbered(1)));
}

#[test]
fn a_place_that_is_no_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cache");
    fs::write(&file, "").unwrap();
    let error = Cache::open(&file).unwrap_err().to_string();
    assert!(error.contains("--no-cache"), "{error}");
}

#[test]
fn many_small_packs_become_one() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..40 {
        let cache = Cache::open(folder.path()).unwrap();
        cache.put(&key(number), &path(), &numbered(number));
        cache.flush().unwrap();
    }
    assert!(packs(folder.path()).len() <= 13);
    let cache = Cache::open(folder.path()).unwrap();
    for number in 0..40 {
        assert_eq!(cache.get(&key(number), &path()), Some(numbered(number)));
    }
}

#[test]
fn over_the_limit_goes_what_was_not_used_for_longest() {
    let folder = tempfile::tempdir().unwrap();
    let filler = "x".repeat(10 << 10);
    let large = |number: u64| Entry {
        engines: vec![number.to_string().into(), filler.clone().into()],
        ..Entry::default()
    };
    for pack in 0..5 {
        let cache = Cache::open(folder.path()).unwrap();
        (0..4).for_each(|n| cache.put(&key(pack * 4 + n), &path(), &large(pack * 4 + n)));
        cache.flush().unwrap();
        let newest = packs(folder.path());
        let newest =
            newest.iter().max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap());
        let written = SystemTime::now() - Duration::from_secs(3600 * (10 - pack));
        fs::File::open(newest.unwrap()).unwrap().set_modified(written).unwrap();
    }
    let mut cache = Cache::open(folder.path()).unwrap();
    cache.limit = 150 << 10;
    assert_eq!(cache.get(&key(0), &path()), Some(large(0)));
    cache.put(&key(99), &path(), &large(99));
    cache.flush().unwrap();
    let size: u64 = packs(folder.path()).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!(size <= 150 << 10, "{size}");
    let cache = Cache::open(folder.path()).unwrap();
    let there = |number: u64| cache.get(&key(number), &path()) == Some(large(number));
    assert!(there(0), "what this scan used is kept");
    assert!(there(99) && there(19), "what is newest is kept");
    assert!(!there(1) && !there(4), "what is oldest goes");
}

#[test]
fn scans_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|threads| {
        for scan in 0..4 {
            let folder = folder.path();
            threads.spawn(move || {
                for round in 0..10 {
                    let cache = Cache::open(folder).unwrap();
                    let number = scan * 100 + round;
                    cache.put(&key(number), &path(), &numbered(number));
                    cache.put(&key(7777), &path(), &numbered(7777));
                    cache.flush().unwrap();
                }
            });
        }
    });
    let cache = Cache::open(folder.path()).unwrap();
    assert!(cache.notes().is_empty(), "{:?}", cache.notes());
    let found = (0..40).filter(|n| {
        let number = n / 10 * 100 + n % 10;
        cache.get(&key(number), &path()) == Some(numbered(number))
    });
    assert_eq!(found.count(), 40);
}

/// Writes a file and looks at it.
fn written(path: &Path, content: &str) -> Stat {
    fs::write(path, content).unwrap();
    Stat::of(path).unwrap()
}

#[test]
fn a_file_that_looks_the_same_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("a.py");
    let dir = folder.path().join("cache");
    let stat = written(&source, "one");
    let content = Content::Text(blake3::hash(b"one"));
    let later = SystemTime::now() + Duration::from_secs(10);
    let open = || {
        let mut cache = Cache::open(&dir).unwrap();
        cache.opened = later;
        cache
    };
    let cache = open();
    cache.note(&path(), stat, content);
    cache.note(&"b.bin".into(), stat, Content::Binary);
    cache.flush().unwrap();
    let cache = open();
    assert_eq!(cache.content("src/a.py", &stat), Some(content));
    assert_eq!(cache.content("b.bin", &stat), Some(Content::Binary));
    assert_eq!(cache.content("c.py", &stat), None);
    fs::write(&source, "two").unwrap();
    assert_eq!(cache.content("src/a.py", &Stat::of(&source).unwrap()), None);

    let mut bytes = fs::read(dir.join("files")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(dir.join("files"), bytes).unwrap();
    let cache = open();
    assert_eq!(cache.notes().len(), 1);
    assert_eq!(cache.content("src/a.py", &stat), None);
}

#[test]
fn a_file_as_young_as_the_scan_is_not_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let stat = written(&folder.path().join("a.py"), "one");
    let dir = folder.path().join("cache");
    let cache = Cache::open(&dir).unwrap();
    cache.note(&path(), stat, Content::Binary);
    cache.flush().unwrap();
    assert_eq!(Cache::open(&dir).unwrap().content("src/a.py", &stat), None);
}
