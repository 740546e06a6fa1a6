//! Exceptions that nobody handles: `sys.unraisablehook`, `sys.excepthook`, the end of the program.
//!
//! The library's `traceback` module prints tracebacks with all their comforts. Where it cannot be used, or where
//! running Python code would be too much, the plain text here is printed.

use super::*;
use crate::native::Args;
use crate::types::exceptions::base::as_exception;
use crate::types::traceback::Traceback;
use crate::{Ref, Str, Tuple, Value, name};
use taipan_object::{IntRef, Raised};

/// Key under which `sys` keeps the type of what `sys.unraisablehook` is called with.
pub const UNRAISABLE_ARGS: &str = "sys.UnraisableHookArgs";
/// The number of equal lines of a traceback that are shown before they are only counted.
const REPEATED: usize = 3;

/// Where text for the user goes: a file object, or the standard error descriptor where `sys` has none.
enum Sink {
    File(Value),
    Raw,
    Nowhere,
}

impl Sink {
    /// `sys.stderr`.
    fn stderr(vm: &mut Vm) -> Sink {
        match vm.sys_entry(name!("stderr")) {
            Some(file) if file.is_none() => Sink::Nowhere,
            Some(file) => Sink::File(file),
            None => Sink::Raw,
        }
    }

    fn put(&self, vm: &mut Vm, text: &str) {
        match self {
            Sink::File(file) => match vm.new_str(text) {
                Ok(text) => {
                    let result = vm.write_text(file, &text);
                    vm.ignore(result);
                }
                Err(raised) => drop(vm.take_raised(raised)),
            },
            Sink::Raw => {
                let _ = taipan_host::stdio::write_all(taipan_host::stdio::STDERR, text.as_bytes());
            }
            Sink::Nowhere => {}
        }
    }

    fn put_str(&self, vm: &mut Vm, text: &Ref<Str>) {
        match self {
            Sink::File(file) => {
                let result = vm.write_text(file, text);
                vm.ignore(result);
            }
            _ => self.put(vm, &text.to_string_lossy()),
        }
    }

    fn flush(&self, vm: &mut Vm) {
        if let Sink::File(file) = self {
            let result = vm.call_method(file, name!("flush"), &[]);
            vm.ignore(result);
        }
    }
}

impl Vm {
    /// Writes text to `sys.stderr`, whatever that is; failures are forgotten.
    pub fn write_stderr(&mut self, text: &str) {
        let sink = Sink::stderr(self);
        sink.put(self, text);
    }

    /// An attribute of `sys`.
    fn sys_entry(&self, key: &Ref<Str>) -> Option<Value> {
        self.state().sys.as_ref().and_then(|d| d.get(self).get_str(key).cloned())
    }

    fn set_sys_entry(&mut self, key: &Ref<Str>, value: Value) {
        let Some(sys) = self.state().sys.clone() else { return };
        let result = self.dict_set(&sys, key.as_value(), value);
        self.ignore(result);
    }

    /// Forgets whatever may have been raised.
    pub fn ignore<T>(&mut self, result: Result<T>) {
        if let Err(raised) = result {
            drop(self.take_raised(raised));
        }
    }

    /// Reports an exception that cannot be raised, where `object` was involved.
    pub fn report_unraisable(&mut self, raised: Raised, object: &Value) {
        let exception = self.take_raised(raised);
        self.give_unraisable(exception, None, Some(object));
    }

    /// Reports an exception that cannot be raised. `doing` goes on from "Exception ignored ", and the `repr` of the
    /// object follows it.
    #[cold]
    pub fn report_unraisable_about(&mut self, raised: Raised, doing: &str, object: Option<&Value>) {
        let exception = self.take_raised(raised);
        let message = match self.unraisable_message(doing, object) {
            Ok(message) => Some(message),
            Err(raised) => {
                drop(self.take_raised(raised));
                None
            }
        };
        self.give_unraisable(exception, message, None);
    }

    /// The same with a message of its own.
    #[cold]
    pub fn report_unraisable_as(&mut self, raised: Raised, message: &str) {
        let exception = self.take_raised(raised);
        match self.new_str(message) {
            Ok(message) => self.give_unraisable(exception, Some(message.into_value()), None),
            Err(raised) => drop(self.take_raised(raised)),
        }
    }

    #[cold]
    fn give_unraisable(&mut self, exception: Value, message: Option<Value>, object: Option<&Value>) {
        self.give_traceback(&exception);
        let hook = self.sys_entry(name!("unraisablehook")).filter(|h| !h.is_none());
        let own = self.sys_entry(name!("__unraisablehook__"));
        let hook = hook.filter(|h| !own.is_some_and(|own| own.is(h)));
        let args_type = self.state().registry.get(UNRAISABLE_ARGS).cloned();
        let (Some(hook), Some(args_type)) = (hook, args_type) else {
            self.write_unraisable(&exception, message.as_ref(), object);
            return;
        };
        let Err(raised) = self.call_unraisable_hook(&hook, &args_type, &exception, message, object) else { return };
        let failure = self.take_raised(raised);
        match self.new_str("Exception ignored in sys.unraisablehook") {
            Ok(message) => self.write_unraisable(&failure, Some(message.as_value()), Some(&hook)),
            Err(raised) => drop(self.take_raised(raised)),
        }
    }

    /// An exception that has come through no frame was raised where the thread is now.
    fn give_traceback(&mut self, exception: &Value) {
        if as_exception(exception).is_none_or(|e| e.get(self).traceback.is_some()) {
            return;
        }
        let frame = match self.frame_at(0) {
            Ok(frame) => frame,
            Err(raised) => return drop(self.take_raised(raised)),
        };
        if let Some(frame) = frame {
            let lasti = frame.get(self).lasti() as i32;
            let result = self.add_traceback(exception, frame.into_value(), lasti, None);
            self.ignore(result);
        }
    }

    fn unraisable_message(&mut self, doing: &str, object: Option<&Value>) -> Result {
        let head = self.new_str(&format!("Exception ignored {doing}"))?;
        match object {
            None => Ok(head.into_value()),
            Some(object) => {
                let shown = self.repr(object)?;
                self.concat_str(&head, &shown).map(Ref::into_value)
            }
        }
    }

    fn call_unraisable_hook(
        &mut self,
        hook: &Value,
        args_type: &Value,
        e: &Value,
        message: Option<Value>,
        object: Option<&Value>,
    ) -> Result {
        let traceback = as_exception(e).and_then(|e| e.get(self).traceback.clone()).map(Ref::into_value);
        let fields = [Some(e.ty().to_value()), Some(e.clone()), traceback, message, object.cloned()];
        let fields = self.new_tuple(fields.map(|f| f.unwrap_or_else(Value::none)).to_vec())?.into_value();
        let args = self.call(args_type, &[fields])?;
        self.call(hook, &[args])
    }

    /// What `sys.__unraisablehook__` does with its argument, which is known to be of the right type.
    pub fn default_unraisable_hook(&mut self, args: &Ref<Tuple>) -> Result<()> {
        let [class, exception, _, message, object] = args.items() else {
            return Err(self.raise_type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
        };
        let exception = if exception.is_none() { class } else { exception };
        let present = |v: &'_ Value| Some(v.clone()).filter(|v| !v.is_none());
        self.write_unraisable(exception, present(message).as_ref(), present(object).as_ref());
        Ok(())
    }

    fn write_unraisable(&mut self, exception: &Value, message: Option<&Value>, object: Option<&Value>) {
        let sink = Sink::stderr(self);
        let message = message.and_then(|m| m.downcast::<Str>());
        match (message, object) {
            (Some(m), None) => {
                sink.put_str(self, m);
                sink.put(self, ":\n");
            }
            (m, Some(object)) => {
                match m {
                    Some(m) => sink.put_str(self, m),
                    None => sink.put(self, "Exception ignored in"),
                }
                sink.put(self, ": ");
                match self.repr(object) {
                    Ok(shown) => sink.put_str(self, &shown),
                    Err(raised) => {
                        drop(self.take_raised(raised));
                        sink.put(self, "<object repr() failed>");
                    }
                }
                sink.put(self, "\n");
            }
            (None, None) => {}
        }
        if as_exception(exception).is_some() {
            self.write_traceback(&sink, exception);
            self.write_plain_message(&sink, exception);
        } else if let Some(class) = exception.as_type_ref().cloned() {
            let name = self.exception_name(&class);
            sink.put(self, &format!("{name}\n"));
        }
        sink.flush(self);
    }

    /// Prints an exception as `sys.excepthook` wants it: what an uncaught exception or the interactive prompt shows.
    /// A `SystemExit` that the hook raises counts only at the end of the program; see [`Vm::handle_exit`].
    pub fn print_exception(&mut self, exception: &Value) {
        let _ = self.print_with_hook(exception);
    }

    /// The same; the exit status if the hook raised `SystemExit`.
    fn print_with_hook(&mut self, exception: &Value) -> Option<i32> {
        let traceback = as_exception(exception).and_then(|e| e.get(self).traceback.clone());
        let traceback = traceback.map_or_else(Value::none, Ref::into_value);
        self.set_sys_entry(name!("last_exc"), exception.clone());
        self.set_sys_entry(name!("last_type"), exception.ty().to_value());
        self.set_sys_entry(name!("last_value"), exception.clone());
        self.set_sys_entry(name!("last_traceback"), traceback.clone());
        let Some(hook) = self.sys_entry(name!("excepthook")) else {
            let sink = Sink::stderr(self);
            sink.put(self, "sys.excepthook is missing\n");
            self.display_exception(exception);
            return None;
        };
        let args = [exception.ty().to_value(), exception.clone(), traceback];
        let Err(raised) = self.call_args(&hook, Args::positional_only(&args)) else { return None };
        let failure = self.take_raised(raised);
        if failure.ty().is_subtype(SYSTEM_EXIT.as_type()) {
            return Some(self.exit_status(&failure));
        }
        let sink = Sink::stderr(self);
        sink.put(self, "Error in sys.excepthook:\n");
        self.display_exception(&failure);
        sink.put(self, "\nOriginal exception was:\n");
        self.display_exception(exception);
        None
    }

    /// What `sys.__excepthook__` does: prints an exception with its traceback, causes and contexts.
    pub fn display_exception(&mut self, exception: &Value) {
        let sink = Sink::stderr(self);
        if matches!(sink, Sink::Nowhere) {
            return;
        }
        if as_exception(exception).is_none() {
            let name = exception.ty().name();
            let text = format!("TypeError: print_exception(): Exception expected for value, {name} found\n");
            sink.put(self, &text);
            return;
        }
        match self.display_by_library(exception) {
            Ok(()) => {}
            Err(raised) => {
                drop(self.take_raised(raised));
                self.write_chain(&sink, exception);
            }
        }
        sink.flush(self);
    }

    fn display_by_library(&mut self, exception: &Value) -> Result<()> {
        let module = self.import("traceback")?;
        self.call_method(&module, name!("_print_exception_bltin"), std::slice::from_ref(exception))?;
        Ok(())
    }

    /// The end of a program by an exception: the exit status, after what there is to be said was printed.
    pub fn handle_exit(&mut self, raised: Raised) -> i32 {
        let exception = self.take_raised(raised);
        if exception.ty().is_subtype(SYSTEM_EXIT.as_type()) {
            return self.exit_status(&exception);
        }
        let status = self.print_with_hook(&exception);
        let interrupted = exception.ty().is_subtype(KEYBOARD_INTERRUPT.as_type());
        self.state_mut().interrupted = interrupted;
        status.unwrap_or(if interrupted { 130 } else { 1 })
    }

    /// The status that a `SystemExit` asks for; anything but a number is printed and means failure.
    pub fn exit_status(&mut self, exception: &Value) -> i32 {
        let code = match self.get_attr(exception, name!("code")) {
            Ok(code) => code,
            Err(raised) => {
                drop(self.take_raised(raised));
                exception.clone()
            }
        };
        if code.is_none() {
            return 0;
        }
        match code.as_int() {
            Some(IntRef::Small(n)) => return n as i32,
            Some(_) => {
                // What does not fit a C long is -1.
                return match self.to_index_i64(&code, "long") {
                    Ok(n) => n as i32,
                    Err(raised) => {
                        drop(self.take_raised(raised));
                        -1
                    }
                };
            }
            None => {}
        }
        let sink = Sink::stderr(self);
        match self.str(&code) {
            Ok(text) => sink.put_str(self, &text),
            Err(raised) => drop(self.take_raised(raised)),
        }
        sink.put(self, "\n");
        sink.flush(self);
        1
    }

    /// An exception after those that led to it.
    fn write_chain(&mut self, sink: &Sink, exception: &Value) {
        let mut chain: Vec<(Value, &str)> = Vec::new();
        let mut at = exception.clone();
        let mut words = "";
        loop {
            chain.push((at.clone(), words));
            let Some(e) = as_exception(&at) else { break };
            let e = e.get(self);
            let next = match (&e.cause, &e.context) {
                (Some(cause), _) => {
                    words = "The above exception was the direct cause of the following exception:";
                    cause.clone()
                }
                (None, Some(context)) if !e.suppress_context => {
                    words = "During handling of the above exception, another exception occurred:";
                    context.clone()
                }
                _ => break,
            };
            if chain.iter().any(|(seen, _)| seen.is(&next)) {
                break;
            }
            at = next;
        }
        // An entry's words stand between it and the one printed after it.
        for (e, words) in chain.into_iter().rev() {
            self.write_traceback(sink, &e);
            self.write_message(sink, &e);
            if !words.is_empty() {
                sink.put(self, &format!("\n{words}\n\n"));
            }
        }
    }

    fn write_traceback(&mut self, sink: &Sink, exception: &Value) {
        let mut at = as_exception(exception).and_then(|e| e.get(self).traceback.clone());
        if at.is_none() {
            return;
        }
        sink.put(self, "Traceback (most recent call last):\n");
        let mut entries = Vec::new();
        while let Some(t) = at {
            at = t.get(self).next.clone();
            entries.push(t);
        }
        let limit = match self.sys_entry(name!("tracebacklimit")).as_ref().and_then(Value::as_int) {
            Some(IntRef::Small(n)) => usize::try_from(n).unwrap_or(0),
            _ => 1000,
        };
        let skipped = entries.len().saturating_sub(limit);
        let mut last = None;
        let mut count = 0;
        for entry in entries.into_iter().skip(skipped) {
            let place = self.place_of(&entry);
            if last.as_ref() == Some(&place) {
                count += 1;
                if count > REPEATED {
                    continue;
                }
            } else {
                self.write_repeated(sink, count);
                count = 1;
            }
            let (file, line, function) = &place;
            sink.put(self, &format!("  File \"{file}\", line {line}, in {function}\n"));
            if let Some(text) = self.source_line_of(file, *line) {
                sink.put(self, &format!("    {text}\n"));
            }
            last = Some(place);
        }
        self.write_repeated(sink, count);
    }

    fn write_repeated(&mut self, sink: &Sink, count: usize) {
        if count > REPEATED {
            let more = count - REPEATED;
            let s = if more == 1 { "" } else { "s" };
            sink.put(self, &format!("  [Previous line repeated {more} more time{s}]\n"));
        }
    }

    /// File, line and function of an entry of a traceback.
    fn place_of(&mut self, entry: &Ref<Traceback>) -> (String, i32, String) {
        let line = self.traceback_line(entry).unwrap_or(-1);
        let frame = entry.get(self).frame.clone();
        let mut text = |name: &Ref<Str>| {
            let found = self.get_attr(&frame, name!("f_code")).and_then(|code| self.get_attr(&code, name));
            match found {
                Ok(v) => v.downcast::<Str>().map(|s| s.to_string_lossy()),
                Err(raised) => {
                    drop(self.take_raised(raised));
                    None
                }
            }
        };
        let file = text(name!("co_filename")).unwrap_or_else(|| "???".to_owned());
        let function = text(name!("co_name")).unwrap_or_else(|| "???".to_owned());
        (file, line, function)
    }

    /// `module.Class`, without the modules that everybody knows.
    fn exception_name(&mut self, class: &Ref<Type>) -> String {
        let name = self.qualified_name(class);
        match self.module_name(class) {
            Some(m) if m == "builtins" || m == "__main__" => name,
            Some(m) => format!("{m}.{name}"),
            None => format!("<unknown>.{name}"),
        }
    }

    /// The last line of a traceback, with notes behind it.
    /// Class and text of an exception that cannot be raised: with a colon, even where the text is empty.
    fn write_plain_message(&mut self, sink: &Sink, exception: &Value) {
        let class = exception.ty().to_ref();
        let name = self.exception_name(&class);
        sink.put(self, &format!("{name}: "));
        match self.str(exception) {
            Ok(text) => sink.put_str(self, &text),
            Err(raised) => {
                drop(self.take_raised(raised));
                sink.put(self, "<exception str() failed>");
            }
        }
        sink.put(self, "\n");
    }

    fn write_message(&mut self, sink: &Sink, exception: &Value) {
        let class = exception.ty().to_ref();
        let name = self.exception_name(&class);
        // Where a syntax error is stands above it, so that the message need not say it again.
        let message = match exception.downcast::<SyntaxError>() {
            Some(e) if self.write_source(sink, e) => e.get(self).msg.clone().unwrap_or_else(Value::none),
            _ => exception.clone(),
        };
        sink.put(self, &name);
        match self.str(&message) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => {
                sink.put(self, ": ");
                sink.put_str(self, &text);
            }
            Err(raised) => {
                drop(self.take_raised(raised));
                sink.put(self, ": <exception str() failed>");
            }
        }
        sink.put(self, "\n");
    }
}

impl Vm {
    /// The place of a syntax error, its line and carets under it; false where it has no place.
    fn write_source(&mut self, sink: &Sink, e: &Ref<SyntaxError>) -> bool {
        let fields = e.get(self);
        let int = |v: &Option<Value>| match v.as_ref().and_then(Value::as_int) {
            Some(IntRef::Small(n)) => i32::try_from(n).ok(),
            _ => None,
        };
        let Some(line) = int(&fields.lineno) else { return false };
        let (offset, end_line, end_offset) = (int(&fields.offset), int(&fields.end_lineno), int(&fields.end_offset));
        let text_of = |v: &Option<Value>| v.as_ref().and_then(|v| v.downcast::<Str>()).map(|s| s.to_string_lossy());
        let file = text_of(&fields.filename).unwrap_or_else(|| "<string>".to_owned());
        let text = text_of(&fields.text);
        sink.put(self, &format!("  File \"{file}\", line {line}\n"));
        let Some(text) = text else { return true };
        let text = text.trim_end_matches(['\n', '\r']);
        let shown = text.trim_start_matches([' ', '\t', '\x0c']);
        sink.put(self, &format!("    {shown}\n"));
        let Some(offset) = offset.and_then(|n| usize::try_from(n).ok()).filter(|&n| n > 0) else { return true };
        let length = text.chars().count();
        let removed = length - shown.chars().count();
        let start = offset.min(length + 1) - 1;
        let end = match end_offset.and_then(|n| usize::try_from(n).ok()) {
            Some(end) if end_line == Some(line) && end > offset => (end - 1).min(length.max(start + 1)),
            _ if end_line.is_some_and(|n| n > line) => length.max(start + 1),
            _ => start + 1,
        };
        if start >= removed {
            let carets = "^".repeat(end - start);
            sink.put(self, &format!("    {}{carets}\n", " ".repeat(start - removed)));
        }
        true
    }
}

impl Vm {
    /// A line of a source file without its indentation; the file may be one of the library in the executable.
    pub fn source_line_of(&self, file: &str, line: i32) -> Option<String> {
        match self.state().library_source.and_then(|source| source(self, file)) {
            Some(text) => line_of(text.as_bytes(), line),
            None => line_of(&taipan_host::fs::read_file(file.as_bytes()).ok()?, line),
        }
    }
}

fn line_of(source: &[u8], line: i32) -> Option<String> {
    let number = usize::try_from(line).ok()?.checked_sub(1)?;
    let text = source.split(|&c| c == b'\n').nth(number)?;
    let text = String::from_utf8_lossy(text);
    let text = text.trim_matches([' ', '\t', '\x0c', '\r']);
    (!text.is_empty()).then(|| text.to_owned())
}
