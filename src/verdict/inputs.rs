//! The files that a verdict rests on, as one hash.

use crate::scan::{Input, Looked};

/// The hash, in hexadecimal, of every walked file's path and content, in the order of the paths.
/// Of a binary file, which no engine looks at, and of one that could not be read, the path alone
/// and that it was so.
pub fn digest(inputs: &[Input]) -> String {
    let mut sorted: Vec<&Input> = inputs.iter().collect();
    sorted.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let mut hasher = blake3::Hasher::new();
    for Input { path, looked } in sorted {
        hasher.update(&(path.len() as u64).to_le_bytes()).update(path.as_bytes());
        match looked {
            Looked::Source(hash) => hasher.update(b"s").update(hash.as_bytes()),
            Looked::Binary => hasher.update(b"b"),
            Looked::Unread => hasher.update(b"u"),
        };
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(path: &str, looked: Looked) -> Input {
        Input { path: path.into(), looked }
    }

    #[test]
    fn order_is_nothing_and_everything_else_counts() {
        let text = |text: &str| Looked::Source(blake3::hash(text.as_bytes()));
        let both = [input("a", text("1")), input("b", text("2"))];
        let turned = [both[1].clone(), both[0].clone()];
        assert_eq!(digest(&both), digest(&turned));
        let others = [
            vec![],
            vec![input("a", text("1"))],
            vec![input("a", text("2")), input("b", text("1"))],
            vec![input("a", text("1")), input("c", text("2"))],
            vec![input("a", text("1")), input("b", Looked::Binary)],
            vec![input("a", text("1")), input("b", Looked::Unread)],
        ];
        for other in &others {
            assert_ne!(digest(&both), digest(other), "{other:?}");
        }
    }
}
