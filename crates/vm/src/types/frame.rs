//! `frame`: what Python sees of a call. It looks at the frame on the data stack as long as that lives, and takes it
//! over when the call ends.

use crate::eval::frame::{Block, Frame};
use crate::eval::inspect::Life;
use crate::{Dict, Ref, Result, Str, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Raised, TypeCell};

/// `frame`.
pub static FRAME: TypeCell<FrameObject> = TypeCell::new("frame");

/// A frame object.
#[derive(Trace, Payload)]
#[payload(class = FRAME)]
#[repr(C)]
pub struct FrameObject {
    /// The frame: on the data stack, a generator's, or in `block`. Null if there was no memory to keep it: whoever asks
    /// for what was in it is told so.
    pub frame: Opaque<*mut Frame>,
    /// The frame of a call that has ended.
    pub block: Option<Block>,
    /// The caller's frame object, once the call has ended.
    pub back: Option<Value>,
    /// `f_trace`.
    pub trace: Option<Value>,
    /// `f_trace_lines`.
    pub trace_lines: bool,
    /// `f_trace_opcodes`.
    pub trace_opcodes: bool,
    /// Variables that were stored through `f_locals` without being variables of the code.
    pub extra: Option<Ref<Dict>>,
}

impl FrameObject {
    /// The object of a live frame.
    pub fn new(frame: *mut Frame) -> FrameObject {
        FrameObject {
            frame: Opaque(frame),
            block: None,
            back: None,
            trace: None,
            trace_lines: true,
            trace_opcodes: false,
            extra: None,
        }
    }

    /// The frame has ended and could not be kept.
    pub fn forget_frame(&mut self) {
        self.frame = Opaque(std::ptr::null_mut());
    }

    /// The frame has moved.
    pub fn set_frame(&mut self, frame: *mut Frame) {
        self.frame = Opaque(frame);
    }

    /// Remembers the caller of a call that ends.
    pub fn set_back(&mut self, back: Value) {
        self.back = Some(back);
    }

    /// Takes over the frame of a call that has ended.
    pub fn take_block(&mut self, block: Block) {
        self.frame = Opaque(block.frame());
        self.block = Some(block);
    }
}

/// Has a frame's code prepared for the frame's wish to be told of each instruction. That is not looked at while the
/// frame has no trace function.
fn prepare_opcodes(vm: &mut Vm, this: &Ref<FrameObject>, on: bool) {
    let frame = this.get(vm);
    if (!on || frame.trace.is_some())
        && let Some(code) = frame.code()
    {
        vm.trace_opcodes(&code, on);
    }
}

/// Methods of `frame`.
pub struct FrameClass;

#[class(cell = FRAME, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl FrameClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<FrameObject>) -> Result {
        let f = this.get(vm);
        let (file, name) = match f.code() {
            Some(c) => (c.filename().into_value(), c.name.to_string_lossy()),
            None => (Value::none(), "?".to_owned()),
        };
        let line = f.line().map_or_else(|| "None".to_owned(), |l| l.to_string());
        let file = vm.repr(&file)?.to_string_lossy();
        let text = format!("<frame at {:#x}, file {file}, line {line}, code {name}>", this.as_value().bits());
        vm.new_str(&text).map(Ref::into_value)
    }

    #[getter]
    fn f_back(vm: &mut Vm, this: &Ref<FrameObject>) -> Result {
        let this = this.clone();
        if this.get(vm).life() == Life::Ended {
            return Ok(this.get(vm).back.clone().unwrap_or_else(Value::none));
        }
        crate::eval::inspect::frame_back(vm, &this).map(|b| b.unwrap_or_else(Value::none))
    }

    #[getter]
    fn f_code(vm: &mut Vm, this: &Ref<FrameObject>) -> Result {
        match this.get(vm).code() {
            Some(code) => Ok(code.into_value()),
            None => Err(vm.raise_memory_error()),
        }
    }

    #[getter]
    fn f_globals(vm: &mut Vm, this: &Ref<FrameObject>) -> Result {
        match this.get(vm).globals() {
            Some(globals) => Ok(globals.into_value()),
            None => Err(vm.raise_memory_error()),
        }
    }

    #[getter]
    fn f_builtins(vm: &mut Vm, this: &Ref<FrameObject>) -> Result {
        match this.get(vm).builtins() {
            Some(builtins) => Ok(builtins.into_value()),
            None => Err(vm.raise_memory_error()),
        }
    }

    #[getter]
    fn f_locals(vm: &mut Vm, this: &Ref<FrameObject>) -> Result {
        // The variables of a comprehension that runs as part of a module or class are in no namespace.
        if let Some(namespace) = this.get(vm).namespace()
            && !this.get(vm).in_comprehension()
        {
            return Ok(namespace);
        }
        super::frame_locals::new_proxy(vm, this)
    }

    #[getter]
    fn f_lineno(vm: &mut Vm, this: &Ref<FrameObject>) -> Result {
        Ok(this.get(vm).line().map_or_else(Value::none, Value::from_i32))
    }

    #[setter]
    fn set_f_lineno(vm: &mut Vm, this: &Ref<FrameObject>, value: Option<&Value>) -> Result<()> {
        match value {
            None => Err(cannot_delete(vm, this, crate::name!("f_lineno"))),
            Some(line) => crate::eval::monitor::jump::set_line(vm, this, line),
        }
    }

    #[getter]
    fn f_lasti(vm: &mut Vm, this: &Ref<FrameObject>) -> Result<i64> {
        Ok(this.get(vm).lasti())
    }

    #[getter]
    fn f_generator(vm: &mut Vm, this: &Ref<FrameObject>) -> Result {
        Ok(this.get(vm).generator().unwrap_or_else(Value::none))
    }

    #[getter]
    fn f_trace(vm: &mut Vm, this: &Ref<FrameObject>) -> Result {
        Ok(this.get(vm).trace.clone().unwrap_or_else(Value::none))
    }

    #[setter]
    fn set_f_trace(vm: &mut Vm, this: &Ref<FrameObject>, value: Option<&Value>) -> Result<()> {
        let new = value.filter(|v| !v.is_none()).cloned();
        let old = std::mem::replace(&mut this.get_mut(vm).trace, new);
        drop(old);
        if this.get(vm).trace_opcodes {
            prepare_opcodes(vm, this, true);
        }
        Ok(())
    }

    #[getter(member)]
    fn f_trace_lines(vm: &mut Vm, this: &Ref<FrameObject>) -> Result<bool> {
        Ok(this.get(vm).trace_lines)
    }

    #[setter]
    fn set_f_trace_lines(vm: &mut Vm, this: &Ref<FrameObject>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else {
            return Err(vm.raise_type_error("can't delete numeric/char attribute"));
        };
        let yes = boolean(vm, value)?;
        this.get_mut(vm).trace_lines = yes;
        Ok(())
    }

    #[getter]
    fn f_trace_opcodes(vm: &mut Vm, this: &Ref<FrameObject>) -> Result<bool> {
        Ok(this.get(vm).trace_opcodes)
    }

    #[setter]
    fn set_f_trace_opcodes(vm: &mut Vm, this: &Ref<FrameObject>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else {
            return Err(cannot_delete(vm, this, crate::name!("f_trace_opcodes")));
        };
        let yes = boolean(vm, value)?;
        this.get_mut(vm).trace_opcodes = yes;
        prepare_opcodes(vm, this, yes);
        Ok(())
    }

    /// Clear all references held by the frame.
    #[method("($self, /)")]
    fn clear(vm: &mut Vm, this: &Ref<FrameObject>) -> Result<()> {
        match this.get(vm).life() {
            Life::Executing => return Err(vm.raise_runtime_error("cannot clear an executing frame")),
            Life::Suspended => {
                // One that has not begun ends here.
                let generator = this.get(vm).generator();
                if !generator.as_ref().is_some_and(|g| super::generator::end_unstarted(vm, g)) {
                    return Err(vm.raise_runtime_error("cannot clear a suspended frame"));
                }
            }
            Life::Ended => {}
        }
        let this = this.clone();
        let mut old = Vec::new();
        for i in 0..this.get(vm).variable_count() {
            old.push(this.get(vm).take_word(i));
        }
        let f = this.get_mut(vm);
        let rest = (f.trace.take(), f.extra.take());
        drop((old, rest));
        Ok(())
    }
}

/// Whether a generator or coroutine has not begun to run.
fn boolean(vm: &mut Vm, value: &Value) -> Result<bool> {
    if value.is_true() || value.is_false() {
        return Ok(value.is_true());
    }
    Err(vm.raise_type_error("attribute value type must be bool"))
}

fn cannot_delete(vm: &mut Vm, frame: &Ref<FrameObject>, name: &Ref<Str>) -> Raised {
    let text = format!("attribute '{}' of 'frame' objects cannot be deleted", name.to_string_lossy());
    vm.raise_attribute_error(frame.as_value(), name, &text)
}
