//! Signals when the interpreter that handled them is gone, with its thread.

mod common;

use common::{STACK, run};
use taipan::{Interpreter, Options};
use taipan_host::signal::{self, Disposition};

/// Runs an interpreter from its start to its end on a thread that ends with it.
fn on_a_thread(program: &'static str) -> String {
    let work = || {
        let mut interpreter = Interpreter::new(&Options::default()).expect("an interpreter starts");
        interpreter.take_signals().expect("it takes signals");
        run(interpreter.vm(), program)
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread starts");
    thread.join().expect("it ends well")
}

#[test]
fn signals_reach_no_thread_that_has_ended() {
    let program = "import os, signal, time
seen = []
signal.signal(signal.SIGUSR1, lambda *args: seen.append(args[0]))
os.kill(os.getpid(), signal.SIGUSR1)
while not seen: time.sleep(0.001)
result = [int(n) for n in set(seen)]";
    let number: i32 = on_a_thread(program).trim_matches(['[', ']']).parse().expect("a number");
    assert_eq!(signal::disposition(number), Ok(Disposition::Noted));
    // This thread gets it, and there is none to pass it on to.
    signal::raise(number).expect("it is sent");
    assert_eq!(on_a_thread(program), format!("[{number}]"));
}
