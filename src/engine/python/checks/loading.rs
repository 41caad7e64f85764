//! Code that comes from outside: as source text, as data that builds objects, as a model.

use super::Found;
use crate::engine::python::args::{Call, is_truthy, text};
use crate::engine::python::names::Module;

/// What downloads from the Hugging Face Hub.
pub const HUB_CALLS: &[&str] =
    &["from_pretrained", "load_dataset", "hf_hub_download", "snapshot_download", "repository_id"];

pub fn exec_used<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    (call.qualified == "exec").then(|| Found::at(call.node))
}

pub fn logging_listen<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let unverified = call.qualified == "logging.config.listen" && call.keyword("verify").is_none();
    unverified.then(|| Found::at(call.node))
}

pub fn yaml_load<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    const SAFE: &[&str] = &["SafeLoader", "CSafeLoader"];
    let safe = call.passes("Loader", SAFE)
        || call.args().get(1).and_then(text).is_some_and(|loader| SAFE.contains(&loader));
    let unsafe_load = call.imported(Module::Yaml) && call.has_part("yaml") && !safe;
    unsafe_load.then(|| Found::at(call.node))
}

pub fn pytorch_load<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let loads = call.imported(Module::Torch)
        && matches!(call.qualified, "torch.load" | "torch.serialization.load")
        && !call.passes("weights_only", &["True"]);
    loads.then(|| Found::at(&call.place_of("load")))
}

pub fn hub_download<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let hub = [Module::Transformers, Module::Datasets, Module::HuggingfaceHub];
    if !hub.into_iter().any(|module| call.imported(module)) {
        return None;
    }
    let name = call.name();
    let library = match name {
        "from_pretrained" => "transformers",
        "load_dataset" => "datasets",
        _ => "huggingface_hub",
    };
    if !call.has_part(library) || is_pinned(call) || is_local(call) {
        return None;
    }
    let message = format!("`{name}` downloads whatever the newest revision is");
    Some(Found::at(&call.place_of(name)).message(message))
}

/// Whether a revision is given that names one commit, or that cannot be told.
fn is_pinned(call: &Call) -> bool {
    let mut keywords = call.node.arguments.keywords.iter();
    let told = |name: Option<&str>| matches!(name, Some("revision" | "commit_id"));
    if keywords.any(|k| told(k.arg.as_deref()) && !k.value.is_literal_expr()) {
        return true;
    }
    // An empty revision is none.
    let given = |name| call.keyword(name).filter(|value| is_truthy(value));
    let revision = given("revision").or_else(|| given("commit_id")).and_then(text);
    revision.is_some_and(|revision| {
        let commit = revision.trim_matches(['"', '\'']);
        commit.len() >= 7 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Whether the model is a path of this machine.
fn is_local(call: &Call) -> bool {
    let first = call.args().first().and_then(text);
    first.is_some_and(|path| ["./", "/", "../"].iter().any(|start| path.starts_with(start)))
}
