//! The `sys.stderr` of a start that is told to be verbose: it writes at once and needs no other module.

use taipan_host::{stdio, terminal};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::{Ref, Result, Str, Value, Vm};

static PRINTER: TypeCell<Printer> = TypeCell::new("stderrprinter");

#[derive(Trace, Payload)]
#[payload(class = PRINTER, frozen)]
#[repr(C)]
struct Printer {
    fd: i32,
}

struct PrinterClass;

/// The error stream until the interpreter has made its own.
#[class(cell = PRINTER, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl PrinterClass {
    /// Write text; characters that are no text of the system are escaped.
    #[method("($self, text, /)")]
    fn write(vm: &mut Vm, this: &Ref<Printer>, text: &Ref<Str>) -> Result<usize> {
        let escaped: String = text
            .data()
            .code_points()
            .map(|c| char::from_u32(c).map_or_else(|| format!("\\u{c:04x}"), String::from))
            .collect();
        let fd = this.fd;
        // Nobody to tell that nobody listens.
        let _ = vm.detach(|| stdio::write_all(fd, escaped.as_bytes()));
        Ok(text.len())
    }

    /// The file descriptor.
    #[method("($self, /)")]
    fn fileno(_vm: &mut Vm, this: &Ref<Printer>) -> Result<i32> {
        Ok(this.fd)
    }

    /// Whether the stream is a terminal.
    #[method("($self, /)")]
    fn isatty(_vm: &mut Vm, this: &Ref<Printer>) -> Result<bool> {
        Ok(terminal::isatty(this.fd))
    }

    /// Nothing is kept back.
    #[method("($self, /)")]
    fn flush(_vm: &mut Vm, _this: &Ref<Printer>) -> Result<()> {
        Ok(())
    }

    /// The descriptor stays open.
    #[method("($self, /)")]
    fn close(_vm: &mut Vm, _this: &Ref<Printer>) -> Result<()> {
        Ok(())
    }

    /// Whether the stream is closed.
    #[getter]
    fn closed(_vm: &mut Vm, _this: &Ref<Printer>) -> Result<bool> {
        Ok(false)
    }

    /// The name of the encoding.
    #[getter]
    fn encoding(vm: &mut Vm, _this: &Ref<Printer>) -> Result<Ref<Str>> {
        vm.new_str("utf-8")
    }

    /// How the stream was opened.
    #[getter]
    fn mode(vm: &mut Vm, _this: &Ref<Printer>) -> Result<Ref<Str>> {
        vm.new_str("w")
    }
}

/// A stream on standard error for the start, if that is open.
pub fn early_stderr(vm: &mut Vm) -> Result {
    if !stdio::is_open(stdio::STDERR) {
        return Ok(Value::none());
    }
    vm.set_up_class(&PrinterClass::class_def())?;
    Ref::new(vm, Printer { fd: stdio::STDERR }).map(Ref::into_value)
}
