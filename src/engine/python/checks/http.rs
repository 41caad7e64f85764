//! HTTP: clients that wait or trust without end, a server that debugs in public.

use super::Found;
use crate::engine::python::args::Call;
use crate::engine::python::names::Module;

/// The methods that both clients have.
const VERBS: &[&str] = &["get", "options", "head", "post", "put", "patch", "delete"];
/// What else sends requests in httpx.
const HTTPX: &[&str] = &["request", "stream", "Client", "AsyncClient"];
/// What sends a request.
pub const SENDERS: &[&[&str]] = &[VERBS, HTTPX];

/// The client that a call belongs to.
fn client<'a>(call: &Call<'a>) -> Option<&'a str> {
    let client = call.qualified.split('.').next()?;
    let sends = match client {
        "requests" => VERBS.contains(&call.name()),
        "httpx" => VERBS.contains(&call.name()) || HTTPX.contains(&call.name()),
        _ => false,
    };
    sends.then_some(client)
}

pub fn without_timeout<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let client = client(call)?;
    let name = call.name();
    if client == "requests" && !call.passes_known("timeout") {
        let message = format!("`{client}.{name}` is called without a timeout");
        return Some(Found::at(call.node).message(message));
    }
    call.passes("timeout", &["None"]).then(|| {
        let message = format!("`{client}.{name}` is called with its timeout switched off");
        Found::at(call.node).message(message)
    })
}

pub fn without_validation<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let client = client(call)?;
    call.passes("verify", &["False"]).then(|| {
        let message = format!("`{client}.{}` is told to accept any certificate", call.name());
        Found::at(&call.place_of("verify")).message(message)
    })
}

pub fn flask_debug<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let runs = call.imported(Module::Flask)
        && call.qualified.ends_with(".run")
        && call.passes("debug", &["True"]);
    runs.then(|| Found::at(&call.place_of("debug")))
}
