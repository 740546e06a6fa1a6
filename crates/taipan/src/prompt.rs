//! Standard input as a program, and the interactive prompt.

use std::io::Read;

use crate::options::{Options, Program};
use crate::program::{compile_file, ended, main_module, main_namespace, register_source};
use taipan_vm::errors::{INCOMPLETE_INPUT_ERROR, KEYBOARD_INTERRUPT, SYSTEM_EXIT};
use taipan_vm::modules::compile::{Mode, Request, flags};
use taipan_vm::{ModuleRef, Ref, Result, Str, Value, Vm, name};

/// Standard input.
const STDIN: i32 = 0;

fn is_terminal() -> bool {
    taipan_host::terminal::isatty(STDIN)
}

/// Runs what comes from standard input; gives the exit status.
pub fn run_input(vm: &mut Vm, options: &Options) -> i32 {
    if is_terminal() || options.flags.interactive > 0 {
        vm.state_mut().flags.inspect = 0;
        return interact(vm, options, true);
    }
    let result = run_all(vm, options);
    let status = match result {
        Ok(()) => 0,
        Err(raised) => ended(vm, raised),
    };
    let result = main_namespace(vm).map(|namespace| {
        namespace.get_mut(vm).remove_str(name!("__file__"));
        namespace.get_mut(vm).remove_str(name!("__cached__"));
    });
    vm.ignore(result);
    status
}

fn run_all(vm: &mut Vm, options: &Options) -> Result<()> {
    let read = vm.detach(|| {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    });
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(e) => return Err(vm.raise_os_error(e.raw_os_error().unwrap_or(0), None)),
    };
    let filename = vm.intern_utf8("<stdin>")?;
    let main = main_module(vm)?;
    main.set(vm, "__file__", filename.to_value())?;
    main.set(vm, "__cached__", Value::none())?;
    let code = compile_file(vm, &bytes, &filename, options.skip_first_line)?;
    let namespace = main.namespace(vm)?;
    vm.exec_code(&code, &namespace, None).map(drop)
}

/// The prompt after the program, where `-i` or `PYTHONINSPECT` asks for it; gives the exit status then.
pub fn after_program(vm: &mut Vm, options: &Options) -> Option<i32> {
    let asked = options.flags.inspect > 0
        || !options.flags.ignore_environment && taipan_host::env::get(b"PYTHONINSPECT").is_some_and(|v| !v.is_empty());
    let was_prompt = matches!(options.program, Program::Input) && (is_terminal() || options.flags.interactive > 0);
    if !asked || was_prompt || !(is_terminal() || options.flags.interactive > 0) {
        return None;
    }
    vm.state_mut().flags.inspect = 0;
    Some(interact(vm, options, false))
}

fn banner(vm: &mut Vm, options: &Options) {
    let platform = if std::env::consts::OS == "macos" { "darwin" } else { std::env::consts::OS };
    let mut text = format!("Python {} on {platform}\n", crate::full_version());
    if !options.flags.no_site {
        text.push_str("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
    }
    vm.write_stderr(&text);
}

fn interact(vm: &mut Vm, options: &Options, fresh: bool) -> i32 {
    if fresh && !options.flags.quiet {
        banner(vm, options);
    }
    if fresh {
        let result = run_startup(vm, options);
        if let Err(raised) = result {
            let exception = vm.take_raised(raised);
            vm.print_exception(&exception);
        }
        let hook = vm.sys_attr(name!("__interactivehook__"));
        if let Some(hook) = hook
            && let Err(raised) = vm.call(&hook, &[])
        {
            vm.write_stderr("Failed calling sys.__interactivehook__\n");
            let exception = vm.take_raised(raised);
            vm.print_exception(&exception);
        }
    }
    let plain = options.basic_repl || !is_terminal() || !taipan_host::terminal::isatty(1);
    if !plain {
        match library_prompt(vm) {
            Ok(()) => return 0,
            Err(raised) if vm.raised_is(SYSTEM_EXIT.as_type()) => return vm.handle_exit(raised),
            Err(raised) => drop(vm.take_raised(raised)),
        }
    }
    read_and_run(vm)
}

/// The prompt of the library, with editing and history.
fn library_prompt(vm: &mut Vm) -> Result<()> {
    let main = vm.import("_pyrepl.main")?;
    let entry = vm.get_attr(&main, name!("interactive_console"))?;
    vm.call(&entry, &[]).map(drop)
}

/// Runs the file that `PYTHONSTARTUP` names.
fn run_startup(vm: &mut Vm, options: &Options) -> Result<()> {
    let Some(path) = &options.startup else { return Ok(()) };
    let bytes = match taipan_host::fs::read_file(path) {
        Ok(bytes) => bytes,
        Err(errno) => {
            let shown = String::from_utf8_lossy(path).into_owned();
            vm.write_stderr("Could not open PYTHONSTARTUP\n");
            let path = vm.new_str(&shown)?.into_value();
            return Err(vm.raise_os_error(errno.0, Some(path)));
        }
    };
    let filename = vm.decode_path(path)?;
    let namespace = main_namespace(vm)?;
    let code = compile_file(vm, &bytes, &filename, false)?;
    vm.exec_code(&code, &namespace, None).map(drop)
}

/// The text of a prompt.
fn prompt_text(vm: &mut Vm, key: &Ref<Str>) -> String {
    let Some(prompt) = vm.sys_attr(key) else { return String::new() };
    match vm.str(&prompt) {
        Ok(text) => text.to_string_lossy(),
        Err(raised) => {
            drop(vm.take_raised(raised));
            String::new()
        }
    }
}

/// Whether lines are edited: once `readline` has been imported.
fn edits(vm: &Vm) -> bool {
    vm.state().line_editor.is_some() && is_terminal() && taipan_host::terminal::isatty(1)
}

/// A line of standard input, empty at its end.
fn read_line(vm: &mut Vm, prompt: &str) -> Result<Vec<u8>> {
    crate::streams::flush(vm);
    if let Some(read) = vm.state().line_editor
        && edits(vm)
    {
        return Ok(match read(vm, prompt)? {
            Some(line) => (line.to_string_lossy() + "\n").into_bytes(),
            None => Vec::new(),
        });
    }
    vm.write_stderr(prompt);
    crate::streams::flush(vm);
    let read = vm.detach(|| {
        let mut line = Vec::new();
        let mut byte = [0u8];
        // Byte by byte: what follows the line is for the program.
        loop {
            match std::io::stdin().lock().read(&mut byte) {
                Ok(0) => return Ok(line),
                Ok(_) => {
                    line.push(byte[0]);
                    if byte[0] == b'\n' {
                        return Ok(line);
                    }
                }
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => return Err(None),
                Err(e) => return Err(e.raw_os_error()),
            }
        }
    });
    match read {
        Ok(line) => Ok(line),
        Err(None) => {
            vm.check_signals()?;
            Ok(Vec::new())
        }
        Err(Some(errno)) => Err(vm.raise_os_error(errno, None)),
    }
}

/// What a piece of input is.
enum Piece {
    Code(Value, String),
    End,
}

/// Reads lines until they are a statement.
fn read_statement(vm: &mut Vm, filename: &Ref<Str>, future: u32) -> Result<Piece> {
    let mut text = String::new();
    let whole = Request { flags: future, ..Request::new(Mode::Single) };
    let request = Request { flags: future | flags::DONT_IMPLY_DEDENT | flags::ALLOW_INCOMPLETE_INPUT, ..whole };
    loop {
        let key = if text.is_empty() { name!("ps1") } else { name!("ps2") };
        let prompt = prompt_text(vm, key);
        let line = read_line(vm, &prompt)?;
        if line.is_empty() {
            if text.is_empty() {
                return Ok(Piece::End);
            }
            let code = vm.compile_text(&text, filename, whole)?;
            return Ok(Piece::Code(code, text));
        }
        text.push_str(&String::from_utf8_lossy(&line));
        if text.trim().is_empty() || only_comments(&text) {
            text.clear();
            continue;
        }
        // A statement with a body goes on until a line is empty.
        match vm.compile_text(text.strip_suffix('\n').unwrap_or(&text), filename, request) {
            Ok(code) => return Ok(Piece::Code(code, text)),
            Err(raised) if vm.raised_is(INCOMPLETE_INPUT_ERROR.as_type()) => drop(vm.take_raised(raised)),
            Err(raised) => return Err(raised),
        }
    }
}

fn only_comments(text: &str) -> bool {
    text.lines().all(|l| l.trim().is_empty() || l.trim_start().starts_with('#'))
}

/// Reads statements and runs them until the input ends; gives the exit status.
fn read_and_run(vm: &mut Vm) -> i32 {
    for (key, text) in [("ps1", ">>> "), ("ps2", "... ")] {
        let known = vm.intern_utf8(key).is_ok_and(|k| vm.sys_attr(&k).is_some());
        if !known {
            let result = vm.new_str(text).and_then(|t| vm.set_sys_attr(key, t.into_value()));
            vm.ignore(result);
        }
    }
    // Future features hold from their statement on.
    let mut future = 0;
    loop {
        match one_statement(vm, &mut future) {
            Ok(true) => {}
            Ok(false) => {
                // The editor ends its line itself.
                if !edits(vm) {
                    vm.write_stderr("\n");
                }
                return 0;
            }
            Err(raised) if vm.raised_is(SYSTEM_EXIT.as_type()) => return vm.handle_exit(raised),
            Err(raised) => {
                if vm.raised_is(KEYBOARD_INTERRUPT.as_type()) && vm.peek_raised().is_some_and(no_traceback(vm)) {
                    drop(vm.take_raised(raised));
                    vm.write_stderr("\nKeyboardInterrupt\n");
                    continue;
                }
                let exception = vm.take_raised(raised);
                vm.print_exception(&exception);
            }
        }
        crate::streams::flush(vm);
    }
}

/// Whether an exception came from no Python code.
fn no_traceback(vm: &Vm) -> impl Fn(&Value) -> bool + use<'_> {
    |e| taipan_vm::types::exceptions::base::as_exception(e).is_some_and(|e| e.get(vm).traceback.is_none())
}

fn one_statement(vm: &mut Vm, future: &mut u32) -> Result<bool> {
    let filename = vm.intern_utf8("<stdin>")?;
    let (code, text) = match read_statement(vm, &filename, *future)? {
        Piece::Code(code, text) => (code, text),
        Piece::End => return Ok(false),
    };
    register_source(vm, &code, &text, &filename);
    let set = vm.get_attr(&code, name!("co_flags"))?;
    *future |= set.small_int().unwrap_or(0) as u32 & flags::FUTURE;
    let namespace = main_namespace(vm)?;
    vm.exec_code(&code, &namespace, None)?;
    Ok(true)
}
