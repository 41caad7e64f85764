//! Rules as people name them: by id, by alias, by the emulated tool's name, or by a pattern.

use super::Catalogue;

impl Catalogue {
    /// Whether `name` means the rule of this id: it is the id, an alias or the name of the rule,
    /// in any case, or a pattern of one of these, in which `*` stands for any characters.
    pub fn means(&self, name: &str, id: &str) -> bool {
        self.goes_by(id, |known| matches(name, known))
    }

    /// Whether one of the names that the rule of this id goes by is wanted.
    pub fn goes_by(&self, id: &str, wanted: impl FnMut(&str) -> bool) -> bool {
        let rule = self.find(id);
        let known = rule.into_iter().flat_map(|rule| [rule.id, rule.name]);
        let aliases = rule.into_iter().flat_map(|rule| rule.aliases.iter().copied());
        std::iter::once(id).chain(known).chain(aliases).any(wanted)
    }

    /// Whether any rule goes by the name, or is met by the pattern.
    pub fn knows(&self, name: &str) -> bool {
        self.find(name).is_some() || self.rules().iter().any(|rule| self.means(name, rule.id))
    }
}

/// Whether the text is met by the pattern, in which `*` stands for any characters. Letters count
/// as equal in either case.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // The last star, and how far it reaches.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(byte) if byte.eq_ignore_ascii_case(&text[t]) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, reach)) = star else { return false };
                star = Some((at, reach + 1));
                (p, t) = (at + 1, reach + 1);
            }
        }
    }
    !pattern.is_empty() && pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_goes_by_id_name_and_pattern() {
        let catalogue = Catalogue::get();
        for name in ["B101", "b101", "assert_used", "B1*", "*"] {
            assert!(catalogue.means(name, "B101"), "{name}");
        }
        for name in ["B102", "B2*", "", "B10"] {
            assert!(!catalogue.means(name, "B101"), "{name}");
        }
        assert!(catalogue.means("aws-s3-*", "aws-s3-enable-versioning"), "of another tool");
        assert!(catalogue.knows("B6*") && !catalogue.knows("C6*") && !catalogue.knows(""));
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        assert!(matches("a*b*c", "a-b-b-c") && matches("*", "") && matches("a*", "a"));
        assert!(!matches("a*b", "a-c") && !matches("", "") && !matches("", "a"));
    }
}
