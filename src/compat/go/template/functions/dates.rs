//! Functions of times, written and read by Go's layouts: the parts of Monday, 2 January 2006,
//! 15:04:05.

use super::super::value::Value;
use super::{Made, said};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// What a part of a layout is to `strftime`; of those that begin alike the longest is first.
const PARTS: &[(&str, &str)] = &[
    ("January", "%B"),
    ("Jan", "%b"),
    ("Monday", "%A"),
    ("Mon", "%a"),
    ("MST", "%Z"),
    ("2006", "%Y"),
    ("-07:00", "%:z"),
    ("-0700", "%z"),
    ("002", "%j"),
    ("01", "%m"),
    ("02", "%d"),
    ("03", "%I"),
    ("04", "%M"),
    ("05", "%S"),
    ("06", "%y"),
    ("_2", "%e"),
    ("15", "%H"),
    ("PM", "%p"),
    ("pm", "%P"),
    ("1", "%-m"),
    ("2", "%-d"),
    ("3", "%-I"),
    ("4", "%-M"),
    ("5", "%-S"),
];
/// Where a zone of no offset is written as one letter.
const ZONES: &[(&str, &str)] = &[("Z07:00", "%:z"), ("Z0700", "%z")];

pub fn dates(name: &str, tells: bool, given: &[Value]) -> Option<Made> {
    let text = |at: usize| given.get(at).map(Value::shown);
    let zoned = |layout: &str, at: usize, zone: Option<String>| {
        let time = match given.get(at) {
            Some(Value::Time(time)) => time.timestamp(),
            Some(Value::Int(seconds)) => Timestamp::from_second(*seconds).ok()?,
            Some(_) => crate::clock::now(),
            None => return None,
        };
        let zone = zone.map(|zone| TimeZone::get(&zone).unwrap_or(TimeZone::UTC));
        said(format(layout, &time.to_zoned(zone.unwrap_or_else(TimeZone::system))))
    };
    match (name, given.len()) {
        ("now", 0) => Some(Ok(Value::time(crate::clock::now().to_zoned(TimeZone::system())))),
        ("date", 2) => zoned(&text(0)?, 1, None),
        ("dateInZone" | "date_in_zone", 3) => zoned(&text(0)?, 1, text(2)),
        ("htmlDate", 1) => zoned("2006-01-02", 0, None),
        ("htmlDateInZone", 2) => zoned("2006-01-02", 0, text(1)),
        ("toDate", 2) => match parsed(&text(0)?, &text(1)?) {
            Ok(time) => Some(Ok(Value::time(time))),
            Err(error) if tells => Some(Err(error.to_string())),
            Err(_) => {
                let never = jiff::civil::date(1, 1, 1).to_zoned(TimeZone::UTC);
                Some(never.map(Value::time).map_err(|error| error.to_string()))
            }
        },
        ("unixEpoch", 1) => match &given[0] {
            Value::Time(time) => said(time.timestamp().as_second().to_string()),
            _ => None,
        },
        ("dateModify" | "date_modify", 2) => {
            let Value::Time(time) = &given[1] else { return None };
            match nanoseconds(&text(0)?) {
                Some(by) => Some(
                    time.checked_add(SignedDuration::from_nanos(by))
                        .map(Value::time)
                        .map_err(|error| error.to_string()),
                ),
                None if tells => Some(Err(format!("time: invalid duration {:?}", text(0)?))),
                None => Some(Ok(given[1].clone())),
            }
        }
        ("ago", 1) => {
            let then = match &given[0] {
                Value::Time(time) => time.timestamp().as_second(),
                Value::Int(seconds) => *seconds,
                _ => crate::clock::now().as_second(),
            };
            said(seconds(crate::clock::now().as_second().saturating_sub(then)))
        }
        ("duration", 1) => match &given[0] {
            Value::Text(text) => said(seconds(text.parse().unwrap_or_default())),
            _ => said("0s"),
        },
        ("durationRound", 1) => match &given[0] {
            Value::Text(text) => said(rounded(nanoseconds(text).unwrap_or_default())),
            Value::Time(time) => {
                let now = crate::clock::now().as_nanosecond();
                let since = i64::try_from(now - time.timestamp().as_nanosecond());
                said(rounded(since.unwrap_or(i64::MAX)))
            }
            _ => said("0s"),
        },
        _ => None,
    }
}

/// What a time says when it is asked for a part of it.
pub fn part(time: &Zoned, name: &str) -> Option<Value> {
    let number = |number: i64| Some(Value::Int(number));
    match name {
        "Year" => number(time.year().into()),
        "Day" => number(time.day().into()),
        "Hour" => number(time.hour().into()),
        "Minute" => number(time.minute().into()),
        "Second" => number(time.second().into()),
        "YearDay" => number(time.day_of_year().into()),
        "Unix" => number(time.timestamp().as_second()),
        "Month" => Some(Value::text(&format("January", time))),
        "Weekday" => Some(Value::text(&format("Monday", time))),
        "String" => Some(Value::text(&Value::time(time.clone()).shown())),
        "UTC" => Some(Value::time(time.with_time_zone(TimeZone::UTC))),
        "Local" => Some(Value::time(time.with_time_zone(TimeZone::system()))),
        _ => None,
    }
}

/// A time by a layout.
pub fn format(layout: &str, time: &Zoned) -> String {
    let mut out = String::new();
    let mut rest = layout;
    while let Some(c) = rest.chars().next() {
        let starts = |(part, _): &&(&str, &str)| rest.starts_with(part);
        let digits = rest[c.len_utf8()..].bytes().take_while(|byte| *byte == b'0').count();
        let nines = rest[c.len_utf8()..].bytes().take_while(|byte| *byte == b'9').count();
        let ends = |count: usize| {
            count > 0 && !rest[1 + count..].starts_with(|c: char| c.is_ascii_digit())
        };
        let length = match (ZONES.iter().find(starts), PARTS.iter().find(starts)) {
            (Some((part, _)), _) if time.offset().is_zero() => {
                out.push('Z');
                part.len()
            }
            (Some((part, directive)), _) | (None, Some((part, directive))) => {
                out += &time.strftime(directive).to_string();
                part.len()
            }
            _ if matches!(c, '.' | ',') && (ends(digits) || ends(nines)) => {
                let all = format!("{:09}", time.subsec_nanosecond());
                let places = digits.max(nines).min(9);
                let shown = match digits {
                    0 => all[..places].trim_end_matches('0'),
                    _ => &all[..places],
                };
                if !shown.is_empty() {
                    out.push(c);
                    out += shown;
                }
                1 + digits.max(nines)
            }
            _ => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

/// A time that is written by a layout, here where it says no zone.
fn parsed(layout: &str, text: &str) -> Result<Zoned, jiff::Error> {
    let mut directives = String::new();
    let mut rest = layout;
    while let Some(c) = rest.chars().next() {
        let mut all = ZONES.iter().chain(PARTS);
        let length = match all.find(|(part, _)| rest.starts_with(part)) {
            Some((part, directive)) => {
                directives += directive;
                part.len()
            }
            None => {
                directives += if c == '%' { "%%" } else { &rest[..c.len_utf8()] };
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    let text = match ZONES.iter().find(|(part, _)| layout.ends_with(part)) {
        Some((part, _)) => {
            let zero = if part.contains(':') { "+00:00" } else { "+0000" };
            text.strip_suffix('Z').map_or(text.to_owned(), |bare| format!("{bare}{zero}"))
        }
        None => text.to_owned(),
    };
    let mut broken = BrokenDownTime::parse(&directives, &text)?;
    if broken.month().is_none() && broken.day_of_year().is_none() {
        broken.set_month(Some(1))?;
    }
    if broken.day().is_none() && broken.day_of_year().is_none() {
        broken.set_day(Some(1))?;
    }
    match broken.offset() {
        Some(_) => broken.to_zoned(),
        None => broken.to_datetime()?.to_zoned(TimeZone::system()),
    }
}

/// A duration such as `-1.5h` or `1h2m3s`.
fn nanoseconds(text: &str) -> Option<i64> {
    const UNITS: [(&str, f64); 8] = [
        ("ns", 1.0),
        ("us", 1e3),
        ("µs", 1e3),
        ("μs", 1e3),
        ("ms", 1e6),
        ("s", 1e9),
        ("m", 6e10),
        ("h", 3.6e12),
    ];
    let bare = text.trim_start_matches(['-', '+']);
    if text.len() - bare.len() > 1 || bare.is_empty() {
        return None;
    }
    let (mut sum, mut rest) = (0.0, bare);
    while !rest.is_empty() && bare != "0" {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let (unit, size) = UNITS.iter().find(|(unit, _)| rest[digits..].starts_with(unit))?;
        sum += number * size;
        rest = &rest[digits + unit.len()..];
    }
    Some(if text.starts_with('-') { -sum as i64 } else { sum as i64 })
}

fn seconds(all: i64) -> String {
    let sign = if all < 0 { "-" } else { "" };
    let all = all.unsigned_abs();
    let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
        _ => format!("{sign}{hours}h{minutes}m{seconds}s"),
    }
}

/// In its largest unit.
fn rounded(nanoseconds: i64) -> String {
    const UNITS: [(u64, &str); 6] =
        [(31_536_000, "y"), (2_592_000, "mo"), (86_400, "d"), (3600, "h"), (60, "m"), (1, "s")];
    let all = nanoseconds.unsigned_abs();
    let unit = UNITS.iter().find(|(seconds, _)| all > seconds * 1_000_000_000);
    unit.map_or("0s".to_owned(), |(seconds, unit)| {
        format!("{}{unit}", all / (seconds * 1_000_000_000))
    })
}
