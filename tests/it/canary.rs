//! No secret leaves: what is planted is in no report, log, message, database or cache, neither plain
//! nor in base 64, hexadecimal or percent escapes. What a file is called is no secret: a place that
//! cannot be named cannot be mended.

use crate::sandbox::{Run, SHELL, Sandbox};
use crate::templates;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use std::fs;
use std::path::Path;

/// A secret that was planted, and what gives it away.
struct Canary {
    name: &'static str,
    traces: Vec<Vec<u8>>,
}

impl Canary {
    fn new(name: &'static str, value: &str) -> Canary {
        let bytes = value.as_bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
        let mut traces = vec![value.to_owned(), hex.to_uppercase(), hex, percent];
        traces.extend((0..3).flat_map(|offset| in_base64(bytes, offset)));
        Canary { name, traces: traces.into_iter().map(String::into_bytes).collect() }
    }

    #[track_caller]
    fn is_not_in(&self, content: &[u8], place: &str) {
        for trace in &self.traces {
            let shown = memchr::memmem::find(content, trace).is_some();
            assert!(
                !shown,
                "{place} shows the {} as {}",
                self.name,
                String::from_utf8_lossy(trace)
            );
        }
    }
}

/// What of a value's base 64 does not depend on what stands around it, in either alphabet, where it
/// begins so many bytes after a multiple of three.
fn in_base64(value: &[u8], offset: usize) -> [String; 2] {
    let padded = [&vec![0; offset][..], value].concat();
    let whole = &padded[..padded.len() - padded.len() % 3];
    let text = BASE64_STANDARD_NO_PAD.encode(whole)[if offset == 0 { 0 } else { 4 }..].to_owned();
    [text.replace('+', "-").replace('/', "_"), text]
}

/// A repository with a secret in each of the places where one may be met with.
fn planted() -> (Sandbox, Vec<Canary>) {
    let secrets = templates::expand(
        "{{github ghp}} {{alnum 40}} {{of 0123456789abcdef 40}} {{alnum 24}} {{github gho}} {{npm}}",
    );
    let [token, aws, hex, url, old, name] = &secrets.split(' ').collect::<Vec<_>>()[..] else {
        unreachable!()
    };
    let key = templates::expand("{{pem RSA PRIVATE KEY}}");
    let sandbox = Sandbox::repository(&[
        ("run.py", SHELL),
        ("old.py", &format!("TOKEN = '{old}'\n")),
        ("server.key", &key),
    ]);
    sandbox.write("old.py", "TOKEN = None\n");
    sandbox.write(
        "app.py",
        format!(
            "import subprocess\npassword = 'jetty-{hex}'\n\
             subprocess.call('push {token} ' + to, shell=True)\n\
             connect('postgres://app:{url}@db/shop')\nassert ready  # nosec {name}\n"
        ),
    );
    let encoded = BASE64_STANDARD_NO_PAD.encode(token);
    sandbox.write("secret.yaml", format!("kind: Secret\ndata:\n  token: {encoded}\n"));
    sandbox.write(".env", format!("AWS_SECRET_ACCESS_KEY={aws}\nAPI_TOKEN={hex}\n"));
    sandbox.commit();
    sandbox.git(&["checkout", "-q", "-b", &format!("topic/{name}")]);
    let remote = format!("https://kim:{url}@host/a.git?private_token={name}");
    sandbox.git(&["remote", "add", "origin", &remote]);
    let line = key.lines().nth(5).unwrap();
    let canaries = vec![
        Canary::new("token", token),
        Canary::new("token in base 64", &encoded),
        Canary::new("key of AWS", aws),
        Canary::new("password", hex),
        Canary::new("password of a URL", url),
        Canary::new("token of the past", old),
        Canary::new("token in a name", name),
        Canary::new("private key", line),
    ];
    (sandbox, canaries)
}

#[track_caller]
fn says_none(run: &Run, canaries: &[Canary], command: &[&str]) {
    for canary in canaries {
        canary.is_not_in(run.stdout.as_bytes(), &format!("{command:?}"));
        canary.is_not_in(run.stderr.as_bytes(), &format!("the log of {command:?}"));
    }
}

#[track_caller]
fn holds_none(path: &Path, canaries: &[Canary]) {
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| holds_none(&entry.unwrap().path(), canaries));
        return;
    }
    let content = fs::read(path).unwrap();
    canaries.iter().for_each(|canary| canary.is_not_in(&content, &format!("{path:?}")));
}

#[test]
fn no_planted_secret_is_shown_or_kept() {
    let (sandbox, canaries) = planted();
    let formats = ["table", "json", "sarif", "sarif-full", "markdown", "github", "verdict"];
    let scans = formats.map(|format| vec!["scan", "--verbose", "--format", format]);
    for command in scans.iter().map(Vec::as_slice).chain(COMMANDS.iter().copied()) {
        says_none(&sandbox.run(command), &canaries, command);
    }
    holds_none(&sandbox.join(".lockgate"), &canaries);
}

/// What else shows findings, what is around them, or where it was called.
const COMMANDS: &[&[&str]] = &[
    &["scan", "--verbose", "--no-store", "--no-cache", "--engine", "secrets=off"],
    &["scan", "--base", "main"],
    &["gate", "--verbose"],
    &["history"],
    &["history", "--runs"],
    &["triage", "list"],
    &["waivers", "check"],
    &["policy", "check"],
    &["fix", "--diff"],
    &["db", "check"],
    &["bandit", "-r", "."],
    &["bandit", "-r", ".", "-f", "json"],
    &["bandit", "-r", ".", "-f", "html"],
    &["bandit", "-r", ".", "-f", "sarif"],
    &["bandit", "-r", ".", "-f", "xml"],
    &["bandit", "-r", ".", "-f", "csv"],
    &["bandit", "-r", ".", "-f", "yaml"],
    &["bandit", "-v", "-n", "9", "app.py"],
    &["secrets", "--format", "json"],
    &["secrets", "--history"],
    &["secrets", "--history", "--format", "json"],
    &["secrets", "--history", "--format", "sarif"],
    &["secrets", "--commit-range", "main"],
    &["secrets", "--staged"],
    &["hook", "run", "pre-commit"],
    &["hook", "run", "commit-msg", "app.py"],
    &["git-secrets", "--register-aws"],
    &["git-secrets", "--scan"],
    &["git-secrets", "--scan", "-r", "."],
    &["git-secrets", "--scan-history"],
    &["git-secrets", "--list"],
    &["gitleaks", "dir", ".", "-v"],
    &["gitleaks", "dir", ".", "-v", "--max-decode-depth", "3", "--redact=20"],
    &["gitleaks", "git", ".", "-v"],
    &["gitleaks", "git", ".", "--log-opts", "--all", "-f", "json", "-r", "-"],
    &["gitleaks", "dir", ".", "-f", "json", "-r", "-"],
    &["gitleaks", "dir", ".", "-f", "csv", "-r", "-"],
    &["gitleaks", "dir", ".", "-f", "junit", "-r", "-"],
    &["gitleaks", "dir", ".", "-f", "sarif", "-r", "-"],
    &["gitleaks", "dir", ".", "-l", "trace"],
    &["gitleaks", "stdin", "-v"],
];
