//! Arithmetic, and conversion to numbers.

use crate::slots::{self, BinaryFn, BinaryOp};
use crate::{Result, Value, Vm};
use taipan_object::IntRef;

impl BinaryOp {
    /// How the operator is written.
    pub fn symbol(self) -> &'static str {
        const SYMBOLS: [&str; slots::BINARY_SLOTS] = [
            "+",
            "&",
            "//",
            "<<",
            "@",
            "*",
            "%",
            "|",
            "** or pow()",
            ">>",
            "-",
            "/",
            "^",
            "+=",
            "&=",
            "//=",
            "<<=",
            "@=",
            "*=",
            "%=",
            "|=",
            "**=",
            ">>=",
            "-=",
            "/=",
            "^=",
            "divmod()",
        ];
        SYMBOLS[self as usize]
    }

    /// The operator of a number, as `BINARY_OP` counts them.
    pub fn from_number(n: usize) -> Option<BinaryOp> {
        use BinaryOp::*;
        const ALL: [BinaryOp; slots::BINARY_SLOTS] = [
            ADD,
            AND,
            FLOOR_DIVIDE,
            LSHIFT,
            MATRIX_MULTIPLY,
            MULTIPLY,
            REMAINDER,
            OR,
            POWER,
            RSHIFT,
            SUBTRACT,
            TRUE_DIVIDE,
            XOR,
            INPLACE_ADD,
            INPLACE_AND,
            INPLACE_FLOOR_DIVIDE,
            INPLACE_LSHIFT,
            INPLACE_MATRIX_MULTIPLY,
            INPLACE_MULTIPLY,
            INPLACE_REMAINDER,
            INPLACE_OR,
            INPLACE_POWER,
            INPLACE_RSHIFT,
            INPLACE_SUBTRACT,
            INPLACE_TRUE_DIVIDE,
            INPLACE_XOR,
            DIVMOD,
        ];
        ALL.get(n).copied()
    }

    fn without_inplace(self) -> Option<BinaryOp> {
        let n = self as usize;
        if (13..26).contains(&n) { BinaryOp::from_number(n - 13) } else { None }
    }
}

impl Vm {
    /// `a op b` by the operator slots alone; `NotImplemented` if neither operand can.
    fn binary_slots(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Result {
        let left = slots::of(a.ty()).binary[op as usize];
        let right = if a.ty().is(b.ty()) { None } else { slots::of(b.ty()).binary[op as usize] };
        let right: Option<BinaryFn> = right.filter(|r| left.is_none_or(|l| !std::ptr::fn_addr_eq(l, *r)));
        if let Some(l) = left {
            if let Some(r) = right
                && b.ty().is_subtype(a.ty())
            {
                let x = r(self, a, b)?;
                if !x.is_not_implemented() {
                    return Ok(x);
                }
                return l(self, a, b);
            }
            let x = l(self, a, b)?;
            if !x.is_not_implemented() {
                return Ok(x);
            }
        }
        match right {
            Some(r) => r(self, a, b),
            None => Ok(Value::not_implemented()),
        }
    }

    /// `a op b`, in-place operators included.
    pub fn binary(&mut self, op: BinaryOp, a: &Value, b: &Value) -> Result {
        self.check_stack("")?;
        let mut plain = op;
        if let Some(without) = op.without_inplace() {
            plain = without;
            if let Some(f) = slots::of(a.ty()).binary[op as usize] {
                let x = f(self, a, b)?;
                if !x.is_not_implemented() {
                    return Ok(x);
                }
            }
        }
        let x = self.binary_slots(plain, a, b)?;
        if !x.is_not_implemented() {
            return Ok(x);
        }
        if let Some(x) = self.sequence_operator(op, plain, a, b)? {
            return Ok(x);
        }
        let (x, y) = (a.ty().brief_name(), b.ty().brief_name());
        if plain == BinaryOp::RSHIFT && crate::types::native_function::NATIVE_FUNCTION.is_exact(a) {
            let is_print =
                a.downcast::<crate::types::native_function::NativeFunction>().is_some_and(|f| f.def.name == "print");
            if is_print {
                let text = format!(
                    "unsupported operand type(s) for >>: '{x}' and '{y}'. Did you mean \"print(<message>, \
                     file=<output_stream>)\"?"
                );
                return Err(self.raise_type_error(&text));
            }
        }
        Err(self.raise_type_error(&format!("unsupported operand type(s) for {}: '{x}' and '{y}'", op.symbol())))
    }

    /// `+` and `*` of sequences.
    fn sequence_operator(&mut self, op: BinaryOp, plain: BinaryOp, a: &Value, b: &Value) -> Result<Option<Value>> {
        let inplace = op != plain;
        match plain {
            BinaryOp::ADD => {
                let s = slots::of(a.ty());
                let f = if inplace { s.inplace_concat.or(s.concat) } else { s.concat };
                f.map(|f| f(self, a, b)).transpose()
            }
            BinaryOp::MULTIPLY => {
                let s = slots::of(a.ty());
                let f = if inplace { s.inplace_repeat.or(s.repeat) } else { s.repeat };
                if let Some(f) = f {
                    let n = self.repeat_count(b)?;
                    return f(self, a, n).map(Some);
                }
                if let Some(f) = slots::of(b.ty()).repeat {
                    let n = self.repeat_count(a)?;
                    return f(self, b, n).map(Some);
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    fn repeat_count(&mut self, n: &Value) -> Result<isize> {
        if slots::of(n.ty()).index.is_none() {
            let text = format!("can't multiply sequence by non-int of type '{}'", n.ty().name());
            return Err(self.raise_type_error(&text));
        }
        let count = self.index(n)?;
        match count.as_int().and_then(IntRef::to_i64) {
            Some(n) => Ok(n as isize),
            None => {
                let text = format!("cannot fit '{}' into an index-sized integer", n.ty().name());
                Err(self.raise_overflow_error(&text))
            }
        }
    }

    /// `pow(a, b, modulus)`.
    pub fn power(&mut self, a: &Value, b: &Value, modulus: Option<&Value>) -> Result {
        let Some(m) = modulus.filter(|m| !m.is_none()) else { return self.binary(BinaryOp::POWER, a, b) };
        let mut tried = [0; 3];
        // The operand of a subclass goes first, as for other operators.
        let order = if !a.ty().is(b.ty()) && b.ty().is_subtype(a.ty()) { [b, a, m] } else { [a, b, m] };
        for (i, v) in order.into_iter().enumerate() {
            if let Some(f) = slots::of(v.ty()).power_mod
                && !tried.contains(&(f as usize))
            {
                tried[i] = f as usize;
                let x = f(self, a, b, m)?;
                if !x.is_not_implemented() {
                    return Ok(x);
                }
            }
        }
        let text = format!(
            "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
            a.ty().brief_name(),
            b.ty().brief_name(),
            m.ty().brief_name()
        );
        Err(self.raise_type_error(&text))
    }

    fn unary(&mut self, f: Option<slots::UnaryFn>, v: &Value, what: &str) -> Result {
        self.check_stack("")?;
        match f {
            Some(f) => f(self, v),
            None => Err(self.raise_type_error(&format!("bad operand type for {what}: '{}'", v.ty().name()))),
        }
    }

    /// `-v`.
    pub fn neg(&mut self, v: &Value) -> Result {
        self.unary(slots::of(v.ty()).neg, v, "unary -")
    }

    /// `+v`.
    pub fn pos(&mut self, v: &Value) -> Result {
        self.unary(slots::of(v.ty()).pos, v, "unary +")
    }

    /// `~v`.
    pub fn invert(&mut self, v: &Value) -> Result {
        self.unary(slots::of(v.ty()).invert, v, "unary ~")
    }

    /// `abs(v)`.
    pub fn abs(&mut self, v: &Value) -> Result {
        self.unary(slots::of(v.ty()).abs, v, "abs()")
    }

    /// `operator.index(v)`: an int, of exactly that type unless `v` is one of a subclass.
    pub fn index(&mut self, v: &Value) -> Result {
        if v.as_int().is_some() {
            return Ok(v.clone());
        }
        let Some(f) = slots::of(v.ty()).index else {
            let text = format!("'{}' object cannot be interpreted as an integer", v.ty().name());
            return Err(self.raise_type_error(&text));
        };
        let n = f(self, v)?;
        if n.is_exact_int() {
            return Ok(n);
        }
        if n.as_int().is_none() {
            let text = format!("__index__ returned non-int (type {})", n.ty().name());
            return Err(self.raise_type_error(&text));
        }
        let text = format!(
            "__index__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is \
             deprecated, and may be removed in a future version of Python.",
            n.ty().name()
        );
        self.warn(crate::errors::DEPRECATION_WARNING.as_type(), &text, 1)?;
        Ok(n)
    }

    /// An index that fits a C integer type, for native arguments.
    pub fn to_index_i64(&mut self, v: &Value, c_type: &str) -> Result<i64> {
        let n = self.index(v)?;
        match n.as_int().and_then(IntRef::to_i64) {
            Some(n) => Ok(n),
            None => Err(self.int_too_large(c_type)),
        }
    }

    fn int_too_large(&mut self, c_type: &str) -> taipan_object::Raised {
        self.raise_overflow_error(&format!("Python int too large to convert to C {c_type}"))
    }

    /// An index of a sequence; `IndexError` where it does not fit.
    pub fn to_index_isize(&mut self, v: &Value) -> Result<isize> {
        if let Some(n) = v.small_int() {
            return Ok(n as isize);
        }
        let n = self.index(v)?;
        match n.as_int().and_then(IntRef::to_i64) {
            Some(n) => Ok(n as isize),
            None => {
                let text = format!("cannot fit '{}' into an index-sized integer", v.ty().name());
                Err(self.raise_index_error(&text))
            }
        }
    }

    /// An index cut off at the ends, as slices want it.
    pub fn to_index_clamped(&mut self, v: &Value) -> Result<isize> {
        let n = self.index(v)?;
        Ok(match n.as_int() {
            Some(IntRef::Big { negative, .. }) if n.as_int().and_then(IntRef::to_i64).is_none() => {
                if negative {
                    isize::MIN
                } else {
                    isize::MAX
                }
            }
            Some(n) => n.to_i64().unwrap_or(0) as isize,
            None => 0,
        })
    }

    /// `float(v)` for native arguments: `__float__`, or `__index__`.
    pub fn to_f64(&mut self, v: &Value) -> Result<f64> {
        if let Some(x) = v.as_float() {
            return Ok(x);
        }
        let s = slots::of(v.ty());
        if let Some(f) = s.float {
            let x = f(self, v)?;
            if let Some(number) = x.as_float() {
                return Ok(number);
            }
            let text = format!("{}.__float__ returned non-float (type {})", v.ty().name(), x.ty().name());
            return Err(self.raise_type_error(&text));
        }
        if s.index.is_some() {
            let n = self.index(v)?;
            return self.int_to_f64(&n);
        }
        Err(self.raise_type_error(&format!("must be real number, not {}", v.ty().name())))
    }
}
