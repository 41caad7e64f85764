//! What a template says about findings.

use crate::compat::gitleaks::finding::Finding;
use crate::compat::go::template::{Record, Template, Value};
use std::rc::Rc;

/// Renders a template.
///
/// # Errors
/// It asks for what is not there, or says more than the bound.
pub fn render(template: &Template, findings: &[Finding]) -> Result<String, String> {
    template.render(Value::list(findings.iter().map(of).collect()))
}

/// The finding as a template sees it.
fn of(finding: &Finding) -> Value {
    let commit = finding.commit.as_deref().cloned().unwrap_or_default();
    let fields = vec![
        ("RuleID", Value::text(&finding.rule)),
        ("Description", Value::text(&finding.description)),
        ("StartLine", Value::Int(finding.start_line)),
        ("EndLine", Value::Int(finding.end_line)),
        ("StartColumn", Value::Int(finding.start_column)),
        ("EndColumn", Value::Int(finding.end_column)),
        ("Line", Value::text(&finding.line)),
        ("Match", Value::text(&finding.matched)),
        ("Secret", Value::text(&finding.secret)),
        ("File", Value::text(&finding.file)),
        ("SymlinkFile", Value::text(&finding.symlink)),
        ("Commit", Value::text(&commit.id)),
        ("Link", Value::text(&finding.link)),
        ("Entropy", Value::Single(finding.entropy)),
        ("Author", Value::text(&commit.author)),
        ("Email", Value::text(&commit.email)),
        ("Date", Value::text(&commit.date)),
        ("Message", Value::text(&commit.message)),
        ("Tags", Value::list(finding.tags.iter().map(|tag| Value::text(tag)).collect())),
        ("Fingerprint", Value::text(&finding.fingerprint)),
        ("Fragment", Value::Nil),
    ];
    Value::Record(Rc::new(Record {
        name: "report.Finding",
        fields,
        hidden: &["Line"],
        optional: &["Link", "Fragment"],
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn render(text: &str) -> Result<String, String> {
        let finding = |rule: &str, start_line| Finding {
            rule: rule.to_owned(),
            start_line,
            tags: vec!["a".into(), "b<c".into()],
            entropy: 3.5,
            ..Finding::default()
        };
        super::render(&Template::parse(text, &[])?, &[finding("one-rule", 3), finding("two", 5)])
    }

    #[test]
    fn what_go_writes() {
        let cases = [
            ("{{range .}}{{.RuleID}}:{{.StartLine}} {{end}}", "one-rule:3 two:5 "),
            (
                "{{ range $i, $f := . -}} {{if $i}}, {{end}}{{$f.RuleID}} {{- end }}!",
                "one-rule, two!",
            ),
            ("{{with index . 1}}{{.Entropy | printf \"%.2f\"}}{{end}}", "3.50"),
            ("{{len .}} {{(index . 0).Tags}} {{/* no */}}{{ eq (len .) 2 3 }}", "2 [a b<c] true"),
            ("{{define \"x\"}}<{{.}}>{{end}}{{template \"x\" \"y\"}}", "<y>"),
            (
                "{{range .}}{{if eq .RuleID \"two\"}}{{break}}{{else}}{{.RuleID | upper}}{{end}}{{end}}",
                "ONE-RULE",
            ),
            ("{{range $f := slice . 1}}{{quote $f.RuleID}}{{end}}{{ `a` }}", "\"two\"a"),
            ("{{ $x := 1 }}{{range .}}{{ $x = add $x .StartLine }}{{end}}{{$x}}", "9"),
            ("{{ toJson (dict \"a\" (list 1 \"<\")) }}", "{\"a\":[1,\"\\u003c\"]}"),
            ("{{ \"a,b\" | splitList \",\" | join \"-\" }} {{ default \"d\" \"\" }}", "a-b d"),
            ("{{range slice . 2}}x{{else}}none{{end}}", "none"),
            ("{{ if and (gt 2 1) (not false) }}yes{{ else if true }}no{{end}}", "yes"),
            (
                "{{ printf \"%q %v %d %s %05d %x\" \"a\" true 3 \"s\" 42 255 }}",
                "\"a\" true 3 s 00042 ff",
            ),
            ("{{ \"hello\" | title | trunc 3 | repeat 2 }}", "HelHel"),
        ];
        for (template, expected) in cases {
            assert_eq!(render(template).unwrap(), expected, "{template}");
        }
    }

    #[test]
    fn what_go_refuses() {
        for template in
            ["{{", "{{end}}", "{{if}}{{end}}", "{{nope 1}}", "{{env \"HOME\"}}", "{{range .}}"]
        {
            assert!(Template::parse(template, &[]).is_err(), "{template}");
        }
        for template in ["{{range .}}{{.Nope}}{{end}}", "{{index . 7}}", "{{template \"x\"}}"] {
            assert!(render(template).is_err(), "{template}");
        }
    }

    #[test]
    fn what_it_costs_is_bounded() {
        assert!(render("{{define \"x\"}}{{template \"x\"}}{{end}}{{template \"x\"}}").is_err());
        assert!(render("{{repeat 2000000000 \"x\"}}").is_err());
        let deep = "{{range until 1000}}".repeat(4) + &"{{end}}".repeat(4);
        assert!(render(&deep).is_err());
        assert!(Template::parse(&format!("{{{{{}", "(".repeat(100_000)), &[]).is_err());
        let grows = "{{$x := list 1}}{{range until 90000}}{{$x = list $x}}{{end}}";
        assert!(render(grows).is_err(), "it nests too deep");
        let grows = "{{$x := list 1}}{{range until 60}}{{$x = list $x $x}}{{end}}{{$x}}";
        assert!(render(grows).is_err(), "it is too long when written");
    }

    proptest! {
        #[test]
        fn nothing_panics(text in r#"(\{\{-? ?(range|if|with|end|else|\.|\$x|:=|len|index|"a"|1|\||\(|\)|,| |printf|slice|template|define)* ?-?\}\}|[a-z ]){0,12}"#) {
            let _ = render(&text);
        }
    }
}
