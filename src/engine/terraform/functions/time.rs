//! Functions of times. What the clock says is for the apply.

use super::Needs::{All, Nothing};
use super::time_format::formatted;
use super::{Call, Function, Value, Wrong, function};
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

pub(super) const FUNCTIONS: &[Function] = &[
    function("formatdate", All, (2, 2), |call| {
        let (format, time) = (call.text(0)?, Time::of(call, 1)?);
        formatted(&format, &time).map(Value::string).map_err(|reason| call.failed(reason))
    }),
    function("plantimestamp", Nothing, (0, 0), |_| Ok(Value::UNKNOWN)),
    function("timeadd", All, (2, 2), add),
    function("timecmp", All, (2, 2), |call| {
        let order = Time::of(call, 0)?.instant.cmp(&Time::of(call, 1)?.instant);
        Ok(Value::Number(f64::from(order as i8)))
    }),
    function("timestamp", Nothing, (0, 0), |_| Ok(Value::UNKNOWN)),
];

/// A time of RFC 3339, which keeps the offset that it is written with.
pub(super) struct Time {
    pub instant: Timestamp,
    pub offset: Offset,
}

impl Time {
    fn of(call: &Call, at: usize) -> Result<Self, Wrong> {
        let text = call.text(at)?;
        Self::read(&text).ok_or_else(|| call.not(at, "a time of RFC 3339"))
    }

    fn read(text: &str) -> Option<Self> {
        let shape = text.get(10..11) == Some("T") && !text.contains(['[', ',']);
        let seconds = text.get(16..17) == Some(":") && text.get(17..19) != Some("60");
        let zoned = text.ends_with('Z') || text.get(text.len().checked_sub(3)?..)?.starts_with(':');
        if !shape || !seconds || !zoned || !text.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let pieces = Pieces::parse(text).ok()?;
        let offset = pieces.to_numeric_offset()?;
        let civil = DateTime::from_parts(pieces.date(), pieces.time()?);
        Some(Self { instant: offset.to_timestamp(civil).ok()?, offset })
    }

    /// The date and time of day at its offset.
    pub fn civil(&self) -> DateTime {
        self.offset.to_datetime(self.instant)
    }
}

/// The sum, to the second.
fn add(call: &Call) -> Result<Value, Wrong> {
    let (time, text) = (Time::of(call, 0)?, call.text(1)?);
    let duration = duration(&text).ok_or_else(|| call.not(1, "a duration such as 1h30m"))?;
    let none = || call.failed("the sum is no time of RFC 3339");
    let instant = time.instant.checked_add(duration).map_err(|_| none())?;
    let sum = Time { instant, ..time };
    if sum.civil().year() < 0 {
        return Err(none());
    }
    formatted("YYYY-MM-DD'T'hh:mm:ssZ", &sum).map(Value::string).map_err(|why| call.failed(why))
}

/// A duration as Go writes them: `-1.5h`, `2h45m`, `300ms`.
fn duration(text: &str) -> Option<SignedDuration> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    let mut nanoseconds: i128 = 0;
    loop {
        let digit = |character: char| character.is_ascii_digit() || character == '.';
        let (number, after) = rest.split_at(rest.find(|character| !digit(character))?);
        let (unit, after) = after.split_at(after.find(digit).unwrap_or(after.len()));
        nanoseconds = nanoseconds.checked_add(part(number, unit)?)?;
        if after.is_empty() {
            break;
        }
        rest = after;
    }
    i64::try_from(sign * nanoseconds).ok().map(SignedDuration::from_nanos)
}

/// A number of some unit, in nanoseconds.
fn part(number: &str, unit: &str) -> Option<i128> {
    let unit: i128 = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let fraction = fraction.get(..fraction.len().min(18))?;
    let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i128>().ok() };
    let scaled = digits(fraction)?.checked_mul(unit)? / 10i128.pow(fraction.len() as u32);
    digits(whole)?.checked_mul(unit)?.checked_add(scaled)
}
