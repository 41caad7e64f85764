//! Ed25519 keys as files: PKCS#8 and SubjectPublicKeyInfo in PEM, as openssl writes them. What is
//! private is wiped from memory by the library that holds it, and is in no message.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::spki::der::zeroize::Zeroizing;
use ed25519_dalek::pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, KeypairBytes,
};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;
use thiserror::Error;

/// More keys than this are not tried.
const MOST: usize = 64;
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----";
const PUBLIC_END: &str = "-----END PUBLIC KEY-----";

/// The key that signs.
pub struct PrivateKey(SigningKey);

/// A key whose signatures are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    id: KeyId,
}

/// What a key is known by: the first 8 bytes of the SHA-256 of its SubjectPublicKeyInfo (DER), in
/// hexadecimal. A name, no proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyId(String);

impl KeyId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why there is no key. Never quotes what it was read from.
#[derive(Debug, Error)]
pub enum KeyError {
    #[error("the operating system gives no random numbers: {0}")]
    Random(getrandom::Error),
    #[error("holds a public key where the private one is wanted")]
    Public,
    #[error("holds a key with a passphrase; `openssl pkey -in KEY -out PLAIN` takes it off")]
    Encrypted,
    #[error(
        "holds no private Ed25519 key in PEM (PKCS#8), nor the base64 of one; `lockgate attest keygen` makes one"
    )]
    NoPrivate,
    #[error("holds no public key in PEM; `lockgate attest keygen` writes one as lockgate.pub")]
    NoPublic,
    #[error("public key {0} in it is no Ed25519 key that can be trusted")]
    BadPublic(usize),
    #[error("holds more than {MOST} public keys")]
    TooMany,
}

impl PrivateKey {
    /// A new one.
    ///
    /// # Errors
    /// The operating system has no random numbers.
    pub fn generate() -> Result<PrivateKey, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(KeyError::Random)?;
        Ok(PrivateKey(SigningKey::from_bytes(&seed)))
    }

    /// Reads PEM, whatever stands around it, or the base64 of it, which fits where a secret must be
    /// one line.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<PrivateKey, KeyError> {
        if let Some(pem) = armoured(text) {
            return PrivateKey::from_pem(pem);
        }
        let packed = Zeroizing::new(text.split_whitespace().collect::<String>());
        let pem = STANDARD.decode(packed.as_bytes()).map_err(|_| KeyError::NoPrivate)?;
        let pem = Zeroizing::new(pem);
        let pem = std::str::from_utf8(&pem).ok().and_then(armoured);
        PrivateKey::from_pem(pem.ok_or(KeyError::NoPrivate)?)
    }

    fn from_pem(pem: &str) -> Result<PrivateKey, KeyError> {
        match pem.lines().next().unwrap_or_default().trim_end() {
            PUBLIC => Err(KeyError::Public),
            "-----BEGIN ENCRYPTED PRIVATE KEY-----" => Err(KeyError::Encrypted),
            _ => SigningKey::from_pkcs8_pem(pem).map(PrivateKey).map_err(|_| KeyError::NoPrivate),
        }
    }

    /// PKCS#8 in PEM, without the public key, which OpenSSL 3.0 does not read there.
    ///
    /// # Errors
    /// The key cannot be encoded, which would be a defect of the library.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        KeypairBytes { secret_key: self.0.to_bytes(), public_key: None }
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|_| KeyError::NoPrivate)
    }

    pub fn public(&self) -> PublicKey {
        PublicKey::new(self.0.verifying_key())
    }

    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

/// The private key's block of PEM in a text, else the first of any kind. One that is cut off ends
/// with the text.
fn armoured(text: &str) -> Option<&str> {
    let block = &text[text.find(PRIVATE).or_else(|| text.find("-----BEGIN"))?..];
    let end = block.find("\n-----END").map(|at| at + 1);
    let end = end.map(|at| at + block[at..].find('\n').unwrap_or(block.len() - at));
    Some(&block[..end.unwrap_or(block.len())])
}

impl PublicKey {
    fn new(key: VerifyingKey) -> PublicKey {
        let der = key.to_public_key_der().map(|der| Sha256::digest(der.as_bytes()));
        let digest = der.unwrap_or_else(|_| Sha256::digest(key.as_bytes()));
        PublicKey { key, id: KeyId(digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()) }
    }

    /// Reads every key of a PEM file: while keys change, the old and the new one.
    ///
    /// # Errors
    /// There is none in it, or one that is no Ed25519 key.
    pub fn parse_all(text: &str) -> Result<Vec<PublicKey>, KeyError> {
        let mut keys = Vec::new();
        for part in text.split(PUBLIC).skip(1) {
            let number = keys.len() + 1;
            if number > MOST {
                return Err(KeyError::TooMany);
            }
            let (body, _) = part.split_once(PUBLIC_END).ok_or(KeyError::BadPublic(number))?;
            let pem = format!("{PUBLIC}\n{}\n{PUBLIC_END}\n", body.trim());
            let key = VerifyingKey::from_public_key_pem(&pem)
                .ok()
                .filter(|key| !key.is_weak())
                .ok_or(KeyError::BadPublic(number))?;
            keys.push(PublicKey::new(key));
        }
        if keys.is_empty() { Err(KeyError::NoPublic) } else { Ok(keys) }
    }

    /// SubjectPublicKeyInfo in PEM.
    ///
    /// # Errors
    /// The key cannot be encoded, which would be a defect of the library.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        self.key.to_public_key_pem(LineEnding::LF).map_err(|_| KeyError::NoPublic)
    }

    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// Whether this key has signed the message; a signature that more than one message or key
    /// would fit does not count.
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_comes_back_from_pem_and_from_base64_of_it() {
        let key = PrivateKey::generate().unwrap();
        let pem = key.to_pem().unwrap();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
        let packed = STANDARD.encode(pem.as_bytes());
        let folded = format!(" {}\n{}\n", &packed[..76], &packed[76..]);
        let public = key.public().to_pem().unwrap();
        let commented =
            format!("\u{feff}Bag Attributes\n{public}{}the end", pem.replace('\n', "\r\n"));
        for text in [pem.as_str(), pem.trim_end(), &packed, &folded, &commented] {
            assert_eq!(PrivateKey::parse(text).unwrap().public(), key.public());
        }
        let public = key.public();
        assert_eq!(public.id().to_string().len(), 16);
        assert_eq!(PublicKey::parse_all(&public.to_pem().unwrap()).unwrap(), [public]);
    }

    #[test]
    fn a_file_may_hold_the_old_key_and_the_new_one() {
        let keys = [PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap()];
        let pem = |key: &PrivateKey| key.public().to_pem().unwrap();
        let file = format!("the old one\n{}and the new one\n{}", pem(&keys[0]), pem(&keys[1]));
        let read = PublicKey::parse_all(&file).unwrap();
        assert_eq!(read, [keys[0].public(), keys[1].public()]);
    }

    #[test]
    fn what_is_no_key_is_said_without_quoting_it() {
        let key = PrivateKey::generate().unwrap();
        let public = key.public().to_pem().unwrap();
        let private = key.to_pem().unwrap();
        let error = |text: &str| PrivateKey::parse(text).err().unwrap().to_string();
        assert!(error(&public).contains("public key where the private"));
        assert!(error("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n").contains("passphrase"));
        let broken = private.replacen("MC", "XX", 1);
        assert!(error(&broken).contains("holds no private"));
        assert!(!error(&broken).contains(broken.lines().nth(1).unwrap()));
        assert!(matches!(PublicKey::parse_all(&private), Err(KeyError::NoPublic)));
        let many = public.repeat(MOST + 1);
        assert!(matches!(PublicKey::parse_all(&many), Err(KeyError::TooMany)));
        let cut = &public[..public.len() - 30];
        assert!(matches!(PublicKey::parse_all(cut), Err(KeyError::BadPublic(1))));
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "(-----BEGIN (PUBLIC|PRIVATE) KEY-----)?.{0,80}\\PC{0,40}") {
            prop_assert!(PrivateKey::parse(&text).is_err());
            prop_assert!(PublicKey::parse_all(&text).is_err());
        }
    }
}
