//! Sample secrets that the repository does not hold: rules and tests write templates, and this
//! expands them, always to the same text.
//!
//! | template | expands to |
//! |---|---|
//! | `{{alnum N}}` `{{lower N}}` `{{upper N}}` `{{digit N}}` | N letters and digits, of the class |
//! | `{{hex N}}` `{{HEX N}}` | hexadecimal digits |
//! | `{{base64 N}}` `{{base64url N}}` `{{base32 N}}` | N characters of the alphabet |
//! | `{{of CHARACTERS N}}` | N of these characters |
//! | `{{uuid}}` | a UUID of version 4 |
//! | `{{bytes N}}` `{{base64of TEXT}}` | N random bytes, or the text, in base 64 |
//! | `{{uXXXX}}` | the character with that code point |
//! | `{{github PREFIX}}` | a token with that prefix and a valid checksum; `{{npm}}` likewise |
//! | `{{json64 KEY…}}` | a JSON object with these keys and random values, in base 64 |
//! | `{{gitlab PREFIX}}` `{{grafana}}` | a routable token, a service account's, with their checksums |
//! | `{{pypi}}` | a macaroon of pypi.org |
//! | `{{jwt}}` | a JSON Web Token with a valid header and payload; `{{jwtbase64}}` in base 64 |
//! | `{{pem TYPE}}` | a PEM block over several lines; `{{pemline TYPE}}` with `\n` instead |
//! | `{{pkcs12}}` | the beginning of a PKCS#12 key store in base 64 |
//!
//! Anything else in double braces stays as it is.

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGIT: &str = "0123456789";

/// Expands every template of a text. What one expands to depends on where it stands and on nothing
/// else.
pub fn expand(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        let place = text.len() - rest.len() + open;
        out += &rest[..open];
        let after = &rest[open + 2..];
        match closing(after).and_then(|close| {
            one(&after[..close], &mut Random::new(place)).map(|expanded| (close, expanded))
        }) {
            Some((close, expanded)) => {
                out += &expanded;
                rest = &after[close + 2..];
            }
            None => {
                out += "{{";
                rest = after;
            }
        }
    }
    out + rest
}

/// Where the braces close: the last two of a run, so that a template may end in a brace.
fn closing(after: &str) -> Option<usize> {
    let first = after.find("}}")?;
    let run = after[first..].bytes().take_while(|b| *b == b'}').count();
    Some(first + run - 2)
}

fn one(template: &str, random: &mut Random) -> Option<String> {
    let words: Vec<&str> = template.split(' ').collect();
    let number = |word: &str| word.parse::<usize>().ok();
    Some(match words[..] {
        ["of", characters, n] => random.text(characters, number(n)?),
        ["github", prefix] => checked(prefix, random),
        ["npm"] => checked("npm", random),
        ["jwt"] => jwt(random),
        ["jwtbase64"] => base64(jwt(random).as_bytes()),
        ["pem", ref kind @ ..] => pem(&kind.join(" "), "\n", random),
        ["pemline", ref kind @ ..] => pem(&kind.join(" "), "\\n", random),
        ["gitlab", prefix] => gitlab(prefix, random),
        ["grafana"] => grafana(random),
        ["pypi"] => pypi(random),
        ["bytes", n] => base64(&random.bytes(number(n)?)),
        ["json64", ref keys @ ..] => json64(keys, random),
        ["base64of", ..] => base64(&template.as_bytes()["base64of ".len()..]),
        ["pkcs12"] => pkcs12(random),
        ["uuid"] => {
            let parts = [8, 4, 3, 3, 12].map(|n| random.text(&format!("{DIGIT}abcdef"), n));
            let [first, second, third, fourth, fifth] = parts;
            format!("{first}-{second}-4{third}-a{fourth}-{fifth}")
        }
        [code] => {
            let digits = code.strip_prefix('u').filter(|digits| digits.len() >= 4)?;
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)?.to_string()
        }
        [class, n] => random.text(&alphabet(class)?, number(n)?),
        _ => return None,
    })
}

fn alphabet(class: &str) -> Option<String> {
    Some(match class {
        "alnum" => format!("{LOWER}{UPPER}{DIGIT}"),
        "lower" => LOWER.to_owned(),
        "upper" => UPPER.to_owned(),
        "digit" => DIGIT.to_owned(),
        "hex" => format!("{DIGIT}abcdef"),
        "HEX" => format!("{DIGIT}ABCDEF"),
        "base32" => format!("{UPPER}234567"),
        "base64" => format!("{LOWER}{UPPER}{DIGIT}+/"),
        "base64url" => format!("{LOWER}{UPPER}{DIGIT}-_"),
        _ => return None,
    })
}

fn json64(keys: &[&str], random: &mut Random) -> String {
    let alnum = format!("{LOWER}{UPPER}{DIGIT}");
    let pairs = keys.iter().map(|key| format!(r#""{key}":"{}""#, random.text(&alnum, 32)));
    base64(format!("{{{}}}", pairs.collect::<Vec<_>>().join(",")).as_bytes())
}

/// Thirty random characters and their CRC32 in base 62.
fn checked(prefix: &str, random: &mut Random) -> String {
    let digits = format!("{DIGIT}{UPPER}{LOWER}");
    let body = random.text(&digits, 30);
    let checksum = in_digits(crc32(&body), &digits, 6);
    format!("{prefix}_{body}{checksum}")
}

/// A routable token of GitLab: payload, version, the payload's length and the checksum of it all.
fn gitlab(prefix: &str, random: &mut Random) -> String {
    let mut payload = b"o:1\nu:2s".to_vec();
    payload.extend(random.bytes(16));
    payload.push(16);
    let payload = url_safe(base64(&payload));
    let digits = format!("{DIGIT}{LOWER}");
    let body = format!("{prefix}{payload}.01.{}", in_digits(payload.len() as u32, &digits, 2));
    format!("{body}{}", in_digits(crc32(&body), &digits, 7))
}

/// The token of a service account of Grafana.
fn grafana(random: &mut Random) -> String {
    let body = format!("glsa_{}", random.text(&format!("{LOWER}{UPPER}{DIGIT}"), 32));
    format!("{body}_{:08x}", crc32(&body).swap_bytes())
}

/// A macaroon of pypi.org: location, identifier, signature.
fn pypi(random: &mut Random) -> String {
    let mut bytes = b"\x02\x01\x08pypi.org\x02\x24".to_vec();
    bytes.extend(random.text(&format!("{DIGIT}abcdef"), 36).bytes());
    bytes.extend(b"\0\x02\x03[3]\0\0\x06\x20");
    bytes.extend(random.bytes(32));
    format!("pypi-{}", url_safe(base64(&bytes)))
}

fn crc32(text: &str) -> u32 {
    let mut crc = !0u32;
    for byte in text.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

fn in_digits(mut number: u32, digits: &str, length: usize) -> String {
    let base = digits.len() as u32;
    let mut out = String::new();
    for _ in 0..length {
        out.insert(0, char::from(digits.as_bytes()[(number % base) as usize]));
        number /= base;
    }
    out
}

fn url_safe(text: String) -> String {
    text.replace('+', "-").replace('/', "_").replace('=', "")
}

fn jwt(random: &mut Random) -> String {
    let header = base64(br#"{"alg":"HS256","typ":"JWT"}"#);
    let payload =
        format!(r#"{{"sub":"{}","iat":17{}}}"#, random.text(LOWER, 12), random.text(DIGIT, 8));
    let signature = random.text(&format!("{LOWER}{UPPER}{DIGIT}"), 43);
    format!("{}.{}.{signature}", url_safe(header), url_safe(base64(payload.as_bytes())))
}

/// The armour of `TYPE`, around a DER sequence of a version and random bytes.
fn pem(kind: &str, line_end: &str, random: &mut Random) -> String {
    let mut der = vec![0x30, 0x82, 0x01, 0x2C, 0x02, 0x01, 0x00];
    der.extend(random.bytes(297));
    let body = base64(&der);
    let mut out = format!("-----BEGIN {kind}-----");
    for start in (0..body.len()).step_by(64) {
        out += line_end;
        out += &body[start..body.len().min(start + 64)];
    }
    format!("{out}{line_end}-----END {kind}-----")
}

/// A `PFX` of version 3 that announces a content of the type `data`.
fn pkcs12(random: &mut Random) -> String {
    let mut der = vec![0x30, 0x82, 0x0A, 0x11, 0x02, 0x01, 0x03, 0x30, 0x82, 0x09, 0xD7];
    der.extend([0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]);
    der.extend(random.bytes(500));
    base64(&der)
}

fn base64(bytes: &[u8]) -> String {
    let digits = format!("{UPPER}{LOWER}{DIGIT}+/").into_bytes();
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, i| bits << 8 | usize::from(*chunk.get(i).unwrap_or(&0)));
        for i in 0..4 {
            let digit = char::from(digits[bits >> (18 - 6 * i) & 63]);
            out.push(if i <= chunk.len() { digit } else { '=' });
        }
    }
    out
}

/// SplitMix64: small, and good enough for samples.
struct Random(u64);

impl Random {
    fn new(seed: usize) -> Random {
        Random(seed as u64 ^ 0x5EED_0F5A_3B1E_0001)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    /// Characters of an alphabet without two alike side by side, every kind of character (digit,
    /// lower case, upper case) that it has among the first ones: random enough for every bound.
    fn text(&mut self, alphabet: &str, length: usize) -> String {
        let characters: Vec<char> = alphabet.chars().collect();
        let kinds: [fn(&char) -> bool; 3] =
            [char::is_ascii_digit, char::is_ascii_lowercase, char::is_ascii_uppercase];
        let mut kinds = kinds.into_iter().filter(|kind| characters.iter().any(kind)).peekable();
        let mut out = String::new();
        let mut recent = std::collections::VecDeque::new();
        for _ in 0..length {
            let kind = kinds.next();
            let fits = |c: &&char| kind.is_none_or(|kind| kind(c)) && !recent.contains(*c);
            let choices: Vec<char> = characters.iter().filter(fits).copied().collect();
            let choice = choices[(self.next() % choices.len() as u64) as usize];
            recent.push_back(choice);
            if recent.len() > characters.len() / 3 {
                recent.pop_front();
            }
            out.push(choice);
        }
        out
    }
}
