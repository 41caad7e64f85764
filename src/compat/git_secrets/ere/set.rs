//! Sets of bytes, and the character classes of the C locale.

/// Some of the 256 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set([u64; 4]);

impl Set {
    pub const fn none() -> Set {
        Set([0; 4])
    }

    pub fn of(holds: impl Fn(u8) -> bool) -> Set {
        let mut set = Set::none();
        (0..=u8::MAX).filter(|byte| holds(*byte)).for_each(|byte| set.add(byte));
        set
    }

    pub fn add(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    pub fn unite(&mut self, other: &Set) {
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| *own |= other);
    }

    pub fn holds(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    /// What is not in it. A line holds no line feed, so no set does.
    pub fn complement(&self) -> Set {
        Set::of(|byte| !self.holds(byte) && byte != b'\n')
    }

    /// The set without the line feed.
    pub fn in_a_line(&self) -> Set {
        Set::of(|byte| self.holds(byte) && byte != b'\n')
    }

    /// As a class of the crate `regex`.
    pub fn class(&self) -> String {
        let mut class = String::new();
        let mut from = None;
        for byte in 0..=256_u16 {
            let is_in = u8::try_from(byte).is_ok_and(|byte| self.holds(byte));
            match (from, is_in) {
                (None, true) => from = Some(byte),
                (Some(first), false) => {
                    class += &format!("\\x{first:02x}-\\x{:02x}", byte - 1);
                    from = None;
                }
                _ => {}
            }
        }
        // An empty class is written as what two others have in common.
        if class.is_empty() { "[a&&b]".to_owned() } else { format!("[{class}]") }
    }
}

/// A letter, a digit or the underscore: what `-w` keeps together.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// White space, as `\s` and `[[:space:]]` mean it.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The class of a name: `alpha`.
pub fn named(name: &[u8]) -> Option<Set> {
    let holds: fn(u8) -> bool = match name {
        b"alpha" => |byte| byte.is_ascii_alphabetic(),
        b"upper" => |byte| byte.is_ascii_uppercase(),
        b"lower" => |byte| byte.is_ascii_lowercase(),
        b"digit" => |byte| byte.is_ascii_digit(),
        b"alnum" => |byte| byte.is_ascii_alphanumeric(),
        b"xdigit" => |byte| byte.is_ascii_hexdigit(),
        b"punct" => |byte| byte.is_ascii_punctuation(),
        b"cntrl" => |byte| byte.is_ascii_control(),
        b"graph" => |byte| byte.is_ascii_graphic(),
        b"print" => |byte| byte == b' ' || byte.is_ascii_graphic(),
        b"blank" => |byte| matches!(byte, b' ' | b'\t'),
        b"space" => is_space,
        _ => return None,
    };
    Some(Set::of(holds))
}
