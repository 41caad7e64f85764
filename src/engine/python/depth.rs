//! How deep a source and its tree are: parsing, visiting and freeing them all recurse.

use super::node::MAX_DEPTH;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal, walk_body};
use ruff_python_ast::{AnyNodeRef, ModModule};
use ruff_python_parser::{Mode, lexer};

/// Shorter sources cannot be deep enough to take the parser too much stack.
const HARMLESS: usize = 64 << 10;
/// Levels that are parsed; Python itself refuses more than 200 brackets in one another.
pub const MAX_PARSED: u32 = 10_000;

/// Whether the source may be nested so deeply that it is better not parsed. Brackets, blocks and
/// f-strings are levels, and so is every operator that no comma and no end of line sets off.
pub fn is_bottomless(source: &str) -> bool {
    if source.len() <= HARMLESS {
        return false;
    }
    let mut lexer = lexer::lex(source, Mode::Module);
    // How many operators there are at each level of brackets, how many in all, and the blocks.
    let mut operators = vec![0u32];
    let (mut levels, mut blocks) = (0u32, 0u32);
    loop {
        let token = lexer.next_token();
        match token {
            TokenKind::EndOfFile => return false,
            TokenKind::Comma | TokenKind::Newline | TokenKind::Semi => {
                levels -= operators.last_mut().map(std::mem::take).unwrap_or_default();
            }
            TokenKind::Indent => blocks += 1,
            TokenKind::Dedent => blocks = blocks.saturating_sub(1),
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => {
                if operators.len() > 1 {
                    levels -= operators.pop().unwrap_or_default();
                }
            }
            kind if is_leaf(kind) => {}
            kind => {
                levels += 1;
                if let Some(operators) = operators.last_mut() {
                    *operators += 1;
                }
                if is_opening(kind) {
                    operators.push(0);
                }
            }
        }
        if levels + blocks > MAX_PARSED {
            return true;
        }
    }
}

fn is_leaf(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(kind, Name | Int | Float | Complex | String | Comment | NonLogicalNewline)
        || matches!(kind, FStringMiddle | TStringMiddle | True | False | None | Pass)
}

fn is_opening(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(kind, Lpar | Lsqb | Lbrace | FStringStart | TStringStart)
}

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
