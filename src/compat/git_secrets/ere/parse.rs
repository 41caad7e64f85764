//! Reads an extended regular expression of POSIX with the extensions of the GNU C library, as `grep
//! -E` reads it and as `git grep -E` does; the two disagree on what an operator without an operand
//! and a broken interval mean.

use super::bracket;
use super::set::{Set, is_space, is_word};
use thiserror::Error;

/// Whose reading it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Grep,
    GitGrep,
}

/// An expression.
#[derive(Debug, Clone)]
pub enum Node {
    Set(Set),
    At(Place),
    Concat(Vec<Node>),
    Either(Vec<Node>),
    Repeat { node: Box<Node>, least: u32, most: Option<u32> },
}

/// What holds between two characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    LineStart,
    LineEnd,
    WordStart,
    WordEnd,
    WordEdge,
    NoWordEdge,
}

/// Why there is no telling what an expression means, as the C library says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EreError {
    #[error("Unmatched ( or \\(")]
    Parenthesis,
    #[error("Unmatched [, [^, [:, [., or [=")]
    Bracket,
    #[error("Invalid regular expression")]
    OpenBracket,
    #[error("Unmatched \\{{")]
    Brace,
    #[error("Invalid content of \\{{\\}}")]
    Interval,
    #[error("Invalid range end")]
    Range,
    #[error("Invalid preceding regular expression")]
    Operand,
    #[error("Invalid character class name")]
    ClassName,
    #[error("Invalid collation character")]
    Collation,
    #[error("Invalid back reference")]
    BackReference,
    #[error("Trailing backslash")]
    Backslash,
    #[error("Regular expression too big")]
    Big,
    #[error("character class syntax is [[:space:]], not [:space:]")]
    SingleBracket,
    #[error("a back-reference (\\1) takes time without bound; write out what it repeats")]
    Unsupported,
}

/// The largest bound of an interval.
const MOST: u32 = 0x7fff;
/// So deep may parentheses lie in parentheses.
const DEEPEST: usize = 60;

/// Reads one expression.
///
/// # Errors
/// It means nothing, or more than is done here.
pub fn parse(text: &[u8], dialect: Dialect) -> Result<Node, EreError> {
    let mut parser = Parser { text, at: 0, dialect, depth: 0, groups: 0 };
    parser.either()
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    dialect: Dialect,
    depth: usize,
    /// How many parentheses were closed.
    groups: u8,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn either(&mut self) -> Result<Node, EreError> {
        let mut branches = vec![self.concat()?];
        while self.peek() == Some(b'|') {
            self.at += 1;
            branches.push(self.concat()?);
        }
        Ok(match branches.len() {
            1 => branches.remove(0),
            _ => Node::Either(branches),
        })
    }

    fn concat(&mut self) -> Result<Node, EreError> {
        let mut parts = Vec::new();
        // Whether an operator would have nothing to work on.
        let mut is_start = true;
        while let Some(byte) = self.peek() {
            match byte {
                b'|' => break,
                b')' if self.depth > 0 => break,
                b'*' | b'+' | b'?' | b'{' if is_start => match self.stray_operator()? {
                    true => continue,
                    false => parts.push(self.repeated(Node::Set(Set::of(|byte| byte == b'{')))?),
                },
                _ => {
                    let atom = self.atom()?;
                    // To git nothing is repeated that is no character.
                    if matches!(atom, Node::At(_)) && self.dialect == Dialect::GitGrep {
                        parts.push(atom);
                        is_start = true;
                        continue;
                    }
                    parts.push(self.repeated(atom)?);
                }
            }
            is_start = false;
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Node::Concat(parts),
        })
    }

    /// An operator where there is nothing to repeat: grep passes over it, unless it is a brace that
    /// is none.
    fn stray_operator(&mut self) -> Result<bool, EreError> {
        if self.dialect == Dialect::GitGrep {
            return Err(EreError::Operand);
        }
        if self.peek() == Some(b'{') {
            let is_interval = self.interval().is_ok_and(|interval| interval.is_some());
            self.at += usize::from(!is_interval);
            return Ok(is_interval);
        }
        self.at += 1;
        Ok(true)
    }

    fn atom(&mut self) -> Result<Node, EreError> {
        let Some(byte) = self.peek() else { return Ok(Node::Concat(Vec::new())) };
        self.at += 1;
        Ok(match byte {
            b'(' => return self.group(),
            b'[' => {
                let (set, end) = bracket::parse(self.text, self.at, self.dialect)?;
                self.at = end;
                Node::Set(set)
            }
            b'.' => Node::Set(Set::none().complement()),
            b'^' => Node::At(Place::LineStart),
            b'$' => Node::At(Place::LineEnd),
            b'\\' => return self.escape(),
            byte => Node::Set(Set::of(|other| other == byte)),
        })
    }

    fn group(&mut self) -> Result<Node, EreError> {
        if self.depth == DEEPEST {
            return Err(EreError::Big);
        }
        self.depth += 1;
        let inner = self.either()?;
        self.depth -= 1;
        if self.peek() != Some(b')') {
            return Err(EreError::Parenthesis);
        }
        self.at += 1;
        self.groups = self.groups.saturating_add(1);
        // An assertion in parentheses can be repeated, one without cannot.
        Ok(match inner {
            Node::At(_) => Node::Concat(vec![inner]),
            inner => inner,
        })
    }

    fn escape(&mut self) -> Result<Node, EreError> {
        let byte = self.peek().ok_or(EreError::Backslash)?;
        self.at += 1;
        Ok(match byte {
            b'w' => Node::Set(Set::of(is_word)),
            b'W' => Node::Set(Set::of(is_word).complement()),
            b's' => Node::Set(Set::of(is_space).in_a_line()),
            b'S' => Node::Set(Set::of(is_space).complement()),
            b'<' => Node::At(Place::WordStart),
            b'>' => Node::At(Place::WordEnd),
            b'b' => Node::At(Place::WordEdge),
            b'B' => Node::At(Place::NoWordEdge),
            b'`' => Node::At(Place::LineStart),
            b'\'' => Node::At(Place::LineEnd),
            b'1'..=b'9' if byte - b'0' <= self.groups => return Err(EreError::Unsupported),
            b'1'..=b'9' => return Err(EreError::BackReference),
            byte => Node::Set(Set::of(|other| other == byte)),
        })
    }

    /// The operators behind an expression.
    fn repeated(&mut self, mut node: Node) -> Result<Node, EreError> {
        loop {
            let (least, most) = match self.peek() {
                Some(b'*') => (0, None),
                Some(b'+') => (1, None),
                Some(b'?') => (0, Some(1)),
                Some(b'{') => match self.interval()? {
                    Some(interval) => {
                        node = Node::Repeat {
                            node: Box::new(node),
                            least: interval.0,
                            most: interval.1,
                        };
                        continue;
                    }
                    None => return Ok(node),
                },
                _ => return Ok(node),
            };
            self.at += 1;
            // `a**` is `a*`.
            let is_same =
                matches!(node, Node::Repeat { least: l, most: m, .. } if (l, m) == (least, most));
            if !is_same {
                node = Node::Repeat { node: Box::new(node), least, most };
            }
        }
    }

    /// Reads what stands in braces; none where that is no interval and the brace stands for itself.
    fn interval(&mut self) -> Result<Option<(u32, Option<u32>)>, EreError> {
        let mut at = self.at + 1;
        let least = self.number(&mut at);
        let comma = self.text.get(at) == Some(&b',');
        let most = if comma && least != Number::Broken {
            at += 1;
            self.number(&mut at)
        } else {
            least
        };
        let (least, most) = match (least, most) {
            (Number::None, _) if !comma => return Err(EreError::Interval),
            (Number::Broken, _) | (_, Number::Broken) => {
                return match self.dialect {
                    Dialect::Grep => Ok(None),
                    Dialect::GitGrep if at >= self.text.len() => Err(EreError::Brace),
                    Dialect::GitGrep => Err(EreError::Interval),
                };
            }
            (Number::None, most) => (0, most.value()),
            (Number::Is(least), most) => (least, most.value()),
        };
        if self.text.get(at) != Some(&b'}') || most.is_some_and(|most| least > most) {
            return Err(EreError::Interval);
        }
        if most.unwrap_or(least) > MOST {
            return Err(EreError::Big);
        }
        self.at = at + 1;
        Ok(Some((least, most)))
    }

    /// All up to the next comma, brace or end, as a number.
    fn number(&self, at: &mut usize) -> Number {
        let mut number = Number::None;
        loop {
            match self.text.get(*at) {
                None => return Number::Broken,
                Some(b',' | b'}') => return number,
                Some(digit @ b'0'..=b'9') if number != Number::Broken => {
                    let value = number.value().unwrap_or(0);
                    number = Number::Is((value * 10 + u32::from(digit - b'0')).min(MOST + 1));
                }
                Some(_) => number = Number::Broken,
            }
            *at += 1;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    None,
    Is(u32),
    Broken,
}

impl Number {
    fn value(self) -> Option<u32> {
        match self {
            Number::Is(value) => Some(value),
            _ => None,
        }
    }
}
