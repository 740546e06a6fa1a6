//! What Python sees of frames: frame objects, `locals()`, what `super()` finds out.

use super::frame::{self, Frame, Owner, local, unit_index};
use super::word;
use super::{first_complete, frame::generator_of};
use crate::types::cell::Cell;
use crate::types::code::Code;
use crate::types::frame::FrameObject;
use crate::{Dict, Ref, Result, Str, Type, Value, Vm};
use taipan_bytecode::CodeFlags;
use taipan_bytecode::code::local_kind;

/// Where the Python code of the thread at `context` is, for [`taipan_object::watch`].
///
/// # Safety
/// There is a thread, which makes the call itself.
unsafe fn walk(context: *const (), limit: usize, visit: &mut dyn FnMut(&Str, i32)) -> usize {
    // SAFETY: the frames of a thread are linked, and those with code are whole; the field is read although somebody may
    // have borrowed the thread, who does not change it meanwhile.
    unsafe {
        let mut at = first_complete((&raw const (*context.cast::<Vm>()).eval.frame).read_volatile());
        let mut depth = 0;
        while !at.is_null() {
            let (code, unit) = (&*(*at).code, unit_index(at));
            if code.has_begun(unit) {
                if depth < limit {
                    visit(&code.filename(), code.line_at(unit).unwrap_or(0));
                }
                depth += 1;
            }
            at = first_complete((*at).prev);
        }
        depth
    }
}

impl Vm {
    /// The frame object of a frame, made when first asked for.
    ///
    /// # Safety
    /// `frame` is live and runs Python code.
    pub unsafe fn frame_object(&mut self, frame: *mut Frame) -> Result<Ref<FrameObject>> {
        // SAFETY: the caller's contract; the word is an owned frame object.
        unsafe {
            if (*frame).object == 0 {
                let object = Ref::new(self, FrameObject::new(frame))?;
                (*frame).object = object.into_value().into_bits();
            }
            Ok(Ref::from_value_unchecked(word::cloned((*frame).object)))
        }
    }

    /// The frame object of the innermost frame that a thread has left for others to see.
    pub(crate) fn published_frame(&mut self, address: usize) -> Result<Option<Ref<FrameObject>>> {
        // SAFETY: a detached thread goes on in that frame, so it is live, and its callers are linked; the lock is held.
        unsafe {
            let frame = first_complete(address as *mut Frame);
            if frame.is_null() { Ok(None) } else { self.frame_object(frame).map(Some) }
        }
    }

    /// The exception that a thread has left for others to see.
    pub(crate) fn published_exception(&self, bits: u64) -> Option<Value> {
        // SAFETY: a detached thread owns the exception that it handles; the lock is held.
        (bits != 0).then(|| unsafe { word::cloned(bits) })
    }

    /// Has allocations of this thread recorded with its frames. The thread stays at this address: [`Vm::attach`] gives
    /// a box, which nobody takes it out of.
    pub(crate) fn be_walked(&mut self) {
        // SAFETY: until the thread ends, `walk` finds it here; then `walk_nobody` is called.
        unsafe { taipan_object::watch::set_walker(Some((&raw const *self as *const (), walk))) };
    }

    /// Undoes [`Vm::be_walked`].
    pub(crate) fn walk_nobody() {
        // SAFETY: nothing is called.
        unsafe { taipan_object::watch::set_walker(None) };
    }

    /// The innermost frame that runs Python code, or null.
    fn running_frame(&self) -> *mut Frame {
        // SAFETY: the thread's frames are linked.
        unsafe { first_complete(self.eval.frame) }
    }

    /// The frame object `depth` callers out from the running Python code (`sys._getframe`).
    pub fn frame_at(&mut self, depth: usize) -> Result<Option<Ref<FrameObject>>> {
        let mut at = self.running_frame();
        // SAFETY: the thread's frames are linked.
        unsafe {
            for _ in 0..depth {
                if at.is_null() {
                    return Ok(None);
                }
                at = first_complete((*at).prev);
            }
            if at.is_null() { Ok(None) } else { self.frame_object(at).map(Some) }
        }
    }

    /// The global namespace of the running Python code.
    pub fn current_globals(&mut self) -> Option<Ref<Dict>> {
        let frame = self.running_frame();
        // SAFETY: the frame runs Python code.
        (!frame.is_null()).then(|| unsafe { frame::globals(frame) }.clone())
    }

    /// The global namespace of the running Python code. Where there is none, that of `__main__` for an interpreter in which
    /// another one runs something, which runs in there.
    pub fn scope_globals(&mut self) -> Option<Ref<Dict>> {
        self.current_globals().or_else(|| self.main_of_sub())
    }

    /// The local namespace of the running Python code, or what serves where there is none: see [`Vm::scope_globals`].
    pub fn scope_locals(&mut self) -> Result<Option<Value>> {
        Ok(match self.current_locals()? {
            None => self.main_of_sub().map(Ref::into_value),
            locals => locals,
        })
    }

    fn main_of_sub(&mut self) -> Option<Ref<Dict>> {
        let modules = self.state().modules.clone().filter(|_| self.state().is_sub)?;
        let main =
            modules.get(self).get_str(crate::name!("__main__"))?.downcast::<crate::types::module::Module>()?.clone();
        main.get(self).dict.clone()
    }

    /// The built-in namespace of the running Python code.
    pub fn current_builtins(&mut self) -> Option<Ref<Dict>> {
        let frame = self.running_frame();
        // SAFETY: the frame runs Python code.
        (!frame.is_null()).then(|| unsafe { frame::builtins(frame) }.clone())
    }

    /// The code object of the running Python code.
    pub fn current_code(&mut self) -> Option<Ref<Code>> {
        let frame = self.running_frame();
        // SAFETY: the frame runs Python code.
        (!frame.is_null()).then(|| unsafe { frame::function(frame) }.code.clone())
    }

    /// `locals()` of the running Python code: its namespace, or a new dict of its variables.
    pub fn current_locals(&mut self) -> Result<Option<Value>> {
        let frame = self.running_frame();
        if frame.is_null() {
            return Ok(None);
        }
        // SAFETY: the frame runs Python code.
        unsafe {
            if (*frame).locals != 0 && !in_comprehension(frame) {
                return Ok(Some(word::cloned((*frame).locals)));
            }
            let dict = self.new_dict()?;
            for (name, value) in variables(frame) {
                self.dict_set(&dict, &name, value)?;
            }
            // Names that were set through `f_locals` and are no variables.
            if (*frame).object != 0
                && let Some(extra) = (*word::payload::<FrameObject>((*frame).object)).extra.clone()
            {
                self.dict_update(&dict, &extra)?;
            }
            Ok(Some(dict.into_value()))
        }
    }

    /// What `super()` without arguments means: the class that the running method was defined in, and its first
    /// argument.
    pub fn super_arguments(&mut self) -> Result<(Ref<Type>, Value)> {
        let frame = self.running_frame();
        if frame.is_null() {
            return Err(self.raise_runtime_error("super(): no current frame"));
        }
        // SAFETY: the frame runs Python code, and has as many locals as its code says.
        unsafe {
            let code = &*(*frame).code;
            if code.argcount == 0 {
                return Err(self.raise_runtime_error("super(): no arguments"));
            }
            let Some(first) = variable(frame, 0) else {
                return Err(self.raise_runtime_error("super(): arg[0] deleted"));
            };
            for (i, kind) in code.kinds.iter().enumerate() {
                let is_class = kind & local_kind::FREE != 0
                    && code.local_name(i).is_some_and(|n| n.as_ascii() == Some("__class__"));
                if !is_class {
                    continue;
                }
                let w = *local(frame, i);
                if w == 0 || word::at(&w).downcast_exact::<Cell>().is_none() {
                    return Err(self.raise_runtime_error("super(): bad __class__ cell"));
                }
                let Some(class) = variable(frame, i) else {
                    return Err(self.raise_runtime_error("super(): empty __class__ cell"));
                };
                return match class.as_type_ref() {
                    Some(class) => Ok((class.clone(), first)),
                    None => {
                        let text = format!("super(): __class__ is not a type ({})", class.ty().name());
                        Err(self.raise_runtime_error(&text))
                    }
                };
            }
            Err(self.raise_runtime_error("super(): __class__ cell not found"))
        }
    }
}

/// Whether a comprehension runs as part of a module or class: its variables are bound in the frame.
unsafe fn in_comprehension(frame: *mut Frame) -> bool {
    // SAFETY: the caller knows that the frame runs Python code, so it has as many locals as its code has kinds.
    unsafe {
        let kinds = &(*(*frame).code).kinds;
        kinds.iter().enumerate().any(|(i, k)| k & local_kind::HIDDEN != 0 && *local(frame, i) != 0)
    }
}

/// The value of a variable, looked at through its cell.
unsafe fn variable(frame: *mut Frame, index: usize) -> Option<Value> {
    // SAFETY: the caller knows that the frame has that many locals.
    unsafe {
        let w = *local(frame, index);
        if w == 0 {
            return None;
        }
        let v = word::at(&w);
        let kind = (&(*(*frame).code).kinds)[index];
        // A variable that is shared becomes a cell at the start of the function, before which it is a plain argument.
        if kind & (local_kind::CELL | local_kind::FREE) != 0 && v.downcast_exact::<Cell>().is_some() {
            return (*word::payload::<Cell>(w)).value.clone();
        }
        Some(v.clone())
    }
}

/// Names and values of the variables that are bound.
unsafe fn variables(frame: *mut Frame) -> Vec<(Value, Value)> {
    // SAFETY: the caller's frame runs Python code.
    unsafe {
        let code = &*(*frame).code;
        let names = code.localsplusnames.items();
        // Free variables of a class body are not in its namespace.
        let skip = if code.has(CodeFlags::OPTIMIZED) { 0 } else { local_kind::FREE };
        (0..code.localsplus as usize)
            .filter(|&i| (&code.kinds)[i] & skip == 0)
            .filter_map(|i| variable(frame, i).map(|v| (names[i].clone(), v)))
            .collect()
    }
}

/// Who called whom: `(file, line, function)` for up to `depth` frames from `frame` on.
pub unsafe fn call_stack(vm: &mut Vm, frame: *mut Frame, depth: usize) -> Result {
    let mut rows = Vec::new();
    // SAFETY: the thread's frames are linked.
    unsafe {
        let mut at = first_complete(frame);
        while !at.is_null() && rows.len() < depth {
            let code = &*(*at).code;
            let line = code.line_at(unit_index(at)).map_or_else(Value::none, Value::from_i32);
            let row = vec![code.filename().into_value(), line, code.name.to_value()];
            rows.push(vm.new_tuple(row)?.into_value());
            at = first_complete((*at).prev);
        }
    }
    vm.new_tuple(rows).map(Ref::into_value)
}

/// Where a frame is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Life {
    /// It runs, or has called something.
    Executing,
    /// A generator's that can be resumed.
    Suspended,
    /// It has ended.
    Ended,
}

impl FrameObject {
    fn live(&self) -> *mut Frame {
        self.frame.0
    }

    /// Where the frame is in its life.
    pub fn life(&self) -> Life {
        let frame = self.live();
        if frame.is_null() || self.block.is_some() {
            return Life::Ended;
        }
        // SAFETY: the frame is live until it is handed over or forgotten.
        unsafe {
            if (*frame).owner == Owner::Generator && (*frame).prev.is_null() {
                Life::Suspended
            } else {
                Life::Executing
            }
        }
    }

    /// The code object; `None` once the frame could not be kept.
    pub fn code(&self) -> Option<Ref<Code>> {
        let frame = self.live();
        // SAFETY: a frame that is not null is live or in the object's own block.
        (!frame.is_null() && unsafe { (*frame).function } != 0).then(|| unsafe {
            // The function may have been given other code since; the frame runs the one that it began with.
            let code = (*frame).code;
            Ref::from_value_unchecked(word::cloned(code as u64 - 16))
        })
    }

    /// The global namespace.
    pub fn globals(&self) -> Option<Ref<Dict>> {
        // SAFETY: as for code.
        self.code().map(|_| unsafe { frame::globals(self.live()) }.clone())
    }

    /// The built-in namespace.
    pub fn builtins(&self) -> Option<Ref<Dict>> {
        // SAFETY: as for code.
        self.code().map(|_| unsafe { frame::builtins(self.live()) }.clone())
    }

    /// The namespace of a class body or module, unless a comprehension runs in it: then it is the comprehension's
    /// variables that are seen.
    pub fn namespace(&self) -> Option<Value> {
        let frame = self.live();
        // SAFETY: as for code.
        unsafe {
            let has = !frame.is_null() && (*frame).locals != 0 && !in_comprehension(frame);
            has.then(|| word::cloned((*frame).locals))
        }
    }

    /// Whether a comprehension runs as part of the module or class.
    pub fn in_comprehension(&self) -> bool {
        let frame = self.live();
        // SAFETY: as for code.
        unsafe { !frame.is_null() && (*frame).locals != 0 && in_comprehension(frame) }
    }

    /// Code units from the start of the code to where the frame is.
    pub fn unit(&self) -> Option<usize> {
        // SAFETY: as for code.
        self.code().map(|_| unsafe { unit_index(self.live()) })
    }

    /// `f_lasti`: the byte offset of the instruction that runs, or is next where a generator is suspended.
    pub fn lasti(&self) -> i64 {
        match self.unit() {
            Some(u) if self.life() == Life::Suspended => 2 * u as i64 + 2,
            Some(u) => 2 * u as i64,
            None => -1,
        }
    }

    /// The line of the instruction that runs.
    pub fn line(&self) -> Option<i32> {
        self.code()?.line_at(self.unit()?)
    }

    /// The generator whose frame this is, unless that has ended.
    pub fn generator(&self) -> Option<Value> {
        let frame = self.live();
        if frame.is_null() || self.block.is_some() {
            return None;
        }
        // SAFETY: a generator's frame knows its generator, which is alive as long as it has the frame.
        unsafe { ((*frame).owner == Owner::Generator).then(|| word::cloned(generator_of(frame))) }
    }

    /// Number of fast locals.
    pub fn variable_count(&self) -> usize {
        self.code().map_or(0, |c| c.localsplus as usize)
    }

    /// The value of a fast local, looked at through its cell.
    pub fn variable(&self, index: usize) -> Option<Value> {
        if index >= self.variable_count() {
            return None;
        }
        // SAFETY: the frame has code and that many locals.
        unsafe { variable(self.live(), index) }
    }

    /// Stores into a fast local, through its cell if it has one; the old value.
    pub fn set_variable(&self, index: usize, value: Option<Value>) -> Option<Value> {
        if index >= self.variable_count() {
            return value;
        }
        // SAFETY: as for variable; words are owned values or absent.
        unsafe {
            let at = local(self.live(), index);
            let kind = (&(*(*self.live()).code).kinds)[index];
            if *at != 0
                && kind & (local_kind::CELL | local_kind::FREE) != 0
                && word::at(at).downcast_exact::<Cell>().is_some()
            {
                return std::mem::replace(&mut (*word::payload::<Cell>(*at)).value, value);
            }
            std::mem::replace(&mut *at.cast::<Option<Value>>(), value)
        }
    }

    /// Takes a fast local's own word: the cell rather than what is in it, which other functions may share.
    pub fn take_word(&self, index: usize) -> Option<Value> {
        if index >= self.variable_count() {
            return None;
        }
        // SAFETY: as for variable; words are owned values or absent.
        unsafe { std::mem::take(&mut *local(self.live(), index).cast::<Option<Value>>()) }
    }

    /// Moves a frame to another instruction of its code (`f_lineno = ...` while tracing).
    pub fn set_unit(&self, unit: usize) {
        if let Some(code) = self.code()
            && unit < code.units.len()
        {
            // SAFETY: the frame has code, and the unit lies in it.
            unsafe { (*self.live()).ip = code.start().add(unit) }
        }
    }
}

/// The caller's frame object, of a frame that has not ended.
pub fn frame_back(vm: &mut Vm, this: &Ref<FrameObject>) -> Result<Option<Value>> {
    let frame = this.get(vm).live();
    if frame.is_null() {
        return Ok(None);
    }
    // SAFETY: the frame is live.
    unsafe {
        let back = first_complete((*frame).prev);
        if back.is_null() { Ok(None) } else { vm.frame_object(back).map(|f| Some(f.into_value())) }
    }
}
