//! Work on all processors, on stacks that hold the recursion that the limits allow.

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::LazyLock;

/// Bytes of address space; only what is used is memory.
const STACK: usize = 64 << 20;

/// The threads. They stay, so that what one step frees the next one uses.
static POOL: LazyLock<Option<ThreadPool>> =
    LazyLock::new(|| ThreadPoolBuilder::new().stack_size(STACK).build().ok());

/// The result of each item, in their order.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    within(|| items.par_iter().map(&work).collect())
}

/// Does something on these threads; where none can be had, on the one that asks.
pub fn within<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    match &*POOL {
        Some(pool) => pool.install(work),
        None => work(),
    }
}
