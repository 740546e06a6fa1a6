//! What a `raise` statement does: classes become instances, causes are set, and what is being handled becomes the
//! context.

use super::*;
use crate::types::exceptions::base::as_exception;
use crate::{Ref, Value};
use taipan_object::Raised;

impl Vm {
    /// The exception that is being handled, `sys.exception()`.
    #[inline]
    pub fn handled_exception(&self) -> Option<&Value> {
        self.handled.iter().rev().flatten().next()
    }

    /// Puts an exception on its way, with the one that is being handled as its context.
    #[cold]
    pub fn raise_chained(&mut self, exception: Value) -> Raised {
        if let Some(handled) = self.handled_exception().cloned() {
            self.set_context(&exception, handled);
        }
        self.raise(exception)
    }

    /// Makes `context` the context of `exception`; if that would close a ring, it is cut at the other end.
    pub fn set_context(&mut self, exception: &Value, context: Value) {
        if context.is(exception) {
            return;
        }
        // What only the caller holds cannot be part of the chain.
        if exception.header().is_some_and(|h| h.refcount() == 1) {
            if let Some(e) = as_exception(exception) {
                let old = e.get_mut(self).context.replace(context);
                drop(old);
            }
            return;
        }
        let next = |vm: &Vm, e: &Value| as_exception(e).and_then(|e| e.get(vm).context.clone());
        let mut dropped = None;
        let (mut at, mut slow, mut advance) = (context.clone(), context.clone(), false);
        while let Some(further) = next(self, &at) {
            if further.is(exception) {
                if let Some(e) = as_exception(&at) {
                    dropped = e.get_mut(self).context.take();
                }
                break;
            }
            at = further;
            // A ring that a program has made with its own hands: everything in it was seen.
            if at.is(&slow) {
                break;
            }
            if advance && let Some(further) = next(self, &slow) {
                slow = further;
            }
            advance = !advance;
        }
        if let Some(e) = as_exception(exception) {
            let old = e.get_mut(self).context.replace(context);
            drop(old);
        }
        drop(dropped);
    }

    /// Sets `__cause__`, which also hides the context.
    pub fn set_cause(&mut self, exception: &Ref<BaseException>, cause: Option<Value>) {
        let e = exception.get_mut(self);
        e.suppress_context = true;
        let old = std::mem::replace(&mut e.cause, cause);
        drop(old);
    }

    /// `raise exception from cause`: either may be a class.
    #[cold]
    pub fn normalize_raise(&mut self, exception: &Value, cause: Option<&Value>) -> Raised {
        match self.normalized(exception, cause) {
            Ok(exception) => self.raise_chained(exception),
            Err(raised) => raised,
        }
    }

    fn normalized(&mut self, exception: &Value, cause: Option<&Value>) -> Result {
        let instance = match self.instance_of_exception(exception)? {
            Some(instance) => instance,
            None => return Err(self.raise_type_error("exceptions must derive from BaseException")),
        };
        let Some(cause) = cause else { return Ok(instance) };
        let cause = if cause.is_none() {
            None
        } else {
            match self.instance_of_exception(cause)? {
                Some(cause) => Some(cause),
                None => return Err(self.raise_type_error("exception causes must derive from BaseException")),
            }
        };
        if let Some(e) = as_exception(&instance) {
            self.set_cause(e, cause);
        }
        Ok(instance)
    }

    /// An exception as it is, or an instance of an exception class; nothing for anything else.
    pub fn instance_of_exception(&mut self, v: &Value) -> Result<Option<Value>> {
        if as_exception(v).is_some() {
            return Ok(Some(v.clone()));
        }
        if !v.as_type().is_some_and(|t| t.flags().has(TypeFlags::EXCEPTION_SUBCLASS)) {
            return Ok(None);
        }
        let made = self.call(v, &[])?;
        if as_exception(&made).is_none() {
            let class = self.repr(v)?.to_string_lossy();
            let given = self.repr(&made.ty().to_value())?.to_string_lossy();
            let text = format!("calling {class} should have returned an instance of BaseException, not {given}");
            return Err(self.raise_type_error(&text));
        }
        Ok(Some(made))
    }

    /// A `raise` statement without an exception.
    #[cold]
    pub fn reraise_handled(&mut self) -> Raised {
        match self.handled_exception().cloned() {
            Some(exception) => self.raise(exception),
            None => self.raise_runtime_error("No active exception to reraise"),
        }
    }
}
