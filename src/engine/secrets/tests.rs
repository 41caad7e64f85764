//! The rules' own examples, and what hostile files do to the engine.

use super::*;
use crate::engine::Hit;
use crate::finding::Confidence;
use crate::rule::{Catalogue, Matcher};

#[path = "../../../tests/support/templates.rs"]
pub mod templates;

fn scan(path: &str, text: impl Into<Vec<u8>>) -> Seen {
    Secrets.scan(&SourceFile::new(path.into(), text.into()))
}

fn hits(path: &str, text: &str) -> Vec<Hit> {
    scan(path, templates::expand(text)).hits
}

fn ids(path: &str, text: &str) -> Vec<&'static str> {
    hits(path, text).iter().map(|hit| hit.rule.id).collect()
}

#[test]
fn every_example_fires_where_it_says() {
    let mut wrong = Vec::new();
    for rule in Catalogue::get().of_engine("secrets") {
        assert!(rule.examples.iter().any(|e| !e.findings.is_empty()), "{}: no example", rule.id);
        for example in &rule.examples {
            let code = templates::expand(example.code);
            let file = SourceFile::new(example.file.into(), code.clone().into_bytes());
            let seen = Secrets.scan(&file);
            let of_rule = seen.hits.iter().filter(|hit| hit.rule.id == rule.id);
            let lines: Vec<u32> = of_rule.map(|hit| file.lines().line(hit.range.start)).collect();
            // Templates that expand to several lines move the ones below them.
            let moved = code.lines().count() != example.code.lines().count();
            if lines != example.findings && !(moved && lines.len() == example.findings.len()) {
                wrong.push(format!("{}: {lines:?}, not {:?}:\n{code}", rule.id, example.findings));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_and_functions_name_each_other() {
    let mut named: Vec<&str> = Catalogue::get()
        .of_engine("secrets")
        .filter_map(|rule| match &rule.matcher {
            Matcher::Secret(secret) => secret.validate,
            Matcher::Native(name) => Some(*name),
            _ => None,
        })
        .collect();
    named.sort_unstable();
    named.dedup();
    let mut natives: Vec<&str> = natives().collect();
    natives.sort_unstable();
    assert_eq!(named, natives);
}

#[test]
fn keywords_are_in_lower_case_and_stand_in_what_the_pattern_matches() {
    for rule in Catalogue::get().of_engine("secrets") {
        if let Matcher::Secret(secret) = &rule.matcher {
            assert!(!secret.keywords.is_empty(), "{}", rule.id);
            for keyword in &secret.keywords {
                assert_eq!(*keyword, keyword.to_lowercase(), "{}", rule.id);
            }
        }
    }
}

/// The first match of a file pays for its pattern, and a hostile one for its automaton.
#[test]
fn every_pattern_compiles_small() {
    for rule in Catalogue::get().of_engine("secrets") {
        if let Matcher::Secret(secret) = &rule.matcher {
            let compiled = pattern::builder(secret.pattern).build();
            assert!(compiled.is_ok(), "{}: {:?}", rule.id, compiled.err());
        }
    }
}

/// A token has its whole length: what stands in a longer word is something else.
#[test]
fn no_rule_cuts_a_token_out_of_a_longer_one() {
    let mut wrong = Vec::new();
    let examples =
        Catalogue::get().of_engine("secrets").flat_map(|r| r.examples.iter().map(move |e| (r, e)));
    for (rule, example) in examples {
        let code = templates::expand(example.code);
        for hit in scan(example.file, code.clone()).hits.iter().filter(|h| h.rule.id == rule.id) {
            let Range { start, end } = hit.range.clone();
            let value = &code[start..end];
            // An armour and an address say themselves where they begin.
            if value.starts_with("-----") || value.starts_with("https://") {
                continue;
            }
            for longer in [format!("Qx7{value}"), format!("{value}Qx7")] {
                let text = format!("{}{longer}{}", &code[..start], &code[end..]);
                let whole = start..start + longer.len();
                let cut = scan(example.file, text).hits.into_iter().any(|hit| {
                    hit.rule.id == rule.id
                        && hit.range != whole
                        && hit.range.start < whole.end
                        && whole.start < hit.range.end
                });
                if cut {
                    wrong.push(format!("{} in {}", rule.id, longer));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_wrong_checksum_lowers_the_confidence() {
    let sound = &hits("a.txt", "{{github ghp}}")[0];
    let doubtful = &hits("a.txt", "ghp_{{alnum 36}}")[0];
    assert_eq!(sound.confidence, Confidence::High);
    assert_eq!(doubtful.confidence, Confidence::Medium);
    assert!(doubtful.message.ends_with("its checksum does not match"));
}

#[test]
fn stand_ins_never_fire() {
    let text = "AKIAIOSFODNN7EXAMPLE\nghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\
        password = \"changeme\"\npassword = \"${DB_PASSWORD_1}\"\napi_key = \"{{ api_key1 }}\"\n\
        postgres://user:password@localhost/db\npostgres://user:${PASSWORD}@db.internal/db\n";
    assert!(scan("a.py", text).hits.is_empty());
}

#[test]
fn the_specific_rule_says_what_it_is() {
    assert_eq!(ids("a.py", "github_token = \"{{github ghp}}\""), ["github-pat"]);
    assert_eq!(ids(".npmrc", "//registry.npmjs.org/:_authToken={{npm}}"), ["npm-access-token"]);
    assert_eq!(ids("a.sh", "TOKEN=ghs_{{digit 6}}_{{jwt}}"), ["github-app-token"]);
    let webhook = "https://chat.googleapis.com/v1/spaces/{{alnum 11}}/messages\
                   ?key=AIza{{alnum 35}}&token={{base64url 43}}";
    assert_eq!(ids("a.sh", webhook), ["google-chat-webhook-url"]);
}

#[test]
fn every_hit_is_masked_and_anchored_in_its_value() {
    let text = templates::expand("token = '{{github ghp}}'");
    let seen = scan("a.py", text.clone());
    assert_eq!(seen.masks, [seen.hits[0].range.clone()]);
    assert!(text[seen.masks[0].clone()].starts_with("ghp_"));
    assert!(!seen.hits[0].message.contains(&text[seen.masks[0].clone()]));
}

#[test]
fn a_file_of_nothing_but_credentials_is_cut_off_and_masked_whole() {
    let line = "'{{github ghp}}'\n";
    let seen = scan("a.py", templates::expand(&line.repeat(1100)));
    assert_eq!((seen.hits.len(), seen.masks.len()), (1000, 1100));
    assert!(seen.notifications[0].message.contains("1100 credentials"));
}

/// Each of these takes minutes where the work is not linear.
#[test]
fn hostile_files_end_in_time() {
    let start = std::time::Instant::now();
    let token = templates::expand("{{github ghp}} ");
    let files = [
        "key=".repeat(1 << 20),
        "sk_test_".repeat(1 << 19),
        "-----BEGIN PRIVATE KEY-----".repeat(1 << 16),
        "eyJa.eyJa".repeat(1 << 18),
        "https://a:".repeat(1 << 18),
        "password='".repeat(1 << 18),
        format!("{}{token}", " ".repeat(8 << 20)),
        "\u{0}\u{1}\u{ff}akia".repeat(1 << 18),
    ];
    for (number, file) in files.into_iter().enumerate() {
        scan("a.json", file);
        assert!(start.elapsed().as_secs() < 60, "file {number}");
    }
}

/// What the readers of this engine look for, in any order and cut off anywhere.
const PIECES: &[&str] = &[
    "password",
    "--token",
    "api_key",
    "name: ",
    "value",
    "variable \"",
    "sshpass -p",
    "ENV ",
    "identified by",
    "=",
    ": ",
    " ",
    "\n",
    "'",
    "\"",
    "\\",
    "<",
    ">",
    "</",
    "(",
    ")",
    ", ",
    "|\n",
    "%41%",
    "\\u0041",
    "\\x4",
    "Bearer ",
    "Server=s;",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpX",
    "==",
    "YSBwbGFpbiB0ZXh0IG9mIHNvbWUgbGVuZ3Ro",
    "tR7!kQz9#mW2",
    "ghp_",
    "-----BEGIN PRIVATE KEY-----",
    "é",
    "\u{0}",
];

proptest::proptest! {
    #[test]
    fn no_text_is_too_strange(
        path in proptest::sample::select(vec!["a.py", "a.yaml", "README", "Dockerfile", ".netrc"]),
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40),
        end: Vec<u8>,
    ) {
        let text = [pieces.concat().into_bytes(), end].concat();
        let seen = scan(path, text.clone());
        proptest::prop_assert!(seen.masks.iter().all(|mask| mask.end <= text.len()));
    }
}

#[test]
fn a_stretch_of_data_is_no_token() {
    let data = "{{alnum 31}}/{{alnum 17}}+";
    let rest = "/{{alnum 40}}+{{alnum 22}}";
    for token in ["cio{{alnum 32}}", "AQVN{{alnum 36}}", "LTAI{{alnum 20}}"] {
        let alone = format!("\"{token}\"\n");
        assert_eq!(ids("a.txt", &alone).len(), 1, "{token}");
        for text in [
            format!("<img src=\"data:image/png;base64,{data}{token}{rest}\">"),
            format!("{data}{token}\n{rest}"),
            format!("x=\"{token}{rest}\""),
        ] {
            assert_eq!(ids("a.txt", &text), [] as [&str; 0], "{text}");
        }
        // Around a path stand words.
        for text in [
            format!("https://shop.corp.net/v1/keys/{token}/usage/of/this/month\n"),
            format!("/Users/Deploy/Backups2031/service-accounts/{token}\n"),
        ] {
            assert_eq!(ids("a.txt", &text).len(), 1, "{text}");
        }
    }
}
