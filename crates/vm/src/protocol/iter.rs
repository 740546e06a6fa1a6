//! Iteration.

use crate::types::generator::GENERATOR;
use crate::types::list::ListIterator;
use crate::{List, Ref, Result, Value, Vm, name, slots};
use taipan_object::TypeFlags;

impl Vm {
    /// `iter(v)`.
    pub fn iter(&mut self, v: &Value) -> Result {
        if let Some(list) = v.downcast_exact::<List>() {
            return Ref::new(self, ListIterator { list: Some(list.clone()), index: 0 }).map(Ref::into_value);
        }
        if GENERATOR.is_exact(v) {
            return Ok(v.clone());
        }
        self.check_stack("")?;
        let s = slots::of(v.ty());
        let Some(f) = s.iter else {
            // A native class whose subscripts are no indices has no length.
            let indexed = s.getitem.is_some() && (s.len.is_some() || v.ty().flags().has(TypeFlags::HEAP));
            if indexed && v.downcast::<crate::Dict>().is_none() || s.item.is_some() {
                return self.sequence_iter(v);
            }
            return Err(self.raise_type_error(&format!("'{}' object is not iterable", v.ty().name())));
        };
        let it = f(self, v)?;
        if slots::of(it.ty()).next.is_none() {
            let text = format!("iter() returned non-iterator of type '{}'", it.ty().name());
            return Err(self.raise_type_error(&text));
        }
        Ok(it)
    }

    /// The next item of an iterator; nothing at its end. Iterators over iterators ask through this, so it minds the
    /// native stack.
    #[inline]
    pub fn next(&mut self, it: &Value) -> Result<Option<Value>> {
        self.check_stack("")?;
        match slots::of(it.ty()).next {
            Some(f) => match f(self, it) {
                // A generator that returned a value ends with an exception that carries it.
                Err(raised) if self.raised_is(crate::errors::STOP_ITERATION.as_type()) => {
                    drop(self.take_raised(raised));
                    Ok(None)
                }
                other => other,
            },
            None => Err(self.raise_type_error(&format!("'{}' object is not an iterator", it.ty().name()))),
        }
    }

    /// An iterator over anything with `__getitem__`.
    pub fn sequence_iter(&mut self, v: &Value) -> Result {
        crate::types::iterator::new_sequence_iterator(self, v.clone())
    }

    /// Turns a raised `StopIteration` into the end of the iteration.
    pub fn stop_iteration_to_none(&mut self, result: Result) -> Result<Option<Value>> {
        match result {
            Ok(v) => Ok(Some(v)),
            Err(raised) if self.raised_is(crate::errors::STOP_ITERATION.as_type()) => {
                drop(self.take_raised(raised));
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }

    /// `operator.length_hint(v, default)`.
    pub fn length_hint(&mut self, v: &Value, default: usize) -> Result<usize> {
        self.check_stack("")?;
        if let Some(f) = slots::of(v.ty()).len {
            match f(self, v) {
                Ok(n) => return Ok(n),
                Err(raised) if self.raised_is(crate::errors::TYPE_ERROR.as_type()) => drop(self.take_raised(raised)),
                Err(raised) => return Err(raised),
            }
        }
        let Some(hint) = self.lookup_special(v, name!("__length_hint__"))? else { return Ok(default) };
        let n = match self.call(&hint, &[]) {
            Ok(n) => n,
            Err(raised) if self.raised_is(crate::errors::TYPE_ERROR.as_type()) => {
                drop(self.take_raised(raised));
                return Ok(default);
            }
            Err(raised) => return Err(raised),
        };
        if n.is_not_implemented() {
            return Ok(default);
        }
        match n.as_int() {
            Some(n) => match n.to_i64() {
                Some(n) if n >= 0 => Ok(n as usize),
                Some(_) => Err(self.raise_value_error("__length_hint__() should return >= 0")),
                None => Err(self.raise_overflow_error("Python int too large to convert to C ssize_t")),
            },
            None => {
                let text = format!("__length_hint__ must be an integer, not {}", n.ty().name());
                Err(self.raise_type_error(&text))
            }
        }
    }
}
