//! IAM policies in Terraform: the same judgement and the right lines, however a policy is written.

use crate::sandbox::Sandbox;

/// `no-policy-wildcards main.tf:5`, in the order of the files.
fn wildcards(files: &[(&str, &str)]) -> Vec<String> {
    let run = Sandbox::with(files).run(&["scan", "--format", "json", "."]);
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    let mut places: Vec<String> = findings
        .filter(|finding| {
            let rule = finding["rule"]["id"].as_str().unwrap();
            rule == "aws-iam-no-policy-wildcards"
                || rule == "aws-sqs-no-wildcards-in-policy-documents"
        })
        .map(|finding| {
            let (file, line) = (&finding["path"], &finding["span"]["start_line"]);
            format!("{}:{line}", file.as_str().unwrap())
        })
        .collect();
    places.sort();
    places
}

#[test]
fn a_heredoc_is_at_fault_in_its_own_lines() {
    let file = r#"
resource "aws_iam_policy" "reports" {
  policy = <<-EOT
    {
      "Statement": {
        "Effect": "Allow",
        "Action": "athena:*",
        "Resource": "arn:aws:athena:eu-west-1:123456789012:workgroup/reports"
      }
    }
  EOT
}
"#;
    assert_eq!(wildcards(&[("main.tf", file)]), ["main.tf:7"]);
}

#[test]
fn what_a_function_makes_is_at_fault_as_a_whole() {
    let file = r#"
resource "aws_sqs_queue" "orders" {
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = "*", Action = ["SQS:*"], Resource = "*" }]
  })
}
"#;
    assert_eq!(wildcards(&[("main.tf", file)]), ["main.tf:3"]);
}

#[test]
fn a_data_source_is_at_fault_where_its_statement_stands() {
    let root = r#"
module "reports" {
  source = "./modules/reports"
}
"#;
    let module = r#"
data "aws_iam_policy_document" "base" {
  statement {
    actions   = ["athena:*"]
    resources = ["arn:aws:athena:eu-west-1:123456789012:workgroup/reports"]
  }
}

data "aws_iam_policy_document" "reports" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]

  statement {
    actions   = ["glue:GetTable"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "reports" {
  policy = data.aws_iam_policy_document.reports.json
}
"#;
    let files = [("main.tf", root), ("modules/reports/main.tf", module)];
    let expected = ["modules/reports/main.tf:14", "modules/reports/main.tf:4"];
    assert_eq!(wildcards(&files), expected);
}

#[test]
fn what_is_not_known_is_no_wildcard() {
    let file = r#"
variable "bucket_arn" {}

variable "actions" {}

resource "aws_s3_bucket" "uploads" {}

resource "aws_iam_policy" "uploads" {
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = "${aws_s3_bucket.uploads.arn}/*" },
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = "${var.bucket_arn}/*" },
      { Effect = "Allow", Action = var.actions, Resource = "*" },
    ]
  })
}
"#;
    assert_eq!(wildcards(&[("main.tf", file)]), [""; 0]);
}

#[test]
fn documents_that_take_over_each_other_end() {
    let file = r#"
data "aws_iam_policy_document" "one" {
  source_policy_documents = [
    data.aws_iam_policy_document.two.json,
    data.aws_iam_policy_document.two.json,
  ]
}

data "aws_iam_policy_document" "two" {
  source_policy_documents = [
    data.aws_iam_policy_document.one.json,
    data.aws_iam_policy_document.one.json,
  ]
}

resource "aws_iam_policy" "loop" {
  policy = data.aws_iam_policy_document.one.json
}
"#;
    assert_eq!(wildcards(&[("main.tf", file)]), [""; 0]);
}
