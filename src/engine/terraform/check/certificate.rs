//! When certificates end.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

const SEQUENCE: u8 = 0x30;
/// The version of a certificate, which old ones lack.
const VERSION: u8 = 0xA0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// When the first certificate of a PEM text ends (RFC 5280, 4.1.2.5).
pub fn end(pem: &str) -> Option<Timestamp> {
    let (_, rest) = pem.split_once(BEGIN)?;
    let (body, _) = rest.split_once(END)?;
    let body: String = body.split_ascii_whitespace().collect();
    let der = BASE64_STANDARD.decode(body).ok()?;
    let certificate = Element::of(&mut &der[..], SEQUENCE)?;
    let signed = Element::of(&mut &*certificate, SEQUENCE)?;
    let mut fields = signed;
    if fields.first() == Some(&VERSION) {
        Element::next(&mut fields)?;
    }
    // Serial number, algorithm and issuer come before the validity.
    for _ in 0..3 {
        Element::next(&mut fields)?;
    }
    let mut validity = Element::of(&mut fields, SEQUENCE)?;
    Element::next(&mut validity)?;
    let end = Element::next(&mut validity)?;
    let digits = std::str::from_utf8(end.content).ok()?.strip_suffix('Z')?;
    let year_digits = match end.tag {
        UTC_TIME => 2,
        GENERALIZED_TIME => 4,
        _ => return None,
    };
    let (year, rest) = digits.split_at_checked(year_digits)?;
    let year: i16 = year.parse().ok()?;
    let year = match year_digits {
        2 if year < 50 => 2000 + year,
        2 => 1900 + year,
        _ => year,
    };
    let number = |at: usize| -> Option<i8> { rest.get(at..at + 2)?.parse().ok() };
    let [month, day, hour, minute, second] = [0, 2, 4, 6, 8].map(number);
    let at = DateTime::new(year, month?, day?, hour?, minute?, second?, 0).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A value in DER.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
}

impl<'a> Element<'a> {
    /// The content of the next element, which must be of that kind.
    fn of(rest: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
        Element::next(rest).filter(|element| element.tag == tag).map(|element| element.content)
    }

    fn next(rest: &mut &'a [u8]) -> Option<Element<'a>> {
        let (tag, after) = rest.split_first()?;
        let (length, after) = after.split_first()?;
        let (length, after) = match length {
            0..=0x7F => (usize::from(*length), after),
            // Up to four bytes of length are more than any certificate needs.
            0x81..=0x84 => {
                let (bytes, after) = after.split_at_checked(usize::from(length & 0x7F))?;
                let length = bytes.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
                (length, after)
            }
            _ => return None,
        };
        let (content, after) = after.split_at_checked(length)?;
        *rest = after;
        Some(Element { tag: *tag, content })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(der: Vec<u8>) {
            let body = BASE64_STANDARD.encode(&der);
            let _ = end(&format!("{BEGIN}\n{body}\n{END}"));
        }
    }

    #[test]
    fn other_texts_have_no_end() {
        for text in ["", "no certificate", &format!("{BEGIN}\n{END}"), &format!("{BEGIN}MIIB{END}")]
        {
            assert_eq!(end(text), None, "{text}");
        }
    }
}
