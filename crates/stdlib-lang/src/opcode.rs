//! `_opcode`: what instructions do to the stack and what their arguments mean.

use taipan_bytecode::Opcode;
use taipan_bytecode::oparg::{Intrinsic1, Intrinsic2};
use taipan_macros::module;
use taipan_vm::errors::VALUE_ERROR;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

/// `_opcode`.
pub struct OpcodeModule;

/// A pseudo-instruction of the compiler, numbered from 256 on.
struct Pseudo {
    arg: bool,
    jump: bool,
    local: bool,
    exc: bool,
    /// Effect on the stack, and that when it jumps.
    effect: (i32, i32),
}

const fn pseudo(arg: bool, jump: bool, local: bool, exc: bool, effect: (i32, i32)) -> Pseudo {
    Pseudo { arg, jump, local, exc, effect }
}

/// From `ANNOTATIONS_PLACEHOLDER` to `STORE_FAST_MAYBE_NULL`.
const PSEUDO: [Pseudo; 11] = [
    pseudo(false, false, false, false, (0, 0)),
    pseudo(true, true, false, false, (0, 0)),
    pseudo(true, true, false, false, (0, 0)),
    pseudo(true, true, false, false, (0, 0)),
    pseudo(true, true, false, false, (0, 0)),
    pseudo(true, false, true, false, (1, 1)),
    pseudo(false, false, false, false, (0, 0)),
    pseudo(true, false, false, true, (0, 2)),
    pseudo(true, false, false, true, (0, 1)),
    pseudo(true, false, false, true, (0, 1)),
    pseudo(true, false, true, false, (-1, -1)),
];

enum Kind {
    Real(Opcode),
    Pseudo(&'static Pseudo),
}

fn kind(number: i32) -> Option<Kind> {
    match u8::try_from(number) {
        Ok(number) => Opcode::from_u8(number).map(Kind::Real),
        Err(_) => PSEUDO.get(usize::try_from(number - 256).ok()?).map(Kind::Pseudo),
    }
}

fn ask(number: i32, real: fn(Opcode) -> bool, other: fn(&Pseudo) -> bool) -> bool {
    match kind(number) {
        Some(Kind::Real(op)) => real(op),
        Some(Kind::Pseudo(op)) => other(op),
        None => false,
    }
}

fn texts(vm: &mut Vm, all: &[&str]) -> Result {
    let mut items = Vec::with_capacity(all.len());
    for text in all {
        items.push(vm.new_str(text)?.into_value());
    }
    vm.new_list(items).map(Ref::into_value)
}

/// The operators of `BINARY_OP`, in the order of its argument.
const OPERATORS: [(&str, &str); 27] = [
    ("NB_ADD", "+"),
    ("NB_AND", "&"),
    ("NB_FLOOR_DIVIDE", "//"),
    ("NB_LSHIFT", "<<"),
    ("NB_MATRIX_MULTIPLY", "@"),
    ("NB_MULTIPLY", "*"),
    ("NB_REMAINDER", "%"),
    ("NB_OR", "|"),
    ("NB_POWER", "**"),
    ("NB_RSHIFT", ">>"),
    ("NB_SUBTRACT", "-"),
    ("NB_TRUE_DIVIDE", "/"),
    ("NB_XOR", "^"),
    ("NB_INPLACE_ADD", "+="),
    ("NB_INPLACE_AND", "&="),
    ("NB_INPLACE_FLOOR_DIVIDE", "//="),
    ("NB_INPLACE_LSHIFT", "<<="),
    ("NB_INPLACE_MATRIX_MULTIPLY", "@="),
    ("NB_INPLACE_MULTIPLY", "*="),
    ("NB_INPLACE_REMAINDER", "%="),
    ("NB_INPLACE_OR", "|="),
    ("NB_INPLACE_POWER", "**="),
    ("NB_INPLACE_RSHIFT", ">>="),
    ("NB_INPLACE_SUBTRACT", "-="),
    ("NB_INPLACE_TRUE_DIVIDE", "/="),
    ("NB_INPLACE_XOR", "^="),
    ("NB_SUBSCR", "[]"),
];

/// Opcode support module.
#[module(name = "_opcode")]
impl OpcodeModule {
    #[exec]
    fn exec_module(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        module.set(vm, "ENABLE_SPECIALIZATION", Value::from_i32(1))?;
        module.set(vm, "ENABLE_SPECIALIZATION_FT", Value::from_i32(1))
    }

    /// Compute the stack effect of the opcode.
    #[function("($module, opcode, oparg=None, /, *, jump=None)")]
    fn stack_effect(vm: &mut Vm, opcode: i32, oparg: Option<&Value>, jump: Option<&Value>) -> Result<i32> {
        let oparg = match oparg.filter(|a| !a.is_none()) {
            Some(a) => vm.to_index_i64(a, "int")?.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32,
            None => 0,
        };
        let jump = match jump.filter(|j| !j.is_none()) {
            None => None,
            Some(j) if j.is_true() => Some(true),
            Some(j) if j.is_false() => Some(false),
            Some(_) => return Err(vm.raise_value_error("stack_effect: jump must be False, True or None")),
        };
        match kind(opcode) {
            Some(Kind::Real(op)) if !op.is_specialized() && !op.is_instrumented() => Ok(op.stack_effect(oparg)),
            Some(Kind::Pseudo(op)) => Ok(match jump {
                None => op.effect.0.max(op.effect.1),
                Some(true) => op.effect.1,
                Some(false) => op.effect.0,
            }),
            _ => Err(vm.raise_value_error("invalid opcode or oparg")),
        }
    }

    /// Return True if opcode is valid, False otherwise.
    #[function("($module, /, opcode)")]
    fn is_valid(_vm: &mut Vm, opcode: i32) -> Result<bool> {
        Ok(kind(opcode).is_some())
    }

    /// Return True if the opcode uses its oparg, False otherwise.
    #[function("($module, /, opcode)")]
    fn has_arg(_vm: &mut Vm, opcode: i32) -> Result<bool> {
        Ok(ask(opcode, Opcode::has_arg, |p| p.arg))
    }

    /// Return True if the opcode accesses a constant, False otherwise.
    #[function("($module, /, opcode)")]
    fn has_const(_vm: &mut Vm, opcode: i32) -> Result<bool> {
        Ok(ask(opcode, Opcode::has_const, |_| false))
    }

    /// Return True if the opcode accesses an attribute by name, False otherwise.
    #[function("($module, /, opcode)")]
    fn has_name(_vm: &mut Vm, opcode: i32) -> Result<bool> {
        Ok(ask(opcode, Opcode::has_name, |_| false))
    }

    /// Return True if the opcode has a jump target, False otherwise.
    #[function("($module, /, opcode)")]
    fn has_jump(_vm: &mut Vm, opcode: i32) -> Result<bool> {
        Ok(ask(opcode, Opcode::has_jump, |p| p.jump))
    }

    /// Return True if the opcode accesses a free variable, False otherwise.
    #[function("($module, /, opcode)")]
    fn has_free(_vm: &mut Vm, opcode: i32) -> Result<bool> {
        Ok(ask(opcode, Opcode::has_free, |_| false))
    }

    /// Return True if the opcode accesses a local variable, False otherwise.
    #[function("($module, /, opcode)")]
    fn has_local(_vm: &mut Vm, opcode: i32) -> Result<bool> {
        Ok(ask(opcode, Opcode::has_local, |p| p.local))
    }

    /// Return True if the opcode sets an exception handler, False otherwise.
    #[function("($module, /, opcode)")]
    fn has_exc(_vm: &mut Vm, opcode: i32) -> Result<bool> {
        Ok(ask(opcode, Opcode::has_exc, |p| p.exc))
    }

    /// Return the specialization stats
    #[function("($module, /)")]
    fn get_specialization_stats(_vm: &mut Vm) -> Result<()> {
        Ok(())
    }

    /// Return array of symbols of binary ops.
    #[function("($module, /)")]
    fn get_nb_ops(vm: &mut Vm) -> Result {
        let mut all = Vec::with_capacity(OPERATORS.len());
        for (name, symbol) in OPERATORS {
            let pair = vec![vm.new_str(name)?.into_value(), vm.new_str(symbol)?.into_value()];
            all.push(vm.new_tuple(pair)?.into_value());
        }
        vm.new_list(all).map(Ref::into_value)
    }

    /// Return a list of names of the unary intrinsics.
    #[function("($module, /)")]
    fn get_intrinsic1_descs(vm: &mut Vm) -> Result {
        let all: Vec<&str> = (0..).map_while(Intrinsic1::from_u32).map(Intrinsic1::text).collect();
        texts(vm, &all)
    }

    /// Return a list of names of the binary intrinsics.
    #[function("($module, /)")]
    fn get_intrinsic2_descs(vm: &mut Vm) -> Result {
        let all: Vec<&str> = (0..).map_while(Intrinsic2::from_u32).map(Intrinsic2::text).collect();
        texts(vm, &all)
    }

    /// Return a list of special method names.
    #[function("($module, /)")]
    fn get_special_method_names(vm: &mut Vm) -> Result {
        texts(vm, &["__enter__", "__exit__", "__aenter__", "__aexit__"])
    }

    /// Return the executor object at offset in code if exists, None otherwise.
    #[function("($module, /, code, offset)")]
    fn get_executor(vm: &mut Vm, _code: &Value, _offset: i32) -> Result {
        Err(vm.raise_class(VALUE_ERROR.as_type(), "no executor at given byte offset"))
    }
}
