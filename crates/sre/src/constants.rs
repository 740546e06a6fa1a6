//! The numbers that `re/_constants.py` and this engine agree on.
//!
//! A code array is a flat list of 32-bit words. An operator is followed by its operands; a *skip* is relative to the
//! word that holds it. The numbering is that of [`MAGIC`].

/// Version of the code array; `re._compiler` refuses an engine with another one.
pub const MAGIC: u32 = 20_230_612;
/// Bytes in a word of code.
pub const CODESIZE: usize = 4;
/// "No upper bound" of a repetition.
pub const MAXREPEAT: u32 = u32::MAX;
/// Most groups a pattern may have.
pub const MAXGROUPS: u32 = u32::MAX / 4;

/// Bits of an information block: it holds a literal prefix, a set of first characters.
pub(crate) const INFO_PREFIX: u32 = 1;
pub(crate) const INFO_CHARSET: u32 = 4;

/// Numbers names from zero.
macro_rules! numbered {
    ($($name:ident),* $(,)?) => { numbered!(@ 0; $($name,)*); };
    (@ $n:expr; $name:ident, $($rest:ident,)*) => {
        pub(crate) const $name: u32 = $n;
        numbered!(@ $n + 1; $($rest,)*);
    };
    (@ $n:expr;) => {};
}

/// Operators. One of them only stands in the parser's output.
#[allow(dead_code, reason = "named for the numbering")]
pub(crate) mod op {
    numbered!(
        FAILURE,
        SUCCESS,
        ANY,
        ANY_ALL,
        ASSERT,
        ASSERT_NOT,
        AT,
        BRANCH,
        CATEGORY,
        CHARSET,
        BIGCHARSET,
        GROUPREF,
        GROUPREF_EXISTS,
        IN,
        INFO,
        JUMP,
        LITERAL,
        MARK,
        MAX_UNTIL,
        MIN_UNTIL,
        NOT_LITERAL,
        NEGATE,
        RANGE,
        REPEAT,
        REPEAT_ONE,
        SUBPATTERN,
        MIN_REPEAT_ONE,
        ATOMIC_GROUP,
        POSSESSIVE_REPEAT,
        POSSESSIVE_REPEAT_ONE,
        GROUPREF_IGNORE,
        IN_IGNORE,
        LITERAL_IGNORE,
        NOT_LITERAL_IGNORE,
        GROUPREF_LOC_IGNORE,
        IN_LOC_IGNORE,
        LITERAL_LOC_IGNORE,
        NOT_LITERAL_LOC_IGNORE,
        GROUPREF_UNI_IGNORE,
        IN_UNI_IGNORE,
        LITERAL_UNI_IGNORE,
        NOT_LITERAL_UNI_IGNORE,
        RANGE_UNI_IGNORE,
    );
}

/// Positions, the operand of `AT`.
pub(crate) mod at {
    numbered!(
        BEGINNING,
        BEGINNING_LINE,
        BEGINNING_STRING,
        BOUNDARY,
        NON_BOUNDARY,
        END,
        END_LINE,
        END_STRING,
        LOC_BOUNDARY,
        LOC_NON_BOUNDARY,
        UNI_BOUNDARY,
        UNI_NON_BOUNDARY,
    );
}

/// Character categories, the operand of `CATEGORY`.
pub(crate) mod category {
    numbered!(
        DIGIT,
        NOT_DIGIT,
        SPACE,
        NOT_SPACE,
        WORD,
        NOT_WORD,
        LINEBREAK,
        NOT_LINEBREAK,
        LOC_WORD,
        LOC_NOT_WORD,
        UNI_DIGIT,
        UNI_NOT_DIGIT,
        UNI_SPACE,
        UNI_NOT_SPACE,
        UNI_WORD,
        UNI_NOT_WORD,
        UNI_LINEBREAK,
        UNI_NOT_LINEBREAK,
    );
}
