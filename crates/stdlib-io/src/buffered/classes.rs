//! The classes `BufferedReader`, `BufferedWriter` and `BufferedRandom`.

use super::*;
use crate::common::size_argument;
use crate::fileio::finalizing_flag;
use crate::iobase::BUFFERED_IO_BASE;
use taipan_macros::class;
use taipan_object::TypeCell;
use taipan_vm::errors::VALUE_ERROR;
use taipan_vm::native::{Args, Signature, bind};

/// `_io.BufferedReader`.
pub static BUFFERED_READER: TypeCell<Buffered> = TypeCell::new("_io.BufferedReader");
/// `_io.BufferedWriter`.
pub static BUFFERED_WRITER: TypeCell<Buffered> = TypeCell::new("_io.BufferedWriter");
/// `_io.BufferedRandom`.
pub static BUFFERED_RANDOM: TypeCell<Buffered> = TypeCell::new("_io.BufferedRandom");

fn new(vm: &mut Vm, class: &Ref<Type>) -> Result {
    iobase::check_abstract(vm, class)?;
    Ref::new_in(vm, class, Buffered::empty()).map(Ref::into_value)
}

fn init(
    vm: &mut Vm,
    this: &Value,
    args: Args<'_>,
    signature: &'static Signature,
    native: &Type,
    (readable, writable): (bool, bool),
) -> Result<()> {
    let Some(this) = this.downcast::<Buffered>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
    let [raw, size] = bind::<2>(vm, signature, args)?;
    let Some(raw) = raw else { return Err(Raised) };
    let size = match size {
        None => common::DEFAULT_BUFFER_SIZE as isize,
        Some(size) => common::index(vm, size)?,
    };
    this.get_mut(vm).state = State::Uninitialized;
    if readable && writable {
        iobase::check_ability(vm, raw, name!("seekable"), "seekable")?;
    }
    if readable {
        iobase::check_ability(vm, raw, name!("readable"), "readable")?;
    }
    if writable {
        iobase::check_ability(vm, raw, name!("writable"), "writable")?;
    }
    set_up(vm, this, native, raw, size, (readable, writable))
}

fn repr(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
    let class = common::class_name(this.ty());
    let name = match vm.get_attr_opt(this.as_value(), name!("name")) {
        Ok(name) => name,
        Err(raised) if vm.raised_is(VALUE_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            None
        }
        Err(raised) => return Err(raised),
    };
    let text = match name {
        None => format!("<{class}>"),
        Some(name) => match vm.guard_repr(this.as_value(), |vm| vm.repr(&name))? {
            Some(shown) => format!("<{class} name={}>", shown.to_string_lossy()),
            None => return Err(vm.raise_runtime_error(&format!("reentrant call inside {class}.__repr__"))),
        },
    };
    vm.new_str(&text).map(Ref::into_value)
}

/// A class with what all three have.
macro_rules! buffered_class {
    (
        $(#[doc = $doc:literal])*
        $class:ident $cell:ident $name:literal $signature:ident $abilities:expr;
        $($own:tt)*
    ) => {
        static $signature: Signature = Signature {
            name: $name,
            params: &["raw", "buffer_size"],
            required: &[true, false],
            required_count: 1,
            positional_only: 0,
            positional: 2,
        };

        /// Methods of the class.
        pub struct $class;

        $(#[doc = $doc])*
        #[class(cell = $cell, base = BUFFERED_IO_BASE, flags = BASETYPE | HAVE_GC, signature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)")]
        impl $class {
            #[slot]
            fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
                new(vm, class)
            }

            #[slot]
            fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
                init(vm, this, args, &$signature, $cell.as_type(), $abilities)
            }

            #[slot]
            fn repr(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
                repr(vm, this)
            }

            /// Part from the raw stream and answer it; the object is of no use after that.
            #[method("($self, /)")]
            fn detach(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
                let raw = raw(vm, this)?;
                vm.call_method(this.as_value(), name!("flush"), &[])?;
                let b = this.get_mut(vm);
                b.raw = None;
                b.state = State::Detached;
                Ok(raw)
            }

            /// Flush and close, this and the raw stream.
            #[method("($self, /)")]
            fn close(vm: &mut Vm, this: &Ref<Buffered>) -> Result<()> {
                write::close(vm, this)
            }

            #[method("($self, /)")]
            fn seekable(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
                let raw = raw(vm, this)?;
                vm.call_method(&raw, name!("seekable"), &[])
            }

            #[method("($self, /)")]
            fn fileno(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
                let raw = raw(vm, this)?;
                vm.call_method(&raw, name!("fileno"), &[])
            }

            #[method("($self, /)")]
            fn isatty(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
                let raw = raw(vm, this)?;
                vm.call_method(&raw, name!("isatty"), &[])
            }

            #[method("($self, source, /)")]
            fn _dealloc_warn(vm: &mut Vm, this: &Ref<Buffered>, source: &Value) -> Result<()> {
                let b = this.get(vm);
                if b.state == State::Ready && let Some(raw) = b.raw.clone() {
                    let warned = vm.call_method(&raw, name!("_dealloc_warn"), std::slice::from_ref(source));
                    vm.ignore(warned);
                }
                Ok(())
            }

            /// Move the position: from the start (0), the present position (1) or the end (2).
            #[method("($self, target, whence=0, /)")]
            fn seek(vm: &mut Vm, this: &Ref<Buffered>, target: &Value, whence: Option<i32>) -> Result<i64> {
                write::seek(vm, this, target, whence.unwrap_or(0))
            }

            /// The position.
            #[method("($self, /)")]
            fn tell(vm: &mut Vm, this: &Ref<Buffered>) -> Result<i64> {
                write::tell(vm, this)
            }

            /// Cut off or extend to a size, the position by default; answers the new size.
            #[method("($self, pos=None, /)")]
            fn truncate(vm: &mut Vm, this: &Ref<Buffered>, pos: Option<&Value>) -> Result {
                let none = Value::none();
                write::truncate(vm, this, pos.unwrap_or(&none))
            }

            #[method("($self, /)")]
            fn __getstate__(vm: &mut Vm, this: &Value) -> Result {
                Err(iobase::cannot_pickle(vm, this))
            }

            #[method("($self, /)")]
            fn __sizeof__(vm: &mut Vm, this: &Ref<Buffered>) -> Result<usize> {
                Ok(this.ty().basicsize() + this.get(vm).size)
            }

            #[getter]
            fn raw(vm: &mut Vm, this: &Ref<Buffered>) -> Result<Option<Value>> {
                Ok(this.get(vm).raw.clone())
            }

            #[getter]
            fn _finalizing(vm: &mut Vm, this: &Ref<Buffered>) -> Result<bool> {
                Ok(this.get(vm).finalizing)
            }

            #[setter]
            fn set__finalizing(vm: &mut Vm, this: &Ref<Buffered>, value: Option<&Value>) -> Result<()> {
                let yes = finalizing_flag(vm, value)?;
                this.get_mut(vm).finalizing = yes;
                Ok(())
            }

            #[getter]
            fn closed(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
                match raw_file(vm, this)? {
                    Ok(file) => Ok(Value::bool(file.get(vm).fd() < 0)),
                    Err(raw) => vm.get_attr(&raw, name!("closed")),
                }
            }

            #[getter]
            fn name(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
                let raw = raw(vm, this)?;
                vm.get_attr(&raw, name!("name"))
            }

            #[getter]
            fn mode(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
                let raw = raw(vm, this)?;
                vm.get_attr(&raw, name!("mode"))
            }

            $($own)*
        }
    };
}

pub fn read(vm: &mut Vm, this: &Ref<Buffered>, size: Option<&Value>) -> Result {
    let n = size_argument(vm, size)?;
    raw(vm, this)?;
    if n < -1 {
        return Err(vm.raise_value_error("read length must be non-negative or -1"));
    }
    check_open(vm, this, "read of closed file")?;
    match usize::try_from(n) {
        Ok(n) => read_some(vm, this, n),
        Err(_) => read_rest(vm, this),
    }
}

fn read1(vm: &mut Vm, this: &Ref<Buffered>, size: Option<&Value>) -> Result {
    let n = match size {
        None => -1,
        Some(size) => common::index(vm, size)?,
    };
    raw(vm, this)?;
    let mut out = Vec::new();
    read_one(vm, this, n, &mut out)?;
    common::bytes(vm, &out)
}

fn readline(vm: &mut Vm, this: &Ref<Buffered>, size: Option<&Value>) -> Result {
    let limit = size_argument(vm, size)?;
    raw(vm, this)?;
    check_open(vm, this, "readline of closed file")?;
    read_line(vm, this, limit)
}

fn next(vm: &mut Vm, this: &Value) -> Result<Option<Value>> {
    let Some(b) = this.downcast::<Buffered>() else { return Err(vm.raise_wrong_receiver("__next__", this)) };
    raw(vm, b)?;
    let line = match exact(this) {
        Some(b) => {
            check_open(vm, b, "readline of closed file")?;
            read_line(vm, b, -1)?
        }
        None => {
            let line = vm.call_method(this, name!("readline"), &[])?;
            if line.downcast::<taipan_object::Bytes>().is_none() {
                let given = line.ty().name();
                let text = format!("readline() should have returned a bytes object, not '{given}'");
                return Err(common::os_error(vm, &text));
            }
            line
        }
    };
    let empty = line.downcast::<taipan_object::Bytes>().is_some_and(|l| l.len() == 0);
    Ok((!empty).then_some(line))
}

fn ask_raw(vm: &mut Vm, this: &Ref<Buffered>, method: &Ref<taipan_vm::Str>) -> Result {
    let raw = raw(vm, this)?;
    vm.call_method(&raw, method, &[])
}

pub fn peek(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
    raw(vm, this)?;
    check_open(vm, this, "peek of closed file")?;
    read::peek(vm, this)
}

buffered_class! {
    /// A buffer for reading from a raw stream that can be read.
    ReaderClass BUFFERED_READER "BufferedReader" READER (true, false);

    #[method("($self, /)")]
    fn flush(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
        let raw = raw(vm, this)?;
        vm.call_method(&raw, name!("flush"), &[])
    }

    #[method("($self, /)")]
    fn readable(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
        ask_raw(vm, this, name!("readable"))
    }

    /// Read size bytes, all there are by default.
    #[method("($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: &Ref<Buffered>, size: Option<&Value>) -> Result {
        read(vm, this, size)
    }

    /// What is in the buffer; it is filled with one read where it is empty.
    #[method("($self, size=0, /)")]
    fn peek(vm: &mut Vm, this: &Ref<Buffered>, size: Option<&Value>) -> Result {
        if let Some(size) = size {
            common::index(vm, size)?;
        }
        peek(vm, this)
    }

    /// Read up to size bytes with at most one read of the raw stream.
    #[method("($self, size=-1, /)")]
    fn read1(vm: &mut Vm, this: &Ref<Buffered>, size: Option<&Value>) -> Result {
        read1(vm, this, size)
    }

    #[method("($self, buffer, /)")]
    fn readinto(vm: &mut Vm, this: &Ref<Buffered>, buffer: &Value) -> Result {
        raw(vm, this)?;
        read::read_into(vm, this, buffer, false)
    }

    #[method("($self, buffer, /)")]
    fn readinto1(vm: &mut Vm, this: &Ref<Buffered>, buffer: &Value) -> Result {
        raw(vm, this)?;
        read::read_into(vm, this, buffer, true)
    }

    #[method("($self, size=-1, /)")]
    fn readline(vm: &mut Vm, this: &Ref<Buffered>, size: Option<&Value>) -> Result {
        readline(vm, this, size)
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Value) -> Result<Option<Value>> {
        next(vm, this)
    }
}

buffered_class! {
    /// A buffer for writing to a raw stream that can be written.
    WriterClass BUFFERED_WRITER "BufferedWriter" WRITER (false, true);

    #[method("($self, /)")]
    fn writable(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
        ask_raw(vm, this, name!("writable"))
    }

    /// Write bytes; answers their number.
    #[method("($self, buffer, /)")]
    fn write(vm: &mut Vm, this: &Ref<Buffered>, buffer: &Value) -> Result<usize> {
        write::write(vm, this, buffer)
    }

    /// Write what is buffered.
    #[method("($self, /)")]
    fn flush(vm: &mut Vm, this: &Ref<Buffered>) -> Result<()> {
        write::flush_method(vm, this)
    }
}

buffered_class! {
    /// A buffer for a raw stream that can be read, written and moved.
    RandomClass BUFFERED_RANDOM "BufferedRandom" RANDOM (true, true);

    #[method("($self, /)")]
    fn readable(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
        ask_raw(vm, this, name!("readable"))
    }

    #[method("($self, /)")]
    fn writable(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
        ask_raw(vm, this, name!("writable"))
    }

    #[method("($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: &Ref<Buffered>, size: Option<&Value>) -> Result {
        read(vm, this, size)
    }

    #[method("($self, size=0, /)")]
    fn peek(vm: &mut Vm, this: &Ref<Buffered>, size: Option<&Value>) -> Result {
        if let Some(size) = size {
            common::index(vm, size)?;
        }
        peek(vm, this)
    }

    #[method("($self, size=-1, /)")]
    fn read1(vm: &mut Vm, this: &Ref<Buffered>, size: Option<&Value>) -> Result {
        read1(vm, this, size)
    }

    #[method("($self, buffer, /)")]
    fn readinto(vm: &mut Vm, this: &Ref<Buffered>, buffer: &Value) -> Result {
        raw(vm, this)?;
        read::read_into(vm, this, buffer, false)
    }

    #[method("($self, buffer, /)")]
    fn readinto1(vm: &mut Vm, this: &Ref<Buffered>, buffer: &Value) -> Result {
        raw(vm, this)?;
        read::read_into(vm, this, buffer, true)
    }

    #[method("($self, size=-1, /)")]
    fn readline(vm: &mut Vm, this: &Ref<Buffered>, size: Option<&Value>) -> Result {
        readline(vm, this, size)
    }

    #[method("($self, buffer, /)")]
    fn write(vm: &mut Vm, this: &Ref<Buffered>, buffer: &Value) -> Result<usize> {
        write::write(vm, this, buffer)
    }

    #[method("($self, /)")]
    fn flush(vm: &mut Vm, this: &Ref<Buffered>) -> Result<()> {
        write::flush_method(vm, this)
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Value) -> Result<Option<Value>> {
        next(vm, this)
    }
}
