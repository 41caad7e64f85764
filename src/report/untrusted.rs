//! Text from the outside, made harmless for where it goes.
