//! Paths as Python's `os.path` and `pathlib` write them.

use std::env;

/// The path without `.`, `..` and empty parts, from the root on.
pub fn absolute(path: &str) -> String {
    format!("/{}", parts(path).join("/"))
}

/// The path from the working folder on.
pub fn relative(path: &str) -> String {
    let (path, here) = (parts(path), parts("."));
    let common = path.iter().zip(&here).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..", here.len() - common).map(str::to_owned);
    let parts: Vec<String> = up.chain(path[common..].iter().cloned()).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

fn parts(path: &str) -> Vec<String> {
    let here = match path.starts_with('/') {
        true => String::new(),
        false => env::current_dir().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let mut parts = Vec::new();
    for part in here.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part.to_owned()),
        }
    }
    parts
}

/// The path as a URI: a relative one stays so.
pub fn uri(path: &str) -> String {
    let kept: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let mut uri = if path.starts_with('/') { "file:///".to_owned() } else { String::new() };
    for byte in kept.join("/").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}
