//! The ways to give a name its value that have no operator: elements, options, instructions, calls,
//! pairs of a name and a value; and values that are a part of a longer string.

use super::syntax::{Assigned, LONGEST_VALUE, Reader};
use memchr::memmem;
use std::ops::Range;

/// How far from a name its value, or what says how to read it, may stand.
const NEAR: usize = 256;
/// Most lines between a name and its value in a list of pairs.
const MOST_LINES: usize = 5;

/// What calls a name a name: `name: X`, `key="X"`, `variable "X"`.
const LABELS: &[&[u8]] = &[b"name", b"key", b"variable"];
/// What calls a value a value.
const VALUES: &[&[u8]] = &[b"value", b"default"];
/// What stands in every connection string beside the password.
const PARTNERS: &[&[u8]] = &[
    b"://",
    b"server=",
    b"host=",
    b"hostname=",
    b"source=",
    b"user=",
    b"username=",
    b"uid=",
    b"user id=",
    b"accountname=",
    b"endpoint=",
    b"database=",
    b"dbname=",
];
/// What gives the environment, or a request, a name and its value.
const INSTRUCTIONS: &[&[u8]] = &[b"env", b"arg", b"setx", b"setenv", b"proxy_set_header"];
/// Programs with a password behind `-p`.
const MYSQL: &[&[u8]] =
    &[b"mysql", b"mysqldump", b"mysqladmin", b"mysqlimport", b"mysqlcheck", b"mysqlsh"];
/// How a function's name begins that takes a secret to ask something about it.
const ASKING: &[&[u8]] = &[
    b"get", b"is", b"has", b"check", b"valid", b"verif", b"find", b"hash", b"parse", b"read",
    b"load", b"fetch", b"look", b"decode", b"test", b"assert", b"by", b"on", b"use",
];

/// The value of a name that no operator follows. `text` ends where reading has to.
pub fn given(bytes: &[u8], name: &Range<usize>, text: &[u8]) -> Option<Assigned> {
    let mut reader = Reader { text, at: name.end };
    let range = match reader.peek()? {
        b'>' => element(bytes, name, &mut reader),
        b' ' | b'\t' if MYSQL.contains(&&bytes[name.clone()]) => {
            return attached_option(&mut reader).map(Assigned::password);
        }
        b' ' | b'\t' => spaced(bytes, name, &mut reader),
        b'(' => match login(&bytes[name.clone()], &mut reader) {
            Some(range) => return Some(Assigned::password(range)),
            None => call(bytes, name, &mut reader),
        },
        b'"' | b'\'' | b'\\' | b'\r' | b'\n' => pair(bytes, name, &mut reader),
        _ => None,
    }?;
    Some(Assigned::literal(range))
}

/// `<name>value</name>`, with or without a prefix.
fn element(bytes: &[u8], name: &Range<usize>, reader: &mut Reader) -> Option<Range<usize>> {
    let before = &bytes[name.start.saturating_sub(32)..name.start];
    let open = before.iter().rposition(|b| !b.is_ascii_alphanumeric() && *b != b':')?;
    if before[open] != b'<' {
        return None;
    }
    content(reader)
}

/// The text behind `>`, up to a closing tag on the same line.
fn content(reader: &mut Reader) -> Option<Range<usize>> {
    if !reader.takes(b'>') {
        return None;
    }
    let start = reader.at;
    reader.skip(|b| b != b'<' && b != b'\n', LONGEST_VALUE);
    (reader.text[reader.at..].starts_with(b"</")).then_some(start..reader.at)
}

/// `--name value`, `ENV NAME value`, `login x password y`, `PASSWORD 'value'`, `sshpass -p value`.
fn spaced(bytes: &[u8], name: &Range<usize>, reader: &mut Reader) -> Option<Range<usize>> {
    let is = |word: &[u8]| bytes[name.clone()].eq_ignore_ascii_case(word);
    let before = &bytes[name.start.saturating_sub(NEAR)..name.start];
    reader.blanks();
    if bytes[name.clone()].starts_with(b"--") || is_instruction(before) {
        return word(reader);
    }
    if is(b"sshpass") {
        let takes = reader.text[reader.at..].starts_with(b"-p");
        reader.at += 2;
        reader.at = reader.at.min(reader.text.len());
        reader.blanks();
        return takes.then(|| word(reader)).flatten();
    }
    if is(b"password") && memmem::rfind(before, b"login ").is_some() {
        return word(reader);
    }
    if opens_statement(before) {
        return statement(reader);
    }
    let by = reader.text[reader.at..].get(..3).is_some_and(|b| b.eq_ignore_ascii_case(b"by "));
    reader.at += if by { 3 } else { 0 };
    let sql = is(b"password") || is(b"identified by") || by;
    (sql && reader.peek() == Some(b'\'')).then(|| reader.quoted()).flatten()
}

/// A word of a command line, which is no option.
fn word(reader: &mut Reader) -> Option<Range<usize>> {
    if let Some(range) = reader.quoted() {
        return Some(range);
    }
    let start = reader.at;
    reader.skip(|b| b.is_ascii_graphic() && !b"\"'`;|&<>()".contains(&b), LONGEST_VALUE);
    (!reader.text[start..].starts_with(b"-") && reader.at > start).then_some(start..reader.at)
}

/// Whether a line says `ENV`, `setx`, `set -gx` and the like up to here.
fn is_instruction(before: &[u8]) -> bool {
    let line = line_of(before);
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let Some(first) = words.next().map(|word| word.strip_prefix(b"@").unwrap_or(word)) else {
        return false;
    };
    match words.next() {
        None => INSTRUCTIONS.iter().any(|known| first.eq_ignore_ascii_case(known)),
        Some(option) => {
            first == b"set" && option.starts_with(b"-") && option.contains(&b'x') // fish
                && words.next().is_none()
        }
    }
}

/// What stands before on the same line.
fn line_of(before: &[u8]) -> &[u8] {
    memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..])
}

/// Whether what follows is a statement of its own: a line, what opens a block, or `#define`.
fn opens_statement(before: &[u8]) -> bool {
    let line = line_of(before).trim_ascii();
    line.is_empty() || line.ends_with(b"{") || line == b"#define"
}

/// `storePassword "value"`, and nothing else on the line.
fn statement(reader: &mut Reader) -> Option<Range<usize>> {
    let range = reader.quoted()?;
    reader.blanks();
    matches!(reader.peek(), None | Some(b'\n' | b'\r' | b'}' | b'#' | b';' | b'/')).then_some(range)
}

/// `-pvalue`: the option of a program to which its value is attached.
fn attached_option(reader: &mut Reader) -> Option<Range<usize>> {
    let rest = &reader.text[reader.at..];
    let command = rest.iter().position(|b| b"\r\n|;&".contains(b)).unwrap_or(rest.len());
    let option = memmem::find(&rest[..command], b" -p")?;
    reader.at += option + 3;
    matches!(reader.peek(), Some(b) if b.is_ascii_graphic()).then(|| word(reader)).flatten()
}

/// `auth=("user", "value")`, `HTTPBasicAuth("user", "value")`.
pub fn login(name: &[u8], reader: &mut Reader) -> Option<Range<usize>> {
    let is_login = name.len() >= 4 && name[name.len() - 4..].eq_ignore_ascii_case(b"auth");
    if !is_login || !reader.takes(b'(') {
        return None;
    }
    let start = reader.at;
    reader.space();
    let password = reader.quoted().filter(|user| !user.is_empty()).and_then(|_| {
        reader.space();
        let many = reader.takes(b',');
        reader.space();
        let password = reader.quoted().filter(|_| many)?;
        reader.skip(|b| b == b',' || b.is_ascii_whitespace(), NEAR);
        reader.takes(b')').then_some(password)
    });
    if password.is_none() {
        reader.at = start - 1;
    }
    password
}

/// `setPassword("value")`, `basicAuth("user", "value")`.
fn call(bytes: &[u8], name: &Range<usize>, reader: &mut Reader) -> Option<Range<usize>> {
    let function = bytes[name.clone()].to_ascii_lowercase();
    let own = function.rsplit(|b| *b == b'.').next()?;
    if ASKING.iter().any(|verb| own.starts_with(verb)) {
        return None;
    }
    reader.at += 1;
    let mut last = reader.quoted()?;
    reader.blanks();
    if reader.takes(b',') {
        reader.blanks();
        last = reader.quoted()?;
        reader.blanks();
    }
    reader.takes(b')').then_some(last)
}

/// A name that is a value itself: `- name: X`, `{"key": "X", "value": "…"}`, `variable "X" {`,
/// `<add key="X" value="…"/>`, `<entry key="X">…</entry>`.
fn pair(bytes: &[u8], name: &Range<usize>, reader: &mut Reader) -> Option<Range<usize>> {
    if !is_labelled(&bytes[name.start.saturating_sub(NEAR / 4)..name.start]) {
        return None;
    }
    reader.skip(|b| matches!(b, b'"' | b'\'' | b'\\'), 2);
    if reader.peek() == Some(b'>') {
        return content(reader);
    }
    let near = &reader.text[reader.at..reader.text.len().min(reader.at + NEAR)];
    let lines = memchr::memchr_iter(b'\n', near).nth(MOST_LINES).unwrap_or(near.len());
    let end = near[..lines].iter().position(|b| matches!(b, b'}' | b'>')).unwrap_or(lines);
    let near = near[..end].to_ascii_lowercase();
    let (at, label) = VALUES
        .iter()
        .filter_map(|label| Some((memmem::find(&near, label)?, *label)))
        .min_by_key(|(at, _)| *at)?;
    if LABELS.iter().any(|label| memmem::find(&near[..at], label).is_some()) {
        return None;
    }
    reader.at += at + label.len();
    reader.skip(|b| matches!(b, b'"' | b'\'' | b'\\'), 2);
    reader.blanks();
    reader.operator(false)?;
    reader.blanks();
    reader.quoted().or_else(|| {
        let start = reader.at;
        reader.skip(|b| b.is_ascii_graphic(), LONGEST_VALUE);
        matches!(reader.peek(), None | Some(b'\n' | b'\r')).then_some(start..reader.at)
    })
}

/// Whether what stands before says that a name follows.
fn is_labelled(before: &[u8]) -> bool {
    let quotes = |b: &u8| matches!(b, b'"' | b'\'' | b'\\');
    let mut rest = before;
    let mut strip = |wanted: &dyn Fn(&u8) -> bool, most: usize| {
        let run = rest.iter().rev().take(most).take_while(|b| wanted(b)).count();
        rest = &rest[..rest.len() - run];
        rest
    };
    strip(&quotes, 2);
    strip(&|b| matches!(b, b' ' | b'\t' | b':' | b'='), 4);
    let rest = strip(&quotes, 2);
    LABELS.iter().any(|label| {
        rest.len().checked_sub(label.len()).is_some_and(|at| {
            rest[at..].eq_ignore_ascii_case(label)
                && !at.checked_sub(1).is_some_and(|at| rest[at].is_ascii_alphanumeric())
        })
    })
}

/// `Server=…;Password=value;`, `?user=…&password=value`, `host=… password=value`: the part of a
/// longer string, whose other parts say what it is for.
pub fn in_connection_string(
    bytes: &[u8],
    name: &Range<usize>,
    reader: &Reader,
) -> Option<Range<usize>> {
    let before = &bytes[name.start.saturating_sub(NEAR)..name.start];
    if !matches!(before.last()?, b';' | b'&' | b'?' | b' ') {
        return None;
    }
    let line = memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..]);
    let line = line.to_ascii_lowercase();
    if !PARTNERS.iter().any(|partner| memmem::find(&line, partner).is_some()) {
        return None;
    }
    let run = reader.text[reader.at..].iter().take(LONGEST_VALUE);
    let is_part = |b: &u8| b.is_ascii_graphic() && !b";&\"'`<>\\".contains(b);
    let length = run.take_while(|b| is_part(b)).count();
    (length > 0).then_some(reader.at..reader.at + length)
}

#[cfg(test)]
mod tests {
    use super::super::place::Place;
    use super::super::syntax::assigned;

    fn read<'a>(text: &'a str, name: &str) -> Option<&'a str> {
        let at = text.find(name).expect("the name");
        let found = assigned(text.as_bytes(), &(at..at + name.len()), Place::Code)?;
        Some(&text[found.range])
    }

    #[test]
    fn elements_and_attributes() {
        assert_eq!(read("<password>value</password>", "password"), Some("value"));
        assert_eq!(read("<a:password>value</a:password>", "password"), Some("value"));
        assert_eq!(read("<add key=\"Password\" value=\"v\" />", "Password"), Some("v"));
        assert_eq!(read("<string name=\"secret\">v</string>", "secret"), Some("v"));
        assert_eq!(read("<label for=\"password\">v</label>", "password"), None);
        assert_eq!(read("<input type=\"password\" value=\"v\">", "password"), None);
    }

    #[test]
    fn pairs_of_name_and_value() {
        assert_eq!(read("- name: TOKEN\n  value: v\n", "TOKEN"), Some("v"));
        assert_eq!(read("- name: TOKEN\n- name: B\n  value: v\n", "TOKEN"), None);
        assert_eq!(read("{\"name\": \"TOKEN\", \"value\": \"v\"}", "TOKEN"), Some("v"));
        assert_eq!(read("variable \"token\" {\n  default = \"v\"\n}", "token"), Some("v"));
        assert_eq!(read("variable \"token\" {\n}\nx {\n default = \"v\"\n}", "token"), None);
        assert_eq!(read("- name: TOKEN\n  valueFrom:\n    x: v\n", "TOKEN"), None);
    }

    #[test]
    fn command_lines_and_statements() {
        assert_eq!(read("mysql --password v -u x", "--password"), Some("v"));
        assert_eq!(read("mysql --password -u x", "--password"), None);
        assert_eq!(read("sshpass -p 'v' ssh", "sshpass"), Some("v"));
        assert_eq!(read("ENV TOKEN v\n", "TOKEN"), Some("v"));
        assert_eq!(read("machine m login l password v", "password"), Some("v"));
        assert_eq!(read("CREATE USER u PASSWORD 'v';", "PASSWORD"), Some("v"));
        assert_eq!(read("the password value", "password"), None);
        assert_eq!(read("x.setPassword(\"v\")", "setPassword"), Some("v"));
        assert_eq!(read("basicAuth(\"u\", \"v\")", "basicAuth"), Some("v"));
        assert_eq!(read("checkPassword(\"v\")", "checkPassword"), None);
        assert_eq!(read("password(value)", "password"), None);
        assert_eq!(read("setx TOKEN v\r\n", "TOKEN"), Some("v"));
        assert_eq!(read("@setx TOKEN \"v\" /M", "TOKEN"), Some("v"));
        assert_eq!(read("set -gx TOKEN v", "TOKEN"), Some("v"));
        assert_eq!(read("set TOKEN v", "TOKEN"), None);
        assert_eq!(read("proxy_set_header X-Token \"v\";", "X-Token"), Some("v"));
        assert_eq!(read("  storePassword 'v'\n", "storePassword"), Some("v"));
        assert_eq!(read("x { keyPassword \"v\" }", "keyPassword"), Some("v"));
        assert_eq!(read("#define TOKEN \"v\"\n", "TOKEN"), Some("v"));
        assert_eq!(read("password \"v\" is refused", "password"), None);
        assert_eq!(read("puts password \"v\"", "password"), None);
    }

    #[test]
    fn users_and_their_passwords() {
        assert_eq!(read("get(url, auth=(\"u\", \"v\"))", "auth"), Some("v"));
        assert_eq!(read("auth = (\n  'u',\n  'v',\n)", "auth"), Some("v"));
        assert_eq!(read("HTTPBasicAuth('u', 'v')", "HTTPBasicAuth"), Some("v"));
        assert_eq!(read("auth=('u', password)", "auth"), None);
        assert_eq!(read("auth=('u', 'v', 'w')", "auth"), None);
        assert_eq!(read("mysql -u u -pv shop", "mysql"), Some("v"));
        assert_eq!(read("mysqldump -p'v' shop | gzip", "mysqldump"), Some("v"));
        assert_eq!(read("mysql -u u -p shop", "mysql"), None);
        assert_eq!(read("mysql shop | grep -pv", "mysql"), None);
    }

    #[test]
    fn parts_of_a_string() {
        assert_eq!(read("'Server=s;Password=v;Encrypt=no'", "Password"), Some("v"));
        assert_eq!(read("'jdbc:x://h/d?user=u&password=v&x=1'", "password"), Some("v"));
        assert_eq!(read("\"host=h user=u password=v\"", "password"), Some("v"));
        assert_eq!(read("a=1;password=v;b=2", "password"), None);
    }
}
