//! Bad input ends as it does under CPython 3.14: with its error or its exit status, never with a crash.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Output, Stdio};

/// A file or folder below a fresh folder, deleted when dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let folder = std::env::temp_dir().join(format!("taipan-hostile-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        Scratch(folder)
    }

    fn file(&self, content: &[u8]) -> PathBuf {
        let path = self.0.join("program.py");
        std::fs::write(&path, content).expect("writable");
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays in the temporary folder harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn taipan() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taipan"));
    command.env_clear().env("LANG", "C.UTF-8").env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::null());
    command
}

fn last_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().last().unwrap_or_default().to_owned()
}

/// Runs a file with this content; gives the exit status and the last line of standard error.
fn run_file(name: &str, content: &[u8]) -> (Option<i32>, String) {
    let scratch = Scratch::new(name);
    let output = taipan().arg(scratch.file(content)).output().expect("the command starts");
    (output.status.code(), last_line(&output.stderr))
}

fn run(text: &str) -> Output {
    taipan().args(["-c", text]).output().expect("the command starts")
}

/// Runs a line of the shell, in which `$PY` is the interpreter; gives its output.
fn shell(line: &str) -> String {
    let mut command = Command::new("/bin/sh");
    command.env_clear().env("PATH", env!("PATH")).env("PY", env!("CARGO_BIN_EXE_taipan"));
    let output = command.args(["-c", line]).stdin(Stdio::null()).output();
    String::from_utf8_lossy(&output.expect("the shell starts").stdout).into_owned()
}

/// Starts a program, sends a signal once it has printed a line, and gives its status and its last line of errors.
fn signalled(signal: &str, text: &str) -> (ExitStatus, String) {
    let mut child = taipan().args(["-c", text]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    output.read_line(&mut line).expect("a line");
    let sent = Command::new("/bin/sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
    assert!(sent.is_ok_and(|s| s.success()));
    let mut errors = Vec::new();
    child.stderr.take().expect("piped").read_to_end(&mut errors).expect("readable");
    (child.wait().expect("it ends"), last_line(&errors))
}

#[test]
fn files_that_are_no_programs() {
    assert_eq!(run_file("empty", b""), (Some(0), String::new()));
    let (status, error) = run_file("binary", &[0x80, 0xff, 0x13].repeat(100));
    assert!(error.starts_with("SyntaxError: Non-UTF-8 code starting with '\\x80' in file "), "{error}");
    assert_eq!(status, Some(1));
    let cases: [(&str, &[u8], &str); 5] = [
        ("nul", b"x = 1\nprint(x)\0\n", "SyntaxError: source code cannot contain null bytes"),
        ("coding", b"# coding: nonsense\nprint(1)\n", "SyntaxError: unknown encoding: nonsense"),
        ("open", &b"(".repeat(100_000), "SyntaxError: too many nested parentheses"),
        ("both", &[b"[".repeat(100_000), b"]".repeat(100_000)].concat(), "SyntaxError: too many nested parentheses"),
        ("close", &b")".repeat(100_000), "SyntaxError: unmatched ')'"),
    ];
    for (name, content, expected) in cases {
        assert_eq!(run_file(name, content), (Some(1), expected.to_owned()));
    }
}

#[test]
fn expressions_nested_a_million_deep() {
    const DEEP: usize = 1_000_000;
    let parser = "MemoryError: Parser stack overflowed - Python source too complex to parse";
    let compiler = "RecursionError: maximum recursion depth exceeded during compilation";
    let cases = [
        ("minus", "-".repeat(DEEP) + "1", parser),
        ("not", "not ".repeat(DEEP) + "1", parser),
        ("lambda", "lambda:".repeat(DEEP) + "1", parser),
        ("conditional", "1 if 1 else ".repeat(DEEP) + "1", parser),
        // CPython says "Stack overflow (used 8152 kB)" here, of a stack that is not ours.
        ("plus", "1+".repeat(DEEP) + "1", compiler),
        ("attributes", "a".to_owned() + &".a".repeat(DEEP), compiler),
        ("calls", "a".to_owned() + &"()".repeat(DEEP), compiler),
    ];
    for (name, text, expected) in cases {
        assert_eq!(run_file(name, text.as_bytes()), (Some(1), expected.to_owned()), "{name}");
    }
}

#[test]
fn recursion_without_an_end() {
    let class = |body: &str| format!("class A:\n  {body}\na, b = A(), A()\n");
    let loop_ = "import ast\nn = ast.UnaryOp(ast.USub(), None, lineno=1, col_offset=0)\nn.operand = n";
    let nested = "d = []\nfor _ in range(500_000): d = [d]\n";
    let cases = [
        ("f = lambda: f()".to_owned(), "f()"),
        (class("def __repr__(s): return repr(s)"), "repr(a)"),
        (class("def __repr__(s): return f'{[s]}'"), "repr(a)"),
        (class("def __eq__(s, o): return s == o"), "a == b"),
        (class("def __lt__(s, o): return [s] < [o]"), "a < b"),
        (class("def __getattr__(s, n): return getattr(s, n + 'x')"), "a.x"),
        (class("def __getattribute__(s, n): return s.x"), "a.x"),
        (class("def __hash__(s): return hash((s,))"), "hash(a)"),
        (class("def __reduce__(s): return A, (A(),)"), "__import__('pickle').dumps(a)"),
        (class("def __iter__(s): return iter(s)"), "list(a)"),
        (class("def __call__(s): return s()"), "a()"),
        (
            "class M(type):\n  def __instancecheck__(c, o): return isinstance(o, c)\nclass A(metaclass=M): pass"
                .to_owned(),
            "isinstance(1, A)",
        ),
        (nested.to_owned(), "repr(d)"),
        (nested.to_owned(), "__import__('json').dumps(d)"),
        ("import json".to_owned(), "json.loads('[' * 500_000)"),
        ("import json".to_owned(), "json.loads('{\"a\":' * 500_000)"),
        ("import ast".to_owned(), "ast.literal_eval('1' + '+1' * 500_000)"),
        (loop_.to_owned(), "ast.dump(n)"),
        (loop_.to_owned(), "compile(ast.Expression(n), '', 'eval')"),
    ];
    for (setup, expression) in cases {
        let text = format!("{setup}\ntry: {expression}\nexcept RecursionError: print('RecursionError')");
        let output = run(&text);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!((said.as_str(), output.status.code()), ("RecursionError\n", Some(0)), "{expression}: {output:?}");
    }
}

#[test]
fn sizes_that_no_machine_has() {
    for expression in ["[0] * 10**15", "'a' * 10**15", "bytes(10**15)", "(0,) * 10**17", "1 << 10**15"] {
        let output = run(expression);
        let error = last_line(&output.stderr);
        assert_eq!((error.as_str(), output.status.code()), ("MemoryError", Some(1)), "{expression}");
    }
}

#[test]
fn programs_that_are_not_there() {
    let scratch = Scratch::new("missing");
    let output = taipan().current_dir(&scratch.0).arg("nowhere.py").output().expect("starts");
    let error = last_line(&output.stderr);
    assert!(error.contains(": can't open file '"), "{error}");
    assert!(error.ends_with("/nowhere.py': [Errno 2] No such file or directory"), "{error}");
    assert_eq!(output.status.code(), Some(2));
    let output = taipan().arg(&scratch.0).output().expect("starts");
    let error = last_line(&output.stderr);
    let expected = format!("can't find '__main__' module in '{}'", scratch.0.display());
    assert!(error.ends_with(&expected), "{error}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn standard_streams_that_are_closed_or_full() {
    assert_eq!(shell("\"$PY\" -c 'print(1)' >&-; echo $?"), "0\n");
    assert_eq!(shell("\"$PY\" -c 'import sys; sys.exit(7 if sys.stdout is None else 8)' >&-; echo $?"), "7\n");
    assert_eq!(shell("\"$PY\" -c 'import sys; sys.exit(7 if sys.stdin is None else 8)' <&-; echo $?"), "7\n");
    assert_eq!(shell("\"$PY\" -c 'import sys; sys.exit(7 if sys.stderr is None else 8)' 2>&-; echo $?"), "7\n");
    assert_eq!(shell("\"$PY\" -c 'import os; print(os.open(\"/\", os.O_RDONLY))' <&-"), "0\n");
    assert_eq!(shell("\"$PY\" -c 'import sys; print(sys.stdin is None)' </dev/null"), "False\n");
    assert_eq!(shell("\"$PY\" -c 'print(1)' >/dev/full 2>/dev/null; echo $?"), "120\n");
}

#[test]
fn pipes_that_nobody_reads() {
    let default = "import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL)\nfor i in range(100000): print(i)";
    let mut child = taipan().args(["-c", default]).stdout(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").signal(), Some(13));
    let mut child = taipan();
    child.args(["-c", "for i in range(100000): print(i)"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.contains("\nBrokenPipeError: [Errno 32] Broken pipe\n"), "{errors}");
    // What is still in the buffer cannot be written at the end either.
    assert_eq!(output.status.code(), Some(120));
}

#[test]
fn signals() {
    // Whatever the test's own parent does with SIGINT.
    let handler = "import signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n";
    let start = format!("{handler}print(1, flush=True)\n");
    for endless in ["while True: pass", "time.sleep(1000)", "10 ** 10 ** 10"] {
        let (status, error) = signalled("INT", &format!("{start}{endless}"));
        assert_eq!((status.signal(), error.as_str()), (Some(2), "KeyboardInterrupt"), "{endless}");
    }
    let (status, error) = signalled("TERM", &format!("{start}time.sleep(1000)"));
    assert_eq!((status.signal(), error.as_str()), (Some(15), ""));
    let caught = "try:\n print(1, flush=True)\n 10 ** 10 ** 10\nexcept KeyboardInterrupt: raise SystemExit(5)";
    let (status, _) = signalled("INT", &format!("{handler}{caught}"));
    assert_eq!(status.code(), Some(5));
}

#[test]
fn a_handler_runs_before_the_next_call() {
    // The timer runs out inside the first call, which asks for nothing.
    let text = "import signal, time\n\
                signal.signal(signal.SIGALRM, lambda *a: print('handler'))\n\
                signal.setitimer(signal.ITIMER_REAL, 0.05)\n\
                sorted(range(3_000_000), key=(0).__add__)\n\
                print('after')\n";
    assert_eq!(String::from_utf8_lossy(&run(text).stdout), "handler\nafter\n");
}
