//! Running a program: text, a module, a file, a folder or zip file, standard input.

use crate::options::{Options, Program};
use crate::{finish, places, prompt};
use taipan_vm::errors::SYSTEM_EXIT;
use taipan_vm::modules::compile::{Mode, Request};
use taipan_vm::types::module::Module;
use taipan_vm::{Dict, List, ModuleRef, Raised, Ref, Result, Str, Value, Vm, name};

/// Runs the program of the options to its end, and ends the interpreter. Gives the exit status.
pub fn run(vm: &mut Vm, options: &Options) -> i32 {
    let mut status = run_program(vm, options);
    if let Some(after) = prompt::after_program(vm, options) {
        status = after;
    }
    finish::finish(vm, status)
}

/// The exit status of an exception that ended a program. With `-i` a `SystemExit` is an exception like others.
pub fn ended(vm: &mut Vm, raised: Raised) -> i32 {
    if vm.state().flags.inspect > 0 && vm.raised_is(SYSTEM_EXIT.as_type()) {
        let exception = vm.take_raised(raised);
        vm.print_exception(&exception);
        return 1;
    }
    vm.handle_exit(raised)
}

/// A function of its own, by whose name `cargo xtask startup-order` knows where a program begins.
#[inline(never)]
fn run_program(vm: &mut Vm, options: &Options) -> i32 {
    let result = match &options.program {
        Program::Command(text) => prepend_script_folder(vm, options, b"-c").and_then(|()| run_command(vm, text)),
        Program::Module(module) => {
            prepend_script_folder(vm, options, b"-m").and_then(|()| run_module(vm, module, true))
        }
        Program::File(path) => match importer_of(vm, path) {
            Ok(true) => {
                let place = places::as_written(path);
                prepend(vm, &place).and_then(|()| run_module(vm, b"__main__", false))
            }
            Ok(false) => match prepend_script_folder(vm, options, path) {
                Ok(()) => {
                    (options.started)();
                    return run_file(vm, options, path);
                }
                Err(raised) => Err(raised),
            },
            Err(raised) => Err(raised),
        },
        Program::Input => match prepend_script_folder(vm, options, b"") {
            Ok(()) => return prompt::run_input(vm, options),
            Err(raised) => Err(raised),
        },
    };
    match result {
        Ok(()) => 0,
        Err(raised) => ended(vm, raised),
    }
}

/// The module `__main__`.
pub fn main_module(vm: &mut Vm) -> Result<Ref<Module>> {
    let name = vm.intern_utf8("__main__")?;
    if let Some(modules) = vm.state().modules.clone()
        && let Some(found) = vm.dict_get(&modules, name.as_value())?
        && let Some(module) = found.downcast::<Module>()
    {
        return Ok(module.clone());
    }
    let main = vm.new_module("__main__", None)?;
    let builtins = vm.import("builtins")?;
    main.set(vm, "__builtins__", builtins)?;
    let bootstrap = vm.import("_frozen_importlib")?;
    let loader = vm.get_attr(&bootstrap, name!("BuiltinImporter"))?;
    main.set(vm, "__loader__", loader)?;
    if let Some(modules) = vm.state().modules.clone() {
        vm.dict_set(&modules, name.as_value(), main.to_value())?;
    }
    Ok(main)
}

/// The namespace of `__main__`.
pub fn main_namespace(vm: &mut Vm) -> Result<Ref<Dict>> {
    main_module(vm)?.namespace(vm)
}

/// Puts the program's folder in front of `sys.path`, of this interpreter and of those that are yet to be made.
fn prepend(vm: &mut Vm, folder: &[u8]) -> Result<()> {
    if let Some(family) = &vm.state().family {
        family.set_program_folder(folder);
    }
    prepend_here(vm, folder)
}

/// Puts a folder in front of `sys.path`.
pub fn prepend_here(vm: &mut Vm, folder: &[u8]) -> Result<()> {
    let folder = vm.decode_path(folder)?.into_value();
    let path = vm.sys_attr(name!("path"));
    match path.as_ref().and_then(|p| p.downcast::<List>()) {
        Some(path) => {
            path.get_mut(vm).with_vec(|all| all.insert(0, folder));
            Ok(())
        }
        None => Err(vm.raise_runtime_error("can't get sys.path")),
    }
}

/// The folder of the program, in front of `sys.path` unless that is thought unsafe.
fn prepend_script_folder(vm: &mut Vm, options: &Options, program: &[u8]) -> Result<()> {
    if options.flags.safe_path {
        return Ok(());
    }
    let folder = match program {
        b"-c" | b"" => Vec::new(),
        b"-m" => match taipan_host::fs::getcwd() {
            Ok(folder) => folder,
            Err(_) => return Ok(()),
        },
        path => script_folder(path),
    };
    prepend(vm, &folder)
}

/// The folder of a script, links resolved.
fn script_folder(path: &[u8]) -> Vec<u8> {
    let folder = |path: &[u8]| match path.iter().rposition(|&c| c == b'/') {
        Some(0) => b"/".to_vec(),
        Some(at) => path[..at].to_vec(),
        None => Vec::new(),
    };
    match taipan_host::fs::realpath(path) {
        Ok(real) => folder(&real),
        Err(_) => folder(path),
    }
}

/// Whether a path hook takes the file for a place of modules.
fn importer_of(vm: &mut Vm, path: &[u8]) -> Result<bool> {
    let path = vm.decode_path(&places::as_written(path))?.into_value();
    let hooks = vm.sys_attr(name!("path_hooks"));
    let hooks = match &hooks {
        Some(hooks) => vm.collect(hooks)?,
        None => Vec::new(),
    };
    for hook in hooks {
        match vm.call(&hook, std::slice::from_ref(&path)) {
            Ok(importer) => {
                if let Some(cache) = vm.sys_attr(name!("path_importer_cache")) {
                    vm.set_item(&cache, &path, Some(importer))?;
                }
                return Ok(true);
            }
            Err(raised) if vm.raised_is(taipan_vm::errors::IMPORT_ERROR.as_type()) => drop(vm.take_raised(raised)),
            Err(raised) => return Err(raised),
        }
    }
    Ok(false)
}

fn run_module(vm: &mut Vm, name: &[u8], alter_argv: bool) -> Result<()> {
    let runpy = vm.import("runpy")?;
    let name = vm.decode_path(name)?.into_value();
    vm.call_method(&runpy, name!("_run_module_as_main"), &[name, Value::bool(alter_argv)]).map(drop)
}

/// The text of `-c` without the indentation that all its lines share.
fn dedent(text: &str) -> String {
    let blank = |line: &str| line.chars().all(|c| matches!(c, ' ' | '\t'));
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let lines: Vec<&str> = text.split('\n').collect();
    let mut common: Option<&str> = None;
    for line in lines.iter().filter(|l| !blank(l)) {
        let own = &line[..indent(line)];
        common = Some(match common {
            None => own,
            Some(c) => {
                let same = c.bytes().zip(own.bytes()).take_while(|(a, b)| a == b).count();
                &c[..same]
            }
        });
    }
    let cut = common.map_or(0, str::len);
    if cut == 0 {
        return text.to_owned();
    }
    let out: Vec<&str> = lines.iter().map(|l| if blank(l) { "" } else { &l[cut..] }).collect();
    out.join("\n")
}

fn run_command(vm: &mut Vm, text: &[u8]) -> Result<()> {
    let text = match std::str::from_utf8(text) {
        Ok(text) => dedent(text),
        Err(_) => {
            let text = vm.decode_path(text)?;
            let raised = vm.raise_surrogates_not_allowed(&text);
            vm.write_stderr("Unable to decode the command from the command line:\n");
            return Err(raised);
        }
    };
    let filename = vm.intern_utf8("<string>")?;
    let source = if text.ends_with('\n') { text } else { text + "\n" };
    let code = vm.compile_text(&source, &filename, Request::new(Mode::Exec))?;
    register_source(vm, &code, &source, &filename);
    let namespace = main_namespace(vm)?;
    vm.exec_code(&code, &namespace, None).map(drop)
}

/// Lets tracebacks show lines of text that is in no file.
pub fn register_source(vm: &mut Vm, code: &Value, source: &str, filename: &Ref<Str>) {
    let result = vm.import("linecache").and_then(|linecache| {
        let source = vm.new_str(source)?.into_value();
        vm.call_method(&linecache, name!("_register_code"), &[code.clone(), source, filename.to_value()])
    });
    vm.ignore(result);
}

/// Runs a file as `__main__`; gives the exit status.
fn run_file(vm: &mut Vm, options: &Options, path: &[u8]) -> i32 {
    let full = places::as_written(path);
    let called = || String::from_utf8_lossy(options.orig_argv.first().map(Vec::as_slice).unwrap_or_default());
    let is_folder = taipan_host::stat::stat(&full).is_ok_and(|s| s.is_dir());
    let read = {
        let full = full.clone();
        vm.detach(move || taipan_host::fs::read_file(&full))
    };
    let shown = match vm.decode_path(&full).and_then(|p| vm.repr(p.as_value())) {
        Ok(shown) => shown.to_string_lossy(),
        Err(raised) => return ended(vm, raised),
    };
    let bytes = match read {
        _ if is_folder => {
            vm.write_stderr(&format!("{}: {shown} is a directory, cannot continue\n", called()));
            return 1;
        }
        Ok(bytes) => bytes,
        Err(errno) => {
            let reason = taipan_host::errno::strerror(errno.0);
            vm.write_stderr(&format!("{}: can't open file {shown}: [Errno {}] {reason}\n", called(), errno.0));
            return 2;
        }
    };
    let result = run_file_text(vm, options, &full, bytes);
    let status = match result {
        Ok(()) => 0,
        Err(raised) => ended(vm, raised),
    };
    forget_file(vm);
    status
}

/// `__file__` is that of the running program only.
fn forget_file(vm: &mut Vm) {
    let result = main_namespace(vm).map(|namespace| {
        namespace.get_mut(vm).remove_str(name!("__file__"));
        namespace.get_mut(vm).remove_str(name!("__cached__"));
    });
    vm.ignore(result);
}

fn run_file_text(vm: &mut Vm, options: &Options, full: &[u8], bytes: Vec<u8>) -> Result<()> {
    let filename = vm.decode_path(full)?;
    let compiled = full.ends_with(b".pyc") || bytes.starts_with(&taipan_bytecode::pyc::MAGIC_NUMBER);
    let main = main_module(vm)?;
    main.set(vm, "__file__", filename.to_value())?;
    main.set(vm, "__cached__", Value::none())?;
    set_loader(vm, &main, &filename, if compiled { name!("SourcelessFileLoader") } else { name!("SourceFileLoader") })?;
    let code =
        if compiled { code_of_pyc(vm, &bytes)? } else { compile_file(vm, &bytes, &filename, options.skip_first_line)? };
    let namespace = main.namespace(vm)?;
    (options.part_over)();
    vm.exec_code(&code, &namespace, None).map(drop)
}

/// The code object of a program that was read from a file.
pub fn compile_file(vm: &mut Vm, bytes: &[u8], filename: &Ref<Str>, skip_first_line: bool) -> Result {
    // The line end stays, so that lines keep their numbers.
    let start = match bytes.iter().position(|&c| c == b'\n') {
        Some(at) if skip_first_line => at,
        None if skip_first_line => bytes.len(),
        _ => 0,
    };
    let text = vm.decode_source(&bytes[start..], filename)?;
    vm.compile_text(&text, filename, Request { from_file: true, ..Request::new(Mode::Exec) })
}

fn set_loader(vm: &mut Vm, main: &Ref<Module>, filename: &Ref<Str>, class: &Ref<Str>) -> Result<()> {
    let external = vm.import("_frozen_importlib_external")?;
    let class = vm.get_attr(&external, class)?;
    let loader = vm.call(&class, &[name!("__main__").to_value(), filename.to_value()])?;
    main.set(vm, "__loader__", loader)
}

fn code_of_pyc(vm: &mut Vm, bytes: &[u8]) -> Result {
    if !bytes.starts_with(&taipan_bytecode::pyc::MAGIC_NUMBER) {
        return Err(vm.raise_runtime_error("Bad magic number in .pyc file"));
    }
    let Some(data) = bytes.get(taipan_bytecode::pyc::HEADER_LEN..) else {
        return Err(vm.raise_class(taipan_vm::errors::EOF_ERROR.as_type(), "EOF read where object expected"));
    };
    let marshal = vm.import("marshal")?;
    let data = vm.new_bytes(data)?.into_value();
    let code = vm.call_method(&marshal, name!("loads"), &[data])?;
    if code.downcast::<taipan_vm::types::code::Code>().is_none() {
        return Err(vm.raise_runtime_error("Bad code object in .pyc file"));
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::dedent;

    #[test]
    fn the_indentation_that_all_lines_share_is_removed() {
        assert_eq!(dedent("\n  for i in x:\n      y\n\n  z"), "\nfor i in x:\n    y\n\nz");
        assert_eq!(dedent("a\n b"), "a\n b");
        assert_eq!(dedent("\t a\n\t b\n \t"), "a\nb\n");
    }
}
