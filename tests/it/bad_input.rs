//! Hostile and broken input: a clear message, the right exit code, nothing lost.

use crate::sandbox::{SHELL, Sandbox};
use crate::templates;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

#[test]
fn what_git_tracks_is_scanned_whatever_its_ignore_files_say() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL), ("own.py", SHELL), ("out.py", SHELL)]);
    sandbox.write(".gitignore", "*.py\n");
    sandbox.write("new.py", SHELL);
    sandbox.write(".lockgateignore", "own.py\n");
    sandbox.write("lockgate.toml", "[scan]\nexclude = [\"out.py\"]\n");
    let report = sandbox.scan(&["--no-store", "--format", "json"]).exits(1).json();
    let findings = report["findings"].as_array().unwrap().iter();
    let paths: BTreeSet<&str> = findings.map(|f| f["path"].as_str().unwrap()).collect();
    assert_eq!(paths, BTreeSet::from(["run.py"]));
}

#[test]
fn binary_files_are_counted() {
    let sandbox = Sandbox::with(&[("run.py", "x = 1\n"), ("logo.bin", "\0\0")]);
    sandbox.scan(&[]).exits(0).says("1 binary file left out");
    sandbox.scan(&[]).exits(0).says("1 binary file left out");
}

#[test]
fn an_empty_folder_passes() {
    Sandbox::empty().scan(&[]).exits(0).says("PASSED");
}

#[test]
fn a_path_that_is_not_there_is_a_usage_error() {
    Sandbox::empty().scan(&["nowhere"]).exits(2).complains("nowhere");
}

#[test]
fn an_unreadable_file_is_notified_and_the_rest_is_scanned() {
    let sandbox = Sandbox::with(&[("run.py", SHELL), ("closed.py", "x = 1\n")]);
    let mode = |path, mode| {
        fs::set_permissions(sandbox.join(path), fs::Permissions::from_mode(mode)).unwrap()
    };
    mode("", 0o755);
    mode("closed.py", 0o000);
    // Root reads everything, so the binary runs as nobody.
    let binary = sandbox.join("lockgate");
    fs::copy(env!("CARGO_BIN_EXE_lockgate"), &binary).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&binary);
    let run = match fs::metadata("/root/.").is_ok() && fs::read_dir("/root").is_ok() {
        true => sandbox.run_by(command, &["scan", "--no-store"]),
        false => sandbox.scan(&["--no-store"]),
    };
    run.exits(1).says("closed.py").says("ermission denied").says("B602");
}

#[test]
fn links_are_not_followed_out_of_the_tree_or_in_circles() {
    let outside = Sandbox::with(&[("run.py", SHELL)]);
    let sandbox = Sandbox::with(&[("in/fine.py", "x = 1\n")]);
    symlink(outside.path(), sandbox.join("out")).unwrap();
    symlink("..", sandbox.join("in/up")).unwrap();
    symlink("loop", sandbox.join("loop")).unwrap();
    sandbox.scan(&[]).exits(0).says("out").says("PASSED");
}

#[test]
fn a_huge_file_is_over_the_limit_and_says_how_to_raise_it() {
    let sandbox = Sandbox::with(&[("run.py", SHELL)]);
    fs::File::create(sandbox.join("huge.py")).unwrap().set_len(1 << 30).unwrap();
    sandbox.scan(&[]).exits(1).says("huge.py").says("max_file_mib").says("B602");
}

#[test]
fn a_file_of_one_endless_line_is_scanned() {
    let sandbox = Sandbox::empty();
    sandbox.write("wide.txt", "key=value;".repeat(3_000_000));
    sandbox.scan(&[]).exits(0);
}

#[test]
fn deep_nesting_is_notified() {
    let parentheses = format!("x = {}1{}\n", "(".repeat(10_000), ")".repeat(10_000));
    let minus = format!("x = {}1\n", "-".repeat(200_000));
    let dots = format!("x = a{}\n", ".a".repeat(200_000));
    let sum = format!("x = 1{}\n", "+1".repeat(200_000));
    let files = [
        ("a.py", parentheses),
        ("b.py", minus),
        ("c.py", dots),
        ("d.py", sum),
        ("run.py", SHELL.to_owned()),
    ];
    let sandbox = Sandbox::empty();
    for (path, content) in &files {
        sandbox.write(path, content);
    }
    sandbox.scan(&[]).exits(1).says("b.py").says("c.py").says("B602");
}

#[test]
fn nul_bytes_and_other_encodings() {
    let sandbox = Sandbox::empty();
    sandbox.write("nul.py", b"import pickle\0\n");
    sandbox.write("invalid.py", b"x = '\xff\xfe'\n");
    sandbox.write("latin.py", b"# -*- coding: latin-1 -*-\nname = '\xe9'\nassert name\n");
    sandbox.write("bom.py", b"\xef\xbb\xbfassert True\n");
    sandbox.write("klingon.py", b"# coding: klingon\nassert True\n");
    let report = sandbox.scan(&["--format", "json"]).exits(0).json();
    let troubles: Vec<String> = report["notifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| format!("{} {}", n["path"].as_str().unwrap(), n["trouble"].as_str().unwrap()))
        .collect();
    assert_eq!(troubles, ["invalid.py undecodable", "klingon.py undecodable", "nul.py unparsed"]);
    let found: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["path"].as_str().unwrap())
        .collect();
    assert_eq!(found, ["bom.py", "klingon.py", "latin.py"]);
}

#[test]
fn no_declared_encoding_keeps_a_source_from_being_scanned() {
    let sandbox = Sandbox::empty();
    let coded = |codec: &str, rest: &[u8]| [b"# coding: ", codec.as_bytes(), b"\n", rest].concat();
    for codec in ["mac-roman", "utf-8-unix", "latin-1-dos", "cp437", "big5hkscs", "idna", "cp037"] {
        sandbox.write(&format!("{codec}.py"), coded(codec, SHELL.as_bytes()));
    }
    // Names that are none in Latin-1.
    let name = [SHELL.as_bytes(), b"caf\x82 = 1\n"].concat();
    sandbox.write("cp858.py", coded("cp858", &name));
    // What runs is not what it looks like.
    sandbox.write("utf-7.py", coded("utf-7", b"+AGkAbQBwAG8AcgB0- pickle\n"));
    sandbox.write("hidden.py", coded("raw_unicode_escape", b"#\\u000aimport pickle\n"));
    let report = sandbox.scan(&["--no-store", "--format", "json"]).exits(1).json();
    let findings = report["findings"].as_array().unwrap().iter();
    let found: BTreeSet<(&str, &str)> = findings
        .map(|f| (f["path"].as_str().unwrap(), f["rule"]["id"].as_str().unwrap()))
        .filter(|(_, rule)| ["B602", "B403"].contains(rule))
        .collect();
    let shell = |path| (path, "B602");
    assert_eq!(
        found,
        BTreeSet::from([
            shell("big5hkscs.py"),
            shell("cp037.py"),
            shell("cp437.py"),
            shell("cp858.py"),
            ("hidden.py", "B403"),
            shell("idna.py"),
            shell("latin-1-dos.py"),
            shell("mac-roman.py"),
            ("utf-7.py", "B403"),
            shell("utf-8-unix.py"),
        ])
    );
    let notifications = report["notifications"].as_array().unwrap().iter();
    let doubtful: Vec<&str> = notifications.map(|n| n["path"].as_str().unwrap()).collect();
    assert_eq!(doubtful, ["cp037.py", "idna.py"]);
}

#[test]
fn a_secret_hides_neither_behind_a_mark_nor_behind_a_nul() {
    let secret = templates::expand("{{github ghp}}");
    let sandbox = Sandbox::empty();
    let line = format!("export T={secret}\n");
    sandbox.write("marked.sh", [b"\xFF\xFE\necho hi\n", line.as_bytes()].concat());
    sandbox.write("nul.sh", format!("echo hi\nexport T={secret} #\0\n"));
    sandbox.write("split.sh", format!("echo hi\nexport T=g\0{}\n", &secret[1..]));
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    sandbox.write("wide.reg", utf16(&format!("\r\n{line}")));
    let report = sandbox.scan(&["--no-store", "--format", "json"]).exits(1).json();
    let findings = report["findings"].as_array().unwrap().iter();
    let places: Vec<(&str, u64)> = findings
        .map(|f| (f["path"].as_str().unwrap(), f["span"]["start_line"].as_u64().unwrap()))
        .collect();
    assert_eq!(places, [("marked.sh", 3), ("nul.sh", 2), ("split.sh", 2), ("wide.reg", 2)]);
}

#[test]
fn a_configuration_that_means_nothing_is_an_error() {
    let sandbox = Sandbox::with(&[("lockgate.toml", "[gate]\nfail_onn = \"high\"\n")]);
    sandbox.scan(&[]).exits(2).complains("lockgate.toml:2").complains("did you mean `fail_on`?");
    sandbox.write("lockgate.toml", "[gate\n");
    sandbox.scan(&[]).exits(2).complains("lockgate.toml:1");
    sandbox.scan(&["--config", "missing.toml"]).exits(2).complains("missing.toml");
    assert!(
        !sandbox.join(".lockgate").exists(),
        "nothing is made before the configuration is right"
    );
}

#[test]
fn a_store_that_cannot_be_used_is_an_error_and_stays_as_it_was() {
    let sandbox = Sandbox::with(&[
        ("run.py", SHELL),
        ("garbage.db", "this is no database at all, however long it is\n"),
    ]);
    sandbox.scan(&["--db", "garbage.db"]).exits(2).complains("garbage.db").complains("--db");
    assert_eq!(
        fs::read_to_string(sandbox.join("garbage.db")).unwrap(),
        "this is no database at all, however long it is\n"
    );
    fs::create_dir(sandbox.join("folder.db")).unwrap();
    sandbox.scan(&["--db", "folder.db"]).exits(2).complains("folder.db");
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let sandbox = Sandbox::with(&[("run.py", SHELL)]);
    sandbox.scan(&["--db", "new.db"]).exits(1);
    let database = rusqlite::Connection::open(sandbox.join("new.db")).unwrap();
    database.pragma_update(None, "user_version", 9999).unwrap();
    drop(database);
    sandbox.scan(&["--db", "new.db"]).exits(2).complains("new.db").complains("newer");
}

#[test]
fn no_secret_reaches_any_output_or_file() {
    let secret = templates::expand("{{github ghp}}");
    let sandbox = Sandbox::repository(&[]);
    let code = format!(
        "import requests\nrequests.get(url, headers={{'Authorization': 'token {secret}'}})\npassword = 'correct-horse-{}'\n",
        "battery"
    );
    sandbox.write("app.py", &code);
    shows_nowhere(&sandbox, &[], &[&secret, "correct-horse"]);
}

#[test]
fn no_secret_that_a_message_or_a_name_quotes_reaches_any_output_or_file() {
    let secret = templates::expand("{{github ghp}}");
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.git(&["checkout", "-q", "-b", &format!("topic/{secret}")]);
    sandbox.git(&[
        "remote",
        "add",
        "origin",
        &format!("https://host/a.git?private_token={secret}"),
    ]);
    sandbox.write("cookie.py", format!("# coding: {secret}\n"));
    sandbox.write("waived.py", format!("assert ready  # nosec {secret}\n"));
    shows_nowhere(&sandbox, &[], &[&secret]);
}

#[test]
fn secrets_are_masked_with_their_engine_off() {
    let secret = templates::expand("{{github ghp}}");
    let sandbox = Sandbox::repository(&[]);
    sandbox.write(
        "run.py",
        format!("import subprocess\nsubprocess.call('push {secret} ' + to, shell=True)\n"),
    );
    shows_nowhere(&sandbox, &["--engine", "secrets=off"], &[&secret]);
}

#[test]
fn every_password_of_a_call_or_a_definition_is_masked() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.write(
        "two.py",
        "def f(password='willow-jetty', *, token='amber-orchard'): pass\n\
         f(password='willow-jetty', token='amber-orchard')\n",
    );
    shows_nowhere(&sandbox, &[], &["willow-jetty", "amber-orchard"]);
}

#[test]
fn no_error_quotes_a_secret() {
    let secret = templates::expand("{{github ghp}}");
    let sandbox = Sandbox::empty();
    for line in [
        format!("[gate]\n{secret} = 1\n"),
        format!("[gate]\nfail_on = \"{secret}\"\n"),
        format!("[engines]\n{secret} = \"off\"\n"),
        format!("[scan]\nexclude = [\"[{secret}\"]\n"),
        format!("[gate.branches.\"[{secret}\"]\n"),
    ] {
        sandbox.write("lockgate.toml", &line);
        let run = sandbox.scan(&[]).exits(2);
        assert!(!run.stderr.contains(&secret), "{line}");
    }
    sandbox.remove("lockgate.toml");
    assert!(!sandbox.scan(&[&secret]).exits(2).stderr.contains(&secret));
}

#[test]
fn files_whose_names_are_no_text_are_all_scanned() {
    let sandbox = Sandbox::empty();
    for name in [&b"\xff.py"[..], b"\xfe.py"] {
        fs::write(sandbox.path().join(OsStr::from_bytes(name)), SHELL).unwrap();
    }
    let report = sandbox.scan(&["--format", "json"]).exits(1).json();
    let paths: BTreeSet<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, BTreeSet::from(["\\xFE.py", "\\xFF.py"]));
}

#[test]
fn what_is_named_must_be_read() {
    let sandbox = Sandbox::with(&[("fine.py", "x = 1\n")]);
    fs::File::create(sandbox.join("huge.py")).unwrap().set_len(1 << 30).unwrap();
    sandbox.scan(&[]).exits(0);
    sandbox.scan(&["huge.py"]).exits(3).says("INCOMPLETE").says("max_file_mib");
    sandbox.scan(&["/dev/null", "--no-store"]).exits(2).complains("neither a file nor a folder");
}

#[test]
fn pipes_do_not_keep_a_scan_waiting() {
    let sandbox = Sandbox::with(&[("run.py", SHELL)]);
    let pipe = sandbox.join("pipe.py");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    sandbox.scan(&[]).exits(1);
    sandbox.scan(&["pipe.py"]).exits(2).complains("neither a file nor a folder");
}

/// Scans with every writer and looks for the canaries in all that is said and kept.
#[track_caller]
fn shows_nowhere(sandbox: &Sandbox, arguments: &[&str], canaries: &[&str]) {
    for format in ["table", "json", "sarif", "sarif-full", "markdown", "github"] {
        let run = sandbox.scan(&[&["--format", format, "--verbose"], arguments].concat()).exits(1);
        for canary in canaries {
            assert!(
                !run.stdout.contains(canary) && !run.stderr.contains(canary),
                "{format} shows {canary}"
            );
        }
    }
    let mut files = vec![sandbox.join(".lockgate")];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let content = fs::read(&path).unwrap();
            for canary in canaries {
                assert!(
                    !content.windows(canary.len()).any(|window| window == canary.as_bytes()),
                    "{path:?} holds a secret"
                );
            }
        }
    }
}
