//! `contextvars.Context`.

use super::map::{self, Node};
use super::var::ContextVar;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::native::Args;
use taipan_vm::slots::CompareOp;
use taipan_vm::{Ref, Result, Type, Value, Vm};

/// `contextvars.Context`.
pub static CONTEXT: TypeCell<Context> = TypeCell::new("_contextvars.Context");

/// Variables with their values.
#[derive(Trace, Payload)]
#[payload(class = CONTEXT)]
#[repr(C)]
pub struct Context {
    pub(super) map: Option<Ref<Node>>,
    pub(super) len: usize,
    /// Whether a thread runs in it.
    entered: bool,
}

fn new_context(vm: &mut Vm, map: Option<Ref<Node>>, len: usize) -> Result<Ref<Context>> {
    Ref::new(vm, Context { map, len, entered: false })
}

/// The context in which the thread runs.
pub fn current(vm: &mut Vm) -> Result<Ref<Context>> {
    if let Some(context) = vm.context().and_then(|c| c.downcast::<Context>()) {
        return Ok(context.clone());
    }
    let context = new_context(vm, None, 0)?;
    context.get_mut(vm).entered = true;
    vm.set_context_value(Some(context.to_value()));
    Ok(context)
}

/// A copy of the context in which the thread runs.
pub fn copy_current(vm: &mut Vm) -> Result {
    let context = current(vm)?;
    copy_of(vm, &context)
}

fn copy_of(vm: &mut Vm, context: &Ref<Context>) -> Result {
    let c = context.get(vm);
    let (map, len) = (c.map.clone(), c.len);
    new_context(vm, map, len).map(Ref::into_value)
}

fn enter(vm: &mut Vm, this: &Ref<Context>) -> Result<Option<Value>> {
    if this.get(vm).entered {
        let shown = vm.repr(this.as_value())?.to_string_lossy();
        return Err(vm.raise_runtime_error(&format!("cannot enter context: {shown} is already entered")));
    }
    let before = vm.context().cloned();
    this.get_mut(vm).entered = true;
    vm.set_context_value(Some(this.to_value()));
    Ok(before)
}

/// Has the thread run in a context; the one before.
pub fn enter_context(vm: &mut Vm, context: &Value) -> Result<Option<Value>> {
    match context.downcast::<Context>() {
        Some(context) => enter(vm, context),
        None => Err(vm.raise_type_error("an instance of Context was expected")),
    }
}

/// Has the thread run again in the context in which it was before.
pub fn leave_context(vm: &mut Vm, context: &Value, before: Option<Value>) {
    if let Some(context) = context.downcast::<Context>() {
        context.get_mut(vm).entered = false;
    }
    vm.set_context_value(before);
}

fn as_var<'a>(vm: &mut Vm, key: &'a Value) -> Result<&'a Ref<ContextVar>> {
    match key.downcast::<ContextVar>() {
        Some(var) => Ok(var),
        None => {
            let shown = vm.repr(key)?.to_string_lossy();
            Err(vm.raise_type_error(&format!("a ContextVar key was expected, got {shown}")))
        }
    }
}

fn find(vm: &mut Vm, this: &Ref<Context>, key: &Value) -> Result<Option<Value>> {
    let var = as_var(vm, key)?;
    Ok(map::get(this.get(vm).map.as_ref(), var))
}

fn entries(vm: &Vm, this: &Ref<Context>) -> Vec<(Value, Value)> {
    let mut all = Vec::new();
    map::entries(this.get(vm).map.as_ref(), &mut all);
    all
}

fn iterate(vm: &mut Vm, this: &Ref<Context>, part: fn(&mut Vm, (Value, Value)) -> Result) -> Result {
    let mut all = Vec::new();
    for entry in entries(vm, this) {
        all.push(part(vm, entry)?);
    }
    let list = vm.new_list(all)?.into_value();
    vm.iter(&list)
}

fn pair(vm: &mut Vm, (key, value): (Value, Value)) -> Result {
    vm.new_tuple(vec![key, value]).map(Ref::into_value)
}

/// Methods of `contextvars.Context`.
pub struct ContextClass;

#[class(cell = CONTEXT, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF)]
impl ContextClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        if !args.all().is_empty() {
            return Err(vm.raise_type_error("Context() does not accept any arguments"));
        }
        new_context(vm, None, 0).map(Ref::into_value)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: CompareOp) -> Result {
        let (Some(x), Some(y)) = (a.downcast::<Context>(), b.downcast::<Context>()) else {
            return Ok(Value::not_implemented());
        };
        let equal = match op {
            CompareOp::Eq => true,
            CompareOp::Ne => false,
            _ => return Ok(Value::not_implemented()),
        };
        if x.get(vm).len != y.get(vm).len {
            return Ok(Value::bool(!equal));
        }
        for (key, value) in entries(vm, x) {
            let same = match find(vm, y, &key)? {
                Some(other) => vm.equal(&value, &other)?,
                None => false,
            };
            if !same {
                return Ok(Value::bool(!equal));
            }
        }
        Ok(Value::bool(equal))
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<Context>) -> Result {
        iterate(vm, this, |_, (key, _)| Ok(key))
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<Context>) -> Result<usize> {
        Ok(this.get(vm).len)
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let Some(context) = this.downcast::<Context>() else {
            return Err(vm.raise_wrong_receiver("__getitem__", this));
        };
        match find(vm, context, key)? {
            Some(value) => Ok(value),
            None => Err(vm.raise_key_error(key)),
        }
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<Context>, key: &Value) -> Result<bool> {
        find(vm, this, key).map(|found| found.is_some())
    }

    /// The value of a variable, or the default.
    #[method("($self, key, default=None, /)")]
    fn get(vm: &mut Vm, this: &Ref<Context>, key: &Value, default: Option<&Value>) -> Result {
        let found = find(vm, this, key)?;
        Ok(found.unwrap_or_else(|| default.cloned().unwrap_or_else(Value::none)))
    }

    /// All variables and their values, as pairs.
    #[method("($self, /)")]
    fn items(vm: &mut Vm, this: &Ref<Context>) -> Result {
        iterate(vm, this, pair)
    }

    /// All variables.
    #[method("($self, /)")]
    fn keys(vm: &mut Vm, this: &Ref<Context>) -> Result {
        iterate(vm, this, |_, (key, _)| Ok(key))
    }

    /// The values of all variables.
    #[method("($self, /)")]
    fn values(vm: &mut Vm, this: &Ref<Context>) -> Result {
        iterate(vm, this, |_, (_, value)| Ok(value))
    }

    /// A shallow copy.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<Context>) -> Result {
        copy_of(vm, this)
    }

    #[method]
    fn run(vm: &mut Vm, this: &Ref<Context>, args: Args<'_>) -> Result {
        let Some((function, rest)) = args.split_first() else {
            return Err(vm.raise_type_error("run() missing 1 required positional argument"));
        };
        let before = enter(vm, this)?;
        let result = vm.call_args(function, rest);
        this.get_mut(vm).entered = false;
        vm.set_context_value(before);
        result
    }
}
