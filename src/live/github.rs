//! GitHub: whom a token stands for, or, of an installation of an app, what it reaches.
//!
//! Source: <https://docs.github.com/en/rest/users/users#get-the-authenticated-user>,
//! <https://docs.github.com/en/rest/apps/installations>.

use super::question::Credential;
use super::{Provider, Request, always_fit};
use crate::finding::Live;

/// A refresh token is not asked about: whoever uses one gets a new one, and the old one ends.
pub const PROVIDER: Provider = Provider {
    name: "GitHub",
    host: "api.github.com",
    rules: &["github-pat", "github-fine-grained-pat", "github-oauth", "github-app-token"],
    pair: None,
    unfit: always_fit,
    ask,
    answer,
};

fn ask(credential: &Credential) -> Request {
    let path = match credential.value.as_str().starts_with("ghs_") {
        true => "/installation/repositories?per_page=1",
        false => "/user",
    };
    Request::get(path)
        .bearing(credential)
        .with("accept", "application/vnd.github+json")
        .with("x-github-api-version", "2022-11-28")
}

/// 403 is also for a token that works and may not ask this, or has asked too often.
fn answer(status: u16, body: &str) -> Option<Live> {
    match status {
        200 if body.contains("\"login\"") || body.contains("\"total_count\"") => {
            Some(Live::Verified)
        }
        401 if body.contains("Bad credentials") => Some(Live::Revoked),
        _ => None,
    }
}
