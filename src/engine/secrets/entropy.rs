//! How random a value looks.

/// Shannon entropy in bits a character.
pub fn shannon(value: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    let total = value.len() as f32;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| count as f32 / total)
        .map(|share| -share * share.log2())
        .sum()
}

/// The share of neighbours that differ in class (lower case, upper case, digit, other). Words and
/// identifiers stay within a class for long, random values change all the time.
pub fn restlessness(value: &[u8]) -> f32 {
    let changes = value.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    changes as f32 / value.len().saturating_sub(1).max(1) as f32
}

fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_counts_bits() {
        assert_eq!(shannon(b""), 0.0);
        assert_eq!(shannon(b"aaaa"), 0.0);
        assert_eq!(shannon(b"abcd"), 2.0);
    }

    #[test]
    fn words_are_calm() {
        assert!(restlessness(b"application_settings") < 0.15);
        assert!(restlessness(b"q7Zt0bYw3KpX") > 0.5);
    }
}
