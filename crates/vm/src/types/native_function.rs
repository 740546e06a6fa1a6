//! `builtin_function_or_method`: a native function, or a native method bound to its receiver.

use crate::native::{Args, FnDef, FnKind, name_receiver};
use crate::{Heap, Ref, Result, Type, Value, Vm, slots};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;

/// `builtin_function_or_method`.
pub static NATIVE_FUNCTION: TypeCell<NativeFunction> = TypeCell::new("builtin_function_or_method");

/// A native function with its receiver or module.
#[derive(Trace, Payload)]
#[payload(class = NATIVE_FUNCTION, frozen)]
#[repr(C)]
pub struct NativeFunction {
    /// The function.
    pub def: Opaque<&'static FnDef>,
    /// What it is bound to: an instance, a class or a module.
    pub receiver: Option<Value>,
    /// `__module__`.
    pub module: Option<Value>,
}

/// `__new__` of native classes: the receiver says whose.
static NEW: FnDef = FnDef {
    name: "__new__",
    signature: Some("($type, *args, **kwargs)"),
    parameters: None,
    doc: "Create and return a new object.  See help(type) for accurate signature.",
    kind: FnKind::Class,
    call: call_new,
    positional: |vm, all| call_new(vm, Args::positional_only(all)),
};

fn call_new(vm: &mut Vm, args: Args<'_>) -> Result {
    let Some((owner, args)) = args.split_first() else {
        return Err(vm.raise_system_error("__new__ without its class"));
    };
    let Some(owner) = owner.as_type_ref() else {
        return Err(vm.raise_system_error("__new__ without its class"));
    };
    let Some((class, args)) = args.split_first() else {
        let text = format!("{}.__new__(): not enough arguments", owner.name());
        return Err(vm.raise_type_error(&text));
    };
    let Some(class) = class.as_type_ref() else {
        let text = format!("{}.__new__(X): X is not a type object ({})", owner.name(), class.ty().name());
        return Err(vm.raise_type_error(&text));
    };
    if !class.is_subtype(owner) {
        let (o, c) = (owner.name(), class.name());
        return Err(vm.raise_type_error(&format!("{o}.__new__({c}): {c} is not a subtype of {o}")));
    }
    // A class with further native fields has to be made by its own native `__new__`.
    let mut solid: &Type = class;
    while crate::dunder::has_python_new(solid) {
        match solid.base() {
            Some(b) => solid = b,
            None => break,
        }
    }
    if class.flags().has(taipan_object::TypeFlags::DISALLOW_INSTANTIATION) {
        let name = vm.dotted_name(class);
        return Err(vm.raise_type_error(&format!("cannot create '{name}' instances")));
    }
    let own_new = |t: &Type| slots::of(t).new.map(|f| f as usize);
    let unsafe_new = if std::ptr::eq(&**owner, OBJECT.as_type()) {
        own_new(solid) != own_new(owner)
    } else {
        own_new(solid) != own_new(owner) || !solid.same_native(owner)
    };
    if unsafe_new {
        let (o, c) = (owner.name(), class.name());
        return Err(vm.raise_type_error(&format!("{o}.__new__({c}) is not safe, use {}.__new__()", solid.name())));
    }
    match slots::of(owner).new {
        Some(new) => new(vm, class, args),
        None => {
            let name = vm.dotted_name(owner);
            Err(vm.raise_type_error(&format!("cannot create '{name}' instances")))
        }
    }
}

impl NativeFunction {
    /// A function of a module, or a method bound to `receiver`.
    pub fn new(
        heap: &Heap,
        def: &'static FnDef,
        receiver: Option<Value>,
        module: Option<Value>,
    ) -> Result<Ref<NativeFunction>> {
        Ref::new_in_place(heap, NativeFunction { def: Opaque(def), receiver, module })
    }

    /// The `__new__` of a native class.
    pub fn new_for_class(heap: &Heap, ty: &Type) -> Result<Ref<NativeFunction>> {
        NativeFunction::new(heap, &NEW, Some(ty.to_value()), None)
    }

    /// The instance or class that the function is a method of.
    fn method_of(&self) -> Option<&Value> {
        self.receiver.as_ref().filter(|r| !(r.ty().is_subtype(crate::types::module::MODULE.as_type())))
    }

    /// Whether the receiver is passed to the function as its first argument.
    #[inline(always)]
    pub fn passes_receiver(&self) -> bool {
        self.receiver.is_some() && matches!(self.def.kind, FnKind::Method | FnKind::Class)
    }
}

/// Methods of `builtin_function_or_method`.
pub struct NativeFunctionClass;

#[class(cell = NATIVE_FUNCTION, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF)]
impl NativeFunctionClass {
    #[slot]
    fn call(vm: &mut Vm, this: &Ref<NativeFunction>, args: Args<'_>) -> Result {
        match &this.receiver {
            Some(receiver) if this.passes_receiver() => {
                let receiver = receiver.clone();
                vm.call_native_prepended(&this.def, &receiver, args)
                    .map_err(|raised| name_receiver(vm, &this.def, &receiver, args, raised))
            }
            _ => (this.def.call)(vm, args),
        }
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<NativeFunction>) -> Result {
        let name = this.def.name;
        let text = match this.method_of() {
            Some(r) => {
                format!("<built-in method {name} of {} object at {:#x}>", r.ty().name(), r.bits())
            }
            _ => format!("<built-in function {name}>"),
        };
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn compare(_vm: &mut Vm, a: &Value, b: &Value, op: slots::CompareOp) -> Result {
        let (Some(a), Some(b)) = (a.downcast::<NativeFunction>(), b.downcast::<NativeFunction>()) else {
            return Ok(Value::not_implemented());
        };
        let same_receiver = match (&a.receiver, &b.receiver) {
            (Some(x), Some(y)) => x.is(y),
            (None, None) => true,
            _ => false,
        };
        let same = same_receiver && std::ptr::eq(*a.def, *b.def);
        Ok(match op {
            slots::CompareOp::Eq => Value::bool(same),
            slots::CompareOp::Ne => Value::bool(!same),
            _ => Value::not_implemented(),
        })
    }

    #[slot]
    fn hash(_vm: &mut Vm, this: &Ref<NativeFunction>) -> Result<i64> {
        let receiver = this.receiver.as_ref().map_or(0, |r| r.bits() >> 4);
        let h = (std::ptr::from_ref::<FnDef>(*this.def) as u64 >> 4) ^ receiver.rotate_left(32);
        Ok(if h as i64 == -1 { -2 } else { h as i64 })
    }

    #[getter]
    fn __name__(vm: &mut Vm, this: &Ref<NativeFunction>) -> Result {
        vm.new_str(this.def.name).map(Ref::into_value)
    }

    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Ref<NativeFunction>) -> Result {
        let name = this.def.name;
        let text = match this.method_of() {
            Some(r) => {
                let owner = r.as_type().map_or_else(|| r.ty().to_ref(), |t| t.to_ref());
                format!("{}.{name}", vm.qualified_name(&owner))
            }
            _ => name.to_owned(),
        };
        vm.new_str(&text).map(Ref::into_value)
    }

    #[getter(member)]
    fn __module__(_vm: &mut Vm, this: &Ref<NativeFunction>) -> Result {
        Ok(this.module.clone().unwrap_or_else(Value::none))
    }

    #[getter]
    fn __self__(_vm: &mut Vm, this: &Ref<NativeFunction>) -> Result {
        // A static method knows its class, but is not bound to it.
        let receiver = this.receiver.clone().filter(|_| this.def.kind != FnKind::Static);
        Ok(receiver.unwrap_or_else(Value::none))
    }

    #[getter]
    fn __doc__(vm: &mut Vm, this: &Ref<NativeFunction>) -> Result<Option<&'static str>> {
        let _ = vm;
        Ok((!this.def.doc.is_empty()).then_some(this.def.doc))
    }

    #[getter]
    fn __text_signature__(vm: &mut Vm, this: &Ref<NativeFunction>) -> Result<Option<&'static str>> {
        let _ = vm;
        Ok(this.def.signature)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<NativeFunction>) -> Result {
        match this.method_of() {
            Some(r) => {
                let getattr = vm.builtin("getattr")?;
                let name = vm.new_str(this.def.name)?.into_value();
                let args = vm.new_tuple(vec![r.clone(), name])?.into_value();
                vm.new_tuple(vec![getattr, args]).map(Ref::into_value)
            }
            _ => vm.new_str(this.def.name).map(Ref::into_value),
        }
    }
}
