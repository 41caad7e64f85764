//! DSSE, the Dead Simple Signing Envelope, version 1: a payload with its type and its signatures.

use super::keys::{KeyId, PrivateKey, PublicKey};
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The type of a payload that is an in-toto statement.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";
/// More envelopes in a file than this are not read.
const MOST: usize = 1024;
/// More signatures in an envelope than this are not read, and so many pairs of a signature and a
/// key are tried at most: each takes a hash over the whole payload.
const MOST_SIGNATURES: usize = 64;

/// An envelope as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// Base64.
    pub payload: String,
    pub signatures: Vec<Signature>,
}

/// A signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// A hint at the key, which nobody vouches for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub keyid: String,
    /// Base64.
    pub sig: String,
}

/// An envelope with its base64 decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The line on which it ends, from 1.
    pub line: usize,
    pub payload_type: String,
    pub payload: Vec<u8>,
    /// The hint at the key, and the signature.
    pub signatures: Vec<(String, Vec<u8>)>,
}

/// Why a file holds no envelopes.
#[derive(Debug, Error)]
pub enum EnvelopeError {
    #[error("{line}:{column}: {why}; is the file whole?")]
    Json { line: usize, column: usize, why: String },
    #[error("{line}: {what} of the envelope is no base64; is the file whole?")]
    Base64 { line: usize, what: &'static str },
    #[error("{line}: more than {most} {what}")]
    TooMany { line: usize, most: usize, what: &'static str },
    #[error("1: holds no envelope")]
    Empty,
}

/// The bytes that are signed: type and payload, each with its length, so that neither can be taken
/// for a part of the other.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

impl Envelope {
    /// Signs a payload.
    pub fn sign(payload_type: &str, payload: &[u8], key: &PrivateKey) -> Envelope {
        let sig = STANDARD.encode(key.sign(&pae(payload_type, payload)));
        Envelope {
            payload_type: payload_type.to_owned(),
            payload: STANDARD.encode(payload),
            signatures: vec![Signature { keyid: key.public().id().to_string(), sig }],
        }
    }
}

/// Reads envelopes that stand one after another: one in a file, or JSON Lines.
///
/// # Errors
/// Anything else, with line and column.
pub fn read(file: &[u8]) -> Result<Vec<Opened>, EnvelopeError> {
    let mut stream = serde_json::Deserializer::from_slice(file).into_iter::<Envelope>();
    let mut envelopes = Vec::new();
    while let Some(envelope) = stream.next() {
        let envelope = envelope.map_err(|error| EnvelopeError::Json {
            line: error.line(),
            column: error.column(),
            why: without_place(&error),
        })?;
        let before = &file[..stream.byte_offset().min(file.len())];
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        if envelopes.len() == MOST {
            return Err(EnvelopeError::TooMany { line, most: MOST, what: "envelopes" });
        }
        envelopes.push(open(envelope, line)?);
    }
    if envelopes.is_empty() { Err(EnvelopeError::Empty) } else { Ok(envelopes) }
}

/// The message of an error whose line and column are said elsewhere.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split_once(" at line ").map_or(text.as_str(), |(why, _)| why).to_owned()
}

fn open(envelope: Envelope, line: usize) -> Result<Opened, EnvelopeError> {
    let most = MOST_SIGNATURES;
    if envelope.signatures.len() > most {
        return Err(EnvelopeError::TooMany { line, most, what: "signatures" });
    }
    let bytes = |text: &str, what| decode(text).map_err(|_| EnvelopeError::Base64 { line, what });
    let signature =
        |signature: Signature| Ok((signature.keyid, bytes(&signature.sig, "a signature")?));
    Ok(Opened {
        line,
        payload: bytes(&envelope.payload, "the payload")?,
        payload_type: envelope.payload_type,
        signatures: envelope.signatures.into_iter().map(signature).collect::<Result<_, _>>()?,
    })
}

/// Standard or URL-safe, with padding or without: DSSE allows either.
fn decode(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    let url_safe = text.contains(['-', '_']);
    let alphabet = if url_safe { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config).decode(text)
}

impl Opened {
    /// One of the trusted keys that has signed it. A hint that names one of them spares the others;
    /// whatever else it says, any of them may have made the signature.
    pub fn signed_by<'a>(&self, trusted: &'a [PublicKey]) -> Option<&'a KeyId> {
        let message = pae(&self.payload_type, &self.payload);
        let named = |hint: &str| trusted.iter().find(|key| key.id().as_str() == hint);
        let (hinted, others): (Vec<_>, Vec<_>) =
            self.signatures.iter().partition(|(hint, _)| named(hint).is_some());
        let hinted = hinted.into_iter().filter_map(|(hint, sig)| Some((named(hint)?, sig)));
        let others =
            others.into_iter().flat_map(|(_, sig)| trusted.iter().map(move |key| (key, sig)));
        let mut pairs = hinted.chain(others).take(MOST_SIGNATURES);
        let signed = pairs.find(|(key, signature)| key.has_signed(&message, signature));
        signed.map(|(key, _)| key.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_signed_bytes_are_those_of_the_specification() {
        let signed = pae("http://example.com/HelloWorld", b"hello world");
        assert_eq!(signed, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
        assert_eq!(pae("\u{e9}", b"\xff"), b"DSSEv1 2 \xc3\xa9 1 \xff");
    }

    /// The specification's example, whose signature is of another algorithm.
    #[test]
    fn an_envelope_of_another_tool_is_read() {
        let text = r#"{"payload": "aGVsbG8gd29ybGQ=",
 "payloadType": "http://example.com/HelloWorld", "more": 1,
 "signatures": [{"sig": "-_8"}, {"keyid": "k", "sig": "+/8="}]}"#;
        let read = read(text.as_bytes()).unwrap();
        assert_eq!(read[0].payload, b"hello world");
        let both = [(String::new(), vec![0xfb, 0xff]), ("k".to_owned(), vec![0xfb, 0xff])];
        assert_eq!(read[0].signatures, both);
    }

    #[test]
    fn what_is_no_envelope_names_its_place() {
        let key = PrivateKey::generate().unwrap();
        let whole = serde_json::to_string(&Envelope::sign(IN_TOTO, b"{}", &key)).unwrap();
        let error = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
        assert!(error(&whole[..whole.len() - 20]).starts_with("1:"));
        assert!(error(&format!("{whole}\n{}", &whole[..30])).starts_with("2:"));
        assert!(error(&whole.replace("e30=", "e30!")).contains("the payload"));
        assert_eq!(error(" \n"), "1: holds no envelope");
        assert_eq!(read(format!("{whole}\n\n{whole}\n").as_bytes()).unwrap()[1].line, 3);
    }

    proptest! {
        #[test]
        fn only_what_was_signed_is_signed(
            payload in proptest::collection::vec(any::<u8>(), 0..40),
            at in any::<proptest::sample::Index>(),
            flip in 1u8..,
        ) {
            let key = PrivateKey::generate().unwrap();
            let trusted = [PrivateKey::generate().unwrap().public(), key.public()];
            let signer = trusted[1].id();
            let written = serde_json::to_vec(&Envelope::sign(IN_TOTO, &payload, &key)).unwrap();
            let opened = read(&written).unwrap().remove(0);
            prop_assert_eq!(opened.signed_by(&trusted), Some(signer));
            prop_assert_eq!(opened.signed_by(&trusted[..1]), None);
            let mut other = opened.clone();
            other.payload.push(flip);
            prop_assert_eq!(other.signed_by(&trusted), None);
            let mut other = opened.clone();
            other.signatures[0].1[at.index(64)] ^= flip;
            prop_assert_eq!(other.signed_by(&trusted), None);
            let other = Opened { payload_type: "text/plain".into(), ..opened };
            prop_assert_eq!(other.signed_by(&trusted), None);
        }

        #[test]
        fn no_file_is_too_odd(file in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = read(&file);
        }
    }
}
