//! The exceptions with one or two attributes of their own.

use super::base::{self, BaseException, as_exception};
use super::members::members;
use super::{AttributeError, ImportError, NameError, StopIteration, SystemExit};
use crate::errors::{ATTRIBUTE_ERROR, IMPORT_ERROR, KEY_ERROR, NAME_ERROR, STOP_ITERATION, SYSTEM_EXIT, suggest};
use crate::native::{Args, ClassDef};
use crate::{Dict, Ref, Result, Str, Type, Value, Vm, name};
use taipan_macros::class;
use taipan_object::{Payload, Raised};

/// `args` as `__new__` keeps them, in a layout that begins with those of `BaseException`.
pub(super) fn make<T: Payload>(
    vm: &mut Vm,
    class: &Ref<Type>,
    args: Args<'_>,
    layout: impl FnOnce(BaseException) -> T,
) -> Result {
    let args = vm.new_tuple_from(args.positional())?;
    Ref::new_in(vm, class, layout(BaseException::new(args))).map(Ref::into_value)
}

/// The values of the keywords that the constructor of a class takes.
fn keywords<const N: usize>(
    vm: &mut Vm,
    class: &str,
    args: Args<'_>,
    names: [&'static str; N],
) -> Result<[Option<Value>; N]> {
    let mut values = [const { None }; N];
    let given = args.names().len();
    if given > N {
        let s = if N == 1 { "" } else { "s" };
        return Err(vm.raise_type_error(&format!("{class}() takes at most {N} keyword argument{s} ({given} given)")));
    }
    for (key, value) in args.keywords() {
        let text = key.downcast::<Str>().map(|k| k.to_string_lossy()).unwrap_or_default();
        match names.iter().position(|n| *n == text) {
            Some(i) => values[i] = Some(value.clone()),
            None => return Err(unexpected(vm, class, &text, &names)),
        }
    }
    Ok(values)
}

fn unexpected(vm: &mut Vm, class: &str, given: &str, names: &[&str]) -> Raised {
    let hint = suggest(given, names).map(|h| format!(". Did you mean '{h}'?")).unwrap_or_default();
    vm.raise_type_error(&format!("{class}() got an unexpected keyword argument '{given}'{hint}"))
}

/// The arguments without the keywords.
fn without_keywords(args: Args<'_>) -> Args<'_> {
    Args::positional_only(args.positional())
}

/// Adds what is there to a copy of the instance dict.
fn state_with(vm: &mut Vm, this: &Value, entries: Vec<(&'static Ref<Str>, Option<Value>)>) -> Result<Ref<Dict>> {
    let state = match base::dict_if_made(vm, this)? {
        Some(d) => {
            let copy = d.get(vm).copy()?;
            Ref::new(vm, copy)?
        }
        None => vm.new_dict()?,
    };
    for (key, value) in entries {
        if let Some(value) = value {
            vm.dict_set(&state, key.as_value(), value)?;
        }
    }
    Ok(state)
}

/// Methods of `StopIteration`.
pub struct StopIterationClass;

#[class(cell = STOP_ITERATION)]
impl StopIterationClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        make(vm, class, args, |base| StopIteration { base, value: None })
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        base::init(vm, this, args)?;
        let value = args.positional().first().cloned();
        if let Some(e) = this.downcast::<StopIteration>() {
            let old = std::mem::replace(&mut e.get_mut(vm).value, value);
            drop(old);
        }
        Ok(())
    }
}

members! { STOP_ITERATION_MEMBERS: StopIteration {
    object "value" value, "generator return value";
} }

/// The table of `StopIteration`.
pub fn stop_iteration() -> ClassDef {
    StopIterationClass::class_def().with_getsets(STOP_ITERATION_MEMBERS)
}

/// Methods of `SystemExit`.
pub struct SystemExitClass;

#[class(cell = SYSTEM_EXIT)]
impl SystemExitClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        make(vm, class, args, |base| SystemExit { base, code: None })
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        base::init(vm, this, args)?;
        let code = match args.positional() {
            [] => return Ok(()),
            [one] => one.clone(),
            several => vm.new_tuple_from(several)?.into_value(),
        };
        if let Some(e) = this.downcast::<SystemExit>() {
            let old = e.get_mut(vm).code.replace(code);
            drop(old);
        }
        Ok(())
    }
}

members! { SYSTEM_EXIT_MEMBERS: SystemExit {
    object "code" code, "exception code";
} }

/// The table of `SystemExit`.
pub fn system_exit() -> ClassDef {
    SystemExitClass::class_def().with_getsets(SYSTEM_EXIT_MEMBERS)
}

/// Methods of `KeyError`.
pub struct KeyErrorClass;

#[class(cell = KEY_ERROR)]
impl KeyErrorClass {
    /// A key is shown as it is written, so that an empty string can be told from nothing.
    #[slot]
    fn str(vm: &mut Vm, this: &Value) -> Result {
        let args = as_exception(this).map(|e| e.get(vm).args.clone());
        match args.as_ref().map(|a| a.items()) {
            Some([key]) => vm.repr(key).map(Ref::into_value),
            _ => base::str(vm, this),
        }
    }
}

/// Methods of `NameError`.
pub struct NameErrorClass;

#[class(cell = NAME_ERROR)]
impl NameErrorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        make(vm, class, args, |base| NameError { base, name: None })
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        base::init(vm, this, without_keywords(args))?;
        let [name] = keywords(vm, "NameError", args, ["name"])?;
        if let Some(e) = this.downcast::<NameError>() {
            let old = std::mem::replace(&mut e.get_mut(vm).name, name);
            drop(old);
        }
        Ok(())
    }
}

members! { NAME_ERROR_MEMBERS: NameError {
    object "name" name, "name";
} }

/// The table of `NameError`.
pub fn name_error() -> ClassDef {
    NameErrorClass::class_def().with_getsets(NAME_ERROR_MEMBERS)
}

/// Methods of `AttributeError`.
pub struct AttributeErrorClass;

#[class(cell = ATTRIBUTE_ERROR)]
impl AttributeErrorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        make(vm, class, args, |base| AttributeError { base, obj: None, name: None })
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        base::init(vm, this, without_keywords(args))?;
        let [name, obj] = keywords(vm, "AttributeError", args, ["name", "obj"])?;
        if let Some(e) = this.downcast::<AttributeError>() {
            let e = e.get_mut(vm);
            let old = (std::mem::replace(&mut e.name, name), std::mem::replace(&mut e.obj, obj));
            drop(old);
        }
        Ok(())
    }

    /// The object is left out: it may not be picklable.
    #[method("($self, /)")]
    fn __getstate__(vm: &mut Vm, this: &Ref<AttributeError>) -> Result {
        let (args, name) = {
            let e = this.get(vm);
            (e.base.args.to_value(), e.name.clone())
        };
        let entries = vec![(name!("name"), name), (name!("args"), Some(args))];
        state_with(vm, this.as_value(), entries).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<AttributeError>) -> Result {
        let state = Self::__getstate__(vm, this)?;
        let args = this.get(vm).base.args.to_value();
        base::reduced(vm, this.as_value(), args, Some(state))
    }
}

members! { ATTRIBUTE_ERROR_MEMBERS: AttributeError {
    object "name" name, "attribute name";
    object "obj" obj, "object";
} }

/// The table of `AttributeError`.
pub fn attribute_error() -> ClassDef {
    AttributeErrorClass::class_def().with_getsets(ATTRIBUTE_ERROR_MEMBERS)
}

/// Methods of `ImportError`.
pub struct ImportErrorClass;

#[class(cell = IMPORT_ERROR)]
impl ImportErrorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        make(vm, class, args, |base| ImportError { base, msg: None, name: None, path: None, name_from: None })
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        base::init(vm, this, without_keywords(args))?;
        let [name, path, name_from] = keywords(vm, "ImportError", args, ["name", "path", "name_from"])?;
        let msg = match args.positional() {
            [msg] => Some(msg.clone()),
            _ => None,
        };
        if let Some(e) = this.downcast::<ImportError>() {
            let e = e.get_mut(vm);
            let old = (
                std::mem::replace(&mut e.msg, msg),
                std::mem::replace(&mut e.name, name),
                std::mem::replace(&mut e.path, path),
                std::mem::replace(&mut e.name_from, name_from),
            );
            drop(old);
        }
        Ok(())
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<ImportError>) -> Result {
        match &this.get(vm).msg {
            Some(msg) if msg.downcast_exact::<Str>().is_some() => Ok(msg.clone()),
            _ => base::str(vm, this.as_value()),
        }
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<ImportError>) -> Result {
        let e = this.get(vm);
        let args = e.base.args.to_value();
        let (name, path, from) = (e.name.clone(), e.path.clone(), e.name_from.clone());
        let state = if name.is_none() && path.is_none() && from.is_none() {
            base::dict_if_made(vm, this.as_value())?
        } else {
            let entries = vec![(name!("name"), name), (name!("path"), path), (name!("name_from"), from)];
            Some(state_with(vm, this.as_value(), entries)?)
        };
        base::reduced(vm, this.as_value(), args, state.map(Ref::into_value))
    }
}

members! { IMPORT_ERROR_MEMBERS: ImportError {
    object "msg" msg, "exception message";
    object "name" name, "module name";
    object "path" path, "module path";
    object "name_from" name_from, "name imported from module";
} }

/// The table of `ImportError`.
pub fn import_error() -> ClassDef {
    ImportErrorClass::class_def().with_getsets(IMPORT_ERROR_MEMBERS)
}
