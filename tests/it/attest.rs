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
    verify(&sandbox, &["--covers", "lib,app.py"]).exits(1).says("secrets did not cover app.py");
    let none =
        ["--engine", "python=off", "--engine", "secrets=off", "--format", "verdict=verdict.json"];
    sandbox.scan(&none).exits(3);
    sandbox.run(ATTEST).exits(1).says("the gate did not let it pass: incomplete");
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
