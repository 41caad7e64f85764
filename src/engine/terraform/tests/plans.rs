//! Plan files.

use super::{addresses, attribute, instance, shown, tree};

const PLAN: &str = r#"{
  "format_version": "1.2",
  "planned_values": { "root_module": {
    "resources": [
      { "address": "aws_s3_bucket.logs", "mode": "managed", "type": "aws_s3_bucket", "name": "logs",
        "values": { "bucket": "logs", "versioning": [{ "enabled": true }] } }
    ],
    "child_modules": [
      { "address": "module.m[\"a\"]", "resources": [
        { "address": "module.m[\"a\"].aws_s3_bucket_acl.x", "type": "aws_s3_bucket_acl", "name": "x",
          "values": { "acl": "private" } } ] }
    ] } },
  "resource_changes": [
    { "address": "module.m[\"a\"].aws_s3_bucket_acl.x", "change": { "after_unknown": { "bucket": true } } }
  ],
  "configuration": { "root_module": { "module_calls": { "m": { "module": { "resources": [
    { "address": "aws_s3_bucket_acl.x",
      "expressions": { "bucket": { "references": ["aws_s3_bucket.y.id", "aws_s3_bucket.y"] } } }
  ] } } } } }
}"#;

#[test]
fn a_plan_is_scanned_too() {
    let project = tree(&[("plan.json", PLAN), ("other.json", "{\"planned_values\": 1}")]);
    let acl = "module.m[\"a\"].aws_s3_bucket_acl.x";
    assert_eq!(addresses(&project), ["aws_s3_bucket.logs", acl]);
    let bucket = &instance(&project, "aws_s3_bucket.logs").block;
    assert_eq!(shown(&bucket.attributes["bucket"].value), "'logs'");
    assert_eq!(shown(&bucket.blocks[0].attributes["enabled"].value), "true");
    assert!(PLAN[bucket.place.range.clone()].starts_with("{ \"address\": \"aws_s3_bucket.logs\""));
    assert_eq!(shown(attribute(&project, acl, "bucket")), "<module.m[\"a\"].aws_s3_bucket.y.id>");
    assert_eq!(&*project.modules[1].address, "module.m[\"a\"]");
    assert!(project.troubles.is_empty());
}
