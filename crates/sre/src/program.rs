//! A validated pattern in the form the matcher runs.
//!
//! The words of a code array are decoded once into nodes. A body is laid out right after the node that opens it, and
//! what follows a construct right after its body, so that control falls through; every jump but the one back to the
//! body of a repeat leads forward. What the matcher may skip (see `analyse`) is worked out here too, never while
//! matching.

use std::error::Error;
use std::fmt;

use memchr::memmem::Finder;

use crate::analyse;
use crate::chars::{Fold, Locale};
use crate::decode::decode;
use crate::set::{Sets, Single};

/// "No such thing" where an index is expected.
pub(crate) const NONE: u32 = u32::MAX;

/// The code array is not one that `re._compiler` could have made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvalidCode;

impl fmt::Display for InvalidCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid SRE code")
    }
}

impl Error for InvalidCode {}

/// Zero-width positions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum At {
    Beginning,
    BeginningLine,
    End,
    EndLine,
    EndString,
    Boundary { word: Single },
    NonBoundary { word: Single },
}

/// One step. A `u32` is an index into the table of the same name, or a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Node {
    Fail,
    /// End of the pattern, or of a body that is run to its end on its own (assertion, atomic group, possessive repeat).
    Success,
    Jump(u32),
    Mark(u32),
    Lit(u32),
    Str {
        start: u32,
        len: u32,
    },
    Single(Single),
    At(At),
    Branch(u32),
    /// `X?` of more than one character.
    Opt(u32),
    /// `X??` of more than one character.
    LazyOpt(u32),
    Repeat(u32),
    MaxUntil,
    MinUntil,
    One(u32),
    LazyOne(u32),
    PossessiveOne(u32),
    PossessiveRepeat(u32),
    Atomic(u32),
    Assert(u32),
    AssertNot(u32),
    /// An assertion about one character or literal text.
    Look(u32),
    Backref {
        group: u32,
        fold: Fold,
    },
    Conditional {
        group: u32,
        otherwise: u32,
    },
}

/// What must come first for the rest of the pattern to have a chance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Filter {
    /// Nothing is known.
    Any,
    Lit(u32),
    /// Index into [`Program::filters`].
    Set(u32),
}

/// A set of possible first characters.
pub(crate) struct FirstSet {
    pub(crate) low: [bool; 256],
    pub(crate) high: bool,
}

/// A repeat of one character.
#[derive(Debug)]
pub(crate) struct One {
    pub(crate) what: Single,
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) next: u32,
    /// First mark to save before trying what follows, or [`NONE`].
    pub(crate) save: u32,
    pub(crate) tail: Filter,
    /// No character repeated can begin what follows: in Latin-1 text, in any text.
    pub(crate) disjoint: [bool; 2],
    /// Nothing follows.
    pub(crate) last: bool,
}

/// A repeat of more than one character.
#[derive(Debug)]
pub(crate) struct Repeat {
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) body: u32,
    /// The node of the `UNTIL`; what follows comes after it.
    pub(crate) until: u32,
    pub(crate) save_body: u32,
    pub(crate) save_tail: u32,
    pub(crate) first: Filter,
}

#[derive(Debug)]
pub(crate) struct Opt {
    pub(crate) body: u32,
    pub(crate) next: u32,
    pub(crate) save: u32,
    pub(crate) first: Filter,
}

#[derive(Debug)]
pub(crate) struct Possessive {
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) body: u32,
    pub(crate) next: u32,
    pub(crate) save: u32,
}

/// An atomic group or an assertion.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) next: u32,
    pub(crate) back: u32,
    pub(crate) save: u32,
}

/// An assertion about one character or literal text, `back` characters before.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) what: Seen,
    pub(crate) back: u32,
    pub(crate) negate: bool,
}

#[derive(Debug)]
pub(crate) enum Seen {
    One(Single),
    /// A part of [`Program::literals`].
    Text {
        start: u32,
        len: u32,
    },
}

/// An alternation. Which alternatives have a chance depends on the next character: each list of them lies in
/// [`Program::lists`] and ends with [`NONE`].
pub(crate) struct Branch {
    pub(crate) alternatives: Vec<u32>,
    pub(crate) save: u32,
    pub(crate) by_char: Box<[u32; 256]>,
    pub(crate) high: u32,
    pub(crate) at_end: u32,
}

/// How a search finds places worth trying.
pub(crate) enum Start {
    Anywhere,
    /// Only at the beginning of the text.
    Beginning,
    /// Only at the beginning of a line.
    Line,
    /// Where this text is; `latin1` when it can be in a Latin-1 text.
    Prefix {
        units: Vec<u32>,
        latin1: Option<Box<Finder<'static>>>,
    },
    /// Where this character is.
    Char(u32),
    /// After this text.
    Behind {
        units: Vec<u32>,
        latin1: Option<Box<Finder<'static>>>,
    },
    /// Where a character of this class is.
    Class(u32),
    /// Where a character of this set is; `few` if there are two or three, all below 256.
    Set {
        filter: u32,
        few: Vec<u8>,
    },
}

/// A compiled pattern.
pub struct Program {
    pub(crate) groups: u32,
    /// Least number of characters a match takes.
    pub(crate) min_width: usize,
    pub(crate) nodes: Vec<Node>,
    pub(crate) sets: Sets,
    pub(crate) literals: Vec<u32>,
    pub(crate) ones: Vec<One>,
    pub(crate) repeats: Vec<Repeat>,
    pub(crate) opts: Vec<Opt>,
    pub(crate) possessives: Vec<Possessive>,
    pub(crate) bodies: Vec<Body>,
    pub(crate) looks: Vec<Look>,
    pub(crate) branches: Vec<Branch>,
    pub(crate) lists: Vec<u32>,
    pub(crate) filters: Vec<FirstSet>,
    pub(crate) start: Start,
    /// What CPython asks of the first character in a search, unless the pattern itself asks for it. Where a pattern
    /// changes between ASCII, Unicode and locale rules midway, that is more than the pattern does.
    pub(crate) hint: Option<Single>,
    /// Where a search starts once [`Program::start`] has found a place, and how many characters it has verified.
    pub(crate) entry: (usize, usize),
    /// The unbounded repeat of one character that the pattern begins with, or [`NONE`].
    ///
    /// If no match begins where such a repeat can run from `a` to `b`, then none begins between: whatever follows has
    /// failed from every end that could be reached.
    pub(crate) leading: u32,
    /// The pattern looks at its own groups while it matches.
    pub(crate) refers: bool,
    /// It looks at a group from within that group (or numbers its groups in an odd way), so that each mark must have
    /// CPython's value at each moment, even that of a group left by backtracking.
    pub(crate) exact: bool,
}

impl Program {
    /// Validates and decodes a code array with `groups` capturing groups.
    ///
    /// # Errors
    /// [`InvalidCode`] for anything `re._compiler` does not produce; nothing in an accepted array can make the matcher
    /// panic.
    pub fn new(code: &[u32], groups: u32, locale: &'static Locale) -> Result<Program, InvalidCode> {
        let mut program = decode(code, groups, locale, false)?;
        if program.exact {
            program = decode(code, groups, locale, true)?;
        }
        analyse::analyse(&mut program);
        Ok(program)
    }

    /// Number of capturing groups.
    pub fn groups(&self) -> usize {
        self.groups as usize
    }

    /// The decoded pattern as text, one node a line; for tests and for whoever debugs a pattern.
    pub fn dump(&self) -> String {
        use fmt::Write;
        let mut out = String::new();
        for (at, node) in self.nodes.iter().enumerate() {
            let detail: Option<&dyn fmt::Debug> = match *node {
                Node::One(id) | Node::LazyOne(id) | Node::PossessiveOne(id) => Some(&self.ones[id as usize]),
                Node::Repeat(id) => Some(&self.repeats[id as usize]),
                Node::Opt(id) | Node::LazyOpt(id) => Some(&self.opts[id as usize]),
                Node::PossessiveRepeat(id) => Some(&self.possessives[id as usize]),
                Node::Atomic(id) | Node::Assert(id) | Node::AssertNot(id) => Some(&self.bodies[id as usize]),
                Node::Look(id) => Some(&self.looks[id as usize]),
                Node::Branch(id) => Some(&self.branches[id as usize].alternatives),
                _ => None,
            };
            // Writing to a String cannot fail.
            let _ = match detail {
                Some(detail) => writeln!(out, "{at:4} {node:?} {detail:?}"),
                None => writeln!(out, "{at:4} {node:?}"),
            };
        }
        out
    }
}
