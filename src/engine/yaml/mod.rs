//! YAML, and JSON as a part of it, as nodes that know their places: what engines for Kubernetes,
//! CloudFormation and workflows look at.
//!
//! `read` is bounded in depth and in the number of nodes, those that aliases repeat included; an
//! alias costs no memory, because what it names is shared.

mod block;
mod node;
mod read;
mod said;
mod scalar;
mod script;

pub use block::{block, value};
pub use node::{Content, Document, Entry, Node, Stream, Trouble};
pub use read::read;
pub use said::{notifications, value_of};
pub use scalar::Scalar;
pub use script::script;

#[cfg(test)]
pub mod mutated;
#[cfg(test)]
mod tests;
