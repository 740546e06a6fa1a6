//! `weakref.ProxyType` and `weakref.CallableProxyType`: every operation is passed on to the object.

use super::reference::describe;
use taipan_macros::class;
use taipan_object::statics::{CALLABLE_PROXY, OBJECT, PROXY};
use taipan_object::weak::WeakProxy;
use taipan_vm::native::{Args, ClassDef};
use taipan_vm::slots::{self, BINARY_SLOTS, BinaryOp, CompareOp, Slots};
use taipan_vm::{Ref, Result, Str, Type, Value, Vm, name};

/// `weakref.ProxyType`.
pub fn plain_type() -> &'static Type {
    PROXY.as_type()
}

/// `weakref.CallableProxyType`.
pub fn callable_type() -> &'static Type {
    CALLABLE_PROXY.as_type()
}

/// The tables of `weakref.ProxyType`.
pub fn plain_class() -> ClassDef {
    ClassDef { slots: fill, ..ProxyClass::class_def() }
}

/// The tables of `weakref.CallableProxyType`.
pub fn callable_class() -> ClassDef {
    fn fill_callable(s: &mut Slots) {
        fill(s);
        s.call = Some(call);
    }
    ClassDef { slots: fill_callable, ..CallableProxyClass::class_def() }
}

/// Whether a value is a proxy.
pub fn is_proxy(v: &Value) -> bool {
    v.downcast::<WeakProxy>().is_some()
}

/// The object that a proxy stands for, unless it has died.
pub fn referent(v: &Value) -> Option<Value> {
    v.downcast::<WeakProxy>().and_then(|p| p.upgrade())
}

/// The object that a proxy stands for; anything else stands for itself.
fn real(vm: &mut Vm, v: &Value) -> Result {
    match v.downcast::<WeakProxy>() {
        None => Ok(v.clone()),
        Some(p) => match p.upgrade() {
            Some(object) => Ok(object),
            None => Err(vm.raise_reference_error("weakly-referenced object no longer exists")),
        },
    }
}

fn binary<const OP: usize>(vm: &mut Vm, a: &Value, b: &Value) -> Result {
    let (a, b) = (real(vm, a)?, real(vm, b)?);
    vm.binary(BinaryOp::from_number(OP).unwrap_or(BinaryOp::DIVMOD), &a, &b)
}

fn call(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
    let object = real(vm, this)?;
    vm.call_args(&object, args)
}

/// An operation with one operand, by the method of [`Vm`] of that name.
macro_rules! passed_on {
    ($s:ident: $($slot:ident = $method:ident -> $t:ty),*) => { $(
        $s.$slot = Some({
            fn pass(vm: &mut Vm, this: &Value) -> Result<$t> {
                let object = real(vm, this)?;
                vm.$method(&object).map(Into::into)
            }
            pass
        });
    )* };
}

macro_rules! binary_slots {
    ($s:ident: $($n:literal)*) => {
        const _: () = assert!([$($n),*].len() == BINARY_SLOTS);
        $($s.binary[$n] = Some(binary::<$n>);)*
    };
}

fn fill(s: &mut Slots) {
    passed_on!(s: str = str -> Value, neg = neg -> Value, pos = pos -> Value, abs = abs -> Value,
        invert = invert -> Value, int = to_int -> Value, index = index -> Value,
        iter = iter -> Value, bool = is_truthy -> bool, len = len -> usize);
    binary_slots!(s: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26);
    s.repr = Some(repr);
    s.float = Some(|vm, this| {
        let object = real(vm, this)?;
        let x = vm.to_f64(&object)?;
        vm.new_float(x)
    });
    s.power_mod = Some(|vm, a, b, m| {
        let (a, b, m) = (real(vm, a)?, real(vm, b)?, real(vm, m)?);
        vm.power(&a, &b, Some(&m))
    });
    s.getattr = Some(|vm, this, name| {
        let object = real(vm, this)?;
        vm.get_attr(&object, name)
    });
    s.setattr = Some(|vm, this, name: &Ref<Str>, value| {
        let object = real(vm, this)?;
        vm.set_attr(&object, name, value)
    });
    s.compare = Some(|vm, a, b, op: CompareOp| {
        let (a, b) = (real(vm, a)?, real(vm, b)?);
        vm.compare(&a, &b, op)
    });
    s.next = Some(next);
    s.contains = Some(|vm, this, item| {
        let object = real(vm, this)?;
        vm.contains(&object, item)
    });
    s.getitem = Some(|vm, this, key| {
        let object = real(vm, this)?;
        vm.get_item(&object, key)
    });
    s.setitem = Some(|vm, this, key, value| {
        let object = real(vm, this)?;
        vm.set_item(&object, key, value)
    });
}

fn next(vm: &mut Vm, this: &Value) -> Result<Option<Value>> {
    let object = real(vm, this)?;
    if slots::of(object.ty()).next.is_none() {
        let text = format!("Weakref proxy referenced a non-iterator '{}' object", object.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    vm.next(&object)
}

fn repr(vm: &mut Vm, this: &Value) -> Result {
    let at = this.bits();
    let text = match referent(this) {
        Some(object) => format!("<weakproxy at {at:#x}; {}>", describe(vm, &object, false)?),
        None => format!("<weakproxy at {at:#x}; dead>"),
    };
    vm.new_str(&text).map(Ref::into_value)
}

/// Methods of `weakref.ProxyType`.
pub struct ProxyClass;

#[class(cell = PROXY, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl ProxyClass {
    #[method("($self, /)")]
    fn __bytes__(vm: &mut Vm, this: &Value) -> Result {
        let object = real(vm, this)?;
        vm.call_method(&object, name!("__bytes__"), &[])
    }

    #[method("($self, /)")]
    fn __reversed__(vm: &mut Vm, this: &Value) -> Result {
        let object = real(vm, this)?;
        vm.call_method(&object, name!("__reversed__"), &[])
    }
}

/// Methods of `weakref.CallableProxyType`.
pub struct CallableProxyClass;

#[class(cell = CALLABLE_PROXY, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl CallableProxyClass {}
