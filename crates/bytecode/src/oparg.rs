//! The meaning of arguments that are small enumerations.
#![allow(non_camel_case_types, clippy::upper_case_acronyms)]

macro_rules! argument_enum {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $number:literal => $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[repr(u8)]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name {
            $($variant = $number,)*
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            pub const fn from_u32(number: u32) -> Option<$name> {
                match number {
                    $($number => Some($name::$variant),)*
                    _ => None,
                }
            }

            /// How `dis` shows it.
            pub const fn text(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }
        }
    };
}

argument_enum! {
    /// Argument of `BINARY_OP`.
    BinaryOp {
        ADD = 0 => "+", AND = 1 => "&", FLOOR_DIVIDE = 2 => "//", LSHIFT = 3 => "<<", MATRIX_MULTIPLY = 4 => "@",
        MULTIPLY = 5 => "*", REMAINDER = 6 => "%", OR = 7 => "|", POWER = 8 => "**", RSHIFT = 9 => ">>",
        SUBTRACT = 10 => "-", TRUE_DIVIDE = 11 => "/", XOR = 12 => "^", INPLACE_ADD = 13 => "+=",
        INPLACE_AND = 14 => "&=", INPLACE_FLOOR_DIVIDE = 15 => "//=", INPLACE_LSHIFT = 16 => "<<=",
        INPLACE_MATRIX_MULTIPLY = 17 => "@=", INPLACE_MULTIPLY = 18 => "*=", INPLACE_REMAINDER = 19 => "%=",
        INPLACE_OR = 20 => "|=", INPLACE_POWER = 21 => "**=", INPLACE_RSHIFT = 22 => ">>=",
        INPLACE_SUBTRACT = 23 => "-=", INPLACE_TRUE_DIVIDE = 24 => "/=", INPLACE_XOR = 25 => "^=", SUBSCR = 26 => "[]",
    }
}

argument_enum! {
    /// Argument of `COMPARE_OP` above its five low bits; see [`compare`].
    CompareOp {
        LT = 0 => "<", LE = 1 => "<=", EQ = 2 => "==", NE = 3 => "!=", GT = 4 => ">", GE = 5 => ">=",
    }
}

argument_enum! {
    /// Argument of `CALL_INTRINSIC_1`.
    Intrinsic1 {
        INVALID = 0 => "INTRINSIC_1_INVALID", PRINT = 1 => "INTRINSIC_PRINT", IMPORT_STAR = 2 => "INTRINSIC_IMPORT_STAR",
        STOPITERATION_ERROR = 3 => "INTRINSIC_STOPITERATION_ERROR", ASYNC_GEN_WRAP = 4 => "INTRINSIC_ASYNC_GEN_WRAP",
        UNARY_POSITIVE = 5 => "INTRINSIC_UNARY_POSITIVE", LIST_TO_TUPLE = 6 => "INTRINSIC_LIST_TO_TUPLE",
        TYPEVAR = 7 => "INTRINSIC_TYPEVAR", PARAMSPEC = 8 => "INTRINSIC_PARAMSPEC",
        TYPEVARTUPLE = 9 => "INTRINSIC_TYPEVARTUPLE", SUBSCRIPT_GENERIC = 10 => "INTRINSIC_SUBSCRIPT_GENERIC",
        TYPEALIAS = 11 => "INTRINSIC_TYPEALIAS",
    }
}

argument_enum! {
    /// Argument of `CALL_INTRINSIC_2`.
    Intrinsic2 {
        INVALID = 0 => "INTRINSIC_2_INVALID", PREP_RERAISE_STAR = 1 => "INTRINSIC_PREP_RERAISE_STAR",
        TYPEVAR_WITH_BOUND = 2 => "INTRINSIC_TYPEVAR_WITH_BOUND",
        TYPEVAR_WITH_CONSTRAINTS = 3 => "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
        SET_FUNCTION_TYPE_PARAMS = 4 => "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
        SET_TYPEPARAM_DEFAULT = 5 => "INTRINSIC_SET_TYPEPARAM_DEFAULT",
    }
}

argument_enum! {
    /// Argument of `LOAD_SPECIAL`.
    SpecialMethod {
        ENTER = 0 => "__enter__", EXIT = 1 => "__exit__", AENTER = 2 => "__aenter__", AEXIT = 3 => "__aexit__",
    }
}

argument_enum! {
    /// Argument of `LOAD_COMMON_CONSTANT`.
    CommonConstant {
        ASSERTION_ERROR = 0 => "AssertionError", NOT_IMPLEMENTED_ERROR = 1 => "NotImplementedError",
        BUILTIN_TUPLE = 2 => "tuple", BUILTIN_ALL = 3 => "all", BUILTIN_ANY = 4 => "any",
    }
}

argument_enum! {
    /// Argument of `CONVERT_VALUE`.
    Conversion { NONE = 0 => "", STR = 1 => "str", REPR = 2 => "repr", ASCII = 3 => "ascii" }
}

/// `COMPARE_OP`: the operator is shifted left by 5; below it lie the outcomes for which the comparison holds and, in bit 4,
/// whether the result must be converted to a bool.
pub mod compare {
    use super::CompareOp;

    pub const UNORDERED: u32 = 1;
    pub const LESS: u32 = 2;
    pub const GREATER: u32 = 4;
    pub const EQUALS: u32 = 8;
    pub const TO_BOOL: u32 = 16;
    pub const SHIFT: u32 = 5;

    /// The argument for an operator, its result not converted.
    pub const fn arg(op: CompareOp) -> u32 {
        let mask = match op {
            CompareOp::LT => LESS,
            CompareOp::LE => LESS | EQUALS,
            CompareOp::EQ => EQUALS,
            CompareOp::NE => UNORDERED | LESS | GREATER,
            CompareOp::GT => GREATER,
            CompareOp::GE => GREATER | EQUALS,
        };
        (op as u32) << SHIFT | mask
    }
}

/// Bits of `SET_FUNCTION_ATTRIBUTE`.
pub mod function_attribute {
    pub const DEFAULTS: u32 = 0x01;
    pub const KWDEFAULTS: u32 = 0x02;
    pub const ANNOTATIONS: u32 = 0x04;
    pub const CLOSURE: u32 = 0x08;
    pub const ANNOTATE: u32 = 0x10;
}

/// Argument of `RESUME`: where execution resumes, and whether inside a handler that closes the generator at depth one.
pub mod resume {
    pub const AT_FUNC_START: u32 = 0;
    pub const AFTER_YIELD: u32 = 1;
    pub const AFTER_YIELD_FROM: u32 = 2;
    pub const AFTER_AWAIT: u32 = 3;
    pub const LOCATION_MASK: u32 = 3;
    pub const DEPTH1_MASK: u32 = 4;
}
