//! Times as `formatdate` writes them.

use super::MOST_TEXT;
use super::time::Time;
use jiff::civil::DateTime;
use jiff::tz::Offset;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// From Monday on, as ISO 8601 counts them.
const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A time in a format: runs of one letter stand for its parts, what is quoted with `'` for itself,
/// as does everything that is no letter.
pub(super) fn formatted(format: &str, time: &Time) -> Result<String, String> {
    let (civil, mut text, mut rest) = (time.civil(), String::new(), format);
    while let Some(first) = rest.chars().next() {
        if text.len() > MOST_TEXT {
            return Err("the result is too long".into());
        }
        if first == '\'' {
            rest = quoted(&rest[1..], &mut text).ok_or("a quote is not closed")?;
            continue;
        }
        let run = match first.is_ascii_alphabetic() {
            true => rest.find(|character| character != first).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (part, after) = rest.split_at(run);
        if first.is_ascii_alphabetic() {
            let written = written(part, civil, time.offset);
            text += &written.ok_or_else(|| format!("`{}` stands for nothing", short(part)))?;
        } else {
            text += part;
        }
        rest = after;
    }
    Ok(text)
}

/// The start of what may be long.
fn short(part: &str) -> &str {
    part.get(..8).unwrap_or(part)
}

/// Adds what is quoted and gives what follows; two quotes are one of the text.
fn quoted<'a>(rest: &'a str, to: &mut String) -> Option<&'a str> {
    let mut rest = rest;
    loop {
        let end = rest.find('\'')?;
        *to += &rest[..end];
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                to.push('\'');
                rest = after;
            }
            None => return Some(rest),
        }
    }
}

/// What a run of letters stands for.
fn written(part: &str, civil: DateTime, offset: Offset) -> Option<String> {
    let month = MONTHS.get(civil.month() as usize - 1)?;
    let day = DAYS.get(civil.weekday().to_monday_zero_offset() as usize)?;
    let twelve = (civil.hour() + 11) % 12 + 1;
    let half = if civil.hour() < 12 { "AM" } else { "PM" };
    Some(match part {
        "YYYY" => format!("{:04}", civil.year()),
        "YY" => format!("{:02}", civil.year().rem_euclid(100)),
        "MMMM" => month.to_string(),
        "MMM" => month[..3].to_string(),
        "MM" => format!("{:02}", civil.month()),
        "M" => civil.month().to_string(),
        "DD" => format!("{:02}", civil.day()),
        "D" => civil.day().to_string(),
        "EEEE" => day.to_string(),
        "EEE" => day[..3].to_string(),
        "hh" => format!("{:02}", civil.hour()),
        "h" => civil.hour().to_string(),
        "HH" => format!("{twelve:02}"),
        "H" => twelve.to_string(),
        "AA" => half.to_string(),
        "aa" => half.to_lowercase(),
        "mm" => format!("{:02}", civil.minute()),
        "m" => civil.minute().to_string(),
        "ss" => format!("{:02}", civil.second()),
        "s" => civil.second().to_string(),
        "Z" | "ZZZ" | "ZZZZ" | "ZZZZZ" => zone(part.len(), offset),
        _ => return None,
    })
}

/// An offset: `Z` or `+01:00`, `UTC` or `+0100`, always `+0100`, always `+01:00`.
fn zone(letters: usize, offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    match (letters, minutes) {
        (1, 0) => return "Z".into(),
        (3, 0) => return "UTC".into(),
        _ => {}
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    let colon = if letters == 1 || letters == 5 { ":" } else { "" };
    format!("{sign}{hours:02}{colon}{minutes:02}")
}
