//! `_operator`: the operators as functions, and callables that fetch attributes and items.

mod getters;

use taipan_macros::module;
use taipan_object::Str;
use taipan_vm::native::Args;
use taipan_vm::slots::{self, BinaryOp, CompareOp};
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_operator`.
pub struct OperatorModule;

/// A function for each operator, and those that are more than an operator.
macro_rules! operators {
    (
        binary { $($b:ident $b_name:tt $b_op:ident $b_doc:tt;)* }
        compare { $($c:ident $c_op:ident $c_doc:tt;)* }
        unary { $($u:ident $u_method:ident $u_doc:tt;)* }
    ) => {
        /// Operator interface.
        ///
        /// The operators of Python as functions: operator.add(x, y) is x + y. They
        /// have the names of the special methods, without the underscores.
        #[module(name = "_operator")]
        impl OperatorModule {
            $(
                #[doc = $b_doc]
                #[function("(a, b, /)", name = $b_name)]
                fn $b(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                    vm.binary(BinaryOp::$b_op, a, b)
                }
            )*
            $(
                #[doc = $c_doc]
                #[function("(a, b, /)")]
                fn $c(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                    vm.compare(a, b, CompareOp::$c_op)
                }
            )*
            $(
                #[doc = $u_doc]
                #[function("(a, /)")]
                fn $u(vm: &mut Vm, a: &Value) -> Result {
                    vm.$u_method(a)
                }
            )*

            /// Same as not a.
            #[function("(a, /)", name = "not_")]
            fn not(vm: &mut Vm, a: bool) -> Result<bool> {
                let _ = vm;
                Ok(!a)
            }

            /// Return True if a is true, False otherwise.
            #[function("(a, /)")]
            fn truth(vm: &mut Vm, a: bool) -> Result<bool> {
                let _ = vm;
                Ok(a)
            }

            /// Same as a.__index__()
            #[function("(a, /)")]
            fn index(vm: &mut Vm, a: &Value) -> Result {
                let n = vm.index(a)?;
                vm.exact_int(&n)
            }

            /// Same as a is b.
            #[function("(a, b, /)", name = "is_")]
            fn is(_vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
                Ok(a.is(b))
            }

            /// Same as a is not b.
            #[function("(a, b, /)")]
            fn is_not(_vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
                Ok(!a.is(b))
            }

            /// Same as a is None.
            #[function("(a, /)")]
            fn is_none(_vm: &mut Vm, a: &Value) -> Result<bool> {
                Ok(a.is_none())
            }

            /// Same as a is not None.
            #[function("(a, /)")]
            fn is_not_none(_vm: &mut Vm, a: &Value) -> Result<bool> {
                Ok(!a.is_none())
            }

            /// Same as a + b, for a and b sequences.
            #[function("(a, b, /)")]
            fn concat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                concatenate(vm, a, b, BinaryOp::ADD)
            }

            /// Same as a += b, for a and b sequences.
            #[function("(a, b, /)")]
            fn iconcat(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                concatenate(vm, a, b, BinaryOp::INPLACE_ADD)
            }

            /// Same as b in a (note reversed operands).
            #[function("(a, b, /)")]
            fn contains(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
                vm.contains(a, b)
            }

            /// Return the number of items in a which are, or which equal, b.
            #[function("(a, b, /)", name = "countOf")]
            fn count_of(vm: &mut Vm, a: &Value, b: &Value) -> Result<usize> {
                let it = search(vm, a)?;
                let mut n = 0;
                while let Some(item) = vm.next(&it)? {
                    n += usize::from(vm.equal(&item, b)?);
                }
                Ok(n)
            }

            /// Return the first index of b in a.
            #[function("(a, b, /)", name = "indexOf")]
            fn index_of(vm: &mut Vm, a: &Value, b: &Value) -> Result<usize> {
                let it = search(vm, a)?;
                let mut n = 0;
                while let Some(item) = vm.next(&it)? {
                    if vm.equal(&item, b)? {
                        return Ok(n);
                    }
                    n += 1;
                }
                Err(vm.raise_value_error("sequence.index(x): x not in sequence"))
            }

            /// Same as a[b].
            #[function("(a, b, /)")]
            fn getitem(vm: &mut Vm, a: &Value, b: &Value) -> Result {
                vm.get_item(a, b)
            }

            /// Same as a[b] = c.
            #[function("(a, b, c, /)")]
            fn setitem(vm: &mut Vm, a: &Value, b: &Value, c: &Value) -> Result<()> {
                vm.set_item(a, b, Some(c.clone()))
            }

            /// Same as del a[b].
            #[function("(a, b, /)")]
            fn delitem(vm: &mut Vm, a: &Value, b: &Value) -> Result<()> {
                vm.set_item(a, b, None)
            }

            /// Return an estimate of the number of items in obj.
            ///
            /// This is useful for presizing containers when building from an iterable.
            ///
            /// If the object supports len(), the result will be exact.
            /// Otherwise, it may over- or under-estimate by an arbitrary amount.
            #[function("(obj, default=0, /)")]
            fn length_hint(vm: &mut Vm, obj: &Value, default: Option<isize>) -> Result<isize> {
                let default = default.unwrap_or(0);
                // The hint is asked for with a value that it cannot be.
                match vm.length_hint(obj, usize::MAX)? {
                    usize::MAX => Ok(default),
                    n => Ok(n as isize),
                }
            }

            /// Same as obj(*args, **kwargs).
            #[function("(obj, /, *args, **kwargs)")]
            fn call(vm: &mut Vm, args: Args<'_>) -> Result {
                match args.split_first() {
                    Some((callee, rest)) => vm.call_args(callee, rest),
                    None => Err(vm.raise_type_error("call expected at least 1 argument, got 0")),
                }
            }

            /// Return 'a == b'.
            ///
            /// The time that this takes depends on neither the values nor where they
            /// differ, only on their lengths, so that secrets may be compared with it.
            /// a and b are both str, of ASCII characters only, or any bytes-like objects.
            #[function("(a, b, /)")]
            fn _compare_digest(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
                compare_digest(vm, a, b)
            }

            #[exec]
            fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
                vm.add_class(module, &getters::AttrGetterClass::class_def())?;
                vm.add_class(module, &getters::ItemGetterClass::class_def())?;
                vm.add_class(module, &getters::MethodCallerClass::class_def())
            }
        }
    };
}

operators! {
    binary {
        add "add" ADD "Same as a + b.";
        and "and_" AND "Same as a & b.";
        floordiv "floordiv" FLOOR_DIVIDE "Same as a // b.";
        lshift "lshift" LSHIFT "Same as a << b.";
        matmul "matmul" MATRIX_MULTIPLY "Same as a @ b.";
        mod_ "mod" REMAINDER "Same as a % b.";
        mul "mul" MULTIPLY "Same as a * b.";
        or "or_" OR "Same as a | b.";
        pow "pow" POWER "Same as a ** b.";
        rshift "rshift" RSHIFT "Same as a >> b.";
        sub "sub" SUBTRACT "Same as a - b.";
        truediv "truediv" TRUE_DIVIDE "Same as a / b.";
        xor "xor" XOR "Same as a ^ b.";
        iadd "iadd" INPLACE_ADD "Same as a += b.";
        iand "iand" INPLACE_AND "Same as a &= b.";
        ifloordiv "ifloordiv" INPLACE_FLOOR_DIVIDE "Same as a //= b.";
        ilshift "ilshift" INPLACE_LSHIFT "Same as a <<= b.";
        imatmul "imatmul" INPLACE_MATRIX_MULTIPLY "Same as a @= b.";
        imod "imod" INPLACE_REMAINDER "Same as a %= b.";
        imul "imul" INPLACE_MULTIPLY "Same as a *= b.";
        ior "ior" INPLACE_OR "Same as a |= b.";
        ipow "ipow" INPLACE_POWER "Same as a **= b.";
        irshift "irshift" INPLACE_RSHIFT "Same as a >>= b.";
        isub "isub" INPLACE_SUBTRACT "Same as a -= b.";
        itruediv "itruediv" INPLACE_TRUE_DIVIDE "Same as a /= b.";
        ixor "ixor" INPLACE_XOR "Same as a ^= b.";
    }
    compare {
        lt Lt "Same as a < b.";
        le Le "Same as a <= b.";
        eq Eq "Same as a == b.";
        ne Ne "Same as a != b.";
        gt Gt "Same as a > b.";
        ge Ge "Same as a >= b.";
    }
    unary {
        neg neg "Same as -a.";
        pos pos "Same as +a.";
        inv invert "Same as ~a.";
        invert invert "Same as ~a.";
        abs abs "Same as abs(a).";
    }
}

/// `PySequence_Concat`: what has no sequence slots adds, if both operands are sequences.
fn concatenate(vm: &mut Vm, a: &Value, b: &Value, op: BinaryOp) -> Result {
    let s = *slots::of(a.ty());
    let f = if op == BinaryOp::INPLACE_ADD { s.inplace_concat.or(s.concat) } else { s.concat };
    if let Some(f) = f {
        return f(vm, a, b);
    }
    let sequence = |v: &Value| slots::of(v.ty()).getitem.is_some() && v.downcast::<taipan_vm::Dict>().is_none();
    if sequence(a) && sequence(b) {
        return vm.binary(op, a, b);
    }
    let text = format!("'{}' object can't be concatenated", a.ty().name());
    Err(vm.raise_type_error(&text))
}

fn search(vm: &mut Vm, v: &Value) -> Result {
    if !vm.is_iterable(v) {
        let text = format!("argument of type '{}' is not iterable", v.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    vm.iter(v)
}

/// Whether two byte strings are equal; the time depends on the length of the second only.
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let other = if a.len() == b.len() { a } else { b };
    let mut difference = u8::from(a.len() != b.len());
    for (x, y) in other.iter().zip(b) {
        difference |= std::hint::black_box(x ^ y);
    }
    difference == 0
}

/// `_operator._compare_digest`, which `hmac` has as well.
pub fn compare_digest(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
    if let (Some(x), Some(y)) = (a.downcast::<Str>(), b.downcast::<Str>()) {
        let (Some(x), Some(y)) = (x.as_ascii(), y.as_ascii()) else {
            return Err(vm.raise_type_error("comparing strings with non-ASCII characters is not supported"));
        };
        return Ok(same_bytes(x.as_bytes(), y.as_bytes()));
    }
    let has_buffer = |v: &Value| slots::of(v.ty()).buffer.is_some();
    if !has_buffer(a) && !has_buffer(b) {
        let text = format!(
            "unsupported operand types(s) or combination of types: '{}' and '{}'",
            a.ty().name(),
            b.ty().name()
        );
        return Err(vm.raise_type_error(&text));
    }
    let x = vm.bytes_of(a)?;
    let y = vm.bytes_of(b)?;
    Ok(same_bytes(&x, &y))
}
