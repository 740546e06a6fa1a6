//! Interpreters that come and go leave nothing behind. The blocks are counted that the process has, so no other test is to run
//! meanwhile.

mod common;

use common::{STACK, run};
use taipan::{Interpreter, Options};

#[test]
fn interpreters_come_and_go() {
    let program = || {
        let blocks: Vec<isize> = (0..6)
            .map(|_| {
                let mut interpreter = Interpreter::new(&Options::default()).expect("an interpreter starts");
                run(interpreter.vm(), "import json, re, dataclasses, logging, collections, typing; result = 1");
                drop(interpreter);
                taipan_object::alloc::allocated_blocks()
            })
            .collect();
        let per_interpreter = (blocks[5] - blocks[1]) / 4;
        assert!(per_interpreter < 100, "{blocks:?}");
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(program).expect("a thread starts");
    thread.join().expect("it ends well");
}
