//! Folders of Terraform that are configurations of their own: what one has is nothing to another.

use crate::sandbox::Sandbox;

const CLUSTER: &str = r#"
resource "google_container_cluster" "shop" {
  name     = "shop"
  location = "europe-west3"

  node_config {
    machine_type = "e2-standard-4"
  }
}
"#;

const POOL: &str = r#"
resource "google_container_node_pool" "workers" {
  cluster = google_container_cluster.shop.id

  node_config {
    service_account = "nodes@shop.iam.gserviceaccount.com"
  }
}
"#;

/// The files and lines where nodes run as the default service account. Those of the pool count for
/// a cluster that has one.
fn default_accounts(files: &[(&str, &str)]) -> Vec<String> {
    let report = Sandbox::with(files).run(&["scan", "--format", "json", "."]).json();
    let findings = report["findings"].as_array().unwrap().iter();
    let of_rule = findings.filter(|it| it["rule"]["id"] == "google-gke-use-service-account");
    let mut places: Vec<String> = of_rule
        .map(|it| format!("{}:{}", it["path"].as_str().unwrap(), it["span"]["start_line"]))
        .collect();
    places.sort();
    places
}

#[test]
fn a_resource_is_not_that_of_another_root_with_the_same_address() {
    let both = format!("{CLUSTER}{POOL}");
    let found = default_accounts(&[("stage/main.tf", CLUSTER), ("prod/main.tf", &both)]);
    assert_eq!(found, ["stage/main.tf:6"]);
}

#[test]
fn a_resource_in_another_file_of_the_root_counts() {
    assert!(default_accounts(&[("main.tf", CLUSTER), ("pools.tf", POOL)]).is_empty());
}
