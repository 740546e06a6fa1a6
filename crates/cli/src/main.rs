//! The `taipan` command.
#![forbid(unsafe_code)]

use std::io::Read;
use std::process::ExitCode;
use taipan::{Interpreter, Options};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "usage: taipan [-h] [-V] [-c cmd | file | -] [arg] ...
-c cmd : program passed in as string (terminates option list)
-h     : print this help message and exit (also -? or --help)
-V     : print the Taipan version number and exit (also --version)
file   : program read from script file
-      : program read from stdin (default)
arg ...: arguments passed to program in sys.argv[1:]
";

/// Where the program comes from.
enum Program {
    Text(String),
    File(String),
    StandardInput,
}

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned());
    let program = match args.next().as_deref() {
        None | Some("-") => Program::StandardInput,
        Some("-h" | "-?" | "--help") => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Some("-V" | "--version") => {
            println!("Taipan {} (Python 3.14)", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Some("-c") => match args.next() {
            Some(text) => Program::Text(text),
            None => return usage_error("Argument expected for the -c option"),
        },
        Some(option) if option.starts_with('-') => return usage_error(&format!("unknown option {option}")),
        Some(file) => Program::File(file.to_owned()),
    };
    let status = taipan::on_big_stack(move || run(program));
    match status {
        Ok(status) => ExitCode::from(status as u8),
        Err(e) => {
            eprintln!("taipan: cannot start a thread: {e}");
            ExitCode::FAILURE
        }
    }
}

fn usage_error(text: &str) -> ExitCode {
    eprint!("{text}\n{}Try `taipan -h' for more information.\n", USAGE.lines().next().unwrap_or("").to_owned() + "\n");
    ExitCode::from(2)
}

fn run(program: Program) -> i32 {
    let (source, filename) = match program {
        Program::Text(text) => (text, "<string>".to_owned()),
        Program::StandardInput => {
            let mut text = String::new();
            if let Err(e) = std::io::stdin().read_to_string(&mut text) {
                eprintln!("taipan: can't read standard input: {e}");
                return 1;
            }
            (text, "<stdin>".to_owned())
        }
        Program::File(path) => match std::fs::read(&path) {
            Ok(bytes) => (String::from_utf8_lossy(&bytes).into_owned(), path),
            Err(e) => {
                let errno = e.raw_os_error().unwrap_or(0);
                let reason = e.to_string();
                let reason = reason.split(" (os error").next().unwrap_or("").to_owned();
                eprintln!("taipan: can't open file '{path}': [Errno {errno}] {reason}");
                return 2;
            }
        },
    };
    let hash_key = match std::env::var("PYTHONHASHSEED") {
        Ok(seed) if seed == "0" => Some((0, 0)),
        _ => None,
    };
    match Interpreter::new(&Options { hash_key }) {
        Ok(mut interpreter) => interpreter.run(&source, &filename),
        Err(text) => {
            eprintln!("Fatal Python error: {text}");
            1
        }
    }
}
