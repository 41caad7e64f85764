//! `lockgate history`: what was recorded.

use crate::imported::fingerprint;
use crate::sandbox::{SHELL, Sandbox};
use crate::templates;

#[test]
fn the_scans_of_a_branch_are_listed_the_newest_first() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.run(&["history"]).exits(2).complains("there is no store yet; run `lockgate scan`");
    sandbox.scan(&[]).exits(1);
    sandbox.write("run.py", "print()\n");
    sandbox.commit();
    sandbox.scan(&[]).exits(0);
    let table = sandbox.run(&["history"]).exits(0).stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[1].contains("passed") && lines[2].contains("blocked"), "{table}");

    let all = sandbox.run(&["history", "--format", "json"]).exits(0).json();
    let scans = all["scans"].as_array().unwrap();
    assert_eq!(scans[0]["fixed"], 2, "{all}");
    assert_eq!((&scans[1]["new"], &scans[1]["open"]), (&2.into(), &2.into()), "{all}");
    assert!(scans[0]["commit"] != scans[1]["commit"] && scans[0]["authored"].is_string());
    let one = sandbox.run(&["history", "--limit", "1", "--format", "json"]).exits(0).json();
    assert_eq!(one["scans"].as_array().unwrap().len(), 1);
    assert_eq!(one["scans"][0], scans[0]);
}

#[test]
fn what_was_left_out_is_not_fixed() {
    let secret = templates::expand("export TOKEN={{github ghp}}\n");
    let ways = [
        (".lockgateignore", "run.sh\n"),
        (".gitignore", "run.sh\n"),
        ("lockgate.toml", "[scan]\nexclude = ['*.sh']\n"),
        ("run.sh", "\x7FELF\x02\x01\x01\0\0\0\x03"),
    ];
    for (file, content) in ways {
        let sandbox = Sandbox::repository(&[("fine.py", "x = 1\n")]);
        let report = |code| sandbox.scan(&["--format", "json"]).exits(code).json();
        let fixed = |report: serde_json::Value| report["fixed"].as_array().map_or(0, Vec::len);
        sandbox.write("run.sh", &secret);
        report(1);
        sandbox.write(file, content);
        assert_eq!(fixed(report(0)), 0, "{file}");
        sandbox.remove(file);
        sandbox.write("run.sh", &secret);
        assert_eq!(report(1)["findings"][0]["lifecycle"], "existing", "{file}");
        // What is gone is fixed, whatever the settings say about it.
        sandbox.write(file, content);
        sandbox.remove("run.sh");
        assert_eq!(fixed(report(0)), 1, "{file}");
    }
}

#[test]
fn branches_have_histories_of_their_own() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    sandbox.scan(&[]).exits(1);
    sandbox.git(&["checkout", "-q", "-b", "feature"]);
    sandbox
        .run(&["history"])
        .exits(2)
        .complains("no scan of the branch feature is stored; the last one is of the branch main");
    sandbox.run(&["history", "--branch", "main"]).exits(0).says("main");
    sandbox.scan(&[]).exits(1);
    let all = sandbox.run(&["history", "--all", "--format", "json"]).exits(0).json();
    let branches: Vec<&str> =
        all["scans"].as_array().unwrap().iter().map(|s| s["branch"].as_str().unwrap()).collect();
    assert_eq!(branches, ["feature", "main"]);
}

#[test]
fn the_life_of_a_finding_is_told() {
    let sandbox = Sandbox::repository(&[("run.py", SHELL)]);
    let fingerprint = fingerprint(&sandbox, "B602");
    sandbox.write("run.py", format!("# one more line\n{SHELL}"));
    sandbox.commit();
    sandbox.scan(&[]).exits(1);
    sandbox.remove("run.py");
    sandbox.commit();
    sandbox.scan(&[]).exits(0);
    let life = sandbox.run(&["history", &fingerprint]).exits(0).stdout;
    let lines: Vec<&str> = life.lines().collect();
    assert!(lines.len() == 2 && lines[0].contains("new on main, commit"), "{life}");
    assert!(lines[1].contains("fixed on main, commit"), "{life}");
    let json = sandbox.run(&["history", &fingerprint, "--format", "json"]).exits(0).json();
    assert_eq!(json["events"][1]["what"], "fixed");
    sandbox.run(&["history", "00000000"]).exits(2).complains("no finding of");
}
