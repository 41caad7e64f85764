//! What is known of an argument weighs in Lockgate's own confidence, and in nothing else.

use crate::sandbox::Sandbox;
use serde_json::Value;

const CONSTANT: &str = "import os\nCOMMAND = 'ls'\n\ndef run():\n    os.system(COMMAND)\n";
const OUTSIDE: &str = "import os, sys\nos.system('ls ' + sys.argv[1])\n";
const OPEN: &str = "import os\nos.system(command)\n";
const QUERY: &str = "def find(request, cursor):\n    name = request.GET['name']\n    \
                     return f\"select * from users where name = '{name}'\"\n";

fn finding(sandbox: &Sandbox, rule: &str) -> Value {
    let report = sandbox.scan(&["--format", "json"]).json();
    let mut findings = report["findings"].as_array().unwrap().iter();
    findings.find(|finding| finding["rule"]["id"] == rule).unwrap().clone()
}

fn confidence(source: &str, rule: &str) -> (String, Value, String) {
    let found = finding(&Sandbox::with(&[("run.py", source)]), rule);
    let own = found["confidence"].as_str().unwrap().to_owned();
    (own, found["check_confidence"].clone(), found["message"].as_str().unwrap().to_owned())
}

#[test]
fn a_constant_lowers_and_the_outside_raises() {
    let (own, told, message) = confidence(CONSTANT, "B605");
    assert_eq!((own.as_str(), told), ("medium", "high".into()));
    assert!(message.ends_with("; it is given constants alone"), "{message}");
    let (own, told, message) = confidence(OUTSIDE, "B605");
    assert_eq!((own.as_str(), told), ("high", Value::Null));
    assert!(message.ends_with("; it is given `sys.argv` of line 2"), "{message}");
    let (own, told, message) = confidence(QUERY, "B608");
    assert_eq!((own.as_str(), told), ("medium", "low".into()));
    assert!(message.ends_with("; it is given `request.GET` of line 2"), "{message}");
    let (own, told, message) = confidence(OPEN, "B605");
    assert_eq!((own.as_str(), told), ("high", Value::Null));
    assert!(!message.contains("it is given"), "{message}");
}

#[test]
fn the_gate_goes_by_what_is_known() {
    let sandbox = Sandbox::with(&[
        ("run.py", CONSTANT),
        ("lockgate.toml", "[gate]\nfail_on = \"low\"\nmin_confidence = \"high\"\n"),
    ]);
    let open = |source| sandbox.write("run.py", source);
    open("import os\nCOMMAND = '/bin/ls'\nos.system(COMMAND)\n");
    sandbox.scan(&[]).exits(0).says("medium confidence");
    open("import os\nos.system(command)\n");
    sandbox.scan(&["--new-only=false"]).exits(1);
    let sandbox = Sandbox::with(&[
        ("find.py", QUERY),
        ("lockgate.toml", "[gate]\nfail_on = \"medium\"\nmin_confidence = \"medium\"\n"),
    ]);
    sandbox.scan(&[]).exits(1).says("request.GET");
}

#[test]
fn the_identity_the_store_and_the_cache_hold() {
    let sandbox = Sandbox::repository(&[("run.py", OPEN)]);
    let before = finding(&sandbox, "B605");
    sandbox.write("run.py", "import os\ncommand = 'ls'\nos.system(command)\n");
    let after = finding(&sandbox, "B605");
    assert_eq!(before["fingerprint"], after["fingerprint"]);
    assert_eq!(
        (after["lifecycle"].as_str(), after["confidence"].as_str()),
        (Some("existing"), Some("medium"))
    );
    assert_eq!(finding(&sandbox, "B605"), after, "the cache has all of it");
    let print = after["fingerprint"].as_str().unwrap();
    sandbox.run(&["explain", print]).exits(0).says("medium confidence").says("constants alone");
    let sarif = sandbox.scan(&["--format", "sarif"]).json();
    let found =
        sarif["runs"].as_array().unwrap().iter().flat_map(|run| run["results"].as_array().unwrap());
    let found = found.into_iter().find(|found| found["ruleId"] == "B605").unwrap();
    assert_eq!(found["properties"]["confidence"], "medium");
    assert_eq!(found["properties"]["checkConfidence"], "high");
    assert_eq!(found["properties"]["evidence"]["origin"], "constant");
}
