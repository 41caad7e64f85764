//! GitLab: what a token says of itself.
//!
//! Source: <https://docs.gitlab.com/api/personal_access_tokens/>.

use super::question::Credential;
use super::{Provider, Request, always_fit};
use crate::finding::Live;
use serde::Deserialize;

/// Only gitlab.com is asked; a token of another instance looks the same.
pub const PROVIDER: Provider = Provider {
    name: "GitLab",
    host: "gitlab.com",
    rules: &["gitlab-pat", "gitlab-pat-routable"],
    pair: None,
    unfit: always_fit,
    ask,
    answer,
};

#[derive(Deserialize)]
struct Token {
    active: bool,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
    error_description: Option<String>,
}

fn ask(credential: &Credential) -> Request {
    let value = credential.value.as_str();
    Request::get("/api/v4/personal_access_tokens/self").with("private-token", value)
}

/// A token that gitlab.com never had, which may be another instance's, is refused in other words
/// than one that it has revoked. What a token may do is looked at after whether it holds.
fn answer(status: u16, body: &str) -> Option<Live> {
    match status {
        200 => {
            let token: Token = serde_json::from_str(body).ok()?;
            Some(if token.active { Live::Verified } else { Live::Revoked })
        }
        401 => {
            let refused: Refused = serde_json::from_str(body).ok()?;
            let why = refused.error_description?;
            let is_over = why.contains("revoked") || why.contains("expired");
            (refused.error == "invalid_token" && is_over).then_some(Live::Revoked)
        }
        403 => {
            let refused: Refused = serde_json::from_str(body).ok()?;
            (refused.error == "insufficient_scope").then_some(Live::Verified)
        }
        _ => None,
    }
}
