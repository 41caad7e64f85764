//! Keys of clouds, which say more of themselves than their pattern does.

use super::{Candidate, Verdict};
use crate::engine::secrets::base64;

/// Base 32 of random bytes holds letters and digits; an identifier in capitals does not. Since 2019
/// bits 1 to 40 are the number of the account, which has twelve digits; older keys, whose first
/// letter is I or J, do not tell it.
pub fn aws_access_key(candidate: Candidate) -> Verdict {
    let body = candidate.secret.get(4..).unwrap_or_default();
    if !body.iter().any(u8::is_ascii_digit) || !body.iter().any(u8::is_ascii_uppercase) {
        return Verdict::Doubtful("it holds no digit");
    }
    let is_old = body.starts_with(b"I") || body.starts_with(b"J");
    if !is_old && account(body).is_none_or(|account| account > 999_999_999_999) {
        return Verdict::Doubtful("the account that it names cannot exist");
    }
    Verdict::Sound
}

/// The account in the forty bits behind the first.
fn account(body: &[u8]) -> Option<u64> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(u64::from(byte - b'A')),
        b'2'..=b'7' => Some(u64::from(byte - b'2') + 26),
        _ => None,
    };
    // Nine characters are 45 bits: the first goes, and the last four.
    let bits = body.get(..9)?.iter().try_fold(0, |bits, &b| Some(bits << 5 | digit(b)?))?;
    Some(bits >> 4 & ((1 << 40) - 1))
}

/// Keys that stand in Google's own samples and quickstarts: the first eight bytes of their BLAKE3
/// hash, in order, so that no scanner takes this table for a leak.
const PUBLISHED_BY_GOOGLE: &[u64] = &[
    0x1FD8_7719_FF89_0FA1,
    0x325D_A84D_0218_73CA,
    0x34F4_59B6_ED92_B6AE,
    0x3EA0_C69A_CC2A_A5CD,
    0x3F0E_E704_B533_F908,
    0x3F81_09B6_85C6_EA5F,
    0x444C_6A11_3E72_6EEE,
    0x4D82_4FE5_90F7_4D6D,
    0x8B28_601B_80F6_386A,
    0xBA64_1EF5_52F0_0642,
    0xBD0D_9B66_84D8_02F7,
    0xC927_7F7E_6AB3_6388,
    0xE2BB_A36A_DFA4_B44D,
    0xEC7D_3D70_8696_1773,
    0xEFC1_CACE_7459_1068,
    0xF2EF_98FC_DF59_1AD3,
];

/// An API key of Google's that its samples do not hold.
pub fn google_api_key(candidate: Candidate) -> Verdict {
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(candidate.secret).as_bytes()[..8]);
    match PUBLISHED_BY_GOOGLE.binary_search(&u64::from_be_bytes(first)) {
        Ok(_) => Verdict::Unsound,
        Err(_) => Verdict::Sound,
    }
}

/// An account key of Azure storage or Cosmos DB: 64 bytes, of which the last character of the base
/// 64 leaves no bit over.
pub fn azure_account_key(candidate: Candidate) -> Verdict {
    match base64::decode(candidate.secret) {
        None => Verdict::Unsound,
        Some(key) if key.len() == 64 && is_canonical(candidate.secret) => Verdict::Sound,
        Some(_) => Verdict::Doubtful("it is not the base 64 of 64 bytes"),
    }
}

/// Whether no bit is left over behind the last byte, as where 64 or 32 bytes were encoded.
fn is_canonical(text: &[u8]) -> bool {
    let last = text.iter().rfind(|b| **b != b'=');
    match text.iter().filter(|b| **b == b'=').count() {
        2 => last.is_some_and(|last| b"AQgw".contains(last)),
        1 => last.is_some_and(|last| b"AEIMQUYcgkosw048".contains(last)),
        _ => true,
    }
}

/// The signature of a shared access signature is an HMAC of 32 bytes; its `se` says until when it
/// is good.
pub fn azure_sas(candidate: Candidate) -> Verdict {
    let signature = percent_decoded(candidate.secret);
    if base64::decode(&signature).is_none_or(|bytes| bytes.len() != 32) {
        return Verdict::Doubtful("its signature has not 32 bytes");
    }
    let expiry = memchr::memmem::find(candidate.matched, b"se=")
        .and_then(|at| candidate.matched.get(at + 3..at + 7))
        .filter(|year| year.iter().all(u8::is_ascii_digit));
    match expiry {
        Some(year) if year < super::CURRENT_YEAR => Verdict::Doubtful("it has expired"),
        _ => Verdict::Sound,
    }
}

/// The bytes that `%XX` stand for; what is none stays.
fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                out.push(byte);
                rest = &after[2..];
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tests::{doubted, sound};
    use super::*;

    #[test]
    fn a_key_of_aws_names_an_account() {
        assert_eq!(account(b"QAAAAAAAA"), Some(0));
        assert_eq!(account(b"AAAAAAAAQ"), Some(1));
        assert!(sound(aws_access_key, "AKIAQ{{base32 12}}ABC"));
        assert!(doubted(aws_access_key, "AKIA7777777777777ABC"), "more than twelve digits");
        assert!(sound(aws_access_key, "AKIAJ777777777777ABC"), "older than the rule");
        assert!(doubted(aws_access_key, "AKIAQBCDEFGHIKLMNOPR"), "no digit");
    }

    #[test]
    fn published_keys_of_google_are_looked_up_in_order() {
        assert!(PUBLISHED_BY_GOOGLE.is_sorted());
        assert!(sound(google_api_key, "AIza{{alnum 35}}"));
    }

    #[test]
    fn keys_and_signatures_of_azure_have_their_length() {
        assert!(sound(azure_account_key, "{{bytes 64}}"));
        assert!(doubted(azure_account_key, "{{bytes 63}}"));
        assert!(sound(azure_sas, "{{bytes 32}}"));
        assert!(doubted(azure_sas, "{{bytes 31}}"));
        assert_eq!(percent_decoded(b"a%2Bb%zz%"), b"a+b%zz%");
    }

    #[test]
    fn a_signature_says_until_when() {
        let secret = super::super::tests::templates::expand("{{bytes 32}}").replace('=', "%3D");
        let of = |se| {
            let matched = format!("sv=2022-11-02&se={se}-01-01T00%3A00Z&sig={secret}");
            azure_sas(Candidate { secret: secret.as_bytes(), matched: matched.as_bytes() })
        };
        assert_eq!(of("2019"), Verdict::Doubtful("it has expired"));
        assert_eq!(of("2099"), Verdict::Sound);
    }
}
