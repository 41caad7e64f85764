//! Secrets inside archives and documents.

use crate::sandbox::{SHELL, Sandbox};
use crate::templates;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::fs::File;
use std::io::{Cursor, Write};
use tar::{Builder, Header};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A setting with a token in it, on line 2.
fn setting() -> Vec<u8> {
    templates::expand("name = 1\ntoken = {{github ghp}}\n").into_bytes()
}

pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The paths of the findings that are not waived, in their order.
fn paths(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let run = sandbox.scan(&[&["--no-store", "--format", "json"], arguments].concat());
    let findings = run.json()["findings"].as_array().unwrap().clone();
    let open = findings.iter().filter(|finding| finding["waiver"].is_null());
    open.map(|finding| finding["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_inside_is_found_whatever_the_archive_is_called() {
    let setting = setting();
    let sandbox = Sandbox::empty();
    sandbox.write("app.jar", zipped(&[("conf/prod.env", &setting), ("App.class", b"\0\x01\x02")]));
    sandbox.write("back.tar", tarred(&[("old/prod.env", &setting)]));
    sandbox.write("back.tgz", gzipped(&tarred(&[("prod.env", &setting)])));
    sandbox.write("log.1.gz", gzipped(&setting));
    sandbox.write("nameless", zipped(&[("lib/app.whl", &zipped(&[("a.py", &setting)]))]));
    assert_eq!(
        paths(&sandbox, &[]),
        [
            "app.jar!conf/prod.env",
            "back.tar!old/prod.env",
            "back.tgz!prod.env",
            "log.1.gz!log.1",
            "nameless!lib/app.whl!a.py",
        ]
    );
    let report = sandbox.scan(&["--no-store", "--format", "json"]).exits(1).json();
    assert_eq!(report["findings"][0]["span"]["start_line"], 2);
    sandbox.scan(&["--no-store"]).exits(1).says("app.jar!conf/prod.env:2");
}

#[test]
fn only_secrets_are_looked_for_inside_and_only_where_the_settings_say_so() {
    let sandbox = Sandbox::empty();
    sandbox.write("code.zip", zipped(&[("run.py", SHELL.as_bytes())]));
    sandbox.scan(&["--no-store"]).exits(0);
    let inner = zipped(&[("b.zip", &zipped(&[("prod.env", &setting())]))]);
    sandbox.write("code.zip", &inner);
    assert_eq!(paths(&sandbox, &[]), ["code.zip!b.zip!prod.env"]);
    sandbox.write("lockgate.toml", "[scan]\narchive_depth = 1\n");
    sandbox.scan(&[]).exits(0).says("code.zip!b.zip").says("archive_depth");
    sandbox.write("lockgate.toml", "[scan]\narchives = false\n");
    sandbox.scan(&[]).exits(0).says("1 binary file left out");
    sandbox.write("lockgate.toml", "[engines]\nsecrets = \"off\"\n");
    sandbox.scan(&[]).exits(0).says("1 binary file left out");
    sandbox.write("lockgate.toml", "[scan]\narchive_depth = 9\n");
    sandbox.scan(&[]).exits(2).complains("say 1 to 8");
    sandbox.remove("lockgate.toml");
    // The cache knows what each setting came to.
    sandbox.scan(&[]).exits(1).says("code.zip!b.zip!prod.env");
    sandbox.scan(&[]).exits(1).says("code.zip!b.zip!prod.env");
}

#[test]
fn a_name_is_only_shown() {
    let sandbox = Sandbox::empty();
    let name = "../../../../../../../../tmp/lockgate-was-here";
    sandbox.write("in/a.tar", tarred(&[(name, &setting()), ("/etc/b\x1B[31m", &setting())]));
    let found = paths(&sandbox, &[]);
    assert_eq!(found, ["in/a.tar!etc/b\x1B[31m", "in/a.tar!tmp/lockgate-was-here"]);
    assert!(!std::path::Path::new("/tmp/lockgate-was-here").exists());
    assert!(!sandbox.scan(&["--no-store"]).exits(1).stdout.contains('\x1B'));
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_scanned() {
    let sandbox = Sandbox::empty();
    let mut closed = zipped(&[("closed.env", &setting()), ("open.env", &setting())]);
    let list = closed.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    closed[list + 8] |= 1;
    sandbox.write("closed.zip", &closed);
    let whole = zipped(&[("a.env", &setting()), ("b.env", &setting())]);
    sandbox.write("cut.zip", &whole[..whole.len() - 30]);
    sandbox.write("tail.gz", [&gzipped(&setting())[..], b"garbage"].concat());
    let run = sandbox.scan(&["--no-store"]).exits(1);
    let run = run.says("closed.zip!closed.env").says("encrypted").says("cut.zip").says("tail.gz");
    drop(run);
    assert_eq!(
        paths(&sandbox, &[]),
        ["closed.zip!open.env", "cut.zip!a.env", "cut.zip!b.env", "tail.gz!tail"]
    );
}

#[test]
fn what_is_named_has_to_be_read_as_a_whole() {
    let sandbox = Sandbox::empty();
    let mut closed = zipped(&[("a.env", b"x = 1\n")]);
    let list = closed.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    closed[list + 8] |= 1;
    let packed = gzipped(&b"some text that is cut off\n".repeat(9));
    let deep = (0..4).fold(b"x = 1\n".to_vec(), |inner, _| zipped(&[("b.zip", &inner)]));
    let parts = [
        ("in/closed.zip", &closed[..], "is encrypted"),
        ("in/cut.gz", &packed[..packed.len() - 12], "is damaged or cut off"),
        ("in/deep.zip", &deep, "archives deep"),
    ];
    for (path, bytes, why) in parts {
        sandbox.write(path, bytes);
        // A second time out of the cache.
        for _ in 0..2 {
            sandbox.scan(&["--no-store", path]).exits(3).says("INCOMPLETE").says(why);
        }
        sandbox.run(&["secrets", "--no-store", path]).exits(3).says(why);
        sandbox.scan(&["--no-store", "in"]).exits(0).says(why);
        sandbox.remove(path);
    }
    // What is inside is worth more than that not all of it was read.
    sandbox.write("cut.gz", [&gzipped(&setting())[..], b"garbage"].concat());
    sandbox.scan(&["--no-store", "cut.gz"]).exits(1).says("cut off");
    sandbox.write("whole.zip", zipped(&[("a.env", b"x = 1\n")]));
    sandbox.scan(&["--no-store", "whole.zip"]).exits(0);
}

#[test]
fn a_zip_of_many_entries_is_read_to_the_last() {
    let names: Vec<String> = (0..66_000).map(|n| n.to_string()).collect();
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, &b""[..])).collect();
    let setting = setting();
    files.push(("prod.env", &setting));
    let sandbox = Sandbox::empty();
    sandbox.write("many.zip", zipped(&files));
    sandbox.write("shifted.zip", [b"#!/bin/sh\nexec unzip $0\n", &zipped(&files)[..]].concat());
    assert_eq!(paths(&sandbox, &[]), ["many.zip!prod.env", "shifted.zip!prod.env"]);
    sandbox.scan(&["--no-store", "many.zip"]).exits(1).says("1 file");
}

#[test]
fn a_zip_behind_a_program_is_read() {
    let whole = zipped(&[("a.env", b"x = 1\n"), ("prod.env", &setting())]);
    let script = [b"#!/bin/sh\nexec java -jar $0\n", &whole[..]].concat();
    let program = [b"MZ\x90\0\x03\0\0\0\x01\x02PK\x05\x06", &whole[..]].concat();
    let sandbox = Sandbox::empty();
    sandbox.write("app.jar", &script);
    sandbox.write("setup.EXE", &program);
    sandbox.write("other.exe", &program[..program.len() - 60]);
    assert_eq!(paths(&sandbox, &[]), ["app.jar!prod.env", "setup.EXE!prod.env"]);
    sandbox.scan(&["--no-store", "other.exe"]).exits(0).says("1 binary file");
}

/// `lockgate scan` with so many KiB of memory at most.
fn scan_within(sandbox: &Sandbox, kib: u64) -> crate::sandbox::Run {
    let mut command = std::process::Command::new("sh");
    let script = format!("ulimit -v {kib}; exec \"$0\" \"$@\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_lockgate")]);
    sandbox.run_by(command, &["scan", "--no-store"])
}

#[test]
fn bombs_end_within_bounds() {
    let sandbox = Sandbox::empty();
    let zeros = vec![b'0'; 64 << 20];
    let layer = gzipped(&zeros);
    sandbox.write("flat.gz", layer.repeat(40));
    let sheet = zipped(&[("0.txt", &zeros)]);
    let sheets: Vec<(String, &[u8])> = (0..16).map(|n| (format!("{n}.zip"), &*sheet)).collect();
    let sheets: Vec<(&str, &[u8])> = sheets.iter().map(|(name, zip)| (&**name, *zip)).collect();
    sandbox
        .write("nested.zip", zipped(&[("a.zip", &zipped(&sheets)), ("b.zip", &zipped(&sheets))]));
    sandbox.write("prod.env", setting());
    let run = scan_within(&sandbox, 3 << 20).exits(1);
    run.says("flat.gz").says("nested.zip").says("looked at in part only").says("prod.env");
}

#[test]
fn a_file_of_two_gigabytes_costs_nothing() {
    let sandbox = Sandbox::empty();
    File::create(sandbox.join("disk.img")).unwrap().set_len(2 << 30).unwrap();
    sandbox.write("dump.sql", "-- ");
    File::options().write(true).open(sandbox.join("dump.sql")).unwrap().set_len(2 << 30).unwrap();
    sandbox.write("text.sql", "x".repeat(9000));
    File::options().write(true).open(sandbox.join("text.sql")).unwrap().set_len(2 << 30).unwrap();
    sandbox.write("vast.zip", zipped(&[("a", &setting())]));
    File::options().write(true).open(sandbox.join("vast.zip")).unwrap().set_len(2 << 30).unwrap();
    let run = scan_within(&sandbox, 1_900_000).exits(0);
    run.says("text.sql").says("max_file_mib").says("vast.zip");
}

#[test]
fn an_archive_over_the_limit_of_files_is_read_where_it_lies() {
    let sandbox = Sandbox::with(&[("lockgate.toml", "[scan]\nmax_file_mib = 1\n")]);
    let noise: Vec<u8> =
        (0..900_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 | 1).collect();
    let files: [(&str, &[u8]); 4] =
        [("1", &noise), ("2", &noise), ("3", &noise), ("prod.env", &setting())];
    sandbox.write("a.tar", tarred(&files));
    sandbox.write("b.zip", zipped(&files));
    assert_eq!(paths(&sandbox, &[]), ["a.tar!prod.env", "b.zip!prod.env"]);
    sandbox.write("lockgate.toml", "[scan]\nmax_file_mib = 1\narchives = false\n");
    sandbox.scan(&["--no-store"]).exits(0).says("2 binary files left out");
}

#[test]
fn endless_lines_and_nuls_are_scanned() {
    let sandbox = Sandbox::with(&[("lockgate.toml", "[scan]\nmax_file_mib = 128\n")]);
    let line = [&vec![b'a'; 100 << 20][..], b" ", &setting()].concat();
    sandbox.write("line.txt", line);
    sandbox.write(
        "nuls.txt",
        [&b"text ".repeat(2000)[..], &vec![0; 1 << 20], b"\n", &setting()].concat(),
    );
    assert_eq!(paths(&sandbox, &[]), ["line.txt", "nuls.txt"]);
}

#[test]
fn what_leaves_an_archive_is_fixed_and_what_cannot_be_seen_any_more_is_not() {
    let sandbox = Sandbox::repository(&[("a.py", "x = 1\n")]);
    let whole = zipped(&[("prod.env", &setting()), ("other.env", b"x = 1\n")]);
    let fixed = |arguments: &[&str]| {
        let run = sandbox.scan(&[&["--format", "json"], arguments].concat());
        run.json()["fixed"].as_array().unwrap().len()
    };
    sandbox.write("conf.zip", &whole);
    assert_eq!(fixed(&[]), 0);
    sandbox.write("lockgate.toml", "[scan]\narchives = false\n");
    assert_eq!(fixed(&[]), 0);
    sandbox.write("lockgate.toml", "[scan]\nexclude = [\"*.zip\"]\n");
    assert_eq!(fixed(&[]), 0);
    sandbox.write("lockgate.toml", "[scan]\nexclude = [\"conf.zip!prod.*\"]\n");
    assert_eq!(fixed(&[]), 0);
    sandbox.remove("lockgate.toml");
    sandbox.write("conf.zip", &whole[..20]);
    assert_eq!(fixed(&[]), 0);
    sandbox.write("conf.zip", zipped(&[("other.env", b"x = 1\n")]));
    assert_eq!(fixed(&[]), 1);
    sandbox.write("conf.zip", &whole);
    assert_eq!(fixed(&["conf.zip"]), 0);
    sandbox.write("conf.zip", zipped(&[("other.env", b"x = 1\n")]));
    assert_eq!(fixed(&["conf.zip"]), 1);
    sandbox.write("conf.zip", &whole);
    assert_eq!(fixed(&[]), 0);
    sandbox.remove("conf.zip");
    assert_eq!(fixed(&[]), 1);
}

#[test]
fn what_the_base_has_inside_an_archive_is_not_new() {
    let sandbox = Sandbox::repository(&[]);
    sandbox.write("old.zip", zipped(&[("prod.env", &setting())]));
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.write("old.zip", zipped(&[("more.txt", b"1"), ("prod.env", &setting())]));
    sandbox.scan(&["--no-store", "--base", "main"]).exits(0);
    sandbox.write("new.zip", zipped(&[("prod.env", &setting())]));
    sandbox.scan(&["--no-store", "--base", "main"]).exits(1).says("new.zip!prod.env");
}

#[test]
fn what_is_inside_can_be_ignored_and_waived() {
    let sandbox = Sandbox::empty();
    let allowed = [&setting()[..setting().len() - 1], b"  # lockgate:ignore github-pat a sample\n"];
    let files: [(&str, &[u8]); 3] = [
        ("docs/sample.env", &setting()),
        ("prod.env", &setting()),
        ("waived.env", &allowed.concat()),
    ];
    sandbox.write("lib/conf.zip", zipped(&files));
    let both = ["lib/conf.zip!docs/sample.env", "lib/conf.zip!prod.env"];
    assert_eq!(paths(&sandbox, &[]), both);
    for (file, text, left) in [
        (".lockgateignore", "docs/\n", &both[1..]),
        (".lockgateignore", "lib/conf.zip\n", &[]),
        ("lockgate.toml", "[scan]\nexclude = [\"**/*.zip!docs/*\"]\n", &both[1..]),
        ("lockgate.toml", "[scan]\nexclude = [\"lib/**\"]\n", &[]),
        (".lockgate/waivers.toml", &waiver("lib/conf.zip!docs/**"), &both[1..]),
        (".lockgate/waivers.toml", &waiver("lib/*.zip"), &[]),
        (".lockgate/waivers.toml", &waiver("lib"), &[]),
    ] {
        sandbox.write(file, text);
        assert_eq!(paths(&sandbox, &[]), left, "{file}: {text}");
        sandbox.remove(file);
    }
    // Who names it wants it.
    sandbox.write("lockgate.toml", "[scan]\nexclude = [\"lib/**\"]\n");
    assert_eq!(paths(&sandbox, &["lib/conf.zip"]), both);
}

fn waiver(path: &str) -> String {
    format!(
        "[[waiver]]\nrule = \"github-pat\"\npath = \"{path}\"\nreason = \"a sample\"\nowner = \"kim\"\ncreated = 2026-11-23\n"
    )
}

#[test]
fn other_tools_are_told_where_it_is() {
    let sandbox = Sandbox::empty();
    sandbox.write("a b.zip", zipped(&[("c d.env", &setting())]));
    let sarif = sandbox.scan(&["--no-store", "--format", "sarif"]).exits(1).json();
    let mut results = sarif["runs"].as_array().unwrap().iter().map(|run| &run["results"][0]);
    let place =
        &results.find(|result| !result.is_null()).unwrap()["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.zip!c%20d.env");
}

#[test]
fn documents_are_read_as_text() {
    let sandbox = Sandbox::empty();
    let setting = String::from_utf8(setting()).unwrap();
    let (first, last) = setting.trim_end().split_at(setting.len() - 20);
    let xml = format!(
        "<w:document><w:p><w:r><w:t>{first}</w:t></w:r><w:r><w:t>{last}</w:t></w:r></w:p></w:document>"
    );
    sandbox.write("plan.docx", zipped(&[("word/document.xml", xml.as_bytes())]));
    let pages = pdf(&format!("BT /F1 12 Tf 72 700 Td ({first}) Tj [({last})] TJ ET"));
    sandbox.write("plan.pdf", &pages);
    sandbox.write("all.zip", zipped(&[("plan.pdf", &pages)]));
    assert_eq!(
        paths(&sandbox, &[]),
        ["all.zip!plan.pdf!page-1", "plan.docx!word/document.xml", "plan.pdf!page-1"]
    );
}

/// A document whose one page has this content.
fn pdf(content: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let mut pdf = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n\
        2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
        3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 4 0 R>>\nendobj\n\
        4 0 obj\n<</Filter/FlateDecode>>\nstream\n"
        .to_vec();
    pdf.extend(packed);
    pdf.extend(b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n");
    pdf
}

#[test]
fn the_text_of_a_notebook_is_read_without_its_escapes() {
    let token = templates::expand("{{github ghp}}");
    let cell =
        |text: &str| serde_json::json!({"cell_type": "markdown", "metadata": {}, "source": [text]});
    let output = serde_json::json!({
        "cell_type": "code", "execution_count": 1, "metadata": {}, "source": "print(key)",
        "outputs": [{"output_type": "stream", "name": "stdout", "text": [format!("x\n{token}\n")]}],
    });
    let notebook = serde_json::json!({
        "cells": [cell("# Title"), output, cell(&format!("is\n{token}"))],
        "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5,
    });
    let sandbox = Sandbox::empty();
    sandbox.write("a.ipynb", notebook.to_string());
    let report = sandbox.scan(&["--no-store", "--format", "json"]).exits(1).json();
    let findings = report["findings"].as_array().unwrap();
    let cells: Vec<_> = findings.iter().map(|f| f["cell"]["number"].as_u64().unwrap()).collect();
    assert_eq!(cells, [2, 3], "{report}");
}
