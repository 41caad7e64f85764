//! Python's codecs, by the names that Python and editors have for them.

use super::escapes::{raw_unicode_escape, unicode_escape, utf7};
use super::{Decoded, Encoding as Told, utf8};
use encoding_rs::{EUC_KR, Encoding, GB18030, SHIFT_JIS};

/// See the first lines of the file.
const CODECS: &str = include_str!("codecs.txt");
/// Codecs of Python that make no text of the bytes of a line, or none that has this name in it; it
/// finds that out at the first line.
const UNREADABLE: [&str; 21] = [
    "base64",
    "bz2",
    "cp424",
    "hex",
    "ibm424",
    "punycode",
    "quopri",
    "quotedprintable",
    "rot13",
    "u16",
    "u32",
    "undefined",
    "utf16",
    "utf16be",
    "utf16le",
    "utf32",
    "utf32be",
    "utf32le",
    "uu",
    "unicodebigunmarked",
    "zlib",
];
/// Codecs that Python has on Windows alone.
const OF_WINDOWS: [&str; 4] = ["ansi", "dbcs", "mbcs", "oem"];
/// What editors append to a name to tell of the line ends.
const LINE_ENDS: [&str; 3] = ["-unix", "-dos", "-mac"];
/// Stands for a character that is not known here: a letter, so that a name with one in it is a
/// name still.
pub const UNKNOWN: char = 'ʔ';

/// What the bytes say in the codec, or, where there is none of that name, all the same: the
/// syntax of Python and most secrets are ASCII, which nearly every encoding has in common.
pub fn decode(name: &str, raw: Vec<u8>) -> Decoded {
    let Some(method) = method(name) else {
        let doubt = format!("declares the encoding {name:?}, which is not known");
        let encoding = match &*plain(name) {
            // Made for names of hosts, it leaves ASCII as it is.
            "idna" if raw.is_ascii() => Told::Sound,
            "idna" => Told::Broken,
            name if UNREADABLE.contains(&name.strip_suffix("codec").unwrap_or(name)) => {
                Told::Broken
            }
            _ => Told::Unknown,
        };
        return Decoded { doubt: Some(doubt), encoding, ..ascii_and_others(raw) };
    };
    let (text, is_whole) = match method.strip_prefix('=') {
        None => (charmap(method, &raw), true),
        Some("utf-8") => return utf8(raw),
        Some("latin-1") => (latin1(&raw), true),
        Some("ascii") => {
            let not_ascii = raw.iter().position(|byte| !byte.is_ascii());
            let doubt = not_ascii.map(|at| format!("declares {name} but byte {at} is not ASCII"));
            let encoding = if doubt.is_some() { Told::Broken } else { Told::Sound };
            return Decoded { doubt, encoding, ..ascii_and_others(raw) };
        }
        Some("utf-7") => utf7(&raw),
        Some("unicode-escape") => unicode_escape(&raw),
        Some("raw-unicode-escape") => raw_unicode_escape(&raw),
        Some("hz") => known(GB18030, &eight_bits(&raw, b"~{", b"~}")),
        Some("iso-2022-kr") => known(EUC_KR, &eight_bits(&raw, b"\x0E", b"\x0F")),
        Some("johab") => (pairs(&raw, |lead| lead > 0x83, |_| UNKNOWN.into()), true),
        Some("shift-jisx0213") => {
            let is_lead = |byte| matches!(byte, 0x81..=0x9F | 0xE0..=0xFC);
            let text = pairs(&raw, is_lead, |pair| known(SHIFT_JIS, pair).0);
            (text.replace('\\', "¥").replace('~', "‾"), true)
        }
        Some(label) => match Encoding::for_label_no_replacement(label.as_bytes()) {
            Some(encoding) => known(encoding, &raw),
            None => (latin1(&raw), false),
        },
    };
    let encoding = match is_whole && !has_gap(name, method, &text) {
        _ if OF_WINDOWS.contains(&&*plain(name)) => Told::Unknown,
        true => Told::Sound,
        false => Told::Broken,
    };
    Decoded {
        text,
        doubt: (!is_whole).then(|| format!("is not valid {name}")),
        encoding,
        is_marked: false,
    }
}

/// Whether Python takes the name for that of UTF-8 where a byte order mark says so too.
pub fn goes_with_mark(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    name == "utf-8" || name.starts_with("utf-8-")
}

/// Whether a byte stands in the text that the code page has no character for: the Encoding Standard
/// reads it as a control character, Python does not.
fn has_gap(name: &str, method: &str, text: &str) -> bool {
    let is_page = method.starts_with("=windows-125") || name.contains("874");
    is_page && text.contains(|c| matches!(c, '\u{80}'..='\u{9F}'))
}

/// The name as codecs are listed.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// How what is encoded under the name is read.
fn method(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase().replace('_', "-");
    // Python asks no more of the two that it knows best than what they begin with.
    if name.starts_with("utf-8-") {
        return Some("=utf-8");
    }
    if ["latin-1-", "iso-8859-1-", "iso-latin-1-"].iter().any(|begins| name.starts_with(begins)) {
        return Some("=latin-1");
    }
    let without = LINE_ENDS.iter().find_map(|suffix| name.strip_suffix(suffix));
    [Some(&*name), without].into_iter().flatten().find_map(|name| {
        let plain = plain(name);
        let codecs = CODECS.lines().filter_map(|line| line.split_once('\t'));
        let mut named = codecs.filter(|(names, _)| names.split(' ').any(|known| known == plain));
        named.next().map(|(_, method)| method)
    })
}

/// UTF-8 where it is that, else one character a byte.
fn ascii_and_others(raw: Vec<u8>) -> Decoded {
    Decoded::sure(String::from_utf8(raw).unwrap_or_else(|error| latin1(error.as_bytes())))
}

fn latin1(raw: &[u8]) -> String {
    raw.iter().map(|byte| char::from(*byte)).collect()
}

/// ASCII, and 128 more characters.
fn charmap(upper: &str, raw: &[u8]) -> String {
    let upper: Vec<char> = upper.chars().collect();
    let at = |byte: &u8| match byte.checked_sub(0x80) {
        None => char::from(*byte),
        Some(at) => upper.get(usize::from(at)).copied().unwrap_or(UNKNOWN),
    };
    raw.iter().map(at).collect()
}

/// The text and whether all of it is valid.
fn known(encoding: &'static Encoding, raw: &[u8]) -> (String, bool) {
    let (text, broken) = encoding.decode_without_bom_handling(raw);
    match broken {
        false => (text.into_owned(), true),
        true => {
            (text.replace(char::REPLACEMENT_CHARACTER, UNKNOWN.encode_utf8(&mut [0; 4])), false)
        }
    }
}

/// Text in which a byte that leads takes the next one with it, whatever that would be alone.
fn pairs(raw: &[u8], is_lead: impl Fn(u8) -> bool, pair: impl Fn(&[u8]) -> String) -> String {
    let (mut text, mut rest) = (String::with_capacity(raw.len()), raw);
    while let Some((&first, others)) = rest.split_first() {
        let length = if is_lead(first) { rest.len().min(2) } else { 1 };
        match (length, first.is_ascii()) {
            (2, _) => text.push_str(&pair(&rest[..2])),
            (_, true) => text.push(char::from(first)),
            (_, false) => text.push(UNKNOWN),
        }
        rest = &others[length - 1..];
    }
    text
}

/// Of text that shifts between ASCII and pairs of seven bits, what has the eighth bit in the
/// pairs instead. The announcement that ISO 2022 begins with goes, and so do HZ's escapes.
fn eight_bits(raw: &[u8], shift_in: &[u8], shift_out: &[u8]) -> Vec<u8> {
    let is_hz = shift_in[0] == b'~';
    let (mut bytes, mut rest, mut is_in) = (Vec::with_capacity(raw.len()), raw, false);
    while let Some((&first, others)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(shift_in) {
            (is_in, rest) = (true, after);
        } else if let Some(after) = rest.strip_prefix(shift_out) {
            (is_in, rest) = (false, after);
        } else if let Some(after) = rest.strip_prefix(b"\x1B$)C").filter(|_| !is_hz) {
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b"~\n").filter(|_| is_hz && !is_in) {
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b"~~").filter(|_| is_hz && !is_in) {
            bytes.push(b'~');
            rest = after;
        } else {
            // A shift ends with its line.
            is_in &= first != b'\n';
            bytes.push(if is_in && first.is_ascii_graphic() { first | 0x80 } else { first });
            rest = others;
        }
    }
    bytes
}
