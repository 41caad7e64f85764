//! Cryptography: hash functions that are broken, keys that are short.

use super::Found;
use crate::engine::python::args::{Call, is_known, is_truthy, text};
use crate::engine::python::bandit::ask;
use crate::finding::Severity;
use ruff_python_ast::{Expr, Number};

/// The functions of `hashlib` and `crypt` that may choose a broken hash function.
pub const HASHERS: &[&str] = &["md4", "md5", "sha", "sha1", "new", "crypt", "mksalt"];
const WEAK_HASHES: &[&str] = &["md4", "md5", "sha", "sha1"];
const WEAK_METHODS: &[&str] = &["METHOD_CRYPT", "METHOD_MD5", "METHOD_BLOWFISH"];

pub const KEY_MAKERS: &[&str] = &["generate_private_key", "generate"];

pub fn weak_hash<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    if call.has_part("hashlib") {
        weak_digest(call)
    } else if call.has_part("crypt") {
        weak_salt(call)
    } else {
        None
    }
}

/// `hashlib.md5()` and `hashlib.new("md5")`, unless they are said not to be for security.
fn weak_digest<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let hash = match call.name() {
        "new" => call.args().first().or_else(|| call.keyword("name")).and_then(text)?,
        name => name,
    };
    let hash = hash.to_lowercase();
    let for_security =
        call.keyword("usedforsecurity").is_none() || call.passes("usedforsecurity", &["True"]);
    (for_security && WEAK_HASHES.contains(&hash.as_str())).then(|| {
        let message = format!("{} resists no attacker", hash.to_uppercase());
        Found::at(call.node).severity(Severity::High).message(message)
    })
}

fn weak_salt<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let method = match call.name() {
        "crypt" => call.args().get(1).or_else(|| call.keyword("salt")),
        "mksalt" => call.args().first().or_else(|| call.keyword("method")),
        _ => None,
    };
    let method = method.and_then(text).filter(|method| WEAK_METHODS.contains(method))?;
    let message = format!("`crypt.{method}` is quick to try out");
    Some(Found::at(call.node).severity(Severity::Medium).message(message))
}

/// The size of a key, as the source gives it.
enum Size {
    Bits(f64),
    /// A name.
    Open,
    /// What no number can be compared with.
    Odd,
}

pub fn weak_key<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    const ASYMMETRIC: &str = "cryptography.hazmat.primitives.asymmetric.";
    let (kind, size) = match call.qualified.strip_prefix(ASYMMETRIC) {
        Some("dsa.generate_private_key") => ("DSA", key_size(call, "key_size", 0)),
        Some("rsa.generate_private_key") => ("RSA", key_size(call, "key_size", 1)),
        Some("ec.generate_private_key") => ("EC", curve_size(call)),
        _ => match call.qualified {
            "Crypto.PublicKey.DSA.generate" | "Cryptodome.PublicKey.DSA.generate" => {
                ("DSA", key_size(call, "bits", 0))
            }
            "Crypto.PublicKey.RSA.generate" | "Cryptodome.PublicKey.RSA.generate" => {
                ("RSA", key_size(call, "bits", 0))
            }
            _ => return None,
        },
    };
    let sizes = &call.options.weak_cryptographic_key;
    let size = match (size, &sizes.failure) {
        (Size::Open, _) => return None,
        (_, Some(failed)) => return Found::attempt(call.node, || Err(failed.clone())),
        (Size::Odd, _) => return Some(Found::failed(call.node, "'<' not supported")),
        (Size::Bits(size), _) => size,
    };
    let limits = match kind {
        "DSA" => &sizes.dsa,
        "RSA" => &sizes.rsa,
        _ => &sizes.ec,
    };
    Found::attempt(call.node, || {
        for (limit, severity) in limits.iter().zip([Severity::High, Severity::Medium]) {
            let limit = ask(limit)?;
            if size < *limit {
                let message = format!("{kind} keys of fewer than {limit} bits can be broken");
                return Ok(Some(Found::at(call.node).severity(severity).message(message)));
            }
        }
        Ok(None)
    })
}

/// The size of a DSA or RSA key; without one the library's own choice, which is good.
fn key_size(call: &Call, keyword: &str, position: usize) -> Size {
    let given = |expr: &&Expr| is_known(expr) && is_truthy(expr);
    let size = call.keyword(keyword).filter(given);
    match size.or_else(|| call.args().get(position).filter(given)) {
        None => Size::Bits(2048.0),
        Some(Expr::NumberLiteral(number)) => match &number.value {
            Number::Float(size) => Size::Bits(*size),
            Number::Int(size) => {
                Size::Bits(size.as_i64().map_or(f64::INFINITY, |size| size as f64))
            }
            Number::Complex { .. } => Size::Odd,
        },
        Some(size) if text(size).is_some() => Size::Open,
        Some(_) => Size::Odd,
    }
}

/// The sizes of elliptic curves.
const CURVES: &[(&str, u16)] = &[
    ("SECT571K1", 571),
    ("SECT571R1", 570),
    ("SECP521R1", 521),
    ("BrainpoolP512R1", 512),
    ("SECT409K1", 409),
    ("SECT409R1", 409),
    ("BrainpoolP384R1", 384),
    ("SECP384R1", 384),
    ("SECT283K1", 283),
    ("SECT283R1", 283),
    ("BrainpoolP256R1", 256),
    ("SECP256K1", 256),
    ("SECP256R1", 256),
    ("SECT233K1", 233),
    ("SECT233R1", 233),
    ("SECP224R1", 224),
    ("SECP192R1", 192),
    ("SECT163K1", 163),
    ("SECT163R2", 163),
];

/// The size of an elliptic curve by its name. A curve that is not known counts as good.
fn curve_size(call: &Call) -> Size {
    let given = |expr: &&Expr| is_known(expr) && is_truthy(expr);
    let curve = call.keyword("curve").filter(given).or_else(|| call.args().first());
    if matches!(curve, Some(Expr::List(_) | Expr::Set(_) | Expr::Dict(_))) {
        return Size::Odd;
    }
    let curve = curve.and_then(text);
    let known = CURVES.iter().find(|(name, _)| Some(*name) == curve);
    Size::Bits(known.map_or(224.0, |(_, size)| f64::from(*size)))
}
