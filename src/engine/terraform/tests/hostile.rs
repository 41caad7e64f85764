//! Configurations that ask for more than there is, and text that is none.

use super::super::{Kind, Value};
use super::{addresses, attribute, kinds, shown, tree};
use proptest::prelude::*;
use std::fmt::Write;

#[test]
fn values_that_need_themselves_are_told() {
    let project = tree(&[(
        "main.tf",
        "locals {\n  a = local.b\n  b = local.a\n}\nresource \"t\" \"x\" {\n  count = length(t.x)\n  v = local.a\n}\n",
    )]);
    assert_eq!(kinds(&project), [Kind::Cycle, Kind::Cycle]);
    assert_eq!(shown(attribute(&project, "t.x", "v")), "?");
}

#[test]
fn a_huge_count_is_bounded_and_said() {
    let project = tree(&[("main.tf", "resource \"t\" \"x\" {\n  count = 1000000000\n}\n")]);
    assert_eq!(addresses(&project).len(), 10_000);
    assert_eq!(kinds(&project), [Kind::Limit]);
}

#[test]
fn what_terraform_refuses_to_count_is_said() {
    let told = |times: &str| {
        let text = format!(
            "data \"d\" \"d\" {{}}\nvariable \"v\" {{}}\nresource \"s\" \"s\" {{}}\nresource \"t\" \"x\" {{\n  {times}\n}}\n"
        );
        let project = tree(&[("main.tf", &text)]);
        assert!(project.troubles.iter().all(|it| it.line == Some(4)), "{times}");
        kinds(&project)
    };
    let refused =
        ["count = -1", "count = \"many\"", "for_each = 3", "count = s.s.n", "for_each = s.s.ids"];
    for times in refused {
        assert_eq!(told(times), [Kind::Wrong], "{times}");
    }
    for times in ["count = 0", "for_each = {}", "count = var.v", "for_each = data.d.d.ids"] {
        assert_eq!(told(times), [], "{times}");
    }
}

#[test]
fn doubling_ends() {
    let mut text = String::from("locals {\n  s0 = \"xxxxxxxx\"\n  l0 = [1]\n  d0 = [1]\n");
    for at in 1..60 {
        let before = at - 1;
        let _ = writeln!(text, "  s{at} = \"${{local.s{before}}}${{local.s{before}}}\"");
        let _ = writeln!(text, "  l{at} = concat(local.l{before}, local.l{before})");
        let _ = writeln!(text, "  d{at} = [local.d{before}, local.d{before}]");
    }
    text.push_str("  big = range(0, 1000000000)\n}\nresource \"t\" \"x\" {\n  s = local.s59\n  l = local.l59\n  d = jsonencode(local.d59)\n  big = local.big\n}\n");
    let project = tree(&[("main.tf", &text)]);
    for name in ["s", "l", "d", "big"] {
        assert!(!matches!(attribute(&project, "t.x", name), Value::List(_)), "{name}");
    }
    assert!(kinds(&project).contains(&Kind::Limit));
}

#[test]
fn long_chains_end() {
    let mut text = String::from("locals {\n  v0 = [1]\n");
    for at in 1..20_000 {
        let _ = writeln!(text, "  v{at} = [[local.v{}]]", at - 1);
    }
    text.push_str("}\nresource \"t\" \"x\" {\n  v = local.v19999\n}\n");
    let project = tree(&[("main.tf", &text)]);
    assert!(kinds(&project).contains(&Kind::Limit));
}

#[test]
fn modules_times_modules_end() {
    let caller = |to: &str| format!("module \"m\" {{\n  source = \"{to}\"\n  count = 9000\n}}\n");
    let project = tree(&[
        ("main.tf", &caller("./a")),
        ("a/main.tf", &caller("../b")),
        ("b/main.tf", "resource \"t\" \"x\" {\n  count = 9000\n}\n"),
    ]);
    assert!(project.instances.len() <= 120_000);
    assert!(kinds(&project).contains(&Kind::Limit));
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("[", "]"), ("(", ")"), ("{ a = ", " }"), ("\"${", "}\""), ("!", "")] {
        let text =
            format!("locals {{\n  a = {}1{}\n}}\n", open.repeat(50_000), close.repeat(50_000));
        let _ = tree(&[("main.tf", &text)]);
    }
    let text = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let project = tree(&[("main.tf.json", &text)]);
    assert_eq!(kinds(&project), [Kind::Syntax]);
    let blocks = format!("{}{}", "a {\n".repeat(50_000), "}\n".repeat(50_000));
    assert_eq!(kinds(&tree(&[("main.tf", &blocks)])), [Kind::Syntax]);
}

#[test]
fn an_endless_object_is_refused_and_a_large_one_is_not() {
    let object = |entries: usize| {
        let entries: String =
            (0..entries).map(|at| format!("    k{at} = \"}}{{${{\"x\"}}\"\n")).collect();
        format!(
            "locals {{\n  m = {{\n{entries}  }}\n}}\nresource \"t\" \"x\" {{\n  v = local.m\n}}\n"
        )
    };
    assert_eq!(kinds(&tree(&[("main.tf", &object(150_000))])), [Kind::Syntax]);
    assert_eq!(kinds(&tree(&[("main.tf", &object(1_000))])), []);
    let many = "locals {\n}\nresource \"t\" \"x\" {\n  a = [1]\n}\n".repeat(2_000);
    assert_eq!(kinds(&tree(&[("main.tf", &many)])), []);
}

const SEED: &str = r#"variable "a" {
  type    = list(object({ n = optional(string, "x"), m = map(number) }))
  default = [{ m = { k = 1 } }]
}
locals {
  b = { for i, x in var.a : "${i}-${x.n}" => try(x.m.k, null)... if x != null }
  c = <<-EOT
    %{ for k, v in local.b ~}
    ${upper(k)} = ${v[0]}
    %{ endfor ~}
  EOT
}
module "m" {
  source   = "./m"
  for_each = local.b
  in       = each.value[*]
}
resource "t" "x" {
  count = length(var.a) + 1
  v     = module.m["0-x"].out ? self.w : t.x[*].v[count.index]
  dynamic "b" {
    for_each = local.b
    content {
      c = b.value == 1 && !false || -b.key > 3
    }
  }
}
"#;

const JSON: &str = r#"{"variable":{"a":{"default":[1,{"b":"${1+1}"}]}},"resource":{"t":{"x":[{"count":2,
"dynamic":{"d":{"for_each":"${var.a}","content":{"v":"%{if true}a%{endif}"}}}}]}},"module":{"m":{"source":"./m","in":null}}}"#;

fn mutate(seed: &str, edits: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut bytes = seed.as_bytes().to_vec();
    for (at, how, with) in edits {
        let at = at % bytes.len().max(1);
        match how % 4 {
            0 => bytes.insert(at, *with),
            1 if !bytes.is_empty() => drop(bytes.remove(at)),
            2 if !bytes.is_empty() => bytes[at] = *with,
            _ => {
                let end = (at + usize::from(*with)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_is_a_panic(
        json in any::<bool>(),
        edits in prop::collection::vec((any::<usize>(), any::<u8>(), 32u8..127), 0..12),
    ) {
        let text = mutate(if json { JSON } else { SEED }, &edits);
        let text = String::from_utf8_lossy(&text).into_owned();
        let child = "variable \"in\" {}\noutput \"out\" {\n  value = var.in\n}\n";
        let project = tree(&[(if json { "main.tf.json" } else { "main.tf" }, &text), ("m/main.tf", child)]);
        for instance in &project.instances {
            for attribute in instance.block.attributes.values() {
                let file = &project.files[attribute.place.file as usize];
                prop_assert!(attribute.place.range.end <= file.bytes.len());
                project.origin(instance, &attribute.place);
            }
        }
    }
}
