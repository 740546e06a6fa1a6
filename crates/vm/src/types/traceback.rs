//! `traceback`: the frames that an exception has come through, outermost first.

use crate::native::Args;
use crate::types::frame::FrameObject;
use crate::{Ref, Result, Type, Value, Vm};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `traceback`.
pub static TRACEBACK: TypeCell<Traceback> = TypeCell::new("traceback");

/// One frame of a traceback.
#[derive(Trace, Payload)]
#[payload(class = TRACEBACK)]
#[repr(C)]
pub struct Traceback {
    /// `tb_next`: the frame called by this one.
    pub next: Option<Ref<Traceback>>,
    /// `tb_frame`.
    pub frame: Value,
    /// `tb_lasti`: byte offset of the instruction.
    pub lasti: i32,
    /// `tb_lineno` where it was worked out or given; otherwise it follows from the frame's code and `lasti`.
    pub lineno: Option<i32>,
}

impl Vm {
    /// Notes that an exception on its way has come through a frame.
    pub fn add_traceback(&mut self, exception: &Value, frame: Value, lasti: i32, lineno: Option<i32>) -> Result<()> {
        let Some(e) = crate::types::exceptions::base::as_exception(exception) else { return Ok(()) };
        let next = e.get(self).traceback.clone();
        let entry = Ref::new_in_place(self, Traceback { next, frame, lasti, lineno })?;
        e.get_mut(self).traceback = Some(entry);
        Ok(())
    }

    /// The line that an entry is at; an instruction may have none.
    pub fn traceback_line(&mut self, entry: &Ref<Traceback>) -> Option<i32> {
        let t = entry.get(self);
        if let Some(line) = t.lineno.filter(|&n| n != -1) {
            return Some(line);
        }
        let unit = usize::try_from(t.lasti).ok()? / 2;
        t.frame.downcast::<FrameObject>()?.get(self).code()?.line_at(unit)
    }
}

/// Methods of `traceback`.
pub struct TracebackClass;

/// Create a new traceback object.
#[class(cell = TRACEBACK, base = OBJECT, flags = HAVE_GC, signature = "(tb_next, tb_frame, tb_lasti, tb_lineno)")]
impl TracebackClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: crate::native::Signature = crate::native::Signature {
            name: "traceback",
            params: &["tb_next", "tb_frame", "tb_lasti", "tb_lineno"],
            required: &[true; 4],
            required_count: 4,
            positional_only: 0,
            positional: 4,
        };
        let [Some(next), Some(frame), Some(lasti), Some(lineno)] = crate::native::bind::<4>(vm, &SIGNATURE, args)?
        else {
            return Err(vm.raise_type_error("traceback() takes exactly 4 arguments"));
        };
        let next = match next.downcast::<Traceback>() {
            Some(t) => Some(t.clone()),
            None if next.is_none() => None,
            None => {
                let text = format!("expected traceback object or None, got '{}'", next.ty().name());
                return Err(vm.raise_type_error(&text));
            }
        };
        if frame.ty().name() != "frame" || frame.ty().flags().has(taipan_object::TypeFlags::HEAP) {
            let text = format!("traceback() argument 'tb_frame' must be frame, not {}", given(frame));
            return Err(vm.raise_type_error(&text));
        }
        let lasti = int_argument(vm, lasti)?;
        let lineno = int_argument(vm, lineno)?;
        let entry = Traceback { next, frame: frame.clone(), lasti, lineno: Some(lineno) };
        Ref::new_in(vm, class, entry).map(Ref::into_value)
    }

    #[getter]
    fn tb_next(vm: &mut Vm, this: &Ref<Traceback>) -> Result<Option<Value>> {
        Ok(this.get(vm).next.as_ref().map(Ref::to_value))
    }

    #[setter]
    fn set_tb_next(vm: &mut Vm, this: &Ref<Traceback>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_type_error("can't delete tb_next attribute")) };
        let next = value.downcast::<Traceback>().cloned();
        if next.is_none() && !value.is_none() {
            let text = format!("expected traceback object, got '{}'", value.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let mut at = next.clone();
        while let Some(t) = at {
            if t.is(this) {
                return Err(vm.raise_value_error("traceback loop detected"));
            }
            at = t.get(vm).next.clone();
        }
        let old = std::mem::replace(&mut this.get_mut(vm).next, next);
        drop(old);
        Ok(())
    }

    #[getter(member)]
    fn tb_frame(vm: &mut Vm, this: &Ref<Traceback>) -> Result {
        Ok(this.get(vm).frame.clone())
    }

    #[getter(member)]
    fn tb_lasti(vm: &mut Vm, this: &Ref<Traceback>) -> Result<i32> {
        Ok(this.get(vm).lasti)
    }

    #[getter]
    fn tb_lineno(vm: &mut Vm, this: &Ref<Traceback>) -> Result<Option<i32>> {
        Ok(vm.traceback_line(this))
    }

    #[method("($self, /)")]
    fn __dir__(vm: &mut Vm, _this: &Value) -> Result {
        let mut names = Vec::new();
        for name in ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"] {
            names.push(vm.new_str(name)?.into_value());
        }
        vm.new_list(names).map(Ref::into_value)
    }
}

fn given(v: &Value) -> String {
    if v.is_none() { "None".to_owned() } else { v.ty().name() }
}

fn int_argument(vm: &mut Vm, v: &Value) -> Result<i32> {
    let n = vm.to_index_i64(v, "int")?;
    i32::try_from(n).map_err(|_| vm.raise_overflow_error("Python int too large to convert to C int"))
}
