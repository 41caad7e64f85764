//! Terraform as Terraform means it: an engine over a tree of files.
//!
//! Files become syntax (`syntax`), a folder's syntax a configuration, and configurations are
//! evaluated into the blocks that a plan would hold (`evaluate`), which is what checks look at.

mod block;
mod evaluate;
mod expression;
mod functions;
mod origin;
mod project;
mod syntax;
mod value;

pub use block::{Attribute, Block, Instance, Module, Place};
pub use evaluate::evaluate;
pub use expression::{Expression, NotAnExpression, Scope};
pub use functions::Files;
pub use origin::{Giver, Step};
pub use project::{Kind, Project, Roots, Settings, Source, Trouble};
pub use value::{CLOSE, OPEN, Symbol, Value};

#[cfg(test)]
mod tests;
