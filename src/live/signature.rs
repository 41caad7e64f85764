//! Signature Version 4 of a form that is posted to `/`.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use zeroize::Zeroizing;

/// What is signed.
pub struct Signed<'a> {
    pub host: &'a str,
    pub body: &'a str,
    /// `20150830T123600Z`.
    pub time: &'a str,
    pub region: &'a str,
    pub service: &'a str,
}

const HEADERS: &str = "content-type;host;x-amz-date";

/// The header `authorization`. The request has the headers `content-type`, of a form, and
/// `x-amz-date`, of the time.
pub fn sign(signed: &Signed, id: &str, secret: &str) -> String {
    let Signed { host, body, time, region, service } = *signed;
    let request = format!(
        "POST\n/\n\ncontent-type:application/x-www-form-urlencoded\nhost:{host}\n\
         x-amz-date:{time}\n\n{HEADERS}\n{}",
        hex(&Sha256::digest(body))
    );
    let day = time.get(..8).unwrap_or_default();
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(request)));
    let first = Zeroizing::new(format!("AWS4{secret}").into_bytes());
    let parts = [day, region, service, "aws4_request"];
    let key = parts.iter().fold(first, |key, part| mac(&key, part));
    let signature = hex(&mac(&key, &text));
    format!(
        "AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={HEADERS}, Signature={signature}"
    )
}

fn mac(key: &[u8], text: &str) -> Zeroizing<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may be of any length");
    mac.update(text.as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key that the documentation of the signature derives step by step.
    #[test]
    fn a_key_is_derived_as_documented() {
        let first = Zeroizing::new(b"AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_vec());
        let parts = ["20120215", "us-east-1", "iam", "aws4_request"];
        let key = parts.iter().fold(first, |key, part| mac(&key, part));
        assert_eq!(hex(&key), "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
    }
}
