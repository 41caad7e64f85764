//! Modules.

use super::super::{Kind, Roots, Settings};
use super::{addresses, attribute, kinds, shown, tree, tree_with};

const CHILD: &str = r#"
variable "name" {
  type = string
}
resource "b" "x" {
  name = "${var.name}-${path.module}"
  env  = terraform.workspace
}
output "id" {
  value = b.x.id
}
output "name" {
  value = var.name
}
"#;

#[test]
fn inputs_go_in_and_outputs_come_out() {
    let project = tree(&[
        (
            "env/prod/main.tf",
            r#"
module "one" {
  source = "../../modules/child"
  name   = "first"
}
module "many" {
  source   = "../../modules/child"
  for_each = toset(["a", "b"])
  name     = "${each.key}-${module.one.name}"
}
resource "r" "x" {
  one  = module.one.id
  many = [for m in module.many : m.name]
  a    = module.many["a"].id
  none = module.one.missing
}
"#,
        ),
        ("modules/child/main.tf", CHILD),
    ]);
    assert_eq!(
        addresses(&project),
        ["r.x", "module.one.b.x", "module.many[\"a\"].b.x", "module.many[\"b\"].b.x"]
    );
    let used = |name: &str| shown(attribute(&project, "r.x", name));
    assert_eq!(used("one"), "<module.one.b.x.id>");
    assert_eq!(used("many"), "['a-first' 'b-first']");
    assert_eq!(used("a"), "<module.many[\"a\"].b.x.id>");
    assert_eq!(used("none"), "?");
    let name = attribute(&project, "module.one.b.x", "name");
    assert_eq!(shown(name), "'first-../../modules/child'");
    assert_eq!(shown(attribute(&project, "module.one.b.x", "env")), "'default'");
    let chain: Vec<&str> = project.modules.iter().map(|module| &*module.folder).collect();
    assert_eq!(chain, ["env/prod", "modules/child", "modules/child", "modules/child"]);
    assert!(project.modules[1].call.is_some());
}

#[test]
fn roots_are_chosen() {
    let files = [
        ("a/main.tf", "module \"m\" {\n  source = \"./m\"\n  name = \"n\"\n}\n"),
        ("a/m/main.tf", CHILD),
        ("b/c/main.tf", "resource \"t\" \"deep\" {}\n"),
    ];
    let with = |roots: Roots, all_folders: bool| {
        let project = tree_with(&files, &Settings { roots, all_folders, ..Settings::default() });
        addresses(&project).join(" ")
    };
    assert_eq!(with(Roots::NotCalled, false), "module.m.b.x t.deep");
    assert_eq!(with(Roots::TopMost, false), "module.m.b.x");
    assert_eq!(with(Roots::NotCalled, true), "module.m.b.x b.x t.deep");
}

#[test]
fn downloaded_modules_are_found_by_the_manifest() {
    let files = [
        (
            "main.tf",
            "module \"vpc\" {\n  source = \"example/vpc/aws\"\n  name = \"n\"\n}\nresource \"r\" \"x\" {\n  v = module.vpc.name\n}\n",
        ),
        (
            ".terraform/modules/modules.json",
            r#"{"Modules":[{"Key":"","Dir":"."},{"Key":"vpc","Source":"example/vpc/aws","Dir":".terraform/modules/vpc"}]}"#,
        ),
        (".terraform/modules/vpc/main.tf", CHILD),
    ];
    let project = tree(&files);
    assert_eq!(addresses(&project), ["r.x", "module.vpc.b.x"]);
    let settings = Settings { downloaded_modules: false, ..Settings::default() };
    let project = tree_with(&files, &settings);
    assert_eq!(addresses(&project), ["r.x"]);
    assert_eq!(shown(attribute(&project, "r.x", "v")), "'n'");
}

#[test]
fn a_module_that_is_not_there_gives_what_is_unknown() {
    let project = tree(&[(
        "main.tf",
        "module \"far\" {\n  source = \"example/vpc/aws\"\n}\nresource \"r\" \"x\" {\n  v = module.far.id\n  w = module.far[0].id\n}\n",
    )]);
    assert_eq!(shown(attribute(&project, "r.x", "v")), "<module.far.id>");
    assert_eq!(shown(attribute(&project, "r.x", "w")), "<module.far.id>");
    assert_eq!(kinds(&project), [Kind::Remote]);
}

#[test]
fn modules_that_call_each_other_end() {
    let project = tree(&[
        ("a/main.tf", "module \"b\" {\n  source = \"../b\"\n}\nresource \"t\" \"a\" {}\n"),
        ("b/main.tf", "module \"a\" {\n  source = \"../a\"\n}\nresource \"t\" \"b\" {}\n"),
    ]);
    assert_eq!(addresses(&project), ["t.a", "module.b.t.b"]);
    assert_eq!(kinds(&project), [Kind::Cycle]);
}

#[test]
fn templates_of_files_are_rendered() {
    let project = tree(&[
        (
            "m/main.tf",
            "resource \"t\" \"x\" {\n  v = templatefile(\"${path.module}/t.tpl\", { names = [\"a\", \"b\"] })\n}\n",
        ),
        ("m/t.tpl", "%{ for n in names ~}\n- ${n}\n%{ endfor ~}\n"),
    ]);
    assert_eq!(shown(attribute(&project, "t.x", "v")), "'- a\n- b\n'");
}
