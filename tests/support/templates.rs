//! Sample secrets that the repository does not hold: rules and tests write templates, and this
//! expands them, always to the same text.
//!
//! | template | expands to |
//! |---|---|
//! | `{{alnum N}}` `{{lower N}}` `{{upper N}}` `{{digit N}}` | N letters and digits, of the class |
//! | `{{hex N}}` `{{HEX N}}` | hexadecimal digits |
//! | `{{base64 N}}` `{{base64url N}}` `{{base32 N}}` | N characters of the alphabet |
//! | `{{of CHARACTERS N}}` | N of these characters |
//! | `{{uuid}}` | `8-4-4-4-12` hexadecimal digits |
//! | `{{uXXXX}}` | the character with that code point |
//! | `{{github PREFIX}}` | a token with that prefix and a valid checksum; `{{npm}}` likewise |
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
        match after.find("}}").and_then(|close| {
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
        ["pkcs12"] => pkcs12(random),
        ["uuid"] => {
            let parts = [8, 4, 4, 4, 12].map(|n| random.text(&format!("{DIGIT}abcdef"), n));
            parts.join("-")
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

/// Thirty random characters and their CRC32 in base 62.
fn checked(prefix: &str, random: &mut Random) -> String {
    let digits = format!("{DIGIT}{UPPER}{LOWER}");
    let body = random.text(&digits, 30);
    let mut crc = !0u32;
    for byte in body.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let mut number = !crc as usize;
    let mut checksum = String::new();
    for _ in 0..6 {
        checksum.insert(0, char::from(digits.as_bytes()[number % 62]));
        number /= 62;
    }
    format!("{prefix}_{body}{checksum}")
}

fn jwt(random: &mut Random) -> String {
    let header = base64(br#"{"alg":"HS256","typ":"JWT"}"#);
    let payload =
        format!(r#"{{"sub":"{}","iat":17{}}}"#, random.text(LOWER, 12), random.text(DIGIT, 8));
    let url = |text: String| text.replace('+', "-").replace('/', "_").replace('=', "");
    let signature = random.text(&format!("{LOWER}{UPPER}{DIGIT}"), 43);
    format!("{}.{}.{signature}", url(header), url(base64(payload.as_bytes())))
}

/// The armour of `TYPE`, around a DER sequence of random bytes.
fn pem(kind: &str, line_end: &str, random: &mut Random) -> String {
    let mut der = vec![0x30, 0x82, 0x01, 0x2C];
    der.extend((0..300).map(|_| random.next() as u8));
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
    der.extend((0..500).map(|_| random.next() as u8));
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
