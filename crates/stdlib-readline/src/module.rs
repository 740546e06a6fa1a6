//! The module `readline`.

use crate::complete::{COMPLETER, DISPLAY};
use crate::session::{self, PRE_INPUT, STARTUP};
use crate::{history, inputrc, shared};
use taipan_host::{env, fs};
use taipan_macros::module;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Str, Value, Vm, name};

/// `readline`.
pub struct Readline;

/// The version of GNU readline whose interface this is.
const VERSION: i32 = 0x0803;
const LIBRARY_VERSION: &str = "8.3";

/// An argument that has to be a string, as bytes of the terminal.
fn text(vm: &mut Vm, v: &Value) -> Result<Vec<u8>> {
    let Some(text) = v.downcast::<Str>() else {
        return Err(vm.raise_type_error("bad argument type for built-in operation"));
    };
    let bytes = vm.fs_encode(text)?;
    if bytes.contains(&0) {
        return Err(vm.raise_value_error("embedded null character"));
    }
    Ok(bytes)
}

fn lossy(vm: &mut Vm, v: &Value) -> Result<String> {
    text(vm, v).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The name of a file: that of the argument, or the one that the user's history has.
fn file(vm: &mut Vm, given: Option<&Value>, mode: &Ref<Str>) -> Result<Vec<u8>> {
    let given = given.filter(|v| !v.is_none());
    let path = match given {
        Some(given) => vm.fs_bytes(given)?,
        None => match env::home() {
            Some(home) => [home.as_slice(), b"/.history"].concat(),
            None => b".history".to_vec(),
        },
    };
    let shown = match given {
        Some(given) => given.clone(),
        None => Value::none(),
    };
    vm.audit("open", &[shown, mode.to_value(), Value::from_i32(0)])?;
    Ok(path)
}

/// Does something with files while others run.
/// Keeps what is to be called.
fn set_hook(vm: &mut Vm, key: &'static str, function: Option<&Value>, setter: &str) -> Result<()> {
    match function.filter(|f| !f.is_none()) {
        None => drop(vm.state_mut().registry.remove(key)),
        Some(function) if vm.is_callable(function) => {
            let function = function.clone();
            drop(vm.state_mut().registry.insert(key, function));
        }
        Some(_) => return Err(vm.raise_type_error(&format!("{setter}(func): argument not callable"))),
    }
    Ok(())
}

fn position(vm: &mut Vm, given: i32) -> Result<usize> {
    usize::try_from(given).map_err(|_| vm.raise_value_error("History index cannot be negative"))
}

fn none_there(vm: &mut Vm, at: usize) -> taipan_object::Raised {
    vm.raise_value_error(&format!("No history item at position {at}"))
}

/// Tells what was wrong with lines of an init file.
fn complain(vm: &mut Vm, wrong: &[String]) {
    for message in wrong {
        vm.write_stderr(&format!("readline: {message}\n"));
    }
}

/// Lines of the terminal with editing, history and completion.
#[module(name = "readline")]
impl Readline {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let backend = name!("readline").to_value();
        module.set(vm, "backend", backend)?;
        module.set(vm, "_READLINE_VERSION", Value::from_i32(VERSION))?;
        module.set(vm, "_READLINE_RUNTIME_VERSION", Value::from_i32(VERSION))?;
        let library = vm.new_str(LIBRARY_VERSION)?.into_value();
        module.set(vm, "_READLINE_LIBRARY_VERSION", library)?;
        if let Ok(wrong) = vm.detach(|| inputrc::read_default(&mut shared::lock())) {
            complain(vm, &wrong);
        }
        vm.state_mut().line_editor = Some(session::read_line);
        Ok(())
    }

    /// Take a line of an init file: a key's binding or a variable.
    #[function("($module, string, /)")]
    fn parse_and_bind(vm: &mut Vm, string: &Value) -> Result<()> {
        let line = lossy(vm, string)?;
        let done = inputrc::line(&mut shared::lock(), &line);
        if let Err(message) = done {
            complain(vm, &[message]);
        }
        Ok(())
    }

    /// Take the lines of an init file, of the user's own if none is named.
    #[function("($module, filename=None, /)")]
    fn read_init_file(vm: &mut Vm, filename: Option<&Value>) -> Result<()> {
        let wrong = if filename.is_some_and(|f| !f.is_none()) {
            let path = file(vm, filename, name!("r"))?;
            let bytes = vm.blocking_call(|| fs::read_file(&path))?;
            inputrc::text(&mut shared::lock(), &bytes, 0)
        } else {
            vm.blocking_call(|| inputrc::read_default(&mut shared::lock()))?
        };
        complain(vm, &wrong);
        Ok(())
    }

    /// The line that is being edited.
    #[function("($module, /)")]
    fn get_line_buffer(vm: &mut Vm) -> Result<Ref<Str>> {
        let line = shared::lock().line.clone();
        vm.new_str(&line)
    }

    /// Put text where the cursor is.
    #[function("($module, string, /)")]
    fn insert_text(vm: &mut Vm, string: &Value) -> Result<()> {
        let text = lossy(vm, string)?;
        shared::lock().insert(&text);
        Ok(())
    }

    /// Draw the line anew. It is drawn after each call of Python code in any case.
    #[function("($module, /)")]
    fn redisplay(_vm: &mut Vm) -> Result<()> {
        Ok(())
    }

    /// Add the lines of a file, ~/.history if none is named, to the history.
    #[function("($module, filename=None, /)")]
    fn read_history_file(vm: &mut Vm, filename: Option<&Value>) -> Result<()> {
        let path = file(vm, filename, name!("r"))?;
        let bytes = vm.blocking_call(|| fs::read_file(&path))?;
        shared::lock().history.add_text(&bytes);
        Ok(())
    }

    /// Write the history to a file, ~/.history if none is named.
    #[function("($module, filename=None, /)")]
    fn write_history_file(vm: &mut Vm, filename: Option<&Value>) -> Result<()> {
        let path = file(vm, filename, name!("w"))?;
        let (bytes, limit) = {
            let shared = shared::lock();
            (shared.history.text(usize::MAX), usize::try_from(shared.file_limit).ok())
        };
        vm.blocking_call(|| {
            history::write(&path, &bytes)?;
            limit.map_or(Ok(()), |limit| history::truncate(&path, limit))
        })
    }

    /// Add the last lines of the history to a file, ~/.history if none is named.
    #[function("($module, nelements, filename=None, /)")]
    fn append_history_file(vm: &mut Vm, nelements: i32, filename: Option<&Value>) -> Result<()> {
        let Ok(count) = usize::try_from(nelements) else {
            return Err(vm.raise_value_error("nelements must be non-negative"));
        };
        let path = file(vm, filename, name!("a"))?;
        let (bytes, limit) = {
            let shared = shared::lock();
            (shared.history.text(count), usize::try_from(shared.file_limit).ok())
        };
        vm.blocking_call(|| {
            history::append(&path, &bytes)?;
            limit.map_or(Ok(()), |limit| history::truncate(&path, limit))
        })
    }

    /// How many lines history files may have; negative is no limit.
    #[function("($module, /)")]
    fn get_history_length(_vm: &mut Vm) -> Result<i32> {
        Ok(shared::lock().file_limit)
    }

    /// Set how many lines history files may have; negative is no limit.
    #[function("($module, length, /)")]
    fn set_history_length(_vm: &mut Vm, length: i32) -> Result<()> {
        shared::lock().file_limit = length;
        Ok(())
    }

    /// How many lines the history has.
    #[function("($module, /)")]
    fn get_current_history_length(_vm: &mut Vm) -> Result<usize> {
        Ok(shared::lock().history.len())
    }

    /// A line of the history, the first of which is 1.
    #[function("($module, index, /)")]
    fn get_history_item(vm: &mut Vm, index: i32) -> Result {
        let line = usize::try_from(i64::from(index) - 1).ok();
        let line = line.and_then(|at| shared::lock().history.get(at).map(<[u8]>::to_vec));
        match line {
            Some(line) => vm.decode_path(&line).map(Ref::into_value),
            None => Ok(Value::none()),
        }
    }

    /// Take a line, the first of which is 0, out of the history.
    #[function("($module, pos, /)")]
    fn remove_history_item(vm: &mut Vm, pos: i32) -> Result<()> {
        let at = position(vm, pos)?;
        let done = shared::lock().history.remove(at);
        if done { Ok(()) } else { Err(none_there(vm, at)) }
    }

    /// Put another line, the first of which is 0, into the history.
    #[function("($module, pos, line, /)")]
    fn replace_history_item(vm: &mut Vm, pos: i32, line: &Value) -> Result<()> {
        let line = text(vm, line)?;
        let at = position(vm, pos)?;
        let done = shared::lock().history.replace(at, line);
        if done { Ok(()) } else { Err(none_there(vm, at)) }
    }

    /// Add a line to the history.
    #[function("($module, string, /)")]
    fn add_history(vm: &mut Vm, string: &Value) -> Result<()> {
        let line = text(vm, string)?;
        shared::lock().history.add(line);
        Ok(())
    }

    /// Forget the history.
    #[function("($module, /)")]
    fn clear_history(_vm: &mut Vm) -> Result<()> {
        shared::lock().history.clear();
        Ok(())
    }

    /// Set whether lines that are read are added to the history.
    #[function("($module, enabled, /)")]
    fn set_auto_history(_vm: &mut Vm, enabled: bool) -> Result<()> {
        shared::lock().auto_history = enabled;
        Ok(())
    }

    /// Set what is called before a line is asked for.
    #[function("($module, function=None, /)")]
    fn set_startup_hook(vm: &mut Vm, function: Option<&Value>) -> Result<()> {
        set_hook(vm, STARTUP, function, "set_startup_hook")
    }

    /// Set what is called before the first key is read.
    #[function("($module, function=None, /)")]
    fn set_pre_input_hook(vm: &mut Vm, function: Option<&Value>) -> Result<()> {
        set_hook(vm, PRE_INPUT, function, "set_pre_input_hook")
    }

    /// Set what completes words.
    ///
    /// It is called with the word and the numbers 0, 1, 2 ... until it gives
    /// something that is not a string.
    #[function("($module, function=None, /)")]
    fn set_completer(vm: &mut Vm, function: Option<&Value>) -> Result<()> {
        set_hook(vm, COMPLETER, function, "set_completer")
    }

    /// What completes words.
    #[function("($module, /)")]
    fn get_completer(vm: &mut Vm) -> Result {
        Ok(vm.state().registry.get(COMPLETER).cloned().unwrap_or_else(Value::none))
    }

    /// What kind of completion was asked for.
    #[function("($module, /)")]
    fn get_completion_type(_vm: &mut Vm) -> Result<i32> {
        Ok(shared::lock().completion_type)
    }

    /// Where the word begins that is being completed.
    #[function("($module, /)")]
    fn get_begidx(_vm: &mut Vm) -> Result<usize> {
        Ok(shared::lock().word.0)
    }

    /// Where the word ends that is being completed.
    #[function("($module, /)")]
    fn get_endidx(_vm: &mut Vm) -> Result<usize> {
        Ok(shared::lock().word.1)
    }

    /// Set the characters that end words.
    #[function("($module, string, /)")]
    fn set_completer_delims(vm: &mut Vm, string: &Value) -> Result<()> {
        let delimiters = lossy(vm, string)?;
        shared::lock().delimiters = delimiters;
        Ok(())
    }

    /// The characters that end words.
    #[function("($module, /)")]
    fn get_completer_delims(vm: &mut Vm) -> Result<Ref<Str>> {
        let delimiters = shared::lock().delimiters.clone();
        vm.new_str(&delimiters)
    }

    /// Set what shows the candidates.
    ///
    /// It is called with the word as far as it is certain, the list of
    /// candidates, and the length of the longest.
    #[function("($module, function=None, /)")]
    fn set_completion_display_matches_hook(vm: &mut Vm, function: Option<&Value>) -> Result<()> {
        set_hook(vm, DISPLAY, function, "set_completion_display_matches_hook")
    }
}
