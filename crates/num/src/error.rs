//! Errors of numeric operations: one enum whose `Display` is CPython's text and whose `kind` is the exception to raise.
//!
//! Texts that need the `repr` of an argument or the name of a type known only to the virtual machine are not here: the
//! operation returns a variant without text (`InvalidLiteral`) and the caller words it.

use std::borrow::Cow;
use std::fmt;

/// The Python exception an error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExceptionKind {
    Value,
    Overflow,
    ZeroDivision,
    Memory,
    Type,
    /// The interruption callback answered `true`: the exception is already pending at the caller.
    Interrupted,
}

/// `Result` with this crate's error.
pub type Result<T> = std::result::Result<T, NumError>;

/// Polled in long loops; `true` ends the operation with [`NumError::Interrupted`].
pub type Poll<'a> = &'a mut dyn FnMut() -> bool;

/// A poll that never interrupts.
pub fn never() -> bool {
    false
}

macro_rules! errors {
    (
        plain { $( $name:ident $kind:ident $text:literal; )* }
        data { $( $dname:ident ( $($arg:ident : $ty:ty),* ) $dkind:ident $dtext:literal $(, $shown:expr)*; )* }
    ) => {
        /// Every way an operation of this crate fails.
        #[derive(Clone, Debug, PartialEq)]
        pub enum NumError {
            $( #[doc = $text] $name, )*
            $( #[doc = $dtext] $dname($($ty),*), )*
        }

        impl NumError {
            /// The exception to raise.
            pub fn kind(&self) -> ExceptionKind {
                match self {
                    $( NumError::$name => ExceptionKind::$kind, )*
                    $( NumError::$dname(..) => ExceptionKind::$dkind, )*
                }
            }
        }

        impl fmt::Display for NumError {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $( NumError::$name => f.write_str($text), )*
                    $( NumError::$dname($($arg),*) => write!(f, $dtext $(, $shown)*), )*
                }
            }
        }
    };
}

errors! {
    plain {
        Memory Memory "out of memory";
        Interrupted Interrupted "interrupted";
        DivisionByZero ZeroDivision "division by zero";
        ZeroToNegativePower ZeroDivision "zero to a negative power";
        ZeroToComplexPower ZeroDivision "zero to a negative or complex power";
        PowModulusZero Value "pow() 3rd argument cannot be 0";
        NotInvertible Value "base is not invertible for the given modulus";
        NegativeShift Value "negative shift count";
        TooManyDigits Overflow "too many digits in integer";
        IntTooLargeForFloat Overflow "int too large to convert to float";
        QuotientTooLarge Overflow "integer division result too large for a float";
        NanToInt Value "cannot convert float NaN to integer";
        InfinityToInt Overflow "cannot convert float infinity to integer";
        NanToRatio Value "cannot convert NaN to integer ratio";
        InfinityToRatio Overflow "cannot convert Infinity to integer ratio";
        IntTooBigForBytes Overflow "int too big to convert";
        NegativeForUnsigned Overflow "can't convert negative int to unsigned";
        BadBase Value "int() base must be >= 2 and <= 36, or 0";
        InvalidLiteral Value "invalid literal";
        NegativeIsqrt Value "isqrt() argument must be nonnegative";
        NegativeFactorial Value "factorial() not defined for negative values";
        FactorialTooLarge Overflow "factorial() argument should not exceed 9223372036854775807";
        NegativeN Value "n must be a non-negative integer";
        NegativeK Value "k must be a non-negative integer";
        KTooLarge Overflow "k must not exceed 9223372036854775807";
        MinKTooLarge Overflow "min(n - k, k) must not exceed 9223372036854775807";
        FloatPowOverflow Overflow "(34, 'Numerical result out of range')";
        RoundOverflow Overflow "rounded value too large to represent";
        HexInvalid Value "invalid hexadecimal floating-point string";
        HexTooLarge Overflow "hexadecimal value too large to represent as a float";
        HexTooLong Value "hexadecimal string too long to convert";
        ComplexMalformed Value "complex() arg is a malformed string";
        ComplexExponentiation Overflow "complex exponentiation";
        ComplexAbsOverflow Overflow "absolute value too large";
        MathDomain Value "math domain error";
        MathRange Overflow "math range error";
        FmaOverflow Overflow "overflow in fma";
        FmaInvalid Value "invalid operation in fma";
        FsumOverflow Overflow "intermediate overflow in fsum";
        FsumInfinities Value "-inf + inf in fsum";
        DimensionMismatch Value "both points must have the same number of dimensions";
        LengthMismatch Value "Inputs are not the same length";
        NonPositiveInput Value "expected a positive input";
        TooManyFormatDigits Value "Too many decimal digits in format string";
        MissingPrecision Value "Format specifier missing precision";
        PrecisionTooBig Value "precision too big";
        WidthTooBig Value "width too big";
        BothSeparators Value "Cannot specify both ',' and '_'.";
        StrSign Value "Sign not allowed in string format specifier";
        StrSpace Value "Space not allowed in string format specifier";
        StrNegativeZero Value "Negative zero coercion (z) not allowed in string format specifier";
        StrAlternate Value "Alternate form (#) not allowed in string format specifier";
        StrEqualsAlign Value "'=' alignment not allowed in string format specifier";
        IntPrecision Value "Precision not allowed in integer format specifier";
        IntNegativeZero Value "Negative zero coercion (z) not allowed in integer format specifier";
        CharSign Value "Sign not allowed with integer format specifier 'c'";
        CharAlternate Value "Alternate form (#) not allowed with integer format specifier 'c'";
        CharRange Overflow "%c arg not in range(0x110000)";
        ByteCharRange Overflow "%c arg not in range(256)";
        IntTooLargeForLong Overflow "Python int too large to convert to C long";
        ComplexZeroPadding Value "Zero padding is not allowed in complex format specifier";
        ComplexEqualsAlign Value "'=' alignment flag is not allowed in complex format specifier";
        IncompleteFormat Value "incomplete format";
        IncompleteFormatKey Value "incomplete format key";
        PrecTooBig Value "prec too big";
        HalfTooLarge Overflow "float too large to pack with e format";
        SingleTooLarge Overflow "float too large to pack with f format";
    }
    data {
        DigitLimitText(limit: usize, digits: usize) Value
            "Exceeds the limit ({} digits) for integer string conversion: value has {} digits; \
             use sys.set_int_max_str_digits() to increase the limit", limit, digits;
        DigitLimit(limit: usize) Value
            "Exceeds the limit ({} digits) for integer string conversion; \
             use sys.set_int_max_str_digits() to increase the limit", limit;
        FiniteExpected(x: f64) Value "expected a finite input, got {}", Shown(*x);
        PositiveExpected(x: f64) Value "expected a positive input, got {}", Shown(*x);
        NonNegativeExpected(x: f64) Value "expected a nonnegative input, got {}", Shown(*x);
        UnitRangeExpected(x: f64) Value "expected a number in range from -1 up to 1, got {}", Shown(*x);
        OpenUnitExpected(x: f64) Value "expected a number between -1 and 1, got {}", Shown(*x);
        AtLeastOneExpected(x: f64) Value "expected argument value not less than 1, got {}", Shown(*x);
        AboveMinusOneExpected(x: f64) Value "expected argument value > -1, got {}", Shown(*x);
        GammaPole(x: f64) Value "expected a noninteger or positive integer, got {}", Shown(*x);
        UnknownFormatCode(code: u32, kind: Cow<'static, str>) Value
            "Unknown format code {} for object of type '{}'", CodeShown(*code), kind;
        InvalidFormatSpec(spec: Box<str>, kind: Cow<'static, str>) Value
            "Invalid format specifier '{}' for object of type '{}'", spec, kind;
        SeparatorWith(separator: char, code: u32) Value "Cannot specify '{}' with {}.", separator, CodeShown(*code);
        UnsupportedFormatChar(code: u32, index: usize) Value
            "unsupported format character '{}' (0x{:x}) at index {}",
            (if (32..127).contains(code) { *code as u8 as char } else { '?' }), code, index;
    }
}

/// A float in an error message, as `repr` writes it.
struct Shown(f64);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(crate::float::repr(self.0, &mut crate::float::ReprBuffer::new()))
    }
}

/// A format code in an error message: itself when printable ASCII, escaped otherwise.
struct CodeShown(u32);

impl fmt::Display for CodeShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            code @ 33..=127 => write!(f, "'{}'", code as u8 as char),
            code => write!(f, "'\\x{code:x}'"),
        }
    }
}

impl std::error::Error for NumError {}
