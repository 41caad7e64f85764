//! Ports that `EXPOSE` names.

use super::Fault;
use crate::engine::docker::instruction::Keyword;
use crate::engine::docker::view::View;
use std::collections::HashSet;

const SSH: u64 = 22;
const HIGHEST: u64 = 65535;

/// DS-0004: also within a range of ports; once an instruction.
pub fn ssh(view: &View) -> Vec<Fault> {
    let mut faults = exposed(view, |first, last| first <= SSH && SSH <= last);
    faults.dedup_by_key(|fault| fault.range.clone());
    faults
}

/// DS-0008: once a port.
pub fn out_of_range(view: &View) -> Vec<Fault> {
    exposed(view, |first, last| first > HIGHEST || last > HIGHEST)
}

fn exposed(view: &View, is_bad: fn(u64, u64) -> bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    for site in view.each(Keyword::Expose) {
        let mut known = HashSet::new();
        for (word, value) in &site.words {
            for port in value.split_whitespace() {
                let bad = ports(port).filter(|&(first, last)| is_bad(first, last));
                // One port may be there for each protocol.
                if bad.is_some_and(|ports| known.insert(ports)) {
                    let message = format!("Port {port} is exposed");
                    faults.push(Fault::of(site.instruction).at(word.range.clone()).saying(message));
                }
            }
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
