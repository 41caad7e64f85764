//! What a file is, by its name, else by the interpreter that its first line names.

/// What a file is, as far as the engines care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Python,
    /// Python with the commands of IPython: the cells of a notebook, never a file of its own.
    Ipython,
    /// Any other text.
    Text,
    /// With or without JSX.
    JavaScript,
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
    Go,
    Java,
    Ruby,
    C,
    /// A script of Bash or of a shell that it understands.
    Bash,
}

impl Kind {
    /// The kind of the file at a path; `head` is how it begins.
    pub(super) fn of(path: &str, head: &[u8]) -> Kind {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name.rsplit_once('.') {
            Some((_, ending)) => Kind::by_ending(ending, head),
            None => interpreter(head).unwrap_or(Kind::Text),
        }
    }

    fn by_ending(ending: &str, head: &[u8]) -> Kind {
        match ending {
            "py" | "pyw" | "pyi" => Kind::Python,
            "js" | "mjs" | "cjs" | "jsx" => Kind::JavaScript,
            // Translations of Qt go by the same name, in XML.
            "ts" if head.trim_ascii_start().starts_with(b"<") => Kind::Text,
            "ts" | "mts" | "cts" => Kind::TypeScript,
            "tsx" => Kind::Tsx,
            "go" => Kind::Go,
            "java" => Kind::Java,
            "rb" | "gemspec" => Kind::Ruby,
            "c" | "h" => Kind::C,
            "sh" | "bash" | "ksh" | "bats" => Kind::Bash,
            _ => Kind::Text,
        }
    }
}

/// `#!/usr/bin/python3`, `#!/usr/bin/env -S node --no-warnings` and the like.
fn interpreter(head: &[u8]) -> Option<Kind> {
    let line = head.strip_prefix(b"#!")?.split(|&b| b == b'\n').next()?;
    line.split(|b| b" /\t\r".contains(b)).find_map(|word| {
        let end = word.iter().rposition(|b| !b.is_ascii_digit() && *b != b'.')?;
        match &word[..=end] {
            b"python" => Some(Kind::Python),
            b"node" | b"nodejs" => Some(Kind::JavaScript),
            b"deno" | b"bun" | b"ts-node" | b"tsx" => Some(Kind::TypeScript),
            b"ruby" => Some(Kind::Ruby),
            b"sh" | b"bash" | b"dash" | b"ksh" => Some(Kind::Bash),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_goes_by_name_then_by_interpreter() {
        let of = |path: &str, head: &str| Kind::of(path, head.as_bytes());
        assert_eq!(of("a/b.mjs", "#!/usr/bin/python"), Kind::JavaScript);
        assert_eq!(of("a/b.cts", ""), Kind::TypeScript);
        assert_eq!(of("a.b/c", "#!/usr/bin/env -S node --no-warnings\n"), Kind::JavaScript);
        assert_eq!(of("run", "#!/usr/bin/python3.11 -u\n"), Kind::Python);
        assert_eq!(of("run", "#! /bin/sh\r\n"), Kind::Bash);
        assert_eq!(of("run", "print python\n"), Kind::Text);
        assert_eq!(of("run", "#!/opt/pythonic\n"), Kind::Text);
        assert_eq!(of("de.ts", "<?xml version=\"1.0\"?>\n<!DOCTYPE TS>"), Kind::Text);
    }
}
