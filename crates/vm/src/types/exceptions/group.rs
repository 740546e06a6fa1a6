//! `BaseExceptionGroup` and `ExceptionGroup` (PEP 654).

use super::ExceptionGroup;
use super::base::{self, BaseException, as_exception};
use super::members::members;
use crate::errors::{BASE_EXCEPTION_GROUP, EXCEPTION, EXCEPTION_GROUP};
use crate::native::{Args, ClassDef};
use crate::{Dict, List, Ref, Result, Str, Tuple, Type, Value, Vm, name, slots};
use taipan_macros::class;
use taipan_object::TypeFlags;

/// What `split` and `subgroup` look for.
enum Matcher {
    Classes(Vec<Value>),
    Predicate(Value),
}

impl Matcher {
    fn new(vm: &mut Vm, v: &Value) -> Result<Matcher> {
        let is_class = |v: &Value| v.as_type().is_some_and(|t| t.flags().has(TypeFlags::EXCEPTION_SUBCLASS));
        if is_class(v) {
            return Ok(Matcher::Classes(vec![v.clone()]));
        }
        if v.as_type().is_none() && vm.is_callable(v) {
            return Ok(Matcher::Predicate(v.clone()));
        }
        match v.downcast::<Tuple>() {
            Some(t) if t.items().iter().all(is_class) => Ok(Matcher::Classes(t.items().to_vec())),
            _ => Err(vm.raise_type_error(
                "expected an exception type, a tuple of exception types, or a callable (other than a class)",
            )),
        }
    }

    fn matches(&self, vm: &mut Vm, exception: &Value) -> Result<bool> {
        match self {
            Matcher::Classes(classes) => {
                Ok(classes.iter().filter_map(Value::as_type).any(|c| exception.ty().is_subtype(c)))
            }
            Matcher::Predicate(f) => {
                let answer = vm.call(f, std::slice::from_ref(exception))?;
                vm.is_truthy(&answer)
            }
        }
    }
}

/// The part of a group that matches and the part that does not; the latter only where it is wanted.
fn split(vm: &mut Vm, e: &Value, matcher: &Matcher, want_rest: bool) -> Result<(Option<Value>, Option<Value>)> {
    if matcher.matches(vm, e)? {
        return Ok((Some(e.clone()), None));
    }
    let Some(group) = e.downcast::<ExceptionGroup>() else {
        return Ok((None, want_rest.then(|| e.clone())));
    };
    vm.check_stack(" in exceptiongroup_split_recursive")?;
    let (mut matching, mut rest) = (Vec::new(), Vec::new());
    let members = group.get(vm).exceptions.clone();
    for member in members.items() {
        let (m, r) = split(vm, member, matcher, want_rest)?;
        matching.extend(m);
        rest.extend(r);
    }
    let matching = subset(vm, group, matching)?;
    let rest = if want_rest { subset(vm, group, rest)? } else { None };
    Ok((matching, rest))
}

/// A group like `original` of some of its members.
fn subset(vm: &mut Vm, original: &Ref<ExceptionGroup>, members: Vec<Value>) -> Result<Option<Value>> {
    if members.is_empty() {
        return Ok(None);
    }
    let members = vm.new_list(members)?.into_value();
    let derived = vm.call_method(original.as_value(), name!("derive"), &[members])?;
    let Some(group) = derived.downcast::<ExceptionGroup>() else {
        return Err(vm.raise_type_error("derive must return an instance of BaseExceptionGroup"));
    };
    let from = &original.get(vm).base;
    let (traceback, context, cause) = (from.traceback.clone(), from.context.clone(), from.cause.clone());
    let to = &mut group.get_mut(vm).base;
    let mut old = (None, None, None);
    if traceback.is_some() {
        old.0 = std::mem::replace(&mut to.traceback, traceback);
    }
    old.1 = std::mem::replace(&mut to.context, context);
    old.2 = std::mem::replace(&mut to.cause, cause);
    to.suppress_context = true;
    drop(old);
    if let Some(notes) = vm.get_attr_opt(original.as_value(), name!("__notes__"))?
        && is_sequence(&notes)
    {
        // A list of its own, so that a note added to one part is not seen in the other.
        let notes = vm.collect(&notes)?;
        let notes = vm.new_list(notes)?.into_value();
        vm.set_attr(&derived, name!("__notes__"), Some(notes))?;
    }
    Ok(Some(derived))
}

/// Whether something can be asked for items by number.
fn is_sequence(v: &Value) -> bool {
    let s = slots::of(v.ty());
    let by_key = v.downcast::<Dict>().is_some() || v.ty().flags().has(TypeFlags::MAPPING);
    !by_key && (s.item.is_some() || s.getitem.is_some())
}

/// Methods of `BaseExceptionGroup`.
pub struct ExceptionGroupClass;

#[class(cell = BASE_EXCEPTION_GROUP)]
impl ExceptionGroupClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let [message, exceptions] = args.positional() else {
            let n = args.positional().len();
            let text = format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({n} given)");
            return Err(vm.raise_type_error(&text));
        };
        let Some(message) = message.downcast::<Str>() else {
            let given = if message.is_none() { "None".to_owned() } else { message.ty().name() };
            let text = format!("BaseExceptionGroup.__new__() argument 1 must be str, not {given}");
            return Err(vm.raise_type_error(&text));
        };
        if !is_sequence(exceptions) {
            return Err(vm.raise_type_error("second argument (exceptions) must be a sequence"));
        }
        // What is neither a list nor a tuple shows itself now: it may change, the members may not.
        let plain = exceptions.downcast::<List>().is_some() || exceptions.downcast::<Tuple>().is_some();
        let shown = if plain { None } else { Some(vm.repr(exceptions)?) };
        let members = vm.collect(exceptions)?;
        if members.is_empty() {
            return Err(vm.raise_value_error("second argument (exceptions) must be a non-empty sequence"));
        }
        let mut only_exceptions = true;
        for (i, member) in members.iter().enumerate() {
            if as_exception(member).is_none() {
                let text = format!("Item {i} of second argument (exceptions) is not an exception");
                return Err(vm.raise_value_error(&text));
            }
            only_exceptions &= member.ty().is_subtype(EXCEPTION.as_type());
        }
        let mut class = class.clone();
        if class.is(&BASE_EXCEPTION_GROUP.as_ref()) {
            if only_exceptions {
                class = EXCEPTION_GROUP.as_ref();
            }
        } else if !only_exceptions {
            if class.is(&EXCEPTION_GROUP.as_ref()) {
                return Err(vm.raise_type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
            }
            if class.is_subtype(EXCEPTION.as_type()) {
                let text = format!("Cannot nest BaseExceptions in '{}'", class.name());
                return Err(vm.raise_type_error(&text));
            }
        }
        let exceptions = vm.new_tuple(members)?;
        let args = vm.new_tuple_from(args.positional())?;
        let layout = ExceptionGroup { base: BaseException::new(args), message: message.clone(), exceptions, shown };
        Ref::new_in(vm, &class, layout).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        base::init(vm, this, args)
    }

    #[slot]
    fn str(vm: &mut Vm, this: &Ref<ExceptionGroup>) -> Result {
        let (message, n) = {
            let e = this.get(vm);
            (e.message.clone(), e.exceptions.len())
        };
        let s = if n == 1 { "" } else { "s" };
        let tail = vm.new_str(&format!(" ({n} sub-exception{s})"))?;
        let message = vm.str(message.as_value())?;
        vm.concat_str(&message, &tail).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ExceptionGroup>) -> Result {
        let e = this.get(vm);
        let (message, exceptions, shown) = (e.message.clone(), e.exceptions.clone(), e.shown.clone());
        let was_list = matches!(e.base.args.items(), [_, given] if given.downcast::<List>().is_some());
        let shown = match shown {
            Some(shown) => shown,
            None if was_list => {
                let list = vm.new_list(exceptions.items().to_vec())?;
                vm.repr(list.as_value())?
            }
            None => vm.repr(exceptions.as_value())?,
        };
        let message = vm.repr(message.as_value())?;
        let mut text = base::class_name(vm, this.ty())?;
        for part in [name!("("), &message, name!(", "), &shown, name!(")")] {
            text = vm.concat_str(&text, part)?;
        }
        Ok(text.into_value())
    }

    #[method("($self, excs, /)")]
    fn derive(vm: &mut Vm, this: &Ref<ExceptionGroup>, excs: &Value) -> Result {
        let message = this.get(vm).message.to_value();
        vm.call(&BASE_EXCEPTION_GROUP.as_type().to_value(), &[message, excs.clone()])
    }

    #[method("($self, matcher_value, /)")]
    fn split(vm: &mut Vm, this: &Value, matcher_value: &Value) -> Result {
        let matcher = Matcher::new(vm, matcher_value)?;
        let (matching, rest) = split(vm, this, &matcher, true)?;
        let parts = [matching, rest].map(|p| p.unwrap_or_else(Value::none));
        vm.new_tuple(parts.to_vec()).map(Ref::into_value)
    }

    #[method("($self, matcher_value, /)")]
    fn subgroup(vm: &mut Vm, this: &Value, matcher_value: &Value) -> Result<Option<Value>> {
        let matcher = Matcher::new(vm, matcher_value)?;
        Ok(split(vm, this, &matcher, false)?.0)
    }

    /// Exception groups are generic over the type of their contained exceptions
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        crate::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}

members! { MEMBERS: ExceptionGroup {
    readonly "message" message, "exception message";
    readonly "exceptions" exceptions, "nested exceptions";
} }

/// The table of `BaseExceptionGroup`.
pub fn base_exception_group() -> ClassDef {
    ExceptionGroupClass::class_def().with_getsets(MEMBERS)
}
