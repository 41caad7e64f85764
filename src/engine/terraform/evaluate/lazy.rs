//! A value that is made when it is first asked for.

use super::limits::Limits;
use std::cell::RefCell;

/// A slot for it.
#[derive(Debug)]
pub struct Lazy<T>(RefCell<State<T>>);

#[derive(Debug)]
enum State<T> {
    Todo,
    Busy,
    /// And whether an expression of it made no sense, which whoever reads it is told.
    Done(T, bool),
}

impl<T> Default for Lazy<T> {
    fn default() -> Self {
        Lazy(RefCell::new(State::Todo))
    }
}

impl<T: Clone> Lazy<T> {
    /// The value, made by `make` if there is none; `None` where making it asks for it.
    pub fn get(&self, limits: &Limits, make: impl FnOnce() -> T) -> Option<T> {
        match &*self.0.borrow() {
            State::Done(value, wrong) => {
                if *wrong {
                    limits.mistake();
                }
                return Some(value.clone());
            }
            State::Busy => return None,
            State::Todo => {}
        }
        self.0.replace(State::Busy);
        let before = limits.mistakes();
        let value = make();
        self.0.replace(State::Done(value.clone(), limits.mistakes() != before));
        Some(value)
    }
}

/// As many empty slots.
pub fn slots<T>(count: usize) -> Vec<Lazy<T>> {
    std::iter::repeat_with(Lazy::default).take(count).collect()
}
