//! `BaseException`: what every exception holds.

use crate::errors::BASE_EXCEPTION;
use crate::native::Args;
use crate::types::traceback::Traceback;
use crate::{Dict, List, Ref, Result, Str, Tuple, Type, Value, Vm, name};
use taipan_macros::{Trace, class};
use taipan_object::{Guarded, Payload, TypeCell, TypeFlags};

/// The fields of every exception.
#[derive(Trace)]
#[repr(C)]
pub struct BaseException {
    /// `args`.
    pub args: Ref<Tuple>,
    /// `__traceback__`.
    pub traceback: Option<Ref<Traceback>>,
    /// `__context__`: what was being handled when this was raised.
    pub context: Option<Value>,
    /// `__cause__`: what follows `from`.
    pub cause: Option<Value>,
    /// `__suppress_context__`.
    pub suppress_context: bool,
}

impl Payload for BaseException {
    type Access = Guarded;
    // All exception classes carry this flag, so that one test of a bit tells an exception.
    const SUBCLASS_FLAG: TypeFlags = TypeFlags::EXCEPTION_SUBCLASS;
    fn class() -> &'static TypeCell<BaseException> {
        &BASE_EXCEPTION
    }
}

impl BaseException {
    /// An exception that has not been raised.
    pub fn new(args: Ref<Tuple>) -> BaseException {
        BaseException { args, traceback: None, context: None, cause: None, suppress_context: false }
    }
}

/// An exception by its fields.
pub fn as_exception(v: &Value) -> Option<&Ref<BaseException>> {
    v.downcast::<BaseException>()
}

/// `BaseException.__new__`, which keeps the arguments even if `__init__` is overridden.
pub fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
    let args = vm.new_tuple_from(args.positional())?;
    Ref::new_in(vm, class, BaseException::new(args)).map(Ref::into_value)
}

/// `BaseException.__init__`: sets `args` and takes no keywords.
pub fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
    let class = this.ty().to_ref();
    no_keywords(vm, &class, args)?;
    set_args(vm, this, args.positional())
}

/// Refuses keywords in the name of a class.
pub fn no_keywords(vm: &mut Vm, class: &Type, args: Args<'_>) -> Result<()> {
    if args.names().is_empty() {
        return Ok(());
    }
    Err(vm.raise_type_error(&format!("{}() takes no keyword arguments", class.name())))
}

/// Sets `args`, unless they are what `__new__` has stored already.
pub fn set_args(vm: &mut Vm, this: &Value, items: &[Value]) -> Result<()> {
    let Some(exception) = as_exception(this) else { return Err(vm.raise_wrong_receiver("__init__", this)) };
    let present = exception.get(vm).args.items();
    if present.len() == items.len() && present.iter().zip(items).all(|(a, b)| a.is(b)) {
        return Ok(());
    }
    let args = vm.new_tuple_from(items)?;
    let old = std::mem::replace(&mut exception.get_mut(vm).args, args);
    drop(old);
    Ok(())
}

/// `args`.
pub fn args(vm: &Vm, this: &Value) -> Vec<Value> {
    as_exception(this).map(|e| e.get(vm).args.items().to_vec()).unwrap_or_default()
}

/// `str()` of an exception that has no words of its own: those of its arguments.
pub fn str(vm: &mut Vm, this: &Value) -> Result {
    let Some(exception) = as_exception(this) else { return Err(vm.raise_wrong_receiver("__str__", this)) };
    let args = exception.get(vm).args.clone();
    match args.items() {
        [] => vm.new_str("").map(Ref::into_value),
        [one] => vm.str(one).map(Ref::into_value),
        _ => vm.str(args.as_value()).map(Ref::into_value),
    }
}

/// `__name__` of a class, as a string.
pub fn class_name(vm: &mut Vm, class: &Type) -> Result<Ref<Str>> {
    let name = class.name_value();
    match name.as_ref().and_then(|n| n.downcast::<Str>()) {
        Some(n) => Ok(n.clone()),
        None => vm.new_str(&class.short_name()),
    }
}

/// `(class, args)` or `(class, args, state)`.
pub fn reduced(vm: &mut Vm, this: &Value, args: Value, state: Option<Value>) -> Result {
    let mut parts = vec![this.ty().to_value(), args];
    parts.extend(state);
    vm.new_tuple(parts).map(Ref::into_value)
}

/// The instance dict, if attributes were ever set.
pub fn dict_if_made(vm: &mut Vm, this: &Value) -> Result<Option<Ref<Dict>>> {
    if let Some(d) = vm.instance_dict_if_made(this) {
        return Ok(Some(d));
    }
    if !this.ty().flags().has(TypeFlags::INLINE_VALUES) {
        return Ok(None);
    }
    Ok(vm.instance_dict(this)?.filter(|d| d.get(vm).len() > 0))
}

/// Methods of `BaseException`.
pub struct BaseExceptionClass;

#[class(cell = BASE_EXCEPTION)]
impl BaseExceptionClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        new(vm, class, args)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        init(vm, this, args)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Value) -> Result {
        str(vm, this)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<BaseException>) -> Result {
        let args = this.get(vm).args.clone();
        let shown = match args.items() {
            [one] => vm.repr(one)?,
            _ => vm.repr(args.as_value())?,
        };
        let name = class_name(vm, this.ty())?;
        if args.len() != 1 {
            return vm.concat_str(&name, &shown).map(Ref::into_value);
        }
        let (open, close) = (name!("("), name!(")"));
        let head = vm.concat_str(&name, open)?;
        let body = vm.concat_str(&shown, close)?;
        vm.concat_str(&head, &body).map(Ref::into_value)
    }

    #[getter]
    fn __dict__(vm: &mut Vm, this: &Value) -> Result {
        (crate::types::descriptor::INSTANCE_DICT.get)(vm, this)
    }

    #[setter]
    fn set___dict__(vm: &mut Vm, this: &Value, value: Option<&Value>) -> Result<()> {
        crate::types::descriptor::set_native_dict(vm, this, value)
    }

    #[getter]
    fn args(vm: &mut Vm, this: &Ref<BaseException>) -> Result {
        Ok(this.get(vm).args.to_value())
    }

    #[setter]
    fn set_args(vm: &mut Vm, this: &Ref<BaseException>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("args may not be deleted")) };
        let items = match value.downcast_exact::<Tuple>() {
            Some(t) => t.clone(),
            None => {
                let items = vm.collect(value)?;
                vm.new_tuple(items)?
            }
        };
        let old = std::mem::replace(&mut this.get_mut(vm).args, items);
        drop(old);
        Ok(())
    }

    #[getter]
    fn __traceback__(vm: &mut Vm, this: &Ref<BaseException>) -> Result<Option<Value>> {
        Ok(this.get(vm).traceback.as_ref().map(Ref::to_value))
    }

    #[setter]
    fn set___traceback__(vm: &mut Vm, this: &Ref<BaseException>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("__traceback__ may not be deleted")) };
        let traceback = value.downcast::<Traceback>().cloned();
        if traceback.is_none() && !value.is_none() {
            return Err(vm.raise_type_error("__traceback__ must be a traceback or None"));
        }
        let old = std::mem::replace(&mut this.get_mut(vm).traceback, traceback);
        drop(old);
        Ok(())
    }

    #[getter]
    fn __context__(vm: &mut Vm, this: &Ref<BaseException>) -> Result<Option<Value>> {
        Ok(this.get(vm).context.clone())
    }

    #[setter]
    fn set___context__(vm: &mut Vm, this: &Ref<BaseException>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("__context__ may not be deleted")) };
        if !value.is_none() && as_exception(value).is_none() {
            return Err(vm.raise_type_error("exception context must be None or derive from BaseException"));
        }
        let value = Some(value.clone()).filter(|v| !v.is_none());
        let old = std::mem::replace(&mut this.get_mut(vm).context, value);
        drop(old);
        Ok(())
    }

    #[getter]
    fn __cause__(vm: &mut Vm, this: &Ref<BaseException>) -> Result<Option<Value>> {
        Ok(this.get(vm).cause.clone())
    }

    #[setter]
    fn set___cause__(vm: &mut Vm, this: &Ref<BaseException>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("__cause__ may not be deleted")) };
        if !value.is_none() && as_exception(value).is_none() {
            return Err(vm.raise_type_error("exception cause must be None or derive from BaseException"));
        }
        vm.set_cause(this, Some(value.clone()).filter(|v| !v.is_none()));
        Ok(())
    }

    #[getter]
    fn __suppress_context__(vm: &mut Vm, this: &Ref<BaseException>) -> Result<bool> {
        Ok(this.get(vm).suppress_context)
    }

    #[setter]
    fn set___suppress_context__(vm: &mut Vm, this: &Ref<BaseException>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("can't delete numeric/char attribute")) };
        if !value.is_true() && !value.is_false() {
            return Err(vm.raise_type_error("attribute value type must be bool"));
        }
        this.get_mut(vm).suppress_context = value.is_true();
        Ok(())
    }

    /// Set self.__traceback__ to tb and return self.
    #[method("($self, tb, /)")]
    fn with_traceback(vm: &mut Vm, this: &Ref<BaseException>, tb: &Value) -> Result {
        Self::set___traceback__(vm, this, Some(tb))?;
        Ok(this.to_value())
    }

    /// Add a note to the exception
    #[method("($self, note, /)")]
    fn add_note(vm: &mut Vm, this: &Value, note: &Ref<Str>) -> Result<()> {
        let notes = match vm.get_attr_opt(this, name!("__notes__"))? {
            Some(notes) => notes,
            None => {
                let notes = vm.new_list(Vec::new())?.into_value();
                vm.set_attr(this, name!("__notes__"), Some(notes.clone()))?;
                notes
            }
        };
        match notes.downcast::<List>() {
            Some(list) => list.get_mut(vm).push(note.to_value()),
            None => Err(vm.raise_type_error("Cannot add note: __notes__ is not a list")),
        }
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<BaseException>) -> Result {
        let args = this.get(vm).args.to_value();
        let state = dict_if_made(vm, this.as_value())?.map(Ref::into_value);
        reduced(vm, this.as_value(), args, state)
    }

    #[method("($self, state, /)")]
    fn __setstate__(vm: &mut Vm, this: &Value, state: &Value) -> Result<()> {
        if state.is_none() {
            return Ok(());
        }
        let Some(dict) = state.downcast::<Dict>() else {
            return Err(vm.raise_type_error("state is not a dictionary"));
        };
        let mut at = 0;
        while let Some((key, value)) = dict.get(vm).next_pair(&mut at).map(|(k, v)| (k.clone(), v.clone())) {
            let Some(key) = key.downcast::<Str>() else {
                let text = format!("attribute name must be string, not '{}'", key.ty().name());
                return Err(vm.raise_type_error(&text));
            };
            vm.set_attr(this, key, Some(value))?;
        }
        Ok(())
    }
}
