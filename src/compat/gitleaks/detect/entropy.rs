//! How random a secret looks.

use std::collections::BTreeMap;

/// The Shannon entropy of a text, in bits a byte: characters are counted, and weighed by bytes.
pub fn entropy(text: &str, bytes: usize) -> f64 {
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for c in text.chars() {
        *counts.entry(c).or_default() += 1;
    }
    let weight = 1.0 / bytes.max(1) as f64;
    let bits = counts.values().map(|&count| f64::from(count) * weight);
    bits.map(|share| -share * share.log2()).sum::<f64>() + 0.0
}

#[cfg(test)]
mod tests {
    use super::entropy;

    #[test]
    fn bits_a_byte() {
        assert_eq!(entropy("aabb", 4), 1.0);
        assert_eq!(entropy("aaaa", 4), 0.0);
        assert_eq!(entropy("", 0), 0.0);
    }
}
