//! The live check: who is asked what, and what becomes of the answers.

mod world;

use crate::sandbox::{Run, Sandbox};
use crate::templates::expand;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::Write;
use world::{Asked, HOSTS, Reply, World};

/// A file with a credential of each provider, and the credentials.
fn credentials() -> (String, Vec<String>) {
    let text = expand(
        "GITHUB_TOKEN = \"{{github ghp}}\"
GITHUB_APP_TOKEN = \"{{github ghs}}\"
GITLAB_TOKEN = \"glpat-{{alnum 20}}\"
SLACK_TOKEN = \"xoxb-{{digit 12}}-{{digit 13}}-{{alnum 24}}\"
STRIPE_API_KEY = \"sk_live_{{alnum 24}}\"
NPM_TOKEN = \"{{npm}}\"
PYPI_TOKEN = \"pypi-AgEIcHlwaS5vcmc{{base64url 120}}\"
AWS_ACCESS_KEY_ID = \"AKIA{{base32 16}}\"
AWS_SECRET_ACCESS_KEY = \"{{alnum 20}}/{{alnum 10}}+{{alnum 8}}\"
",
    );
    let values = text.lines().map(|line| line.split('"').nth(1).unwrap().to_owned()).collect();
    (text, values)
}

fn works(asked: &Asked) -> Reply {
    match asked.host.as_str() {
        "sts.amazonaws.com" => Reply::of(200, "<GetCallerIdentityResult><Account>1</Account>"),
        "api.github.com" if asked.path == "/user" => Reply::of(200, r#"{"login":"somebody"}"#),
        "api.github.com" => Reply::of(200, r#"{"total_count":1,"repositories":[]}"#),
        "gitlab.com" => Reply::of(200, r#"{"id":1,"active":true,"revoked":false}"#),
        "slack.com" => Reply::of(200, r#"{"ok":true,"team":"T"}"#),
        "api.stripe.com" => Reply::of(200, r#"{"object":"balance","available":[]}"#),
        "registry.npmjs.org" => Reply::of(200, r#"{"username":"somebody"}"#),
        _ => Reply::of(400, "'' is an invalid value for Metadata-Version."),
    }
}

fn refused(asked: &Asked) -> Reply {
    match asked.host.as_str() {
        "sts.amazonaws.com" => Reply::of(403, "<Error><Code>InvalidClientTokenId</Code></Error>"),
        "api.github.com" => Reply::of(401, r#"{"message":"Bad credentials"}"#),
        "gitlab.com" => {
            Reply::of(401, r#"{"error":"invalid_token","error_description":"Token was revoked."}"#)
        }
        "slack.com" => Reply::of(200, r#"{"ok":false,"error":"token_revoked"}"#),
        "api.stripe.com" => Reply::of(401, r#"{"error":{"type":"invalid_request_error"}}"#),
        "registry.npmjs.org" => Reply::of(401, "{}"),
        _ => Reply::of(403, "Invalid or non-existent authentication information."),
    }
}

impl World {
    /// Scans in this world; nothing of the values is in what is said.
    fn scan(&self, sandbox: &Sandbox, arguments: &[&str], values: &[String]) -> Run {
        let variables = self.variables();
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let run = sandbox.scan_in(&variables, arguments);
        for value in values {
            assert!(!run.stdout.contains(value), "{value} is in {}", run.stdout);
            assert!(!run.stderr.contains(value), "{value} is in {}", run.stderr);
            assert!(!self.shows(value), "{value} went through the proxy");
        }
        run
    }

    /// What is found, as JSON.
    fn json(&self, sandbox: &Sandbox, values: &[String]) -> Value {
        let arguments = ["--verify", "--no-store", "--no-cache", "--format", "json"];
        self.scan(sandbox, &arguments, values).json()
    }
}

/// What each rule's findings are told to be.
fn lives(report: &Value) -> Vec<(String, Option<String>)> {
    let findings = report["findings"].as_array().unwrap();
    let live = |finding: &Value| {
        let rule = finding["rule"]["id"].as_str().unwrap().to_owned();
        (rule, finding["live"].as_str().map(str::to_owned))
    };
    findings.iter().map(live).collect()
}

fn messages(report: &Value) -> Vec<&str> {
    let notifications = report["notifications"].as_array().unwrap();
    notifications.iter().map(|said| said["message"].as_str().unwrap()).collect()
}

/// A repository with so many GitHub tokens, one a line and each twice.
fn tokens(count: usize) -> (Sandbox, Vec<String>) {
    let text = expand(&"TOKEN = \"{{github ghp}}\"\n".repeat(count));
    let values: Vec<String> =
        text.lines().map(|line| line.split('"').nth(1).unwrap().to_owned()).collect();
    (Sandbox::repository(&[("a.py", &text), ("b.py", &text)]), values)
}

#[test]
fn everything_that_works_is_verified() {
    let (text, values) = credentials();
    let sandbox = Sandbox::repository(&[("settings.py", &text)]);
    let world = World::new(works);
    let report = world.json(&sandbox, &values);
    let found = lives(&report);
    assert_eq!(found.len(), values.len(), "{found:?}");
    assert!(found.iter().all(|(_, live)| live.as_deref() == Some("verified")), "{found:?}");
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(finding["confidence"], "high");
        assert!(finding["message"].as_str().unwrap().ends_with("; verified: it works"));
    }
    assert_eq!(messages(&report), [""; 0]);

    let mut connected = world.connected();
    connected.sort();
    connected.dedup();
    let mut hosts = HOSTS.map(|host| format!("{host}:443"));
    hosts.sort();
    assert_eq!(connected, hosts);
    let mut questions: Vec<String> = world
        .asked()
        .iter()
        .map(|asked| format!("{} {}{}", asked.method, asked.host, asked.path))
        .collect();
    questions.sort();
    insta::assert_snapshot!(questions.join("\n"), @"
    GET api.github.com/installation/repositories?per_page=1
    GET api.github.com/user
    GET api.stripe.com/v1/balance
    GET gitlab.com/api/v4/personal_access_tokens/self
    GET registry.npmjs.org/-/whoami
    POST slack.com/api/auth.test
    POST sts.amazonaws.com/
    POST upload.pypi.org/legacy/
    ");
    for asked in world.asked() {
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(asked.headers["user-agent"], format!("lockgate/{version}"));
        assert!(!asked.headers.contains_key("cookie") && !asked.headers.contains_key("referer"));
    }
}

#[test]
fn every_format_says_what_a_provider_says_and_no_value() {
    let (text, values) = credentials();
    let sandbox = Sandbox::repository(&[("settings.py", &text)]);
    let world = World::new(works);
    for format in ["table", "markdown", "github", "sarif", "verdict"] {
        let run = world.scan(&sandbox, &["--verify", "--format", format], &values);
        assert!(run.stdout.contains("verified"), "{format}: {}", run.stdout);
    }
    for entry in ignore::WalkBuilder::new(sandbox.join(".lockgate")).standard_filters(false).build()
    {
        let path = entry.unwrap().into_path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        for value in &values {
            assert!(memchr::memmem::find(&bytes, value.as_bytes()).is_none(), "{}", path.display());
        }
    }
    // What a provider said once is not remembered for a scan that does not ask.
    let report = world.scan(&sandbox, &["--format", "json"], &values).json();
    assert!(lives(&report).iter().all(|(_, live)| live.is_none()));
}

#[test]
fn everything_that_is_refused_is_revoked_and_as_severe_as_before() {
    let (text, values) = credentials();
    let sandbox = Sandbox::repository(&[("settings.py", &text)]);
    let report = World::new(refused).json(&sandbox, &values);
    let found = lives(&report);
    assert!(found.iter().all(|(_, live)| live.as_deref() == Some("revoked")), "{found:?}");
    assert!(report["findings"].as_array().unwrap().iter().all(|f| f["severity"] == "critical"));
}

#[test]
fn nothing_goes_out_unless_it_is_asked_for() {
    let (text, values) = credentials();
    let sandbox = Sandbox::repository(&[("settings.py", &text)]);
    let world = World::new(works);
    let report = world.scan(&sandbox, &["--no-store", "--format", "json"], &values).json();
    assert!(lives(&report).iter().all(|(_, live)| live.is_none()));
    let nothing = Sandbox::repository(&[("a.py", "PASSWORD = \"correct-horse-4711-battery\"\n")]);
    world.json(&nothing, &[]);
    assert_eq!(world.connected(), [""; 0]);
}

#[test]
fn the_environment_may_ask_for_it() {
    let (sandbox, values) = tokens(1);
    let world = World::new(works);
    let variables = world.variables();
    let mut variables: Vec<(&str, &str)> =
        variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
    variables.push(("LOCKGATE_VERIFY", "true"));
    let run = sandbox.scan_in(&variables, &["--no-store"]);
    assert!(run.stdout.contains("verified: it works") && !run.stdout.contains(&values[0]));
}

#[test]
fn an_answer_that_tells_nothing_leaves_it_unknown() {
    let big = format!("{{\"login\":\"{}\"}}", "a".repeat(1 << 20));
    let redirect = "location: https://elsewhere.example/user\r\n";
    let replies = [
        ("of status 500", "", r#"{"login":"x"}"#),
        ("of status 429", "", ""),
        ("of status 403", "", r#"{"message":"rate limit"}"#),
        ("of status 200", "", "<html>"),
        ("more than 64 KiB", "", &big),
        ("of status 302", redirect, ""),
    ];
    for (why, headers, body) in replies {
        let (sandbox, values) = tokens(1);
        let status = why.strip_prefix("of status ").map_or(200, |status| status.parse().unwrap());
        let body = body.to_owned();
        let world = World::new(move |_| Reply::Says(status, headers, body.clone()));
        let report = world.json(&sandbox, &values);
        let found = lives(&report);
        assert!(found.iter().all(|(_, live)| live.as_deref() == Some("unknown")), "{found:?}");
        let said = messages(&report);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("2 credentials of GitHub") && said[0].contains(why), "{said:?}");
        assert_eq!(world.connected(), ["api.github.com:443"]);
        assert_eq!(world.asked().len(), 1);
    }
}

#[test]
fn a_provider_that_does_not_answer_is_waited_for_so_long() {
    let (sandbox, values) = tokens(1);
    let report = World::new(|_| Reply::Nothing).json(&sandbox, &values);
    assert_eq!(lives(&report)[0].1.as_deref(), Some("unknown"));
    assert!(messages(&report)[0].ends_with("no answer within 10 seconds"));
}

#[test]
fn nobody_is_asked_who_cannot_prove_who_it_is() {
    let (sandbox, values) = tokens(1);
    let world = World::impostor();
    let report = world.json(&sandbox, &values);
    assert_eq!(lives(&report)[0].1.as_deref(), Some("unknown"));
    assert!(messages(&report)[0].contains("certificate"), "{:?}", messages(&report));
    assert_eq!(world.asked().len(), 0);
}

#[test]
fn without_a_network_it_is_unknown_and_nothing_fails() {
    let (sandbox, values) = tokens(1);
    let world = World::new(works);
    let [_, (_, roots)] = world.variables();
    let variables = [("HTTPS_PROXY", "http://127.0.0.1:9"), ("SSL_CERT_FILE", roots.as_str())];
    let arguments = ["--verify", "--no-store", "--format", "json", "--fail-on", "none"];
    let run = sandbox.scan_in(&variables, &arguments).exits(0);
    assert_eq!(lives(&run.json())[0].1.as_deref(), Some("unknown"));
    assert!(!run.stdout.contains(&values[0]));
}

#[test]
fn a_value_is_asked_about_once_and_one_after_the_other() {
    let (sandbox, values) = tokens(4);
    let world = World::new(works);
    let report = world.json(&sandbox, &values);
    assert_eq!(lives(&report).len(), 8);
    let bearers: Vec<String> =
        world.asked().iter().map(|asked| asked.headers["authorization"].clone()).collect();
    let expected: Vec<String> = values.iter().map(|value| format!("Bearer {value}")).collect();
    assert_eq!(bearers, expected);
}

#[test]
fn a_provider_in_trouble_is_left_alone() {
    for (status, questions) in [(429, 1), (503, 3), (403, 5)] {
        let (sandbox, values) = tokens(5);
        let world = World::new(move |_| Reply::of(status, ""));
        let report = world.json(&sandbox, &values);
        assert_eq!(world.asked().len(), questions, "{status}");
        let found = lives(&report);
        assert!(found.iter().all(|(_, live)| live.as_deref() == Some("unknown")), "{found:?}");
    }
}

/// The signature of a request, from nothing but what arrived.
fn signature(asked: &Asked, secret: &str) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mac = |key: &[u8], text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    let authorization = &asked.headers["authorization"];
    let part = |name: &str| {
        let rest = authorization.split(name).nth(1).unwrap();
        rest.split(',').next().unwrap().to_owned()
    };
    let scope = part("Credential=").split_once('/').unwrap().1.to_owned();
    let names = part("SignedHeaders=");
    let header = |name: &str| format!("{name}:{}\n", asked.headers[name]);
    let headers: String = names.split(';').map(header).collect();
    let body = hex(&Sha256::digest(&asked.body));
    let request = format!("{}\n{}\n\n{headers}\n{names}\n{body}", asked.method, asked.path);
    let time = &asked.headers["x-amz-date"];
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(request)));
    let key =
        scope.split('/').fold(format!("AWS4{secret}").into_bytes(), |key, part| mac(&key, part));
    assert_eq!(part("Signature="), hex(&mac(&key, &text)));
    part("Credential=").split('/').next().unwrap().to_owned()
}

#[test]
fn the_halves_of_an_aws_key_find_each_other_and_the_secret_one_stays_here() {
    let pair = "aws_access_key_id = AKIA{{base32 16}}\n\
                aws_secret_access_key = {{alnum 20}}/{{alnum 10}}+{{alnum 8}}\n";
    let text = expand(&format!("[one]\n{pair}[two]\n{pair}"));
    let values: Vec<String> =
        text.lines().filter_map(|line| line.split_once(" = ")).map(|(_, v)| v.to_owned()).collect();
    let sandbox = Sandbox::repository(&[("credentials", &text)]);
    let world = World::new(works);
    let report = world.json(&sandbox, &values);
    let found = lives(&report);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().all(|(_, live)| live.as_deref() == Some("verified")), "{found:?}");
    let asked = world.asked();
    assert_eq!(asked.len(), 2);
    for (asked, pair) in asked.iter().zip(values.chunks(2)) {
        assert_eq!(signature(asked, &pair[1]), pair[0]);
        assert_eq!(asked.body, "Action=GetCallerIdentity&Version=2011-06-15");
        assert!(asked.headers.values().all(|value| !value.contains(&pair[1])));
    }
}

#[test]
fn half_a_key_or_a_temporary_one_is_not_asked_about() {
    let secret = "aws_secret_access_key = {{alnum 20}}/{{alnum 10}}+{{alnum 8}}\n";
    let texts = [
        ("aws_access_key_id = AKIA{{base32 16}}\n".to_owned(), "other half"),
        (secret.to_owned(), "other half"),
        (format!("aws_access_key_id = ASIA{{{{base32 16}}}}\n{secret}"), "session token"),
        (format!("region = cn-north-1\nid = AKIA{{{{base32 16}}}}\n{secret}"), "regions"),
    ];
    for (text, why) in texts {
        let world = World::new(works);
        let report = world.json(&Sandbox::repository(&[("credentials", &expand(&text))]), &[]);
        let found = lives(&report);
        assert!(!found.is_empty(), "{text}");
        assert!(found.iter().all(|(_, live)| live.as_deref() == Some("unknown")), "{found:?}");
        assert!(messages(&report)[0].contains(why), "{:?}", messages(&report));
        assert_eq!(world.connected(), [""; 0]);
    }
}

#[test]
fn what_is_encoded_or_in_an_archive_is_asked_about_as_it_is() {
    let token = expand("{{github ghp}}");
    let other = expand("    {{github ghp}}").trim().to_owned();
    let escaped = format!("blob = '\\u0067{}'\n", &token[1..]);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["conf/prod.env", "conf/again.env"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writeln!(zip, "GITHUB_TOKEN={other}").unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    let sandbox = Sandbox::repository(&[("a.py", &escaped)]);
    sandbox.write("app.jar", zip);
    let world = World::new(works);
    let report = world.json(&sandbox, &[token.clone(), other.clone()]);
    let found = lives(&report);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|(_, live)| live.as_deref() == Some("verified")), "{found:?}");
    let asked = world.asked();
    let bearers = asked.iter().map(|asked| asked.headers["authorization"].clone());
    let mut bearers: Vec<String> = bearers.collect();
    bearers.sort();
    let mut expected = [format!("Bearer {token}"), format!("Bearer {other}")];
    expected.sort();
    assert_eq!(bearers, expected);
}

#[test]
fn an_encoded_half_is_not_asked_about() {
    let key = expand(
        "{\"aws_access_key_id\": \"AKIA{{base32 16}}\", \"aws_secret_access_key\": \"{{alnum 40}}\"}",
    );
    let hex: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
    let world = World::new(works);
    let report = world.json(&Sandbox::repository(&[("a.txt", &format!("blob = '{hex}'\n"))]), &[]);
    let found = lives(&report);
    assert!(!found.is_empty());
    assert!(found.iter().all(|(_, live)| live.as_deref() == Some("unknown")), "{found:?}");
    assert!(messages(&report).iter().any(|said| said.contains("it is encoded")));
    assert_eq!(world.connected(), [""; 0]);
}

#[test]
fn what_is_ambiguous_is_unknown() {
    let (text, values) = credentials();
    let sandbox = Sandbox::repository(&[("settings.py", &text)]);
    let world = World::new(|asked: &Asked| match asked.host.as_str() {
        "sts.amazonaws.com" => Reply::of(403, "<Code>SignatureDoesNotMatch</Code>"),
        "gitlab.com" => Reply::of(401, r#"{"message":"401 Unauthorized"}"#),
        "slack.com" => Reply::of(200, r#"{"ok":false,"error":"invalid_auth"}"#),
        "upload.pypi.org" => Reply::of(403, "Read-only mode"),
        "api.stripe.com" => Reply::of(403, r#"{"error":{"type":"invalid_request_error"}}"#),
        _ => Reply::of(404, ""),
    });
    for (rule, live) in lives(&world.json(&sandbox, &values)) {
        // A key that may not ask this is a key.
        let expected = if rule == "stripe-access-token" { "verified" } else { "unknown" };
        assert_eq!(live.as_deref(), Some(expected), "{rule}");
    }
}

#[test]
fn a_token_that_may_not_ask_works() {
    let text = expand("GITLAB_TOKEN = \"glpat-{{alnum 20}}\"\n");
    let sandbox = Sandbox::repository(&[("a.py", &text)]);
    let world = World::new(|_| Reply::of(403, r#"{"error":"insufficient_scope","scope":"api"}"#));
    let report = world.json(&sandbox, &[]);
    assert_eq!(lives(&report)[0].1.as_deref(), Some("verified"));
}

#[test]
fn a_policy_may_go_by_it_and_a_replay_too() {
    let (sandbox, values) = tokens(1);
    let policy = "[[gate.rules]]\nname = \"live\"\n\
                  action = \"block\"\nlive = \"verified\"\n[[gate.rules]]\nname = \"rest\"\naction = \"ignore\"\n";
    sandbox.write("lockgate.toml", policy);
    sandbox.commit();
    World::new(refused).scan(&sandbox, &["--verify"], &values).exits(0);
    sandbox.run(&["gate"]).exits(0);
    sandbox.scan(&["--no-store"]).exits(0);
    let verdict = ["--verify", "--format", "verdict=verdict.json"];
    World::new(works).scan(&sandbox, &verdict, &values).exits(1);
    sandbox.run(&["gate"]).exits(1);
    sandbox.run(&["replay", "verdict.json"]).says("same answer: blocked by 2 findings");
}
