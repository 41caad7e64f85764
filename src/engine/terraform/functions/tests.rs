//! Calls and what they come to.
