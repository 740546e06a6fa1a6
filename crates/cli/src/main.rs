//! The `taipan` command.
#![deny(unsafe_code)]
#![cfg_attr(not(test), no_main)]
// Built for its tests, the program begins in the harness.
#![cfg_attr(test, allow(dead_code))]

mod environment;
mod help;
mod options;

use std::io::Write;

use options::Stop;
use taipan_object::allocator::Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// Where the system starts the program; Rust's own runtime is not needed (`taipan_object::start`).
// The name is C's, and nothing else has it.
#[allow(unsafe_code)]
#[cfg(not(test))]
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    taipan_object::start::ignore_broken_pipes();
    taipan_host::signal::know_ignored(taipan_object::start::ignored_signals());
    let status = run();
    // Writes what is buffered.
    taipan_host::process::exit(status)
}

fn run() -> i32 {
    let all = taipan_host::env::arguments();
    let words = match options::read(&all, taipan::VERSION, &taipan::full_version()) {
        Ok(words) => words,
        Err(Stop::Say(text)) => {
            // Nobody to tell that nobody listens.
            let _ = std::io::stdout().write_all(text.as_bytes());
            return 0;
        }
        Err(Stop::Usage(text)) => {
            let called = all.first().map(|w| String::from_utf8_lossy(w).into_owned()).unwrap_or_default();
            let usage = help::usage_line(&called);
            eprintln!("{text}{usage}Try `python -h' for more information.");
            return 2;
        }
    };
    let options = match environment::configure(words, &all) {
        Ok(options) => options,
        Err(error) => {
            let state = if error.preinitialized { "preinitialized" } else { "preinitializing" };
            eprint!("Fatal Python error: {}\nPython runtime state: {state}\n\n", error.text);
            return 1;
        }
    };
    // The process ends on the stack that ran the program: a forked child has no other. Threads that still run end with it.
    let run = move || -> i32 {
        let status = taipan::run(options);
        taipan_object::allocator::leave();
        taipan_host::process::exit(status)
    };
    taipan_object::start::on_stack(taipan::STACK, run).unwrap_or_else(|e| {
        eprintln!("taipan: there is no memory for a stack: {e}");
        1
    })
}
