//! The end of an interpreter: threads, `atexit`, streams, finalisers.

use crate::streams;
use taipan_vm::{Value, Vm};

/// The exit status of a program whose output could not be written to the end.
const LOST_OUTPUT: i32 = 120;

/// Ends the interpreter after the program; gives the exit status. Objects that nobody would miss are left to the process's
/// end.
pub fn finish(vm: &mut Vm, status: i32) -> i32 {
    let flushed = come_to_rest(vm);
    let spared = streams::layers(vm);
    // Flushed once already: what is left can only be what nobody could write.
    if flushed && !vm.would_notice_the_end(&spared) {
        return status;
    }
    drop(spared);
    vm.tear_down();
    if flushed && streams::flush(vm) { status } else { LOST_OUTPUT }
}

/// Ends the interpreter wholly, whether its program was finished or not: the process goes on without it. What finalisers do
/// is done now, while there is an interpreter for it.
pub fn finish_wholly(vm: &mut Vm) {
    if !vm.state().finalizing {
        come_to_rest(vm);
    }
    vm.tear_down();
    streams::flush(vm);
    vm.abandon_state();
}

/// The program's threads end, what is to be called at the end is called, and output is written: whether that worked. No other
/// thread runs afterwards.
fn come_to_rest(vm: &mut Vm) -> bool {
    wait_for_threads(vm);
    taipan_stdlib_lang::atexit::run(vm);
    if vm.interpreter_numbers().len() > 1 {
        let class = taipan_vm::errors::RUNTIME_WARNING.as_type();
        let result = vm.warn(class, "remaining subinterpreters; close them with Interpreter.close()", 1);
        vm.ignore(result);
    }
    vm.destroy_other_interpreters();
    let flushed = streams::flush(vm);
    vm.state_mut().finalizing = true;
    vm.stop_other_threads();
    if vm.state().config.x_options.iter().any(|o| o == b"stats") {
        print_stats(vm);
    }
    taipan_stdlib_system::signal::abandon(vm);
    if vm.state().stress.fail.is_some() && !taipan_object::watch::has_failed() {
        eprintln!("stress: there were fewer allocations");
    }
    flushed
}

/// Ends an interpreter beside the main one, wholly: the process goes on.
pub fn finish_beside(vm: &mut Vm) {
    wait_for_threads(vm);
    taipan_stdlib_lang::atexit::run(vm);
    streams::flush(vm);
    vm.state_mut().finalizing = true;
    vm.tear_down();
    vm.abandon_state();
}

/// `-X stats`: what has become of the main thread's specialised instructions.
fn print_stats(vm: &Vm) {
    eprintln!("{:40} {:>10} {:>10} {:>10}", "instruction", "taken", "left", "refused");
    for (name, counts) in vm.specialization_counts() {
        eprintln!("{name:40} {:>10} {:>10} {:>10}", counts.specialized, counts.missed, counts.refused);
    }
}

fn wait_for_threads(vm: &mut Vm) {
    call_loaded(vm, "threading", "_shutdown", "on threading shutdown");
}

/// Calls a function of a module, if the module was imported.
fn call_loaded(vm: &mut Vm, module: &str, function: &str, doing: &str) {
    let module = match vm.new_str(module) {
        Ok(name) => name,
        Err(raised) => return drop(vm.take_raised(raised)),
    };
    let Some(modules) = vm.state().modules.clone() else { return };
    let result = match vm.dict_get(&modules, module.as_value()) {
        Ok(Some(found)) if !found.is_none() => {
            let function = vm.intern_utf8(function);
            function.and_then(|f| vm.call_method(&found, &f, &[]))
        }
        Ok(_) => Ok(Value::none()),
        Err(raised) => Err(raised),
    };
    if let Err(raised) = result {
        vm.report_unraisable_about(raised, doing, None);
    }
}
