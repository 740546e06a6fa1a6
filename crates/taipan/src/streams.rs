//! `sys.stdin`, `sys.stdout`, `sys.stderr`, and flushing them at the end.

use crate::options::Options;
use taipan_object::TypeFlags;
use taipan_vm::native::Args;
use taipan_vm::{Result, Value, Vm, name};

struct Stream {
    fd: i32,
    key: &'static str,
    name: &'static str,
    write: bool,
}

const STREAMS: [Stream; 3] = [
    Stream { fd: 0, key: "stdin", name: "<stdin>", write: false },
    Stream { fd: 1, key: "stdout", name: "<stdout>", write: true },
    Stream { fd: 2, key: "stderr", name: "<stderr>", write: true },
];

/// Makes the standard streams, as far as their descriptors are open, and the built-in `open`.
pub fn open(vm: &mut Vm, options: &Options) -> Result<()> {
    let io = vm.import("io")?;
    let open = vm.get_attr(&io, name!("open"))?;
    if let Some(builtins) = vm.state().builtins.clone() {
        vm.dict_set(&builtins, name!("open").as_value(), open.clone())?;
    }
    let encoding = encoding_name(vm, &options.io.encoding)?;
    for stream in &STREAMS {
        let file = if taipan_host::stdio::is_open(stream.fd) {
            open_one(vm, options, &encoding, &io, &open, stream)?
        } else {
            Value::none()
        };
        vm.set_sys_attr(stream.key, file.clone())?;
        vm.set_sys_attr(&format!("__{}__", stream.key), file)?;
    }
    Ok(())
}

/// The encoding by the name that its codec has.
fn encoding_name(vm: &mut Vm, encoding: &str) -> Result {
    if encoding == "utf-8" {
        return Ok(name!("utf-8").to_value());
    }
    let codec = vm.lookup_codec(encoding)?.into_value();
    vm.get_attr(&codec, name!("name"))
}

fn open_one(vm: &mut Vm, options: &Options, encoding: &Value, io: &Value, open: &Value, stream: &Stream) -> Result {
    let unbuffered = stream.write && !options.buffered;
    let mode = vm.new_str(if stream.write { "wb" } else { "rb" })?.into_value();
    let (none, fd) = (Value::none(), Value::from_i32(stream.fd));
    let buffering = Value::from_i32(if unbuffered { 0 } else { -1 });
    let no = Value::bool(false);
    let buffer = vm.call(open, &[fd, mode, buffering, none.clone(), none.clone(), none, no])?;
    let raw = if unbuffered { buffer.clone() } else { vm.get_attr(&buffer, name!("raw"))? };
    let name = vm.new_str(stream.name)?.into_value();
    vm.set_attr(&raw, name!("name"), Some(name))?;
    let terminal = vm.call_method(&raw, name!("isatty"), &[])?;
    let terminal = vm.is_truthy(&terminal)?;
    let error = stream.fd == 2;
    let errors = if error { "backslashreplace" } else { options.io.errors.as_str() };
    let values = [
        buffer,
        encoding.clone(),
        vm.new_str(errors)?.into_value(),
        vm.new_str("\n")?.into_value(),
        Value::bool(options.buffered && (terminal || error)),
        Value::bool(unbuffered),
    ];
    let class = vm.get_attr(io, name!("TextIOWrapper"))?;
    let file = vm.call_args(&class, Args::positional_only(&values))?;
    let mode = vm.new_str(if stream.write { "w" } else { "r" })?.into_value();
    vm.set_attr(&file, name!("mode"), Some(mode))?;
    Ok(file)
}

/// The standard streams with their layers, as far as they are what [`open`] made. Whoever has flushed them need not
/// close them.
pub fn layers(vm: &mut Vm) -> Vec<Value> {
    let mut layers = Vec::new();
    for stream in &STREAMS {
        let Ok(key) = vm.intern_utf8(&format!("__{}__", stream.key)) else { continue };
        let mut layer = vm.sys_attr(&key);
        // A class of the program's own may do anything when it is asked.
        while let Some(l) = layer.take().filter(|l| !l.is_none() && !l.ty().flags().has(TypeFlags::HEAP)) {
            for below in [name!("buffer"), name!("raw")] {
                layer = match vm.get_attr_opt(&l, below) {
                    Ok(found) => layer.or(found),
                    Err(raised) => {
                        drop(vm.take_raised(raised));
                        layer
                    }
                };
            }
            layers.push(l);
        }
    }
    layers
}

/// Flushes standard output and error; whether both could be.
pub fn flush(vm: &mut Vm) -> bool {
    let mut good = true;
    for (key, doing) in [(name!("stdout"), Some("while flushing sys.stdout")), (name!("stderr"), None)] {
        let Some(file) = vm.sys_attr(key).filter(|f| !f.is_none()) else { continue };
        if let Err(raised) = flush_one(vm, &file) {
            good = false;
            match doing {
                Some(doing) => vm.report_unraisable_about(raised, doing, None),
                None => drop(vm.take_raised(raised)),
            }
        }
    }
    good
}

fn flush_one(vm: &mut Vm, file: &Value) -> Result<()> {
    let closed = vm.get_attr_opt(file, name!("closed"))?;
    if let Some(closed) = closed
        && vm.is_truthy(&closed)?
    {
        return Ok(());
    }
    vm.call_method(file, name!("flush"), &[]).map(drop)
}
