//! Code objects and the constants in them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::text::Text;

/// The flags of a code object (`co_flags`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct CodeFlags(pub u32);

impl CodeFlags {
    pub const NONE: CodeFlags = CodeFlags(0);
    pub const OPTIMIZED: CodeFlags = CodeFlags(0x1);
    pub const NEWLOCALS: CodeFlags = CodeFlags(0x2);
    pub const VARARGS: CodeFlags = CodeFlags(0x4);
    pub const VARKEYWORDS: CodeFlags = CodeFlags(0x8);
    pub const NESTED: CodeFlags = CodeFlags(0x10);
    pub const GENERATOR: CodeFlags = CodeFlags(0x20);
    pub const COROUTINE: CodeFlags = CodeFlags(0x80);
    pub const ITERABLE_COROUTINE: CodeFlags = CodeFlags(0x100);
    pub const ASYNC_GENERATOR: CodeFlags = CodeFlags(0x200);
    pub const FUTURE_DIVISION: CodeFlags = CodeFlags(0x2_0000);
    pub const FUTURE_ABSOLUTE_IMPORT: CodeFlags = CodeFlags(0x4_0000);
    pub const FUTURE_WITH_STATEMENT: CodeFlags = CodeFlags(0x8_0000);
    pub const FUTURE_PRINT_FUNCTION: CodeFlags = CodeFlags(0x10_0000);
    pub const FUTURE_UNICODE_LITERALS: CodeFlags = CodeFlags(0x20_0000);
    pub const FUTURE_BARRY_AS_BDFL: CodeFlags = CodeFlags(0x40_0000);
    pub const FUTURE_GENERATOR_STOP: CodeFlags = CodeFlags(0x80_0000);
    pub const FUTURE_ANNOTATIONS: CodeFlags = CodeFlags(0x100_0000);
    pub const NO_MONITORING_EVENTS: CodeFlags = CodeFlags(0x200_0000);
    pub const HAS_DOCSTRING: CodeFlags = CodeFlags(0x400_0000);
    pub const METHOD: CodeFlags = CodeFlags(0x800_0000);

    pub const fn union(self, other: CodeFlags) -> CodeFlags {
        CodeFlags(self.0 | other.0)
    }

    pub const fn contains(self, other: CodeFlags) -> bool {
        self.0 & other.0 == other.0
    }

    pub const fn intersects(self, other: CodeFlags) -> bool {
        self.0 & other.0 != 0
    }

    pub fn insert(&mut self, other: CodeFlags) {
        self.0 |= other.0;
    }
}

impl std::ops::BitOr for CodeFlags {
    type Output = CodeFlags;

    fn bitor(self, other: CodeFlags) -> CodeFlags {
        self.union(other)
    }
}

/// What kinds of variable a fast local is (an entry of `localspluskinds`); bits that may be combined.
pub mod local_kind {
    pub const ARG_POS: u8 = 0x02;
    pub const ARG_KW: u8 = 0x04;
    pub const ARG_VAR: u8 = 0x08;
    pub const HIDDEN: u8 = 0x10;
    pub const LOCAL: u8 = 0x20;
    pub const CELL: u8 = 0x40;
    pub const FREE: u8 = 0x80;
}

/// A compiled block of Python: what `types.CodeType` shows, less what can be derived.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Code {
    /// Positional parameters, positional-only ones included.
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    pub flags: CodeFlags,
    /// Canonical bytecode: two bytes a code unit, `CACHE` entries included and zero.
    pub code: Vec<u8>,
    pub consts: Vec<Const>,
    pub names: Vec<Text>,
    /// Arguments, other locals, cells, free variables.
    pub localsplusnames: Vec<Text>,
    /// One set of [`local_kind`] bits for each of `localsplusnames`.
    pub localspluskinds: Vec<u8>,
    pub filename: Text,
    pub name: Text,
    pub qualname: Text,
    pub firstlineno: i32,
    pub linetable: Vec<u8>,
    pub exceptiontable: Vec<u8>,
}

impl Code {
    fn names_of_kind(&self, kind: u8) -> impl Iterator<Item = &Text> {
        self.localsplusnames.iter().zip(&self.localspluskinds).filter(move |(_, k)| **k & kind != 0).map(|(n, _)| n)
    }

    /// `co_varnames`
    pub fn varnames(&self) -> impl Iterator<Item = &Text> {
        self.names_of_kind(local_kind::LOCAL)
    }

    /// `co_cellvars`
    pub fn cellvars(&self) -> impl Iterator<Item = &Text> {
        self.names_of_kind(local_kind::CELL)
    }

    /// `co_freevars`
    pub fn freevars(&self) -> impl Iterator<Item = &Text> {
        self.names_of_kind(local_kind::FREE)
    }

    /// The code objects among the constants.
    pub fn children(&self) -> impl Iterator<Item = &Arc<Code>> {
        self.consts.iter().filter_map(|c| match c {
            Const::Code(code) => Some(code),
            _ => None,
        })
    }
}

/// An integer that does not fit 64 bits: sign and magnitude, 30 bits a digit, least significant first, the last not zero.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BigInt {
    pub negative: bool,
    pub digits: Vec<u32>,
}

/// A constant.
///
/// Equality is that of the keys under which CPython merges constants: `1`, `1.0` and `True` differ, and so do `0.0` and
/// `-0.0`; frozen sets compare as sets. Floats compare by their bits, so a NaN equals itself.
#[derive(Clone, Debug)]
pub enum Const {
    None,
    True,
    False,
    Ellipsis,
    /// Every integer that fits.
    Int(i64),
    BigInt(Arc<BigInt>),
    Float(f64),
    Complex {
        real: f64,
        imag: f64,
    },
    Str(Text),
    Bytes(Arc<[u8]>),
    Tuple(Arc<[Const]>),
    /// In the order of insertion, without duplicates.
    FrozenSet(Arc<[Const]>),
    /// Start, stop, step.
    Slice(Arc<[Const; 3]>),
    Code(Arc<Code>),
}

impl Const {
    /// From sign and magnitude in 30-bit digits (leading zeros allowed).
    pub fn from_digits(negative: bool, mut digits: Vec<u32>) -> Const {
        while digits.last() == Some(&0) {
            digits.pop();
        }
        if digits.len() <= 3 {
            let magnitude = digits.iter().rev().fold(0i128, |n, d| n << 30 | *d as i128);
            if let Ok(n) = i64::try_from(if negative { -magnitude } else { magnitude }) {
                return Const::Int(n);
            }
        }
        Const::BigInt(Arc::new(BigInt { negative, digits }))
    }

    pub fn bool(value: bool) -> Const {
        if value { Const::True } else { Const::False }
    }

    pub fn str(s: &str) -> Const {
        Const::Str(Text::from(s))
    }

    pub fn tuple(items: Vec<Const>) -> Const {
        Const::Tuple(items.into())
    }

    /// A frozen set of the items; of those that are equal in Python (`1 == 1.0 == True`), the first is kept.
    pub fn frozenset(items: Vec<Const>) -> Const {
        let mut seen = std::collections::HashSet::with_capacity(items.len());
        let kept: Vec<Const> = items.into_iter().filter(|item| seen.insert(item.as_element())).collect();
        Const::FrozenSet(kept.into())
    }

    /// The same for all constants that Python takes for equal: an integral number as an int. (A NaN equals itself, as the
    /// same object would.)
    fn as_element(&self) -> Const {
        match self {
            Const::True => Const::Int(1),
            Const::False => Const::Int(0),
            Const::Float(x) => integral(*x).unwrap_or(Const::Float(*x)),
            Const::Complex { real, imag } if *imag == 0.0 => Const::Float(*real).as_element(),
            Const::Complex { real, imag } => Const::Complex { real: *real + 0.0, imag: *imag },
            Const::Tuple(items) => Const::Tuple(items.iter().map(Const::as_element).collect()),
            Const::FrozenSet(items) => Const::FrozenSet(items.iter().map(Const::as_element).collect()),
            value => value.clone(),
        }
    }
}

impl From<i64> for Const {
    fn from(n: i64) -> Const {
        Const::Int(n)
    }
}

impl From<Text> for Const {
    fn from(t: Text) -> Const {
        Const::Str(t)
    }
}

impl PartialEq for Const {
    fn eq(&self, other: &Const) -> bool {
        use Const::*;
        match (self, other) {
            (None, None) | (True, True) | (False, False) | (Ellipsis, Ellipsis) => true,
            (Int(a), Int(b)) => a == b,
            (BigInt(a), BigInt(b)) => a == b,
            (Float(a), Float(b)) => a.to_bits() == b.to_bits(),
            (Complex { real: a, imag: b }, Complex { real: c, imag: d }) => {
                a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits()
            }
            (Str(a), Str(b)) => a == b,
            (Bytes(a), Bytes(b)) => a == b,
            (Tuple(a), Tuple(b)) => a == b,
            (Slice(a), Slice(b)) => a == b,
            (FrozenSet(a), FrozenSet(b)) => {
                a.len() == b.len() && {
                    let set: std::collections::HashSet<&Const> = a.iter().collect();
                    b.iter().all(|item| set.contains(item))
                }
            }
            (Code(a), Code(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

impl Eq for Const {}

impl Hash for Const {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Const::None | Const::True | Const::False | Const::Ellipsis => {}
            Const::Int(n) => n.hash(state),
            Const::BigInt(n) => n.hash(state),
            Const::Float(x) => x.to_bits().hash(state),
            Const::Complex { real, imag } => (real.to_bits(), imag.to_bits()).hash(state),
            Const::Str(t) => t.hash(state),
            Const::Bytes(b) => b.hash(state),
            Const::Tuple(items) => items.hash(state),
            Const::FrozenSet(items) => items.len().hash(state),
            Const::Slice(parts) => parts.hash(state),
            Const::Code(code) => (&code.name, code.firstlineno, &code.code).hash(state),
        }
    }
}

/// As Python's `repr`, near enough for dumps; a code object shows as in `dis`, without its address.
impl fmt::Display for Const {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Const::None => f.write_str("None"),
            Const::True => f.write_str("True"),
            Const::False => f.write_str("False"),
            Const::Ellipsis => f.write_str("Ellipsis"),
            Const::Int(n) => write!(f, "{n}"),
            Const::BigInt(n) => {
                f.write_str(if n.negative { "-0x" } else { "0x" })?;
                hex_of_digits(&n.digits, f)
            }
            Const::Float(x) => write!(f, "{x:?}"),
            Const::Complex { real, imag } => write!(f, "({real:?}{imag:+?}j)"),
            Const::Str(t) => write!(f, "{t:?}"),
            Const::Bytes(b) => write!(f, "b'{}'", b.escape_ascii()),
            Const::Tuple(items) if items.len() == 1 => write!(f, "({},)", items[0]),
            Const::Tuple(items) => list(f, "(", items, ")"),
            Const::FrozenSet(items) => list(f, "frozenset({", items, "})"),
            Const::Slice(parts) => list(f, "slice(", &parts[..], ")"),
            Const::Code(code) => {
                write!(f, "<code object {}, file \"{}\", line {}>", code.name, code.filename, code.firstlineno)
            }
        }
    }
}

/// The integer that a float equals, if it equals one.
fn integral(x: f64) -> Option<Const> {
    if !x.is_finite() || x.fract() != 0.0 {
        return None;
    }
    if x.abs() < 9e18 {
        return Some(Const::Int(x as i64));
    }
    // At least 2**62, so the exponent is positive.
    let bits = x.abs().to_bits();
    let shift = (bits >> 52) as usize - 1075;
    let mantissa = ((bits & ((1 << 52) - 1) | 1 << 52) as u128) << (shift % 30);
    let mut digits = vec![0; shift / 30];
    digits.extend([0, 30, 60].map(|low| (mantissa >> low) as u32 & 0x3FFF_FFFF));
    Some(Const::from_digits(x < 0.0, digits))
}

fn list(f: &mut fmt::Formatter<'_>, open: &str, items: &[Const], close: &str) -> fmt::Result {
    f.write_str(open)?;
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    f.write_str(close)
}

fn hex_of_digits(digits: &[u32], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut nibbles = Vec::new();
    let (mut acc, mut bits) = (0u64, 0);
    for d in digits {
        acc |= (*d as u64) << bits;
        bits += 30;
        while bits >= 4 {
            nibbles.push((acc & 15) as u8);
            acc >>= 4;
            bits -= 4;
        }
    }
    nibbles.push(acc as u8);
    while nibbles.len() > 1 && nibbles.last() == Some(&0) {
        nibbles.pop();
    }
    nibbles.iter().rev().try_for_each(|n| write!(f, "{n:x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_strict_about_types_and_signs() {
        assert_ne!(Const::Int(1), Const::True);
        assert_ne!(Const::Float(0.0), Const::Float(-0.0));
        assert_eq!(Const::Float(f64::NAN), Const::Float(f64::NAN));
        assert_ne!(Const::tuple(vec![Const::Int(0)]), Const::tuple(vec![Const::Float(0.0)]));
        let ab = Const::frozenset(vec![Const::str("a"), Const::str("b"), Const::str("a")]);
        let ba = Const::frozenset(vec![Const::str("b"), Const::str("a")]);
        assert_eq!(ab, ba);
        let numbers = vec![Const::Int(1), Const::Float(1.0), Const::True, Const::Float(2.0), Const::Float(1e30)];
        assert_eq!(Const::frozenset(numbers).to_string(), "frozenset({1, 2.0, 1e30})");
        assert_eq!(integral(-(2f64.powi(70))), Some(Const::from_digits(true, vec![0, 0, 1 << 10])));
    }

    #[test]
    fn integers_normalise() {
        assert_eq!(Const::from_digits(true, vec![0, 0, 8, 0]), Const::Int(i64::MIN));
        assert!(matches!(Const::from_digits(false, vec![0, 0, 8]), Const::BigInt(_)));
        assert_eq!(Const::from_digits(false, vec![0, 0, 8]).to_string(), "0x8000000000000000");
    }
}
