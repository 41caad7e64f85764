//! PyPI: an upload of nothing. A token can do nothing but upload, so there is no question that
//! reads; but a form without a name, a version or a file is refused, and before that the token is
//! looked at.
//!
//! Source: <https://docs.pypi.org/api/upload/>, <https://pypi.org/help/#invalid-auth>.

use super::question::Credential;
use super::{Provider, Request, always_fit};
use crate::finding::Live;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

pub const PROVIDER: Provider = Provider {
    name: "PyPI",
    host: "upload.pypi.org",
    rules: &["pypi-upload-token"],
    pair: None,
    unfit: always_fit,
    ask,
    answer,
};

fn ask(credential: &Credential) -> Request {
    let login = Zeroizing::new(format!("__token__:{}", credential.value.as_str()));
    let form = "%3Aaction=file_upload&protocol_version=1";
    let login = format!("Basic {}", STANDARD.encode(login.as_bytes()));
    Request::post("/legacy/", form).with("authorization", login)
}

/// The refusal of the form names what it lacks; that of the token is in the same words for all.
fn answer(status: u16, body: &str) -> Option<Live> {
    let says = |words| body.to_ascii_lowercase().contains(words);
    match status {
        400 if says("metadata") => Some(Live::Verified),
        403 if says("invalid or non-existent authentication") => Some(Live::Revoked),
        _ => None,
    }
}
