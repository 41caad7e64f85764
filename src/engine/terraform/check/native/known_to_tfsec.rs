//! What tfsec has a value for.
//!
//! Of what is not there yet it makes up the ids, and the ARNs of what AWS has. It keeps them of the
//! last resource of each kind in a module only, of none that `for_each` makes, and hands no output
//! of a module out that is called several times.

use super::text_place::{is_call, names_variable};
use crate::engine::terraform::check::{Context, kind_of};
use crate::engine::terraform::value::{CLOSE, OPEN};

/// Whether tfsec has a value for all of a text in a module.
pub fn known_to_tfsec(context: &Context, module: u32, text: &str) -> bool {
    let mut names = text.split(OPEN).skip(1).filter_map(|rest| rest.split(CLOSE).next());
    names.all(|name| match name.rsplit_once('.') {
        Some((address, "id")) => reaches(context, module, address),
        Some((address, "arn")) => address.contains("aws_") && reaches(context, module, address),
        _ => false,
    })
}

/// Whether tfsec finds whose policy a resource is: by the name, or where the attribute itself names
/// a resource or a variable.
pub fn finds_owner(context: &Context, index: u32, attribute: &str, kind: &str) -> bool {
    let instance = context.instance(index);
    let Some(attribute) = instance.block.attributes.get(attribute) else { return false };
    let name = |index: &u32| context.instance(*index).block.attributes.get("name");
    let known = attribute.value.as_str().filter(|text| !text.contains(OPEN));
    let mut names = context.links.all(kind).iter().filter_map(name);
    if known.is_some() && names.any(|name| name.value.as_str() == known) {
        return true;
    }
    let file = context.project.files.get(attribute.place.file as usize);
    let file = file.map_or(&[][..], |file| &file.bytes);
    !is_call(file, &attribute.place)
        && (attribute.refers.is_some() || names_variable(file, &attribute.place))
}

/// Whether a value of the resource at an address comes to a module.
fn reaches(context: &Context, module: u32, address: &str) -> bool {
    // In a JSON text the quotes of a key are escaped.
    let address = &*address.replace('\\', "");
    let Some(index) = context.links.at(address) else { return true };
    let instance = context.instance(index);
    if address.ends_with("\"]") || !hands_out(context, instance.module, module) {
        return false;
    }
    address.ends_with(']') || context.links.last(instance.module, &kind_of(instance)) == Some(index)
}

/// Whether a value of a module comes to another: down through inputs, or up through outputs.
fn hands_out(context: &Context, from: u32, to: u32) -> bool {
    let modules = &context.project.modules;
    let around = |module: u32| {
        let outwards = |module: &u32| Some(modules.get(*module as usize)?.call.as_ref()?.0);
        std::iter::successors(Some(module), outwards)
    };
    let inside: Vec<u32> = around(to).collect();
    let mut left = around(from).take_while(|module| !inside.contains(module));
    left.all(|module| !modules[module as usize].address.ends_with(']'))
}
