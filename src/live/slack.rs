//! Slack: `auth.test`, which tells whom a token stands for. A webhook is not asked about: the only
//! question it knows is a message.
//!
//! Source: <https://docs.slack.dev/reference/methods/auth.test>.

use super::question::Credential;
use super::{Provider, Request, always_fit};
use crate::finding::Live;
use serde::Deserialize;

pub const PROVIDER: Provider = Provider {
    name: "Slack",
    host: "slack.com",
    rules: &[
        "slack-bot-token",
        "slack-user-token",
        "slack-legacy-bot-token",
        "slack-legacy-token",
        "slack-legacy-workspace-token",
    ],
    pair: None,
    unfit: always_fit,
    ask,
    answer,
};

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    error: Option<String>,
}

fn ask(credential: &Credential) -> Request {
    Request::post("/api/auth.test", "").bearing(credential)
}

/// `invalid_auth` is also said to whoever asks from an address that the workspace does not let in.
fn answer(status: u16, body: &str) -> Option<Live> {
    let answer: Answer = serde_json::from_str(body).ok().filter(|_| status == 200)?;
    match answer.error.as_deref() {
        _ if answer.ok => Some(Live::Verified),
        Some("token_revoked" | "token_expired" | "account_inactive") => Some(Live::Revoked),
        _ => None,
    }
}
