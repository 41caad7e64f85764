//! Reports by a template of Go's `text/template`, with the functions of sprig that reports use:
//! `parse` reads the template, `run` writes what it says, `functions` are what it can call. Neither
//! the environment nor files nor the network can be reached, and what is written is bounded.

mod functions;
mod parse;
mod run;
mod value;

use super::finding::Finding;

use crate::compat::go::reason;
use parse::Node;
use std::collections::HashMap;
use std::fs;
use value::Value;

/// The largest template, in bytes.
const LARGEST: u64 = 1 << 20;

/// A template.
#[derive(Debug)]
pub struct Template {
    nodes: Vec<Node>,
    /// What `define` and `block` name.
    named: HashMap<String, Vec<Node>>,
}

impl Template {
    /// Reads the template in a file.
    ///
    /// # Errors
    /// There is none, or it is none.
    pub fn read(path: &str) -> Result<Template, String> {
        if path.is_empty() {
            return Err("template path cannot be empty".to_owned());
        }
        let unread = |error| format!("error reading file: open {path}: {}", reason(&error));
        if fs::metadata(path).map_err(unread)?.len() > LARGEST {
            return Err(format!("error reading file: {path} is larger than 1 MiB"));
        }
        let text = fs::read(path).map_err(unread)?;
        Template::parse(&String::from_utf8_lossy(&text))
            .map_err(|why| format!("error parsing file: template: custom:{why}"))
    }

    fn parse(text: &str) -> Result<Template, String> {
        let (nodes, named) = parse::parse(text)?;
        Ok(Template { nodes, named })
    }

    /// What it says about findings.
    ///
    /// # Errors
    /// It asks for what is not there, or says more than the bound.
    pub fn render(&self, findings: &[Finding]) -> Result<String, String> {
        let findings = Value::list(findings.iter().map(value::of).collect());
        run::run(&self.nodes, &self.named, findings)
            .map_err(|why| format!("template: custom: {why}"))
    }
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
        Template::parse(text)?.render(&[finding("one-rule", 3), finding("two", 5)])
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
            assert!(Template::parse(template).is_err(), "{template}");
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
        assert!(Template::parse(&format!("{{{{{}", "(".repeat(100_000))).is_err());
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
