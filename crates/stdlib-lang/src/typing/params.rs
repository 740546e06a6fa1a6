//! `TypeVar`, `ParamSpec`, `TypeVarTuple`.

use super::{ConstEvaluator, caller_module, evaluate, no_default, typing_call};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::native::{Args, FromArg, Place, Signature, bind};
use taipan_vm::types::module::Module;
use taipan_vm::types::union;
use taipan_vm::{Ref, Result, Str, Tuple, Type, Value, Vm, name};

/// `TypeVar`.
pub static TYPE_VAR: TypeCell<TypeVar> = TypeCell::new("typing.TypeVar");
/// `ParamSpec`.
pub static PARAM_SPEC: TypeCell<ParamSpec> = TypeCell::new("typing.ParamSpec");
/// `TypeVarTuple`.
pub static TYPE_VAR_TUPLE: TypeCell<TypeVarTuple> = TypeCell::new("typing.TypeVarTuple");
/// `ParamSpecArgs`.
pub static PARAM_SPEC_ARGS: TypeCell<ParamSpecArgs> = TypeCell::new("typing.ParamSpecArgs");
/// `ParamSpecKwargs`.
pub static PARAM_SPEC_KWARGS: TypeCell<ParamSpecKwargs> = TypeCell::new("typing.ParamSpecKwargs");

/// A value, or the function that will give it.
#[derive(Trace, Default, Clone)]
struct Lazy {
    value: Option<Value>,
    function: Option<Value>,
}

#[derive(Trace, Default, Clone, Copy)]
struct Variance {
    covariant: bool,
    contravariant: bool,
    infer: bool,
}

impl Variance {
    fn checked(vm: &mut Vm, covariant: bool, contravariant: bool, infer: bool) -> Result<Variance> {
        if covariant && contravariant {
            return Err(vm.raise_value_error("Bivariant types are not supported."));
        }
        if infer && (covariant || contravariant) {
            return Err(vm.raise_value_error("Variance cannot be specified with infer_variance."));
        }
        Ok(Variance { covariant, contravariant, infer })
    }

    fn prefix(self) -> &'static str {
        match self {
            Variance { infer: true, .. } => "",
            Variance { covariant: true, .. } => "+",
            Variance { contravariant: true, .. } => "-",
            _ => "~",
        }
    }
}

/// A type variable.
#[derive(Trace, Payload)]
#[payload(class = TYPE_VAR)]
#[repr(C)]
pub struct TypeVar {
    name: Value,
    bound: Lazy,
    constraints: Lazy,
    default: Lazy,
    variance: Variance,
}

/// A parameter specification.
#[derive(Trace, Payload)]
#[payload(class = PARAM_SPEC)]
#[repr(C)]
pub struct ParamSpec {
    name: Value,
    bound: Option<Value>,
    default: Lazy,
    variance: Variance,
}

/// A type variable tuple.
#[derive(Trace, Payload)]
#[payload(class = TYPE_VAR_TUPLE)]
#[repr(C)]
pub struct TypeVarTuple {
    name: Value,
    default: Lazy,
}

/// `P.args`.
#[derive(Trace, Payload)]
#[payload(class = PARAM_SPEC_ARGS, frozen)]
#[repr(C)]
pub struct ParamSpecArgs {
    origin: Value,
}

/// `P.kwargs`.
#[derive(Trace, Payload)]
#[payload(class = PARAM_SPEC_KWARGS, frozen)]
#[repr(C)]
pub struct ParamSpecKwargs {
    origin: Value,
}

/// Adds the classes to the module.
pub fn add(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
    vm.add_class(module, &TypeVarClass::class_def())?;
    vm.add_class(module, &ParamSpecClass::class_def())?;
    vm.add_class(module, &TypeVarTupleClass::class_def())?;
    vm.add_class(module, &ParamSpecArgsClass::class_def())?;
    vm.add_class(module, &ParamSpecKwargsClass::class_def())?;
    for class in [
        TYPE_VAR.as_type(),
        PARAM_SPEC.as_type(),
        TYPE_VAR_TUPLE.as_type(),
        PARAM_SPEC_ARGS.as_type(),
        PARAM_SPEC_KWARGS.as_type(),
    ] {
        let module = vm.new_str("typing")?.into_value();
        vm.set_class_constant(class, "__module__", module)?;
    }
    Ok(())
}

/// Whether this is a `TypeVar`, a `ParamSpec` or a `TypeVarTuple`.
pub fn is_parameter(v: &Value) -> bool {
    v.downcast::<TypeVar>().is_some() || v.downcast::<ParamSpec>().is_some() || v.downcast::<TypeVarTuple>().is_some()
}

/// The instruction for `[T]`, `[T: bound]` and `[T: (constraints)]`.
pub fn make_type_var(vm: &mut Vm, name: &Value, bound: Option<&Value>, constraints: Option<&Value>) -> Result {
    let lazy = |function: Option<&Value>| Lazy { value: None, function: function.cloned() };
    let variance = Variance { infer: true, ..Variance::default() };
    let (bound, constraints) = (lazy(bound), lazy(constraints));
    let var = TypeVar { name: name.clone(), bound, constraints, default: Lazy::default(), variance };
    Ref::new(vm, var).map(Ref::into_value)
}

/// The instruction for `[**P]`.
pub fn make_param_spec(vm: &mut Vm, name: &Value) -> Result {
    let variance = Variance { infer: true, ..Variance::default() };
    let spec = ParamSpec { name: name.clone(), bound: None, default: Lazy::default(), variance };
    Ref::new(vm, spec).map(Ref::into_value)
}

/// The instruction for `[*Ts]`.
pub fn make_type_var_tuple(vm: &mut Vm, name: &Value) -> Result {
    Ref::new(vm, TypeVarTuple { name: name.clone(), default: Lazy::default() }).map(Ref::into_value)
}

/// The instruction for a parameter's default.
pub fn set_default(vm: &mut Vm, parameter: &Value, function: &Value) -> Result {
    let lazy = Lazy { value: None, function: Some(function.clone()) };
    if let Some(p) = parameter.downcast::<TypeVar>() {
        p.get_mut(vm).default = lazy;
    } else if let Some(p) = parameter.downcast::<ParamSpec>() {
        p.get_mut(vm).default = lazy;
    } else if let Some(p) = parameter.downcast::<TypeVarTuple>() {
        p.get_mut(vm).default = lazy;
    }
    Ok(parameter.clone())
}

fn default_argument(vm: &mut Vm, given: Option<&Value>) -> Result<Lazy> {
    let none = no_default(vm)?;
    let value = given.filter(|v| !v.is(&none)).cloned();
    Ok(Lazy { value, function: None })
}

fn set_module(vm: &mut Vm, object: &Value) -> Result<()> {
    let module = caller_module(vm)?;
    vm.set_attr(object, name!("__module__"), Some(module))
}

/// The argument `name`, which comes first and is a string.
pub fn checked_name(vm: &mut Vm, s: &'static Signature, name: Option<&Value>) -> Result {
    <&Ref<Str>>::from_arg(vm, name, Place::argument(s, 0)).map(Ref::to_value)
}

fn truth(vm: &mut Vm, v: Option<&Value>) -> Result<bool> {
    v.map_or(Ok(false), |v| vm.is_truthy(v))
}

fn checked_bound(vm: &mut Vm, bound: Option<&Value>) -> Result<Option<Value>> {
    let Some(bound) = bound.filter(|b| !b.is_none()) else { return Ok(None) };
    let words = vm.new_str("Bound must be a type.")?.into_value();
    typing_call(vm, "_type_check", &[bound.clone(), words]).map(Some)
}

fn no_subclass(vm: &mut Vm, class: &str) -> Result {
    Err(vm.raise_type_error(&format!("Cannot subclass an instance of {class}")))
}

fn evaluator(vm: &mut Vm, lazy: Lazy) -> Result {
    match (lazy.function, lazy.value) {
        (Some(f), _) => Ok(f),
        (None, Some(v)) => ConstEvaluator::make(vm, v),
        (None, None) => Ok(Value::none()),
    }
}

/// `__default__`, evaluated once.
macro_rules! lazy_value {
    ($vm:ident, $this:ident, $field:ident, $absent:expr) => {{
        let lazy = $this.get($vm).$field.clone();
        match (lazy.value, lazy.function) {
            (Some(v), _) => Ok(v),
            (None, Some(f)) => {
                let v = evaluate($vm, &f)?;
                $this.get_mut($vm).$field.value = Some(v.clone());
                Ok(v)
            }
            (None, None) => $absent,
        }
    }};
}

fn has_default(lazy: &Lazy) -> bool {
    lazy.value.is_some() || lazy.function.is_some()
}

/// Methods of `TypeVar`.
pub struct TypeVarClass;

/// Type variable.
///
/// The preferred way to construct one is the syntax for generic functions, classes and type aliases.
#[class(cell = TYPE_VAR, base = OBJECT, flags = HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
impl TypeVarClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "typevar",
            params: &["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
            required: &[true, false, false, false, false, false],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let positional = args.positional();
        let constraints = positional.get(1..).unwrap_or_default();
        let mut head: Vec<Value> = positional.first().cloned().into_iter().collect();
        head.extend_from_slice(args.keyword_values());
        let head = Args::new(&head, args.names());
        let [name, bound, default, covariant, contravariant, infer] = bind::<6>(vm, &SIGNATURE, head)?;
        let name = checked_name(vm, &SIGNATURE, name)?;
        let (covariant, contravariant, infer) = (truth(vm, covariant)?, truth(vm, contravariant)?, truth(vm, infer)?);
        let variance = Variance::checked(vm, covariant, contravariant, infer)?;
        let bound = checked_bound(vm, bound)?;
        if constraints.len() == 1 {
            return Err(vm.raise_type_error("A single constraint is not allowed"));
        }
        if !constraints.is_empty() && bound.is_some() {
            return Err(vm.raise_type_error("Constraints cannot be combined with bound=..."));
        }
        let constraints = match constraints {
            [] => None,
            all => Some(vm.new_tuple(all.to_vec())?.into_value()),
        };
        let default = default_argument(vm, default)?;
        let known = |value| Lazy { value, function: None };
        let var = TypeVar { name, bound: known(bound), constraints: known(constraints), default, variance };
        let var = Ref::new(vm, var)?.into_value();
        set_module(vm, &var)?;
        Ok(var)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<TypeVar>) -> Result {
        let (prefix, name) = (this.get(vm).variance.prefix(), this.get(vm).name.clone());
        let name = vm.str(&name)?.to_string_lossy();
        vm.new_str(&format!("{prefix}{name}")).map(Ref::into_value)
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        union::from_members(vm, &[a.clone(), b.clone()])
    }

    #[getter(member)]
    fn __name__(vm: &mut Vm, this: &Ref<TypeVar>) -> Result {
        Ok(this.get(vm).name.clone())
    }

    #[getter(member)]
    fn __covariant__(vm: &mut Vm, this: &Ref<TypeVar>) -> Result<bool> {
        Ok(this.get(vm).variance.covariant)
    }

    #[getter(member)]
    fn __contravariant__(vm: &mut Vm, this: &Ref<TypeVar>) -> Result<bool> {
        Ok(this.get(vm).variance.contravariant)
    }

    #[getter(member)]
    fn __infer_variance__(vm: &mut Vm, this: &Ref<TypeVar>) -> Result<bool> {
        Ok(this.get(vm).variance.infer)
    }

    #[getter]
    fn __bound__(vm: &mut Vm, this: &Ref<TypeVar>) -> Result {
        lazy_value!(vm, this, bound, Ok(Value::none()))
    }

    #[getter]
    fn __constraints__(vm: &mut Vm, this: &Ref<TypeVar>) -> Result {
        lazy_value!(vm, this, constraints, vm.new_tuple(Vec::new()).map(Ref::into_value))
    }

    #[getter]
    fn __default__(vm: &mut Vm, this: &Ref<TypeVar>) -> Result {
        lazy_value!(vm, this, default, no_default(vm))
    }

    #[getter]
    fn evaluate_bound(vm: &mut Vm, this: &Ref<TypeVar>) -> Result {
        let lazy = this.get(vm).bound.clone();
        evaluator(vm, lazy)
    }

    #[getter]
    fn evaluate_constraints(vm: &mut Vm, this: &Ref<TypeVar>) -> Result {
        let lazy = this.get(vm).constraints.clone();
        evaluator(vm, lazy)
    }

    #[getter]
    fn evaluate_default(vm: &mut Vm, this: &Ref<TypeVar>) -> Result {
        let lazy = this.get(vm).default.clone();
        evaluator(vm, lazy)
    }

    #[method("($self, /)")]
    fn has_default(vm: &mut Vm, this: &Ref<TypeVar>) -> Result<bool> {
        Ok(has_default(&this.get(vm).default))
    }

    #[method("($self, arg, /)")]
    fn __typing_subst__(vm: &mut Vm, this: &Ref<TypeVar>, arg: &Value) -> Result {
        typing_call(vm, "_typevar_subst", &[this.to_value(), arg.clone()])
    }

    #[method("($self, alias, args, /)")]
    fn __typing_prepare_subst__(vm: &mut Vm, this: &Ref<TypeVar>, alias: &Value, args: &Value) -> Result {
        let params = vm.get_attr(alias, name!("__parameters__"))?;
        let index = vm.call_method(&params, name!("index"), &[this.to_value()])?;
        let index = vm.to_index_isize(&index)?.max(0) as usize;
        let given = vm.collect(args)?;
        if index < given.len() {
            return Ok(args.clone());
        }
        if index == given.len() && has_default(&this.get(vm).default) {
            let default = TypeVarClass::__default__(vm, this)?;
            let mut all = given;
            all.push(default);
            return vm.new_tuple(all).map(Ref::into_value);
        }
        let mut least = 0;
        for p in vm.collect(&params)? {
            least += match (p.downcast::<TypeVar>(), p.downcast::<ParamSpec>()) {
                (Some(p), _) => usize::from(!has_default(&p.get(vm).default)),
                (None, Some(p)) => usize::from(!has_default(&p.get(vm).default)),
                (None, None) => 0,
            };
        }
        let alias = vm.str(alias)?.to_string_lossy();
        let text = format!("Too few arguments for {alias}; actual {}, expected at least {least}", given.len());
        Err(vm.raise_type_error(&text))
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<TypeVar>) -> Result {
        Ok(this.get(vm).name.clone())
    }

    #[method("($self, object, /)")]
    fn __mro_entries__(vm: &mut Vm, _this: &Value, _bases: &Value) -> Result {
        no_subclass(vm, "TypeVar")
    }
}

/// Methods of `ParamSpec`.
pub struct ParamSpecClass;

/// Parameter specification variable.
///
/// It stands for the parameters of a callable:
///
/// >>> P = ParamSpec("P")
/// >>> def logged(f: Callable[P, int]) -> Callable[P, int]: ...
/// >>> P.__name__
/// 'P'
#[class(cell = PARAM_SPEC, base = OBJECT, flags = HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
impl ParamSpecClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "paramspec",
            params: &["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
            required: &[true, false, false, false, false, false],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let [name, bound, default, covariant, contravariant, infer] = bind::<6>(vm, &SIGNATURE, args)?;
        let name = checked_name(vm, &SIGNATURE, name)?;
        let (covariant, contravariant, infer) = (truth(vm, covariant)?, truth(vm, contravariant)?, truth(vm, infer)?);
        let variance = Variance::checked(vm, covariant, contravariant, infer)?;
        let bound = bound.filter(|b| !b.is_none()).cloned();
        let default = default_argument(vm, default)?;
        let spec = Ref::new(vm, ParamSpec { name, bound, default, variance })?.into_value();
        set_module(vm, &spec)?;
        Ok(spec)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result {
        let (prefix, name) = (this.get(vm).variance.prefix(), this.get(vm).name.clone());
        let name = vm.str(&name)?.to_string_lossy();
        vm.new_str(&format!("{prefix}{name}")).map(Ref::into_value)
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        union::from_members(vm, &[a.clone(), b.clone()])
    }

    #[getter(member)]
    fn __name__(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result {
        Ok(this.get(vm).name.clone())
    }

    #[getter(member)]
    fn __bound__(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result<Option<Value>> {
        Ok(this.get(vm).bound.clone())
    }

    #[getter(member)]
    fn __covariant__(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result<bool> {
        Ok(this.get(vm).variance.covariant)
    }

    #[getter(member)]
    fn __contravariant__(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result<bool> {
        Ok(this.get(vm).variance.contravariant)
    }

    #[getter(member)]
    fn __infer_variance__(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result<bool> {
        Ok(this.get(vm).variance.infer)
    }

    #[getter]
    fn args(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result {
        Ref::new(vm, ParamSpecArgs { origin: this.to_value() }).map(Ref::into_value)
    }

    #[getter]
    fn kwargs(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result {
        Ref::new(vm, ParamSpecKwargs { origin: this.to_value() }).map(Ref::into_value)
    }

    #[getter]
    fn __default__(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result {
        lazy_value!(vm, this, default, no_default(vm))
    }

    #[getter]
    fn evaluate_default(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result {
        let lazy = this.get(vm).default.clone();
        evaluator(vm, lazy)
    }

    #[method("($self, /)")]
    fn has_default(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result<bool> {
        Ok(has_default(&this.get(vm).default))
    }

    #[method("($self, arg, /)")]
    fn __typing_subst__(vm: &mut Vm, this: &Ref<ParamSpec>, arg: &Value) -> Result {
        typing_call(vm, "_paramspec_subst", &[this.to_value(), arg.clone()])
    }

    #[method("($self, alias, args, /)")]
    fn __typing_prepare_subst__(vm: &mut Vm, this: &Ref<ParamSpec>, alias: &Value, args: &Value) -> Result {
        typing_call(vm, "_paramspec_prepare_subst", &[this.to_value(), alias.clone(), args.clone()])
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<ParamSpec>) -> Result {
        Ok(this.get(vm).name.clone())
    }

    #[method("($self, object, /)")]
    fn __mro_entries__(vm: &mut Vm, _this: &Value, _bases: &Value) -> Result {
        no_subclass(vm, "ParamSpec")
    }
}

/// Methods of `TypeVarTuple`.
pub struct TypeVarTupleClass;

/// Type variable tuple: a placeholder for any number of types.
#[class(cell = TYPE_VAR_TUPLE, base = OBJECT, flags = HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
impl TypeVarTupleClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "typevartuple",
            params: &["name", "default"],
            required: &[true, false],
            required_count: 1,
            positional_only: 0,
            positional: 1,
        };
        let [name, default] = bind::<2>(vm, &SIGNATURE, args)?;
        let name = checked_name(vm, &SIGNATURE, name)?;
        let default = default_argument(vm, default)?;
        let tuple = Ref::new(vm, TypeVarTuple { name, default })?.into_value();
        set_module(vm, &tuple)?;
        Ok(tuple)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<TypeVarTuple>) -> Result {
        let name = this.get(vm).name.clone();
        vm.str(&name).map(Ref::into_value)
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<TypeVarTuple>) -> Result {
        let typing = vm.import("typing")?;
        let unpack = vm.get_attr(&typing, name!("Unpack"))?;
        let unpacked = vm.get_item(&unpack, this.as_value())?;
        let one = vm.new_tuple(vec![unpacked])?.into_value();
        vm.iter(&one)
    }

    #[getter(member)]
    fn __name__(vm: &mut Vm, this: &Ref<TypeVarTuple>) -> Result {
        Ok(this.get(vm).name.clone())
    }

    #[getter]
    fn __default__(vm: &mut Vm, this: &Ref<TypeVarTuple>) -> Result {
        lazy_value!(vm, this, default, no_default(vm))
    }

    #[getter]
    fn evaluate_default(vm: &mut Vm, this: &Ref<TypeVarTuple>) -> Result {
        let lazy = this.get(vm).default.clone();
        evaluator(vm, lazy)
    }

    #[method("($self, /)")]
    fn has_default(vm: &mut Vm, this: &Ref<TypeVarTuple>) -> Result<bool> {
        Ok(has_default(&this.get(vm).default))
    }

    #[method("($self, arg, /)")]
    fn __typing_subst__(vm: &mut Vm, _this: &Value, _arg: &Value) -> Result {
        Err(vm.raise_type_error("Substitution of bare TypeVarTuple is not supported"))
    }

    #[method("($self, alias, args, /)")]
    fn __typing_prepare_subst__(vm: &mut Vm, this: &Ref<TypeVarTuple>, alias: &Value, args: &Value) -> Result {
        typing_call(vm, "_typevartuple_prepare_subst", &[this.to_value(), alias.clone(), args.clone()])
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<TypeVarTuple>) -> Result {
        Ok(this.get(vm).name.clone())
    }

    #[method("($self, object, /)")]
    fn __mro_entries__(vm: &mut Vm, _this: &Value, _bases: &Value) -> Result {
        no_subclass(vm, "TypeVarTuple")
    }
}

/// `P.args` and `P.kwargs`.
macro_rules! access {
    ($(#[$($doc:tt)*])* $payload:ident, $class:ident, $cell:ident, $name:literal, $function:literal, $attribute:literal) => {
        #[doc = concat!("Methods of `", $name, "`.")]
        pub struct $class;

        $(#[$($doc)*])*
        #[class(cell = $cell, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF)]
        impl $class {
            #[slot]
            fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
                static SIGNATURE: Signature = Signature {
                    name: $function,
                    params: &["origin"],
                    required: &[true],
                    required_count: 1,
                    positional_only: 0,
                    positional: 1,
                };
                let [origin] = bind::<1>(vm, &SIGNATURE, args)?;
                let origin = origin.cloned().unwrap_or_else(Value::none);
                Ref::new(vm, $payload { origin }).map(Ref::into_value)
            }

            #[slot]
            fn repr(vm: &mut Vm, this: &Ref<$payload>) -> Result {
                let origin = match this.origin.downcast::<ParamSpec>() {
                    Some(spec) => {
                        let name = spec.get(vm).name.clone();
                        vm.str(&name)?.to_string_lossy()
                    }
                    None => vm.repr(&this.origin)?.to_string_lossy(),
                };
                vm.new_str(&format!("{origin}.{}", $attribute)).map(Ref::into_value)
            }

            #[slot]
            fn compare(vm: &mut Vm, a: &Value, b: &Value, op: taipan_vm::slots::CompareOp) -> Result {
                use taipan_vm::slots::CompareOp;
                let (Some(x), Some(y)) = (a.downcast::<$payload>(), b.downcast::<$payload>()) else {
                    return Ok(Value::not_implemented());
                };
                match op {
                    CompareOp::Eq => vm.equal(&x.origin, &y.origin).map(Value::bool),
                    CompareOp::Ne => vm.equal(&x.origin, &y.origin).map(|same| Value::bool(!same)),
                    _ => Ok(Value::not_implemented()),
                }
            }

            #[slot]
            fn hash(vm: &mut Vm, this: &Ref<$payload>) -> Result<i64> {
                vm.hash(&this.origin)
            }

            #[getter(member)]
            fn __origin__(_vm: &mut Vm, this: &Ref<$payload>) -> Result {
                Ok(this.origin.clone())
            }

            #[method("($self, object, /)")]
            fn __mro_entries__(vm: &mut Vm, _this: &Value, _bases: &Value) -> Result {
                no_subclass(vm, $name)
            }
        }
    };
}

access! {
    /// The positional arguments that a ParamSpec stands for.
    ///
    /// >>> P = ParamSpec("P")
    /// >>> P.args.__origin__ is P
    /// True
    ParamSpecArgs, ParamSpecArgsClass, PARAM_SPEC_ARGS, "ParamSpecArgs", "paramspecargs", "args"
}
access! {
    /// The keyword arguments that a ParamSpec stands for.
    ///
    /// >>> P = ParamSpec("P")
    /// >>> P.kwargs.__origin__ is P
    /// True
    ParamSpecKwargs, ParamSpecKwargsClass, PARAM_SPEC_KWARGS, "ParamSpecKwargs", "paramspeckwargs", "kwargs"
}

/// Whether a tuple holds a parameter without a default behind one that has one.
pub fn default_before_required(vm: &mut Vm, params: &Ref<Tuple>) -> Option<Value> {
    let mut seen = false;
    for p in params.items() {
        let has = if let Some(v) = p.downcast::<TypeVar>() {
            has_default(&v.get(vm).default)
        } else if let Some(v) = p.downcast::<ParamSpec>() {
            has_default(&v.get(vm).default)
        } else if let Some(v) = p.downcast::<TypeVarTuple>() {
            has_default(&v.get(vm).default)
        } else {
            continue;
        };
        if seen && !has {
            return Some(p.clone());
        }
        seen |= has;
    }
    None
}
