//! The hook as git runs it.

use super::Name;
use std::path::Path;

/// By this line a hook is known to be Lockgate's.
const MARK: &str = "# This hook is Lockgate's";

/// What a hook that was there before is called now.
pub const BESIDE: &str = "before-lockgate";

/// The script for a hook: first the one that was there before, then Lockgate.
pub fn script(name: Name, lockgate: &Path) -> String {
    let hook = name.name();
    let lockgate = quoted(&lockgate.to_string_lossy());
    let body = match name {
        // Git says on standard input what is pushed; both want to read it.
        Name::PrePush => format!(
            r#"pushed=$(cat)
if [ -x "$0.{BESIDE}" ]; then
    printf '%s\n' "$pushed" | "$0.{BESIDE}" "$@" || exit $?
fi
printf '%s\n' "$pushed" | "$lockgate" hook run {hook} "$@"
"#
        ),
        Name::PreCommit | Name::CommitMsg => format!(
            r#"if [ -x "$0.{BESIDE}" ]; then
    "$0.{BESIDE}" "$@" || exit $?
fi
exec "$lockgate" hook run {hook} "$@"
"#
        ),
    };
    format!(
        r#"#!/bin/sh
{MARK}: `lockgate hook uninstall` takes it away.
lockgate={lockgate}
[ -x "$lockgate" ] || lockgate=lockgate
if ! command -v "$lockgate" >/dev/null 2>&1; then
    echo "{hook}: lockgate is not there; install it, or remove $0" >&2
    exit 1
fi
{body}"#
    )
}

/// Whether a hook is Lockgate's.
pub fn is_ours(text: &[u8]) -> bool {
    memchr::memmem::find(&text[..text.len().min(256)], MARK.as_bytes()).is_some()
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_known_again_and_quotes_the_path() {
        let script = script(Name::PrePush, Path::new("/opt/it's/lockgate"));
        assert!(is_ours(script.as_bytes()));
        assert!(script.contains(r"lockgate='/opt/it'\''s/lockgate'"));
        assert!(!is_ours(b"#!/bin/sh\nexit 0\n"));
    }
}
