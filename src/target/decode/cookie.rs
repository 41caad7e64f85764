//! The encoding that a Python source declares (PEP 263).

/// The name that a comment in one of the first two lines gives.
pub fn cookie(raw: &[u8]) -> Option<String> {
    let (first, rest) = line(raw);
    named(first).or_else(|| {
        let start = first.trim_ascii_start();
        let has_code = !start.is_empty() && start[0] != b'#';
        if has_code { None } else { named(line(rest).0) }
    })
}

/// Whether Python can look for the name: it reads the lines that may give it as UTF-8.
pub fn is_readable(raw: &[u8]) -> bool {
    let mut lines = raw.split(|byte| *byte == b'\n');
    let mut next = || lines.next().unwrap_or_default();
    let (first, second) = (next(), next());
    let is_utf8 = |line| std::str::from_utf8(line).is_ok();
    let start = first.trim_ascii_start();
    let ends_search = named(first).is_some() || !(start.is_empty() || start[0] == b'#');
    is_utf8(first) && (ends_search || is_utf8(second))
}

/// The first line, and what follows its end.
fn line(raw: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr2(b'\n', b'\r', raw) {
        None => (raw, &[]),
        Some(end) => {
            let rest = &raw[end..];
            let rest = rest.strip_prefix(b"\r\n").unwrap_or(&rest[1..]);
            (&raw[..end], rest)
        }
    }
}

fn named(line: &[u8]) -> Option<String> {
    let comment = line.trim_ascii_start().strip_prefix(b"#")?;
    memchr::memmem::find_iter(comment, b"coding").find_map(|at| {
        let rest = &comment[at + b"coding".len()..];
        let rest = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"="))?;
        let rest = rest.trim_ascii_start();
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        let end = rest.iter().position(|byte| !is_name(byte)).unwrap_or(rest.len());
        (end > 0).then(|| String::from_utf8_lossy(&rest[..end]).into_owned())
    })
}
