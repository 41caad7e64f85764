//! What Python refuses in a source that ruff's parser takes: more of something than CPython's
//! tokenizer has room for.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::{Mode, lexer};
use ruff_text_size::{Ranged, TextRange};

/// Brackets within brackets.
const MAX_BRACKETS: u32 = 200;
/// Blocks within blocks.
const MAX_INDENTS: u32 = 99;
/// Digits of a decimal number; see `sys.set_int_max_str_digits`.
const MAX_DIGITS: usize = 4_300;

/// Why Python refuses the source; none where it need not.
pub fn refused(source: &str, tokens: &Tokens) -> Option<&'static str> {
    let mut gauge = Gauge::default();
    tokens.iter().find_map(|token| gauge.refuses(source, token.kind(), token.range()))
}

/// The same for a source that was not parsed, numbers aside.
pub fn refused_unparsed(source: &str) -> Option<&'static str> {
    let mut gauge = Gauge::default();
    let mut lexer = lexer::lex(source, Mode::Module);
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return None,
            kind => {
                if let Some(why) = gauge.refuses(source, kind, TextRange::default()) {
                    return Some(why);
                }
            }
        }
    }
}

#[derive(Default)]
struct Gauge {
    brackets: u32,
    indents: u32,
}

impl Gauge {
    fn refuses(&mut self, source: &str, kind: TokenKind, at: TextRange) -> Option<&'static str> {
        match kind {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => self.brackets += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                self.brackets = self.brackets.saturating_sub(1);
            }
            TokenKind::Indent => self.indents += 1,
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            TokenKind::Int if at.len().to_usize() > MAX_DIGITS => {
                let digits = &source.as_bytes()[at.start().to_usize()..at.end().to_usize()];
                let is_decimal = digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'_'));
                let count = digits.iter().filter(|byte| **byte != b'_').count();
                if is_decimal && count > MAX_DIGITS {
                    return Some("a number has more digits than Python reads");
                }
            }
            _ => {}
        }
        if self.brackets > MAX_BRACKETS {
            Some("brackets are nested more deeply than Python reads")
        } else if self.indents > MAX_INDENTS {
            Some("blocks are nested more deeply than Python reads")
        } else {
            None
        }
    }
}
