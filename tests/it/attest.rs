//! From a scan to the deployment: verdict, attestation, and what is refused.

use crate::sandbox::{Run, SHELL, Sandbox};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::DecodePublicKey;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

const VERIFY: &[&str] = &["verify", "app.tar", "--attestation", "app.jsonl"];
const ATTEST: &[&str] = &[
    "attest",
    "--subject",
    "app.tar",
    "--verdict",
    "verdict.json",
    "--output",
    "app.jsonl",
    "--key",
    ".lockgate/signing.key",
];

/// A repository whose commit passes, with keys, an archive and the verdict on it.
fn judged() -> Sandbox {
    let sandbox = Sandbox::repository(&[
        ("app.py", "print(1)\n"),
        (".gitignore", "/app.*\n/verdict.json\n!/app.py\n"),
    ]);
    sandbox.run(&["attest", "keygen"]).exits(0);
    sandbox.commit();
    sandbox.write("app.tar", "all that is deployed\n");
    sandbox.scan(&["--format", "verdict=verdict.json"]).exits(0);
    sandbox
}

/// The same, with the attestation.
fn attested() -> Sandbox {
    let sandbox = judged();
    sandbox.run(ATTEST).exits(0);
    sandbox
}

fn verify(sandbox: &Sandbox, more: &[&str]) -> Run {
    sandbox.run(&[VERIFY, more].concat())
}

fn read(sandbox: &Sandbox, path: &str) -> Value {
    serde_json::from_slice(&fs::read(sandbox.join(path)).unwrap()).unwrap()
}

/// Changes the verdict and has it signed all the same.
fn attest_changed(sandbox: &Sandbox, change: impl Fn(&mut Value)) {
    let mut verdict = read(sandbox, "verdict.json");
    change(&mut verdict);
    sandbox.write("verdict.json", verdict.to_string());
    sandbox.run(&[ATTEST, &["--allow-failed"]].concat()).exits(0);
}

fn head(sandbox: &Sandbox) -> String {
    read(sandbox, "verdict.json")["repository"]["commit"].as_str().unwrap().to_owned()
}

fn ago(seconds: i64) -> String {
    (jiff::Timestamp::now() - jiff::SignedDuration::from_secs(seconds)).to_string()
}

#[test]
fn a_passed_gate_vouches_for_the_archive() {
    let sandbox = attested();
    let key = "signed by key ";
    verify(&sandbox, &[]).exits(0).says("verified: app.tar").says(&head(&sandbox)).says(key);
    let verdict = read(&sandbox, "verdict.json");
    let policy = verdict["policy"]["hash"].as_str().unwrap();
    let name = verdict["repository"]["name"].as_str().unwrap();
    let demands =
        ["--max-age", "1h", "--commit", "HEAD", "--policy-hash", policy, "--repository", name];
    verify(&sandbox, &demands).exits(0);
    verify(
        &sandbox,
        &["--commit", &head(&sandbox), "--policy-hash", "0,1", "--policy-hash", policy],
    )
    .exits(0);
}

#[test]
fn a_changed_byte_in_the_archive_is_refused() {
    let sandbox = attested();
    sandbox.write("app.tar", "all that is deployed!");
    verify(&sandbox, &[]).exits(1).says("refused: app.tar").says("vouches for other files");
    sandbox.remove("app.tar");
    verify(&sandbox, &[]).exits(2).complains("app.tar: cannot be read");
}

#[test]
fn a_changed_byte_in_payload_or_signature_is_refused() {
    let sandbox = attested();
    let envelope = read(&sandbox, "app.jsonl");
    let change = |pointer: &str| {
        let mut changed = envelope.clone();
        let field = changed.pointer_mut(pointer).unwrap();
        let mut bytes = STANDARD.decode(field.as_str().unwrap()).unwrap();
        bytes[40] ^= 1;
        *field = json!(STANDARD.encode(bytes));
        sandbox.write("app.jsonl", changed.to_string());
        verify(&sandbox, &[])
    };
    let why = "the signature by this trusted key does not fit";
    change("/payload").exits(1).says("app.jsonl:1").says(why);
    change("/signatures/0/sig").exits(1).says(why);
    let mut other = envelope.clone();
    other["payloadType"] = json!("application/json");
    sandbox.write("app.jsonl", other.to_string());
    verify(&sandbox, &[]).exits(1).says(why);
}

#[test]
fn the_name_that_an_envelope_gives_its_key_is_only_a_hint() {
    let sandbox = attested();
    let mut envelope = read(&sandbox, "app.jsonl");
    envelope["signatures"][0]["keyid"] = json!("\u{1b}[2Jsomebody");
    sandbox.write("app.jsonl", envelope.to_string());
    verify(&sandbox, &[]).exits(0);
    envelope["signatures"][0]["sig"] = json!(STANDARD.encode([7; 64]));
    sandbox.write("app.jsonl", envelope.to_string());
    verify(&sandbox, &[]).exits(1).says("no trusted key has signed it").says(r"\u{1b}[2Jsomebody");
    envelope["signatures"] = json!([]);
    sandbox.write("app.jsonl", envelope.to_string());
    verify(&sandbox, &[]).exits(1).says("no trusted key has signed it, nor any other");
}

#[test]
fn a_verdict_of_another_commit_is_refused() {
    let sandbox = attested();
    let before = head(&sandbox);
    sandbox.write("app.py", "print(2)\n");
    sandbox.commit();
    verify(&sandbox, &[]).exits(1).says(&format!("is for commit {before}, not for "));
    verify(&sandbox, &["--commit", "HEAD"]).exits(1).says("is for commit");
    verify(&sandbox, &["--commit", &"0".repeat(40)]).exits(1).says("is for commit");
    verify(&sandbox, &["--commit", &before]).exits(0);
    verify(&sandbox, &["--commit", "any"]).exits(0);
    verify(&sandbox, &["--commit", &before[..8]]).exits(2).complains("whole commit hash");
    verify(&sandbox, &["--commit", "any", "--repository", "host/other"])
        .exits(1)
        .says("not for host/other");
}

#[test]
fn outside_a_repository_no_commit_is_asked_for() {
    let sandbox = attested();
    let deployment = Sandbox::empty();
    for file in ["app.tar", "app.jsonl", "lockgate.pub"] {
        deployment.write(file, fs::read(sandbox.join(file)).unwrap());
    }
    verify(&deployment, &[]).exits(0).says("verified");
    verify(&deployment, &["--commit", "HEAD"]).exits(2).complains("there is no commit here");
    deployment.remove("lockgate.pub");
    verify(&deployment, &[]).exits(2).complains("--public-key FILE");
}

type Harm = fn(&Sandbox);

/// Repositories in which no commit can be told, by what is done to them.
const BROKEN: &[(&str, Harm)] = &[
    ("a configuration that is none", |sandbox| sandbox.write(".git/config", "[core\n")),
    ("no HEAD", |sandbox| sandbox.remove(".git/HEAD")),
    ("an empty HEAD", |sandbox| sandbox.write(".git/HEAD", "")),
    ("a branch without a commit", |sandbox| {
        sandbox.git(&["symbolic-ref", "HEAD", "refs/heads/none"]);
    }),
    ("no objects", |sandbox| fs::remove_dir_all(sandbox.join(".git/objects")).unwrap()),
    ("a commit that is not there", |sandbox| sandbox.write(".git/HEAD", "1".repeat(40))),
    ("a link to a folder that is not there", |sandbox| {
        fs::remove_dir_all(sandbox.join(".git")).unwrap();
        sandbox.write(".git", "gitdir: /nowhere/at/all\n");
    }),
    ("an empty .git", |sandbox| {
        fs::remove_dir_all(sandbox.join(".git")).unwrap();
        sandbox.write(".git", "");
    }),
    #[cfg(unix)]
    ("a .git that leads nowhere", |sandbox| {
        fs::remove_dir_all(sandbox.join(".git")).unwrap();
        std::os::unix::fs::symlink("nowhere", sandbox.join(".git")).unwrap();
    }),
];

#[test]
fn where_head_cannot_be_told_no_other_commit_will_do() {
    for (what, broken) in BROKEN {
        let sandbox = attested();
        let commit = head(&sandbox);
        sandbox.write("lib/a.py", "print(1)\n");
        sandbox.commit();
        broken(&sandbox);
        for asked in [&[][..], &["--commit", "HEAD"]] {
            let run = verify(&sandbox, asked);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{what}: {}", run.stderr);
            assert!(run.stderr.contains("--commit SHA"), "{what}: {}", run.stderr);
        }
        verify(&sandbox, &["--commit", &commit]).exits(0);
        verify(&sandbox, &["--commit", "any"]).exits(0);
        let mut below = Command::new("env");
        below.args(["-C", "lib", env!("CARGO_BIN_EXE_lockgate")]);
        let below =
            sandbox.run_by(below, &["verify", "../app.tar", "--attestation", "../app.jsonl"]);
        assert_eq!(below.code, 2, "{what}: {}", below.stdout);
        let run = sandbox.scan(&["--no-store", "--no-cache"]);
        let unborn = what.contains("branch without");
        assert_eq!(run.stderr.contains("no commit is known"), !unborn, "{what}: {}", run.stderr);
    }
}

/// Git itself checks no author when it is given a commit as it is.
#[test]
fn an_author_that_cannot_be_read_loses_no_commit() {
    let sandbox = attested();
    let raw = |sandbox: &Sandbox, author: &str, committer: &str| {
        let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        sandbox.write(
            "app.commit",
            format!("tree {tree}\nauthor {author}\ncommitter {committer}\n\nchange\n"),
        );
        sandbox.git(&["hash-object", "-t", "tree", "-w", "/dev/null"]);
        let mut git = Command::new("git");
        git.args(["hash-object", "-t", "commit", "-w", "--literally", "app.commit"]);
        let output = git.current_dir(sandbox.path()).output().unwrap();
        let id = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        sandbox.write(".git/refs/heads/main", format!("{id}\n"));
        id
    };
    let whole = "tester <tester@example.com> 1700000000 +0000";
    for (author, committer) in [
        ("tester <tester@example.com> notadate +0000", whole),
        ("tester tester@example.com", whole),
        ("", ""),
    ] {
        let id = raw(&sandbox, author, committer);
        verify(&sandbox, &[]).exits(1).says(&format!("not for {id}"));
        sandbox.scan(&["--format", "verdict=verdict.json"]).exits(0);
        assert_eq!(head(&sandbox), id);
    }
}

#[test]
fn a_failed_gate_is_not_signed_and_if_it_is_it_is_refused() {
    let sandbox = judged();
    sandbox.write("app.py", SHELL);
    sandbox.commit();
    sandbox.scan(&["--format", "verdict=verdict.json"]).exits(1);
    sandbox.run(ATTEST).exits(1).says("the gate did not let it pass: blocked by 1 finding");
    assert!(!sandbox.join("app.jsonl").exists());
    sandbox.run(&[ATTEST, &["--allow-failed"]].concat()).exits(0);
    verify(&sandbox, &[]).exits(1).says("the outcome is blocked");
    attest_changed(&sandbox, |verdict| verdict["outcome"] = json!("incomplete"));
    verify(&sandbox, &[]).exits(1).says("the outcome is incomplete");
}

#[test]
fn a_dry_run_vouches_for_nothing() {
    let sandbox = judged();
    let verdict = ["--format", "verdict=verdict.json"];
    sandbox.scan(&[&["--dry-run"], &verdict[..]].concat()).exits(0);
    sandbox.run(ATTEST).exits(1).says("did not let it pass: passed, only observed");
    sandbox.write("app.py", SHELL);
    sandbox.commit();
    sandbox.scan(&[&["--dry-run"], &verdict[..]].concat()).exits(0);
    sandbox.run(ATTEST).exits(1).says("would have been blocked by 1 finding");
    assert!(!sandbox.join("app.jsonl").exists());
    sandbox.run(&[ATTEST, &["--allow-failed"]].concat()).exits(0);
    verify(&sandbox, &[]).exits(1).says("the gate only observed");
    let policy = read(&sandbox, "verdict.json")["policy"]["hash"].as_str().unwrap().to_owned();
    verify(&sandbox, &["--policy-hash", &policy]).exits(1).says("the gate only observed");
    sandbox
        .write("lockgate.toml", "[gate]\nprofile = \"legacy-onboarding\"\nstarts = 9999-12-01\n");
    sandbox.commit();
    sandbox.scan(&verdict).exits(0);
    sandbox.run(ATTEST).exits(1).says("would have been blocked by 1 finding");
}

#[test]
fn a_policy_that_blocks_nothing_vouches_only_where_it_is_asked_for() {
    let sandbox = judged();
    let toothless = [
        ("[gate]\nprofile = \"none\"\n", &[][..]),
        ("[gate]\nprofile = \"none\"\nwarn_on = \"low\"\n", &[]),
        ("", &["--fail-on", "none"]),
    ];
    for (settings, flags) in toothless {
        sandbox.write("lockgate.toml", settings);
        sandbox.write("app.py", SHELL);
        sandbox.commit();
        sandbox.scan(&[&["--format", "verdict=verdict.json"], flags].concat()).exits(0);
        assert_eq!(read(&sandbox, "verdict.json")["policy"]["blocks"], false);
        sandbox.run(ATTEST).exits(0);
        verify(&sandbox, &[]).exits(1).says("blocks nothing").says("--policy-hash");
        let policy = read(&sandbox, "verdict.json")["policy"]["hash"].as_str().unwrap().to_owned();
        verify(&sandbox, &["--policy-hash", &policy]).exits(0).says("verified");
        verify(&sandbox, &["--policy-hash", "00ff"]).exits(1).says("none of those asked for");
    }
}

#[test]
fn a_verdict_that_is_old_or_still_to_come_is_refused() {
    let sandbox = judged();
    attest_changed(&sandbox, |verdict| verdict["judged"] = json!(ago(8 * 86_400)));
    verify(&sandbox, &[]).exits(0);
    verify(&sandbox, &["--max-age", "7d"]).exits(1).says("too old by 1 d");
    verify(&sandbox, &["--max-age", "week"]).exits(2).complains("such as 7d");
    attest_changed(&sandbox, |verdict| verdict["judged"] = json!(ago(31 * 86_400)));
    verify(&sandbox, &[]).exits(1).says("too old by 1 d");
    attest_changed(&sandbox, |verdict| verdict["judged"] = json!(ago(-60)));
    verify(&sandbox, &[]).exits(0);
    attest_changed(&sandbox, |verdict| verdict["judged"] = json!(ago(-3600)));
    verify(&sandbox, &[]).exits(1).says("still to come");
}

#[test]
fn another_policy_and_a_part_of_the_repository_are_refused() {
    let sandbox = attested();
    verify(&sandbox, &["--policy-hash", "00ff"]).exits(1).says("none of those asked for");
    sandbox.write("lib/a.py", "print(3)\n");
    sandbox.commit();
    sandbox.scan(&["lib", "--format", "verdict=verdict.json"]).exits(0);
    sandbox.run(ATTEST).exits(0);
    verify(&sandbox, &[]).exits(1).says("python did not cover the whole repository");
    verify(&sandbox, &["--covers", "./lib/"]).exits(0);
    verify(&sandbox, &["--covers", "lib", "--covers", "app.py"])
        .exits(1)
        .says("secrets did not cover app.py");
    let none = [
        "--engine",
        "python=off,javascript=off,terraform=off",
        "--engine",
        "cloudformation=off,docker=off,kubernetes=off,secrets=off",
        "--engine",
        "compose=off,workflows=off,gitlab=off",
        "--format",
        "verdict=verdict.json",
    ];
    sandbox.scan(&none).exits(3);
    sandbox.run(ATTEST).exits(1).says("the gate did not let it pass: incomplete");
}

#[test]
fn a_scan_that_looked_at_nothing_vouches_for_nothing() {
    let sandbox = judged();
    for (path, text) in [
        ("lockgate.toml", "[scan]\nexclude = [\"**\"]\n"),
        (".lockgateignore", "*\n"),
        ("sub/.lockgateignore", "../*\n"),
    ] {
        sandbox.write(path, text);
        sandbox.commit();
        sandbox.scan(&["--format", "verdict=verdict.json"]).exits(0);
        sandbox.run(ATTEST).exits(0);
        let policy = read(&sandbox, "verdict.json")["policy"]["hash"].as_str().unwrap().to_owned();
        let nothing = read(&sandbox, "verdict.json")["inputs"]["files"] == 0;
        assert_eq!(nothing, !path.starts_with("sub"), "{path}");
        if nothing {
            let demands = ["--policy-hash", &policy, "--except", "**"];
            verify(&sandbox, &demands).exits(1).says("no engine looked at a single file");
            verify(&sandbox, &[]).exits(1).says("its settings left out .gitignore, ");
        }
        sandbox.remove(path);
    }
}

#[test]
fn what_the_settings_left_out_of_a_commit_is_asked_about() {
    let sandbox = judged();
    sandbox.write("lockgate.toml", "[scan]\nexclude = [\"vendor/**\"]\n");
    sandbox.write(".lockgateignore", "/old.py\n");
    for path in ["vendor/a.py", "vendor/b.py", "old.py", "lib/a.py"] {
        sandbox.write(path, "print(1)\n");
    }
    sandbox.commit();
    sandbox.write("vendor/untracked.py", "print(1)\n");
    sandbox.scan(&["--format", "verdict=verdict.json"]).exits(0);
    sandbox.run(ATTEST).exits(0);
    let out = json!(["old.py", "vendor/a.py", "vendor/b.py"]);
    assert_eq!(read(&sandbox, "verdict.json")["inputs"]["passed_over"], out);
    let why = "its settings left out old.py, vendor/a.py, vendor/b.py; if that is meant";
    verify(&sandbox, &[]).exits(1).says(why);
    verify(&sandbox, &["--except", "vendor/**"]).exits(1).says("left out old.py; if");
    for except in [["./vendor/", "old.py"], ["vendor/*.py", "o*.py"], ["vendor", "**/old.py"]] {
        verify(&sandbox, &["--except", except[0], "--except", except[1]])
            .exits(0)
            .says("not looked at: old.py, vendor/a.py, vendor/b.py");
    }
    verify(&sandbox, &["--covers", "lib"]).exits(0);
    verify(&sandbox, &["--covers", "vendor/a.py"]).exits(1).says("left out vendor/a.py; if");
    verify(&sandbox, &["--covers", "vendor"]).exits(1).says("left out vendor/a.py, vendor/b.py;");
    verify(&sandbox, &["--except", "a{b"]).exits(2).complains("--except");
    verify(&sandbox, &["--except", ""]).exits(2);
}

#[test]
fn outside_git_what_is_excluded_is_asked_about() {
    let sandbox = Sandbox::with(&[
        ("a.py", "print(1)\n"),
        ("b.py", "print(1)\n"),
        ("lockgate.toml", "[scan]\nexclude = [\"b.py\"]\n"),
        ("app.tar", "all of it"),
    ]);
    sandbox.run(&["attest", "keygen"]).exits(0);
    sandbox.scan(&["--format", "verdict=verdict.json"]).exits(0);
    sandbox.run(ATTEST).exits(0);
    verify(&sandbox, &[]).exits(1).says("its settings left out b.py;");
    verify(&sandbox, &["--except", "b.py"]).exits(0);
}

#[test]
fn what_an_engine_could_not_look_at_is_not_covered() {
    let sandbox = attested();
    attest_changed(&sandbox, |verdict| verdict["engines"][0]["except"] = json!(["d", "lib/a.py"]));
    let why = "python could not look at d, lib/a.py; if that is meant";
    verify(&sandbox, &[]).exits(1).says(why);
    verify(&sandbox, &["--covers", "d/deep.py"]).exits(1).says("python could not look at d;");
    verify(&sandbox, &["--covers", "lib"]).exits(1).says("python could not look at lib/a.py;");
    verify(&sandbox, &["--covers", "app.py"]).exits(0).says("not looked at: d, lib/a.py");
    verify(&sandbox, &["--covers", "dd"]).exits(0);
    verify(&sandbox, &["--except", "d/**", "--except", "lib/*"]).exits(1).says("at d;");
    verify(&sandbox, &["--except", "d", "--except", "lib/*"]).exits(0);
    sandbox.write("huge.py", vec![b'#'; (1 << 20) + 1]);
    sandbox.write("lockgate.toml", "[scan]\nmax_file_mib = 1\n");
    sandbox.commit();
    sandbox.scan(&["--format", "verdict=verdict.json"]).exits(0);
    sandbox.run(ATTEST).exits(0);
    verify(&sandbox, &[]).exits(1).says("python could not look at huge.py").says("secrets could");
}

#[test]
fn no_size_that_a_file_may_have_is_out_of_bounds() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    for size in ["0", "4097", "17592186044416", "-1", "9223372036854775807"] {
        sandbox.write("lockgate.toml", format!("[scan]\nmax_file_mib = {size}\n"));
        sandbox.scan(&[]).exits(2).complains("lockgate.toml:2: ");
    }
    sandbox.write("lockgate.toml", "[scan]\nmax_file_mib = 4096\n");
    sandbox.scan(&[]).exits(1).says("B602");
}

#[test]
fn a_demand_that_got_lost_is_none() {
    let sandbox = attested();
    for name in ["POLICY_HASH", "COMMIT", "REPOSITORY", "COVERS", "EXCEPT", "MAX_AGE", "PUBLIC_KEY"]
    {
        let mut command = Command::new("env");
        command.arg(format!("LOCKGATE_{name}=")).arg(env!("CARGO_BIN_EXE_lockgate"));
        let run = sandbox.run_by(command, VERIFY);
        assert_eq!(run.code, 2, "{name}: {}", run.stdout);
    }
    verify(&sandbox, &["--policy-hash", ""]).exits(2);
    for path in ["src/../secret", "..", "/etc", ""] {
        verify(&sandbox, &["--covers", path]).exits(2).complains("--covers");
    }
    verify(&sandbox, &["--covers", "./a//b/."]).exits(0);
}

#[test]
fn another_key_is_refused_and_any_trusted_key_suffices() {
    let sandbox = attested();
    let first = fs::read_to_string(sandbox.join("lockgate.pub")).unwrap();
    sandbox.run(&["attest", "keygen"]).exits(2).complains("--force");
    sandbox.run(&["attest", "keygen", "--force"]).exits(0);
    verify(&sandbox, &[]).exits(1).says("no trusted key has signed it, the envelope names ");
    let second = fs::read_to_string(sandbox.join("lockgate.pub")).unwrap();
    assert_ne!(first, second);
    sandbox.write("lockgate.pub", second.clone() + &first);
    verify(&sandbox, &[]).exits(0);
    sandbox.write("lockgate.pub", second);
    sandbox.write("first.pub", first);
    verify(&sandbox, &["--public-key", "first.pub"]).exits(0);
    verify(&sandbox, &["--public-key", "lockgate.pub", "--public-key", "first.pub"]).exits(0);
    verify(&sandbox, &["--public-key", "app.tar"])
        .exits(2)
        .complains("app.tar: holds no public key");
}

#[test]
fn one_of_many_envelopes_is_enough_and_each_of_the_others_says_why_not() {
    let sandbox = attested();
    let good = fs::read_to_string(sandbox.join("app.jsonl")).unwrap();
    sandbox.write("other.tar", "another artefact");
    let other = [
        "attest",
        "--subject",
        "other.tar",
        "--verdict",
        "verdict.json",
        "--key",
        ".lockgate/signing.key",
    ];
    let other = sandbox.run(&other).exits(0).stdout;
    sandbox.write("app.jsonl", format!("{other}\n{good}"));
    verify(&sandbox, &["other.tar"]).exits(0).says("verified: app.tar").says("verified: other.tar");
    sandbox.write("app.jsonl", format!("{other}\n{other}"));
    let refused = verify(&sandbox, &[]).exits(1);
    refused.says("app.jsonl:1: it vouches for other").says("app.jsonl:3: it vouches for other");
}

/// The same envelope with another payload, signed by the key that the repository trusts.
fn signed(sandbox: &Sandbox, payload: &[u8]) -> String {
    use ed25519_dalek::pkcs8::DecodePrivateKey;
    use ed25519_dalek::{Signer, SigningKey};
    let pem = fs::read_to_string(sandbox.join(".lockgate/signing.key")).unwrap();
    let key = SigningKey::from_pkcs8_pem(&pem).unwrap();
    let kind = "application/vnd.in-toto+json";
    let head = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len());
    let sig = key.sign(&[head.as_bytes(), payload].concat()).to_bytes();
    let sig = json!({"sig": STANDARD.encode(sig)});
    json!({"payloadType": kind, "payload": STANDARD.encode(payload), "signatures": [sig]})
        .to_string()
}

#[test]
fn an_envelope_that_cannot_be_read_does_not_speak_for_the_others() {
    let sandbox = attested();
    let good = fs::read_to_string(sandbox.join("app.jsonl")).unwrap();
    let odd = signed(&sandbox, b"{\"_type\": 7}");
    for order in [format!("{odd}\n{good}"), format!("{good}{odd}\n")] {
        sandbox.write("app.jsonl", order);
        verify(&sandbox, &[]).exits(0);
        verify(&sandbox, &["--commit", &"0".repeat(40)]).exits(2).complains("cannot be read");
    }
}

#[test]
fn a_flood_of_signatures_is_refused_in_no_time() {
    let sandbox = attested();
    let mut envelope = read(&sandbox, "app.jsonl");
    let good = envelope["signatures"][0].clone();
    let noise = json!({"keyid": "", "sig": STANDARD.encode([7; 64])});
    let mut all = vec![noise; 63];
    all.push(good);
    envelope["signatures"] = json!(all);
    sandbox.write("app.jsonl", envelope.to_string());
    verify(&sandbox, &[]).exits(0);
    all.push(json!({"sig": ""}));
    envelope["signatures"] = json!(all);
    sandbox.write("app.jsonl", envelope.to_string());
    verify(&sandbox, &[]).exits(2).complains("more than 64 signatures");
}

#[cfg(unix)]
#[test]
fn no_pipe_is_waited_for() {
    let sandbox = attested();
    let made = Command::new("mkfifo").arg(sandbox.join("pipe")).status().unwrap();
    assert!(made.success());
    let why = "it is no regular file";
    sandbox.run(&["verify", "pipe", "--attestation", "app.jsonl"]).exits(2).complains(why);
    sandbox.run(&["verify", "app.tar", "--attestation", "pipe"]).exits(2).complains(why);
    verify(&sandbox, &["--public-key", "pipe"]).exits(2).complains(why);
    sandbox.run(&[&ATTEST[..7], &["--key", "pipe"]].concat()).exits(2).complains(why);
    sandbox.run(&["replay", "pipe"]).exits(2).complains(why);
}

#[test]
fn a_name_may_hold_a_comma() {
    let sandbox = judged();
    sandbox.write("app.1,2", "one of two");
    sandbox.run(&[&["attest", "--subject", "app.1,2"], &ATTEST[3..]].concat()).exits(0);
    fs::rename(sandbox.join("lockgate.pub"), sandbox.join("app.a,b")).unwrap();
    let demands = ["--attestation", "app.jsonl", "--public-key", "app.a,b"];
    sandbox.run(&[&["verify", "app.1,2"], &demands[..]].concat()).exits(0);
}

#[test]
fn an_attestation_does_not_take_the_place_of_what_it_is_made_from() {
    let sandbox = judged();
    fs::hard_link(sandbox.join("app.tar"), sandbox.join("app.link")).unwrap();
    for output in ["app.tar", "./app.tar", "app.link", "verdict.json", ".lockgate/signing.key"] {
        let before = fs::read(sandbox.join(output)).unwrap();
        let mut arguments = ATTEST.to_vec();
        arguments[6] = output;
        sandbox.run(&arguments).exits(2).complains("itself; let --output name another file");
        assert_eq!(fs::read(sandbox.join(output)).unwrap(), before);
    }
}

#[test]
fn what_is_cut_off_or_no_envelope_names_its_place() {
    let sandbox = attested();
    let whole = fs::read_to_string(sandbox.join("app.jsonl")).unwrap();
    for (content, place) in [
        (whole[..whole.len() / 2].to_owned(), "app.jsonl:1:"),
        (format!("{whole}{}", &whole[..50]), "app.jsonl:2:"),
        (String::new(), "app.jsonl:1: holds no envelope"),
        ("{}".to_owned(), "app.jsonl:1:2: missing field"),
        (whole.replace("\"payload\":\"ey", "\"payload\":\"!!"), "app.jsonl:1: the payload"),
    ] {
        sandbox.write("app.jsonl", content);
        verify(&sandbox, &[]).exits(2).complains(place);
    }
}

#[test]
fn a_verdict_that_cannot_be_read_is_not_signed() {
    let sandbox = judged();
    sandbox.write("verdict.json", "{\n  \"schema\": 1}");
    sandbox.run(ATTEST).exits(2).complains("verdict.json: invalid type").complains("line 2");
    sandbox.write("verdict.json", r#"{"schema": "lockgate/verdict/v9"}"#);
    sandbox.run(ATTEST).exits(2).complains("take the Lockgate that wrote it");
    sandbox.remove("verdict.json");
    sandbox.run(ATTEST).exits(2).complains("verdict.json: cannot be read");
}

#[test]
fn the_statement_is_an_in_toto_statement_on_the_verdict() {
    let sandbox = attested();
    let envelope = read(&sandbox, "app.jsonl");
    assert_eq!(envelope["payloadType"], "application/vnd.in-toto+json");
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    let statement: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "urn:lockgate:verdict:v1");
    assert_eq!(statement["predicate"], read(&sandbox, "verdict.json"));
    let sum = Command::new("sha256sum").arg(sandbox.join("app.tar")).output().unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap()[..64].to_owned();
    assert_eq!(statement["subject"], json!([{"name": "app.tar", "digest": {"sha256": sum}}]));
}

/// The signed bytes put together by hand, and checked by other means than Lockgate's own.
#[test]
fn others_can_check_the_signature() {
    let sandbox = attested();
    let envelope = read(&sandbox, "app.jsonl");
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    let signature = STANDARD.decode(envelope["signatures"][0]["sig"].as_str().unwrap()).unwrap();
    let mut signed = b"DSSEv1 28 application/vnd.in-toto+json ".to_vec();
    signed.extend(format!("{} ", payload.len()).into_bytes());
    signed.extend(&payload);
    let pem = fs::read_to_string(sandbox.join("lockgate.pub")).unwrap();
    let key = VerifyingKey::from_public_key_pem(&pem).unwrap();
    key.verify_strict(&signed, &Signature::from_slice(&signature).unwrap()).unwrap();
    if Command::new("openssl").arg("version").output().is_err() {
        return;
    }
    sandbox.write("signed", &signed);
    sandbox.write("signature", &signature);
    let openssl = |arguments: &[&str]| {
        let output =
            Command::new("openssl").args(arguments).current_dir(sandbox.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    openssl(&[
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "lockgate.pub",
        "-rawin",
        "-in",
        "signed",
        "-sigfile",
        "signature",
    ]);
    assert_eq!(openssl(&["pkey", "-in", ".lockgate/signing.key", "-pubout"]), pem.into_bytes());
    let der = openssl(&["pkey", "-pubin", "-in", "lockgate.pub", "-outform", "DER"]);
    sandbox.write("key.der", der);
    let digest = String::from_utf8(openssl(&["dgst", "-sha256", "-r", "key.der"])).unwrap();
    assert_eq!(envelope["signatures"][0]["keyid"], digest[..16]);
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "other.key"]);
    sandbox.write("other.pub", openssl(&["pkey", "-in", "other.key", "-pubout"]));
    sandbox.run(&[&ATTEST[..7], &["--key", "other.key"]].concat()).exits(0);
    verify(&sandbox, &["--public-key", "other.pub"]).exits(0);
}

#[test]
fn the_private_key_may_come_from_the_environment() {
    let sandbox = judged();
    let pem = fs::read_to_string(sandbox.join(".lockgate/signing.key")).unwrap();
    let sign = |key: &str| {
        let mut command = Command::new("env");
        command.arg(format!("LOCKGATE_SIGNING_KEY={key}")).arg(env!("CARGO_BIN_EXE_lockgate"));
        sandbox.run_by(command, &ATTEST[..7])
    };
    for key in [pem.clone(), STANDARD.encode(&pem)] {
        sign(&key).exits(0);
        verify(&sandbox, &[]).exits(0);
    }
    sign("").exits(2).complains("lockgate attest keygen");
    let broken = pem.replace("MC4", "MD4");
    let run = sign(&broken).exits(2).complains("LOCKGATE_SIGNING_KEY: holds no private");
    assert!(!run.stderr.contains(broken.lines().nth(1).unwrap()), "{}", run.stderr);
}

#[test]
fn keygen_shows_the_private_key_to_nobody() {
    let sandbox = Sandbox::repository(&[("tracked.key", "")]);
    let run = sandbox
        .run(&["attest", "keygen"])
        .exits(0)
        .says("LOCKGATE_SIGNING_KEY")
        .says("lockgate.pub");
    let private = fs::read_to_string(sandbox.join(".lockgate/signing.key")).unwrap();
    assert!(private.starts_with("-----BEGIN PRIVATE KEY-----"));
    assert!(!run.stdout.contains(private.lines().nth(1).unwrap()));
    assert_eq!(run.stderr, "");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            fs::metadata(sandbox.join(".lockgate/signing.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    sandbox.commit();
    let tracked =
        Command::new("git").args(["ls-files"]).current_dir(sandbox.path()).output().unwrap();
    let tracked = String::from_utf8(tracked.stdout).unwrap();
    assert!(tracked.contains("lockgate.pub") && !tracked.contains("signing.key"), "{tracked}");
}

#[test]
fn keygen_keeps_private_keys_out_of_commits() {
    let sandbox = Sandbox::repository(&[("tracked.key", ""), (".gitignore", "/kept/\n")]);
    sandbox
        .run(&["attest", "keygen", "--force", "--out", "tracked.key"])
        .exits(2)
        .complains("is tracked by git");
    let warning = "git does not ignore this file";
    sandbox.run(&["attest", "keygen", "--out", "plain.key"]).exits(0).complains(warning);
    fs::create_dir(sandbox.join("kept")).unwrap();
    let run = sandbox.run(&["attest", "keygen", "--force", "--out", "kept/deep.key"]).exits(0);
    assert_eq!(run.stderr, "");
    let elsewhere = Sandbox::empty();
    let path = elsewhere.join("own.key");
    let run =
        sandbox.run(&["attest", "keygen", "--force", "--out", path.to_str().unwrap()]).exits(0);
    assert_eq!(run.stderr, "");
    sandbox
        .run(&["attest", "keygen", "--force", "--out", "-"])
        .exits(0)
        .says("-----BEGIN PRIVATE KEY-----");
}

#[test]
fn a_verdict_too_long_to_sign_whole_is_signed_without_its_decisions() {
    let sandbox = judged();
    let decided = json!({"fingerprint": "0".repeat(32), "rule": "B101", "engine": "python",
        "path": "app.py", "line": 1, "severity": "low", "confidence": "high", "new": false,
        "action": "none"});
    attest_changed(&sandbox, |verdict| verdict["decisions"] = json!(vec![decided.clone(); 30_000]));
    verify(&sandbox, &[]).exits(0);
    let payload =
        STANDARD.decode(read(&sandbox, "app.jsonl")["payload"].as_str().unwrap()).unwrap();
    let statement: Value = serde_json::from_slice(&payload).unwrap();
    assert!(payload.len() < 100_000);
    assert_eq!(statement["predicate"]["abridged"]["decisions"], 30_000);
}

#[test]
fn what_was_abridged_stays_so() {
    let sandbox = judged();
    let decided = json!({"fingerprint": "0".repeat(32), "rule": "B101", "engine": "python",
        "path": "app.py", "line": 1, "severity": "low", "confidence": "high", "new": false,
        "action": "none"});
    attest_changed(&sandbox, |verdict| verdict["decisions"] = json!(vec![decided.clone(); 30_000]));
    let predicate = |sandbox: &Sandbox| {
        let payload = read(sandbox, "app.jsonl")["payload"].as_str().unwrap().to_owned();
        let statement: Value = serde_json::from_slice(&STANDARD.decode(payload).unwrap()).unwrap();
        statement["predicate"].clone()
    };
    let abridged = predicate(&sandbox);
    sandbox.write("verdict.json", abridged.to_string());
    sandbox.run(ATTEST).exits(0).complains("the verdict lacks 30000 decisions");
    assert_eq!(predicate(&sandbox), abridged);
    let sum = abridged["abridged"]["sha256"].as_str().unwrap();
    sandbox.run(&["replay", "verdict.json"]).exits(2).complains("is abridged").complains(sum);
}

#[test]
fn the_private_key_never_gets_where_the_public_one_is_read() {
    let sandbox = Sandbox::repository(&[("sub/a.py", "print(1)\n")]);
    let absolute = sandbox.join("lockgate.pub").display().to_string();
    for out in ["lockgate.pub", "./lockgate.pub", "sub/../lockgate.pub", "Lockgate.PUB", &absolute]
    {
        for force in [&[][..], &["--force"]] {
            let run = sandbox.run(&[&["attest", "keygen", "--out", out], force].concat());
            run.exits(2).complains("is where the public key goes");
            assert!(!sandbox.join("lockgate.pub").exists());
        }
    }
    sandbox.run(&["attest", "keygen"]).exits(0);
    std::os::unix::fs::symlink("lockgate.pub", sandbox.join("link")).unwrap();
    let run = sandbox.run(&["attest", "keygen", "--force", "--out", "link"]);
    run.exits(2).complains("is where the public key goes");
}

#[test]
fn keys_change_both_or_not_at_all() {
    let sandbox = Sandbox::repository(&[("a.py", "print(1)\n")]);
    sandbox.run(&["attest", "keygen"]).exits(0);
    let private = fs::read(sandbox.join(".lockgate/signing.key")).unwrap();
    let public = fs::read(sandbox.join("lockgate.pub")).unwrap();
    let force = ["attest", "keygen", "--force"];
    sandbox.remove("lockgate.pub");
    fs::create_dir(sandbox.join("lockgate.pub")).unwrap();
    sandbox.run(&force).exits(2).complains("is a folder");
    fs::remove_dir(sandbox.join("lockgate.pub")).unwrap();
    assert_eq!(fs::read(sandbox.join(".lockgate/signing.key")).unwrap(), private);
    sandbox.write("lockgate.pub", &public);
    for out in ["nowhere/a.key", ".lockgate", "a.py"] {
        sandbox.run(&[&force[..], &["--out", out]].concat()).exits(2);
        assert_eq!(fs::read(sandbox.join("lockgate.pub")).unwrap(), public, "{out}");
    }
    sandbox.run(&force).exits(0);
    assert_ne!(fs::read(sandbox.join(".lockgate/signing.key")).unwrap(), private);
    assert_ne!(fs::read(sandbox.join("lockgate.pub")).unwrap(), public);
    for folder in [".", ".lockgate"] {
        let names = fs::read_dir(sandbox.join(folder)).unwrap();
        let left = names.filter_map(|entry| entry.unwrap().file_name().into_string().ok());
        assert!(left.into_iter().all(|name| !name.contains("tmp")));
    }
}

#[test]
fn a_key_in_the_wrong_place_is_not_shown() {
    let sandbox = judged();
    let pem = fs::read_to_string(sandbox.join(".lockgate/signing.key")).unwrap();
    let body = pem.lines().nth(1).unwrap();
    let packed = STANDARD.encode(&pem);
    let cut = &packed[..packed.len() - 9];
    let hidden = |run: Run| {
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(!said.contains(body) && !said.contains(&packed[20..60]), "{said}");
        run
    };
    for key in [pem.as_str(), &packed, cut, body] {
        hidden(sandbox.run(&["verify", key, "--attestation", "app.jsonl"])).exits(2);
        hidden(sandbox.run(&["attest", key])).exits(2);
        hidden(sandbox.run(&["verify", "--commit", key, "a", "--attestation", "b"])).exits(2);
        hidden(sandbox.run(&["scan", key])).exits(2);
        hidden(sandbox.run(&[key])).exits(2);
        let mut command = Command::new("env");
        command.arg(format!("LOCKGATE_KEY={key}")).arg(env!("CARGO_BIN_EXE_lockgate"));
        hidden(sandbox.run_by(command, &ATTEST[..7])).exits(2);
    }
    let run = sandbox.run(&[&ATTEST[..7], &["--key", &packed]].concat());
    run.exits(2).complains("put it into LOCKGATE_SIGNING_KEY");
    for address in ["postgres://ops:hunter2@host/db", "postgres://ops:hun/ter2@hunter2@host/db"] {
        for arguments in [&["scan", address][..], &["history", address, address], &[address]] {
            let run = sandbox.run(arguments).exits(2);
            assert!(!run.stderr.contains("ter2"), "{}", run.stderr);
        }
    }
    sandbox.run(&["scan", "--help"]).exits(0).says("Usage");
    sandbox.run(&["verify", "--nonsense"]).exits(2).complains("unexpected argument '--nonsense'");
}
