//! `print` and `input`: through `sys.stdout` and `sys.stdin`, or the raw descriptors before those exist.

use crate::errors::EOF_ERROR;
use crate::native::Args;
use crate::vm::LineEditor;
use crate::{Ref, Result, Str, Value, Vm, name};
use taipan_host::stdio;

impl Vm {
    /// Sets an attribute of `sys`.
    pub fn set_sys_attr(&mut self, key: &str, value: Value) -> Result<()> {
        let Some(sys) = self.state().sys.clone() else { return Ok(()) };
        let key = self.intern_utf8(key)?;
        self.dict_set(&sys, key.as_value(), value)
    }

    /// An attribute of `sys`.
    pub fn sys_attr(&mut self, name: &Ref<Str>) -> Option<Value> {
        let sys = self.state().sys.clone()?;
        sys.get(self).get_str(name).cloned()
    }
}

impl Vm {
    /// Writes text to a stream, by its `write` unless it is one of `_io`'s.
    pub fn write_text(&mut self, stream: &Value, text: &Ref<Str>) -> Result<()> {
        if let Some(write) = self.state().write_text
            && write(self, stream, text)?
        {
            return Ok(());
        }
        self.call_method(stream, name!("write"), &[text.to_value()]).map(drop)
    }
}

/// Writes text to a stream, or to standard output itself while `sys.stdout` is not there.
fn write(vm: &mut Vm, file: Option<&Value>, text: &Ref<Str>) -> Result<()> {
    if let Some(file) = file {
        return vm.write_text(file, text);
    }
    let text = text.to_string_lossy();
    match vm.detach(move || stdio::write_all(stdio::STDOUT, text.as_bytes())) {
        Ok(()) => Ok(()),
        Err(errno) => Err(vm.raise_os_error(errno.0, None)),
    }
}

/// `sep` or `end`: a string, or nothing for the default.
fn separator<'a>(vm: &mut Vm, value: Option<&'a Value>, which: &str) -> Result<Option<&'a Ref<Str>>> {
    match value.filter(|v| !v.is_none()) {
        None => Ok(None),
        Some(v) => match v.downcast::<Str>() {
            Some(s) => Ok(Some(s)),
            None => {
                let text = format!("{which} must be None or a string, not {}", v.ty().name());
                Err(vm.raise_type_error(&text))
            }
        },
    }
}

/// `print(*args, sep=' ', end='\n', file=None, flush=False)`.
pub fn print(vm: &mut Vm, args: Args<'_>) -> Result<()> {
    let (mut sep, mut end, mut file, mut flush) = (None, None, None, None);
    for (key, value) in args.keywords() {
        let text = key.downcast::<Str>().map(|k| k.to_string_lossy()).unwrap_or_default();
        let place = match text.as_str() {
            "sep" => &mut sep,
            "end" => &mut end,
            "file" => &mut file,
            "flush" => &mut flush,
            _ => {
                let known = ["sep", "end", "file", "flush"];
                return Err(crate::native::raise_unexpected_keyword(vm, "print", key, &known, true));
            }
        };
        *place = Some(value);
    }
    let flush = match flush {
        Some(f) => vm.is_truthy(f)?,
        None => false,
    };
    let file = match file.filter(|f| !f.is_none()) {
        Some(f) => Some(f.clone()),
        None => match vm.sys_attr(name!("stdout")) {
            Some(f) if f.is_none() => return Ok(()),
            None if vm.state().write_text.is_some() => return Err(vm.raise_runtime_error("lost sys.stdout")),
            other => other,
        },
    };
    let sep = separator(vm, sep, "sep")?;
    let end = separator(vm, end, "end")?;
    let file_ref = file.as_ref();
    for (i, v) in args.positional().iter().enumerate() {
        if i > 0 {
            write(vm, file_ref, sep.unwrap_or_else(|| name!(" ")))?;
        }
        let text = vm.str(v)?;
        write(vm, file_ref, &text)?;
    }
    write(vm, file_ref, end.unwrap_or_else(|| name!("\n")))?;
    if flush && let Some(f) = &file {
        vm.call_method(f, name!("flush"), &[])?;
    }
    Ok(())
}

/// A standard stream that has to be there.
fn stream(vm: &mut Vm, name: &Ref<Str>) -> Result {
    match vm.sys_attr(name) {
        Some(f) if !f.is_none() => Ok(f),
        _ => {
            let text = format!("lost sys.{}", name.to_string_lossy());
            Err(vm.raise_runtime_error(&text))
        }
    }
}

/// Flushes a stream; that it cannot be flushed does not matter.
fn flush(vm: &mut Vm, f: &Value) {
    if let Err(raised) = vm.call_method(f, name!("flush"), &[]) {
        drop(vm.take_raised(raised));
    }
}

/// Whether a stream is the terminal behind a descriptor.
fn is_terminal(vm: &mut Vm, stream: &Value, fd: i32) -> bool {
    match vm.call_method(stream, name!("fileno"), &[]) {
        Ok(number) => number.small_int() == Some(i64::from(fd)) && taipan_host::terminal::isatty(fd),
        Err(raised) => {
            drop(vm.take_raised(raised));
            false
        }
    }
}

/// `input(prompt)` where lines are edited.
fn edited(vm: &mut Vm, stdout: &Value, prompt: Option<&Value>, read: LineEditor) -> Result {
    let prompt = match prompt {
        Some(prompt) => vm.str(prompt)?.to_string_lossy(),
        None => String::new(),
    };
    if prompt.contains('\0') {
        return Err(vm.raise_value_error("input: prompt string cannot contain null characters"));
    }
    flush(vm, stdout);
    match read(vm, &prompt)? {
        None => Err(vm.raise_args(EOF_ERROR.as_type(), Vec::new())),
        Some(line) => {
            let line = line.into_value();
            vm.audit("builtins.input/result", std::slice::from_ref(&line))?;
            Ok(line)
        }
    }
}

/// `input(prompt)`.
pub fn input(vm: &mut Vm, prompt: Option<&Value>) -> Result {
    let stdin = stream(vm, name!("stdin"))?;
    let stdout = stream(vm, name!("stdout"))?;
    let stderr = stream(vm, name!("stderr"))?;
    vm.audit("builtins.input", &[prompt.cloned().unwrap_or_else(Value::none)])?;
    flush(vm, &stderr);
    if let Some(read) = vm.state().line_editor
        && is_terminal(vm, &stdin, 0)
        && is_terminal(vm, &stdout, 1)
    {
        return edited(vm, &stdout, prompt, read);
    }
    if let Some(prompt) = prompt {
        let text = vm.str(prompt)?;
        vm.call_method(&stdout, name!("write"), &[text.into_value()])?;
    }
    flush(vm, &stdout);
    let line = vm.call_method(&stdin, name!("readline"), &[])?;
    let Some(line) = line.downcast::<Str>() else {
        return Err(vm.raise_type_error("object.readline() returned non-string"));
    };
    match line.len() {
        0 => Err(vm.raise_eof_error("EOF when reading a line")),
        n if line.data().get(n - 1) == Some('\n' as u32) => vm.substring(line, 0, n - 1).map(Ref::into_value),
        _ => Ok(line.to_value()),
    }
}
