//! The functions and classes around a match: the part of its identity that no edit of other code
//! changes.

use super::meter::Metered;
use ast_grep_core::Node;

/// Names longer than this are no names, in bytes.
const LONGEST: usize = 100;

/// What defines a name, in the words of the grammars, and the field that holds the name.
const DEFINITIONS: &[(&str, &str)] = &[
    ("function_declaration", "name"),
    ("generator_function_declaration", "name"),
    ("function_definition", "name"),
    ("function_definition", "declarator"),
    ("method_definition", "name"),
    ("method_declaration", "name"),
    ("constructor_declaration", "name"),
    ("class_declaration", "name"),
    ("abstract_class_declaration", "name"),
    ("class_definition", "name"),
    ("interface_declaration", "name"),
    ("enum_declaration", "name"),
    ("internal_module", "name"),
    ("class", "name"),
    ("module", "name"),
    ("method", "name"),
    ("singleton_method", "name"),
];

/// Functions without a name of their own, and what gives them one.
const NAMELESS: &[&str] = &["arrow_function", "function_expression", "generator_function"];
const NAMING: &[(&str, &str)] = &[
    ("variable_declarator", "name"),
    ("assignment_expression", "left"),
    ("pair", "key"),
    ("field_definition", "property"),
    ("public_field_definition", "name"),
];

/// The qualified name of what is around a node; empty at the top of a file.
pub fn scope(node: &Node<Metered>) -> String {
    let mut names = Vec::new();
    let mut nameless = false;
    for around in node.ancestors() {
        let kind = around.kind();
        let list = if nameless { NAMING } else { DEFINITIONS };
        let fields = list.iter().filter(|(defines, _)| *defines == kind);
        names.extend(fields.filter_map(|(_, field)| around.field(field)).next().map(name));
        nameless = NAMELESS.contains(&&*kind);
    }
    names.reverse();
    names.join(".")
}

/// The name, without the parameters that C's grammar counts to it.
fn name(node: Node<Metered>) -> String {
    let text = node.text();
    let text = text.split(['(', '\n']).next().unwrap_or_default().trim();
    text.chars().take(LONGEST).collect()
}
