//! The signals: exception classes, and the mappings `Context.flags` and `Context.traps`.

use super::context::{PyContext, is_left_to_views, settings};
use taipan_macros::{Payload, Trace, class};
use taipan_num::decimal::Status;
use taipan_num::decimal::signal::*;
use taipan_object::TypeCell;
use taipan_object::statics::{OBJECT, TYPE};
use taipan_vm::errors::{ARITHMETIC_ERROR, TYPE_ERROR, ZERO_DIVISION_ERROR};
use taipan_vm::native::Args;
use taipan_vm::slots::CompareOp;
use taipan_vm::types::module::Module;
use taipan_vm::{Dict, List, ModuleRef, Raised, Ref, Result, Type, Value, Vm, name};

/// The signals in the order in which traps are looked at: key of the class, bits.
pub const SIGNALS: [(&str, Status); 9] = [
    ("decimal.InvalidOperation", IEEE_INVALID),
    ("decimal.FloatOperation", FLOAT_OPERATION),
    ("decimal.DivisionByZero", DIVISION_BY_ZERO),
    ("decimal.Overflow", OVERFLOW),
    ("decimal.Underflow", UNDERFLOW),
    ("decimal.Subnormal", SUBNORMAL),
    ("decimal.Inexact", INEXACT),
    ("decimal.Rounded", ROUNDED),
    ("decimal.Clamped", CLAMPED),
];

/// The same in the order in which a context shows them.
pub const SHOWN: [(&str, Status); 9] = [
    ("Clamped", CLAMPED),
    ("InvalidOperation", IEEE_INVALID),
    ("DivisionByZero", DIVISION_BY_ZERO),
    ("Inexact", INEXACT),
    ("FloatOperation", FLOAT_OPERATION),
    ("Overflow", OVERFLOW),
    ("Rounded", ROUNDED),
    ("Subnormal", SUBNORMAL),
    ("Underflow", UNDERFLOW),
];

/// What an invalid operation was.
const CONDITIONS: [(&str, Status); 5] = [
    ("decimal.InvalidOperation", INVALID_OPERATION),
    ("decimal.ConversionSyntax", CONVERSION_SYNTAX),
    ("decimal.DivisionImpossible", DIVISION_IMPOSSIBLE),
    ("decimal.DivisionUndefined", DIVISION_UNDEFINED),
    ("decimal.InvalidContext", INVALID_CONTEXT),
];

const SIGNAL_DICT: &str = "decimal.SignalDict";

/// The class that the interpreter keeps under a key.
pub fn kept(vm: &mut Vm, key: &'static str) -> Result {
    match vm.state().registry.get(key).cloned() {
        Some(v) => Ok(v),
        None => Err(vm.raise_runtime_error("_decimal is not imported")),
    }
}

/// Makes the exception classes and the class of the mappings.
pub fn add_classes(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
    let root = exception(vm, module, "decimal.DecimalException", &[ARITHMETIC_ERROR.as_type().to_value()])?;
    let zero = ZERO_DIVISION_ERROR.as_type().to_value();
    let of_type = TYPE_ERROR.as_type().to_value();
    exception(vm, module, "decimal.Clamped", std::slice::from_ref(&root))?;
    let rounded = exception(vm, module, "decimal.Rounded", std::slice::from_ref(&root))?;
    let inexact = exception(vm, module, "decimal.Inexact", std::slice::from_ref(&root))?;
    let subnormal = exception(vm, module, "decimal.Subnormal", std::slice::from_ref(&root))?;
    exception(vm, module, "decimal.Underflow", &[inexact.clone(), rounded.clone(), subnormal])?;
    exception(vm, module, "decimal.Overflow", &[inexact, rounded])?;
    exception(vm, module, "decimal.DivisionByZero", &[root.clone(), zero.clone()])?;
    exception(vm, module, "decimal.FloatOperation", &[root.clone(), of_type])?;
    let invalid = exception(vm, module, "decimal.InvalidOperation", std::slice::from_ref(&root))?;
    exception(vm, module, "decimal.ConversionSyntax", std::slice::from_ref(&invalid))?;
    exception(vm, module, "decimal.DivisionImpossible", std::slice::from_ref(&invalid))?;
    exception(vm, module, "decimal.DivisionUndefined", &[invalid.clone(), zero])?;
    exception(vm, module, "decimal.InvalidContext", &[invalid])?;

    vm.set_up_class(&SignalDictMixinClass::class_def())?;
    if vm.state().registry.contains_key(SIGNAL_DICT) {
        return Ok(());
    }
    let abc = vm.import("collections.abc")?;
    let mapping = vm.get_attr(&abc, name!("MutableMapping"))?;
    let bases = vm.new_tuple(vec![SIGNAL_DICT_MIXIN.as_type().to_value(), mapping.clone()])?.into_value();
    let (title, namespace) = (vm.new_str("SignalDict")?.into_value(), vm.new_dict()?.into_value());
    let meta = mapping.ty().to_value();
    let class = vm.call(&meta, &[title, bases, namespace])?;
    vm.state_mut().registry.insert(SIGNAL_DICT, class);
    Ok(())
}

fn exception(vm: &mut Vm, module: &Ref<Module>, key: &'static str, bases: &[Value]) -> Result {
    let short = key.trim_start_matches("decimal.");
    if let Some(class) = vm.state().registry.get(key).cloned() {
        module.set(vm, short, class.clone())?;
        return Ok(class);
    }
    let namespace = vm.new_dict()?;
    let owner = vm.intern_utf8("decimal")?.into_value();
    vm.dict_set(&namespace, name!("__module__").as_value(), owner)?;
    let name = vm.intern_utf8(short)?;
    let class = vm.new_class(&TYPE.as_ref(), &name, bases, &namespace, Args::positional_only(&[]))?.into_value();
    vm.state_mut().registry.insert(key, class.clone());
    module.set(vm, short, class.clone())?;
    Ok(class)
}

/// Raises the first trapped signal, with a list of all that was met.
#[cold]
pub fn raise_trapped(vm: &mut Vm, trapped: Status) -> Raised {
    if trapped & MEMORY != 0 {
        return vm.raise_memory_error();
    }
    let class = match SIGNALS.iter().find(|(_, bits)| trapped & bits != 0) {
        Some((key, _)) => kept(vm, key),
        None => return vm.raise_runtime_error("no signal"),
    };
    let list = list_of(vm, trapped, true);
    match (class, list) {
        (Ok(class), Ok(list)) => match class.as_type() {
            Some(class) => vm.raise_args(class, vec![list]),
            None => vm.raise_runtime_error("no signal"),
        },
        (Err(raised), _) | (_, Err(raised)) => raised,
    }
}

/// The classes of signals, or with `conditions` of what kind an invalid operation was.
pub fn list_of(vm: &mut Vm, status: Status, conditions: bool) -> Result {
    let mut out = Vec::new();
    if conditions {
        for (key, bit) in CONDITIONS {
            if status & bit != 0 {
                out.push(kept(vm, key)?);
            }
        }
    }
    for (key, bits) in &SIGNALS[usize::from(conditions)..] {
        if status & bits != 0 {
            out.push(kept(vm, key)?);
        }
    }
    vm.new_list(out).map(Ref::into_value)
}

fn bits_of_class(vm: &mut Vm, class: &Value, table: &[(&'static str, Status)]) -> Option<Status> {
    table.iter().find(|(key, _)| vm.state().registry.get(key).is_some_and(|c| c.is(class))).map(|(_, bits)| *bits)
}

/// The bits of a signal; a `KeyError` for anything else.
pub fn bits_of(vm: &mut Vm, class: &Value) -> Result<Status> {
    match bits_of_class(vm, class, &SIGNALS) {
        Some(bits) => Ok(bits),
        None => Err(raise_unknown(vm)),
    }
}

fn raise_unknown(vm: &mut Vm) -> Raised {
    const WORDS: &str = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   \
                         Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";
    match vm.new_str(WORDS) {
        Ok(text) => vm.raise_key_error(text.as_value()),
        Err(raised) => raised,
    }
}

/// The bits of a list of signals and conditions.
pub fn bits_of_list(vm: &mut Vm, list: &Value) -> Result<Status> {
    let Some(list) = list.downcast::<List>() else {
        return Err(vm.raise_type_error("argument must be a signal dict"));
    };
    let items = list.items(vm).to_vec();
    let mut status = 0;
    for class in &items {
        status |= match bits_of_class(vm, class, &SIGNALS) {
            Some(bits) => bits,
            None => match bits_of_class(vm, class, &CONDITIONS) {
                Some(bits) => bits,
                None => return Err(raise_unknown(vm)),
            },
        };
    }
    Ok(status)
}

/// The bits of a dict or mapping of signals.
pub fn bits_of_mapping(vm: &mut Vm, mapping: &Value) -> Result<Status> {
    if let Some(other) = mapping.downcast::<SignalDictMixin>() {
        return status_of(vm, other);
    }
    let Some(dict) = mapping.downcast::<Dict>() else {
        return Err(vm.raise_type_error("argument must be a signal dict"));
    };
    if dict.get(vm).len() != SIGNALS.len() {
        let text = vm.new_str("invalid signal dict")?;
        return Err(vm.raise_key_error(text.as_value()));
    }
    let dict = dict.clone();
    let mut status = 0;
    for (key, bits) in SIGNALS {
        let class = kept(vm, key)?;
        match vm.dict_get(&dict, &class)? {
            Some(v) => {
                if vm.is_truthy(&v)? {
                    status |= bits;
                }
            }
            None => {
                let text = vm.new_str("invalid signal dict")?;
                return Err(vm.raise_key_error(text.as_value()));
            }
        }
    }
    Ok(status)
}

/// `decimal.SignalDictMixin`.
pub static SIGNAL_DICT_MIXIN: TypeCell<SignalDictMixin> = TypeCell::new("decimal.SignalDictMixin");

/// The flags or the traps of a context as a mapping.
#[derive(Trace, Payload)]
#[payload(class = SIGNAL_DICT_MIXIN)]
#[repr(C)]
pub struct SignalDictMixin {
    context: Option<Ref<PyContext>>,
    traps: bool,
}

/// A mapping over the flags, or over the traps, of a context.
pub fn view(vm: &mut Vm, context: &Ref<PyContext>, traps: bool) -> Result {
    let class = kept(vm, SIGNAL_DICT)?;
    let Some(class) = class.as_type_ref() else { return Err(vm.raise_runtime_error("_decimal is not imported")) };
    Ref::new_in(vm, class, SignalDictMixin { context: Some(context.clone()), traps }).map(Ref::into_value)
}

fn owner(vm: &mut Vm, this: &Ref<SignalDictMixin>) -> Result<Ref<PyContext>> {
    // CPython's mappings do not keep their context alive.
    match this.get(vm).context.clone() {
        Some(context) if !is_left_to_views(vm, &context) => Ok(context),
        _ => Err(vm.raise_value_error("invalid signal dict")),
    }
}

fn status_of(vm: &mut Vm, this: &Ref<SignalDictMixin>) -> Result<Status> {
    let context = owner(vm, this)?;
    let traps = this.get(vm).traps;
    let s = settings(vm, &context);
    Ok(if traps { s.traps } else { s.flags })
}

/// Methods of `decimal.SignalDictMixin`.
pub struct SignalDictMixinClass;

#[class(cell = SIGNAL_DICT_MIXIN, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl SignalDictMixinClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, SignalDictMixin { context: None, traps: false }).map(Ref::into_value)
    }

    #[slot]
    fn init(_vm: &mut Vm, _this: &Value, _args: Args<'_>) -> Result<()> {
        Ok(())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<SignalDictMixin>) -> Result {
        let status = status_of(vm, this)?;
        let mut parts = Vec::new();
        for (key, bits) in SIGNALS {
            parts.push(format!("<class '{key}'>:{}", if status & bits != 0 { "True" } else { "False" }));
        }
        vm.new_str(&format!("{{{}}}", parts.join(", "))).map(Ref::into_value)
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<SignalDictMixin>) -> Result<usize> {
        owner(vm, this)?;
        Ok(SIGNALS.len())
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<SignalDictMixin>) -> Result {
        owner(vm, this)?;
        let mut classes = Vec::new();
        for (key, _) in SIGNALS {
            classes.push(kept(vm, key)?);
        }
        let all = vm.new_tuple(classes)?.into_value();
        vm.iter(&all)
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let Some(this) = this.downcast::<SignalDictMixin>() else {
            return Err(vm.raise_wrong_receiver("__getitem__", this));
        };
        let status = status_of(vm, this)?;
        let bits = bits_of(vm, key)?;
        Ok(Value::bool(status & bits != 0))
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Ref<SignalDictMixin>, key: &Value, value: Option<Value>) -> Result<()> {
        let context = owner(vm, this)?;
        let Some(value) = value else { return Err(vm.raise_value_error("signal keys cannot be deleted")) };
        let bits = bits_of(vm, key)?;
        let on = vm.is_truthy(&value)?;
        let traps = this.get(vm).traps;
        let s = &mut context.get_mut(vm).settings.0;
        let status = if traps { &mut s.traps } else { &mut s.flags };
        *status = if on { *status | bits } else { *status & !bits };
        Ok(())
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(this), CompareOp::Eq | CompareOp::Ne) = (a.downcast::<SignalDictMixin>(), op) else {
            return Ok(Value::not_implemented());
        };
        let mine = status_of(vm, this)?;
        let theirs = if b.downcast::<SignalDictMixin>().is_some() || b.downcast::<Dict>().is_some() {
            match bits_of_mapping(vm, b) {
                Ok(status) => status,
                // Other keys are a difference.
                Err(raised) if vm.raised_is(taipan_vm::errors::KEY_ERROR.as_type()) => {
                    drop(vm.take_raised(raised));
                    return Ok(Value::bool(op == CompareOp::Ne));
                }
                Err(raised) => return Err(raised),
            }
        } else {
            return Ok(Value::not_implemented());
        };
        let masked = |s: Status| SIGNALS.map(|(_, bits)| s & bits != 0);
        Ok(Value::bool((masked(mine) == masked(theirs)) == (op == CompareOp::Eq)))
    }

    /// A dict of the signals.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<SignalDictMixin>) -> Result {
        let status = status_of(vm, this)?;
        let dict = vm.new_dict()?;
        for (key, bits) in SIGNALS {
            let class = kept(vm, key)?;
            vm.dict_set(&dict, &class, Value::bool(status & bits != 0))?;
        }
        Ok(dict.into_value())
    }
}
