//! `BufferedRWPair`: a buffered reader and a buffered writer under one name.

use super::{BUFFERED_READER, BUFFERED_WRITER, Buffered};
use crate::common::{self, ask};
use crate::iobase::{self, BUFFERED_IO_BASE, IoBase};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Str, Type, Value, Vm, name};

/// `_io.BufferedRWPair`.
pub static PAIR: TypeCell<Pair> = TypeCell::new("_io.BufferedRWPair");

/// The two ends; nothing before `__init__`.
#[derive(Trace, Payload)]
#[payload(class = PAIR, base = base)]
#[repr(C)]
pub struct Pair {
    base: IoBase,
    reader: Option<Value>,
    writer: Option<Value>,
}

fn end(vm: &mut Vm, end: Option<Value>) -> Result {
    match end {
        Some(end) => Ok(end),
        None => Err(vm.raise_value_error("I/O operation on uninitialized object")),
    }
}

fn to_reader(vm: &mut Vm, this: &Ref<Pair>, method: &Ref<Str>, args: Args<'_>) -> Result {
    let reader = this.get(vm).reader.clone();
    let reader = end(vm, reader)?;
    vm.call_method_args(&reader, method, args)
}

fn to_writer(vm: &mut Vm, this: &Ref<Pair>, method: &Ref<Str>, args: Args<'_>) -> Result {
    let writer = this.get(vm).writer.clone();
    let writer = end(vm, writer)?;
    vm.call_method_args(&writer, method, args)
}

/// The reader of a pair, where `peek` and `read` of both are those of their classes: it can be asked directly then.
pub fn plain_reader(vm: &Vm, pair: &Value) -> Option<Ref<Buffered>> {
    let reader = pair.downcast_exact::<Pair>()?.get(vm).reader.as_ref()?;
    let changed = |object| {
        let own = |name| vm.instance_attr(object, name).is_some();
        own(name!("peek")) || own(name!("read"))
    };
    if !BUFFERED_READER.is_exact(reader) || changed(pair) || changed(reader) {
        return None;
    }
    reader.downcast::<Buffered>().cloned()
}

/// Methods of `_io.BufferedRWPair`.
pub struct PairClass;

/// A buffered reader and a buffered writer together, for two raw streams that are not one: a socket, a pair of pipes.
#[class(cell = PAIR, base = BUFFERED_IO_BASE, flags = BASETYPE | HAVE_GC, signature = "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)")]
impl PairClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        iobase::check_abstract(vm, class)?;
        Ref::new_in(vm, class, Pair { base: IoBase {}, reader: None, writer: None }).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let Some(this) = this.downcast::<Pair>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let args = args.expect(vm, "BufferedRWPair", 2, 3)?;
        let (reader, writer) = (&args[0], &args[1]);
        iobase::check_ability(vm, reader, name!("readable"), "readable")?;
        iobase::check_ability(vm, writer, name!("writable"), "writable")?;
        let size = match args.get(2) {
            Some(size) => size.clone(),
            None => vm.new_uint(common::DEFAULT_BUFFER_SIZE as u64)?,
        };
        let reader = vm.call(&BUFFERED_READER.as_type().to_value(), &[reader.clone(), size.clone()])?;
        let writer = vm.call(&BUFFERED_WRITER.as_type().to_value(), &[writer.clone(), size])?;
        let pair = this.get_mut(vm);
        let old = (pair.reader.replace(reader), pair.writer.replace(writer));
        drop(old);
        Ok(())
    }

    #[method]
    fn read(vm: &mut Vm, this: &Ref<Pair>, args: Args<'_>) -> Result {
        to_reader(vm, this, name!("read"), args)
    }

    #[method]
    fn peek(vm: &mut Vm, this: &Ref<Pair>, args: Args<'_>) -> Result {
        to_reader(vm, this, name!("peek"), args)
    }

    #[method]
    fn read1(vm: &mut Vm, this: &Ref<Pair>, args: Args<'_>) -> Result {
        to_reader(vm, this, name!("read1"), args)
    }

    #[method]
    fn readinto(vm: &mut Vm, this: &Ref<Pair>, args: Args<'_>) -> Result {
        to_reader(vm, this, name!("readinto"), args)
    }

    #[method]
    fn readinto1(vm: &mut Vm, this: &Ref<Pair>, args: Args<'_>) -> Result {
        to_reader(vm, this, name!("readinto1"), args)
    }

    #[method]
    fn write(vm: &mut Vm, this: &Ref<Pair>, args: Args<'_>) -> Result {
        to_writer(vm, this, name!("write"), args)
    }

    #[method("($self, /)")]
    fn flush(vm: &mut Vm, this: &Ref<Pair>) -> Result {
        to_writer(vm, this, name!("flush"), Args::positional_only(&[]))
    }

    #[method("($self, /)")]
    fn readable(vm: &mut Vm, this: &Ref<Pair>) -> Result {
        to_reader(vm, this, name!("readable"), Args::positional_only(&[]))
    }

    #[method("($self, /)")]
    fn writable(vm: &mut Vm, this: &Ref<Pair>) -> Result {
        to_writer(vm, this, name!("writable"), Args::positional_only(&[]))
    }

    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<Pair>) -> Result {
        let closed = to_writer(vm, this, name!("close"), Args::positional_only(&[]));
        common::both(vm, closed, |vm| to_reader(vm, this, name!("close"), Args::positional_only(&[])))
    }

    #[method("($self, /)")]
    fn isatty(vm: &mut Vm, this: &Ref<Pair>) -> Result<bool> {
        let pair = this.get(vm);
        let (reader, writer) = (pair.reader.clone(), pair.writer.clone());
        let writer = end(vm, writer)?;
        if ask(vm, &writer, name!("isatty"))? {
            return Ok(true);
        }
        let reader = end(vm, reader)?;
        ask(vm, &reader, name!("isatty"))
    }

    #[getter]
    fn closed(vm: &mut Vm, this: &Ref<Pair>) -> Result {
        let writer = this.get(vm).writer.clone();
        match writer {
            Some(writer) => vm.get_attr(&writer, name!("closed")),
            None => Err(vm.raise_runtime_error("the BufferedRWPair object is being garbage-collected")),
        }
    }
}
