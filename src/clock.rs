//! What time it is, on a machine whose clock may say anything.

use jiff::Timestamp;
use std::time::SystemTime;

/// The time, or the last or first that can be told where the clock is beyond the years -9999 to
/// 9999.
pub fn now() -> Timestamp {
    at(SystemTime::now())
}

fn at(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(match time > SystemTime::UNIX_EPOCH {
        true => Timestamp::MAX,
        false => Timestamp::MIN,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn no_clock_is_too_wrong() {
        let far = Duration::from_secs(1 << 50);
        assert_eq!(at(SystemTime::UNIX_EPOCH + far), Timestamp::MAX);
        assert_eq!(at(SystemTime::UNIX_EPOCH - far), Timestamp::MIN);
        assert_eq!(at(SystemTime::UNIX_EPOCH), Timestamp::UNIX_EPOCH);
    }
}
