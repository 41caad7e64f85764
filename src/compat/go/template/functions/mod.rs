//! What a template can call: Go's own functions, those of sprig that reports use, and a few that
//! Trivy adds. Arguments
//! stand in the order of the template, what is piped in last.

pub mod dates;
mod digests;
mod lists;
mod maps;
mod numbers;
mod printf;
mod regexes;
mod texts;
mod values;

use super::value::Value;
use std::borrow::Cow;

/// No value nests deeper.
const DEEPEST: u32 = 200;
/// The longest text that a function makes, in bytes; also the longest list.
const LONGEST: usize = 16 << 20;

/// The names of all functions.
const NAMES: &str = "\
    abbrev abbrevboth add add1 add1f addf adler32sum ago all and any appVersion append atoi b32dec b32enc \
    b64dec b64enc base biggest camelcase cat ceil chunk clean coalesce compact concat contains \
    date dateInZone dateModify date_in_zone date_modify deepCopy deepEqual default dict dig dir \
    div divf duration durationRound empty endWithPeriod eq \
    env escapeString escapeXML ext fail first float64 floor fromJson ge get gt has \
    hasKey hasPrefix hasSuffix hello html htmlDate htmlDateInZone indent index initial initials \
    int int64 isAbs join js kebabcase keys kindIs kindOf last le len list lower lt max maxf \
    merge mergeOverwrite min minf mod mul mulf mustAppend mustChunk mustCompact mustDateModify \
    mustDeepCopy mustFirst mustFromJson mustHas mustInitial mustLast mustMerge \
    mustMergeOverwrite mustPrepend mustPush mustRegexFind mustRegexFindAll mustRegexMatch \
    mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit mustRest mustReverse mustSlice \
    mustToDate mustToJson mustToPrettyJson mustToRawJson mustUniq mustWithout must_date_modify \
    ne nindent nospace not now omit or osBase osClean osDir osExt osIsAbs pick pluck plural \
    prepend print printf println push quote regexFind regexFindAll regexMatch regexQuoteMeta \
    regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace rest reverse round seq set \
    sha1sum sha256sum sha512sum slice snakecase sortAlpha sourceID split splitList splitn squote sub subf \
    substr swapcase ternary title toDate toDecimal toJson toPrettyJson toRawJson toString \
    toStrings trim trimAll trimPrefix trimSuffix trimall trunc tuple typeIs typeIsLike typeOf \
    uniq unixEpoch unset until untilStep untitle upper urlquery values without wrap wrapWith";

/// Whether there is a function of that name.
pub fn is_known(name: &str) -> bool {
    NAMES.split_whitespace().any(|known| known == name)
}

/// Whether a function changes the map that is its first argument.
pub fn changes(name: &str) -> bool {
    maps::CHANGING.contains(&name)
}

type Made = Result<Value, String>;

/// Calls a function.
///
/// # Errors
/// Its arguments are none that it takes.
pub fn call(name: &str, given: &[Value]) -> Made {
    let plain = plain(name);
    let made = texts::texts(&plain, given)
        .or_else(|| numbers::numbers(&plain, given))
        .or_else(|| lists::lists(&plain, given))
        .or_else(|| maps::maps(&plain, given))
        .or_else(|| regexes::regexes(&plain, name != plain, given))
        .or_else(|| dates::dates(&plain, name != plain, given))
        .or_else(|| digests::digests(&plain, given))
        .or_else(|| values::others(&plain, name != plain, given));
    let value = made.unwrap_or_else(|| Err("wrong number or kind of arguments".to_owned()))?;
    let size = value.size();
    match size.height > DEEPEST || size.weight > (LONGEST / 64) as u64 {
        true => Err("what it makes is too long".to_owned()),
        false => Ok(value),
    }
}

/// The name without `must`: such functions tell errors that the others are silent about.
fn plain(name: &str) -> Cow<'_, str> {
    let Some(rest) = name.strip_prefix("must") else { return name.into() };
    let rest = rest.trim_start_matches('_');
    match rest.chars().next() {
        Some(first) => {
            format!("{}{}", first.to_ascii_lowercase(), &rest[first.len_utf8()..]).into()
        }
        None => name.into(),
    }
}

fn said(text: impl AsRef<str>) -> Option<Made> {
    Some(Ok(Value::text(text.as_ref())))
}

fn yes(is: bool) -> Option<Made> {
    Some(Ok(Value::Bool(is)))
}
