//! `_decimal`: what `decimal` is made of, over the arithmetic of `taipan_num::decimal`.

mod context;
mod convert;
mod format;
mod manager;
mod number;
mod signals;

use context::{PyContext, Settings, new_context, settings};
use taipan_macros::module;
use taipan_num::decimal::signal::{CLAMPED, DIVISION_BY_ZERO, IEEE_INVALID, OVERFLOW, UNDERFLOW};
use taipan_num::decimal::{Context, MAX_EMAX, MAX_PREC, MIN_EMIN, MIN_ETINY, Rounding};
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm, name};

/// Keys of the interpreter's registry.
const CURRENT: &str = "decimal.current context";
const TEMPLATES: [&str; 3] = ["decimal.DefaultContext", "decimal.BasicContext", "decimal.ExtendedContext"];
const TUPLE_CLASS: &str = "decimal.DecimalTuple";
const RATIONAL: &str = "decimal.Rational";

/// The roundings by name.
pub(crate) const ROUNDINGS: [(&str, Rounding); 8] = [
    ("ROUND_UP", Rounding::Up),
    ("ROUND_DOWN", Rounding::Down),
    ("ROUND_CEILING", Rounding::Ceiling),
    ("ROUND_FLOOR", Rounding::Floor),
    ("ROUND_HALF_UP", Rounding::HalfUp),
    ("ROUND_HALF_DOWN", Rounding::HalfDown),
    ("ROUND_HALF_EVEN", Rounding::HalfEven),
    ("ROUND_05UP", Rounding::Up05),
];

/// The context of the running thread and task.
#[inline]
fn current(vm: &mut Vm) -> Result<Ref<PyContext>> {
    match vm.kept_of_context().and_then(|v| v.downcast::<PyContext>()) {
        Some(context) => Ok(context.clone()),
        None => look_up_current(vm),
    }
}

#[cold]
fn look_up_current(vm: &mut Vm) -> Result<Ref<PyContext>> {
    let variable = signals::kept(vm, CURRENT)?;
    let found = vm.call_method(&variable, name!("get"), &[Value::none()])?;
    if let Some(context) = found.downcast::<PyContext>() {
        vm.keep_of_context(Some(found.clone()));
        return Ok(context.clone());
    }
    let template = signals::kept(vm, TEMPLATES[0])?;
    let mut s = match template.downcast::<PyContext>() {
        Some(context) => settings(vm, context),
        None => Settings::DEFAULT,
    };
    s.flags = 0;
    let context = new_context(vm, s)?;
    set_current(vm, context.as_value())?;
    Ok(context)
}

fn set_current(vm: &mut Vm, context: &Value) -> Result<()> {
    let variable = signals::kept(vm, CURRENT)?;
    vm.call_method(&variable, name!("set"), std::slice::from_ref(context)).map(drop)
}

/// The context that an argument names, or the current one.
fn chosen(vm: &mut Vm, context: Option<&Value>) -> Result<Ref<PyContext>> {
    match context.filter(|c| !c.is_none()) {
        None => current(vm),
        Some(v) => match v.downcast::<PyContext>() {
            Some(context) => Ok(context.clone()),
            None => Err(vm.raise_type_error("optional argument must be a context")),
        },
    }
}

/// Makes a context the current one; a template is copied first.
fn install(vm: &mut Vm, context: &Ref<PyContext>) -> Result<()> {
    let is_template =
        TEMPLATES.iter().any(|key| vm.state().registry.get(key).is_some_and(|t| t.is(context.as_value())));
    if !is_template {
        return set_current(vm, context.as_value());
    }
    let mut s = settings(vm, context);
    s.flags = 0;
    let copy = new_context(vm, s)?;
    set_current(vm, copy.as_value())
}

/// `_decimal`.
pub struct DecimalModule;

/// Decimal arithmetic as the General Decimal Arithmetic Specification has it.
#[module(name = "_decimal")]
impl DecimalModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &number::DecimalClass::class_def())?;
        vm.add_class(module, &context::ContextClass::class_def())?;
        vm.set_up_class(&manager::ContextManagerClass::class_def())?;
        signals::add_classes(vm, module)?;
        // A module that is imported anew works with the objects of the former one.
        if !vm.state().registry.contains_key(CURRENT) {
            register(vm)?;
        }
        for key in [TUPLE_CLASS].into_iter().chain(TEMPLATES) {
            let object = signals::kept(vm, key)?;
            module.set(vm, key.trim_start_matches("decimal."), object)?;
        }
        for name in ["HAVE_CONTEXTVAR", "HAVE_THREADS"] {
            module.set(vm, name, Value::bool(true))?;
        }
        let numbers = [
            ("MAX_PREC", MAX_PREC),
            ("MAX_EMAX", MAX_EMAX),
            ("MIN_EMIN", MIN_EMIN),
            ("MIN_ETINY", MIN_ETINY),
            ("IEEE_CONTEXT_MAX_BITS", MAX_BITS),
        ];
        for (name, n) in numbers {
            let n = vm.new_int(n)?;
            module.set(vm, name, n)?;
        }
        for (name, _) in ROUNDINGS {
            let value = vm.intern_utf8(name)?.into_value();
            module.set(vm, name, value)?;
        }
        for (name, text) in [("__version__", "1.70"), ("__libmpdec_version__", "2.5.1")] {
            let text = vm.new_str(text)?.into_value();
            module.set(vm, name, text)?;
        }
        Ok(())
    }

    /// The context of the running thread.
    #[function("($module, /)")]
    fn getcontext(vm: &mut Vm) -> Result {
        current(vm).map(Ref::into_value)
    }

    /// Makes a context that of the running thread.
    #[function("($module, context, /)")]
    fn setcontext(vm: &mut Vm, context: &Value) -> Result<()> {
        match context.downcast::<PyContext>() {
            Some(context) => install(vm, context),
            None => Err(vm.raise_type_error("argument must be a context")),
        }
    }

    /// A context manager that makes a copy of a context the current one for a while; keywords change the copy.
    #[function("($module, /, ctx=None, **kwargs)")]
    fn localcontext(vm: &mut Vm, args: Args<'_>) -> Result {
        manager::local_context(vm, args)
    }

    /// The context of an interchange format of IEEE 754.
    #[function("($module, bits, /)")]
    fn IEEEContext(vm: &mut Vm, bits: &Value) -> Result {
        let bits = vm.to_index_i64(bits, "ssize_t")?;
        if bits <= 0 || bits > MAX_BITS || bits % 32 != 0 {
            let text = format!("argument must be a multiple of 32, with a maximum of {MAX_BITS}");
            return Err(vm.raise_value_error(&text));
        }
        let emax = 3 * (1i64 << (bits / 16 + 3));
        let context = Context {
            prec: 9 * (bits / 32) - 2,
            emax,
            emin: 1 - emax,
            rounding: Rounding::HalfEven,
            capitals: true,
            clamp: true,
        };
        new_context(vm, Settings { context, flags: 0, traps: 0 }).map(Ref::into_value)
    }
}

/// Bits of the largest interchange format.
const MAX_BITS: i64 = 512;

/// Makes what the interpreter keeps: the templates of contexts, the variable of the current one, the class of
/// `as_tuple`. `Decimal` becomes a `numbers.Number`.
fn register(vm: &mut Vm) -> Result<()> {
    let numbers = vm.import("numbers")?;
    let number = vm.get_attr(&numbers, name!("Number"))?;
    vm.call_method(&number, name!("register"), &[number::DECIMAL.as_type().to_value()])?;
    let rational = vm.get_attr(&numbers, name!("Rational"))?;
    vm.state_mut().registry.insert(RATIONAL, rational);

    let collections = vm.import("collections")?;
    let args = [vm.new_str("DecimalTuple")?.into_value(), vm.new_str("sign digits exponent")?.into_value()];
    let fields = vm.call_method(&collections, name!("namedtuple"), &args)?;
    let owner = vm.intern_utf8("decimal")?.into_value();
    vm.set_attr(&fields, name!("__module__"), Some(owner))?;
    vm.state_mut().registry.insert(TUPLE_CLASS, fields);

    let extended = Context { prec: 9, ..Settings::DEFAULT.context };
    let basic = Settings {
        context: extended.with_rounding(Rounding::HalfUp),
        flags: 0,
        traps: IEEE_INVALID | DIVISION_BY_ZERO | OVERFLOW | UNDERFLOW | CLAMPED,
    };
    let all = [Settings::DEFAULT, basic, Settings { context: extended, flags: 0, traps: 0 }];
    for (key, s) in TEMPLATES.into_iter().zip(all) {
        let context = new_context(vm, s)?.into_value();
        vm.state_mut().registry.insert(key, context);
    }

    let variables = vm.import("_contextvars")?;
    let class = vm.get_attr(&variables, name!("ContextVar"))?;
    let title = vm.new_str("decimal_context")?.into_value();
    let variable = vm.call(&class, &[title])?;
    vm.state_mut().registry.insert(CURRENT, variable);
    Ok(())
}
