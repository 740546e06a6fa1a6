//! Code objects of functions that are read when they are first needed.
//!
//! A start makes over a thousand functions of the embedded library and calls a tenth of them. The code object of one that
//! has not been needed knows what a frame, the binding of positional arguments and a function object ask for; the rest lies
//! as marshal data in the executable. Its only instruction is `RESERVED`, which no compiler writes: it has the rest read
//! and goes on at the first instruction of what has come. So calls need not ask, and frames and arguments are already right.
//! Whatever else looks at names, constants or tables of a function's code, Python's own look included, calls
//! [`Vm::complete_code`] before.

use super::dispatch::{Fp, Vp, next, op};
use super::unwind::unwind;
use super::word;
use crate::types::code::{self, Code};
use crate::{Ref, Result, Str, Value, Vm};
use std::cell::{Cell, RefCell};
use taipan_bytecode::marshal::Deferred;
use taipan_bytecode::{CodeFlags, Opcode};
use taipan_object::fixed::Run;
use taipan_object::late::{Late, Slot};
use taipan_object::trace::Opaque;

impl Vm {
    /// The code object of a function whose body is not read yet.
    pub fn new_deferred_code(
        &mut self,
        parts: Deferred<'_>,
        body: &'static [u8],
        filename: Ref<Str>,
    ) -> Result<Ref<Code>> {
        let name = match self.intern_ascii(parts.name)? {
            Some(name) => name,
            None => self.intern_utf8(&String::from_utf8_lossy(parts.name))?,
        };
        let qualname = match self.new_ascii_text(parts.qualname)? {
            _ if parts.qualname == parts.name => name.clone(),
            Some(qualname) => qualname,
            None => self.new_str(&String::from_utf8_lossy(parts.qualname))?,
        };
        let flags = CodeFlags(parts.flags);
        let Ok(frame_words) = code::frame_words(parts.locals as usize, parts.stacksize) else {
            return Err(self.raise_memory_error());
        };
        let simple = code::is_simple(parts.kwonlyargcount, flags);
        let none = self.new_tuple(Vec::new())?;
        let nothing = || Late::new(Opaque(Run::empty()));
        let code = Code {
            units: Late::new(Opaque(Run::from(vec![Cell::new(Opcode::RESERVED as u16)]))),
            consts: Late::new(none.clone()),
            names: Late::new(none.clone()),
            localsplus: parts.locals,
            frame_words,
            argcount: parts.argcount,
            kwonlyargcount: parts.kwonlyargcount,
            simple,
            exact_args: if simple { parts.argcount } else { u32::MAX },
            flags: Opaque(flags),
            builtins_version: Cell::new(0),
            instrumentation: Cell::new(0),
            sites: Opaque(RefCell::new(None)),
            posonlyargcount: parts.posonlyargcount,
            stacksize: parts.stacksize,
            localsplusnames: Late::new(none),
            kinds: nothing(),
            filename: Slot::new(filename),
            name,
            qualname,
            firstlineno: parts.firstlineno,
            canonical: nothing(),
            linetable: nothing(),
            exceptiontable: nothing(),
            deferred: Cell::new(Some(body)),
        };
        let code = Ref::new(self, code)?;
        // What comes of it are constants.
        self.untrack(code.as_value());
        Ok(code)
    }

    /// Reads what a code object does not have yet.
    #[inline]
    pub fn complete_code(&mut self, code: &Ref<Code>) -> Result<()> {
        match code.deferred.get() {
            None => Ok(()),
            Some(body) => self.read_deferred(code, body),
        }
    }

    #[cold]
    #[inline(never)]
    fn read_deferred(&mut self, code: &Ref<Code>, body: &'static [u8]) -> Result<()> {
        let Some(read) = self.state().read_code else {
            return Err(self.raise_system_error("nothing reads code objects"));
        };
        let value = read(self, body, code.filename())?;
        let Some(whole) = value.downcast_exact::<Code>() else {
            return Err(self.raise_system_error("the body of a function is no code object"));
        };
        if code.deferred.take().is_none() {
            // Reading it was interrupted by something that has done the same.
            return Ok(());
        }
        let empty = || Opaque(Run::empty());
        // SAFETY: what was there is empty, but for the instruction that asks for this, which does not look at itself any
        // more; so nobody has borrowed anything from it. Nobody else has the new code object.
        unsafe {
            drop(code.consts.replace((*whole.consts).clone()));
            drop(code.names.replace((*whole.names).clone()));
            drop(code.localsplusnames.replace((*whole.localsplusnames).clone()));
            drop(code.kinds.replace(whole.kinds.replace(empty())));
            drop(code.canonical.replace(whole.canonical.replace(empty())));
            drop(code.linetable.replace(whole.linetable.replace(empty())));
            drop(code.exceptiontable.replace(whole.exceptiontable.replace(empty())));
            let units = whole.units.replace(Opaque(Run::empty()));
            drop(code.units.replace(units));
        }
        Ok(())
    }
}

op!(
    /// The only instruction of code that has not been read.
    #[cold]
    RESERVED,
    |ip, sp, frame, vm, arg| {
        (*frame).ip = ip;
        (*frame).sp = sp;
        if !complete_running(frame, vm) {
            return unwind(ip, sp, frame, vm, 0);
        }
        // The first instruction need not note where it is.
        (*frame).ip = (*(*frame).code).start();
        next((*frame).ip, sp, frame, vm)
    }
);

/// Has the code of the running frame read; `false` where that has raised an exception.
#[cold]
#[inline(never)]
unsafe fn complete_running(frame: Fp, vm: Vp) -> bool {
    // SAFETY: the contract of handlers: the frame runs Python code, whose object lies before its payload.
    unsafe {
        let code: Ref<Code> = Ref::from_value_unchecked(word::cloned((*frame).code as u64 - 16));
        if code.deferred.get().is_none() {
            super::table::raise_invalid(frame, vm);
            return false;
        }
        (*vm).complete_code(&code).is_ok()
    }
}

/// What reads marshal data that the program holds, for a code object with that `co_filename`.
pub type ReadCode = fn(&mut Vm, &'static [u8], Ref<Str>) -> Result<Value>;
