//! What a block does with a name, as bits, and the scope decided from that.

use std::ops::{BitOr, BitOrAssign};

/// Where a name of a block lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Scope {
    Local = 1,
    /// Declared with `global`.
    GlobalExplicit = 2,
    /// Bound nowhere that is visible.
    GlobalImplicit = 3,
    /// Bound in an enclosing function.
    Free = 4,
    /// Bound here and free in a block inside.
    Cell = 5,
}

/// A set of `DEF_*` bits, with the [`Scope`] above them once it is decided.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Flags(pub u32);

impl Flags {
    pub const NONE: Flags = Flags(0);
    /// A `global` statement.
    pub const DEF_GLOBAL: Flags = Flags(1);
    /// Assigned, or bound in another way.
    pub const DEF_LOCAL: Flags = Flags(1 << 1);
    pub const DEF_PARAM: Flags = Flags(1 << 2);
    /// A `nonlocal` statement.
    pub const DEF_NONLOCAL: Flags = Flags(1 << 3);
    pub const USE: Flags = Flags(1 << 4);
    /// Of a name of a class: also free in one of its methods.
    pub const DEF_FREE_CLASS: Flags = Flags(1 << 6);
    pub const DEF_IMPORT: Flags = Flags(1 << 7);
    pub const DEF_ANNOT: Flags = Flags(1 << 8);
    /// The target of a loop of a comprehension.
    pub const DEF_COMP_ITER: Flags = Flags(1 << 9);
    pub const DEF_TYPE_PARAM: Flags = Flags(1 << 10);
    /// A cell of a comprehension inlined here.
    pub const DEF_COMP_CELL: Flags = Flags(1 << 11);
    pub const DEF_BOUND: Flags =
        Flags(Self::DEF_LOCAL.0 | Self::DEF_PARAM.0 | Self::DEF_IMPORT.0 | Self::DEF_TYPE_PARAM.0);

    pub const SCOPE_OFFSET: u32 = 12;
    /// What the scope depends on; `_symtable.SCOPE_MASK`.
    pub const SCOPE_MASK: Flags =
        Flags(Self::DEF_GLOBAL.0 | Self::DEF_LOCAL.0 | Self::DEF_PARAM.0 | Self::DEF_NONLOCAL.0);

    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether any bit of `mask` is set.
    pub const fn has(self, mask: Flags) -> bool {
        self.0 & mask.0 != 0
    }

    pub const fn scope(self) -> Option<Scope> {
        match self.0 >> Self::SCOPE_OFFSET {
            1 => Some(Scope::Local),
            2 => Some(Scope::GlobalExplicit),
            3 => Some(Scope::GlobalImplicit),
            4 => Some(Scope::Free),
            5 => Some(Scope::Cell),
            _ => None,
        }
    }

    pub const fn with_scope(self, scope: Scope) -> Flags {
        Flags(self.without_scope().0 | (scope as u32) << Self::SCOPE_OFFSET)
    }

    pub const fn without_scope(self) -> Flags {
        Flags(self.0 & ((1 << Self::SCOPE_OFFSET) - 1))
    }
}

impl BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

impl BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Flags) {
        self.0 |= other.0;
    }
}
