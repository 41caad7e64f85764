//! Values that stand for a secret and are none: documented examples, templates, masks.

/// Words that nobody's credential holds by chance.
const WORDS: &[&[u8]] = &[
    b"example",
    b"changeme",
    b"change_me",
    b"change-me",
    b"changeit",
    b"placeholder",
    b"your-",
    b"your_",
    b"yourpass",
    b"yourtoken",
    b"yourkey",
    b"yoursecret",
    b"yourapi",
    b"redacted",
    b"replace",
    b"insert-",
    b"insert_",
    b"dummy",
    b"fake",
    b"xxxx",
    b"****",
    b"...",
    b"-here",
    b"_here",
    b"notasecret",
    b"not-a-secret",
    b"notreal",
    b"not-real",
    b"foobar",
    b"sanitized",
    b"removed",
    b"abcdefgh",
    b"12345678",
    b"deadbeef",
    b"loremipsum",
    b"process.env",
    b"environ",
    b"getenv",
];

/// What opens and closes a part that something else fills in.
const TEMPLATES: &[(&[u8], &[u8])] =
    &[(b"${", b"}"), (b"#{", b"}"), (b"{{", b"}}"), (b"<%", b"%>"), (b"$(", b")"), (b"%(", b")s")];

/// What opens a part that stands for a value in documents and in templates of values: no
/// credential has it.
const GUILLEMET: &[u8] = "«".as_bytes();

/// Published sample credentials that say so only in their documentation: the first eight bytes of
/// their BLAKE3 hash, so that no scanner takes this table for a leak.
const PUBLISHED: &[u64] = &[
    0x286E_3A91_F00E_BDBE, // Stripe's documentation
    0x864B_AB38_FCB7_B648, // the same, before 2018
    0xE832_2BE1_FA3E_0AA3, // the account of the Azure storage emulator
    0xD410_8A2A_2F94_4066, // the account of the Cosmos DB emulator
];

/// Longest value looked at; what is longer is no placeholder.
const LONGEST: usize = 512;

/// Whether a value only stands for a secret.
pub fn is_placeholder(value: &[u8]) -> bool {
    if value.len() > LONGEST {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    let find = |needle: &[u8]| memchr::memmem::find(&lower, needle);
    WORDS.iter().any(|word| find(word).is_some())
        || TEMPLATES.iter().any(|(open, close)| {
            find(open).is_some_and(|at| memchr::memmem::find(&lower[at..], close).is_some())
        })
        || find(GUILLEMET).is_some()
        || is_cut_template(&lower)
        || names_a_part(&lower)
        || is_wrapped(value)
        || longest_run(value, 0) >= (value.len() / 3).max(5)
        || longest_run(value, 1) >= 8
        || longest_run(value, -1) >= 8
        || is_periodic(body(value))
        || is_published(value)
}

/// `${VAR`, `{{alnum 12`: the beginning of a template, whose end the matcher took for none of the
/// value's.
fn is_cut_template(lower: &[u8]) -> bool {
    TEMPLATES.iter().any(|(open, _)| {
        let named = lower.strip_prefix(*open).map(<[u8]>::trim_ascii_start);
        named.is_some_and(|named| {
            let name = named.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_.-".contains(b));
            let name = &named[..name.count()];
            name.len() >= 2
                && name[0].is_ascii_alphabetic()
                && matches!(named.get(name.len()), None | Some(b' ' | b':' | b'|' | b'('))
        })
    })
}

/// `https://<host>/<your token>`: a part in angle brackets that is words.
fn names_a_part(lower: &[u8]) -> bool {
    memchr::memchr_iter(b'<', lower).any(|at| {
        let inner = &lower[at + 1..];
        memchr::memchr(b'>', inner).is_some_and(|end| {
            end >= 3 && inner[..end].iter().all(|b| b.is_ascii_lowercase() || b" _-".contains(b))
        })
    })
}

/// `<token>`, `[token]`, `%TOKEN%`, `@token@`, `$TOKEN`.
fn is_wrapped(value: &[u8]) -> bool {
    matches!(
        value,
        [b'<', .., b'>']
            | [b'[', .., b']']
            | [b'{', .., b'}']
            | [b'%', .., b'%']
            | [b'@', .., b'@']
    ) || value.strip_prefix(b"$").is_some_and(|name| {
        name.iter().all(|&b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    })
}

/// The longest stretch in which each byte is the one before plus `step`.
fn longest_run(value: &[u8], step: i16) -> usize {
    let mut longest = 0;
    let mut run = 0;
    let mut previous = None;
    for &byte in value {
        let goes_on = previous.is_some_and(|p: u8| i16::from(byte) - i16::from(p) == step);
        run = if goes_on { run + 1 } else { 1 };
        longest = longest.max(run);
        previous = Some(byte);
    }
    longest
}

/// What follows a token's prefix.
fn body(value: &[u8]) -> &[u8] {
    let start = value.iter().rposition(|b| b"_-.:".contains(b)).map_or(0, |at| at + 1);
    if value.len() - start >= 8 { &value[start..] } else { value }
}

/// Whether a unit is repeated three times or more.
fn is_periodic(value: &[u8]) -> bool {
    (1..=value.len() / 3)
        .any(|period| value[period..].iter().zip(value).all(|(later, earlier)| later == earlier))
}

fn is_published(value: &[u8]) -> bool {
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(value).as_bytes()[..8]);
    PUBLISHED.contains(&u64::from_be_bytes(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_none() {
        let stand_ins = [
            "AKIAIOSFODNN7EXAMPLE",
            "changeme",
            "<token>",
            "${VAR}",
            "{{ var }}",
            "%(x)s",
            "xxxxxxxxxxxx",
            "****************",
            "$TOKEN",
            "your-token-here",
            "ghp_0123456789abcdef",
            "ghp_aaaaaaaaaaaaaaaaaaaa",
            "abc123abc123abc123",
            "%PASSWORD%",
            "os.environ['TOKEN']",
            "{{alnum",
            "{{ alnum 36",
            "${VAR",
            "${VAR:-q7Zt0bYw",
            "$(vault",
            "tok_«alnum 12»",
            "«alnum",
            "q7Zt0bYw:<api token>@host",
        ];
        for value in stand_ins {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn random_values_are_not() {
        assert!(!is_placeholder(b"q7Zt0bYw3KpXr9Lm"));
        assert!(!is_placeholder(b"9f86d081884c7d65"));
        for value in ["${q7!Zt0b", "{{9Zt0bYw3", "q7Z<t0b>Yw3Kp", "aB<x>9!kQz", "%(q;7Zt0b"] {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
    }
}
