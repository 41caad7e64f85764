//! Terraform as `scan` sees it: what a configuration comes to, across files and modules.

use crate::sandbox::Sandbox;
use serde_json::Value;

const ENCRYPTED: &str = "aws-rds-encrypt-instance-storage-data";

const CALLS: &str = r#"
variable "encrypted" {
  default = false
}

module "users" {
  source    = "./modules/database"
  encrypted = var.encrypted
}
"#;

const DATABASE: &str = r#"
variable "encrypted" {
  type = bool
}

resource "aws_db_instance" "main" {
  engine            = "mariadb"
  storage_encrypted = var.encrypted
}
"#;

fn modules() -> Sandbox {
    Sandbox::repository(&[("main.tf", CALLS), ("modules/database/main.tf", DATABASE)])
}

/// Path, line and message of what a rule found.
fn found(sandbox: &Sandbox, arguments: &[&str], rule: &str) -> Vec<(String, u64, String)> {
    let common = ["--format", "json", "--fail-on", "none"];
    let report = sandbox.scan(&[&common, arguments].concat()).exits(0).json();
    let of_rule = |finding: &&Value| finding["rule"]["id"] == rule;
    let findings = report["findings"].as_array().unwrap().iter().filter(of_rule);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let shown = |finding: &Value| {
        let line = finding["span"]["start_line"].as_u64().unwrap();
        (text(&finding["path"]), line, text(&finding["message"]))
    };
    findings.map(shown).collect()
}

#[test]
fn a_finding_says_which_value_was_seen_and_where_it_came_from() {
    let [(path, line, message)] = &found(&modules(), &[], ENCRYPTED)[..] else {
        panic!("one finding for the one database")
    };
    assert_eq!((&**path, *line), ("modules/database/main.tf", 8));
    assert!(
        message.ends_with(
            "; storage_encrypted is false, from var.encrypted (given at main.tf:8), \
             var.encrypted (default at main.tf:3), in module.users, called at main.tf:6"
        ),
        "{message}"
    );
}

#[test]
fn what_is_given_decides_and_what_is_not_known_does_not() {
    let sandbox = modules();
    sandbox.write("terraform.tfvars", "encrypted = true\n");
    assert_eq!(found(&sandbox, &[], ENCRYPTED), []);
    sandbox.write("terraform.tfvars", "encrypted = null\n");
    sandbox.write("main.tf", CALLS.replace("  default = false\n", ""));
    std::fs::remove_file(sandbox.join("terraform.tfvars")).unwrap();
    assert_eq!(found(&sandbox, &[], ENCRYPTED), []);
}

#[test]
fn a_switch_that_is_not_known_is_not_off() {
    let firewall = |switch: &str| {
        let rule = "allow {\n    protocol = \"all\"\n  }\n";
        let head = "resource \"google_compute_firewall\" \"web\" {\n  name = \"web\"\n";
        format!("variable \"is_off\" {{}}\n{head}  network = \"main\"\n  {rule}{switch}}}\n")
    };
    let found = |switch: &str| {
        let sandbox = Sandbox::with(&[("main.tf", &firewall(switch))]);
        found(&sandbox, &["."], "google-compute-disable-allow-all-ports").len()
    };
    assert_eq!(found(""), 1);
    assert_eq!(found("  disabled = true\n"), 0);
    assert_eq!(found("  disabled = var.is_off\n"), 0);
}

#[test]
fn a_module_is_known_where_only_its_caller_is_scanned_and_told_of_where_it_is() {
    let sandbox = modules();
    sandbox.write("shop/main.tf", CALLS.replace("./modules", "../modules"));
    let bucket =
        "\nresource \"aws_db_instance\" \"own\" {\n  storage_encrypted = module.users.on\n}\n";
    let output = "\noutput \"on\" {\n  value = var.encrypted\n}\n";
    sandbox.write("shop/own.tf", bucket);
    sandbox.write("modules/database/out.tf", output);
    let paths: Vec<String> =
        found(&sandbox, &["shop"], ENCRYPTED).into_iter().map(|(path, ..)| path).collect();
    assert_eq!(paths, ["shop/own.tf"]);
}

#[test]
fn a_link_that_leads_out_of_the_repository_is_no_module() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("main.tf"), "output \"on\" {\n  value = false\n}\n")
        .unwrap();
    let own = "module \"m\" {\n  source = \"./m\"\n}\n\n\
               resource \"aws_db_instance\" \"own\" {\n  storage_encrypted = module.m.on\n}\n";
    let sandbox = Sandbox::repository(&[("main.tf", own)]);
    let link = sandbox.join("m");
    std::os::unix::fs::symlink(outside.path(), &link).unwrap();
    assert_eq!(found(&sandbox, &[], ENCRYPTED), []);
    std::fs::remove_file(&link).unwrap();
    sandbox.write("m/main.tf", "output \"on\" {\n  value = false\n}\n");
    assert_eq!(found(&sandbox, &[], ENCRYPTED).len(), 1);
}

#[test]
fn what_setting_one_attribute_mends_is_mended() {
    let sandbox = Sandbox::repository(&[("main.tf", &DATABASE.replace("var.encrypted", "false"))]);
    sandbox.run(&["fix", "--rule", ENCRYPTED]).exits(0);
    let mended = std::fs::read_to_string(sandbox.join("main.tf")).unwrap();
    assert_eq!(mended, DATABASE.replace("var.encrypted", "true"));
    assert_eq!(found(&sandbox, &[], ENCRYPTED), []);
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_the_rest_is_scanned() {
    let sandbox = modules();
    sandbox.write("broken.tf", "resource \"aws_s3_bucket\" \"logs\" {\n  bucket =\n}\n");
    sandbox.write("gone.tf", "module \"gone\" {\n  source = \"./modules/gone\"\n}\n");
    let run = sandbox.scan(&["--fail-on", "none"]).exits(0);
    let run = run.says("broken.tf (terraform): line 2: ").says("gone.tf (terraform): line 1: ");
    run.says(ENCRYPTED);
}

#[test]
fn a_pull_request_is_not_blocked_by_what_its_base_has_in_a_module() {
    let sandbox = modules();
    sandbox.commit();
    sandbox.write("main.tf", format!("# the databases of the shop\n{CALLS}"));
    sandbox.scan(&["--base", "HEAD"]).exits(0).says("4 existing");
    sandbox.write("main.tf", CALLS.replace("module \"users\"", "module \"orders\""));
    sandbox.scan(&["--base", "HEAD"]).exits(1).says("BLOCKED");
}
