//! What happens to the store when a scan is killed, finds no room, or is not alone.

use crate::sandbox::{SHELL, Sandbox};
use lockgate::git;
use lockgate::store::{Sqlite, Store};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where the store is when nobody says otherwise, which no scan looks at.
const DATABASE: &str = ".lockgate/findings.db";

/// A Python file with so many different findings, and one more for the import.
fn flaws(numbers: std::ops::Range<u32>) -> String {
    numbers.fold("import subprocess\n".to_owned(), |mut text, number| {
        let _ = writeln!(text, "subprocess.call(command_{number}, shell=True)");
        text
    })
}

/// Starts a scan and does not wait for it.
fn start(sandbox: &Sandbox) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
    command.args(["scan", "--db", DATABASE, "--no-cache"]).current_dir(sandbox.path());
    command.env_clear().stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// The fingerprints of what is open; none where no scan was recorded yet. Asserts that the
/// database is whole.
fn open(sandbox: &Sandbox) -> Option<BTreeSet<String>> {
    let path = sandbox.join(DATABASE);
    let mut store = Sqlite::open(&path).unwrap();
    let connection = Connection::open(&path).unwrap();
    let check: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    assert!(!connection.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
    let name = git::discover(&sandbox.path().canonicalize().unwrap()).name;
    let last = store.scans(&name, None, 1).unwrap().first().map(|scan| scan.id)?;
    let known = store.open_in(last, 0, usize::MAX).unwrap();
    let number = known.len();
    let open: BTreeSet<_> = known.iter().map(|k| k.finding.fingerprint.to_string()).collect();
    assert_eq!(open.len(), number, "a finding is open twice");
    Some(open)
}

#[test]
fn a_scan_that_is_killed_leaves_the_old_or_the_new_whole() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let trees = [flaws(0..60), flaws(20..80)];
    let whole = trees.each_ref().map(|tree| {
        sandbox.write("run.py", tree);
        assert!(start(&sandbox).wait().unwrap().code() == Some(1));
        open(&sandbox).unwrap()
    });
    let clock = Instant::now();
    sandbox.write("run.py", &trees[0]);
    start(&sandbox).wait().unwrap();
    let usual = clock.elapsed().as_micros() as u64;
    let mut survived = [0; 2];
    for kill in 1..=100 {
        let (old, new) = (&whole[(kill + 1) % 2], &whole[kill % 2]);
        sandbox.write("run.py", &trees[kill % 2]);
        let mut child = start(&sandbox);
        let moment = RandomState::new().build_hasher().finish() % usual;
        std::thread::sleep(Duration::from_micros(moment));
        child.kill().unwrap();
        child.wait().unwrap();
        let left = open(&sandbox).unwrap();
        assert!(left == *old || left == *new, "kill {kill} after {moment} µs");
        survived[usize::from(left == *new)] += 1;
        assert_eq!(start(&sandbox).wait().unwrap().code(), Some(1));
        assert_eq!(open(&sandbox).as_ref(), Some(new), "the scan after kill {kill}");
    }
    assert!(survived[0] > 0, "every scan was killed too late: {survived:?}");
}

#[test]
fn a_first_scan_that_is_killed_leaves_a_store_that_can_be_used() {
    for moment in (0..40).step_by(4) {
        let sandbox = Sandbox::repository(&[("run.py", &flaws(0..60))]);
        let mut child = start(&sandbox);
        std::thread::sleep(Duration::from_millis(moment));
        child.kill().unwrap();
        child.wait().unwrap();
        let left = open(&sandbox).map_or(0, |open| open.len());
        assert!(left == 0 || left == 61, "{left}");
        assert_eq!(start(&sandbox).wait().unwrap().code(), Some(1));
        assert_eq!(open(&sandbox).unwrap().len(), 61);
    }
}

#[test]
fn no_room_is_told_and_loses_nothing() {
    let sandbox = Sandbox::repository(&[("run.py", &flaws(0..10))]);
    sandbox.scan(&["--db", DATABASE]).exits(1);
    let before = open(&sandbox);
    sandbox.write("run.py", flaws(5..600));
    // A file may get no longer than this, which the database's log of changes would.
    let limited =
        format!("trap '' XFSZ; ulimit -f 128; exec {} \"$@\"", env!("CARGO_BIN_EXE_lockgate"));
    let mut command = Command::new("sh");
    command.args(["-c", &limited, "sh"]);
    let run = sandbox.run_by(command, &["scan", "--no-cache", "--db", DATABASE]);
    // The findings are shown all the same.
    run.exits(4).says("command_5,").complains("findings.db").complains("--no-store");
    assert_eq!(open(&sandbox), before);
    sandbox.scan(&["--db", DATABASE]).exits(1);
    assert_eq!(open(&sandbox).unwrap().len(), 596);
}

#[cfg(unix)]
#[test]
fn a_database_that_may_only_be_read_is_told_and_loses_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&["--db", DATABASE]).exits(1);
    let bytes = fs::read(sandbox.join(DATABASE)).unwrap();
    let mode = |path: &str, mode| {
        fs::set_permissions(sandbox.join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(DATABASE, 0o444);
    mode(".lockgate", 0o555);
    // Root writes everywhere, so the binary runs as nobody.
    let binary = tempfile::tempdir().unwrap();
    fs::set_permissions(binary.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let copy = binary.path().join("lockgate");
    fs::copy(env!("CARGO_BIN_EXE_lockgate"), &copy).unwrap();
    let arguments = ["scan", "--no-cache", "--db", DATABASE];
    let run = match fs::read_dir("/root").is_ok() {
        true => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&copy);
            sandbox.run_by(command, &arguments)
        }
        false => sandbox.run(&arguments),
    };
    mode(".lockgate", 0o755);
    run.exits(2).complains("findings.db").complains("cannot be written").complains("--db");
    assert_eq!(fs::read(sandbox.join(DATABASE)).unwrap(), bytes);
}

#[test]
fn a_scan_waits_while_another_process_writes() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&["--db", DATABASE]).exits(1);
    sandbox.write("run.py", flaws(0..3));
    let other = Connection::open(sandbox.join(DATABASE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waiting = start(&sandbox);
    std::thread::sleep(Duration::from_millis(400));
    assert!(waiting.try_wait().unwrap().is_none(), "it did not wait");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(waiting.wait().unwrap().code(), Some(1));
    assert_eq!(open(&sandbox).unwrap().len(), 4);
}

#[test]
fn scans_at_the_same_time_both_count() {
    let sandbox = Sandbox::repository(&[("run.py", &flaws(0..40))]);
    // The store is made, filled and found equal by several at once.
    for numbers in [0..40, 10..50] {
        sandbox.write("run.py", flaws(numbers));
        let scans: Vec<Child> = (0..4).map(|_| start(&sandbox)).collect();
        for mut scan in scans {
            assert_eq!(scan.wait().unwrap().code(), Some(1));
        }
        assert_eq!(open(&sandbox).unwrap().len(), 41);
    }
    let name = git::discover(&sandbox.path().canonicalize().unwrap()).name;
    let mut store = Sqlite::open(&sandbox.join(DATABASE)).unwrap();
    let scans = store.scans(&name, None, 10).unwrap();
    let news: Vec<u64> = scans.iter().filter_map(|scan| Some(scan.counts?.new)).collect();
    assert_eq!(news, [10, 41]);
}
