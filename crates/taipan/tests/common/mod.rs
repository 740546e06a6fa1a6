//! What the tests of interpreters have in common.

use taipan_vm::Vm;

/// Native stack of the threads that tests run interpreters on, in bytes.
pub const STACK: usize = taipan::STACK;

/// Runs a program in a namespace of its own, which is gone afterwards; what it leaves in `result`, as text.
pub fn run(vm: &mut Vm, program: &str) -> String {
    let run = |vm: &mut Vm| {
        let exec = vm.builtin("exec")?;
        let text = vm.new_str(program)?.into_value();
        let namespace = vm.new_dict()?;
        vm.call(&exec, &[text, namespace.to_value()])?;
        let result = namespace.get(vm).get_text("result").cloned().expect("the program leaves a result");
        vm.repr(&result)
    };
    match run(vm) {
        Ok(text) => text.to_string_lossy(),
        Err(raised) => {
            let exception = vm.take_raised(raised);
            vm.display_exception(&exception);
            panic!("the program ends with an exception");
        }
    }
}
