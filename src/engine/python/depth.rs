//! How deep a tree is that no check looks at: freeing it recurses just as visiting it does.

use super::node::MAX_DEPTH;
use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, TraversalSignal, walk_body,
};
use ruff_python_ast::{AnyNodeRef, ModModule};

/// Whether the tree is nested more deeply than the walk goes.
pub fn exceeds_limit(module: &ModModule) -> bool {
    let mut gauge = Gauge { depth: 0, exceeded: false };
    walk_body(&mut gauge, &module.body);
    gauge.exceeded
}

struct Gauge {
    depth: usize,
    exceeded: bool,
}

impl<'a> SourceOrderVisitor<'a> for Gauge {
    fn enter_node(&mut self, _node: AnyNodeRef<'a>) -> TraversalSignal {
        self.depth += 1;
        self.exceeded |= self.depth > MAX_DEPTH;
        if self.exceeded { TraversalSignal::Skip } else { TraversalSignal::Traverse }
    }

    fn leave_node(&mut self, _node: AnyNodeRef<'a>) {
        self.depth -= 1;
    }
}
