//! `cargo xtask COMMAND`: the project's oracles and measurements. Each command has its own file.

mod bench;
mod bytecode_diff;
mod ci;
mod common;
mod conformance;
mod diff;
mod fuzz;
mod fuzz_input;
mod growth;
mod memory;
mod packages;
mod process;
mod programs;
mod served;
mod startup_order;
mod suites;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND [OPTIONS]

  programs [FILTER] [--bless]      run tests/programs and compare output, errors and exit status with CPython's
  conformance [--group NAME]       run CPython's own test modules, count test by test
  packages [FILTER] [--bless]      fetch pure-Python packages and do a job with each
  pytest-suites [PACKAGE]          run the own test suites of packages by pytest under Taipan and CPython
  served [CHECK]                   servers before 1,000 clients, SQLite killed, a Celery worker
  ci                               everything that has to pass: format, lints, tests
  bytecode-diff [FILTER]           compare the compiler's code objects with CPython's over the standard library
  fuzz [programs|sources]          compare generated programs and broken sources with CPython
  fuzz-input [TARGET]              feed damaged files, streams and texts to the library
  bench [FILTER]                   time benches/programs against other interpreters
  memory [WHAT]                    memory of objects, programs, collections beside CPython's
  startup-order                    list the functions that a start runs, for the linker

Each takes --help.";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let outcome = match command.as_str() {
        "programs" => programs::run(rest),
        "conformance" => conformance::run(rest),
        "packages" => packages::run(rest),
        "pytest-suites" => suites::run(rest),
        "served" => served::run(rest),
        "ci" => ci::run(),
        "fuzz" => fuzz::run(rest),
        "fuzz-input" => fuzz_input::run(rest),
        "bench" => bench::run(rest),
        bench::PEAK_COMMAND => bench::peak_of_child(&rest),
        "memory" => memory::run(rest),
        "startup-order" => startup_order::run(rest),
        "bytecode-diff" => bytecode_diff::run(rest),
        "" | "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(true)
        }
        other => Err(format!("no command {other:?}\n\n{USAGE}").into()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(2)
        }
    }
}
