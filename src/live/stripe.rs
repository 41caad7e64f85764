//! Stripe: the balance, which names no customer.
//!
//! Source: <https://docs.stripe.com/api/errors>, <https://docs.stripe.com/api/balance>.

use super::question::Credential;
use super::{Provider, Request, always_fit};
use crate::finding::Live;

pub const PROVIDER: Provider = Provider {
    name: "Stripe",
    host: "api.stripe.com",
    rules: &["stripe-access-token"],
    pair: None,
    unfit: always_fit,
    ask,
    answer,
};

fn ask(credential: &Credential) -> Request {
    Request::get("/v1/balance").bearing(credential)
}

/// A restricted key works too where it is not allowed to ask this, which is what 403 says.
fn answer(status: u16, body: &str) -> Option<Live> {
    match status {
        200 if body.contains("\"balance\"") => Some(Live::Verified),
        403 if body.contains("\"error\"") => Some(Live::Verified),
        401 if body.contains("\"error\"") => Some(Live::Revoked),
        _ => None,
    }
}
