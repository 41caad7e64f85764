//! Lockgate.
