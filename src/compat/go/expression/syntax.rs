//! From Go's syntax of regular expressions to the one of `regex-syntax`. What both read alike is
//! copied; what they read otherwise is written out.

use std::collections::HashSet;

/// The largest count of a repetition that Go takes, also of several in one another.
pub const LARGEST_COUNT: u32 = 1000;

/// What stands before every name of a group: Go lets one begin with a digit.
pub const NAME: &str = "_";

/// A class without a member.
const NOTHING: &str = r"[^\x{0}-\x{10ffff}]";

/// The classes of POSIX that Go knows.
const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// Translates an expression.
///
/// # Errors
/// Go would refuse it, in Go's words.
pub fn translate(go: &str) -> Result<String, String> {
    let out = String::with_capacity(go.len() + 32);
    let mut reader = Reader { rest: go, out, names: HashSet::new() };
    let mut is_repeated = false;
    while let Some(c) = reader.next() {
        let was_repeated = std::mem::take(&mut is_repeated);
        match c {
            '{' if !reader.at_counts() => reader.literal('{'),
            '*' | '+' | '?' | '{' if was_repeated => {
                return Err(format!("invalid nested repetition operator: `{c}`"));
            }
            '*' | '+' | '?' | '{' => {
                match c {
                    '{' => reader.counts()?,
                    c => reader.out.push(c),
                }
                if reader.eat("?") {
                    reader.out.push('?');
                }
                is_repeated = true;
            }
            '\\' => reader.escape()?,
            '[' => reader.class()?,
            '(' => reader.group()?,
            '|' | ')' | '.' | '^' | '$' => reader.out.push(c),
            c => reader.literal(c),
        }
    }
    Ok(reader.out)
}

struct Reader<'g> {
    rest: &'g str,
    out: String,
    names: HashSet<&'g str>,
}

/// What stands for one character in a class, or for several.
enum Member {
    One(char),
    /// Written out already.
    Many,
}

impl<'g> Reader<'g> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii_alphanumeric() || !c.is_ascii() {
            self.out.push(c);
        } else {
            self.out += &format!("\\x{{{:x}}}", u32::from(c));
        }
    }

    /// Behind a backslash, outside a class.
    fn escape(&mut self) -> Result<(), String> {
        match self.rest.chars().next() {
            Some('Q') => {
                self.next();
                let (quoted, rest) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
                self.rest = rest;
                quoted.chars().for_each(|c| self.literal(c));
            }
            Some(edge @ ('A' | 'z')) => {
                self.next();
                self.out.push('\\');
                self.out.push(edge);
            }
            Some(edge @ ('b' | 'B')) => {
                self.next();
                self.out += &format!("(?-u:\\{edge})");
            }
            _ => {
                if let Member::One(c) = self.member()? {
                    self.literal(c);
                }
            }
        }
        Ok(())
    }

    /// Behind a backslash, where a class may stand: `\d`, `\pL`, `\x41`, `\.`.
    fn member(&mut self) -> Result<Member, String> {
        let c = self.next().ok_or("trailing backslash at end of expression")?;
        let class = match c {
            'd' => "[0-9]",
            'D' => "[^0-9]",
            's' => r"[\t\n\f\r ]",
            'S' => r"[^\t\n\f\r ]",
            'w' => "[0-9A-Za-z_]",
            'W' => "[^0-9A-Za-z_]",
            'p' | 'P' => return self.property(c == 'P'),
            _ => return self.character(c).map(Member::One),
        };
        self.out += class;
        Ok(Member::Many)
    }

    fn property(&mut self, mut negated: bool) -> Result<Member, String> {
        let name = if self.eat("{") {
            let (name, rest) = self.rest.split_once('}').ok_or("invalid character class range")?;
            self.rest = rest;
            name.to_owned()
        } else {
            self.next().ok_or("invalid character class range")?.to_string()
        };
        let name = match name.strip_prefix('^') {
            Some(name) => {
                negated = !negated;
                name
            }
            None => &name,
        };
        let letter = if negated { 'P' } else { 'p' };
        // Halves of pairs of UTF-16, which no text has.
        let is_none = matches!(&*name.to_ascii_lowercase(), "cs" | "surrogate");
        self.out += &match name {
            "Any" if negated => NOTHING.to_owned(),
            "Any" => r"[\x{0}-\x{10ffff}]".to_owned(),
            _ if is_none && negated => r"[\x{0}-\x{10ffff}]".to_owned(),
            _ if is_none => NOTHING.to_owned(),
            name => {
                let unknown = || format!("invalid character class range: `\\{letter}{{{name}}}`");
                format!("\\{letter}{{{}}}", property(name).ok_or_else(unknown)?)
            }
        };
        Ok(Member::Many)
    }

    /// The one character that an escape stands for; its first letter has been read.
    fn character(&mut self, c: char) -> Result<char, String> {
        let refused = || format!("invalid escape sequence: `\\{c}`");
        match c {
            'a' => Ok('\x07'),
            'f' => Ok('\x0c'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'v' => Ok('\x0b'),
            '0'..='7' => {
                let more = self.rest.chars().take_while(|c| ('0'..='7').contains(c)).count().min(2);
                // A digit other than zero, alone, would refer back to a group.
                if c != '0' && more == 0 {
                    return Err(refused());
                }
                let digits = format!("{c}{}", &self.rest[..more]);
                self.rest = &self.rest[more..];
                u32::from_str_radix(&digits, 8).ok().and_then(char::from_u32).ok_or_else(refused)
            }
            'x' => {
                let digits = if self.eat("{") {
                    let (digits, rest) = self.rest.split_once('}').ok_or_else(refused)?;
                    self.rest = rest;
                    digits
                } else {
                    let digits = self.rest.get(..2).ok_or_else(refused)?;
                    self.rest = &self.rest[2..];
                    digits
                };
                if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    return Err(refused());
                }
                u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).ok_or_else(refused)
            }
            c if c.is_ascii_punctuation() || c == ' ' || c.is_ascii_control() => Ok(c),
            _ => Err(refused()),
        }
    }

    /// Behind `[`.
    fn class(&mut self) -> Result<(), String> {
        let missing = || "missing closing ]".to_owned();
        self.out.push('[');
        if self.eat("^") {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            if !first && self.eat("]") {
                self.out.push(']');
                return Ok(());
            }
            first = false;
            let named = self.rest.strip_prefix("[:").and_then(|rest| rest.split_once(":]"));
            if let Some((name, rest)) = named {
                if !POSIX.contains(&name.trim_start_matches('^')) {
                    return Err(format!("invalid character class range: `[:{name}:]`"));
                }
                self.out += &format!("[:{name}:]");
                self.rest = rest;
                continue;
            }
            let low = match self.next().ok_or_else(missing)? {
                '\\' => self.member()?,
                c => Member::One(c),
            };
            let Member::One(low) = low else { continue };
            self.literal(low);
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") && self.rest.len() > 1 {
                self.next();
                let high = match self.next().ok_or_else(missing)? {
                    '\\' => {
                        let c = self.next().ok_or_else(missing)?;
                        self.character(c)?
                    }
                    c => c,
                };
                if high < low {
                    return Err(format!("invalid character class range: `{low}-{high}`"));
                }
                self.out.push('-');
                self.literal(high);
            }
        }
    }

    /// Behind `(`.
    fn group(&mut self) -> Result<(), String> {
        self.out.push('(');
        if !self.eat("?") {
            return Ok(());
        }
        if self.eat("P<") || self.eat("<") {
            let (name, rest) = self.rest.split_once('>').ok_or("invalid named capture")?;
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                return Err(format!("invalid named capture: `(?P<{name}>`"));
            }
            // The first of several that have a name is the one that is asked for.
            if self.names.insert(name) {
                self.out += &format!("?P<{NAME}{name}>");
            }
            self.rest = rest;
            return Ok(());
        }
        let flags = self.rest.chars().take_while(|c| "imsU-".contains(*c)).count();
        match self.rest[flags..].chars().next() {
            Some(end @ (':' | ')')) if flags_are_right(&self.rest[..flags]) => {
                let flags = once(&self.rest[..flags]);
                self.rest = &self.rest[flags.1 + 1..];
                match (end, &*flags.0) {
                    // No flag is set, and nothing is held together.
                    (')', "") => {
                        self.out.pop();
                    }
                    (end, flags) => self.out += &format!("?{flags}{end}"),
                }
                Ok(())
            }
            _ => Err(format!(
                "invalid or unsupported Perl syntax: `(?{}`",
                self.rest.chars().take(1).collect::<String>()
            )),
        }
    }

    /// Whether what is behind `{` says how often; else the brace is itself.
    fn at_counts(&self) -> bool {
        self.rest.split_once('}').is_some_and(|(counts, _)| is_counts(counts))
    }

    fn counts(&mut self) -> Result<(), String> {
        let (counts, rest) = self.rest.split_once('}').unwrap_or((self.rest, ""));
        let (low, high) = counts.split_once(',').unwrap_or((counts, counts));
        let count = |digits: &str| digits.parse::<u32>().ok().filter(|n| *n <= LARGEST_COUNT);
        let fits = count(low)
            .is_some_and(|low| high.is_empty() || count(high).is_some_and(|high| low <= high));
        if !fits {
            return Err(format!("invalid repeat count: `{{{counts}}}`"));
        }
        self.out += &format!("{{{counts}}}");
        self.rest = rest;
        Ok(())
    }
}

/// The property as `regex-syntax` names it: Go has general categories and scripts alone.
fn property(name: &str) -> Option<String> {
    let bare: String =
        name.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).collect::<String>().to_lowercase();
    if !bare.bytes().all(|byte| byte.is_ascii_alphanumeric()) || bare.starts_with("is") {
        return None;
    }
    let known = |kind: &str| regex_syntax::parse(&format!("\\p{{{kind}={bare}}}")).is_ok();
    ["gc", "sc"].into_iter().find(|kind| known(kind)).map(|kind| format!("{kind}={bare}"))
}

/// Whether flags are `i`, `i-s`, `-s` or none; a minus needs one behind it.
fn flags_are_right(flags: &str) -> bool {
    flags.matches('-').count() <= 1 && !flags.ends_with('-')
}

/// Flags, each said once: what is set and then cleared is cleared. With the length of what was
/// read.
fn once(flags: &str) -> (String, usize) {
    let (on, off) = flags.split_once('-').unwrap_or((flags, ""));
    let among = |letters: &str, but: &str| -> String {
        let is_in = |c: &char| letters.contains(*c) && !but.contains(*c);
        "imsU".chars().filter(is_in).collect()
    };
    let (on, off) = (among(on, off), among(off, ""));
    let minus = if off.is_empty() { "" } else { "-" };
    (format!("{on}{minus}{off}"), flags.len())
}

/// `2`, `2,` or `2,3`.
fn is_counts(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    match text.split_once(',') {
        Some((low, high)) => !low.is_empty() && digits(low) && digits(high),
        None => !text.is_empty() && digits(text),
    }
}
