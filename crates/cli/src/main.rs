//! The `taipan` command.
#![forbid(unsafe_code)]

mod environment;
mod help;
mod options;

use std::io::Write;
use std::process::ExitCode;

use options::Stop;
use taipan_object::allocator::Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    let all = taipan_host::env::arguments();
    let words = match options::read(&all, taipan::VERSION, &taipan::full_version()) {
        Ok(words) => words,
        Err(Stop::Say(text)) => {
            // Nobody to tell that nobody listens.
            let _ = std::io::stdout().write_all(text.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(Stop::Usage(text)) => {
            let called = all.first().map(|w| String::from_utf8_lossy(w).into_owned()).unwrap_or_default();
            let usage = help::usage_line(&called);
            eprintln!("{text}{usage}Try `python -h' for more information.");
            return ExitCode::from(2);
        }
    };
    let options = match environment::configure(words, &all) {
        Ok(options) => options,
        Err(error) => {
            let state = if error.preinitialized { "preinitialized" } else { "preinitializing" };
            eprint!("Fatal Python error: {}\nPython runtime state: {state}\n\n", error.text);
            return ExitCode::FAILURE;
        }
    };
    // The process ends on the thread that ran the program: a forked child has no other. Threads that still run end with
    // it.
    let run = move || -> i32 {
        let status = taipan::run(options);
        taipan_object::allocator::leave();
        taipan_host::process::exit(status)
    };
    match taipan::on_big_stack(run) {
        Ok(status) => taipan_host::process::exit(status),
        Err(e) => {
            eprintln!("taipan: cannot start a thread: {e}");
            ExitCode::FAILURE
        }
    }
}
