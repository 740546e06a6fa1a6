//! `contextvars.ContextVar` and `contextvars.Token`.

use super::context::{self, Context};
use super::map;
use std::cell::Cell;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::errors::LOOKUP_ERROR;
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Str, Type, Value, Vm, name};

/// `contextvars.ContextVar`.
pub static CONTEXT_VAR: TypeCell<ContextVar> = TypeCell::new("_contextvars.ContextVar");
/// `contextvars.Token`.
pub static TOKEN: TypeCell<Token> = TypeCell::new("_contextvars.Token");
/// The class of `Token.MISSING`.
pub static MISSING: TypeCell<Missing> = TypeCell::new("Token.MISSING");

/// A variable whose value depends on the context.
#[derive(Trace, Payload)]
#[payload(class = CONTEXT_VAR, frozen)]
#[repr(C)]
pub struct ContextVar {
    name: Ref<Str>,
    default: Option<Value>,
    /// Its number in the interpreter.
    pub number: u64,
}

/// What a variable is set back by.
#[derive(Trace, Payload)]
#[payload(class = TOKEN, frozen)]
#[repr(C)]
pub struct Token {
    context: Ref<Context>,
    var: Ref<ContextVar>,
    old: Option<Value>,
    used: Cell<bool>,
}

/// Stands for the value of a variable that had none.
#[derive(Trace, Payload)]
#[payload(class = MISSING, frozen)]
#[repr(C)]
pub struct Missing {}

/// `Token.MISSING`.
pub fn missing(vm: &mut Vm) -> Result {
    if let Some(found) = TOKEN.as_type().dict().and_then(|dict| dict.get(vm).get_str(name!("MISSING"))) {
        return Ok(found.clone());
    }
    let made = Ref::new(vm, Missing {})?.into_value();
    vm.set_class_constant(TOKEN.as_type(), "MISSING", made)
}

fn store(vm: &mut Vm, context: &Ref<Context>, var: &Ref<ContextVar>, value: Option<&Value>) -> Result<Option<Value>> {
    let root = context.get(vm).map.clone();
    let old = map::get(root.as_ref(), var);
    let len = context.get(vm).len;
    let (root, len) = match (value, &old, root) {
        (Some(value), _, root) => {
            let (root, added) = map::set(vm, root.as_ref(), 0, var, value)?;
            (Some(root), len + usize::from(added))
        }
        (None, Some(_), Some(root)) => (map::remove(vm, &root, 0, var)?, len - 1),
        (None, _, root) => (root, len),
    };
    let context = context.get_mut(vm);
    let before = std::mem::replace(&mut context.map, root);
    context.len = len;
    drop(before);
    vm.keep_of_context(None);
    Ok(old)
}

/// Methods of `contextvars.ContextVar`.
pub struct ContextVarClass;

#[class(cell = CONTEXT_VAR, base = OBJECT, flags = HAVE_GC)]
impl ContextVarClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: taipan_vm::native::Signature = taipan_vm::native::Signature {
            name: "ContextVar",
            params: &["", "default"],
            required: &[true, false],
            required_count: 1,
            positional_only: 1,
            positional: 1,
        };
        let [name, default] = taipan_vm::native::bind::<2>(vm, &SIGNATURE, args)?;
        let Some(name) = name.and_then(|n| n.downcast::<Str>()) else {
            return Err(vm.raise_type_error("context variable name must be a str"));
        };
        vm.hash(name.as_value())?;
        let number = vm.state().context_vars;
        vm.state_mut().context_vars += 1;
        Ref::new(vm, ContextVar { name: name.clone(), default: default.cloned(), number }).map(Ref::into_value)
    }

    #[slot]
    fn hash(_vm: &mut Vm, this: &Value) -> Result<i64> {
        Ok(taipan_vm::protocol::hash_address(this))
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ContextVar>) -> Result {
        let name = vm.repr(this.name.as_value())?.to_string_lossy();
        let default = match &this.default {
            Some(default) => format!(" default={}", vm.repr(default)?.to_string_lossy()),
            None => String::new(),
        };
        vm.new_str(&format!("<ContextVar name={name}{default} at {:#x}>", this.as_value().bits())).map(Ref::into_value)
    }

    #[getter]
    fn name(_vm: &mut Vm, this: &Ref<ContextVar>) -> Result {
        Ok(this.name.to_value())
    }

    /// The value of the variable in the current context.
    ///
    /// Where it has none, the argument counts, then the default of the variable;
    /// without either it is a LookupError.
    #[method("($self, default=<unrepresentable>, /)")]
    fn get(vm: &mut Vm, this: &Ref<ContextVar>, default: Option<&Value>) -> Result {
        let context = vm.context().and_then(|c| c.downcast::<Context>());
        if let Some(value) = context.and_then(|c| map::get(c.get(vm).map.as_ref(), this)) {
            return Ok(value);
        }
        match default.or(this.default.as_ref()) {
            Some(default) => Ok(default.clone()),
            None => Err(vm.raise_args(LOOKUP_ERROR.as_type(), vec![this.to_value()])),
        }
    }

    /// Give the variable a value in the current context.
    ///
    /// The token that is returned sets it back.
    #[method("($self, value, /)")]
    fn set(vm: &mut Vm, this: &Ref<ContextVar>, value: &Value) -> Result {
        let context = context::current(vm)?;
        let old = store(vm, &context, this, Some(value))?;
        Ref::new(vm, Token { context, var: this.clone(), old, used: Cell::new(false) }).map(Ref::into_value)
    }

    /// Give the variable the value back that it had before set() made the token.
    #[method("($self, token, /)")]
    fn reset(vm: &mut Vm, this: &Ref<ContextVar>, token: &Value) -> Result<()> {
        match token.downcast::<Token>() {
            Some(token) => reset(vm, this, token),
            None => {
                let shown = vm.repr(token)?.to_string_lossy();
                Err(vm.raise_type_error(&format!("expected an instance of Token, got {shown}")))
            }
        }
    }

    /// ContextVars are generic over the type of their contained values
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}

fn reset(vm: &mut Vm, var: &Ref<ContextVar>, token: &Ref<Token>) -> Result<()> {
    let shown = |vm: &mut Vm| vm.repr(token.as_value()).map(|s| s.to_string_lossy());
    if token.used.get() {
        let shown = shown(vm)?;
        return Err(vm.raise_runtime_error(&format!("{shown} has already been used once")));
    }
    if !token.var.is(var) {
        let shown = shown(vm)?;
        return Err(vm.raise_value_error(&format!("{shown} was created by a different ContextVar")));
    }
    let context = context::current(vm)?;
    if !token.context.is(&context) {
        let shown = shown(vm)?;
        return Err(vm.raise_value_error(&format!("{shown} was created in a different Context")));
    }
    token.used.set(true);
    let replaced = store(vm, &context, var, token.old.as_ref())?;
    drop(replaced);
    Ok(())
}

/// Methods of `contextvars.Token`.
pub struct TokenClass;

#[class(cell = TOKEN, base = OBJECT, flags = HAVE_GC)]
impl TokenClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, _args: Args<'_>) -> Result {
        Err(vm.raise_runtime_error("Tokens can only be created by ContextVars"))
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Token>) -> Result {
        let used = if this.used.get() { " used" } else { "" };
        let var = vm.repr(this.var.as_value())?.to_string_lossy();
        vm.new_str(&format!("<Token{used} var={var} at {:#x}>", this.as_value().bits())).map(Ref::into_value)
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Value) -> Result<i64> {
        Err(vm.raise_type_error(&format!("unhashable type: '{}'", this.ty().name())))
    }

    #[getter]
    fn var(_vm: &mut Vm, this: &Ref<Token>) -> Result {
        Ok(this.var.to_value())
    }

    #[getter]
    fn old_value(vm: &mut Vm, this: &Ref<Token>) -> Result {
        match &this.old {
            Some(old) => Ok(old.clone()),
            None => missing(vm),
        }
    }

    /// Tokens are generic over the same type as the ContextVar which created them.
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }

    /// Enter into Token context manager.
    #[method("($self, /)")]
    fn __enter__(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    /// Exit from Token context manager, restore the linked ContextVar.
    #[method("($self, type, val, tb, /)")]
    fn __exit__(vm: &mut Vm, this: &Ref<Token>, _type: &Value, _val: &Value, _tb: &Value) -> Result<()> {
        reset(vm, &this.var, this)
    }
}

/// Methods of the class of `Token.MISSING`.
pub struct MissingClass;

#[class(cell = MISSING, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl MissingClass {
    #[slot]
    fn repr(vm: &mut Vm, _this: &Value) -> Result {
        vm.new_str("<Token.MISSING>").map(Ref::into_value)
    }
}
