//! Where values come from.

use super::super::{Giver, Project, Settings};
use super::{instance, tree, tree_with};

fn chain(project: &Project, address: &str, name: &str) -> Vec<String> {
    let instance = instance(project, address);
    let steps = project.origin(instance, &instance.block.attributes[name].place);
    let text = |step: &super::super::Step| {
        let at = step.place.as_ref().map(|place| {
            let source = &project.files[place.file as usize];
            String::from_utf8_lossy(&source.bytes[place.range.clone()]).into_owned()
        });
        format!("{} {:?} {}", step.name, step.giver, at.unwrap_or_default())
    };
    steps.iter().map(text).collect()
}

#[test]
fn a_value_is_followed_through_modules() {
    let files = [
        (
            "main.tf",
            "variable \"acl\" {\n  default = \"public-read\"\n}\nmodule \"m\" {\n  source = \"./m\"\n  given = var.acl\n}\n",
        ),
        (
            "m/main.tf",
            "variable \"given\" {}\nlocals {\n  it = var.given\n}\nresource \"b\" \"x\" {\n  acl = local.it\n}\n",
        ),
        ("terraform.tfvars", "acl = \"private\"\n"),
    ];
    let settings = Settings { automatic_tfvars: false, ..Settings::default() };
    assert_eq!(
        chain(&tree_with(&files, &settings), "module.m.b.x", "acl"),
        [
            "local.it Local it = var.given",
            "var.given Argument given = var.acl",
            "var.acl Default default = \"public-read\"",
        ]
    );
    let steps = chain(&tree(&files), "module.m.b.x", "acl");
    assert_eq!(steps[2], "var.acl Variables acl = \"private\"");
}

#[test]
fn the_environment_and_nothing_have_their_own_names() {
    let files = [("main.tf", "variable \"a\" {}\nresource \"b\" \"x\" {\n  a = var.a\n}\n")];
    let environment = vec![("TF_VAR_a".to_owned(), "x".to_owned())];
    let given = tree_with(&files, &Settings { environment, ..Settings::default() });
    assert_eq!(chain(&given, "b.x", "a"), [format!("var.a {:?} ", Giver::Environment)]);
    assert_eq!(chain(&tree(&files), "b.x", "a"), ["var.a Nothing variable \"a\" {}"]);
}

#[test]
fn outputs_and_circles() {
    let project = tree(&[
        (
            "main.tf",
            "module \"m\" {\n  source = \"./m\"\n}\nlocals {\n  a = local.b\n  b = local.a\n}\nresource \"b\" \"x\" {\n  v = module.m.out\n  w = local.a\n}\n",
        ),
        (
            "m/main.tf",
            "output \"out\" {\n  value = t.y.name\n}\nresource \"t\" \"y\" {\n  name = \"n\"\n}\n",
        ),
    ]);
    assert_eq!(
        chain(&project, "b.x", "v"),
        ["module.m.out Output value = t.y.name", "t.y.name Attribute name = \"n\""]
    );
    assert_eq!(chain(&project, "b.x", "w").len(), 2);
}
