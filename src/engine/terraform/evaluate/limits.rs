//! What an evaluation may cost. Configurations are hostile input: a few lines can ask for lists
//! that no memory holds.

use super::super::value::Value;
use std::cell::Cell;

/// How deep expressions and what they refer to may be nested while one is evaluated.
const DEPTH: u32 = 1_500;
/// How deep a value may be nested.
const VALUE_DEPTH: u32 = 100;
/// What one root may cost: steps, and values that are put into others.
const WORK: u64 = 50_000_000;
/// Bytes of a text.
pub const TEXT: usize = 4 << 20;
/// Bytes of text that one root may make.
const TEXTS: u64 = 256 << 20;
/// Instances of one block.
pub const INSTANCES_OF_BLOCK: usize = 10_000;
/// Instances of all blocks of a root.
pub const INSTANCES: usize = 100_000;
/// Modules of a root, each as often as it is called.
pub const MODULES: usize = 50_000;
/// Troubles of a root that are told.
pub const TROUBLES: usize = 1_000;
/// Modules in modules.
pub const MODULE_DEPTH: usize = 64;

/// Counts what an evaluation costs, and the mistakes that it meets.
#[derive(Debug)]
pub struct Limits {
    depth: Cell<u32>,
    work: Cell<u64>,
    text: Cell<u64>,
    mistakes: Cell<u32>,
    instances: Cell<usize>,
    exceeded: Cell<Option<&'static str>>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            depth: Cell::new(0),
            work: Cell::new(WORK),
            text: Cell::new(TEXTS),
            mistakes: Cell::new(0),
            instances: Cell::new(INSTANCES),
            exceeded: Cell::new(None),
        }
    }
}

impl Limits {
    /// One level deeper; `false` where that is too deep or there was enough work. Every `true` asks
    /// for a `leave`.
    pub fn enter(&self) -> bool {
        if self.depth.get() >= DEPTH {
            self.exceed("expressions refer to each other through more than 1,500 levels");
            return false;
        }
        if !self.spend(1) {
            return false;
        }
        self.depth.set(self.depth.get() + 1);
        true
    }

    /// One level up.
    pub fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    /// Counts work; `false` where there was enough of it.
    pub fn spend(&self, work: u64) -> bool {
        match self.work.get().checked_sub(work) {
            Some(left) => {
                self.work.set(left);
                true
            }
            None => {
                self.exceed("evaluating the configuration takes more than 50 million steps");
                false
            }
        }
    }

    /// Whether a text of `bytes` may be made.
    pub fn allow_text(&self, bytes: usize) -> bool {
        if bytes > TEXT {
            self.exceed("a text is longer than 4 MB");
            return false;
        }
        match self.text.get().checked_sub(bytes as u64) {
            Some(left) => {
                self.text.set(left);
                true
            }
            None => {
                self.exceed("the texts of the configuration are longer than 256 MB");
                false
            }
        }
    }

    /// How many of `wanted` instances may still be made.
    pub fn instances(&self, wanted: usize) -> usize {
        let left = self.instances.get();
        if wanted > left {
            self.exceed("the configuration has more than 100,000 instances");
        }
        let granted = wanted.min(left);
        self.instances.set(left - granted);
        granted
    }

    /// Whether nothing more is made.
    pub fn are_spent(&self) -> bool {
        self.instances.get() == 0
    }

    /// A list or map that was just made, or unknown where it is too deep or too large. Parts are
    /// shared, so what is small in memory may be endless to whoever walks it.
    pub fn weighed(&self, value: Value) -> Value {
        match self.weigh(&value, 0) {
            true => value,
            false => Value::UNKNOWN,
        }
    }

    fn weigh(&self, value: &Value, depth: u32) -> bool {
        if depth > VALUE_DEPTH {
            self.exceed("a value is nested deeper than 100 levels");
            return false;
        }
        match value {
            Value::List(items) => {
                self.spend(items.len() as u64)
                    && items.iter().all(|item| self.weigh(item, depth + 1))
            }
            Value::Map(entries) => {
                self.spend(entries.len() as u64)
                    && entries.values().all(|item| self.weigh(item, depth + 1))
            }
            _ => true,
        }
    }

    /// Notes that an expression makes no sense.
    pub fn mistake(&self) {
        self.mistakes.set(self.mistakes.get().saturating_add(1));
    }

    /// How many expressions made no sense so far.
    pub fn mistakes(&self) -> u32 {
        self.mistakes.get()
    }

    /// Takes mistakes back: `try` and `can` are there for them.
    pub fn forgive(&self, until: u32) {
        self.mistakes.set(until);
    }

    /// Notes that a limit was exceeded.
    pub fn exceed(&self, what: &'static str) {
        self.exceeded.set(self.exceeded.get().or(Some(what)));
    }

    /// The first limit that was exceeded since the last time this was asked.
    pub fn take_exceeded(&self) -> Option<&'static str> {
        self.exceeded.take()
    }
}
