//! The dunder methods: for each, the slot it fills, the function that calls it from the slot when a Python class
//! defines it, and the function that calls the slot when a native class is asked for it.

use crate::native::Args;
use crate::slots::{self, BinaryOp, CompareOp, Slots};
use crate::types::bytes;
use crate::types::descriptor::SlotWrapper;
use crate::{NameCell, Ref, Result, Str, Type, Value, Vm, errors, name};
use std::mem::offset_of;

/// One dunder method.
pub struct Dunder {
    /// `__add__`.
    pub name: &'static str,
    /// Word of the slot table.
    pub word: usize,
    /// Puts the function that calls the Python method into the slot.
    pub install: fn(&mut Slots),
    /// Calls the slot of `slots` as the method.
    pub call: fn(&mut Vm, &Slots, &Value, Args<'_>) -> Result,
    /// The name as a string.
    interned: NameCell,
    /// `__text_signature__`.
    pub signature: &'static str,
    /// `__doc__`.
    pub doc: &'static str,
}

impl Dunder {
    /// Calls the method as `owner`'s slots have it, as its wrapper does.
    pub fn call_wrapped(&self, vm: &mut Vm, owner: &Type, this: &Value, args: Args<'_>) -> Result {
        if !args.names().is_empty() && !matches!(self.name, "__call__" | "__init__" | "__new__") {
            return Err(vm.raise_type_error(&format!("wrapper {}() takes no keyword arguments", self.name)));
        }
        let table = *slots::of(owner);
        (self.call)(vm, &table, this, args)
    }
}

fn expect<'a>(vm: &mut Vm, args: Args<'a>, least: usize, most: usize) -> Result<&'a [Value]> {
    let all = args.all();
    if all.len() < least || all.len() > most {
        let s = if least == 1 { "" } else { "s" };
        let text = if least == most {
            format!("expected {least} argument{s}, got {}", all.len())
        } else {
            format!("expected {least} or {most} arguments, got {}", all.len())
        };
        return Err(vm.raise_type_error(&text));
    }
    Ok(all)
}

fn missing(vm: &mut Vm) -> taipan_object::Raised {
    vm.raise_system_error("a slot wrapper's class has lost its slot")
}

macro_rules! slot {
    ($vm:ident, $slots:ident . $field:ident) => {
        match $slots.$field {
            Some(f) => f,
            None => return Err(missing($vm)),
        }
    };
}

/// Calls the dunder method of the instance's type.
fn call_dunder(vm: &mut Vm, this: &Value, name: &Ref<Str>, args: &[Value]) -> Result {
    match vm.lookup_type_attr(this.ty(), name) {
        Some(method) => vm.call_unbound(&method, this, args),
        None => Err(vm.raise_args(errors::ATTRIBUTE_ERROR.as_type(), vec![name.to_value()])),
    }
}

macro_rules! unary {
    ($field:ident, $dunder:literal, $doc:literal) => {
        Dunder {
            name: $dunder,
            word: offset_of!(Slots, $field) / 8,
            install: |s| s.$field = Some(|vm, this| call_dunder(vm, this, name!($dunder), &[])),
            call: |vm, s, this, args| {
                expect(vm, args, 0, 0)?;
                slot!(vm, s.$field)(vm, this)
            },
            interned: NameCell::new(),
            signature: "($self, /)",
            doc: $doc,
        }
    };
}

/// The slot of a binary operator whose method a Python class defines.
fn binary_slot<const OP: usize>(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    let mine = |v: &Value| {
        slots::of(v.ty()).binary[OP].is_some_and(|f| std::ptr::fn_addr_eq(f, binary_slot::<OP> as slots::BinaryFn))
    };
    let (left, right) = (operator_name(OP, false), operator_name(OP, true));
    let other_mine = !a.ty().is(b.ty()) && mine(b);
    if mine(a) {
        if other_mine && b.ty().is_subtype(a.ty()) && overrides(vm, a, b, right) {
            let r = call_maybe(vm, b, right, a)?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
            return call_maybe(vm, a, left, b);
        }
        let r = call_maybe(vm, a, left, b)?;
        if !r.is_not_implemented() || a.ty().is(b.ty()) {
            return Ok(r);
        }
    }
    if other_mine {
        return call_maybe(vm, b, right, a);
    }
    Ok(Value::not_implemented())
}

/// Whether the right operand's class has a reflected method of its own.
fn overrides(vm: &mut Vm, a: &Value, b: &Value, name: &Ref<Str>) -> bool {
    let theirs = vm.lookup_type_attr(b.ty(), name);
    let ours = vm.lookup_type_attr(a.ty(), name);
    match (theirs, ours) {
        (Some(t), Some(o)) => !t.is(&o),
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Calls a method that may be missing: `NotImplemented` then.
fn call_maybe(vm: &mut Vm, this: &Value, name: &Ref<Str>, arg: &Value) -> Result {
    match vm.lookup_type_attr(this.ty(), name) {
        Some(method) => vm.call_unbound(&method, this, std::slice::from_ref(arg)),
        None => Ok(Value::not_implemented()),
    }
}

fn inplace_slot<const OP: usize>(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    call_maybe(vm, a, operator_name(OP, false), b)
}

/// The name of an operator's method, or of the reflected one.
fn operator_name(op: usize, reflected: bool) -> &'static Ref<Str> {
    static NAMES: [NameCell; 2 * slots::BINARY_SLOTS] = [const { NameCell::new() }; 2 * slots::BINARY_SLOTS];
    let (left, right) = OPERATOR_NAMES[op];
    NAMES[2 * op + reflected as usize].get(if reflected { right } else { left })
}

/// Method and reflected method for each [`BinaryOp`].
const OPERATOR_NAMES: [(&str, &str); slots::BINARY_SLOTS] = [
    ("__add__", "__radd__"),
    ("__and__", "__rand__"),
    ("__floordiv__", "__rfloordiv__"),
    ("__lshift__", "__rlshift__"),
    ("__matmul__", "__rmatmul__"),
    ("__mul__", "__rmul__"),
    ("__mod__", "__rmod__"),
    ("__or__", "__ror__"),
    ("__pow__", "__rpow__"),
    ("__rshift__", "__rrshift__"),
    ("__sub__", "__rsub__"),
    ("__truediv__", "__rtruediv__"),
    ("__xor__", "__rxor__"),
    ("__iadd__", ""),
    ("__iand__", ""),
    ("__ifloordiv__", ""),
    ("__ilshift__", ""),
    ("__imatmul__", ""),
    ("__imul__", ""),
    ("__imod__", ""),
    ("__ior__", ""),
    ("__ipow__", ""),
    ("__irshift__", ""),
    ("__isub__", ""),
    ("__itruediv__", ""),
    ("__ixor__", ""),
    ("__divmod__", "__rdivmod__"),
];

const fn binary_word(op: BinaryOp) -> usize {
    offset_of!(Slots, binary) / 8 + op as usize
}

macro_rules! binary {
    ($op:ident, $left:literal, $right:literal, $doc:literal, $rdoc:literal) => {
        [
            Dunder {
                name: $left,
                word: binary_word(BinaryOp::$op),
                install: |s| s.binary[BinaryOp::$op as usize] = Some(binary_slot::<{ BinaryOp::$op as usize }>),
                call: |vm, s, this, args| {
                    let args = expect(vm, args, 1, 1)?;
                    match s.binary[BinaryOp::$op as usize] {
                        Some(f) => f(vm, this, &args[0]),
                        None => Err(missing(vm)),
                    }
                },
                interned: NameCell::new(),
                signature: "($self, value, /)",
                doc: $doc,
            },
            Dunder {
                name: $right,
                word: binary_word(BinaryOp::$op),
                install: |s| s.binary[BinaryOp::$op as usize] = Some(binary_slot::<{ BinaryOp::$op as usize }>),
                call: |vm, s, this, args| {
                    let args = expect(vm, args, 1, 1)?;
                    match s.binary[BinaryOp::$op as usize] {
                        Some(f) => f(vm, &args[0], this),
                        None => Err(missing(vm)),
                    }
                },
                interned: NameCell::new(),
                signature: "($self, value, /)",
                doc: $rdoc,
            },
        ]
    };
}

macro_rules! inplace {
    ($op:ident, $name:literal, $doc:literal) => {
        Dunder {
            name: $name,
            word: binary_word(BinaryOp::$op),
            install: |s| s.binary[BinaryOp::$op as usize] = Some(inplace_slot::<{ BinaryOp::$op as usize }>),
            call: |vm, s, this, args| {
                let args = expect(vm, args, 1, 1)?;
                match s.binary[BinaryOp::$op as usize] {
                    Some(f) => f(vm, this, &args[0]),
                    None => Err(missing(vm)),
                }
            },
            interned: NameCell::new(),
            signature: "($self, value, /)",
            doc: $doc,
        }
    };
}

fn compare_slot(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
    let name = match op {
        CompareOp::Lt => name!("__lt__").clone(),
        CompareOp::Le => name!("__le__").clone(),
        CompareOp::Eq => name!("__eq__").clone(),
        CompareOp::Ne => name!("__ne__").clone(),
        CompareOp::Gt => name!("__gt__").clone(),
        CompareOp::Ge => name!("__ge__").clone(),
    };
    let Some(method) = vm.lookup_type_attr(a.ty(), &name) else { return Ok(Value::not_implemented()) };
    let plain = method.ty().flags().has(taipan_object::TypeFlags::METHOD_DESCRIPTOR);
    match slots::of(method.ty()).get {
        Some(get) if !plain => {
            let class = a.ty().to_value();
            match get(vm, &method, Some(a), Some(&class)) {
                Ok(bound) => vm.call(&bound, std::slice::from_ref(b)),
                // A descriptor that has nothing to give says that there is no such method.
                Err(raised) if vm.raised_is(crate::errors::ATTRIBUTE_ERROR.as_type()) => {
                    drop(vm.take_raised(raised));
                    Ok(Value::not_implemented())
                }
                Err(raised) => Err(raised),
            }
        }
        _ => vm.call_unbound(&method, a, std::slice::from_ref(b)),
    }
}

macro_rules! comparison {
    ($op:ident, $name:literal, $symbol:literal) => {
        Dunder {
            name: $name,
            word: offset_of!(Slots, compare) / 8,
            install: |s| s.compare = Some(compare_slot),
            call: |vm, s, this, args| {
                let args = expect(vm, args, 1, 1)?;
                slot!(vm, s.compare)(vm, this, &args[0], CompareOp::$op)
            },
            interned: NameCell::new(),
            signature: "($self, value, /)",
            doc: concat!("Return self", $symbol, "value."),
        }
    };
}

fn hash_slot(vm: &mut Vm, this: &Value) -> Result<i64> {
    let method = vm.lookup_type_attr(this.ty(), name!("__hash__"));
    match method {
        Some(m) if !m.is_none() => {
            let result = vm.call_unbound(&m, this, &[])?;
            let Some(number) = result.as_int() else {
                return Err(vm.raise_type_error("__hash__ method should return an integer"));
            };
            Ok(match number.to_i64() {
                Some(-1) => -2,
                Some(n) => n,
                // What 64 bits do not hold is reduced as the int itself is.
                None => vm.hash_int(&result),
            })
        }
        _ => hash_not_implemented(vm, this),
    }
}

/// The hash slot of unhashable types.
pub fn hash_not_implemented(vm: &mut Vm, this: &Value) -> Result<i64> {
    Err(vm.raise_type_error(&format!("unhashable type: '{}'", this.ty().name())))
}

fn bool_slot(vm: &mut Vm, this: &Value) -> Result<bool> {
    let result = call_dunder(vm, this, name!("__bool__"), &[])?;
    if result.is_true() || result.is_false() {
        return Ok(result.is_true());
    }
    Err(vm.raise_type_error(&format!("__bool__ should return bool, returned {}", result.ty().name())))
}

fn len_slot(vm: &mut Vm, this: &Value) -> Result<usize> {
    let result = call_dunder(vm, this, name!("__len__"), &[])?;
    vm.length_from(&result)
}

fn contains_slot(vm: &mut Vm, this: &Value, item: &Value) -> Result<bool> {
    match vm.lookup_type_attr(this.ty(), name!("__contains__")) {
        Some(m) if m.is_none() => {
            Err(vm.raise_type_error(&format!("'{}' object is not a container", this.ty().name())))
        }
        Some(m) => {
            let result = vm.call_unbound(&m, this, std::slice::from_ref(item))?;
            vm.is_truthy(&result)
        }
        None => vm.contains_by_iteration(this, item),
    }
}

fn iter_slot(vm: &mut Vm, this: &Value) -> Result {
    match vm.lookup_type_attr(this.ty(), name!("__iter__")) {
        Some(m) if m.is_none() => Err(vm.raise_type_error(&format!("'{}' object is not iterable", this.ty().name()))),
        Some(m) => vm.call_unbound(&m, this, &[]),
        None => vm.sequence_iter(this),
    }
}

fn next_slot(vm: &mut Vm, this: &Value) -> Result<Option<Value>> {
    // The `StopIteration` at the end may carry a value, so it stays raised.
    call_dunder(vm, this, name!("__next__"), &[]).map(Some)
}

fn call_slot(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
    match vm.lookup_type_attr(this.ty(), name!("__call__")) {
        Some(method) => vm.call_unbound_args(&method, this, args),
        None => Err(vm.raise_type_error(&format!("'{}' object is not callable", this.ty().name()))),
    }
}

fn new_slot(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
    // `__new__` is a static method however it is written: it gets the class as an ordinary argument.
    let method = vm.get_attr(class.as_value(), name!("__new__"))?;
    vm.call_prepended(&method, class.as_value(), args)
}

/// Whether instances of the class are made by a `__new__` in Python.
pub fn has_python_new(class: &Type) -> bool {
    slots::of(class).new.is_some_and(|f| std::ptr::fn_addr_eq(f, new_slot as slots::NewFn))
}

fn init_slot(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
    let Some(method) = vm.lookup_type_attr(this.ty(), name!("__init__")) else { return Ok(()) };
    let result = vm.call_unbound_args(&method, this, args)?;
    if result.is_none() {
        return Ok(());
    }
    Err(vm.raise_type_error(&format!("__init__() should return None, not '{}'", result.ty().name())))
}

/// Whether attributes of the class's instances are looked up as `object` does, and `__getattr__` is asked only for
/// what is missing.
pub fn falls_back(vm: &mut Vm, ty: &Type) -> bool {
    let hook = slots::of(ty)
        .getattr
        .is_some_and(|f| std::ptr::fn_addr_eq(f, getattr_slot as fn(&mut Vm, &Value, &Ref<Str>) -> Result));
    hook && vm.lookup_type_attr(ty, name!("__getattribute__")).is_none_or(|m| vm.is_generic_getattr(&m))
}

fn getattr_slot(vm: &mut Vm, this: &Value, name: &Ref<Str>) -> Result {
    let getter = vm.lookup_type_attr(this.ty(), name!("__getattribute__"));
    let result = match getter {
        Some(m) if !vm.is_generic_getattr(&m) => vm.call_unbound(&m, this, &[name.to_value()]),
        // What is missing is asked for without an exception in between.
        _ => match vm.generic_get_attr_opt(this, name) {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => {
                return match vm.lookup_type_attr(this.ty(), name!("__getattr__")) {
                    Some(fallback) => vm.call_unbound(&fallback, this, &[name.to_value()]),
                    None => vm.generic_get_attr(this, name),
                };
            }
            Err(raised) => Err(raised),
        },
    };
    match result {
        Err(raised) if vm.raised_is(crate::errors::ATTRIBUTE_ERROR.as_type()) => {
            let Some(fallback) = vm.lookup_type_attr(this.ty(), name!("__getattr__")) else { return Err(raised) };
            drop(vm.take_raised(raised));
            vm.call_unbound(&fallback, this, &[name.to_value()])
        }
        other => other,
    }
}

fn setattr_slot(vm: &mut Vm, this: &Value, name: &Ref<Str>, value: Option<Value>) -> Result<()> {
    match value {
        Some(value) => call_dunder(vm, this, name!("__setattr__"), &[name.to_value(), value])?,
        None => call_dunder(vm, this, name!("__delattr__"), &[name.to_value()])?,
    };
    Ok(())
}

fn get_slot(vm: &mut Vm, this: &Value, object: Option<&Value>, class: Option<&Value>) -> Result {
    let none = Value::none();
    let args = [object.unwrap_or(&none).clone(), class.unwrap_or(&none).clone()];
    match vm.lookup_type_attr(this.ty(), name!("__get__")) {
        Some(m) => vm.call_unbound(&m, this, &args),
        None => Ok(this.clone()),
    }
}

fn set_slot(vm: &mut Vm, this: &Value, object: &Value, value: Option<Value>) -> Result<()> {
    match value {
        Some(value) => call_dunder(vm, this, name!("__set__"), &[object.clone(), value])?,
        None => call_dunder(vm, this, name!("__delete__"), std::slice::from_ref(object))?,
    };
    Ok(())
}

fn getitem_slot(vm: &mut Vm, this: &Value, key: &Value) -> Result {
    call_dunder(vm, this, name!("__getitem__"), std::slice::from_ref(key))
}

fn setitem_slot(vm: &mut Vm, this: &Value, key: &Value, value: Option<Value>) -> Result<()> {
    match value {
        Some(value) => call_dunder(vm, this, name!("__setitem__"), &[key.clone(), value])?,
        None => call_dunder(vm, this, name!("__delitem__"), std::slice::from_ref(key))?,
    };
    Ok(())
}

fn power_mod_slot(vm: &mut Vm, a: &Value, b: &Value, modulus: &Value) -> Result {
    let ours = |v: &Value| {
        crate::slots::of(v.ty()).power_mod.is_some_and(|f| f as usize == power_mod_slot as *const () as usize)
    };
    let mut reflected = !a.ty().is(b.ty()) && ours(b);
    let reflect = |vm: &mut Vm| match vm.lookup_type_attr(b.ty(), name!("__rpow__")) {
        Some(m) => vm.call_unbound(&m, b, &[a.clone(), modulus.clone()]),
        None => Ok(Value::not_implemented()),
    };
    if ours(a) {
        // The operand of a subclass that has a method of its own goes first.
        if reflected && b.ty().is_subtype(a.ty()) {
            let own = vm.lookup_type_attr(b.ty(), name!("__rpow__"));
            let inherited = vm.lookup_type_attr(a.ty(), name!("__rpow__"));
            if own.zip(inherited).is_none_or(|(o, i)| !o.is(&i)) {
                let result = reflect(vm)?;
                if !result.is_not_implemented() {
                    return Ok(result);
                }
                reflected = false;
            }
        }
        if let Some(m) = vm.lookup_type_attr(a.ty(), name!("__pow__")) {
            let result = vm.call_unbound(&m, a, &[b.clone(), modulus.clone()])?;
            if !result.is_not_implemented() {
                return Ok(result);
            }
        }
    }
    if reflected { reflect(vm) } else { Ok(Value::not_implemented()) }
}

/// Brings `power_mod`, for which no name of its own stands, in step with `__pow__` and `__rpow__`.
pub fn sync_power_mod(vm: &mut Vm, ty: &Type, table: &mut Slots) {
    let native = |vm: &Vm, name| match vm.lookup_in_bases(ty, name) {
        None => Some(None),
        Some(value) => value.downcast_exact::<SlotWrapper>().map(|w| slots::of(&w.get(vm).owner).power_mod),
    };
    table.power_mod = match (native(vm, name!("__pow__")), native(vm, name!("__rpow__"))) {
        (Some(power), Some(_)) => power,
        _ => Some(power_mod_slot),
    };
}

fn finalize_slot(vm: &mut Vm, this: &Value) {
    let Some(method) = vm.lookup_type_attr(this.ty(), name!("__del__")) else { return };
    if let Err(raised) = vm.call_unbound(&method, this, &[]) {
        vm.report_unraisable_about(raised, "while calling deallocator ", Some(&method));
    }
}

fn string_slot(vm: &mut Vm, this: &Value, name: &Ref<Str>) -> Result {
    call_dunder(vm, this, name, &[])
}

fn attr_name<'a>(vm: &mut Vm, name: &'a Value) -> Result<&'a Ref<Str>> {
    match name.downcast::<Str>() {
        Some(s) => Ok(s),
        None => Err(vm.raise_type_error(&format!("attribute name must be string, not '{}'", name.ty().name()))),
    }
}

macro_rules! word {
    ($field:ident) => {
        offset_of!(Slots, $field) / 8
    };
}

/// Singles first; the binary operators are in [`OPERATORS`].
static SINGLES: [Dunder; 40] = [
    Dunder {
        name: "__repr__",
        word: word!(repr),
        install: |s| s.repr = Some(|vm, this| string_slot(vm, this, name!("__repr__"))),
        call: |vm, s, this, args| {
            expect(vm, args, 0, 0)?;
            slot!(vm, s.repr)(vm, this)
        },
        interned: NameCell::new(),
        signature: "($self, /)",
        doc: "Return repr(self).",
    },
    Dunder {
        name: "__str__",
        word: word!(str),
        install: |s| s.str = Some(|vm, this| string_slot(vm, this, name!("__str__"))),
        call: |vm, s, this, args| {
            expect(vm, args, 0, 0)?;
            slot!(vm, s.str)(vm, this)
        },
        interned: NameCell::new(),
        signature: "($self, /)",
        doc: "Return str(self).",
    },
    Dunder {
        name: "__hash__",
        word: word!(hash),
        install: |s| s.hash = Some(hash_slot),
        call: |vm, s, this, args| {
            expect(vm, args, 0, 0)?;
            let h = slot!(vm, s.hash)(vm, this)?;
            vm.new_int(h)
        },
        interned: NameCell::new(),
        signature: "($self, /)",
        doc: "Return hash(self).",
    },
    Dunder {
        name: "__call__",
        word: word!(call),
        install: |s| s.call = Some(call_slot),
        call: |vm, s, this, args| slot!(vm, s.call)(vm, this, args),
        interned: NameCell::new(),
        signature: "($self, /, *args, **kwargs)",
        doc: "Call self as a function.",
    },
    Dunder {
        name: "__getattribute__",
        word: word!(getattr),
        install: |s| s.getattr = Some(getattr_slot),
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 1)?;
            let name = attr_name(vm, &args[0])?;
            slot!(vm, s.getattr)(vm, this, name)
        },
        interned: NameCell::new(),
        signature: "($self, name, /)",
        doc: "Return getattr(self, name).",
    },
    Dunder {
        name: "__getattr__",
        word: word!(getattr),
        install: |s| s.getattr = Some(getattr_slot),
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 1)?;
            let name = attr_name(vm, &args[0])?;
            slot!(vm, s.getattr)(vm, this, name)
        },
        interned: NameCell::new(),
        signature: "",
        doc: "",
    },
    Dunder {
        name: "__setattr__",
        word: word!(setattr),
        install: |s| s.setattr = Some(setattr_slot),
        call: |vm, s, this, args| {
            let args = expect(vm, args, 2, 2)?;
            let name = attr_name(vm, &args[0])?;
            vm.check_wrapped_setattr(s, this, "__setattr__")?;
            slot!(vm, s.setattr)(vm, this, name, Some(args[1].clone())).map(|()| Value::none())
        },
        interned: NameCell::new(),
        signature: "($self, name, value, /)",
        doc: "Implement setattr(self, name, value).",
    },
    Dunder {
        name: "__delattr__",
        word: word!(setattr),
        install: |s| s.setattr = Some(setattr_slot),
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 1)?;
            let name = attr_name(vm, &args[0])?;
            vm.check_wrapped_setattr(s, this, "__delattr__")?;
            slot!(vm, s.setattr)(vm, this, name, None).map(|()| Value::none())
        },
        interned: NameCell::new(),
        signature: "($self, name, /)",
        doc: "Implement delattr(self, name).",
    },
    comparison!(Lt, "__lt__", "<"),
    comparison!(Le, "__le__", "<="),
    comparison!(Eq, "__eq__", "=="),
    comparison!(Ne, "__ne__", "!="),
    comparison!(Gt, "__gt__", ">"),
    comparison!(Ge, "__ge__", ">="),
    Dunder {
        name: "__iter__",
        word: word!(iter),
        install: |s| s.iter = Some(iter_slot),
        call: |vm, s, this, args| {
            expect(vm, args, 0, 0)?;
            slot!(vm, s.iter)(vm, this)
        },
        interned: NameCell::new(),
        signature: "($self, /)",
        doc: "Implement iter(self).",
    },
    Dunder {
        name: "__next__",
        word: word!(next),
        install: |s| s.next = Some(next_slot),
        call: |vm, s, this, args| {
            expect(vm, args, 0, 0)?;
            match slot!(vm, s.next)(vm, this)? {
                Some(v) => Ok(v),
                None => Err(vm.raise_stop_iteration(None)),
            }
        },
        interned: NameCell::new(),
        signature: "($self, /)",
        doc: "Implement next(self).",
    },
    Dunder {
        name: "__get__",
        word: word!(get),
        install: |s| s.get = Some(get_slot),
        call: |vm, s, this, args| {
            let args = args.expect(vm, "__get__", 1, 2)?;
            let object = (!args[0].is_none()).then_some(&args[0]);
            let class = args.get(1).filter(|c| !c.is_none());
            if object.is_none() && class.is_none() {
                return Err(vm.raise_type_error("__get__(None, None) is invalid"));
            }
            slot!(vm, s.get)(vm, this, object, class)
        },
        interned: NameCell::new(),
        signature: "($self, instance, owner=None, /)",
        doc: "Return an attribute of instance, which is of type owner.",
    },
    Dunder {
        name: "__set__",
        word: word!(set),
        install: |s| s.set = Some(set_slot),
        call: |vm, s, this, args| {
            let args = args.expect(vm, "__set__", 2, 2)?;
            slot!(vm, s.set)(vm, this, &args[0], Some(args[1].clone())).map(|()| Value::none())
        },
        interned: NameCell::new(),
        signature: "($self, instance, value, /)",
        doc: "Set an attribute of instance to value.",
    },
    Dunder {
        name: "__delete__",
        word: word!(set),
        install: |s| s.set = Some(set_slot),
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 1)?;
            slot!(vm, s.set)(vm, this, &args[0], None).map(|()| Value::none())
        },
        interned: NameCell::new(),
        signature: "($self, instance, /)",
        doc: "Delete an attribute of instance.",
    },
    Dunder {
        name: "__init__",
        word: word!(init),
        install: |s| s.init = Some(init_slot),
        call: |vm, s, this, args| slot!(vm, s.init)(vm, this, args).map(|()| Value::none()),
        interned: NameCell::new(),
        signature: "($self, /, *args, **kwargs)",
        doc: "Initialize self.  See help(type(self)) for accurate signature.",
    },
    Dunder {
        name: "__new__",
        word: word!(new),
        install: |s| s.new = Some(new_slot),
        // Native classes show a built-in function for `__new__`, made by the class set-up.
        call: |vm, _, _, _| Err(missing(vm)),
        interned: NameCell::new(),
        signature: "($type, *args, **kwargs)",
        doc: "Create and return new object.",
    },
    Dunder {
        name: "__del__",
        word: word!(finalize),
        install: |s| s.finalize = Some(finalize_slot),
        call: |vm, s, this, args| {
            expect(vm, args, 0, 0)?;
            match s.finalize {
                Some(f) => f(vm, this),
                None => return Err(missing(vm)),
            }
            Ok(Value::none())
        },
        interned: NameCell::new(),
        signature: "($self, /)",
        doc: "Called when the instance is about to be destroyed.",
    },
    Dunder {
        name: "__buffer__",
        word: word!(buffer),
        install: |s| s.buffer = Some(bytes::buffer_slot),
        call: |vm, s, this, args| {
            let args = args.expect(vm, "__buffer__", 1, 1)?;
            bytes::call_buffer(vm, slot!(vm, s.buffer), this, &args[0])
        },
        interned: NameCell::new(),
        signature: "($self, flags, /)",
        doc: "Return a buffer object that exposes the underlying memory of the object.",
    },
    Dunder {
        name: "__release_buffer__",
        word: word!(release_buffer),
        install: |s| s.release_buffer = Some(bytes::release_slot),
        call: |vm, s, this, args| {
            let args = args.expect(vm, "__release_buffer__", 1, 1)?;
            slot!(vm, s.release_buffer)(vm, this, &args[0]).map(|()| Value::none())
        },
        interned: NameCell::new(),
        signature: "($self, buffer, /)",
        doc: "Release the buffer object that exposes the underlying memory of the object.",
    },
    unary!(await_, "__await__", "Return an iterator to be used in await expression."),
    unary!(aiter, "__aiter__", "Return an awaitable, that resolves in asynchronous iterator."),
    unary!(anext, "__anext__", "Return a value or raise StopAsyncIteration."),
    unary!(neg, "__neg__", "-self"),
    unary!(pos, "__pos__", "+self"),
    unary!(abs, "__abs__", "abs(self)"),
    Dunder {
        name: "__bool__",
        word: word!(bool),
        install: |s| s.bool = Some(bool_slot),
        call: |vm, s, this, args| {
            expect(vm, args, 0, 0)?;
            slot!(vm, s.bool)(vm, this).map(Value::bool)
        },
        interned: NameCell::new(),
        signature: "($self, /)",
        doc: "True if self else False",
    },
    unary!(invert, "__invert__", "~self"),
    unary!(int, "__int__", "int(self)"),
    unary!(float, "__float__", "float(self)"),
    unary!(
        index,
        "__index__",
        "Return self converted to an integer, if self is suitable for use as an index into a list."
    ),
    Dunder {
        name: "__len__",
        word: word!(len),
        install: |s| s.len = Some(len_slot),
        call: |vm, s, this, args| {
            expect(vm, args, 0, 0)?;
            let n = slot!(vm, s.len)(vm, this)?;
            vm.new_int(n as i64)
        },
        interned: NameCell::new(),
        signature: "($self, /)",
        doc: "Return len(self).",
    },
    Dunder {
        name: "__getitem__",
        word: word!(getitem),
        install: |s| s.getitem = Some(getitem_slot),
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 1)?;
            slot!(vm, s.getitem)(vm, this, &args[0])
        },
        interned: NameCell::new(),
        signature: "($self, key, /)",
        doc: "Return self[key].",
    },
    Dunder {
        name: "__setitem__",
        word: word!(setitem),
        install: |s| s.setitem = Some(setitem_slot),
        call: |vm, s, this, args| {
            let args = args.expect(vm, "__setitem__", 2, 2)?;
            slot!(vm, s.setitem)(vm, this, &args[0], Some(args[1].clone())).map(|()| Value::none())
        },
        interned: NameCell::new(),
        signature: "($self, key, value, /)",
        doc: "Set self[key] to value.",
    },
    Dunder {
        name: "__delitem__",
        word: word!(setitem),
        install: |s| s.setitem = Some(setitem_slot),
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 1)?;
            slot!(vm, s.setitem)(vm, this, &args[0], None).map(|()| Value::none())
        },
        interned: NameCell::new(),
        signature: "($self, key, /)",
        doc: "Delete self[key].",
    },
    Dunder {
        name: "__contains__",
        word: word!(contains),
        install: |s| s.contains = Some(contains_slot),
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 1)?;
            slot!(vm, s.contains)(vm, this, &args[0]).map(Value::bool)
        },
        interned: NameCell::new(),
        signature: "($self, key, /)",
        doc: "Return bool(key in self).",
    },
];

/// Sequence slots that native classes fill besides the operators; they show as the same dunder names, and Python
/// classes fill the operators only.
static SEQUENCES: [Dunder; 6] = [
    Dunder {
        name: "__add__",
        word: word!(concat),
        install: |_| {},
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 1)?;
            slot!(vm, s.concat)(vm, this, &args[0])
        },
        interned: NameCell::new(),
        signature: "($self, value, /)",
        doc: "Return self+value.",
    },
    Dunder {
        name: "__mul__",
        word: word!(repeat),
        install: |_| {},
        call: repeat_call,
        interned: NameCell::new(),
        signature: "($self, value, /)",
        doc: "Return self*value.",
    },
    Dunder {
        name: "__rmul__",
        word: word!(repeat),
        install: |_| {},
        call: repeat_call,
        interned: NameCell::new(),
        signature: "($self, value, /)",
        doc: "Return value*self.",
    },
    Dunder {
        name: "__iadd__",
        word: word!(inplace_concat),
        install: |_| {},
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 1)?;
            slot!(vm, s.inplace_concat)(vm, this, &args[0])
        },
        interned: NameCell::new(),
        signature: "($self, value, /)",
        doc: "Implement self+=value.",
    },
    Dunder {
        name: "__imul__",
        word: word!(inplace_repeat),
        install: |_| {},
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 1)?;
            let n = vm.to_index_isize(&args[0])?;
            slot!(vm, s.inplace_repeat)(vm, this, n)
        },
        interned: NameCell::new(),
        signature: "($self, value, /)",
        doc: "Implement self*=value.",
    },
    Dunder {
        name: "__getitem__",
        word: word!(item),
        install: |_| {},
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 1)?;
            let mut i = vm.to_index_isize(&args[0])?;
            if i < 0
                && let Some(len) = s.len
            {
                i += len(vm, this)? as isize;
            }
            slot!(vm, s.item)(vm, this, i)
        },
        interned: NameCell::new(),
        signature: "($self, key, /)",
        doc: "Return self[key].",
    },
];

fn repeat_call(vm: &mut Vm, s: &Slots, this: &Value, args: Args<'_>) -> Result {
    let args = expect(vm, args, 1, 1)?;
    let n = vm.to_index_isize(&args[0])?;
    slot!(vm, s.repeat)(vm, this, n)
}

static OPERATORS: [[Dunder; 2]; 13] = [
    binary!(ADD, "__add__", "__radd__", "Return self+value.", "Return value+self."),
    binary!(SUBTRACT, "__sub__", "__rsub__", "Return self-value.", "Return value-self."),
    binary!(MULTIPLY, "__mul__", "__rmul__", "Return self*value.", "Return value*self."),
    binary!(REMAINDER, "__mod__", "__rmod__", "Return self%value.", "Return value%self."),
    binary!(DIVMOD, "__divmod__", "__rdivmod__", "Return divmod(self, value).", "Return divmod(value, self)."),
    binary!(LSHIFT, "__lshift__", "__rlshift__", "Return self<<value.", "Return value<<self."),
    binary!(RSHIFT, "__rshift__", "__rrshift__", "Return self>>value.", "Return value>>self."),
    binary!(AND, "__and__", "__rand__", "Return self&value.", "Return value&self."),
    binary!(XOR, "__xor__", "__rxor__", "Return self^value.", "Return value^self."),
    binary!(OR, "__or__", "__ror__", "Return self|value.", "Return value|self."),
    binary!(FLOOR_DIVIDE, "__floordiv__", "__rfloordiv__", "Return self//value.", "Return value//self."),
    binary!(TRUE_DIVIDE, "__truediv__", "__rtruediv__", "Return self/value.", "Return value/self."),
    binary!(MATRIX_MULTIPLY, "__matmul__", "__rmatmul__", "Return self@value.", "Return value@self."),
];

static POWERS: [Dunder; 2] = [
    Dunder {
        name: "__pow__",
        word: binary_word(BinaryOp::POWER),
        install: |s| {
            s.binary[BinaryOp::POWER as usize] = Some(binary_slot::<{ BinaryOp::POWER as usize }>);
            s.power_mod = Some(power_mod_slot);
        },
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 2)?;
            match args.get(1) {
                Some(m) if !m.is_none() => match s.power_mod {
                    Some(f) => f(vm, this, &args[0], m),
                    None => Ok(Value::not_implemented()),
                },
                _ => match s.binary[BinaryOp::POWER as usize] {
                    Some(f) => f(vm, this, &args[0]),
                    None => Err(missing(vm)),
                },
            }
        },
        interned: NameCell::new(),
        signature: "($self, value, mod=None, /)",
        doc: "Return pow(self, value, mod).",
    },
    Dunder {
        name: "__rpow__",
        word: binary_word(BinaryOp::POWER),
        install: |s| s.binary[BinaryOp::POWER as usize] = Some(binary_slot::<{ BinaryOp::POWER as usize }>),
        call: |vm, s, this, args| {
            let args = expect(vm, args, 1, 2)?;
            match args.get(1) {
                Some(m) if !m.is_none() => match s.power_mod {
                    Some(f) => f(vm, &args[0], this, m),
                    None => Ok(Value::not_implemented()),
                },
                _ => match s.binary[BinaryOp::POWER as usize] {
                    Some(f) => f(vm, &args[0], this),
                    None => Err(missing(vm)),
                },
            }
        },
        interned: NameCell::new(),
        signature: "($self, value, mod=None, /)",
        doc: "Return pow(value, self, mod).",
    },
];

static INPLACE: [Dunder; 13] = [
    inplace!(INPLACE_ADD, "__iadd__", "Return self+=value."),
    inplace!(INPLACE_SUBTRACT, "__isub__", "Return self-=value."),
    inplace!(INPLACE_MULTIPLY, "__imul__", "Return self*=value."),
    inplace!(INPLACE_REMAINDER, "__imod__", "Return self%=value."),
    inplace!(INPLACE_POWER, "__ipow__", "Return self**=value."),
    inplace!(INPLACE_LSHIFT, "__ilshift__", "Return self<<=value."),
    inplace!(INPLACE_RSHIFT, "__irshift__", "Return self>>=value."),
    inplace!(INPLACE_AND, "__iand__", "Return self&=value."),
    inplace!(INPLACE_XOR, "__ixor__", "Return self^=value."),
    inplace!(INPLACE_OR, "__ior__", "Return self|=value."),
    inplace!(INPLACE_FLOOR_DIVIDE, "__ifloordiv__", "Return self//=value."),
    inplace!(INPLACE_TRUE_DIVIDE, "__itruediv__", "Return self/=value."),
    inplace!(INPLACE_MATRIX_MULTIPLY, "__imatmul__", "Return self@=value."),
];

/// All dunder methods. One name may stand for several slots, and several names for one.
pub fn all() -> impl Iterator<Item = &'static Dunder> {
    SINGLES.iter().chain(OPERATORS.iter().flatten()).chain(&POWERS).chain(&INPLACE).chain(&SEQUENCES)
}

/// How many dunder methods there are.
const COUNT: usize = SINGLES.len() + 2 * OPERATORS.len() + POWERS.len() + INPLACE.len() + SEQUENCES.len();

/// Places of the table that finds them by name.
const PLACES: usize = (2 * COUNT).next_power_of_two();

/// All of them by the words of the slots, and where those of a word begin.
struct ByWord {
    sorted: [&'static Dunder; COUNT],
    starts: [u8; slots::WORDS + 1],
}

static BY_WORD: ByWord = by_words();

const fn by_words() -> ByWord {
    let all = in_one_row();
    let (mut sorted, mut starts) = ([all[0]; COUNT], [0; slots::WORDS + 1]);
    let (mut n, mut word) = (0, 0);
    while word < slots::WORDS {
        let mut i = 0;
        while i < COUNT {
            if all[i].word == word {
                sorted[n] = all[i];
                n += 1;
            }
            i += 1;
        }
        word += 1;
        starts[word] = n as u8;
    }
    ByWord { sorted, starts }
}

/// The dunder methods of a word of the slots.
pub fn of_word(word: usize) -> &'static [&'static Dunder] {
    &BY_WORD.sorted[usize::from(BY_WORD.starts[word])..usize::from(BY_WORD.starts[word + 1])]
}

/// All of them, those of one name side by side, and where those of a name begin: one more than the index, at the first free
/// place from the name's hash on. Made by the compiler, since every start asks.
struct ByName {
    sorted: [&'static Dunder; COUNT],
    places: [u8; PLACES],
}

static BY_NAME: ByName = by_name();

/// A hash of four letters: the first and the last two between the underscores.
const fn name_place(name: &[u8]) -> usize {
    if name.len() < 6 {
        return 0;
    }
    let (a, b, c, d) = (name[2], name[3], name[name.len() - 4], name[name.len() - 3]);
    (a as usize + 5 * b as usize + 13 * c as usize + 31 * d as usize + name.len()) % PLACES
}

const fn same_text(a: &[u8], b: &[u8]) -> bool {
    let mut same = a.len() == b.len();
    let mut at = 0;
    while same && at < a.len() {
        same = a[at] == b[at];
        at += 1;
    }
    same
}

const fn in_one_row() -> [&'static Dunder; COUNT] {
    let mut all = [&SINGLES[0]; COUNT];
    let mut n = 0;
    macro_rules! take {
        ($list:expr) => {
            let mut i = 0;
            while i < $list.len() {
                all[n] = &$list[i];
                n += 1;
                i += 1;
            }
        };
    }
    take!(SINGLES);
    let mut i = 0;
    while i < OPERATORS.len() {
        take!(OPERATORS[i]);
        i += 1;
    }
    take!(POWERS);
    take!(INPLACE);
    take!(SEQUENCES);
    all
}

const fn by_name() -> ByName {
    let all = in_one_row();
    let (mut sorted, mut places, mut taken) = ([all[0]; COUNT], [0; PLACES], [false; COUNT]);
    let (mut n, mut i) = (0, 0);
    while i < COUNT {
        if !taken[i] {
            let name = all[i].name.as_bytes();
            let mut place = name_place(name);
            while places[place] != 0 {
                place = (place + 1) % PLACES;
            }
            places[place] = n as u8 + 1;
            let mut j = i;
            while j < COUNT {
                if same_text(all[j].name.as_bytes(), name) {
                    taken[j] = true;
                    sorted[n] = all[j];
                    n += 1;
                }
                j += 1;
            }
        }
        i += 1;
    }
    ByName { sorted, places }
}

/// The dunder methods of a name.
pub fn named(name: &str) -> &'static [&'static Dunder] {
    let mut place = name_place(name.as_bytes());
    loop {
        let Some(first) = usize::from(BY_NAME.places[place]).checked_sub(1) else { return &[] };
        let rest = &BY_NAME.sorted[first..];
        if rest[0].name == name {
            let count = rest.iter().take_while(|d| d.name == name).count();
            return &rest[..count];
        }
        place = (place + 1) % PLACES;
    }
}

/// The name of a dunder method as a string.
pub fn interned(d: &'static Dunder) -> &'static Ref<Str> {
    d.interned.get(d.name)
}

/// Whether the name is that of a dunder method with a slot.
pub fn is_dunder(name: &str) -> bool {
    !named(name).is_empty()
}
