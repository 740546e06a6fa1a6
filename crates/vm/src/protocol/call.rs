//! Calls.

use crate::native::{Args, FnDef};
use crate::types::descriptor::MethodDescriptor;
use crate::types::function::Function;
use crate::{ModuleRef, Ref, Result, Str, Value, Vm, name, slots};
use taipan_object::Raised;

/// Calls with at most this many arguments are put together on the native stack.
const INLINE_ARGS: usize = 8;

impl Vm {
    /// `'int' object is not callable`, with what was probably meant where a module is called.
    #[cold]
    pub fn raise_not_callable(&mut self, callee: &Value) -> Raised {
        let text = format!("'{}' object is not callable", callee.ty().name());
        let meant = match self.same_name_in_module(callee) {
            Ok(Some(name)) => format!(". Did you mean: '{name}.{name}(...)'?"),
            Ok(None) => String::new(),
            Err(raised) => return raised,
        };
        self.raise_type_error(&format!("{text}{meant}"))
    }

    /// The name of a module that has a callable of its own name.
    fn same_name_in_module(&mut self, v: &Value) -> Result<Option<String>> {
        let Some(module) = v.downcast::<crate::types::module::Module>() else { return Ok(None) };
        let namespace = module.namespace(self)?;
        let name = namespace.get(self).get_str(name!("__name__")).cloned();
        let Some(name) = name.as_ref().and_then(|n| n.downcast::<Str>()) else { return Ok(None) };
        let found = self.get_attr_opt(v, name)?;
        Ok(found.filter(|f| self.is_callable(f)).map(|_| name.to_string_lossy()))
    }

    /// `callee(*args)`.
    pub fn call(&mut self, callee: &Value, args: &[Value]) -> Result {
        if callee.downcast_exact::<Function>().is_some() {
            let result = crate::eval::call_function(self, callee, Args::positional_only(args));
            self.drain();
            return result;
        }
        self.call_args(callee, Args::positional_only(args))
    }

    /// `callee(*args, **keywords)`.
    #[inline]
    pub fn call_args(&mut self, callee: &Value, args: Args<'_>) -> Result {
        match slots::of(callee.ty()).call {
            Some(call) => {
                self.check_stack("")?;
                let result = call(self, callee, args);
                self.drain();
                result
            }
            None => Err(self.raise_not_callable(callee)),
        }
    }

    /// `callee(first, *args, **keywords)`.
    pub fn call_prepended(&mut self, callee: &Value, first: &Value, args: Args<'_>) -> Result {
        if callee.downcast_exact::<Function>().is_some() {
            let result = crate::eval::call_function_with(self, callee, Some(first), args);
            self.drain();
            return result;
        }
        if let Some(m) = callee.downcast_exact::<MethodDescriptor>()
            && args.names().is_empty()
            && first.ty().is_subtype(&m.owner)
        {
            self.check_stack("")?;
            let call = m.def.positional;
            let result = with_prepended(first, args, |args| call(self, args.all()));
            self.drain();
            return result;
        }
        with_prepended(first, args, |args| self.call_args(callee, args))
    }

    /// A native function with its receiver in front.
    pub fn call_native_prepended(&mut self, def: &FnDef, first: &Value, args: Args<'_>) -> Result {
        let call = def.call;
        with_prepended(first, args, |args| call(self, args))
    }

    /// `object.name(*args)`.
    pub fn call_method(&mut self, object: &Value, name: &Ref<Str>, args: &[Value]) -> Result {
        self.call_method_args(object, name, Args::positional_only(args))
    }

    /// `object.name(*args, **keywords)`; a plain method is called without being bound.
    pub fn call_method_args(&mut self, object: &Value, name: &Ref<Str>, args: Args<'_>) -> Result {
        let generic = slots::of(taipan_object::statics::OBJECT.as_type()).getattr;
        if let (Some(a), Some(b)) = (slots::of(object.ty()).getattr, generic)
            && std::ptr::fn_addr_eq(a, b)
        {
            let name = self.intern(name);
            if let Some(found) = self.lookup_type_attr(object.ty(), &name)
                && (found.downcast_exact::<Function>().is_some()
                    || found.downcast_exact::<MethodDescriptor>().is_some())
                && self.instance_attr(object, &name).is_none()
            {
                return self.call_prepended(&found, object, args);
            }
        }
        let method = self.get_attr(object, name)?;
        self.call_args(&method, args)
    }

    /// Calls what was found on the object's type as its method.
    pub fn call_unbound(&mut self, found: &Value, object: &Value, args: &[Value]) -> Result {
        self.call_unbound_args(found, object, Args::positional_only(args))
    }

    /// Calls what was found on the object's type as its method.
    pub fn call_unbound_args(&mut self, found: &Value, object: &Value, args: Args<'_>) -> Result {
        // Functions need not be bound for this: the object goes in front.
        if found.downcast_exact::<Function>().is_some() {
            let result = crate::eval::call_function_with(self, found, Some(object), args);
            self.drain();
            return result;
        }
        if found.downcast_exact::<MethodDescriptor>().is_some() {
            return self.call_prepended(found, object, args);
        }
        match slots::of(found.ty()).get {
            Some(get) => {
                // What was found may be bound by a method that is such an object itself.
                self.check_stack("")?;
                let class = object.ty().to_value();
                let bound = get(self, found, Some(object), Some(&class))?;
                self.call_args(&bound, args)
            }
            None => self.call_args(found, args),
        }
    }

    /// `callable(object)`.
    pub fn is_callable(&self, object: &Value) -> bool {
        slots::of(object.ty()).call.is_some()
    }
}

/// Runs `f` with `first` in front of the arguments.
pub fn with_prepended<R>(first: &Value, args: Args<'_>, f: impl FnOnce(Args<'_>) -> R) -> R {
    let all = args.all();
    if all.len() < INLINE_ARGS {
        let mut buffer = [const { None }; INLINE_ARGS];
        buffer[0] = Some(first.clone());
        for (to, from) in buffer[1..].iter_mut().zip(all) {
            *to = Some(from.clone());
        }
        // All of the first `all.len() + 1` are present, so this is a plain reborrow as values.
        let filled: &[Option<Value>] = &buffer[..all.len() + 1];
        return f(Args::new(taipan_object::value::present(filled), args.names()));
    }
    let mut buffer = Vec::with_capacity(all.len() + 1);
    buffer.push(first.clone());
    buffer.extend_from_slice(all);
    f(Args::new(&buffer, args.names()))
}
