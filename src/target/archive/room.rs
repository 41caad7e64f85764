//! How many archives may hold much in memory at the same time, whatever the number of threads.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many bytes may be held without asking.
pub const FREE: u64 = 1 << 20;
/// How many archives may hold more than that. Each asks once and waits for nothing else while it
/// holds its permit, so none waits for ever.
const PERMITS: u32 = 2;

static HELD: Mutex<u32> = Mutex::new(0);
static RETURNED: Condvar = Condvar::new();

/// Lets one archive hold as much as its limits say; given back when dropped.
pub struct Permit(());

impl Permit {
    /// Waits until there is one.
    pub fn take() -> Permit {
        let held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        let mut held = RETURNED
            .wait_while(held, |held| *held >= PERMITS)
            .unwrap_or_else(PoisonError::into_inner);
        *held += 1;
        Permit(())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *HELD.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        RETURNED.notify_one();
    }
}
