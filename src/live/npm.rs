//! npm: whom a token stands for, as `npm whoami` asks.
//!
//! Source: <https://docs.npmjs.com/cli/commands/npm-whoami>.

use super::question::Credential;
use super::{Provider, Request, always_fit};
use crate::finding::Live;

pub const PROVIDER: Provider = Provider {
    name: "npm",
    host: "registry.npmjs.org",
    rules: &["npm-access-token"],
    pair: None,
    unfit: always_fit,
    ask,
    answer,
};

fn ask(credential: &Credential) -> Request {
    Request::get("/-/whoami").bearing(credential)
}

fn answer(status: u16, body: &str) -> Option<Live> {
    match status {
        200 if body.contains("\"username\"") => Some(Live::Verified),
        401 => Some(Live::Revoked),
        _ => None,
    }
}
