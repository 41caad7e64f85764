//! The slow hash of a secret's value: the part of a secret's identity that says "another value".
//!
//! Twenty bits of scrypt: enough to tell the values on one path apart, useless for guessing. About
//! one value in a million has the same digest as a given one, so a digest never confirms a guess,
//! and a list of a million candidates costs a quarter of an hour to try.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{LazyLock, Mutex, PoisonError};

/// The same on every machine, so that a finding keeps its identity from laptop to pipeline.
const SALT: &[u8] = b"lockgate/v1 secret";
/// Memory and time of scrypt: about one millisecond and 256 KiB.
const LOG_N: u8 = 8;
const BLOCK: u32 = 8;
/// How much of the hash is kept.
const BITS: u32 = 20;
/// Distinct values remembered before the memory starts again empty: 1.5 MiB.
const REMEMBERED: usize = 1 << 15;

/// What was computed in this process, by a keyed hash of the value: never by the value.
static MEMORY: LazyLock<Memory> = LazyLock::new(Memory::new);

struct Memory {
    /// Random in each process, so that what is left in memory tells nothing either.
    key: [u8; 32],
    digests: Mutex<HashMap<[u8; 16], u32>>,
}

impl Memory {
    fn new() -> Memory {
        let mut key = [0; 32];
        for (part, chunk) in key.chunks_mut(8).enumerate() {
            chunk.copy_from_slice(&RandomState::new().hash_one(part).to_le_bytes());
        }
        Memory { key, digests: Mutex::new(HashMap::new()) }
    }

    fn name(&self, value: &[u8]) -> [u8; 16] {
        let mut name = [0; 16];
        name.copy_from_slice(&blake3::keyed_hash(&self.key, value).as_bytes()[..16]);
        name
    }
}

/// Twenty bits of a slow hash of the value of a secret: the same on every machine. Computed once
/// for every distinct value in a process.
pub fn digest(value: &[u8]) -> u32 {
    let name = MEMORY.name(value);
    let known = || MEMORY.digests.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(&digest) = known().get(&name) {
        return digest;
    }
    // Not under the lock: two threads computing one value are better than all waiting for it.
    let digest = slow(value);
    let mut digests = known();
    if digests.len() >= REMEMBERED {
        digests.clear();
    }
    digests.insert(name, digest);
    digest
}

fn slow(value: &[u8]) -> u32 {
    let mut hash = [0; 4];
    let params = scrypt::Params::new(LOG_N, BLOCK, 1).expect("constants within scrypt's bounds");
    scrypt::scrypt(value, SALT, &params, &mut hash).expect("four bytes are a valid length");
    u32::from_be_bytes(hash) >> (u32::BITS - BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_small_and_says_another_value() {
        assert!((0..20u8).all(|n| digest(&[n]) < 1 << BITS));
        assert_ne!(digest(b"one"), digest(b"two"));
    }

    /// A change of salt or cost would give every stored secret another identity.
    #[test]
    fn is_the_same_on_every_machine_and_in_every_version() {
        assert_eq!(digest(b"one"), slow(b"one"));
        assert_eq!(slow(b"one"), 0x6823d);
    }
}
