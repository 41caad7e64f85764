//! Variables, locals, resources and blocks.

use super::super::value::{CLOSE, OPEN};
use super::super::{Kind, Project, Settings, Value};
use super::{addresses, attribute, instance, kinds, shown, tree, tree_with, value_in};
use std::sync::Arc;

#[test]
fn the_stronger_source_of_a_variable_wins() {
    let main =
        "variable \"v\" {\n  default = \"default\"\n}\nresource \"t\" \"x\" {\n  v = var.v\n}\n";
    let files = [
        ("main.tf", main),
        ("terraform.tfvars", "v = \"tfvars\"\n"),
        ("b.auto.tfvars", "v = \"auto b\"\n"),
        ("a.auto.tfvars.json", "{\"v\": \"auto a\"}"),
        ("given.hcl", "v = \"given\"\n"),
    ];
    let mut settings = Settings {
        environment: vec![("TF_VAR_v".into(), "environment".into())],
        ..Settings::default()
    };
    let seen = |count: usize, settings: &Settings| {
        shown(attribute(&tree_with(&files[..count], settings), "t.x", "v"))
    };
    assert_eq!(seen(1, &Settings::default()), "'default'");
    assert_eq!(seen(1, &settings), "'environment'");
    assert_eq!(seen(2, &settings), "'tfvars'");
    assert_eq!(seen(4, &settings), "'auto b'");
    settings.tfvars = vec!["given.hcl".into()];
    assert_eq!(seen(5, &settings), "'given'");
    settings.tfvars.clear();
    settings.automatic_tfvars = false;
    assert_eq!(seen(5, &settings), "'environment'");
}

#[test]
fn types_convert_and_fill_in() {
    for (of, default, expected) in [
        ("string", "5", "'5'"),
        ("number", "\"5\"", "5"),
        ("bool", "\"true\"", "true"),
        ("list(string)", "[1, true]", "['1' 'true']"),
        ("set(string)", "[\"b\", \"a\", \"b\"]", "['a' 'b']"),
        (
            "object({ a = optional(string, \"x\"), b = optional(number), c = bool })",
            "{ c = \"true\", d = 1 }",
            "{a='x' b=null c=true}",
        ),
        ("map(object({ on = optional(bool, true) }))", "{ one = {} }", "{one={on=true}}"),
        ("tuple([string, number])", "[1, \"2\"]", "['1' 2]"),
    ] {
        let declared = format!("variable \"v\" {{\n  type = {of}\n  default = {default}\n}}");
        assert_eq!(shown(&value_in(&declared, "var.v")), expected, "{of}");
    }
}

#[test]
fn an_attribute_that_is_not_set_stands_for_itself() {
    let bucket =
        "resource \"b\" \"x\" {\n  name = \"logs\"\n  gone = null\n  rule {\n    size = 3\n  }\n}";
    for (expression, expected) in [
        ("b.x.name", "'logs'"),
        ("b.x.arn", "<b.x.arn>"),
        ("b.x.gone", "<b.x.gone>"),
        ("\"${b.x.arn}/*\"", "'<b.x.arn>/*'"),
        ("b.x", "<b.x>"),
        ("b.x.rule[0].size", "3"),
        ("b.x.ids[0].key", "<b.x.ids[0].key>"),
        ("data.d.y.id", "?"),
    ] {
        assert_eq!(shown(&value_in(bucket, expression)), expected, "{expression}");
    }
}

#[test]
fn count_and_for_each_make_instances() {
    let project = tree(&[(
        "main.tf",
        r#"
variable "unknown" {}
resource "a" "none" {
  count = 0
}
resource "a" "two" {
  count = 2
  name  = "n${count.index}"
}
resource "a" "set" {
  for_each = toset(["x", "y"])
  name     = each.value
}
resource "a" "map" {
  for_each = { k = { size = 1 } }
  size     = each.value.size
  key      = each.key
}
resource "a" "maybe" {
  count = var.unknown ? 1 : 0
  name  = "maybe"
}
resource "a" "each" {
  for_each = var.unknown
  name     = each.key
}
resource "r" "uses" {
  all   = a.two[*].name
  ids   = a.two[*].id
  one   = a.set["x"].name
  keys  = [for k, v in a.map : v.size]
  maybe = a.maybe[0].name
  some  = a.maybe[*].id
  here  = self.all
}
"#,
    )]);
    assert_eq!(
        addresses(&project),
        [
            "a.two[0]",
            "a.two[1]",
            "a.set[\"x\"]",
            "a.set[\"y\"]",
            "a.map[\"k\"]",
            "a.maybe",
            "a.each",
            "r.uses"
        ]
    );
    let used = |name: &str| shown(attribute(&project, "r.uses", name));
    assert_eq!(used("all"), "['n0' 'n1']");
    assert_eq!(used("ids"), "[<a.two[0].id> <a.two[1].id>]");
    assert_eq!(used("one"), "'x'");
    assert_eq!(used("keys"), "[1]");
    assert_eq!(used("maybe"), "'maybe'");
    assert_eq!(used("some"), "<a.maybe.id>");
    assert_eq!(used("here"), "['n0' 'n1']");
    assert_eq!(shown(attribute(&project, "a.map[\"k\"]", "key")), "'k'");
    assert_eq!(shown(attribute(&project, "a.each", "name")), "?");
}

#[test]
fn dynamic_blocks_stand_among_the_others() {
    let project = tree(&[(
        "main.tf",
        r#"
variable "unknown" {}
resource "g" "x" {
  ingress {
    port = 22
  }
  dynamic "ingress" {
    for_each = [80, 443]
    iterator = at
    content {
      port = at.value
      dynamic "inner" {
        for_each = { a = 1 }
        content {
          name = "${inner.key}-${at.key}"
        }
      }
    }
  }
  dynamic "egress" {
    for_each = var.unknown
    content {
      port = egress.value
      open = true
    }
  }
}
"#,
    )]);
    let block = &instance(&project, "g.x").block;
    let seen: Vec<String> = block
        .blocks
        .iter()
        .map(|block| format!("{} {}", block.kind, shown(&block.attributes["port"].value)))
        .collect();
    assert_eq!(seen, ["ingress 22", "ingress 80", "ingress 443", "egress ?"]);
    assert_eq!(shown(&block.blocks[2].blocks[0].attributes["name"].value), "'a-1'");
    assert_eq!(shown(&block.blocks[3].attributes["open"].value), "true");
}

#[test]
fn places_are_those_of_the_text() {
    let text =
        "# no\nresource \"t\" \"x\" {\n  name = upper(\"ä\")\n  inner {\n    deep = true\n  }\n}\n";
    let project = tree(&[("main.tf", text)]);
    let block = &instance(&project, "t.x").block;
    let at = |range: &std::ops::Range<usize>| &text[range.clone()];
    assert_eq!(at(&block.attributes["name"].place.range), "name = upper(\"ä\")");
    assert_eq!(at(&block.blocks[0].place.range), "inner {\n    deep = true\n  }");
    assert!(
        at(&block.place.range).starts_with("resource") && at(&block.place.range).ends_with('}')
    );
}

#[test]
fn overrides_replace_and_tofu_stands_in() {
    let project = tree(&[
        (
            "main.tf",
            "resource \"t\" \"x\" {\n  a = 1\n  b = 1\n  rule {\n    n = 1\n  }\n}\nlocals {\n  l = 1\n}\n",
        ),
        (
            "x_override.tf",
            "resource \"t\" \"x\" {\n  b = local.l\n  rule {\n    n = 2\n  }\n}\nlocals {\n  l = 5\n}\n",
        ),
        ("other.tf", "resource \"t\" \"old\" {}\n"),
        ("other.tofu", "resource \"t\" \"new\" {}\n"),
    ]);
    assert_eq!(addresses(&project), ["t.x", "t.new"]);
    assert_eq!(shown(attribute(&project, "t.x", "a")), "1");
    assert_eq!(shown(attribute(&project, "t.x", "b")), "5");
    let rules = &instance(&project, "t.x").block.blocks;
    assert_eq!(rules.len(), 1);
    assert_eq!(shown(&rules[0].attributes["n"].value), "2");
}

#[test]
fn json_configurations_are_the_same() {
    let text = r#"{
  "variable": { "acl": { "default": "private" } },
  "resource": {
    "b": { "x": { "acl": "${var.acl}", "name": "a-${var.acl}", "rule": [{ "on": true }] } }
  }
}"#;
    let project = tree(&[("main.tf.json", text)]);
    let block = &instance(&project, "b.x").block;
    assert_eq!(shown(&block.attributes["acl"].value), "'private'");
    assert_eq!(shown(&block.attributes["name"].value), "'a-private'");
    assert_eq!(shown(&block.blocks[0].attributes["on"].value), "true");
    assert_eq!(&text[block.attributes["acl"].place.range.clone()], "\"acl\": \"${var.acl}\"");
}

#[test]
fn a_policy_document_is_its_text() {
    let project = tree(&[(
        "main.tf",
        r#"
data "aws_iam_policy_document" "base" {
  statement {
    sid     = "one"
    actions = ["s3:Get*"]
  }
}
data "aws_iam_policy_document" "all" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.logs.arn, "*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
resource "aws_s3_bucket" "logs" {}
resource "t" "x" {
  policy = jsondecode(data.aws_iam_policy_document.all.json)
}
"#,
    )]);
    assert_eq!(
        shown(attribute(&project, "t.x", "policy")),
        "{Statement=[{Action='s3:Get*' Effect='Allow' Sid='one'} {Action='s3:*' \
         Condition={Bool={aws:SecureTransport='false'}} Effect='Allow' Principal={AWS='*'} \
         Resource=['<aws_s3_bucket.logs.arn>' '*']}] Version='2012-10-17'}"
    );
}

#[test]
fn what_an_attribute_names_is_kept_beside_its_value() {
    let project = tree(&[(
        "main.tf",
        "resource \"b\" \"x\" {\n  name = \"n\"\n}\nresource \"p\" \"x\" {\n  bucket = \"${b.x.name}-${data.d.y.id}\"\n}\n",
    )]);
    let refers = instance(&project, "p.x").block.attributes["bucket"].refers.as_deref();
    let refers: Vec<&str> = refers.into_iter().flatten().map(|name| &**name).collect();
    assert_eq!(refers, ["b.x", "data.d.y"]);
}

#[test]
fn a_broken_file_costs_only_itself() {
    let project = tree(&[
        ("good.tf", "resource \"t\" \"x\" {}\n"),
        ("bad.tf", "resource \"t\" \"y\" {\n  a = \n}\n"),
    ]);
    assert_eq!(addresses(&project), ["t.x"]);
    assert_eq!(kinds(&project), [Kind::Syntax]);
    assert_eq!((&*project.troubles[0].file, project.troubles[0].line), ("bad.tf", Some(2)));
}

#[test]
fn blocks_that_are_made_have_labels() {
    let project = tree(&[(
        "main.tf",
        r#"
resource "example_policy" "p" {
  dynamic "rule" {
    for_each = ["a", "b"]
    labels   = [rule.value]

    content {
      allowed = true
    }
  }
}
"#,
    )]);
    let blocks = &instance(&project, "example_policy.p").block.blocks;
    let labels: Vec<&[Arc<str>]> = blocks.iter().map(|block| &block.labels[..]).collect();
    assert_eq!(labels, [["a".into()], ["b".into()]]);
}

#[test]
fn of_an_unknown_for_each_one_stands_for_all_or_none_is_there() {
    let files = [(
        "main.tf",
        r#"
variable "unknown" {}

resource "example_queue" "each" {
  for_each = var.unknown
}

resource "example_queue" "one" {
  dynamic "rule" {
    for_each = var.unknown

    content {}
  }
}
"#,
    )];
    let rules = |project: &Project| instance(project, "example_queue.one").block.blocks.len();
    let project = tree(&files);
    assert_eq!(addresses(&project), ["example_queue.each", "example_queue.one"]);
    assert_eq!(rules(&project), 1);
    let settings = Settings { unknown_each: false, ..Settings::default() };
    let project = tree_with(&files, &settings);
    assert_eq!(addresses(&project), ["example_queue.one"]);
    assert_eq!(rules(&project), 0);
}

#[test]
fn a_text_in_base64_keeps_what_is_known_of_it() {
    let project = tree(&[(
        "main.tf",
        r#"
resource "example_host" "a" {}

resource "example_host" "b" {
  data = base64decode(base64encode("host ${example_host.a.address} port 22"))
}
"#,
    )]);
    let data = attribute(&project, "example_host.b", "data");
    let expected = format!("host {OPEN}example_host.a.address{CLOSE} port 22");
    assert_eq!(data.as_str(), Some(&*expected));
}

#[test]
fn an_attribute_that_is_not_known_goes_by_its_name() {
    let project = tree(&[(
        "main.tf",
        r#"
variable "name" {}

resource "example_store" "a" {
  name = var.name
}

resource "example_policy" "p" {
  store = example_store.a.name
}
"#,
    )]);
    let Value::Unknown(Some(symbol)) = attribute(&project, "example_policy.p", "store") else {
        panic!("a symbol")
    };
    assert_eq!((&*symbol.address, &*symbol.attribute), ("example_store.a", "name"));
}
