//! Making exceptions, and putting them on their way.

use super::*;
use crate::types::exceptions::base::as_exception;
use crate::{Ref, Str, Value, name};
use taipan_object::Raised;

/// Keys of what the interpreter keeps for the time when memory has run out.
const RESERVE: [&str; 4] = ["MemoryError 0", "MemoryError 1", "MemoryError 2", "MemoryError 3"];

/// Makes the exceptions that can be raised without memory.
pub(crate) fn reserve(vm: &mut Vm) -> Result<()> {
    // Nor shall what handlers do with their attributes ask for memory.
    BASE_EXCEPTION.as_type().dict();
    for key in RESERVE {
        if vm.state().registry.contains_key(key) {
            continue;
        }
        let args = vm.new_tuple(Vec::new())?;
        let exception = Ref::new_in(vm, MEMORY_ERROR.as_type(), BaseException::new(args))?;
        vm.state_mut().registry.insert(key, exception.into_value());
    }
    Ok(())
}

/// A `MemoryError`. If there is no memory for a new one, it is one of those kept for that case: the first that nobody
/// else holds.
pub fn memory_error(vm: &mut Vm) -> Value {
    taipan_object::room::refused();
    let fresh =
        vm.new_tuple(Vec::new()).and_then(|args| Ref::new_in(vm, MEMORY_ERROR.as_type(), BaseException::new(args)));
    if let Ok(exception) = fresh {
        return exception.into_value();
    }
    let kept = |vm: &Vm, key| vm.state().registry.get(key).cloned();
    for key in RESERVE {
        let Some(exception) = kept(vm, key) else { continue };
        let unused = exception.header().is_some_and(|h| h.refcount() == 2);
        if let (true, Some(e)) = (unused, as_exception(&exception)) {
            let e = e.get_mut(vm);
            let old = (e.traceback.take(), e.context.take(), e.cause.take());
            e.suppress_context = false;
            drop(old);
            return exception;
        }
    }
    kept(vm, RESERVE[0]).unwrap_or_else(Value::none)
}

macro_rules! raisers {
    ($($method:ident $class:ident;)*) => { impl Vm { $(
        #[doc = concat!("Raises `", stringify!($class), "` with a message.")]
        #[cold]
        pub fn $method(&mut self, text: &str) -> Raised {
            self.raise_class($class.as_type(), text)
        }
    )* } };
}

raisers! {
    raise_type_error TYPE_ERROR;
    raise_value_error VALUE_ERROR;
    raise_index_error INDEX_ERROR;
    raise_runtime_error RUNTIME_ERROR;
    raise_overflow_error OVERFLOW_ERROR;
    raise_zero_division_error ZERO_DIVISION_ERROR;
    raise_recursion_error RECURSION_ERROR;
    raise_import_error IMPORT_ERROR;
    raise_not_implemented_error NOT_IMPLEMENTED_ERROR;
    raise_system_error SYSTEM_ERROR;
    raise_assertion_error ASSERTION_ERROR;
    raise_buffer_error BUFFER_ERROR;
    raise_eof_error EOF_ERROR;
    raise_reference_error REFERENCE_ERROR;
}

impl Vm {
    /// An instance of an exception class with these arguments; it is not raised.
    pub fn new_exception(&mut self, class: &Type, args: Vec<Value>) -> Result {
        let base = BASE_EXCEPTION.as_type();
        let is_native = !class.flags().has(TypeFlags::HEAP);
        if is_native && class.basicsize() == base.basicsize() && class.same_native(base) {
            let args = self.new_tuple(args)?;
            return Ref::new_in(self, class, BaseException::new(args)).map(Ref::into_value);
        }
        self.call(&class.to_value(), &args)
    }

    /// Raises what `make` makes, with the exception that is being handled as its context.
    pub(crate) fn raise_made(&mut self, made: Result) -> Raised {
        match made {
            Ok(exception) => self.raise_chained(exception),
            Err(raised) => raised,
        }
    }

    /// Raises an exception of `class` with a message.
    #[cold]
    pub fn raise_class(&mut self, class: &Type, text: &str) -> Raised {
        let made = match self.new_str(text) {
            Ok(text) => self.new_exception(class, vec![text.into_value()]),
            Err(raised) => Err(raised),
        };
        self.raise_made(made)
    }

    /// Raises an exception of `class` with these arguments.
    #[cold]
    pub fn raise_args(&mut self, class: &Type, args: Vec<Value>) -> Raised {
        let made = self.new_exception(class, args);
        self.raise_made(made)
    }

    /// Raises `KeyError(key)`.
    #[cold]
    pub fn raise_key_error(&mut self, key: &Value) -> Raised {
        self.raise_args(KEY_ERROR.as_type(), vec![key.clone()])
    }

    /// Raises `MemoryError`.
    #[cold]
    pub fn raise_memory_error(&mut self) -> Raised {
        let exception = memory_error(self);
        self.raise_chained(exception)
    }

    /// Raises `StopIteration`, with what a generator returned.
    #[cold]
    pub fn raise_stop_iteration(&mut self, value: Option<Value>) -> Raised {
        let made = self.new_tuple_from(value.as_slice()).and_then(|args| {
            let e = StopIteration { base: BaseException::new(args), value };
            Ref::new(self, e).map(Ref::into_value)
        });
        self.raise_made(made)
    }

    /// Raises `AttributeError` about an attribute of `obj`, so that a suggestion can be made.
    #[cold]
    pub fn raise_attribute_error(&mut self, obj: &Value, name: &Ref<Str>, text: &str) -> Raised {
        let made = self.new_str(text).and_then(|text| self.new_tuple(vec![text.into_value()])).and_then(|args| {
            let base = BaseException::new(args);
            let e = AttributeError { base, obj: Some(obj.clone()), name: Some(name.to_value()) };
            Ref::new(self, e).map(Ref::into_value)
        });
        self.raise_made(made)
    }

    /// Raises `NameError` about a name.
    #[cold]
    pub fn raise_name_error(&mut self, name: &Ref<Str>, text: &str) -> Raised {
        let made = self.new_str(text).and_then(|text| self.new_tuple(vec![text.into_value()])).and_then(|args| {
            let e = NameError { base: BaseException::new(args), name: Some(name.to_value()) };
            Ref::new(self, e).map(Ref::into_value)
        });
        self.raise_made(made)
    }

    /// Raises `UnboundLocalError`, which says no name.
    #[cold]
    pub fn raise_unbound_local_error(&mut self, text: &str) -> Raised {
        self.raise_class(UNBOUND_LOCAL_ERROR.as_type(), text)
    }

    /// Raises `ImportError` or `ModuleNotFoundError` about a module, its file, and what it does not have.
    #[cold]
    pub fn raise_import_error_about(
        &mut self,
        class: &'static TypeCell<ImportError>,
        text: &str,
        name: Option<Value>,
        path: Option<Value>,
        name_from: Option<Value>,
    ) -> Raised {
        let made = self.new_str(text).map(Ref::into_value).and_then(|msg| {
            let args = self.new_tuple(vec![msg.clone()])?;
            let e = ImportError { base: BaseException::new(args), msg: Some(msg), name, path, name_from };
            Ref::new_in(self, class.as_type(), e).map(Ref::into_value)
        });
        self.raise_made(made)
    }

    /// Raises the subclass of `OSError` that belongs to an error number, with the system's words.
    #[cold]
    pub fn raise_os_error(&mut self, errno: i32, filename: Option<Value>) -> Raised {
        self.raise_os_error2(errno, filename, None)
    }

    /// The same about two files.
    #[cold]
    pub fn raise_os_error2(&mut self, errno: i32, filename: Option<Value>, filename2: Option<Value>) -> Raised {
        let made = self.new_str(&taipan_host::errno::strerror(errno)).and_then(|text| {
            let mut args = vec![Value::from_i32(errno), text.into_value()];
            match (filename, filename2) {
                (Some(a), Some(b)) => args.extend([a, Value::none(), b]),
                (Some(a), None) => args.push(a),
                _ => {}
            }
            self.call(&OS_ERROR.as_type().to_value(), &args)
        });
        self.raise_made(made)
    }

    /// Raises `UnicodeDecodeError` about the bytes `start..end` of `object`.
    #[cold]
    pub fn raise_unicode_decode_error(
        &mut self,
        encoding: &str,
        object: &Value,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Raised {
        let made = self.codec_failure(encoding, object, start, end, reason).and_then(|(args, failure)| {
            let e = UnicodeDecodeError { base: BaseException::new(args), failure };
            Ref::new(self, e).map(Ref::into_value)
        });
        self.raise_made(made)
    }

    /// Raises `UnicodeEncodeError` about the characters `start..end` of `object`.
    #[cold]
    pub fn raise_unicode_encode_error(
        &mut self,
        encoding: &str,
        object: &Ref<Str>,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Raised {
        let made = self.codec_failure(encoding, object.as_value(), start, end, reason).and_then(|(args, failure)| {
            let e = UnicodeEncodeError { base: BaseException::new(args), failure };
            Ref::new(self, e).map(Ref::into_value)
        });
        self.raise_made(made)
    }

    fn codec_failure(
        &mut self,
        encoding: &str,
        object: &Value,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Result<(Ref<crate::Tuple>, CodecFailure)> {
        let encoding = self.new_str(encoding)?.into_value();
        let reason = self.new_str(reason)?.into_value();
        let (first, last) = (self.new_uint(start as u64)?, self.new_uint(end as u64)?);
        let args = self.new_tuple(vec![encoding.clone(), object.clone(), first, last, reason.clone()])?;
        let failure = CodecFailure {
            encoding: Some(encoding),
            object: Some(object.clone()),
            start: start as isize,
            end: end as isize,
            reason: Some(reason),
        };
        Ok((args, failure))
    }

    /// Raises `UnicodeEncodeError` about the first lone surrogates of a string that has to be UTF-8.
    #[cold]
    pub fn raise_surrogates_not_allowed(&mut self, s: &Ref<Str>) -> Raised {
        let surrogate = |c: u32| (0xD800..0xE000).contains(&c);
        let start = s.data().code_points().position(surrogate).unwrap_or(0);
        let run = s.data().code_points().skip(start).take_while(|&c| surrogate(c)).count();
        self.raise_unicode_encode_error("utf-8", s, start, start + run, "surrogates not allowed")
    }

    /// Raises `TypeError`: a slot was called with something that is not of its class.
    #[cold]
    pub fn raise_wrong_receiver(&mut self, slot: &str, given: &Value) -> Raised {
        let slot = slot.trim_matches('_');
        self.raise_type_error(&format!("descriptor '__{slot}__' doesn't apply to a '{}' object", given.ty().name()))
    }

    /// Raises `AttributeError` about an attribute that instances of a native class do not have.
    #[cold]
    pub fn raise_no_attribute(&mut self, obj: &Value, name: &Ref<Str>) -> Raised {
        let text = format!("'{}' object has no attribute '{}'", obj.ty().brief_name(), name.to_string_lossy());
        self.raise_attribute_error(obj, name, &text)
    }

    /// Adds a note to an exception, as `add_note` does.
    pub fn add_note(&mut self, exception: &Value, text: &str) -> Result<()> {
        let note = self.new_str(text)?.into_value();
        self.call_method(exception, name!("add_note"), &[note])?;
        Ok(())
    }
}

/// Exception classes that native modules make when they are imported.
impl Vm {
    /// Makes the class that `key` names with its module in front, adds it to `module`, and keeps it for the interpreter.
    pub fn add_exception_class(
        &mut self,
        module: &Ref<crate::types::module::Module>,
        key: &'static str,
        base: &Type,
        doc: &str,
    ) -> Result<Ref<Type>> {
        let (owner, short) = key.rsplit_once('.').unwrap_or(("builtins", key));
        // A module that is imported anew raises what the former one did.
        if let Some(class) = self.state().registry.get(key).and_then(|c| c.as_type_ref()).cloned() {
            crate::ModuleRef::set(module, self, short, class.to_value())?;
            return Ok(class);
        }
        let namespace = self.new_dict()?;
        let owner = self.intern_utf8(owner)?.into_value();
        self.dict_set(&namespace, name!("__module__").as_value(), owner)?;
        if !doc.is_empty() {
            let doc = self.new_str(doc)?.into_value();
            self.dict_set(&namespace, name!("__doc__").as_value(), doc)?;
        }
        let name = self.intern_utf8(short)?;
        let meta = taipan_object::statics::TYPE.as_ref();
        let class =
            self.new_class(&meta, &name, &[base.to_value()], &namespace, crate::native::Args::positional_only(&[]))?;
        self.state_mut().registry.insert(key, class.to_value());
        crate::ModuleRef::set(module, self, short, class.to_value())?;
        Ok(class)
    }

    /// Raises an exception of a class that [`Vm::add_exception_class`] made.
    #[cold]
    pub fn raise_added(&mut self, key: &'static str, text: &str) -> Raised {
        let class = self.state().registry.get(key).cloned();
        match class.as_ref().and_then(Value::as_type) {
            Some(class) => self.raise_class(class, text),
            None => self.raise_runtime_error(text),
        }
    }
}
