//! `_typing`: type parameters, type aliases and `Generic` (PEP 484, 612, 646, 695, 696).
//!
//! Bounds, constraints, defaults and values of aliases are given as functions by the compiler and are evaluated when
//! they are first asked for. What `typing` knows better (substitution, `Generic[...]`) is asked of it.

mod alias;
mod params;

use taipan_macros::{Payload, Trace, class, module};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::eval::intrinsics::TYPE_PARAMETERS;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::types::property::new_class_method;
use taipan_vm::types::union::UNION;
use taipan_vm::{ModuleRef, Ref, Result, Str, Tuple, Type, Value, Vm, name};

/// Owner of `NoDefault` in the interpreter's registry.
const NO_DEFAULT: &str = "typing.NoDefault";
/// Owner of `Generic` in the interpreter's registry.
const GENERIC: &str = "typing.Generic";

/// `NoDefaultType`.
pub static NO_DEFAULT_TYPE: TypeCell<NoDefault> = TypeCell::new("NoDefaultType");

/// What the default of a type parameter without one is.
#[derive(Trace, Payload)]
#[payload(class = NO_DEFAULT_TYPE, frozen)]
#[repr(C)]
pub struct NoDefault {
    pad: u64,
}

/// Methods of `NoDefaultType`.
pub struct NoDefaultClass;

/// The type of the NoDefault singleton.
#[class(cell = NO_DEFAULT_TYPE, base = OBJECT, signature = "()")]
impl NoDefaultClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        if !args.all().is_empty() {
            return Err(vm.raise_type_error("NoDefaultType takes no arguments"));
        }
        no_default(vm)
    }

    #[slot]
    fn repr(vm: &mut Vm, _this: &Value) -> Result {
        vm.new_str("typing.NoDefault").map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __reduce__(_vm: &mut Vm, _this: &Value) -> Result<&'static str> {
        Ok("NoDefault")
    }
}

/// The singleton.
pub fn no_default(vm: &mut Vm) -> Result {
    if let Some(v) = vm.state().registry.get(NO_DEFAULT) {
        return Ok(v.clone());
    }
    vm.set_up_class(&NoDefaultClass::class_def())?;
    let v = Ref::new(vm, NoDefault { pad: 0 })?.into_value();
    vm.state_mut().registry.insert(NO_DEFAULT, v.clone());
    Ok(v)
}

/// Calls a function of module `typing`.
pub fn typing_call(vm: &mut Vm, function: &str, args: &[Value]) -> Result {
    let typing = vm.import("typing")?;
    let name = vm.intern_utf8(function)?;
    vm.call_method(&typing, &name, args)
}

/// `__module__` of what the running code makes, or `None`.
pub fn caller_module(vm: &mut Vm) -> Result {
    match vm.current_globals() {
        Some(globals) => Ok(vm.dict_get(&globals, name!("__name__").as_value())?.unwrap_or_else(Value::none)),
        None => Ok(Value::none()),
    }
}

/// What a compiler's function for a bound, a default or a value gives: format 1 is the value.
pub fn evaluate(vm: &mut Vm, function: &Value) -> Result {
    vm.call(function, &[Value::from_i32(1)])
}

/// `constevaluator`.
pub static CONST_EVALUATOR: TypeCell<ConstEvaluator> = TypeCell::new("_typing._ConstEvaluator");

/// A function like the compiler's, for a value that is known.
#[derive(Trace, Payload)]
#[payload(class = CONST_EVALUATOR, frozen)]
#[repr(C)]
pub struct ConstEvaluator {
    value: Value,
}

impl ConstEvaluator {
    /// A function that gives `value`.
    pub fn make(vm: &mut Vm, value: Value) -> Result {
        Ref::new(vm, ConstEvaluator { value }).map(Ref::into_value)
    }
}

/// Methods of `_ConstEvaluator`.
pub struct ConstEvaluatorClass;

#[class(cell = CONST_EVALUATOR, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION, signature = "()")]
impl ConstEvaluatorClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ConstEvaluator>) -> Result {
        let value = vm.repr(&this.value)?.to_string_lossy();
        vm.new_str(&format!("<constevaluator {value}>")).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        let args = args.expect(vm, "constevaluator.__call__", 1, 1)?;
        let format = vm.to_index_i64(&args[0], "int")?;
        let Some(this) = this.downcast::<ConstEvaluator>() else {
            return Err(vm.raise_wrong_receiver("__call__", this));
        };
        // Format 4 is source text.
        if format != 4 {
            return Ok(this.value.clone());
        }
        let library = vm.import("annotationlib")?;
        let Some(tuple) = this.value.downcast::<Tuple>() else {
            return vm.call_method(&library, name!("type_repr"), std::slice::from_ref(&this.value));
        };
        let mut shown = Vec::new();
        for item in tuple.items() {
            let text = vm.call_method(&library, name!("type_repr"), std::slice::from_ref(item))?;
            shown.push(text.downcast::<Str>().map(|s| s.to_string_lossy()).unwrap_or_default());
        }
        let comma = if shown.len() == 1 { "," } else { "" };
        vm.new_str(&format!("({}{comma})", shown.join(", "))).map(Ref::into_value)
    }
}

/// Each `TypeVarTuple` among parameters as its unpacked form.
pub fn unpack_tuples(vm: &mut Vm, params: &Ref<Tuple>) -> Result<Ref<Tuple>> {
    let mut out = Vec::with_capacity(params.items().len());
    for p in params.items().to_vec() {
        if p.downcast::<params::TypeVarTuple>().is_some() {
            let parts = vm.collect(&p)?;
            out.extend(parts);
        } else {
            out.push(p);
        }
    }
    vm.new_tuple(out)
}

fn parameter_intrinsic(vm: &mut Vm, number: i64, operands: &[Value]) -> Result {
    let missing = |vm: &mut Vm| vm.raise_type_error("an instruction of type parameters lacks an operand");
    let Some(a) = operands.first() else { return Err(missing(vm)) };
    let b = operands.get(1);
    match (number, b) {
        (7, _) => params::make_type_var(vm, a, None, None),
        (8, _) => params::make_param_spec(vm, a),
        (9, _) => params::make_type_var_tuple(vm, a),
        (10, _) => {
            let Some(params) = a.downcast::<Tuple>().cloned() else { return Err(missing(vm)) };
            let unpacked = unpack_tuples(vm, &params)?.into_value();
            let generic = generic(vm)?;
            typing_call(vm, "_GenericAlias", &[generic, unpacked])
        }
        (11, _) => alias::make_type_alias(vm, a),
        (102, Some(b)) => params::make_type_var(vm, a, Some(b), None),
        (103, Some(b)) => params::make_type_var(vm, a, None, Some(b)),
        (105, Some(b)) => params::set_default(vm, a, b),
        _ => Err(missing(vm)),
    }
}

/// `Generic`, an ordinary class with two native class methods.
fn generic(vm: &mut Vm) -> Result {
    if let Some(v) = vm.state().registry.get(GENERIC) {
        return Ok(v.clone());
    }
    vm.import("_typing")?;
    match vm.state().registry.get(GENERIC) {
        Some(v) => Ok(v.clone()),
        None => Err(vm.raise_runtime_error("lost typing.Generic")),
    }
}

fn make_generic(vm: &mut Vm, module: &Ref<Module>) -> Result {
    let namespace = vm.new_dict()?;
    let library = vm.new_str("typing")?.into_value();
    vm.dict_set(&namespace, name!("__module__").as_value(), library)?;
    let no_slots = vm.new_tuple(Vec::new())?.into_value();
    vm.dict_set(&namespace, name!("__slots__").as_value(), no_slots)?;
    let doc = "Abstract base class for generic types.\n\nA class that lists type parameters is generic without naming it: \
               class Mapping[K, V]: ...";
    let doc = vm.new_str(doc)?.into_value();
    vm.dict_set(&namespace, name!("__doc__").as_value(), doc)?;
    for (name, own) in
        [("__class_getitem__", "_generic_class_getitem"), ("__init_subclass__", "_generic_init_subclass")]
    {
        let own = vm.intern_utf8(own)?;
        let function = vm.get_attr(module.as_value(), &own)?;
        let function = new_class_method(vm, function)?;
        let name = vm.intern_utf8(name)?;
        vm.dict_set(&namespace, name.as_value(), function)?;
    }
    let (text, bases) = (vm.new_str("Generic")?.into_value(), vm.new_tuple(Vec::new())?.into_value());
    let metatype = taipan_object::statics::TYPE.as_type().to_value();
    vm.call(&metatype, &[text, bases, namespace.into_value()])
}

/// `_typing`.
pub struct TypingModule;

/// Primitives and accelerators for the typing module.
#[module(name = "_typing")]
impl TypingModule {
    /// Gives its argument back.
    #[function("($module, x, /)")]
    fn _idfunc(_vm: &mut Vm, x: Value) -> Result {
        Ok(x)
    }

    /// `Generic.__class_getitem__`.
    #[function]
    fn _generic_class_getitem(vm: &mut Vm, args: Args<'_>) -> Result {
        let typing = vm.import("typing")?;
        vm.call_method_args(&typing, name!("_generic_class_getitem"), args)
    }

    /// `Generic.__init_subclass__`.
    #[function]
    fn _generic_init_subclass(vm: &mut Vm, args: Args<'_>) -> Result {
        let typing = vm.import("typing")?;
        vm.call_method_args(&typing, name!("_generic_init_subclass"), args)
    }

    /// What the compiler's instructions for type parameters call.
    #[function]
    fn _type_parameters(vm: &mut Vm, args: Args<'_>) -> Result {
        match args.positional().split_first() {
            Some((number, operands)) => {
                let number = vm.to_index_i64(number, "int")?;
                parameter_intrinsic(vm, number, operands)
            }
            None => Err(vm.raise_type_error("_type_parameters() needs the number of an instruction")),
        }
    }

    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&ConstEvaluatorClass::class_def())?;
        let none = no_default(vm)?;
        module.set(vm, "NoDefault", none)?;
        module.set(vm, "Union", UNION.as_type().to_value())?;
        params::add(vm, module)?;
        alias::add(vm, module)?;
        let generic = make_generic(vm, module)?;
        vm.state_mut().registry.insert(GENERIC, generic.clone());
        module.set(vm, "Generic", generic)?;
        let make = vm.get_attr(module.as_value(), name!("_type_parameters"))?;
        vm.state_mut().registry.insert(TYPE_PARAMETERS, make);
        Ok(())
    }
}
