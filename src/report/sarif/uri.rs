//! Paths as SARIF and GitHub want them: relative references, percent-encoded.

use std::fmt::Write;

/// The name of the repository root, where there has to be one.
pub const ROOT: &str = "%SRCROOT%";

/// The path below the repository root as a relative reference (RFC 3986). A leading `/` goes, so
/// that it is never absolute, and `:` is encoded, so that no first segment reads as a scheme.
pub fn relative(path: &str) -> String {
    let path = path.trim_start_matches('/');
    if path.is_empty() {
        return ".".to_owned();
    }
    let mut uri = String::with_capacity(path.len() + 8);
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => uri.push(byte.into()),
            b'-' | b'.' | b'_' | b'~' | b'/' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*'
            | b'+' | b',' | b';' | b'=' | b'@' => uri.push(byte.into()),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

/// The address of a repository whose name is a host and a path; a folder has none.
pub fn repository(name: &str) -> Option<String> {
    let (host, path) = name.split_once('/')?;
    let domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    let is_host = host.contains('.') && !host.starts_with('.') && host.chars().all(domain);
    (is_host && !path.is_empty()).then(|| format!("https://{host}/{}", relative(path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_encoded() {
        assert_eq!(relative("src/a b#1?.py"), "src/a%20b%231%3F.py");
        assert_eq!(relative("c:/grün%.py"), "c%3A/gr%C3%BCn%25.py");
        assert_eq!(relative("//evil.example/x"), "evil.example/x");
        assert_eq!(relative(""), ".");
    }

    #[test]
    fn only_hosts_have_an_address() {
        assert_eq!(repository("github.com/o/r").as_deref(), Some("https://github.com/o/r"));
        assert_eq!(repository("/home/me/project"), None);
        assert_eq!(repository("project"), None);
        assert_eq!(repository("../up"), None);
    }

    proptest! {
        #[test]
        fn what_is_decoded_is_the_path(path in any::<String>()) {
            let uri = relative(&path);
            prop_assert!(uri.bytes().all(|b| b.is_ascii_graphic()));
            prop_assert!(!uri.starts_with('/') && !uri.contains([':', '#', '?', '\\']));
            let mut bytes = Vec::new();
            let mut rest = uri.as_str();
            while let Some(c) = rest.chars().next() {
                let taken = if c == '%' { 3 } else { 1 };
                bytes.push(match c {
                    '%' => u8::from_str_radix(&rest[1..3], 16).expect("two digits follow"),
                    c => c as u8,
                });
                rest = &rest[taken..];
            }
            let path = path.trim_start_matches('/');
            prop_assert_eq!(bytes, if path.is_empty() { b".".to_vec() } else { path.into() });
        }
    }
}
