//! Calls of whose arguments a part is known only after an apply.

use super::broken;

#[test]
fn what_is_known_of_a_text_stays() {
    assert_eq!(
        broken(
            r#"
            join "/", ["arn", "?aws_kms_key.a.id"] => "arn/⟨aws_kms_key.a.id⟩"
            join ",", "?aws_subnet.a.ids" => "?aws_subnet.a.ids"
            format "%s:%5d:%q", "?aws_vpc.a.id", "?", "x⟨aws_vpc.a.id⟩" => "⟨aws_vpc.a.id⟩:⟨⟩:\"x⟨aws_vpc.a.id⟩\""
            format "?", 1 => "?"
            formatlist "%s/*", ["?aws_s3_bucket.a.arn", "b"] => ["⟨aws_s3_bucket.a.arn⟩/*", "b/*"]
            lower "Logs-⟨aws_vpc.A.id⟩" => "logs-⟨aws_vpc.A.id⟩"
            upper "?aws_vpc.a.id" => "?aws_vpc.a.id"
            title "my ⟨aws_vpc.a.id⟩ vpc" => "My ⟨aws_vpc.a.id⟩ Vpc"
            trimspace " ⟨aws_vpc.a.id⟩ " => "⟨aws_vpc.a.id⟩"
            replace "aws-⟨aws_vpc.a.id⟩-aws", "aws", "gcp" => "gcp-⟨aws_vpc.a.id⟩-gcp"
            replace "a-⟨aws_vpc.a.id⟩-b", "/[a-z]-/", "" => "⟨aws_vpc.a.id⟩-b"
            replace "a-⟨aws_vpc.a.id⟩-b", "/-.*-/", "" => "?"
            urlencode "a b⟨aws_vpc.a.id⟩" => "a+b⟨aws_vpc.a.id⟩"
            indent 1, "a\n⟨aws_vpc.a.id⟩" => "a\n ⟨aws_vpc.a.id⟩"
            jsonencode {"Resource": ["?aws_s3_bucket.a.arn", "?"]} => "{\"Resource\":[\"⟨aws_s3_bucket.a.arn⟩\",\"⟨⟩\"]}"
            jsonencode "?aws_vpc.a.tags" => "?aws_vpc.a.tags"
            jsondecode "{\"Resource\": \"⟨aws_s3_bucket.a.arn⟩/*\"}" => {"Resource": "⟨aws_s3_bucket.a.arn⟩/*"}
            jsondecode "{\"Resource\": \"⟨module.a[\"eu\"].aws_vpc.b.id⟩\"}" => {"Resource": "⟨module.a[\"eu\"].aws_vpc.b.id⟩"}
            jsondecode "{\"Resource\": \"⟨module.a[\\\"eu\\\"].aws_vpc.b.id⟩\"}" => {"Resource": "⟨module.a[\"eu\"].aws_vpc.b.id⟩"}
            jsondecode "{\"Resource\": ⟨aws_s3_bucket.a.arn⟩}" => "?"
            yamldecode "a: ⟨aws_vpc.a.id⟩" => {"a": "⟨aws_vpc.a.id⟩"}
            tostring "?aws_vpc.a.id" => "?aws_vpc.a.id"
            tonumber "1⟨aws_vpc.a.id⟩" => "?"
            "#
        ),
        ""
    );
}

#[test]
fn what_depends_on_the_unknown_is_unknown() {
    assert_eq!(
        broken(
            r#"
            length "a⟨aws_vpc.a.id⟩" => "?"
            split ":", "arn:⟨aws_vpc.a.id⟩" => "?"
            regex "a", "a⟨aws_vpc.a.id⟩" => "?"
            sha256 "a⟨aws_vpc.a.id⟩" => "?"
            base64encode "?aws_vpc.a.id" => "?"
            substr "arn:⟨aws_vpc.a.id⟩", 0, 3 => "arn"
            substr "arn:⟨aws_vpc.a.id⟩", 0, 5 => "?"
            startswith "arn:⟨aws_vpc.a.id⟩", "arn" => true
            startswith "arn:⟨aws_vpc.a.id⟩", "s3:" => false
            startswith "arn:⟨aws_vpc.a.id⟩", "arn:aws" => "?"
            endswith "⟨aws_vpc.a.id⟩/*", "/*" => true
            endswith "⟨aws_vpc.a.id⟩/*", "s" => false
            endswith "?aws_vpc.a.id", "s" => "?"
            strcontains "⟨aws_vpc.a.id⟩/*", "*" => true
            strcontains "⟨aws_vpc.a.id⟩/*", "aws" => "?"
            trimprefix "arn:⟨aws_vpc.a.id⟩", "arn:" => "⟨aws_vpc.a.id⟩"
            trimprefix "⟨aws_vpc.a.id⟩", "arn:" => "?"
            cidrsubnet "?aws_vpc.a.cidr_block", 8, 1 => "?"
            max 1, "?" => "?"
            file "?" => "?"
            "#
        ),
        ""
    );
}

#[test]
fn collections_keep_what_is_known() {
    assert_eq!(
        broken(
            r#"
            alltrue ["?", false] => false
            alltrue ["?", true] => "?"
            anytrue ["?", true] => true
            coalesce null, "?aws_vpc.a.id", "b" => "?aws_vpc.a.id"
            compact ["", "?aws_vpc.a.id"] => ["?aws_vpc.a.id"]
            compact ["a", "?"] => "?"
            concat ["a"], ["?"] => ["a", "?"]
            concat ["a"], "?aws_subnet.a.ids" => "?aws_subnet.a.ids"
            contains ["?", "a"], "a" => true
            contains ["?"], "a" => "?"
            contains ["x⟨aws_vpc.a.id⟩"], "y" => false
            contains ["x⟨aws_vpc.a.id⟩"], "xy" => "?"
            contains ["?aws_vpc.a.id"], "?aws_vpc.a.id" => true
            contains ["⟨⟩"], "⟨⟩" => "?"
            distinct ["?aws_vpc.a.id", "?", "?aws_vpc.a.id", "?"] => ["?aws_vpc.a.id", "?", "?"]
            element ["a", "?aws_vpc.a.id"], 1 => "?aws_vpc.a.id"
            element ["a"], "?" => "?"
            flatten [["?aws_vpc.a.id"], ["a"]] => ["?aws_vpc.a.id", "a"]
            flatten ["?", ["a"]] => "?"
            index ["a", "?"], "a" => 0
            index ["?", "a"], "a" => "?"
            keys {"a": "?"} => ["a"]
            length ["?"] => 1
            lookup {"a": 1}, "?", 2 => "?"
            lookup {"a": "?"}, "b", 2 => 2
            matchkeys ["?"], ["a"], ["a"] => ["?"]
            matchkeys ["a"], ["?"], ["a"] => "?"
            merge {"a": "?"}, {"b": 1} => {"a": "?", "b": 1}
            merge {"a": 1}, "?" => "?"
            one ["?aws_vpc.a.id"] => "?aws_vpc.a.id"
            setsubtract ["?aws_vpc.a.id", "b"], ["?aws_vpc.a.id", "b"] => []
            setsubtract ["a"], ["?"] => "?"
            setintersection ["?"], [] => []
            setunion ["b"], ["?aws_vpc.a.id", "a"] => ["a", "b", "?aws_vpc.a.id"]
            sort ["b", "?aws_vpc.a.id", "a"] => ["a", "b", "?aws_vpc.a.id"]
            tolist "?" => "?"
            toset ["?", "a"] => ["a", "?"]
            values {"a": "?", "b": 1} => ["?", 1]
            zipmap ["a"], ["?"] => {"a": "?"}
            "#
        ),
        ""
    );
}
