//! Data that builds objects while it is read.

use super::{Proposal, Site, is_false};
use ruff_python_ast::{ArgOrKeyword, Expr};
use ruff_text_size::Ranged;

/// The loaders of PyYAML that build more than plain data.
const UNSAFE: &[&str] = &["yaml.FullLoader", "yaml.Loader", "yaml.UnsafeLoader"];
/// Those of them that are written in C, which are quick.
const QUICK: &[&str] = &["yaml.CFullLoader", "yaml.CLoader", "yaml.CUnsafeLoader"];
const LOAD: &[&str] = &["yaml.load"];
/// What teaches the loaders of PyYAML further types.
const REGISTRIES: &[&str] = &[
    "YAMLObject",
    "add_constructor",
    "add_implicit_resolver",
    "add_multi_constructor",
    "add_path_resolver",
    "add_representer",
];

/// B506: `yaml.safe_load`, which takes no loader; a quick loader becomes the quick safe one. A
/// loader of the program's own stays, for it may know types that the document needs; so does one
/// that reads nothing but strings. Safe: plain data is read as before, and a document with tags
/// of Python is refused with an error. A suggestion where the file registers types of its own, which
/// the safe loader does not know.
pub fn load_safely(site: &Site) -> Option<Proposal> {
    let arguments = &site.call.node.arguments;
    if !site.calls(LOAD) || !site.is_spelled_out() || !(1..=2).contains(&arguments.len()) {
        return None;
    }
    let mut loader = None;
    for (index, argument) in arguments.iter_source_order().enumerate() {
        match argument {
            ArgOrKeyword::Keyword(keyword) => match keyword.arg.as_deref()? {
                "Loader" => loader = Some((index, &keyword.value)),
                "stream" => {}
                _ => return None,
            },
            ArgOrKeyword::Arg(_) if index == 0 => {}
            ArgOrKeyword::Arg(value) => loader = Some((index, value)),
        }
    }
    let what = "call `yaml.safe_load`";
    let proposal = |what, edits| Proposal { what, safe: !site.registers_types(), edits };
    let Some((index, loader)) = loader else {
        let edits = site.rename(&site.call.node.func, LOAD, "safe_load")?;
        return (arguments.len() == 1).then(|| proposal(what, edits));
    };
    if let (Expr::Attribute(attribute), Some(name)) = (loader, site.imported(loader))
        && QUICK.contains(&&*name)
    {
        let edits = vec![(attribute.attr.range(), "CSafeLoader".into())];
        return Some(proposal("load with `yaml.CSafeLoader`", edits));
    }
    if arguments.len() == 1 || !is_unsafe(site, loader) {
        return None;
    }
    let mut edits = site.rename(&site.call.node.func, LOAD, "safe_load")?;
    edits.extend(site.remove(index)?);
    Some(proposal(what, edits))
}

impl Site<'_, '_> {
    fn registers_types(&self) -> bool {
        let source = &self.call.source;
        let look = || REGISTRIES.iter().any(|name| source.contains(name));
        *self.once.registers_types.get_or_init(look)
    }
}

/// Whether the loader is an unsafe one whichever of the imports that may have brought it in did.
fn is_unsafe(site: &Site, loader: &Expr) -> bool {
    let known = |name: &str| UNSAFE.contains(&name) || QUICK.contains(&name);
    let Expr::Name(name) = loader else {
        return site.imported(loader).is_some_and(|name| known(&name));
    };
    let Some((_, scope)) = site.scopes.find(&name.id, &site.levels) else { return false };
    let bindings = scope.bindings(&name.id);
    let all = bindings.iter().all(|one| one.bound.imported().is_some_and(|name| known(&name)));
    !bindings.is_empty() && all
}

/// B614. Not safe: a file that holds a whole model, and not its weights, is refused from then on.
pub fn weights_only(site: &Site) -> Option<Proposal> {
    let loads = site.calls(&["torch.load", "torch.serialization.load"]);
    if !loads || site.keyword("pickle_module").is_some() || site.call.args().len() > 2 {
        return None;
    }
    let edits = site.pass("weights_only", is_false, "True")?;
    Some(Proposal::suggested("load nothing but weights: `weights_only=True`", edits))
}
