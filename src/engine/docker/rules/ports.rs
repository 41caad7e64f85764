//! Ports that `EXPOSE` names.

use super::Fault;
use crate::engine::docker::instruction::Keyword;
use crate::engine::docker::view::View;

const SSH: u64 = 22;
const HIGHEST: u64 = 65535;

/// DS-0004: also within a range of ports.
pub fn ssh(view: &View) -> Vec<Fault> {
    exposed(view, |first, last| first <= SSH && SSH <= last)
}

/// DS-0008.
pub fn out_of_range(view: &View) -> Vec<Fault> {
    exposed(view, |first, last| first > HIGHEST || last > HIGHEST)
}

fn exposed(view: &View, is_bad: fn(u64, u64) -> bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    for site in view.each(Keyword::Expose) {
        let bad = |value: &str| {
            value
                .split_whitespace()
                .find(|port| ports(port).is_some_and(|(first, last)| is_bad(first, last)))
                .map(str::to_owned)
        };
        if let Some((word, port)) =
            site.words.iter().find_map(|(word, value)| Some((word, bad(value)?)))
        {
            let message = format!("Port {port} is exposed");
            faults.push(Fault::of(site.instruction).at(word.range.clone()).saying(message));
        }
    }
    faults
}

/// The first and the last port of `80`, `80/tcp` or `8000-8010`; none where that is not known.
fn ports(written: &str) -> Option<(u64, u64)> {
    let range = written.trim_matches('"').split('/').next()?;
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    Some((number(first)?, number(last)?))
}

fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}
